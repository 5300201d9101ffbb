"""Field names of TOMP's leg objects, for requests and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.assets.serializers import AssetSerializer, AssetTypeSerializer
from apps.legs.models import LegEventType, LegState
from apps.pricing.serializers import FareSerializer
from apps.tomp.fields import AddressField, StringField, TimestampField, TrimmedStringField, WholeNumberField
from apps.tomp.schemas import (
    CoordinatesSerializer,
    PlaceSerializer,
    RequestPlaceSerializer,
    TokenSerializer,
)

Fields = serializers.Serializer[Any]


class OverriddenPropertiesSerializer(Fields):
    """The part of `assetProperties` a leg event may carry."""

    location = RequestPlaceSerializer(required=False)


class EventAssetSerializer(Fields):
    """The asset of a leg event: the one to assign, or where the one in use is."""

    id = TrimmedStringField(max_length=500, required=False)
    overriddenProperties = OverriddenPropertiesSerializer(required=False)


class LegEventSerializer(Fields):
    """TOMP `legEvent`."""

    time = TimestampField()
    event = serializers.ChoiceField(LegEventType.choices)
    comment = StringField(max_length=2000, required=False, allow_blank=True)
    url = serializers.ListField(child=AddressField(max_length=2000), required=False, max_length=20)
    userLocation = RequestPlaceSerializer(required=False)
    asset = EventAssetSerializer(required=False)


class LineSerializer(Fields):
    """TOMP `geojsonLine`: longitudes and latitudes, degrees WGS84."""

    type = serializers.ChoiceField(["LineString"])
    coordinates = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2), min_length=2
    )


class LegSerializer(Fields):
    """TOMP `leg`."""

    id = StringField(required=False)
    state = serializers.ChoiceField(LegState.choices, required=False)
    locals()["from"] = PlaceSerializer()
    to = PlaceSerializer(required=False)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    actualDepartureTime = TimestampField(required=False)
    actualArrivalTime = TimestampField(required=False)
    legSequenceNumber = WholeNumberField(required=False)
    travelerReferenceNumbers = serializers.ListField(child=StringField(), required=False)
    assetType = AssetTypeSerializer()
    asset = AssetSerializer(required=False)
    pricing = FareSerializer(required=False)
    conditions = serializers.ListField(child=serializers.DictField(), required=False)
    distance = WholeNumberField(min_value=0, required=False)
    progressGeometry = LineSerializer(required=False)
    assetAccessData = TokenSerializer(required=False)


class SentIdSerializer(Fields):
    """An object of which only the id is looked at."""

    id = StringField(required=False)


class SentLegSerializer(Fields):
    """TOMP `leg` as an MP sends it back with its booking; what changes by itself is not read."""

    id = StringField(required=False)
    state = serializers.ChoiceField(LegState.choices, required=False)
    locals()["from"] = RequestPlaceSerializer(required=False)
    to = RequestPlaceSerializer(required=False)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    actualDepartureTime = TimestampField(required=False)
    actualArrivalTime = TimestampField(required=False)
    legSequenceNumber = WholeNumberField(required=False)
    assetType = SentIdSerializer(required=False)
    asset = SentIdSerializer(required=False)
    pricing = serializers.DictField(required=False)


class LegProgressSerializer(Fields):
    """TOMP `legProgress`."""

    coordinates = CoordinatesSerializer()
    duration = WholeNumberField(min_value=0, required=False, help_text="milliseconds")
    distance = WholeNumberField(min_value=0, required=False, help_text="metres")
    asset = AssetSerializer(required=False)
