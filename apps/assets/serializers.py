"""Field names of TOMP's asset types and assets, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.assets.damages.models import VehicleComponent
from apps.assets.models import AccessMethod, AssetClass, Propulsion
from apps.pricing.serializers import SystemPricingPlanSerializer
from apps.tomp.fields import AddressField, NumberField, StringField, WholeNumberField
from apps.tomp.schemas import PlaceSerializer


class RequirementSerializer(serializers.Serializer[Any]):
    """TOMP `requirement`: by category and number of the travellers' dictionary."""

    category = StringField(min_length=1, max_length=10)
    number = StringField(min_length=2, max_length=2)


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
    ancillaries = RequirementSerializer(many=True, required=False)
    helmetRequired = serializers.BooleanField(required=False)
    defaultReserveTime = WholeNumberField(required=False, min_value=0, help_text="minutes")


class DamageSerializer(serializers.Serializer[Any]):
    """TOMP `damage`."""

    vehicleComponent = serializers.ChoiceField(VehicleComponent.choices)
    vehicleComponentName = StringField(max_length=100, required=False, help_text="The damaged part in a word.")
    description = StringField(max_length=2000)
    pictures = serializers.ListField(child=AddressField(max_length=2000), required=False, max_length=20)


class AssetSerializer(serializers.Serializer[Any]):
    """TOMP `asset`."""

    id = StringField(help_text="Changes after every trip.")
    isReserved = serializers.BooleanField(required=False)
    isDisabled = serializers.BooleanField(required=False)
    mileage = NumberField(required=False, min_value=0, help_text="km")
    stateOfCharge = WholeNumberField(required=False, min_value=0, max_value=100, help_text="percent")
    stationId = StringField(required=False, help_text="Where it stands.")
    homeStationId = StringField(required=False)
    damages = DamageSerializer(many=True, required=False, help_text="Where the process shows them.")
    overriddenProperties = AssetPropertiesSerializer(required=False)


class AssetTypeSerializer(serializers.Serializer[Any]):
    """TOMP `assetType`; with `stationId` a group of those standing at that station."""

    id = StringField()
    stationId = StringField(required=False)
    nrAvailable = WholeNumberField(required=False, min_value=0)
    assets = AssetSerializer(many=True, required=False)
    assetClass = serializers.ChoiceField(AssetClass.choices, required=False)
    assetSubClass = StringField(required=False)
    sharedProperties = AssetPropertiesSerializer(required=False)
    applicablePricings = SystemPricingPlanSerializer(many=True, required=False)
    defaultPricingPlan = SystemPricingPlanSerializer(required=False)
