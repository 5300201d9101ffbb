"""Payment endpoints."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.payments import extra_costs
from apps.payments.extra_costs import ExtraCosts
from apps.payments.selectors import JournalFilter, entries_of
from apps.payments.serializers import ALL, ExtraCostsSerializer, JournalEntrySerializer, JournalFilterSerializer
from apps.payments.wire import claim_object, journal_object
from apps.tomp.conditional import conditional
from apps.tomp.identifiers import as_uuid, read_id
from apps.tomp.openapi import CONDITIONAL_PARAMETERS, NOT_MODIFIED, PAGE_PARAMETERS
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView


class JournalView(TompView):
    """/payment/journal-entry."""

    module = Module.PAYMENT

    @extend_schema(
        parameters=[JournalFilterSerializer, *PAGE_PARAMETERS, *CONDITIONAL_PARAMETERS],
        responses={200: JournalEntrySerializer(many=True), 304: NOT_MODIFIED},
        tags=["payment"],
    )
    def get(self, request: Request) -> Response:
        """What the MP owes and is owed, entry by entry, oldest first."""
        fields = self.validated(JournalFilterSerializer, request.query_params.dict())
        page = read_page(request.query_params)
        category = fields.get("category")
        wanted = JournalFilter(
            since=fields.get("from"),
            until=fields.get("to"),
            state=fields.get("state"),
            category=None if category == ALL else category,
            id=as_uuid(fields["id"]) if "id" in fields else None,
        )
        found = entries_of(self.caller.provider, wanted)
        if "id" in fields and wanted.id is None:
            found = found.none()  # no id of ours
        rows, more = page.rows_by_key(found.select_related("provider", "invoice"))
        return conditional(request, [journal_object(row) for row in rows], next_page=page if more else None)


class ExtraCostsView(TompView):
    """/payment/{id}/claim-extra-costs."""

    module = Module.PAYMENT

    @extend_schema(request=ExtraCostsSerializer, responses={200: JournalEntrySerializer}, tags=["payment"])
    def post(self, request: Request, id: str) -> Response:  # noqa: A002 — the path parameter's name in the document
        """Claim a credit for a booking or a leg; staff decide. The same once more: what became of it."""
        fields = self.validated(ExtraCostsSerializer, request.data)
        claim = extra_costs.receive(
            provider=self.caller.provider,
            id=read_id(id, "booking"),
            costs=ExtraCosts(
                category=fields["category"],
                amount=_exactly(fields["amount"]),
                description=fields["description"],
                currency=fields.get("currencyCode"),
                amount_ex_vat=_exactly(fields.get("amountExVat")),
                vat_rate=_exactly(fields.get("vatRate")),
                vat_country=fields.get("vatCountryCode"),
                number=_exactly(fields.get("number")),
                number_type=fields.get("numberType", ""),
                account=fields.get("account"),
                meta=fields.get("meta"),
            ),
            actor=self.actor,
        )
        return Response(claim_object(claim))


def _exactly(number: Any) -> Any:
    """A JSON number as it was written."""
    return None if number is None else Decimal(str(number))
