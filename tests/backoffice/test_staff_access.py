"""How staff get in: passwords, limits on guessing, the second factor, and when they are logged out."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.backoffice.access import second_factor
from apps.backoffice.models import LoginRule
from tests.factories import staff_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
LOGIN, INDEX, PAGE = "/admin/login/", "/admin/", "/admin/second-factor/"


def code_of(key: str, *, seconds: int = 0) -> str:
    """What an app with this key shows then."""
    generator = TOTP(bytes.fromhex(key))
    generator.time = timezone.now().timestamp() + seconds
    return f"{generator.token():06}"


def log_in(client: Client, password: str = PASSWORD, code: str = "", username: str = "staff") -> Any:
    return client.post(LOGIN, {"username": username, "password": password, "code": code})


def with_second_factor(user: Any) -> tuple[str, list[str]]:
    """The key of the user's app, set up a minute ago, and the recovery codes."""
    key = second_factor.new_key()
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        codes = second_factor.set_up(user=user, key=key, code=code_of(key))
    assert codes is not None
    return key, codes


def demanded_of(user: Any) -> Group:
    role = Group.objects.create(name="Careful")
    LoginRule.objects.create(role=role, second_factor=True)
    user.groups.add(role)
    return role


def test_the_bare_address_leads_in_and_nothing_leads_out_to_it(admin_client: Client) -> None:
    assert admin_client.get("/").headers["Location"] == INDEX
    assert 'href="/"' not in admin_client.get(INDEX).content.decode()


# -- passwords --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("fourteen chars", False),
        ("fifteen charact", True),
        ("a very long passphrase without a digit " * 2, True),
        ("123456789012345", True),  # no rules of composition
    ],
)
def test_length_counts_and_not_composition(password: str, is_good: bool) -> None:
    user = staff_user()
    if is_good:
        validate_password(password, user)
        return
    with pytest.raises(ValidationError):
        validate_password(password, user)


def test_common_ones_are_refused() -> None:
    user = staff_user()
    demanded_of(user)
    with pytest.raises(ValidationError, match="too common"):
        validate_password("password1", user)


def test_eight_do_for_who_cannot_log_in_without_a_second_factor() -> None:
    user = staff_user()
    role = demanded_of(user)
    validate_password("xq7w-plo", user)
    with pytest.raises(ValidationError, match="it needs 8"):
        validate_password("xq7w-pl", user)
    role.login_rule.delete()
    with pytest.raises(ValidationError, match="it needs 15"):
        validate_password("xq7w-plo", user)


# -- guessing ---------------------------------------------------------------------------------------


def test_a_name_is_locked_after_wrong_passwords_and_open_again_later(client: Client, settings: Any) -> None:
    staff_user()
    staff_user("other")
    for number in range(settings.AXES_FAILURE_LIMIT):
        answer = Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, {"username": "staff", "password": "wrong"})
        assert answer.status_code == (429 if number == settings.AXES_FAILURE_LIMIT - 1 else 200)
    assert "Too many attempts" in log_in(client).text
    assert client.get(INDEX).status_code == 302
    assert log_in(Client(), username="other").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert log_in(client).status_code == 302


@pytest.mark.parametrize("name", ["u" * 151, "u" * 300, "😀" * 200])
def test_a_name_that_nobody_can_have_is_shown_again(client: Client, name: str) -> None:
    answer = log_in(client, username=name)
    assert answer.status_code == 200
    assert "username" in answer.context["form"].errors


def test_a_right_password_begins_the_count_anew(client: Client, settings: Any) -> None:
    staff_user()
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            log_in(client, "wrong")
        assert log_in(client).status_code == 302


# -- the second factor ------------------------------------------------------------------------------


def test_who_has_one_needs_it(client: Client) -> None:
    user = staff_user()
    key, _ = with_second_factor(user)
    assert "Enter the code of your authenticator app too." in log_in(client).text
    assert "This code is not right" in log_in(client, code=code_of(second_factor.new_key())).text
    assert client.get(INDEX).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        assert log_in(client, code=code_of(key)).status_code == 302
        assert client.get(INDEX).status_code == 200


def test_a_code_is_good_once(client: Client) -> None:
    key, (recovery, *_) = with_second_factor(staff_user())
    for code in (code_of(key), recovery):
        assert log_in(client, code=code).status_code == 302
        client.logout()
        assert log_in(client, code=code).status_code == 200


