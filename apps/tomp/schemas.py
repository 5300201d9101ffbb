"""The objects of the 1.6.1 document that several endpoints share, with its field names.

They read what requests bring and are the source of our own OpenAPI document; answers are built as plain
objects. Slips of the document are mended: west and south are negative, and so are discounts.
"""

from typing import Any

from rest_framework import serializers

from apps.assets.models import AccessMethod, AssetClass, Propulsion
from apps.pricing.models import ChargedState, FareClass, FarePartKind, FarePartType, ScaleType, UnitType
from apps.tomp.fields import NumberField, StringField, TimestampField, WholeNumberField


class ErrorSerializer(serializers.Serializer[Any]):
    """TOMP `error`, with the document's spelling of the code and the wiki's."""

    errorcode = WholeNumberField(help_text="Module (1 … 8) and error, such as 3204.")
    errorCode = WholeNumberField(help_text="The same as `errorcode`.")
    type = StringField()
    title = StringField()
    status = WholeNumberField(help_text="The HTTP status.")
    detail = StringField()
    instance = StringField(help_text="The id of the request in our log.")


class CoordinatesSerializer(serializers.Serializer[Any]):
    """TOMP `coordinates`: WGS84 degrees, altitude in metres above sea level."""

    lng = NumberField(min_value=-180, max_value=180)
    lat = NumberField(min_value=-90, max_value=90)
    alt = NumberField(required=False)


class AddressSerializer(serializers.Serializer[Any]):
    """TOMP `address`."""

    streetAddress = StringField()
    street = StringField(required=False)
    houseNumber = WholeNumberField(required=False, min_value=0)
    houseNumberAddition = StringField(required=False)
    addressAdditionalInfo = StringField(required=False)
    areaReference = StringField(help_text="City or town.")
    city = StringField(required=False)
    province = StringField(required=False)
    state = StringField(required=False)
    postalCode = StringField(required=False)
    country = StringField(required=False, min_length=2, max_length=2)


class StopReferenceSerializer(serializers.Serializer[Any]):
    """TOMP `stopReference`."""

    type = serializers.ChoiceField(
        ["GTFS_STOP_ID", "GTFS_STOP_CODE", "GTFS_AREA_ID", "CHB_STOP_PLACE_CODE", "CHB_QUAY_CODE", "NS_CODE"]
    )
    id = StringField()
    country = StringField(min_length=2, max_length=2)


class PlaceSerializer(serializers.Serializer[Any]):
    """TOMP `place`, as we send it."""

    name = StringField(required=False)
    stopReference = StopReferenceSerializer(many=True, required=False)
    stationId = StringField(required=False)
    coordinates = CoordinatesSerializer()
    physicalAddress = AddressSerializer(required=False)
    extraInfo = serializers.DictField(required=False, allow_null=True)


