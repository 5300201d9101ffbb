"""The URL map of the site: admin, TOMP-API with tokens and documentation, GBFS, vehicles, travellers' access."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog, set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from apps.backoffice.access.views import second_factor_page
from apps.backoffice.dashboard.views import dashboard_part
from apps.backoffice.finding import find
from apps.gbfs.api import FeedView
from apps.legs.access import api as access
from apps.providers.api import ClientCredentialsView
from apps.telemetry.api import TelemetryView

handler400 = "apps.tomp.error_responses.bad_request"
handler500 = "apps.tomp.error_responses.server_error"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/dashboard/<str:part>", dashboard_part, name="dashboard-part"),
    path("admin/find/", admin.site.admin_view(find), name="find"),
    path("admin/second-factor/", admin.site.admin_view(second_factor_page), name="second-factor"),
    path("admin/words.js", JavaScriptCatalog.as_view(packages=["apps.backoffice"]), name="admin-words"),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("oauth/token", ClientCredentialsView.as_view(), name="oauth-token"),
    path("tomp/", include("apps.tomp.urls")),
    re_path(r"^gbfs/3\.0/(?P<name>[a-z_]+)\.json$", FeedView.as_view(), name="gbfs"),
    re_path(r"^telemetry/?$", TelemetryView.as_view(), name="telemetry"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("access/check/<str:code>", access.check, name="access-check"),
    path("access/<str:link>", access.page, name="access-page"),
    path("access/<str:link>/ticket.pdf", access.document, name="access-document"),
]
