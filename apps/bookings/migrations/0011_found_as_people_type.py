"""Bookings are found as people type, and by what their MP says in `extraInfo`."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from apps.customers.found_by import FoundBy


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the traffic

    dependencies = [
        ("bookings", "0010_travellers_are_forgotten"),
        ("customers", "0003_found_as_people_type"),
    ]

    operations = [
        AddIndexConcurrently("booking", GinIndex(FoundBy("customer", "extra_info"), name="booking_is_found_by")),
        RemoveIndexConcurrently("booking", "booking_by_traveller"),
    ]
