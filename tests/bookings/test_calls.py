"""SUPPLIES_CALL_SERVICE: whom the dispatcher has to call now."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.profiles import client
from tests.rides import at, confirmed, offer, operate

pytestmark = pytest.mark.django_db


def test_a_traveller_is_called_shortly_before_the_arrival(admin_client: Client, mp: Any, asset: Any) -> None:
    start = timezone.now()
    calling = client(tripExecution=["SUPPLIES_CALL_SERVICE"], settings={"callServiceMinutes": 15})
    plan = {"arrivalTime": at(start + timedelta(hours=1))}
    id_ = offer(calling, asset, **plan)
    assert calling.post("/bookings", {"id": id_}).body["errorcode"] == 3001
    calling.post("/bookings", {"id": id_, "customer": {"phones": [{"number": "+31 20 1234"}]}})
    operate(calling, id_, "COMMIT")
    without = confirmed(mp, factories.AssetFactory(), **plan)
    address = reverse("admin:bookings_booking_changelist")

    def due(after: timedelta) -> str:
        with time_machine.travel(start + after):
            return admin_client.get(address, {"calls": "due"}).content.decode()

    assert id_[:8] not in due(timedelta(minutes=40))
    page = due(timedelta(minutes=46))
    assert id_[:8] in page
    assert without[:8] not in page
    assert id_[:8] not in due(timedelta(minutes=61))
