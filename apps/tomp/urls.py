"""The one URL map of the TOMP-API."""

from django.urls import re_path

from apps.tomp.views import UnknownPath

urlpatterns = [
    re_path(r"", UnknownPath.as_view()),
]
