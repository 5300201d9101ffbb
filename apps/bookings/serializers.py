"""Field names of TOMP's booking objects, for requests and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from apps.assets.serializers import AssetTypeSerializer
from apps.bookings.models import BookingState
from apps.legs.serializers import LegSerializer
from apps.tomp.fields import TimestampField
from apps.tomp.schemas import PlaceSerializer, RequestPlaceSerializer

Fields = serializers.Serializer[Any]
ORIGINS = ["TO", "MP", "END_USER", "OTHER"]


class PhoneSerializer(Fields):
    """TOMP `phone`."""

    preferred = serializers.BooleanField(required=False)
    number = serializers.RegexField(r"^[+]*[(]{0,1}[0-9]{1,4}[)]{0,1}[-\s\.0-9]*$", max_length=40)
    kind = serializers.ChoiceField(["LANDLINE", "MOBILE"], required=False)
    type = serializers.ChoiceField(["PRIVATE", "BUSINESS", "OTHER"], required=False)


class CustomerSerializer(Fields):
    """TOMP `customer`, as far as a booking can require it."""

    id = serializers.CharField(max_length=200, required=False)
    externalId = serializers.CharField(max_length=200, required=False)
    travelerReference = serializers.CharField(max_length=200, required=False)
    initials = serializers.CharField(max_length=50, required=False)
    firstName = serializers.CharField(max_length=200, required=False)
    middleName = serializers.CharField(max_length=200, required=False)
    lastName = serializers.CharField(max_length=200, required=False)
    prefix = serializers.CharField(max_length=100, required=False)
    postfix = serializers.CharField(max_length=100, required=False)
    phones = PhoneSerializer(many=True, required=False)
    email = serializers.EmailField(required=False)
    birthDate = serializers.DateField(required=False)
    age = serializers.IntegerField(min_value=0, max_value=150, required=False)
    extraInfo = serializers.DictField(required=False)


class BookingRequestSerializer(Fields):
    """TOMP `bookingRequest`."""

    id = serializers.CharField(max_length=200)
    to = RequestPlaceSerializer(required=False)
    customer = CustomerSerializer(required=False)
    callbackUrl = serializers.URLField(max_length=200, required=False)
    extraInfo = serializers.DictField(required=False)


class BookingOperationSerializer(Fields):
    """TOMP `bookingOperation`."""

    operation = serializers.ChoiceField(["CANCEL", "DENY", "COMMIT", "EXTEND_EXPIRY_TIME"])
    extendReason = serializers.ChoiceField(["BOOKING_PENDING", "PAYMENT_PENDING", "OTHER"], required=False)
    origin = serializers.ChoiceField(ORIGINS, required=False)


class BookingSerializer(Fields):
    """TOMP `booking`."""

    id = serializers.CharField(required=False)
    state = serializers.ChoiceField(BookingState.choices, required=False)
    locals()["from"] = PlaceSerializer(required=False)
    to = PlaceSerializer(required=False)
    departureTime = TimestampField(required=False)
    arrivalTime = TimestampField(required=False)
    actualDepartureTime = TimestampField(required=False)
    actualArrivalTime = TimestampField(required=False)
    mainAssetType = AssetTypeSerializer(required=False)
    customer = CustomerSerializer(required=False)
    callbackUrl = serializers.URLField(required=False)
    extraInfo = serializers.DictField(required=False)
    legs = LegSerializer(many=True, required=False)
