"""Operations."""

from celery.signals import task_postrun
from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "apps.operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        """Have Celery tell of each task that has ended."""
        from apps.operations.task_runs import note_run

        task_postrun.connect(note_run, dispatch_uid="note_run")
