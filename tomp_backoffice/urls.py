"""The one URL map of the site: admin, TOMP-API and its documentation."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("tomp/", include("apps.tomp.urls")),
]
