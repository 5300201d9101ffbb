"""Field names of TOMP's journal."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from apps.payments.models import JournalCategory, JournalState, NumberType
from apps.pricing.serializers import AmountOfMoneySerializer, FareSerializer
from apps.tomp.fields import NumberField, StringField, TimestampField, WholeNumberField

ALL = "ALL"
# What a column of the journal holds.
MOST = 99_999_999


class JournalFilterSerializer(serializers.Serializer[Any]):
    """The query parameters of GET /payment/journal-entry."""

    locals()["from"] = TimestampField(required=False)
    to = TimestampField(required=False)
    state = serializers.ChoiceField(JournalState.choices, required=False)
    id = StringField(max_length=100, required=False, help_text="A booking's or a leg's.")
    category = serializers.ChoiceField([ALL, *JournalCategory.values], required=False)


class BankAccountSerializer(serializers.Serializer[Any]):
    """TOMP `bankAccount`."""

    name = StringField(required=False, max_length=200)
    number = StringField(required=False, max_length=50)
    country = StringField(required=False, min_length=2, max_length=2)
    bankIdentification = StringField(required=False, max_length=50)


class ExtraCostsSerializer(AmountOfMoneySerializer):
    """TOMP `extraCosts`; credits are negative."""

    category = serializers.ChoiceField(JournalCategory.choices)
    description = StringField(max_length=500)
    amount = NumberField()
    number = NumberField(required=False, min_value=0, max_value=MOST)
    numberType = serializers.ChoiceField(NumberType.choices, required=False)
    account = BankAccountSerializer(required=False)
    meta = serializers.DictField(required=False)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="JournalDetails",
        serializers=[FareSerializer, ExtraCostsSerializer],
        resource_type_field_name=None,
    )
)
class DetailsField(serializers.DictField):
    """How an amount is composed: a TOMP `fare`, or `extraCosts`."""


class JournalEntrySerializer(AmountOfMoneySerializer):
    """TOMP `journalEntry`."""

    journalId = StringField()
    journalSequenceId = StringField(required=False, help_text="A claim has none until it is accepted.")
    category = serializers.ChoiceField(JournalCategory.choices)
    state = serializers.ChoiceField(JournalState.choices, required=False)
    invoiceId = StringField(required=False)
    invoiceDate = TimestampField(required=False)
    comment = StringField(required=False)
    distance = NumberField(required=False)
    distanceType = serializers.ChoiceField(["KM"], required=False)
    usedTime = WholeNumberField(required=False, help_text="seconds")
    details = DetailsField(required=False)
