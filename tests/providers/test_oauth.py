"""OAuth 2 client credentials: a client of an MP gets bearer tokens, and calls with them in its MP's name."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from oauth2_provider.models import AccessToken

from apps.providers.models import OAuthClient
from apps.providers.oauth import TOKEN_REQUESTS_A_MINUTE
from apps.providers.services import create_oauth_client, purge_tokens, revoke_oauth_client
from tests import factories
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db

PATH = "/operator/regions"


def token_request(client_id: str, secret: str, *, basic: bool = True, **fields: str) -> Any:
    """What the token endpoint answers to a client; `basic=False` puts the credentials into the body."""
    form = {"grant_type": "client_credentials", **fields}
    headers = {}
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    else:
        form |= {"client_id": client_id, "client_secret": secret}
    return Client().post("/oauth/token", form, headers=headers)


def token_of(provider: Any) -> tuple[OAuthClient, str]:
    """A new client of `provider`, and a token of it."""
    client, secret = create_oauth_client(provider=provider, name="production")
    answer = token_request(client.client_id, secret)
    assert answer.status_code == 200, answer.content
    return client, answer.json()["access_token"]


def with_token(mp: TompClient, token: str, **headers: str | None) -> Answer:
    """A call of `mp` with a bearer token and no key."""
    return mp.get(PATH, headers={"X-API-Key": None, "Authorization": f"Bearer {token}", **headers})


def assert_refused(answer: Answer) -> None:
    """401, and the challenge says that it is the token's fault."""
    assert (answer.status, answer.body["errorcode"]) == (401, 1006)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="TOMP-API", error="invalid_token"'


@pytest.mark.parametrize("basic", [True, False])
def test_a_client_gets_a_token_and_calls_with_it(mp: TompClient, basic: bool) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    answer = token_request(client.client_id, secret, basic=basic)
    given_token = answer.json()
    assert (answer.status_code, given_token["token_type"], given_token["expires_in"]) == (200, "Bearer", 3600)
    assert "refresh_token" not in given_token
    assert answer.headers["Cache-Control"] == "no-store"
    assert with_token(mp, given_token["access_token"]).status == 200


