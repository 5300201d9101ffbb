"""Field names of TOMP's planning request."""

from typing import Any

from rest_framework import serializers

from apps.assets.models import AssetClass
from apps.assets.serializers import RequirementSerializer
from apps.tomp.fields import StringField, TimestampField, TrimmedStringField, WholeNumberField
from apps.tomp.schemas import RequestPlaceSerializer

MAX_NAMES = 200
MAX_TRAVELERS = 100


class LicenseTypeSerializer(serializers.Serializer[Any]):
    """TOMP `licenseType`: what may be driven. Which country issued it makes no difference here."""

    assetClass = serializers.ChoiceField(AssetClass.values)


class RequirementsSerializer(serializers.Serializer[Any]):
    """TOMP `requirements`: what an asset must be fit for."""

    abilities = serializers.ListField(child=RequirementSerializer(), required=False, max_length=MAX_NAMES)
    bringAlong = serializers.ListField(child=RequirementSerializer(), required=False, max_length=MAX_NAMES)


class TravelerSerializer(serializers.Serializer[Any]):
    """TOMP `traveler`, as far as offers depend on it."""

    age = WholeNumberField(required=False, min_value=0, max_value=150)
    referenceNumber = StringField(required=False, max_length=200)
    licenseTypes = serializers.ListField(child=LicenseTypeSerializer(), required=False, max_length=MAX_NAMES)
    requirements = RequirementsSerializer(required=False)


class PlanningRequestSerializer(serializers.Serializer[Any]):
    """TOMP `planningRequest`."""

    locals()["from"] = RequestPlaceSerializer()
    to = RequestPlaceSerializer(required=False)
    radius = WholeNumberField(required=False, min_value=0, max_value=1_000_000)
    estimatedDistance = WholeNumberField(required=False, min_value=0, max_value=10_000_000)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    nrOfTravelers = WholeNumberField(required=False, min_value=1, max_value=MAX_TRAVELERS)
    travelers = serializers.ListField(child=TravelerSerializer(), required=False, max_length=MAX_TRAVELERS)
    useAssets = serializers.ListField(child=TrimmedStringField(max_length=500), required=False, max_length=MAX_NAMES)
    useAssetTypes = serializers.ListField(
        child=TrimmedStringField(max_length=500), required=False, max_length=MAX_NAMES
    )
    extraInfo = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """No more are described than travel."""
        number = attrs.get("nrOfTravelers")
        if number is not None and len(attrs.get("travelers", ())) > number:
            raise serializers.ValidationError({"travelers": f"More are described than the {number} that travel."})
        return attrs