def test_after_a_wrong_code_there_is_a_pause_that_grows(client: Client) -> None:
    key, _ = with_second_factor(staff_user())
    now = timezone.now()
    for seconds in (0, 10, 20):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            log_in(client, code="000000")
    with time_machine.travel(now + timedelta(seconds=22), tick=False):
        assert log_in(client, code=code_of(key)).status_code == 200, "4 seconds after the third"
    with time_machine.travel(now + timedelta(seconds=60), tick=False):
        assert log_in(client, code=code_of(key)).status_code == 302


def test_a_role_can_demand_it_and_nothing_else_is_shown_before(client: Client) -> None:
    user = staff_user()
    demanded_of(user)
    assert log_in(client).status_code == 302
    assert client.get(INDEX).headers["Location"] == PAGE
    assert client.get(reverse("admin:auth_user_changelist")).headers["Location"] == PAGE
    shown = client.get(PAGE)
    assert "Your role demands a second factor." in shown.text
    key = client.session["second_factor_key"]
    assert second_factor.key_to_type(key) in shown.text
    assert "This code is not right" in client.post(PAGE, {"code": code_of(second_factor.new_key())}).text
    done = client.post(PAGE, {"code": code_of(key)})
    assert len(done.context["codes"]) == second_factor.RECOVERY_CODES
    assert client.get(INDEX).status_code == 200
    assert second_factor.recovery_codes_left(user) == second_factor.RECOVERY_CODES


def test_it_is_removed_with_a_code_and_by_an_administrator(client: Client, admin_client: Client) -> None:
    user = staff_user()
    _, (first, second, *_) = with_second_factor(user)
    assert log_in(client, code=first).status_code == 302
    assert "9 recovery codes are unused" in client.get(PAGE).text
    assert client.post(PAGE, {"code": "zzzzzzzz"}).status_code == 200
    assert second_factor.is_set_up_by(user)
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        assert client.post(PAGE, {"code": second}).status_code == 302
    assert not second_factor.is_set_up_by(user)

    with_second_factor(user)
    press = reverse("admin:auth_user_do", args=[user.pk, "remove-second-factor"])
    admin_client.post(press, {"reason": "lost the phone"})
    assert not second_factor.is_set_up_by(user)
    assert admin_client.post(press, {"reason": "again"}).status_code == 302


def test_the_keys_of_the_apps_are_on_no_page(admin_client: Client) -> None:
    assert admin_client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert admin_client.get("/admin/otp_static/staticdevice/").status_code == 404


def test_a_role_is_told_to_demand_it_on_its_page(admin_client: Client) -> None:
    role = Group.objects.create(name="Careful")
    address = reverse("admin:auth_group_change", args=[role.pk])
    rule = {"login_rule-TOTAL_FORMS": "1", "login_rule-INITIAL_FORMS": "0", "login_rule-0-second_factor": "on"}
    assert admin_client.post(address, {"name": "Careful", **rule}).status_code == 302
    assert LoginRule.objects.get(role=role).second_factor


# -- sessions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "is_in"), [(59, True), (61, False)])
def test_who_does_nothing_is_logged_out(client: Client, minutes: int, is_in: bool) -> None:
    staff_user()
    log_in(client)
    client.get(INDEX)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        answer = client.get(INDEX)
        assert answer.status_code == (200 if is_in else 302)
        if not is_in:
            assert "You have been logged out" in client.get(answer.headers["Location"]).text


def test_nobody_stays_longer_than_a_working_day(client: Client) -> None:
    staff_user()
    log_in(client)
    start = timezone.now()
    for hours in (0, *(number * 0.9 for number in range(1, 14))):
        with time_machine.travel(start + timedelta(hours=hours)):
            assert client.get(INDEX).status_code == (200 if hours < 12 else 302)


def test_a_session_costs_a_statement_once_a_minute_at_most(client: Client) -> None:
    staff_user()
    log_in(client)
    counts = []
    start = timezone.now()
    for seconds in (0, 10, 20, 90, 100):
        with time_machine.travel(start + timedelta(seconds=seconds)), CaptureQueriesContext(connection) as queries:
            client.get(INDEX)
        counts.append(sum('UPDATE "django_session"' in query["sql"] for query in queries))
    assert counts == [1, 0, 0, 1, 0]


def test_a_key_fits_in_a_device_of_the_library() -> None:
    user = get_user_model().objects.create_user("somebody")
    with_second_factor(user)
    assert len(bytes.fromhex(TOTPDevice.objects.get(user=user).key)) == second_factor.KEY_BYTES