def test_neither_secret_nor_token_is_kept(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    token = token_request(client.client_id, secret).json()["access_token"]
    kept = str(OAuthClient.objects.values().get()) + str(AccessToken.objects.values().get())
    assert secret not in kept
    assert token not in kept
    assert AccessToken.objects.get().token_checksum == hashlib.sha256(token.encode()).hexdigest()


def test_a_call_with_a_token_costs_one_statement_for_who_calls(mp: TompClient) -> None:
    _, token = token_of(mp.provider)
    with_token(mp, token)
    with CaptureQueriesContext(connection) as statements:
        with_token(mp, token)
    with CaptureQueriesContext(connection) as with_key:
        mp.get(PATH)
    assert len(statements) == len(with_key)
    with CaptureQueriesContext(connection) as refused:
        with_token(mp, "unknown")
    assert len(refused) == 1


def test_a_token_costs_seven_statements(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    with CaptureQueriesContext(connection) as statements:
        assert token_request(client.client_id, secret).status_code == 200
    # The client, its MP, the count; a transaction (two) with the token in it; the token again.
    assert len(statements) == 7, [statement["sql"] for statement in statements]


def test_a_token_is_its_mps_own(mp: TompClient, stranger: TompClient) -> None:
    _, token = token_of(mp.provider)
    answer = with_token(stranger, token)
    assert (answer.status, answer.body["errorcode"]) == (403, 1006)
    assert with_token(mp, token, **{"maas-id": "stranger"}).status == 403


def test_a_token_expires(mp: TompClient) -> None:
    _, token = token_of(mp.provider)
    end = AccessToken.objects.get().expires
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert with_token(mp, token).status == 200
    with time_machine.travel(end, tick=False):
        assert_refused(with_token(mp, token))


@pytest.mark.parametrize("token", ["", "x", "a b", "é", "\x00", "a" * 5000, "tomp_000000000000_" + "a" * 43])
def test_what_is_no_token_of_ours_is_refused(mp: TompClient, token: str) -> None:
    assert_refused(with_token(mp, token))


def test_without_credentials_both_ways_are_offered(mp: TompClient) -> None:
    answer = mp.get(PATH, headers={"X-API-Key": None})
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="TOMP-API", Bearer realm="TOMP-API"'


def test_a_revoked_client_has_no_tokens(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    token = token_request(client.client_id, secret).json()["access_token"]
    _, other = token_of(mp.provider)
    revoke_oauth_client(client=client)
    first = client.revoked_at
    assert_refused(with_token(mp, token))
    assert token_request(client.client_id, secret).status_code == 401
    assert with_token(mp, other).status == 200
    revoke_oauth_client(client=client)
    assert client.revoked_at == first


def test_an_expired_client_has_no_tokens(mp: TompClient) -> None:
    end = timezone.now() + timedelta(minutes=10)
    client, secret = create_oauth_client(provider=mp.provider, name="trial", expires_at=end)
    token = token_request(client.client_id, secret).json()["access_token"]
    with time_machine.travel(end, tick=False):
        assert_refused(with_token(mp, token))
        assert token_request(client.client_id, secret).status_code == 401


def test_two_clients_overlap_while_an_mp_changes_over(mp: TompClient) -> None:
    old, old_token = token_of(mp.provider)
    _, new_token = token_of(mp.provider)
    assert (with_token(mp, old_token).status, with_token(mp, new_token).status) == (200, 200)
    revoke_oauth_client(client=old)
    assert (with_token(mp, old_token).status, with_token(mp, new_token).status) == (401, 200)


def test_an_inactive_mp_is_forbidden_and_gets_no_token(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    token = token_request(client.client_id, secret).json()["access_token"]
    mp.provider.active = False
    mp.provider.save(update_fields=["active"])
    answer = with_token(mp, token)
    assert (answer.status, answer.body["errorcode"]) == (403, 1006)
    assert token_request(client.client_id, secret).status_code == 401


def test_a_wrong_secret_and_an_unknown_client_are_told_alike(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    answers = [token_request(client.client_id, secret + "x"), token_request("nobody", secret)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["error"] == "invalid_client"
    assert answers[0].headers["WWW-Authenticate"] == 'Basic realm="OAuth"'
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password", "username": "admin", "password": "x"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": "\x00"}, "invalid_scope"),
        ({"resource": "nowhere"}, "invalid_target"),
        ({"resource": "https://operator.example/\x00"}, "invalid_request"),
    ],
)
def test_nothing_else_is_granted(mp: TompClient, fields: dict[str, str], error: str) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    answer = token_request(client.client_id, secret, **fields)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "path", ["/oauth/authorize", "/oauth/applications/", "/oauth/introspect", "/oauth/", "/o/token/"]
)
def test_no_other_page_of_the_toolkit_is_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_a_token_is_asked_for_by_post(client: Client, method: str) -> None:
    assert client.generic(method, "/oauth/token").status_code == 405


@pytest.mark.parametrize(
    "header", ["Basic é", "Basic " + base64.b64encode(b"a\x00:b").decode(), "Basic /w==", "Basic", "Bearer x", "\x00"]
)
def test_odd_credentials_are_refused(client: Client, header: str) -> None:
    answer = client.post("/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": header})
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] in {"invalid_request", "invalid_client"}


@hypothesis_settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.dictionaries(
        st.sampled_from(["grant_type", "client_id", "client_secret", "scope", "resource"]),
        st.text(max_size=20) | st.sampled_from(["client_credentials", "nobody"]),
    )
)
def test_no_form_breaks_it(client: Client, form: dict[str, str]) -> None:
    assert client.post("/oauth/token", form).status_code in {400, 401}


