"""Keys of MPs: shown once, kept hashed, withdrawn at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.providers.models import CallbackEndpoint, Credential
from apps.providers.services import create_credential, revoke_credential
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_key_is_kept_as_a_hash_only(provider: Any) -> None:
    credential, key = create_credential(provider=provider, label="production")
    secret = key.split("_", 2)[2]
    stored = Credential.objects.filter(pk=credential.pk).values().get()
    assert secret not in str(stored)
    assert key.startswith(f"tomp_{credential.prefix}_")
    assert len(secret) >= 43


def test_a_key_that_is_withdrawn_is_refused_at_once(mp: Any) -> None:
    credential = Credential.objects.get()
    assert mp.get("/operator/meta").status == 200
    revoke_credential(credential=credential)
    first = credential.revoked_at
    assert mp.get("/operator/meta").status == 401
    revoke_credential(credential=credential)
    assert credential.revoked_at == first <= timezone.now()


def test_a_key_does_not_expire_before_it_is_made(provider: Any) -> None:
    with pytest.raises(IntegrityError, match="credential_expires_after_it_is_made"), transaction.atomic():
        create_credential(provider=provider, label="late", expires_at=timezone.now() - timedelta(days=1))


def test_what_an_mp_gave_us_is_stored_encrypted(provider: Any) -> None:
    endpoint = factories.CallbackEndpointFactory(provider=provider, secret="their-secret", signing_key="their-key")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, signing_key FROM providers_callbackendpoint")
        (row,) = cursor.fetchall()
    assert "their" not in "".join(row)
    again = CallbackEndpoint.objects.get(pk=endpoint.pk)
    assert (again.secret, again.signing_key) == ("their-secret", "their-key")
