"""The admin's theme: its title, and the way around it, in the groups in which staff think."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _may_view(model: str) -> Callable[[HttpRequest], bool]:
    app, name = model.split("_")

    def allowed(request: HttpRequest) -> bool:
        user = request.user
        return user.has_perm(f"{app}.view_{name}") or user.has_perm(f"{app}.change_{name}")

    return allowed


def _page(title: str | Promise, icon: str, model: str) -> dict[str, Any]:
    """A list of the admin, for those who may view it. `model` is app and model name."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": _may_view(model),
    }


def _style(request: HttpRequest) -> str:
    return static("backoffice/admin.css")


def _script(request: HttpRequest) -> str:
    return static("backoffice/reach.js")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "TOMP back office",
    "SITE_HEADER": "TOMP back office",
    "SITE_SYMBOL": "pedal_bike",
    "SITE_URL": None,  # there is no other site to view
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "STYLES": [_style],
    "SCRIPTS": [_script],
    "LOGIN": {"form": "apps.backoffice.access.forms.LoginForm"},
    "ACCOUNT": {"navigation": [{"title": _("Second factor"), "link": reverse_lazy("second-factor")}]},
    "DASHBOARD_CALLBACK": "apps.backoffice.dashboard.views.with_dashboard",
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .014 240)",
            "100": "oklch(93.6% .032 240)",
            "200": "oklch(88.2% .059 240)",
            "300": "oklch(80.9% .105 240)",
            "400": "oklch(70.7% .145 242)",
            "500": "oklch(60.5% .16 245)",
            "600": "oklch(52% .155 247)",
            "700": "oklch(45% .14 248)",
            "800": "oklch(39% .115 248)",
            "900": "oklch(34% .09 248)",
            "950": "oklch(25% .065 248)",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": _("Rides"),
                "items": [
                    _page(_("Bookings"), "bookmark", "bookings_booking"),
                    _page(_("Legs"), "directions_bike", "legs_leg"),
                    _page(_("Support requests"), "support_agent", "support_supportrequest"),
                    _page(_("Customers"), "person", "customers_customeraccount"),
                ],
            },
            {
                "title": _("Fleet"),
                "items": [
                    {
                        "title": _("Fleet map"),
                        "icon": "explore",
                        "link": reverse_lazy("admin:assets_asset_map"),
                        "permission": _may_view("assets_asset"),
                    },
                    _page(_("Assets"), "pedal_bike", "assets_asset"),
                    _page(_("Bulk changes"), "checklist_rtl", "fleet_bulkchange"),
                    _page(_("Damages"), "car_crash", "assets_damage"),
                    _page(_("Maintenance"), "build", "assets_maintenancejob"),
                    _page(_("Asset types"), "category", "assets_assettype"),
                    _page(_("Tickets"), "confirmation_number", "assets_ticket"),
                    _page(_("Lock gateways"), "lock", "assets_lockgateway"),
                    _page(_("Lock commands"), "lock_open", "legs_lockcommand"),
                    _page(_("Parked cars"), "local_parking", "parking_parkedcar"),
                    _page(_("Ancillaries"), "sports_motorsports", "assets_ancillary"),
                    _page(_("Stations"), "location_on", "stations_station"),
                    _page(_("Regions"), "map", "stations_region"),
                    _page(_("Telemetry keys"), "key", "telemetry_telemetrykey"),
                ],
            },
            {
                "title": _("Providers"),
                "items": [
                    _page(_("Providers"), "handshake", "providers_provider"),
                    _page(_("Process profiles"), "account_tree", "processes_processprofile"),
                    _page(_("Published versions"), "deployed_code_history", "processes_profileversion"),
                    _page(_("Keys"), "key", "providers_credential"),
                    _page(_("OAuth clients"), "vpn_key", "providers_oauthclient"),
                    _page(_("Calls"), "call_received", "calls_call"),
                    _page(_("Go-live checks"), "checklist", "integration_golivecheck"),
                    _page(_("Messages"), "outgoing_mail", "webhooks_outboxmessage"),
                ],
            },
            {
                "title": _("Money"),
                "items": [
                    _page(_("Prices"), "sell", "pricing_pricingplan"),
                    _page(_("Which price where"), "rule", "pricing_pricingrule"),
                    _page(_("Journal"), "payments", "payments_journalentry"),
                    _page(_("Claims"), "request_quote", "payments_claim"),
                    _page(_("Invoices"), "receipt_long", "payments_invoice"),
                    _page(_("Does not add up"), "rule", "payments_journalfinding"),
                ],
            },
            {
                "title": _("Operator"),
                "items": [
                    _page(_("Operator"), "storefront", "operator_operator"),
                    _page(_("Alerts"), "campaign", "operator_alert"),
                    _page(_("Opening hours"), "schedule", "operator_systemhours"),
                    _page(_("Calendar"), "calendar_month", "operator_systemcalendar"),
                    _page(_("History of states"), "history", "history_transition"),
                    _page(_("Tasks of the clock"), "timer", "operations_taskrun"),
                    _page(_("Changes by staff"), "manage_history", "history_change"),
                    _page(_("Staff"), "badge", "auth_user"),
                    _page(_("Roles"), "groups", "auth_group"),
                    _page(_("Refund limits"), "price_check", "payments_refundlimit"),
                ],
            },
        ],
    },
}
