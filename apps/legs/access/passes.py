"""Passes: strings that say "whoever shows this may open that asset", and that only we can make.

`sign` makes one that carries its leg, asset and time. `short_code` makes one for barcodes, which hold only little:
digits that name the leg and prove themselves; whether it is time, the leg says. `read` takes both back.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

from apps.legs.models import Leg
from apps.tomp.errors import NotFound

SALT, LINK_SALT = "leg access", "leg access page"
PROOF_DIGITS = 14
NUMBER_DIGITS = 10


@dataclass(frozen=True)
class Pass:
    """A genuine pass: the leg and the asset it is for, and until when, where it says so itself."""

    leg_id: UUID
    asset_public_id: str
    valid_until: datetime | None = None


def sign(leg: Leg, valid_from: datetime, valid_until: datetime) -> str:
    """A pass for the leg and the asset it has now."""
    content = {
        "leg": str(leg.pk),
        "asset": leg.asset_public_id,
        "from": int(valid_from.timestamp()),
        "until": int(valid_until.timestamp()),
    }
    return signing.dumps(content, salt=SALT, compress=True)


def short_code(leg: Leg) -> str:
    """24 digits or more: the number of the leg's reservation, and the proof that we made them for its asset."""
    return f"{leg.reservation_id:0{NUMBER_DIGITS}}{_proof(leg)}"


def _proof(leg: Leg) -> str:
    digest = salted_hmac(SALT, f"{leg.pk} {leg.asset_public_id}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest) % 10**PROOF_DIGITS:0{PROOF_DIGITS}}"


def read(text: str) -> Pass:
    """The pass that `text` is. Raises `NotFound` for anything we have not made."""
    if text.isascii() and text.isdigit():
        return _read_short(text)
    try:
        content = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound("This is no pass of ours.") from error
    return Pass(
        leg_id=UUID(content["leg"]),
        asset_public_id=content["asset"],
        valid_until=datetime.fromtimestamp(content["until"], UTC),
    )


def _read_short(code: str) -> Pass:
    number, proof = code[:-PROOF_DIGITS], code[-PROOF_DIGITS:]
    leg = Leg.objects.filter(reservation_id=int(number)).first() if 0 < len(number) <= NUMBER_DIGITS + 8 else None
    if leg is None or not hmac.compare_digest(proof, _proof(leg)):
        raise NotFound("This is no pass of ours.")
    return Pass(leg_id=leg.pk, asset_public_id=leg.asset_public_id)


def sign_link(leg: Leg, valid_until: datetime) -> str:
    """What stands in the address of the leg's page, whatever asset it will have, until `valid_until`."""
    return signing.Signer(salt=LINK_SALT).sign(f"{leg.pk.hex}.{int(valid_until.timestamp())}")


def read_link(text: str) -> tuple[UUID, datetime]:
    """The leg of a page's address, and until when it is good. Raises `NotFound` for anything we have not made."""
    try:
        leg, _, until = signing.Signer(salt=LINK_SALT).unsign(text).partition(".")
    except signing.BadSignature as error:
        raise NotFound("This is no link of ours.") from error
    return UUID(leg), datetime.fromtimestamp(int(until), UTC)
