"""What the database notes of changes: whoever writes, and whatever happens by itself later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.operator.models import Operator, SystemHours
from apps.pricing.models import FarePart
from apps.revisions.models import Revision, Subject
from apps.revisions.selectors import Stamp, read_stamp, stamp_column
from apps.revisions.services import sum_up
from apps.stations.models import Region, Station
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)


def stamp(*subjects: Subject, now: datetime = NOW) -> Stamp:
    column = Operator.objects.annotate(stamp=stamp_column(subjects, now)).values_list("stamp", flat=True)
    return read_stamp(column.get())


@pytest.mark.parametrize(
    ("subject", "write"),
    [
        (Subject.OPERATOR, lambda: Operator.objects.update(email="new@operator.example")),
        (Subject.HOURS, lambda: factories.SystemHoursFactory()),
        (Subject.HOURS, lambda: SystemHours.objects.all().delete()),
        (Subject.CALENDAR, lambda: factories.SystemCalendarFactory()),
        (Subject.REGIONS, lambda: Region.objects.update(type="PARKING")),
        (Subject.STATIONS, lambda: Station.objects.bulk_create([factories.StationFactory.build()])),
        (Subject.ASSET_TYPES, lambda: factories.AssetTypeFactory()),
        (Subject.PLANS, lambda: FarePart.objects.update(name="start")),
        (Subject.PLANS, lambda: factories.PricingPlanFactory()),
        (Subject.PROCESSES, lambda: factories.ProviderFactory()),
    ],
)
def test_every_way_of_writing_is_noted(operator: Any, subject: Subject, write: Any) -> None:
    before = stamp(subject)
    others = stamp(*(one for one in Subject if one not in (subject, Subject.PLANS)))
    write()
    after = stamp(subject)
    assert after.times > before.times
    assert after.at is not None
    assert before.at is None or after.at > before.at
    assert stamp(*(one for one in Subject if one not in (subject, Subject.PLANS))) == others


def test_what_ends_by_itself_counts_from_then_on(operator: Any) -> None:
    before = stamp(Subject.REGIONS)
    factories.RegionFactory(area_start_time=NOW + timedelta(hours=1), area_end_time=NOW + timedelta(hours=2))
    written = stamp(Subject.REGIONS)
    assert written.times == before.times + 1
    assert stamp(Subject.REGIONS, now=NOW + timedelta(minutes=59)) == written
    start, end = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    assert written.next_at == start
    assert stamp(Subject.REGIONS, now=start) == Stamp(written.times + 1, start, next_at=end)
    assert stamp(Subject.REGIONS, now=end) == Stamp(written.times + 2, end)


def test_summing_up_changes_no_stamp(operator: Any) -> None:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    Revision.objects.all().delete()
    Revision.objects.create(subject=Subject.REGIONS, at=old, times=7)
    Revision.objects.create(subject=Subject.REGIONS, at=old + timedelta(days=1), planned=True)
    Revision.objects.create(subject=Subject.STATIONS, at=old)
    Revision.objects.create(subject=Subject.REGIONS, at=NOW, planned=True)
    before = {subject: stamp(subject) for subject in Subject}
    assert before[Subject.REGIONS] == Stamp(9, NOW)
    sum_up()
    assert {subject: stamp(subject) for subject in Subject} == before
    assert sorted(Revision.objects.values_list("subject", "times")) == [("REGIONS", 1), ("REGIONS", 8), ("STATIONS", 1)]


def test_every_table_that_answers_are_made_of_is_watched() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table, array_agg(DISTINCT event_manipulation::text ORDER BY event_manipulation::text)"
            " FROM information_schema.triggers WHERE trigger_name LIKE 'revisions_noted_%' GROUP BY 1"
        )
        watched = dict(cursor.fetchall())
    assert {
        "operator_operator",
        "operator_systemhours",
        "operator_systemcalendar",
        "stations_region",
        "stations_station",
        "assets_assettype",
        "pricing_pricingplan",
        "pricing_farepart",
        "processes_profileversion",
    } <= set(watched)
    assert all(events == ["DELETE", "INSERT", "UPDATE"] for events in watched.values())
