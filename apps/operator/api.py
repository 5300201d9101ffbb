"""/operator/ping and /operator/information."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.availability import asset_classes
from apps.assets.models import AssetClass
from apps.operator.models import ProductType, SystemType
from apps.operator.selectors import check_broker, check_database, the_operator
from apps.operator.wire import system_information_object
from apps.tomp.conditional import conditional
from apps.tomp.fields import StringField
from apps.tomp.headers import PING_HEADERS
from apps.tomp.openapi import CONDITIONAL_PARAMETERS, NOT_MODIFIED
from apps.tomp.views import Module, TompView


class ChamberOfCommerceInfoSerializer(serializers.Serializer[Any]):
    """TOMP `chamberOfCommerceInfo`."""

    number = StringField(required=False)
    place = StringField(required=False)


class SystemInformationSerializer(serializers.Serializer[Any]):
    """TOMP `systemInformation`."""

    systemId = StringField()
    language = serializers.ListField(child=StringField(), help_text="BCP 47 tags, the default one first.")
    name = StringField()
    shortName = StringField(required=False)
    operator = StringField(required=False)
    url = serializers.URLField(required=False)
    purchaseUrl = serializers.URLField(required=False)
    startDate = serializers.DateField(required=False)
    phoneNumber = StringField(required=False)
    email = serializers.EmailField(required=False)
    feedContactEmail = serializers.EmailField(required=False)
    timezone = StringField(help_text="IANA name.")
    typeOfSystem = serializers.ChoiceField(SystemType.values)
    chamberOfCommerceInfo = ChamberOfCommerceInfoSerializer(required=False)
    conditions = StringField(required=False)
    productType = serializers.ChoiceField(ProductType.values, required=False)
    assetClasses = serializers.ListField(child=serializers.ChoiceField(AssetClass.choices), required=False)


class PingView(TompView):
    """/operator/ping."""

    module = Module.OPERATOR_INFORMATION
    required_headers = PING_HEADERS

    @extend_schema(
        operation_id="ping",
        tags=["operator information"],
        responses={200: OpenApiResponse({"type": "object"}, description="All endpoints work.")},
    )
    def get(self, request: Request) -> Response:
        """200 while database and message broker answer; else 500 with the error object."""
        check_database()
        check_broker()
        return Response({})


class InformationView(TompView):
    """/operator/information."""

    module = Module.OPERATOR_INFORMATION

    @extend_schema(
        operation_id="information",
        tags=["operator information"],
        parameters=CONDITIONAL_PARAMETERS,
        responses={200: SystemInformationSerializer, 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """Who we are, in which languages and time zone, and what we hire out."""
        body = system_information_object(the_operator(), self.language, asset_classes=asset_classes())
        return conditional(request, body)
