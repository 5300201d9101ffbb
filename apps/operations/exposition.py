"""What `/metrics` says: what the processes have counted, and what the database holds at this moment."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.assets.models import Asset
from apps.bookings.models import STANDING, WAITING, Booking
from apps.legs.models import NOT_OVER, Leg
from apps.operations.backlog import waiting
from apps.operations.models import TaskRun
from apps.operations.undelivered import MOST_COUNTED, undelivered

SECONDS = 5


def exposition() -> bytes:
    """In Prometheus' own text. Without a database: what was counted, and that there is none."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))
    registry.register(TheDatabase())
    return generate_latest(registry)


class TheDatabase(Collector):
    """What the database says, in a few statements that are given up after some seconds."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Everything, or nothing but that the database does not answer."""
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
                found = [*self._outbox(), *self._states(), *self._clock()]
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("tomp_database_up", "Whether the database answers.", value=1 if found else 0)
        yield from found

    def _outbox(self) -> Iterator[GaugeMetricFamily]:
        messages = GaugeMetricFamily(
            "tomp_outbox_messages",
            f"Messages to be delivered (PENDING) and parked (FAILED), counted up to {MOST_COUNTED}.",
            labels=["provider", "state"],
        )
        oldest = GaugeMetricFamily(
            "tomp_outbox_oldest_timestamp_seconds",
            "When the oldest of those messages was written.",
            labels=["provider", "state"],
        )
        for found in undelivered():
            messages.add_metric([found.maas_id, found.state], found.count)
            oldest.add_metric([found.maas_id, found.state], found.oldest.timestamp())
        yield messages
        yield oldest

    def _states(self) -> Iterator[GaugeMetricFamily]:
        for name, told, rows in (
            ("tomp_assets", "Assets by state.", Asset.objects.all()),
            ("tomp_bookings_open", "Bookings that are not over.", Booking.objects.filter(state__in=WAITING + STANDING)),
            ("tomp_legs_open", "Legs that are not over.", Leg.objects.filter(state__in=NOT_OVER)),
        ):
            family = GaugeMetricFamily(name, told, labels=["state"])
            for state, count in rows.order_by("state").values_list("state").annotate(Count("pk")):
                family.add_metric([state], count)
            yield family

    def _clock(self) -> Iterator[GaugeMetricFamily]:
        lag = GaugeMetricFamily(
            "tomp_sweep_lag_seconds", "How long the oldest of what is due to a sweep has waited.", labels=["sweep"]
        )
        for sweep, waited in waiting(now=timezone.now()).items():
            lag.add_metric([sweep], waited.total_seconds())
        yield lag
        ended = GaugeMetricFamily(
            "tomp_task_success_timestamp_seconds", "When a task of the beat last ended well.", labels=["task"]
        )
        for task, succeeded_at in TaskRun.objects.values_list("task", "succeeded_at"):
            if succeeded_at is not None:
                ended.add_metric([task], succeeded_at.timestamp())
        yield ended