def test_guessing_ends_until_the_next_minute(mp: TompClient) -> None:
    client, secret = create_oauth_client(provider=mp.provider, name="production")
    other, other_secret = create_oauth_client(provider=mp.provider, name="spare")
    start = timezone.now().replace(second=15, microsecond=0) + timedelta(minutes=1)
    with time_machine.travel(start, tick=False):
        guesses = [token_request(client.client_id, f"{secret}{n}") for n in range(TOKEN_REQUESTS_A_MINUTE)]
        assert {guess.status_code for guess in guesses} == {401}
        refused = token_request(client.client_id, secret)
        assert (refused.status_code, refused.json()["error"]) == (429, "slow_down")
        assert refused.headers["Retry-After"] == "45"
        assert not AccessToken.objects.exists()
        assert token_request(other.client_id, other_secret).status_code == 200
    with time_machine.travel(start + timedelta(seconds=45), tick=False):
        assert token_request(client.client_id, secret).status_code == 200


def test_expired_tokens_are_purged(mp: TompClient) -> None:
    token_of(mp.provider)
    purge_tokens(now=timezone.now())
    assert AccessToken.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        token_of(mp.provider)
        purge_tokens(now=timezone.now())
        assert AccessToken.objects.count() == 1
        assert AccessToken.objects.get().expires > timezone.now()


def test_a_client_that_can_do_more_cannot_be_kept(provider: Any) -> None:
    client, _ = create_oauth_client(provider=provider, name="production")
    for field, value in (
        ("client_type", OAuthClient.CLIENT_PUBLIC),
        ("authorization_grant_type", OAuthClient.GRANT_PASSWORD),
        ("hash_client_secret", False),
    ):
        with pytest.raises(IntegrityError, match="oauth_client_has_a_secret_and_no_other_grant"), transaction.atomic():
            OAuthClient.objects.filter(pk=client.pk).update(**{field: value})
    with pytest.raises(IntegrityError, match="oauth_client_expires_after_it_is_made"), transaction.atomic():
        create_oauth_client(provider=provider, name="late", expires_at=timezone.now() - timedelta(days=1))


def test_staff_make_a_client_and_revoke_it(provider: Any, admin_client: Client) -> None:
    address = reverse("admin:providers_provider_do", args=[provider.pk, "new-client"])
    shown = admin_client.post(address, {"label": "production", "expires_at": ""})
    client = OAuthClient.objects.get()
    assert client.client_id in shown.text
    assert f"{settings.PUBLIC_URL}/oauth/token" in shown.text
    secret = shown.text.split('id="new-client-secret"')[1].split(">")[1].split("<")[0]
    assert token_request(client.client_id, secret).status_code == 200
    page = reverse("admin:providers_oauthclient_change", args=[client.pk])
    assert secret not in admin_client.get(page).text
    assert client.client_secret not in admin_client.get(page).text
    assert client.client_id in admin_client.get(reverse("admin:providers_provider_change", args=[provider.pk])).text
    revoke = reverse("admin:providers_oauthclient_do", args=[client.pk, "revoke"])
    assert "token of this client" in admin_client.get(revoke).text
    admin_client.post(revoke, {"reason": "leaked"})
    client.refresh_from_db()
    assert client.revoked_at is not None
    assert not AccessToken.objects.exists()


def test_the_toolkits_own_pages_are_not_in_the_admin(admin_client: Client, operator: Any) -> None:
    text = admin_client.get(reverse("admin:index")).text
    assert "oauth2_provider" not in text
    assert admin_client.get("/admin/oauth2_provider/accesstoken/").status_code == 404


def test_the_request_limit_of_an_mp_counts_calls_with_tokens(operator: Any) -> None:
    mp = TompClient(factories.ProviderFactory(request_limit=1))
    _, token = token_of(mp.provider)
    moment = timezone.now().replace(second=5)
    with time_machine.travel(moment, tick=False):
        assert [with_token(mp, token).status for _ in range(2)] == [200, 429]
