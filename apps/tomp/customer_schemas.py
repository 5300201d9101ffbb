"""TOMP's `customer` and what it is made of, as a booking can require it."""

from typing import Any

from rest_framework import serializers

from apps.assets.models import AssetClass
from apps.tomp.fields import EmailField, IdentifierField, PatternField, TrimmedStringField, TruthField, WholeNumberField
from apps.tomp.schemas import AddressSerializer

Fields = serializers.Serializer[Any]


class PhoneSerializer(Fields):
    """TOMP `phone`."""

    preferred = TruthField(required=False)
    number = PatternField(r"^[+]*[(]{0,1}[0-9]{1,4}[)]{0,1}[-\s\.0-9]*$", max_length=40)
    kind = serializers.ChoiceField(["LANDLINE", "MOBILE"], required=False)
    type = serializers.ChoiceField(["PRIVATE", "BUSINESS", "OTHER"], required=False)


class CardSerializer(Fields):
    """TOMP `card`."""

    type = serializers.ChoiceField(["ID", "DISCOUNT", "TRAVEL", "BANK", "CREDIT", "PASSPORT", "OTHER"])
    subType = TrimmedStringField(max_length=200, required=False)
    assetClass = serializers.ChoiceField(AssetClass.choices, required=False)
    acceptors = serializers.ListField(child=TrimmedStringField(max_length=200), required=False)
    cardDescription = TrimmedStringField(max_length=200, required=False)
    cardNumber = TrimmedStringField(max_length=200)
    cardAdditionalNumber = TrimmedStringField(max_length=200, required=False)
    validUntil = serializers.DateField(required=False)
    country = PatternField(r"^[A-Za-z]{2}$", required=False)


class LicenseSerializer(Fields):
    """TOMP `license`."""

    assetClass = serializers.ChoiceField(AssetClass.choices)
    issuingCountry = PatternField(r"^[A-Za-z]{2}$", required=False)
    number = TrimmedStringField(max_length=200, required=False)
    licenseCode = TrimmedStringField(max_length=50, required=False)
    validUntil = serializers.DateField(required=False)


class CustomerSerializer(Fields):
    """TOMP `customer`."""

    id = IdentifierField(max_length=200, required=False)
    externalId = IdentifierField(max_length=200, required=False)
    travelerReference = TrimmedStringField(max_length=200, required=False)
    isValidated = TruthField(required=False)
    age = WholeNumberField(min_value=0, max_value=150, required=False)
    knownIdentifier = TrimmedStringField(max_length=500, required=False)
    knownIdentifierProvider = TrimmedStringField(max_length=500, required=False)
    initials = TrimmedStringField(max_length=50, required=False)
    firstName = TrimmedStringField(max_length=200, required=False)
    middleName = TrimmedStringField(max_length=200, required=False)
    lastName = TrimmedStringField(max_length=200, required=False)
    prefix = TrimmedStringField(max_length=100, required=False)
    postfix = TrimmedStringField(max_length=100, required=False)
    phones = PhoneSerializer(many=True, required=False)
    email = EmailField(required=False)
    birthDate = serializers.DateField(required=False)
    address = AddressSerializer(required=False)
    cards = CardSerializer(many=True, required=False)
    licenses = LicenseSerializer(many=True, required=False)
    extraInfo = serializers.DictField(required=False)
