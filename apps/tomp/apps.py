from django.apps import AppConfig


class TompConfig(AppConfig):
    name = "apps.tomp"
    verbose_name = "TOMP-API"
