"""The integration desk's pages about one MP."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from apps.integration.chart import bars
from apps.integration.health import HOURS_SHOWN, health_of
from apps.integration.models import GoLiveCheck
from apps.integration.services import ask
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState
from apps.webhooks.probing import probe


def health_page(request: HttpRequest, model_admin: ModelAdmin, object_id: str) -> HttpResponse:
    """How an MP's calls and messages go, on one page; for who may see MPs and their calls."""
    if not request.user.has_perm("calls.view_call"):
        raise PermissionDenied
    provider = _provider(model_admin, request, object_id)
    health = health_of(provider, now=timezone.now())
    more = {
        "health": health,
        "hours_shown": HOURS_SHOWN,
        "bars": bars(health.hours),
        "checks": GoLiveCheck.objects.filter(provider=provider).select_related("profile_version")[:1],
    }
    return _page(
        model_admin,
        request,
        "health",
        provider,
        title=gettext("Health of %(provider)s") % {"provider": provider},
        **more,
    )


def callback_page(request: HttpRequest, model_admin: ModelAdmin, object_id: str) -> HttpResponse:
    """Try out where the MP listens (POST), and tell what came of it; for who may change MPs."""
    if not request.user.has_perm("providers.change_provider"):
        raise PermissionDenied
    provider = _provider(model_admin, request, object_id)
    tried = probe(provider) if request.method == "POST" else None
    return _page(
        model_admin,
        request,
        "callback",
        provider,
        title=gettext("Callback of %(provider)s") % {"provider": provider},
        probe=tried,
    )


@require_POST
def check_page(request: HttpRequest, model_admin: ModelAdmin, object_id: str) -> HttpResponse:
    """Ask for a go-live check, and go to its page; for who may add such checks."""
    if not request.user.has_perm("integration.add_golivecheck"):
        raise PermissionDenied
    provider = _provider(model_admin, request, object_id)
    try:
        check = ask(provider=provider, asked_by=request.user.get_username())
    except IllegalState as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("admin:providers_provider_health", args=[provider.pk]))
    return HttpResponseRedirect(reverse("admin:integration_golivecheck_change", args=[check.pk]))


def _provider(model_admin: ModelAdmin, request: HttpRequest, object_id: str) -> Provider:
    provider: Provider | None = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_view_permission(request, provider):
        raise PermissionDenied
    if provider is None:
        raise Http404
    return provider


def _page(model_admin: ModelAdmin, request: HttpRequest, name: str, provider: Provider, **context: Any) -> HttpResponse:
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "provider": provider}
    return TemplateResponse(request, f"admin/integration/{name}.html", {**shared, **context})
