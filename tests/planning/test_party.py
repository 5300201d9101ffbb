"""How a party is divided over assets."""

import pytest

from apps.planning.party import Party, Traveler

NAMED = tuple(Traveler(reference=reference) for reference in "abcdef")


@pytest.mark.parametrize(
    ("number", "persons", "needed"), [(1, 1, 1), (1, 4, 1), (3, 1, 3), (4, 4, 1), (5, 4, 2), (6, 4, 2), (9, 4, 3)]
)
def test_as_many_assets_as_carry_everybody(number: int, persons: int, needed: int) -> None:
    assert Party(number).assets_needed(persons) == needed


@pytest.mark.parametrize(
    ("travelers", "seats", "riders"),
    [
        (NAMED[:3], [1, 1, 1], [["a"], ["b"], ["c"]]),
        (NAMED, [4, 4], [["a", "b", "c", "d"], ["e", "f"]]),
        (NAMED[:2], [1, 1, 1], [["a"], ["b"], []]),
        ((), [1, 1], [[], []]),
        ((Traveler(age=30), *NAMED[:1]), [1, 1], [[], ["a"]]),
    ],
)
def test_travellers_are_divided_in_their_order(
    travelers: tuple[Traveler, ...], seats: list[int], riders: list[list[str]]
) -> None:
    assert Party(len(travelers) or 2, travelers).divided([(number, "") for number in seats]) == riders


def test_the_youngest_is_known_where_an_age_is() -> None:
    assert Party(3, (Traveler(age=40), Traveler(), Traveler(age=12))).youngest == 12
    assert Party(2, (Traveler(),)).youngest is None


def test_each_vehicle_gets_its_driver_first() -> None:
    may_drive = [Traveler(reference=name, licenses=frozenset({"CAR"})) for name in ("yes", "also")]
    party = Party(4, (*NAMED[:2], *may_drive))
    assert party.divided([(2, "CAR"), (2, "CAR")]) == [["yes", "a"], ["also", "b"]]
    assert party.divided([(4, "")]) == [["a", "b", "yes", "also"]]
    assert party.drivers == {"CAR": 2}
