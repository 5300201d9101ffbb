from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "apps.stations"
    verbose_name = "Stations and regions"
