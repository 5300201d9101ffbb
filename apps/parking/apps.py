"""Parking."""

from django.apps import AppConfig


class ParkingConfig(AppConfig):
    name = "apps.parking"
    verbose_name = "Parking"
