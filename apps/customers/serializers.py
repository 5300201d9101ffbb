"""Field names of TOMP's customer account."""

from rest_framework import serializers

from apps.customers.models import CustomerState
from apps.tomp.customer_schemas import CustomerSerializer
from apps.tomp.fields import IdentifierField, TimestampField


class CustomerAccountSerializer(CustomerSerializer):
    """TOMP `customerAccount`."""

    id = IdentifierField()
    status = serializers.ChoiceField(CustomerState.choices)
    creationDate = TimestampField()
    modificationDate = TimestampField()
