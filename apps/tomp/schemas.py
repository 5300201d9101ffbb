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
    errorCode = WholeNumberField(help_text="The same as `errorcode`.")  # noqa: N815
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

    streetAddress = StringField()  # noqa: N815
    street = StringField(required=False)
    houseNumber = WholeNumberField(required=False, min_value=0)  # noqa: N815
    houseNumberAddition = StringField(required=False)  # noqa: N815
    addressAdditionalInfo = StringField(required=False)  # noqa: N815
    areaReference = StringField(help_text="City or town.")  # noqa: N815
    city = StringField(required=False)
    province = StringField(required=False)
    state = StringField(required=False)
    postalCode = StringField(required=False)  # noqa: N815
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
    stopReference = StopReferenceSerializer(many=True, required=False)  # noqa: N815
    stationId = StringField(required=False)  # noqa: N815
    coordinates = CoordinatesSerializer()
    physicalAddress = AddressSerializer(required=False)  # noqa: N815
    extraInfo = serializers.DictField(required=False, allow_null=True)  # noqa: N815


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
    amountExVat = NumberField(required=False)  # noqa: N815
    currencyCode = StringField(required=False, min_length=3, max_length=3)  # noqa: N815
    vatRate = NumberField(required=False, min_value=0)  # noqa: N815
    vatCountryCode = StringField(required=False, min_length=2, max_length=2)  # noqa: N815


class FarePartSerializer(AmountOfMoneySerializer):
    """TOMP `farePart`; `units` and `unitType` belong to FLEX."""

    amount = NumberField()
    type = serializers.ChoiceField(FarePartType.values, required=False)
    kind = serializers.ChoiceField(FarePartKind.values, required=False)
    unitType = serializers.ChoiceField(UnitType.values, required=False)  # noqa: N815
    units = NumberField(required=False, min_value=0)
    scaleFrom = NumberField(required=False, min_value=0)  # noqa: N815
    scaleTo = NumberField(required=False, min_value=0)  # noqa: N815
    scaleType = serializers.ChoiceField(ScaleType.values, required=False)  # noqa: N815
    name = StringField(required=False)
    minimumAmount = NumberField(required=False)  # noqa: N815
    maximumAmount = NumberField(required=False)  # noqa: N815
    assetState = serializers.ChoiceField(ChargedState.values, required=False)  # noqa: N815

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

    planId = StringField()  # noqa: N815
    url = serializers.URLField(required=False)
    name = StringField()
    fare = FareSerializer()
    isTaxable = serializers.BooleanField(help_text="False: the amounts include all tax.")  # noqa: N815
    description = StringField()


class AssetPropertiesSerializer(serializers.Serializer[Any]):
    """TOMP `assetProperties`, the ones this operator publishes."""

    name = StringField(required=False)
    location = PlaceSerializer(required=False)
    brand = StringField(required=False)
    model = StringField(required=False)
    maxSpeed = WholeNumberField(required=False, help_text="km/h")  # noqa: N815
    wheelCount = WholeNumberField(required=False, min_value=0)  # noqa: N815
    image = serializers.URLField(required=False)
    accessMethods = serializers.ListField(  # noqa: N815
        child=serializers.ChoiceField(AccessMethod.values), required=False
    )
    propulsion = serializers.ChoiceField(Propulsion.values, required=False)
    co2PerKm = NumberField(required=False, min_value=0, help_text="grams")  # noqa: N815
    gears = WholeNumberField(required=False)
    persons = WholeNumberField(required=False, min_value=1)
    cargoLoad = WholeNumberField(required=False, help_text="kg")  # noqa: N815
    helmetRequired = serializers.BooleanField(required=False)  # noqa: N815
    defaultReserveTime = WholeNumberField(required=False, min_value=0, help_text="minutes")  # noqa: N815


class AssetSerializer(serializers.Serializer[Any]):
    """TOMP `asset`."""

    id = StringField(help_text="Changes after every trip.")
    isReserved = serializers.BooleanField(required=False)  # noqa: N815
    isDisabled = serializers.BooleanField(required=False)  # noqa: N815
    mileage = NumberField(required=False, min_value=0, help_text="km")
    stateOfCharge = WholeNumberField(  # noqa: N815
        required=False, min_value=0, max_value=100, help_text="percent"
    )
    stationId = StringField(required=False, help_text="Where it stands.")  # noqa: N815
    homeStationId = StringField(required=False)  # noqa: N815
    overriddenProperties = AssetPropertiesSerializer(required=False)  # noqa: N815


class AssetTypeSerializer(serializers.Serializer[Any]):
    """TOMP `assetType`; with `stationId` a group of those standing at that station."""

    id = StringField()
    stationId = StringField(required=False)  # noqa: N815
    nrAvailable = WholeNumberField(required=False, min_value=0)  # noqa: N815
    assets = AssetSerializer(many=True, required=False)
    assetClass = serializers.ChoiceField(AssetClass.values, required=False)  # noqa: N815
    assetSubClass = StringField(required=False)  # noqa: N815
    sharedProperties = AssetPropertiesSerializer(required=False)  # noqa: N815
    applicablePricings = SystemPricingPlanSerializer(many=True, required=False)  # noqa: N815
    defaultPricingPlan = SystemPricingPlanSerializer(required=False)  # noqa: N815


class TokenDataSerializer(serializers.Serializer[Any]):
    """TOMP `tokenData`: a link that opens the asset."""

    tokenType = serializers.ChoiceField(["tokenDeeplink"])  # noqa: N815
    url = StringField()


class TokenSerializer(serializers.Serializer[Any]):
    """TOMP `token`: how the traveller gets access, and from when until when."""

    validFrom = TimestampField()  # noqa: N815
    validUntil = TimestampField()  # noqa: N815
    tokenType = serializers.ChoiceField(["tokenDeeplink"])  # noqa: N815
    tokenData = TokenDataSerializer(required=False)  # noqa: N815
