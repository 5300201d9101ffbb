"""The second factor of staff: an authenticator app (TOTP, RFC 6238), and recovery codes for who has lost it.

The app's key is made when it is set up, and kept once a code of it has been given. Each code is good once, and after a
wrong one the next is looked at only after a pause that doubles (django-otp).
"""

import io
from base64 import b32encode

import segno
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from apps.backoffice.models import LoginRule

ISSUER = "TOMP back office"
NAME = "authenticator app"
DIGITS = 6
RECOVERY_CODES = 10
KEY_BYTES = 20


def is_demanded_of(user: AbstractBaseUser) -> bool:
    """Has `user` a role that demands it? One statement."""
    return LoginRule.objects.filter(role__user=user.pk, second_factor=True).exists()


def is_set_up_by(user: AbstractBaseUser) -> bool:
    """Does `user` log in with it? One statement."""
    return TOTPDevice.objects.filter(user=user.pk, confirmed=True).exists()


def recovery_codes_left(user: AbstractBaseUser) -> int:
    """How many recovery codes are unused."""
    return StaticToken.objects.filter(device__user=user.pk).count()


def new_key() -> str:
    """The key of an app that is to be set up, hexadecimal."""
    return str(random_hex(KEY_BYTES))


def key_to_type(key: str) -> str:
    """The key as apps take it where no picture can be read, in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def picture(key: str, username: str) -> str:
    """The QR code by which an app takes the key: an SVG that a page can hold."""
    device = TOTPDevice(key=key)
    label = f"{ISSUER}:{username}".replace(" ", "%20")
    text = key_to_type(key).replace(" ", "")
    address = f"otpauth://totp/{label}?secret={text}&issuer={ISSUER.replace(' ', '%20')}&digits={device.digits}"
    output = io.BytesIO()
    segno.make(address).save(output, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, light="#fff")
    return output.getvalue().decode()


def set_up(*, user: AbstractBaseUser, key: str, code: str) -> list[str] | None:
    """Have `user` log in with the app that has `key`, of which `code` is a code now; None where it is not.

    Returns recovery codes, which cannot be shown again. What was set up before is gone.
    """
    generator = TOTP(bytes.fromhex(key))
    if not (code.isdigit() and len(code) == DIGITS and generator.verify(int(code), tolerance=1)):
        return None
    with transaction.atomic():
        remove(user=user)
        TOTPDevice.objects.create(user_id=user.pk, name=NAME, key=key, confirmed=True, last_t=generator.t())
        return _make_recovery_codes(user)


def remove(*, user: AbstractBaseUser) -> None:
    """Forget the second factor of `user`; where a role demands one, the next log-in begins with setting it up."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user.pk).delete()
        StaticDevice.objects.filter(user=user.pk).delete()


def verify(*, user: AbstractBaseUser, code: str) -> bool:
    """Is this a code of the app now, or a recovery code? Either is good once; a wrong one has a pause after it."""
    code = code.replace(" ", "").lower()
    kind = TOTPDevice if code.isdigit() and len(code) == DIGITS else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user.pk, confirmed=True).first()
        return device is not None and bool(device.verify_token(code))


def _make_recovery_codes(user: AbstractBaseUser) -> list[str]:
    device = StaticDevice.objects.create(user_id=user.pk, name="recovery codes", confirmed=True)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes
