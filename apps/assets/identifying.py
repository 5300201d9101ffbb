"""Giving assets what they are identified by."""

import secrets

from django.db import transaction
from django.utils.translation import gettext

from apps.assets.models import AssetIdentifier, IdentifierKind
from apps.assets.reservations import lock_assets
from apps.operator.selectors import operator_basics
from apps.tomp.errors import IllegalState, NotFound

# Letters and digits that nobody takes for one another; twelve of them cannot be guessed.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12


@transaction.atomic
def give_qr_code(*, asset_id: int) -> AssetIdentifier:
    """Make the QR code of an asset that has none: the operator's system id, a colon and a code of chance.

    So it says whose the asset is, and only who stands before it knows it; it tells nothing of the asset, and is not
    the public id, which changes with every trip. Raises `NotFound`, and `IllegalState` where it has one.
    """
    if asset_id not in lock_assets([asset_id]):
        raise NotFound(gettext("There is no such asset."))
    if AssetIdentifier.objects.filter(asset_id=asset_id, kind=IdentifierKind.QR).exists():
        raise IllegalState(gettext("The asset has a QR code."))
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    value = f"{operator_basics().system_id}:{code}"
    return AssetIdentifier.objects.create(asset_id=asset_id, kind=IdentifierKind.QR, value=value)
