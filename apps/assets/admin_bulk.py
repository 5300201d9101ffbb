"""What may be done to many assets at once, from their list: each leads to what it would come to, before it begins."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from apps.assets.models import Asset
from apps.fleet.models import BulkAction
from apps.fleet.services import MOST_ASSETS, draft


def _leading_to(action: BulkAction) -> Callable[[Any, HttpRequest, QuerySet[Asset]], HttpResponse | None]:
    @admin.action(description=gettext_lazy(action.label), permissions=["change"])
    def begin(model_admin: Any, request: HttpRequest, queryset: QuerySet[Asset]) -> HttpResponse | None:
        chosen = list(queryset.order_by().values_list("pk", flat=True)[: MOST_ASSETS + 1])
        if len(chosen) > MOST_ASSETS:
            refusal = gettext("At most %(most)s assets are changed at once. Filter the list, and choose again.")
            messages.error(request, refusal % {"most": MOST_ASSETS})
            return None
        change = draft(action=action, asset_ids=chosen, asked_by=request.user.get_username())
        return HttpResponseRedirect(reverse("admin:fleet_bulkchange_begin", args=[change.pk]))

    begin.__name__ = action.value
    return begin


BULK_ACTIONS = tuple(_leading_to(action) for action in BulkAction)
