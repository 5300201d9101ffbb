"""The roles that a fresh installation has: what each may see and do."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from apps.processes.models import ProcessProfile
from apps.processes.services import save_draft
from apps.providers.models import Provider
from apps.providers.services import create_credential, create_oauth_client
from tests.factories import MAP_CENTRIC
from tests.shipped_roles import ship_roles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db: Any) -> None:
    """The roles of a fresh installation, also where a test before this one has emptied all tables."""
    ship_roles()


LISTS = ("processes_processprofile", "processes_profileversion", "providers_provider", "bookings_booking")


@pytest.fixture
def profile(provider: Provider) -> ProcessProfile:
    """A draft that says what is in force."""
    return save_draft(provider=provider, document=MAP_CENTRIC)


def of_role(client: Client, role: str) -> Client:
    """Log in somebody with this role and nothing else."""
    user = get_user_model().objects.create_user(role, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def publishing(client: Client, profile: ProcessProfile) -> Any:
    address = reverse("admin:processes_processprofile_publish", args=[profile.pk])
    return client.post(address, {"seen": profile.changed_at.isoformat()})


def test_an_integration_manager_publishes(profile: ProcessProfile, client: Client) -> None:
    manager = of_role(client, "Integration manager")
    for name in LISTS:
        assert manager.get(reverse(f"admin:{name}_changelist"), follow=True).status_code == 200
    assert publishing(manager, profile).status_code == 302
    assert profile.provider.profile_versions.count() == 2
    assert manager.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_who_sees_and_revokes_the_credentials_of_mps(provider: Provider, client: Client) -> None:
    oauth_client, _ = create_oauth_client(provider=provider, name="production")
    credential, _ = create_credential(provider=provider, label="production")
    for role, status in (("Auditor", 403), ("Integration manager", 200)):
        somebody = of_role(client, role)
        for name, row in (("providers_oauthclient", oauth_client), ("providers_credential", credential)):
            assert somebody.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200
            assert somebody.get(reverse(f"admin:{name}_do", args=[row.pk, "revoke"])).status_code == status
        make = reverse("admin:providers_provider_do", args=[provider.pk, "new-client"])
        assert somebody.get(make).status_code == status


def test_an_auditor_only_looks(profile: ProcessProfile, client: Client) -> None:
    auditor = of_role(client, "Auditor")
    for name in (*LISTS, "payments_journalentry", "auth_user"):
        assert auditor.get(reverse(f"admin:{name}_changelist"), follow=True).status_code == 200
    assert publishing(auditor, profile).status_code == 403
    assert profile.provider.profile_versions.count() == 1
    codenames = Group.objects.get(name="Auditor").permissions.values_list("codename", flat=True)
    assert all(codename.startswith("view_") for codename in codenames)


def test_permissions_are_there_once_and_named_as_django_names_them() -> None:
    doubles = Permission.objects.values("content_type", "codename").annotate(rows=Count("pk")).filter(rows__gt=1)
    assert not doubles.exists()
    named = Permission.objects.get(codename="change_processprofile", content_type__app_label="processes").name
    assert named == f"Can change {ProcessProfile._meta.verbose_name}"
