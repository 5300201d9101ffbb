"""/operator/meta."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.processes.conditions import SCENARIOS
from apps.processes.meta import implementation
from apps.processes.steps import GOALS, STEP_TYPES
from apps.revisions.models import Subject
from apps.tomp.conditional import Told
from apps.tomp.fields import StringField, WholeNumberField
from apps.tomp.headers import META_HEADERS
from apps.tomp.openapi import NOT_MODIFIED, UNCHANGED_PARAMETERS
from apps.tomp.views import Module, TompView

Fields = serializers.Serializer[Any]


class EndpointSerializer(Fields):
    """TOMP `endpoint`."""

    method = serializers.ChoiceField(["POST", "PUT", "GET", "DELETE", "PATCH"])
    path = StringField(help_text="As in the document, after the base URL.")
    eventType = StringField(required=False, help_text="For the two /events paths.")
    status = serializers.ChoiceField(["NOT_IMPLEMENTED", "DIALECT", "IMPLEMENTED"])
    supportsPaging = serializers.BooleanField(required=False)
    maxPageSize = WholeNumberField(required=False, min_value=1)
    externalType = serializers.ChoiceField(["GBFS"], required=False, help_text="`path` is then an address.")
    useAssetTypes = serializers.ListField(
        child=StringField(), required=False, help_text="Whose fields there go into `useAssetTypes`."
    )
    useAssets = serializers.ListField(
        child=StringField(), required=False, help_text="Whose fields there go into `useAssets`."
    )


class ProcessIdentifiersSerializer(Fields):
    """TOMP `processIdentifiers`."""

    operatorInformation = serializers.ListField(child=StringField())
    planning = serializers.ListField(child=StringField())
    booking = serializers.ListField(child=StringField())
    tripExecution = serializers.ListField(child=StringField())
    support = serializers.ListField(child=StringField(), help_text="Always empty.")
    payment = serializers.ListField(child=StringField())
    general = serializers.ListField(child=StringField())


class StepSerializer(Fields):
    """TOMP's six kinds of step, which differ in their actions only."""

    type = serializers.ChoiceField(STEP_TYPES)
    goal = serializers.ChoiceField(GOALS, required=False)
    action = StringField(required=False)
    text = StringField(required=False)
    url = StringField(required=False)


class StepsSerializer(Fields):
    """`steps` of an `endpointImplementation`; each list is a sequence."""

    planning = StepSerializer(many=True, required=False)
    booking = StepSerializer(many=True, required=False)
    onboarding = StepSerializer(many=True, required=False)
    offboarding = StepSerializer(many=True, required=False)
    pausing = StepSerializer(many=True, required=False)
    resuming = StepSerializer(many=True, required=False)


class EndpointImplementationSerializer(Fields):
    """TOMP `endpointImplementation`."""

    version = StringField()
    baseUrl = StringField()
    endpoints = EndpointSerializer(many=True)
    scenarios = serializers.ListField(child=serializers.ChoiceField(list(SCENARIOS.values())))
    processIdentifiers = ProcessIdentifiersSerializer()
    steps = StepsSerializer()


class MetaView(TompView):
    """/operator/meta."""

    module = Module.OPERATOR_INFORMATION
    required_headers = META_HEADERS
    told_from = (Subject.OPERATOR, Subject.PROCESSES)

    @extend_schema(
        operation_id="meta",
        parameters=UNCHANGED_PARAMETERS,
        responses={200: EndpointImplementationSerializer(many=True), 304: NOT_MODIFIED},
        tags=["operator information"],
    )
    def get(self, request: Request) -> Response:
        """Which endpoints are served, and the process that has been published for this MP."""
        caller = self.caller
        return self.told(
            lambda: Told([implementation(caller.profile, self.language, has_feed=caller.operator.has_feed)])
        )
