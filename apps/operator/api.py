"""What the operator tells of itself: /operator/ping, /information, /alerts, /operating-hours, /operating-calendar."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.availability import asset_classes
from apps.assets.models import AssetClass
from apps.operator.alerts import current_alerts
from apps.operator.models import AlertType, Day, ProductType, SystemType, UserType
from apps.operator.selectors import calendar, check_broker, check_database, opening_hours, the_operator
from apps.operator.wire import (
    system_alert_object,
    system_calendar_object,
    system_hours_object,
    system_information_object,
)
from apps.revisions.models import Subject
from apps.stations.selectors import check_known
from apps.tomp.conditional import Told
from apps.tomp.fields import PatternField, StringField, TimestampField, WholeNumberField
from apps.tomp.headers import PING_HEADERS
from apps.tomp.openapi import NOT_MODIFIED, PAGE_PARAMETERS, UNCHANGED_PARAMETERS, query_parameter
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
OF_A_PLACE = [
    query_parameter("regionId", "Those of this region."),
    query_parameter("stationId", "Those of this station."),
]


class ChamberOfCommerceInfoSerializer(serializers.Serializer[Any]):
    """TOMP `chamberOfCommerceInfo`."""

    number = StringField(required=False)
    place = StringField(required=False)


class SystemInformationSerializer(serializers.Serializer[Any]):
    """TOMP `systemInformation`."""

    systemId = StringField()
    language = serializers.ListField(child=StringField(), help_text="BCP 47 tags, the default one first.")
    name = StringField()
    shortName = StringField(required=False)
    operator = StringField(required=False)
    url = serializers.URLField(required=False)
    purchaseUrl = serializers.URLField(required=False)
    discoveryUriAndroid = StringField(required=False)
    discoveryUriIOS = StringField(required=False)
    storeUriAndroid = StringField(required=False)
    storeUriIOS = StringField(required=False)
    licenseUrl = serializers.URLField(required=False)
    startDate = serializers.DateField(required=False)
    phoneNumber = StringField(required=False)
    email = serializers.EmailField(required=False)
    feedContactEmail = serializers.EmailField(required=False)
    timezone = StringField(help_text="IANA name.")
    typeOfSystem = serializers.ChoiceField(SystemType.values)
    chamberOfCommerceInfo = ChamberOfCommerceInfoSerializer(required=False)
    conditions = StringField(required=False)
    productType = serializers.ChoiceField(ProductType.values, required=False)
    assetClasses = serializers.ListField(child=serializers.ChoiceField(AssetClass.choices), required=False)


class PingView(TompView):
    """/operator/ping."""

    module = Module.OPERATOR_INFORMATION
    required_headers = PING_HEADERS

    @extend_schema(
        operation_id="ping",
        tags=["operator information"],
        responses={200: OpenApiResponse({"type": "object"}, description="All endpoints work.")},
    )
    def get(self, request: Request) -> Response:
        """200 while database and message broker answer; else 500 with the error object."""
        check_database()
        check_broker()
        return Response({})


class InformationView(TompView):
    """/operator/information."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.OPERATOR, Subject.ASSET_TYPES)

    @extend_schema(
        operation_id="information",
        tags=["operator information"],
        parameters=UNCHANGED_PARAMETERS,
        responses={200: SystemInformationSerializer, 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """Who we are, in which languages and time zone, and what we hire out."""

        def tell() -> Told:
            return Told(system_information_object(the_operator(), self.language, asset_classes=asset_classes()))

        return self.told(tell)


class SystemAlertSerializer(serializers.Serializer[Any]):
    """TOMP `systemAlert`; without `stationIds` and `regionId` one of the whole system."""

    alertId = StringField()
    alertType = serializers.ChoiceField(AlertType.values)
    startAndEndTimes = serializers.ListField(
        child=serializers.ListField(child=TimestampField(), min_length=2, max_length=2),
        required=False,
        help_text="Start and end of the times that are not over. Absent: as long as the alert is told.",
    )
    stationIds = serializers.ListField(child=StringField(), required=False)
    regionId = serializers.ListField(child=StringField(), required=False, help_text="Several, whatever the name says.")
    url = serializers.URLField(required=False)
    summary = StringField()
    description = StringField(required=False)
    lastUpdated = TimestampField(required=False)


class SystemHoursSerializer(serializers.Serializer[Any]):
    """TOMP `systemHours`; without `stationId` and `regionId` those of the whole system."""

    userType = serializers.ChoiceField(UserType.values, required=False, help_text="Absent: for everybody.")
    stationId = StringField(required=False)
    regionId = StringField(required=False)
    startTime = PatternField(CLOCK, help_text="On the clocks of the operator's time zone.")
    endTime = PatternField(CLOCK, help_text="The closing minute is open. Before `startTime`: on the day after.")
    days = serializers.ListField(child=serializers.ChoiceField(Day.values))


class SystemCalendarSerializer(serializers.Serializer[Any]):
    """TOMP `systemCalendar`: days of operation, of every year where no year is given."""

    stationId = StringField(required=False)
    regionId = StringField(required=False)
    startMonth = WholeNumberField(min_value=1, max_value=12)
    startDay = WholeNumberField(min_value=1, max_value=31)
    startYear = WholeNumberField(required=False)
    endMonth = WholeNumberField(min_value=1, max_value=12)
    endDay = WholeNumberField(min_value=1, max_value=31)
    endYear = WholeNumberField(required=False)


def _found(body: list[Any], wanted: Mapping[str, str | None]) -> Told:
    """The rows, or 1002 where what was asked for does not exist."""
    if not body:
        check_known(**wanted)
    return Told(body)


def _wanted(request: Request) -> dict[str, str | None]:
    query = request.query_params
    return {"region_id": query.get("regionId"), "station_id": query.get("stationId")}


class AlertsView(TompView):
    """/operator/alerts."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.ALERTS, Subject.STATIONS, Subject.REGIONS)

    @extend_schema(
        operation_id="alerts",
        tags=["operator information"],
        parameters=[
            *PAGE_PARAMETERS,
            *UNCHANGED_PARAMETERS,
            query_parameter("regionId", "What matters in this region."),
            query_parameter("stationId", "What matters at this station."),
        ],
        responses={200: SystemAlertSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """What is out of the ordinary now or soon. Of a region or station also what is of the whole system."""
        page, wanted = read_page(request.query_params), _wanted(request)

        def tell() -> Told:
            check_known(**wanted)
            rows, more = page.rows(current_alerts(now=timezone.now(), **wanted))
            return Told([system_alert_object(row, self.language) for row in rows], page if more else None)

        return self.told(tell)


class OperatingHoursView(TompView):
    """/operator/operating-hours."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.HOURS, Subject.STATIONS, Subject.REGIONS)

    @extend_schema(
        operation_id="operating_hours",
        tags=["operator information"],
        parameters=[*UNCHANGED_PARAMETERS, *OF_A_PLACE],
        responses={200: SystemHoursSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The hours of the week in which we are open; outside them nothing is offered."""
        wanted = _wanted(request)
        return self.told(lambda: _found([system_hours_object(hours) for hours in opening_hours(**wanted)], wanted))


class OperatingCalendarView(TompView):
    """/operator/operating-calendar."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.CALENDAR, Subject.STATIONS, Subject.REGIONS)

    @extend_schema(
        operation_id="operating_calendar",
        tags=["operator information"],
        parameters=[*UNCHANGED_PARAMETERS, *OF_A_PLACE],
        responses={200: SystemCalendarSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The days of the year on which we operate. Where some are closed: the runs of days between them."""
        wanted = _wanted(request)
        today = timezone.now().astimezone(ZoneInfo(self.caller.operator.time_zone))

        def tell() -> Told:
            body = [
                system_calendar_object(
                    season,
                    station_id=entry.station.station_id if entry.station is not None else None,
                    region_id=entry.region.region_id if entry.region is not None else None,
                )
                for entry, season in calendar(**wanted, today=today.date())
            ]
            return _found(body, wanted)

        new_year = today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        return self.told(tell, since=new_year)
