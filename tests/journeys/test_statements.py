"""What the journey costs the database, in SQL statements (never in time)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assets.locks.models import LockGateway
from tests import factories, profiles
from tests.rides import HERE, confirmed, event, operate

pytestmark = pytest.mark.django_db

# Statements per call, savepoints of the test's own transaction included.
AT_MOST = {
    "available-assets": 6,
    "offers": 7,
    "book": 18,
    "COMMIT": 15,
    "PREPARE": 12,
    "SET_IN_USE": 16,
    "START_FINISHING": 12,
    "FINISH": 20,
}
JOURNEY_AT_MOST = 94
WITH_A_LOCK_AT_MOST = 52


def test_the_eight_calls_of_the_journey_stay_cheap(mp, asset):
    counts = {}

    def counted(name, call):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = call()
        assert answer.status in {200, 201}, answer
        counts[name] = len(queries)
        return answer

    counted("available-assets", lambda: mp.get("/operator/available-assets?boundingbox=52,53,5,6"))
    offers = counted("offers", lambda: mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]}))
    id_ = offers.body["options"][0]["id"]
    counted("book", lambda: mp.post("/bookings", {"id": id_}))
    counted("COMMIT", lambda: operate(mp, id_, "COMMIT"))
    for name in ("PREPARE", "SET_IN_USE", "START_FINISHING", "FINISH"):
        counted(name, lambda name=name: event(mp, id_, name))

    assert {name: count for name, count in counts.items() if count > AT_MOST[name]} == {}
    assert sum(counts.values()) <= JOURNEY_AT_MOST, counts


def test_an_event_that_works_a_lock_costs_itself_twice_and_the_command(operator):
    """It runs to its end, is undone, and runs again; the rest is the command's, and the simulated lock's own."""
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    asset = factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))
    mp = profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])
    leg = confirmed(mp, asset)
    for name in ("SET_IN_USE", "PAUSE"):
        with CaptureQueriesContext(connection) as queries:
            assert event(mp, leg, name).status == 200
        assert len(queries) <= WITH_A_LOCK_AT_MOST, name
