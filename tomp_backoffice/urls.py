"""The one URL map of the site: admin, TOMP-API and its documentation."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

handler400 = "apps.tomp.error_responses.bad_request"
handler500 = "apps.tomp.error_responses.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("tomp/", include("apps.tomp.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
