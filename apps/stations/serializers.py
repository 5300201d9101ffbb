"""Field names of TOMP's regions and stations, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.stations.models import ParkingType, RegionType, RentalMethod, SpeedUnit
from apps.tomp.fields import NumberField, StringField, TimestampField, WholeNumberField
from apps.tomp.schemas import AddressSerializer, CoordinatesSerializer


class PolygonSerializer(serializers.Serializer[Any]):
    """A GeoJSON Polygon: rings of [longitude, latitude], the first one the outline, the others holes."""

    type = serializers.ChoiceField(["Polygon"])
    coordinates = serializers.ListField(child=serializers.ListField(child=serializers.ListField(child=NumberField())))


class SystemRegionSerializer(serializers.Serializer[Any]):
    """TOMP `systemRegion`."""

    regionId = StringField()
    name = StringField()
    type = serializers.ChoiceField(RegionType.values, required=False)
    typeUnit = serializers.ChoiceField(SpeedUnit.values, required=False)
    typeValue = NumberField(required=False)
    areaStartTime = TimestampField(required=False)
    areaEndTime = TimestampField(required=False)
    serviceArea = PolygonSerializer(required=False)


class StationInformationSerializer(serializers.Serializer[Any]):
    """TOMP `stationInformation`."""

    stationId = StringField()
    name = StringField()
    contactPhone = StringField(required=False)
    coordinates = CoordinatesSerializer()
    physicalAddress = AddressSerializer(required=False)
    crossStreet = StringField(required=False)
    regionId = StringField(required=False)
    stationArea = PolygonSerializer(required=False)
    parkingType = serializers.ChoiceField(ParkingType.values, required=False)
    isVirtual = serializers.BooleanField(required=False)
    isValetStation = serializers.BooleanField(required=False)
    isChargingStation = serializers.BooleanField(required=False)
    parkingHoop = serializers.BooleanField(required=False)
    isInstalled = serializers.BooleanField(required=False)
    isRenting = serializers.BooleanField(required=False)
    isReturning = serializers.BooleanField(required=False)
    capacity = WholeNumberField(required=False)
    assetTypeCapacity = serializers.DictField(child=WholeNumberField(), required=False)
    assetsAvailable = WholeNumberField(required=False)
    assetTypesAvailable = serializers.DictField(child=WholeNumberField(), required=False)
    docksAvailable = WholeNumberField(required=False, help_text="Places that nothing stands on.")
    assetDocksAvailable = serializers.DictField(
        child=WholeNumberField(),
        required=False,
        help_text="Of the places that fit a type, those that none of it stands on.",
    )
    rentalMethods = serializers.ListField(child=serializers.ChoiceField(RentalMethod.values), required=False)
    rentalMethodOther = StringField(required=False)
