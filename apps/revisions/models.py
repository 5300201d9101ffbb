"""When what we tell of ourselves changed, so that nobody has to be told twice.

The database itself writes these rows, by triggers on the tables that an answer is made of (`apps.revisions.triggers`):
no writer can forget it. Rows are only added, so that no writer waits for another.
"""

from django.db import models
from django.db.models import Q


class Subject(models.TextChoices):
    """What an answer can be about."""

    OPERATOR = "OPERATOR", "the operator"
    HOURS = "HOURS", "opening hours"
    CALENDAR = "CALENDAR", "calendar"
    ALERTS = "ALERTS", "alerts"
    REGIONS = "REGIONS", "regions"
    STATIONS = "STATIONS", "stations"
    ASSET_TYPES = "ASSET_TYPES", "asset types"
    PLANS = "PLANS", "pricing plans"
    PROCESSES = "PROCESSES", "processes of MPs"


class Revision(models.Model):
    """Something about the subject was written at `at`; or, where `planned`, will begin or end then by itself.

    `times` is more than one where `apps.revisions.services.sum_up` has put rows together: the sum never goes down.
    """

    subject = models.CharField(max_length=20, choices=Subject)
    at = models.DateTimeField()
    times = models.PositiveBigIntegerField(db_default=1)
    planned = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="revision_is_of_a_known_subject", condition=Q(subject__in=Subject.values)),
        ]
        indexes = [models.Index(fields=["subject"], name="revision_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.at}"
