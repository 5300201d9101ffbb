"""Field names of TOMP's prices, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.pricing.models import ChargedState, FareClass, FarePartKind, FarePartType, ScaleType, UnitType
from apps.tomp.fields import NumberField, StringField


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

    locals()["class"] = serializers.ChoiceField(FareClass.values, required=False)


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
    stationId = StringField(required=False, help_text="Absent: not of one station.")
    regionId = StringField(required=False, help_text="Absent: not of one region.")
    fare = FareSerializer()
    isTaxable = serializers.BooleanField(help_text="False: the amounts include all tax.")
    surgePricing = serializers.BooleanField(required=False, help_text="True: it is higher now than at other times.")
    description = StringField()
