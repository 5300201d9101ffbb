"""What a role is told beyond Django's permissions."""

from django.contrib.auth.models import Group, User
from django.db import models


class LoginRule(models.Model):
    """How those of a role log in."""

    role = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="login_rule")
    second_factor = models.BooleanField(
        "demands a second factor",
        default=False,
        help_text="Who has this role sets up an authenticator app at the next log-in, and then gives a code each time.",
    )

    def __str__(self) -> str:
        return "with a second factor" if self.second_factor else "with a password alone"


class SavedFilter(models.Model):
    """A list as somebody of staff keeps it: its filters, what is searched for, and its order, under a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    list_name = models.CharField("list", max_length=100, help_text="App and model, such as bookings_booking.")
    name = models.CharField(max_length=60)
    # What follows the question mark, without the order; periods such as “today” by their place among those offered.
    query = models.TextField(blank=True)
    # Columns by their names, for their numbers change: “-created_at,provider”.
    order = models.CharField(max_length=300, blank=True)
    shared_with = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="shared_filters"
    )

    class Meta:
        default_permissions = ()
        permissions = [("share_saved_filters", "Can share saved filters with a role")]
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_name", "name"], name="saved_filter_has_its_name_once_per_owner_and_list"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_filter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
