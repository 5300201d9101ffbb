"""The dashboard on the admin's first page, and its parts by themselves, which the page asks for again and again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.models import Asset, AssetState
from apps.backoffice.dashboard.charts import columns
from apps.backoffice.dashboard.today import (
    OFFERING,
    REASONS_SHOWN,
    Day,
    Figure,
    refused,
    revenue,
    rides,
    today_and_last_week,
    utilisation,
)
from apps.backoffice.dashboard.waiting import waiting
from apps.calls.models import Call
from apps.legs.models import Leg
from apps.payments.models import JournalEntry


def with_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context with what the dashboard shows; for Unfold."""
    return {**context, "title": gettext("What needs you now"), **_now(request), **_today(request)}


def dashboard_part(request: HttpRequest, part: str) -> HttpResponse:
    """One part of the dashboard by itself. Who is logged out meanwhile has the page loaded again, and so logs in."""
    if part not in PARTS:
        raise Http404
    if not admin.site.has_permission(request):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return TemplateResponse(request, f"admin/dashboard/{part}.html", PARTS[part](request))


def _now(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    found = waiting(request, now=now)
    return {
        "told_at": now,
        "waiting": [one for one in found if one.number],
        "idle": [one for one in found if not one.number],
    }


def _today(request: HttpRequest) -> dict[str, Any]:
    """The figures that this user may see the lists of."""
    today, before = today_and_last_week(timezone.now())
    context: dict[str, Any] = {"today": today, "before": before}
    if _may_see(request, Leg):
        context["rides"] = _drawn(rides(today, before))
        context["rides_address"] = _list_of(Leg, actual_departure_time__gte=today.start.isoformat())
    if _may_see(request, Leg) and _may_see(request, Asset):
        context["utilisation"] = utilisation(today, before)
        context["in_use_address"] = _list_of(Asset, state__exact=AssetState.IN_USE)
    if _may_see(request, JournalEntry):
        context["revenue"] = [(currency, _drawn(one)) for currency, one in revenue(today, before).items()]
        context["revenue_address"] = _list_of(JournalEntry, created_at__gte=today.start.isoformat())
    if _may_see(request, Call):
        context["refused"] = [(one, _refused_calls(one.code, today)) for one in refused(today, before)]
        context["refused_most"] = max((max(one.today, one.before) for one, _ in context["refused"]), default=0)
        context["reasons_shown"] = REASONS_SHOWN
    return context


PARTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {"now": _now, "today": _today}


def _drawn(figure: Figure) -> dict[str, Any]:
    change = round(100 * (float(figure.today) / float(figure.before) - 1)) if figure.before else None
    return {"figure": figure, "change": change, "columns": columns(figure)}


def _refused_calls(code: int, day: Day) -> str:
    return _list_of(Call, error_code__exact=code, endpoint__in=",".join(OFFERING), at__gte=day.start.isoformat())


def _may_see(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site.get_model_admin(model).has_view_permission(request)


def _list_of(model: type[Model], **query: Any) -> str:
    meta = model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{urlencode(query)}"
