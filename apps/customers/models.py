"""Customer accounts: travellers that an MP has registered with us."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.customers.found_by import FoundBy
from apps.providers.models import Provider


class CustomerState(models.TextChoices):
    """TOMP `customerAccountStatus`."""

    CREATED = "CREATED", "created"
    TO_PENDING_VALIDATION = "TO_PENDING_VALIDATION", "waiting for validation"
    ACTIVE = "ACTIVE", "active"
    BLOCKED = "BLOCKED", "blocked"


def new_account_id() -> str:
    """A fresh id under which an MP names the account."""
    return str(uuid.uuid4())


class CustomerAccount(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """One traveller of one MP.

    `details` is TOMP's `customer` without `id` and `externalId`: personal data, erased with the account. `email`
    repeats its address in small letters, for the sake of finding doubles.
    """

    history_kind = "customer"
    history_booking_id = None

    account_id = models.CharField(max_length=40, unique=True, default=new_account_id, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="customer_accounts")
    external_id = models.CharField(max_length=200, blank=True, editable=False, help_text="The MP's own id.")
    email = models.CharField(max_length=320, blank=True, editable=False)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    state = FSMField(default=CustomerState.CREATED, choices=CustomerState.choices, protected=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        permissions = [("see_personal_data", "Can see personal data of customers")]
        indexes = [
            GinIndex(FoundBy("details"), name="customer_is_found_by"),
            models.Index(fields=["external_id"], name="customer_by_external_id", condition=~Q(external_id="")),
        ]
        constraints = [
            models.CheckConstraint(name="customer_state_is_known", condition=Q(state__in=CustomerState.values)),
            models.UniqueConstraint(
                fields=["provider", "external_id"],
                condition=~Q(external_id="") & Q(erased_at=None),
                name="customer_external_id_is_used_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "email"],
                condition=~Q(email="") & Q(erased_at=None),
                name="customer_email_is_used_once",
            ),
            models.CheckConstraint(
                name="customer_that_is_erased_has_no_personal_data",
                condition=Q(erased_at=None) | Q(external_id="", email="", details={}),
            ),
        ]

    def __str__(self) -> str:
        return self.account_id

    @property
    def history_id(self) -> str:
        return self.account_id

    @transition(state, [CustomerState.CREATED, CustomerState.TO_PENDING_VALIDATION], CustomerState.ACTIVE)
    def activate(self) -> None:
        """The account can be booked with."""

    @transition(
        state,
        [CustomerState.CREATED, CustomerState.TO_PENDING_VALIDATION, CustomerState.ACTIVE],
        CustomerState.BLOCKED,
    )
    def block(self) -> None:
        """Staff no longer let this traveller book."""

    @transition(state, CustomerState.BLOCKED, CustomerState.ACTIVE)
    def unblock(self) -> None:
        """Staff let this traveller book again."""
