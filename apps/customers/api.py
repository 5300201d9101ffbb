"""Customer endpoints."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.bookings.forgetting import forget_customer
from apps.customers.selectors import account_of
from apps.customers.serializers import CustomerAccountSerializer
from apps.customers.services import amend, register
from apps.customers.wire import account_object
from apps.tomp.customer_schemas import CustomerSerializer
from apps.tomp.headers import CUSTOMER_HEADERS
from apps.tomp.json_format import MergePatchParser
from apps.tomp.views import Module, TompView


class CustomerView(TompView):
    """What the customer endpoints share: fewer headers, and errors in a list, as the document has them."""

    module = Module.CUSTOMERS
    required_headers = CUSTOMER_HEADERS
    wraps_errors = True

    def read(self, customer: Any) -> dict[str, Any]:
        """A TOMP `customer` as the services take it."""
        return self.validated(CustomerSerializer, customer)


class CustomersView(CustomerView):
    """/customers."""

    @extend_schema(request=CustomerSerializer, responses={200: CustomerAccountSerializer}, tags=["customers"])
    def post(self, request: Request) -> Response:
        """Register a traveller; the answer tells the id that bookings name."""
        account = register(provider=self.caller.provider, customer=self.read(request.data), actor=self.actor)
        return Response(account_object(account))


class OneCustomerView(CustomerView):
    """/customers/{id}."""

    parser_classes = [MergePatchParser]

    @extend_schema(responses={200: CustomerAccountSerializer}, tags=["customers"])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the path parameter's name in the document
        """The account as it now is."""
        return Response(account_object(account_of(self.caller.provider, id)))

    @extend_schema(
        request={"application/merge-patch+json": OpenApiTypes.OBJECT},
        responses={200: CustomerAccountSerializer},
        tags=["customers"],
    )
    def patch(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change some fields of the account; null takes one away (RFC 7396)."""
        account = amend(
            provider=self.caller.provider, account_id=id, patch=request.data, read=self.read, actor=self.actor
        )
        return Response(account_object(account))

    @extend_schema(responses={200: None}, tags=["customers"])
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Erase what is personal of the traveller at once; what has been booked stays, without a name."""
        forget_customer(provider=self.caller.provider, account_id=id, actor=self.actor)
        return Response()
