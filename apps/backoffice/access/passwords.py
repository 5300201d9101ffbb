"""How long a password is. Source: NIST SP 800-63B-4, 3.1.1.2; no demands on its characters, no expiry."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from apps.backoffice.access.second_factor import is_demanded_of

ALONE = 15
WITH_SECOND_FACTOR = 8


class PasswordIsLong:
    """Fifteen characters; eight for who cannot log in without a second factor."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` for one that is too short for `user`."""
        least = self._least(user)
        if len(password) < least:
            raise ValidationError(
                gettext("This password has %(number)s characters; it needs %(least)s. A few words in a row do well.")
                % {"number": len(password), "least": least},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        """What is asked for."""
        return gettext(
            "At least %(least)s characters of any kind, such as a few words in a row; "
            "%(fewer)s do for who has a role that demands a second factor."
        ) % {"least": ALONE, "fewer": WITH_SECOND_FACTOR}

    def _least(self, user: AbstractBaseUser | None) -> int:
        return WITH_SECOND_FACTOR if user is not None and user.pk and is_demanded_of(user) else ALONE
