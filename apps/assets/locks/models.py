"""How the locks of the fleet are reached, and the simulated locks of the demo."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from encrypted_fields.fields import EncryptedTextField


class LockState(models.TextChoices):
    """What was last heard of an asset's lock."""

    LOCKED = "LOCKED", "locked"
    UNLOCKED = "UNLOCKED", "unlocked"
    JAMMED = "JAMMED", "jammed"
    UNKNOWN = "UNKNOWN", "unknown"


class LockOrder(models.TextChoices):
    """What a lock can be told."""

    UNLOCK = "UNLOCK", "unlock"
    LOCK = "LOCK", "lock"
    OPEN_TRUNK = "OPEN_TRUNK", "open the trunk"


class GatewayKind(models.TextChoices):
    """What a gateway speaks (docs/locks.md)."""

    HTTP = "HTTP", "HTTP"
    MQTT = "MQTT", "MQTT"
    SIMULATED = "SIMULATED", "simulated"


SCHEMES: dict[str, tuple[str, ...]] = {
    GatewayKind.HTTP: ("https", "http"),
    GatewayKind.MQTT: ("mqtts", "mqtt"),
}


class LockGateway(models.Model):
    """Through what the locks of asset types are reached."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=GatewayKind)
    address = models.CharField(
        max_length=300,
        blank=True,
        help_text="https://host/path for HTTP, mqtts://host:8883/topic for MQTT; empty for simulated locks.",
    )
    username = models.CharField(
        max_length=100, blank=True, help_text="For HTTP Basic and MQTT. Without one, the secret is a bearer token."
    )
    secret = EncryptedTextField(blank=True, null=True, help_text="The password or token the gateway's keeper gave us.")
    timeout_seconds = models.PositiveSmallIntegerField(
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="How long a lock may take to answer.",
    )
    # The business of `apps.assets.locks.silence`.
    silent_locks = ArrayField(
        models.BigIntegerField(), default=list, editable=False, help_text="Assets whose locks last did not answer."
    )
    silent_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then it is left alone, since several locks in a row were silent."
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [
            models.CheckConstraint(
                name="lock_gateway_has_an_address_of_its_kind",
                condition=Q(kind="SIMULATED", address="")
                | Q(kind="HTTP", address__startswith="http")
                | Q(kind="MQTT", address__startswith="mqtt"),
            ),
            models.CheckConstraint(
                name="lock_gateway_waits_some_seconds", condition=Q(timeout_seconds__gte=1, timeout_seconds__lte=10)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The address is one of the kind's, without credentials in it."""
        if self.kind == GatewayKind.SIMULATED:
            if self.address:
                raise ValidationError({"address": gettext("Simulated locks have no address.")})
            return
        problem = address_problem(self.address, SCHEMES.get(self.kind, ()))
        if problem:
            raise ValidationError({"address": problem})


def address_problem(address: str, schemes: tuple[str, ...]) -> str:
    """What is wrong with a gateway's address, in a sentence; empty where nothing is."""
    try:
        parts: Any = urlsplit(address)
        complete = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        complete = False
    if not complete or not address.isascii() or not address.isprintable() or " " in address:
        beginnings = gettext(" or ").join(f"{scheme}://" for scheme in schemes)
        return gettext("An address that begins with %(beginnings)s is needed.") % {"beginnings": beginnings}
    if "@" in parts.netloc or parts.query or parts.fragment:
        return gettext("The address has no user name, query or fragment: credentials have fields of their own.")
    return ""


class Behaviour(models.TextChoices):
    """What a simulated lock does with what it is told."""

    OBEYS = "OBEYS", "obeys"
    JAMS = "JAMS", "jams"
    IS_SILENT = "IS_SILENT", "is silent, and does nothing"
    LOSES_ANSWERS = "LOSES_ANSWERS", "obeys, but its answer gets lost"


class SimulatedLock(models.Model):
    """A lock that exists in the database only, so that all processes agree on it."""

    asset = models.OneToOneField("assets.Asset", on_delete=models.CASCADE, related_name="simulated_lock")
    behaviour = models.CharField(max_length=15, choices=Behaviour, default=Behaviour.OBEYS)
    state = models.CharField(max_length=10, choices=LockState.choices[:2], default=LockState.LOCKED)
    last_command = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="simulated_lock_is_open_or_closed", condition=Q(state__in=["LOCKED", "UNLOCKED"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.get_behaviour_display()}"
