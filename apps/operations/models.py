"""What is known of the running installation itself."""

from typing import ClassVar

from django.db import models


class TaskRun(models.Model):
    """When a task that the beat sends was last run by any worker. One row for each such task."""

    task = models.CharField(max_length=200, unique=True, help_text="The name by which Celery knows it.")
    ended_at = models.DateTimeField(help_text="When it last ended, however.")
    succeeded_at = models.DateTimeField(null=True, help_text="When it last ended well.")
    worker = models.CharField(max_length=200, help_text="Which worker ran it last.")

    class Meta:
        ordering: ClassVar = ["task"]

    def __str__(self) -> str:
        return self.task
