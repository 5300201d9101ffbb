"""The objects of the 1.6.1 document that several endpoints share, with its field names.

They read what requests bring and are the source of our own OpenAPI document; answers are built as plain
objects. Slips of the document are mended: west and south are negative, and so are discounts.
"""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from apps.tomp.fields import NumberField, StringField, TimestampField, WholeNumberField


class ErrorSerializer(serializers.Serializer[Any]):
    """TOMP `error`, with the document's spelling of the code and the wiki's."""

    errorcode = WholeNumberField(help_text="Module (1 … 8) and error, such as 3204.")
    errorCode = WholeNumberField(help_text="The same as `errorcode`.")
    type = StringField()
    title = StringField()
    status = WholeNumberField(help_text="The HTTP status.")
    detail = StringField()
    instance = StringField(help_text="The id of the request in our log.")


class ErrorsSerializer(serializers.Serializer[Any]):
    """The customer endpoints' errors, of which there is always one."""

    locals()["errors"] = ErrorSerializer(many=True)  # the attribute would hide DRF's own


class CoordinatesSerializer(serializers.Serializer[Any]):
    """TOMP `coordinates`: WGS84 degrees, altitude in metres above sea level."""

    lng = NumberField(min_value=-180, max_value=180)
    lat = NumberField(min_value=-90, max_value=90)
    alt = NumberField(required=False)


class AddressSerializer(serializers.Serializer[Any]):
    """TOMP `address`."""

    streetAddress = StringField()
    street = StringField(required=False)
    houseNumber = WholeNumberField(required=False, min_value=0)
    houseNumberAddition = StringField(required=False)
    addressAdditionalInfo = StringField(required=False)
    areaReference = StringField(help_text="City or town.")
    city = StringField(required=False)
    province = StringField(required=False)
    state = StringField(required=False)
    postalCode = StringField(required=False)
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
    stopReference = StopReferenceSerializer(many=True, required=False)
    stationId = StringField(required=False)
    coordinates = CoordinatesSerializer()
    physicalAddress = AddressSerializer(required=False)
    extraInfo = serializers.DictField(required=False, allow_null=True)


class RequestPlaceSerializer(PlaceSerializer):
    """TOMP `place` as MPs send it: a station, a stop or an address stands for its coordinates."""

    coordinates = CoordinatesSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must say where it is."""
        if not any(attrs.get(name) for name in ("coordinates", "stationId", "stopReference", "physicalAddress")):
            raise serializers.ValidationError({"coordinates": "This field is required."}, code="required")
        return attrs


class TokenDeeplinkSerializer(serializers.Serializer[Any]):
    """TOMP `tokenDeeplink`: a link that opens the asset."""

    tokenType = serializers.ChoiceField(["tokenDeeplink"])
    url = StringField()


class TokenQRSerializer(serializers.Serializer[Any]):
    """TOMP `tokenQR`: that link as a QR code."""

    tokenType = serializers.ChoiceField(["tokenQR"])
    base64 = StringField(help_text="A PNG image.")
    version = StringField(required=False, help_text="Of the QR code, 1 … 40.")


class TokenDefaultSerializer(serializers.Serializer[Any]):
    """TOMP `tokenDefault`: the access methods that have no form of their own, each with the field that carries it."""

    tokenType = serializers.ChoiceField(["tokenDefault"])
    accessMethod = serializers.ChoiceField(["TOMP-API", "AZTEC", "BARCODE", "HTML", "PDF", "PHYSICAL-KEY"])
    token = StringField(required=False, help_text="TOMP-API: what a lock or gate verifies.")
    contentType = StringField(required=False, help_text="AZTEC, BARCODE: image/png.")
    base64 = StringField(required=False, help_text="AZTEC, BARCODE: the image.")
    url = serializers.URLField(required=False, help_text="HTML, PDF: a page or document, for the leg's time only.")
    text = StringField(required=False, help_text="PHYSICAL-KEY: where the key is, in the language of the answer.")


class EKeySerializer(serializers.Serializer[Any]):
    """The key of a lock."""

    key = StringField(help_text="The certificate.")
    passkey = StringField(help_text="Good once.")


class BluetoothLockSerializer(serializers.Serializer[Any]):
    """The lock it is for."""

    bdAddress = StringField(help_text="Its Bluetooth address.")
    deviceName = StringField(help_text="How it advertises itself.")


class TokenEKeySerializer(serializers.Serializer[Any]):
    """TOMP `tokenEKey`: a key for an AXA lock, fresh in every answer."""

    tokenType = serializers.ChoiceField(["tokenEKey"])
    ekey = EKeySerializer()
    lock = BluetoothLockSerializer()


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="TokenData",
        serializers={
            "tokenDefault": TokenDefaultSerializer,
            "tokenDeeplink": TokenDeeplinkSerializer,
            "tokenEKey": TokenEKeySerializer,
            "tokenQR": TokenQRSerializer,
        },
        resource_type_field_name="tokenType",
    )
)
class TokenDataField(serializers.DictField):
    """TOMP `tokenData`: what opens the asset, in the form `tokenType` names."""


class TokenSerializer(serializers.Serializer[Any]):
    """TOMP `token`: how the traveller gets access, and from when until when."""

    validFrom = TimestampField()
    validUntil = TimestampField()
    tokenType = serializers.ChoiceField(["tokenDefault", "tokenDeeplink", "tokenEKey", "tokenQR"])
    tokenData = TokenDataField(required=False)
