from django.apps import AppConfig


class LegsConfig(AppConfig):
    name = "apps.legs"
    verbose_name = "Legs"
