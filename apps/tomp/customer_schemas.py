"""TOMP's `customer` and what it is made of, as a booking can require it."""

from typing import Any

from rest_framework import serializers

from apps.assets.models import AssetClass
from apps.tomp.schemas import AddressSerializer

Fields = serializers.Serializer[Any]


class PhoneSerializer(Fields):
    """TOMP `phone`."""

    preferred = serializers.BooleanField(required=False)
    number = serializers.RegexField(r"^[+]*[(]{0,1}[0-9]{1,4}[)]{0,1}[-\s\.0-9]*$", max_length=40)
    kind = serializers.ChoiceField(["LANDLINE", "MOBILE"], required=False)
    type = serializers.ChoiceField(["PRIVATE", "BUSINESS", "OTHER"], required=False)


class CardSerializer(Fields):
    """TOMP `card`."""

    type = serializers.ChoiceField(["ID", "DISCOUNT", "TRAVEL", "BANK", "CREDIT", "PASSPORT", "OTHER"])
    subType = serializers.CharField(max_length=200, required=False)
    assetClass = serializers.ChoiceField(AssetClass.choices, required=False)
    acceptors = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    cardDescription = serializers.CharField(max_length=200, required=False)
    cardNumber = serializers.CharField(max_length=200)
    cardAdditionalNumber = serializers.CharField(max_length=200, required=False)
    validUntil = serializers.DateField(required=False)
    country = serializers.RegexField(r"^[A-Za-z]{2}$", required=False)


class LicenseSerializer(Fields):
    """TOMP `license`."""

    assetClass = serializers.ChoiceField(AssetClass.choices)
    issuingCountry = serializers.RegexField(r"^[A-Za-z]{2}$", required=False)
    number = serializers.CharField(max_length=200, required=False)
    licenseCode = serializers.CharField(max_length=50, required=False)
    validUntil = serializers.DateField(required=False)


class CustomerSerializer(Fields):
    """TOMP `customer`."""

    id = serializers.CharField(max_length=200, required=False)
    externalId = serializers.CharField(max_length=200, required=False)
    travelerReference = serializers.CharField(max_length=200, required=False)
    isValidated = serializers.BooleanField(required=False)
    age = serializers.IntegerField(min_value=0, max_value=150, required=False)
    knownIdentifier = serializers.CharField(max_length=500, required=False)
    knownIdentifierProvider = serializers.CharField(max_length=500, required=False)
    initials = serializers.CharField(max_length=50, required=False)
    firstName = serializers.CharField(max_length=200, required=False)
    middleName = serializers.CharField(max_length=200, required=False)
    lastName = serializers.CharField(max_length=200, required=False)
    prefix = serializers.CharField(max_length=100, required=False)
    postfix = serializers.CharField(max_length=100, required=False)
    phones = PhoneSerializer(many=True, required=False)
    email = serializers.EmailField(required=False)
    birthDate = serializers.DateField(required=False)
    address = AddressSerializer(required=False)
    cards = CardSerializer(many=True, required=False)
    licenses = LicenseSerializer(many=True, required=False)
    extraInfo = serializers.DictField(required=False)
