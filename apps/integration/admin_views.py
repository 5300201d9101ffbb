"""The integration desk's pages about one MP."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from apps.integration.chart import bars
from apps.integration.health import HOURS_SHOWN, health_of


def health_page(model_admin: ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """How an MP's calls and messages go, on one page; for who may see MPs and their calls."""
    provider = model_admin.get_object(request, unquote(object_id))
    if not (model_admin.has_view_permission(request, provider) and request.user.has_perm("calls.view_call")):
        raise PermissionDenied
    if provider is None:
        raise Http404
    health = health_of(provider, now=timezone.now())
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": f"Health of {provider}",
        "opts": model_admin.opts,
        "provider": provider,
        "health": health,
        "hours_shown": HOURS_SHOWN,
        "bars": bars(health.hours),
    }
    return TemplateResponse(request, "admin/integration/health.html", context)
