"""Field names of TOMP's support objects, for requests and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.assets.serializers import DamageSerializer
from apps.support.models import Priority, SupportState, SupportType
from apps.support.rules import MOST_RESPONSE_MINUTES
from apps.tomp.fields import AddressField, NumberField, StringField, TimestampField, WholeNumberField
from apps.tomp.schemas import RequestPlaceSerializer

Fields = serializers.Serializer[Any]


class SupportRequestSerializer(Fields):
    """TOMP `supportRequest`."""

    id = StringField(max_length=200, required=False, help_text="The booking's; without one, `assetId` says the asset.")
    supportType = serializers.ChoiceField(SupportType.choices, required=False)
    location = RequestPlaceSerializer(required=False)
    time = TimestampField(required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    contactInformationEndUser = StringField(max_length=500, required=False, allow_blank=True)
    comment = StringField(max_length=2000, required=False, allow_blank=True)
    requestedResponseTime = NumberField(
        min_value=0, max_value=MOST_RESPONSE_MINUTES, required=False, help_text="minutes"
    )
    damage = DamageSerializer(required=False)
    urls = serializers.ListField(child=AddressField(max_length=2000), required=False, max_length=20)
    assetId = StringField(max_length=200, required=False, help_text="What is read on the asset.")


class SupportStatusSerializer(SupportRequestSerializer):
    """TOMP `supportStatus`."""

    status = serializers.ChoiceField(SupportState.choices)
    timeToResolution = WholeNumberField(required=False, min_value=0, help_text="minutes")
    order = WholeNumberField(min_value=0, help_text="The highest is where the request is now.")
