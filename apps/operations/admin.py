"""Whether the clock runs."""

from django.contrib import admin

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.operations.models import TaskRun


@admin.register(TaskRun)
class TaskRunAdmin(ReadOnlyAdmin):
    """The tasks of the beat, and when each was last run."""

    list_display = ("task", "ended_at", "succeeded_at", "worker")
    search_fields = ("task",)
