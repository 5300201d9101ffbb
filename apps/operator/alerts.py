"""Reading the alerts of now and of what is to come, for MPs and for the GBFS feed."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from apps.operator.models import Alert, AlertPeriod, AlertType

OF_THE_ALERT = {"alert": OuterRef("pk")}
OF_A_STATION = (AlertType.STATION_CLOSURE, AlertType.STATION_MOVE)


def current_alerts(*, now: datetime, region_id: str | None = None, station_id: str | None = None) -> QuerySet[Any]:
    """The alerts that are not over, by their id, as rows with the periods, stations and regions they name.

    Of a region or a station where asked for: those that name it, the region it lies in or a station that lies there,
    and those of the whole system. What only private stations have to do with is not told.
    """
    named_stations = Alert.stations.through.objects.filter(**OF_THE_ALERT)
    public_stations = named_stations.filter(station__is_public=True)
    named_regions = Alert.regions.through.objects.filter(**OF_THE_ALERT)
    periods = AlertPeriod.objects.filter(**OF_THE_ALERT)
    to_come = periods.filter(end_time__gt=now)
    alerts = Alert.objects.filter(~Exists(periods) | Exists(to_come)).filter(
        Exists(public_stations) | Exists(named_regions) | ~Exists(named_stations)
    )
    everywhere = ~Exists(named_stations) & ~Exists(named_regions)
    alerts = alerts.exclude(everywhere, alert_type__in=OF_A_STATION)
    if region_id is not None:
        there = Q(regions__region_id=region_id) | Q(stations__region__region_id=region_id, stations__is_public=True)
        alerts = alerts.filter(Q(pk__in=Alert.objects.filter(there).values("pk")) | everywhere)
    if station_id is not None:
        there = Q(stations__station_id=station_id) | Q(regions__stations__station_id=station_id)
        alerts = alerts.filter(Q(pk__in=Alert.objects.filter(there).values("pk")) | everywhere)
    return alerts.order_by("alert_id").values(
        "alert_id",
        "alert_type",
        "summary",
        "description",
        "url",
        "last_updated",
        periods_to_come=ArraySubquery(
            to_come.order_by("start_time").values(json=JSONObject(start="start_time", end="end_time"))
        ),
        station_ids=ArraySubquery(
            public_stations.order_by("station__station_id").values(public_id=F("station__station_id"))
        ),
        region_ids=ArraySubquery(named_regions.order_by("region__region_id").values(public_id=F("region__region_id"))),
    )
