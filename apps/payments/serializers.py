"""Field names of TOMP's journal."""

from typing import Any

from rest_framework import serializers

from apps.payments.models import JournalCategory, JournalState
from apps.pricing.serializers import AmountOfMoneySerializer, FareSerializer
from apps.tomp.fields import NumberField, StringField, TimestampField, WholeNumberField

ALL = "ALL"


class JournalFilterSerializer(serializers.Serializer[Any]):
    """The query parameters of GET /payment/journal-entry."""

    locals()["from"] = TimestampField(required=False)
    to = TimestampField(required=False)
    state = serializers.ChoiceField(JournalState.choices, required=False)
    id = StringField(max_length=100, required=False, help_text="A booking's or a leg's.")
    category = serializers.ChoiceField([ALL, *JournalCategory.values], required=False)


class JournalEntrySerializer(AmountOfMoneySerializer):
    """TOMP `journalEntry`; in place of a `fare`, `details` may be `extraCosts`."""

    journalId = StringField()
    journalSequenceId = StringField()
    category = serializers.ChoiceField(JournalCategory.choices)
    state = serializers.ChoiceField(JournalState.choices)
    invoiceId = StringField(required=False)
    invoiceDate = TimestampField(required=False)
    comment = StringField(required=False)
    distance = NumberField(required=False)
    distanceType = serializers.ChoiceField(["KM"], required=False)
    usedTime = WholeNumberField(required=False, help_text="seconds")
    details = FareSerializer(required=False)