class RequestPlaceSerializer(PlaceSerializer):
    """TOMP `place` as MPs send it: a station, a stop or an address stands for its coordinates."""

    coordinates = CoordinatesSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must say where it is."""
        if not any(
            attrs.get(name) for name in ("coordinates", "stationId", "stopReference", "physicalAddress")
        ):
            raise serializers.ValidationError({"coordinates": "This field is required."}, code="required")
        return attrs


class AmountOfMoneySerializer(serializers.Serializer[Any]):
    """TOMP `amountOfMoney`: `amount` includes VAT, `vatRate` is a percentage."""

    amount = NumberField(required=False)
    amountExVat = NumberField(required=False)
    currencyCode = StringField(required=False, min_length=3, max_length=3)
    vatRate = NumberField(required=False, min_value=0)
    vatCountryCode = StringField(required=False, min_length=2, max_length=2)


class FarePartSerializer(AmountOfMoneySerializer):
    """TOMP `farePart`; `units` and `unitType` belong to FLEX."""

    amount = NumberField()
    type = serializers.ChoiceField(FarePartType.values, required=False)
    kind = serializers.ChoiceField(FarePartKind.values, required=False)
    unitType = serializers.ChoiceField(UnitType.values, required=False)
    units = NumberField(required=False, min_value=0)
    scaleFrom = NumberField(required=False, min_value=0)
    scaleTo = NumberField(required=False, min_value=0)
    scaleType = serializers.ChoiceField(ScaleType.values, required=False)
    name = StringField(required=False)
    minimumAmount = NumberField(required=False)
    maximumAmount = NumberField(required=False)
    assetState = serializers.ChoiceField(ChargedState.values, required=False)

    def get_fields(self) -> dict[str, Any]:
        """`class` is no name Python lets a field have."""
        return {**super().get_fields(), "class": serializers.ChoiceField(FareClass.values, required=False)}


class FareSerializer(serializers.Serializer[Any]):
    """TOMP `fare`: the sum of its parts, those of type MAX aside."""

    estimated = serializers.BooleanField()
    description = StringField(required=False)
    parts = FarePartSerializer(many=True)


class SystemPricingPlanSerializer(serializers.Serializer[Any]):
    """TOMP `systemPricingPlan`."""

    planId = StringField()
    url = serializers.URLField(required=False)
    name = StringField()
    fare = FareSerializer()
    isTaxable = serializers.BooleanField(help_text="False: the amounts include all tax.")
    description = StringField()


class AssetPropertiesSerializer(serializers.Serializer[Any]):
    """TOMP `assetProperties`, the ones this operator publishes."""

    name = StringField(required=False)
    location = PlaceSerializer(required=False)
    brand = StringField(required=False)
    model = StringField(required=False)
    maxSpeed = WholeNumberField(required=False, help_text="km/h")
    wheelCount = WholeNumberField(required=False, min_value=0)
    image = serializers.URLField(required=False)
    accessMethods = serializers.ListField(child=serializers.ChoiceField(AccessMethod.values), required=False)
    propulsion = serializers.ChoiceField(Propulsion.values, required=False)
    co2PerKm = NumberField(required=False, min_value=0, help_text="grams")
    gears = WholeNumberField(required=False)
    persons = WholeNumberField(required=False, min_value=1)
    cargoLoad = WholeNumberField(required=False, help_text="kg")
    helmetRequired = serializers.BooleanField(required=False)
    defaultReserveTime = WholeNumberField(required=False, min_value=0, help_text="minutes")


class AssetSerializer(serializers.Serializer[Any]):
    """TOMP `asset`."""

    id = StringField(help_text="Changes after every trip.")
    isReserved = serializers.BooleanField(required=False)
    isDisabled = serializers.BooleanField(required=False)
    mileage = NumberField(required=False, min_value=0, help_text="km")
    stateOfCharge = WholeNumberField(required=False, min_value=0, max_value=100, help_text="percent")
    stationId = StringField(required=False, help_text="Where it stands.")
    homeStationId = StringField(required=False)
    overriddenProperties = AssetPropertiesSerializer(required=False)


class AssetTypeSerializer(serializers.Serializer[Any]):
    """TOMP `assetType`; with `stationId` a group of those standing at that station."""

    id = StringField()
    stationId = StringField(required=False)
    nrAvailable = WholeNumberField(required=False, min_value=0)
    assets = AssetSerializer(many=True, required=False)
    assetClass = serializers.ChoiceField(AssetClass.values, required=False)
    assetSubClass = StringField(required=False)
    sharedProperties = AssetPropertiesSerializer(required=False)
    applicablePricings = SystemPricingPlanSerializer(many=True, required=False)
    defaultPricingPlan = SystemPricingPlanSerializer(required=False)


class TokenDataSerializer(serializers.Serializer[Any]):
    """TOMP `tokenData`: a link that opens the asset."""

    tokenType = serializers.ChoiceField(["tokenDeeplink"])
    url = StringField()


class TokenSerializer(serializers.Serializer[Any]):
    """TOMP `token`: how the traveller gets access, and from when until when."""

    validFrom = TimestampField()
    validUntil = TimestampField()
    tokenType = serializers.ChoiceField(["tokenDeeplink"])
    tokenData = TokenDataSerializer(required=False)
