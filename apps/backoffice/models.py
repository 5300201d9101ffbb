"""What a role is told beyond Django's permissions."""

from django.contrib.auth.models import Group
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
