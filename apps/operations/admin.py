"""Whether the clock runs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.operations.models import TaskRun


@admin.register(TaskRun)
class TaskRunAdmin(ReadOnlyAdmin):
    """The tasks of the beat, and when each was last run."""

    when_empty = _(
        "Each task of the clock is listed once it has been run. Where none comes within a minute, start the beat "
        "and a worker."
    )
    list_display = ("task", "ended_at", "succeeded_at", "worker")
    search_fields = ("task",)
