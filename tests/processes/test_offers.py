"""What the process puts on offers, and on the bookings and legs made of them."""

from typing import Any

import pytest

from apps.assets.models import AccessMethod
from apps.processes.access_formats import ACCESS_FORMATS
from tests import rides
from tests.factories import AssetFactory, AssetTypeFactory, ProviderFactory
from tests.profiles import client, document
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
RING = [[5.0, 52.0], [5.3, 52.0], [5.3, 52.3], [5.0, 52.3], [5.0, 52.0]]
PARKED = {"type": "PLAIN_TEXT", "text": {"en": "Picture", "nl": "Foto"}, "action": "SEND_EVIDENCE_PARKED"}
CONDITIONS: dict[str, dict[str, Any]] = {
    "conditionDeposit": {"amount": 50, "currencyCode": "EUR", "id": "deposit50"},
    "conditionPayWhenFinished": {},
    "conditionRequireBookingData": {"requiredFields": ["EMAIL", "BLOCKCHAIN_CLAIMS"], "claims": ["over18"]},
    "conditionReturnArea": {
        "returnArea": {"type": "Polygon", "coordinates": [RING]},
        "returnHours": [{"days": ["MON", "SUN"], "startTime": "06:00", "endTime": "23:00"}],
    },
    "conditionUpfrontPayment": {},
}


def leg_offered(mp: TompClient, asset: Any, **headers: str) -> dict[str, Any]:
    asset.refresh_from_db()
    answer = mp.post("/planning/offers", {"from": rides.HERE, "useAssets": [asset.public_id]}, headers=headers)
    assert answer.status == 201, answer
    return answer.body["options"][0]["legs"][0]


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_condition_is_on_the_offer_as_the_profile_says(operator: Any, kind: str) -> None:
    condition = {"conditionType": kind, **CONDITIONS[kind]}
    mp = client(conditions=[condition])
    assert leg_offered(mp, AssetFactory())["conditions"] == [condition]
    assert len(mp.get("/operator/meta").body[0]["scenarios"]) == 1


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [("PAY_WHEN_FINISHED", "conditionPayWhenFinished"), ("UPFRONT_PAYMENT", "conditionUpfrontPayment")],
)
def test_a_payment_identifier_brings_its_condition(operator: Any, identifier: str, kind: str) -> None:
    assert leg_offered(client(payment=[identifier]), AssetFactory())["conditions"] == [{"conditionType": kind}]


def test_a_postponed_commit_names_the_ultimate_response_time(operator: Any) -> None:
    (condition,) = leg_offered(client(booking=["POSTPONED_COMMIT"]), AssetFactory())["conditions"]
    assert set(condition) == {"conditionType", "ultimateResponseTime"}


def test_bookings_and_legs_carry_what_was_agreed(operator: Any) -> None:
    deposit = {"conditionType": "conditionDeposit", **CONDITIONS["conditionDeposit"]}
    mp = client(conditions=[deposit])
    leg = rides.confirmed(mp, AssetFactory())
    assert mp.get(f"/bookings/{leg}").body["legs"][0]["conditions"] == [deposit]
    assert mp.get(f"/legs/{leg}").body["conditions"] == [deposit]


def test_an_asset_type_has_conditions_and_steps_of_its_own_in_the_travellers_language(operator: Any) -> None:
    plain, cargo = AssetFactory(), AssetFactory()
    own = {
        "steps": {"offboarding": [PARKED], "pausing": []},
        "conditions": [{"conditionType": "conditionUpfrontPayment"}],
    }
    mp = client(assetTypes={cargo.asset_type.type_id: own})
    assert "conditions" not in leg_offered(mp, plain)
    assert leg_offered(mp, cargo, **{"Accept-Language": "nl"})["conditions"] == [
        {"conditionType": "conditionUpfrontPayment"},
        {"conditionType": "conditionRequireOffboardingSteps", "steps": [{**PARKED, "text": "Foto"}]},
        {"conditionType": "conditionRequirePausingSteps", "steps": []},
    ]


@pytest.mark.parametrize("identifier", ACCESS_FORMATS)
def test_only_what_the_mps_app_can_open_is_offered(operator: Any, identifier: str) -> None:
    method = ACCESS_FORMATS[identifier]
    others = [one for one in AccessMethod.values if one != method]
    fitting = AssetFactory(asset_type=AssetTypeFactory(access_methods=[method]))
    unfit = AssetFactory(asset_type=AssetTypeFactory(access_methods=others))
    mp = TompClient(ProviderFactory(document=document(booking=["NORMAL", identifier])))
    names = [fitting.public_id, unfit.public_id]
    options = mp.post("/planning/offers", {"from": rides.HERE, "useAssets": names}).body["options"]
    assert [option["legs"][0]["asset"]["id"] for option in options] == [fitting.public_id]
