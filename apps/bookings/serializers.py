"""Field names of TOMP's booking objects, for requests and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.assets.serializers import AssetSerializer, AssetTypeSerializer
from apps.bookings.models import BookingState, NotificationType
from apps.legs.serializers import LegSerializer, SentIdSerializer, SentLegSerializer
from apps.planning.serializers import PlanningRequestSerializer
from apps.tomp.customer_schemas import CustomerSerializer
from apps.tomp.fields import AddressField, StringField, TimestampField, WholeNumberField
from apps.tomp.schemas import PlaceSerializer, RequestPlaceSerializer

Fields = serializers.Serializer[Any]
ORIGINS = ["TO", "MP", "END_USER", "OTHER"]


class BookingRequestSerializer(Fields):
    """TOMP `bookingRequest`."""

    id = StringField(max_length=200)
    locals()["from"] = RequestPlaceSerializer(required=False)
    to = RequestPlaceSerializer(required=False)
    customer = CustomerSerializer(required=False)
    callbackUrl = AddressField(max_length=200, required=False)
    extraInfo = serializers.DictField(required=False)


class OneStopRequestSerializer(PlanningRequestSerializer):
    """TOMP `oneStopBookingRequest`: a travel plan that names assets or asset types, and who is to travel."""

    customer = CustomerSerializer(required=False)
    callbackUrl = AddressField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two lists is needed."""
        attrs = super().validate(attrs)
        if not attrs.get("useAssets") and not attrs.get("useAssetTypes"):
            raise serializers.ValidationError(
                {"useAssets": [ErrorDetail("Name an asset or an asset type.", "required")]}
            )
        return attrs


class BookingOperationSerializer(Fields):
    """TOMP `bookingOperation`."""

    operation = serializers.ChoiceField(["CANCEL", "DENY", "COMMIT", "EXTEND_EXPIRY_TIME"])
    extendReason = serializers.ChoiceField(["BOOKING_PENDING", "PAYMENT_PENDING", "OTHER"], required=False)
    origin = serializers.ChoiceField(ORIGINS, required=False)


class BookingSerializer(Fields):
    """TOMP `booking`."""

    id = StringField(required=False)
    state = serializers.ChoiceField(BookingState.choices, required=False)
    locals()["from"] = PlaceSerializer(required=False)
    to = PlaceSerializer(required=False)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    actualDepartureTime = TimestampField(required=False)
    actualArrivalTime = TimestampField(required=False)
    mainAssetType = AssetTypeSerializer(required=False)
    customer = CustomerSerializer(required=False)
    callbackUrl = AddressField(required=False)
    extraInfo = serializers.DictField(required=False)
    legs = LegSerializer(many=True, required=False)


class SentBookingSerializer(Fields):
    """TOMP `booking` as an MP sends it back, whole or in part: what it changes, and what has to be as it is.

    What changes by itself, such as where the asset stands, is not read.
    """

    id = StringField(required=False)
    state = serializers.ChoiceField(BookingState.choices, required=False)
    locals()["from"] = RequestPlaceSerializer(required=False)
    to = RequestPlaceSerializer(required=False)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    actualDepartureTime = TimestampField(required=False)
    actualArrivalTime = TimestampField(required=False)
    mainAssetType = SentIdSerializer(required=False)
    pricing = serializers.DictField(required=False)
    customer = CustomerSerializer(required=False)
    callbackUrl = AddressField(max_length=200, required=False)
    extraInfo = serializers.DictField(required=False)
    legs = SentLegSerializer(many=True, required=False)


class BookingFilterSerializer(Fields):
    """The query parameters of GET /bookings."""

    state = serializers.ChoiceField(BookingState.choices, required=False)
    locals()["min-time"] = TimestampField(required=False)
    locals()["max-time"] = TimestampField(required=False)
    locals()["min-price"] = serializers.DecimalField(max_digits=12, decimal_places=4, required=False)
    locals()["max-price"] = serializers.DecimalField(max_digits=12, decimal_places=4, required=False)
    locals()["contains-asset-type"] = StringField(max_length=100, required=False)


class NotificationSerializer(Fields):
    """TOMP `notification`."""

    type = serializers.ChoiceField(NotificationType.choices)
    minutes = WholeNumberField(min_value=0, max_value=2**31 - 1, required=False, help_text="Of an ETA.")
    asset = AssetSerializer(required=False)
    comment = StringField(max_length=2000, required=False, allow_blank=True)
    legId = StringField(max_length=100, required=False, help_text="Required where the booking has several legs.")


class SubscriptionSerializer(Fields):
    """What a subscription may say: `webhook`, where the messages of this booking go.

    Source: TOMP 1.6.1 /bookings/{id}/subscription, whose callbacks name it.
    """

    webhook = AddressField(max_length=200, required=False)
