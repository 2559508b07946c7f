"""A price that does not cover what a piece costs waits for a second person; what is not known is held against nobody."""

from typing import Any

import pytest

from shopkeeper.flows import approve, set_price
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.flows.tests.test_second_person import person, yes
from shopkeeper.kit.ids import PriceListId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.shapes import Approval, ApprovalStale, ApprovalState, WaitingForApproval
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import TaxMode


@pytest.fixture
def ann(shop: SmallShop, settings: Any) -> UserId:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return person(Role.OWNER, "ann")


@pytest.fixture
def ben(ann: UserId) -> UserId:
    return person(Role.MANAGER, "ben")


def a_list(shop: SmallShop, mode: TaxMode) -> PriceListId:
    """Return a list of each kind: that of the small shop has its 20 per cent in the price."""
    if mode is TaxMode.INCLUDED:
        return pricing.default_price_list().id
    made = pricing.save_price_list(
        price_list_id=None, code="trade", name=Bilingual("Trade", "批发"), tax_mode=mode, is_default=False, actor=None, now=NOON
    )
    return made.id


def ask(shop: SmallShop, actor: UserId, amount: int, listed: PriceListId | None = None) -> Approval | None:
    """Set the price of tea; return what waits, None where it is set."""
    try:
        set_price.set_price(
            variant_id=shop.variants["TEA"], amount_minor=amount, price_list_id=listed, reason="sale", actor=actor, now=NOON
        )
    except WaitingForApproval as waits:
        return waits.approval
    return None


@pytest.mark.parametrize(
    ("mode", "costs", "waits"),
    [
        (TaxMode.INCLUDED, (1_000, 1_199), True),  # 999 without tax
        (TaxMode.INCLUDED, (1_000, 1_200), False),  # exactly 1,000
        (TaxMode.INCLUDED, (1_000, 1_201), False),
        (TaxMode.INCLUDED, (None, 1_001), False),
        (TaxMode.INCLUDED, (0, 1_001), False),
        (TaxMode.ADDED, (1_000, 999), True),
        (TaxMode.ADDED, (1_000, 1_000), False),
        (TaxMode.ADDED, (1_000, 1_001), False),
        (TaxMode.ADDED, (None, 1), False),
    ],
)
def test_a_price_below_cost_waits(shop: SmallShop, ben: UserId, mode: TaxMode, costs: tuple[int | None, int], waits: bool) -> None:
    cost, amount = costs
    listed, tea = a_list(shop, mode), shop.variants["TEA"]
    before = pricing.prices([tea], price_list_id=listed)
    pricing.set_cost(variant_id=tea, amount_minor=cost, actor=ben, now=NOON)

    found = ask(shop, ben, amount, listed)

    now = pricing.prices([tea], price_list_id=listed)
    if waits:
        assert found is not None
        assert set_price.why(found.values) == ("below_cost",)
        assert now == before
    else:
        assert found is None
        assert now[tea].amount_minor == amount


def test_the_second_person_sets_it_once(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=1_000, actor=ben, now=NOON)
    found = ask(shop, ben, 1_100)
    assert found is not None
    assert (found.values["cost_minor"], found.values["net_minor"]) == (1_000, 917)

    done = yes(found, ann)
    again = approve.carry_out(found.id, now=NOON)

    assert (done.state, again.state) == (ApprovalState.DONE, ApprovalState.DONE)
    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 1_100


def test_a_cost_that_changed_meanwhile_makes_the_wish_stale(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=1_000, actor=ben, now=NOON)
    found = ask(shop, ben, 1_100)
    pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=1_040, actor=ben, now=NOON)

    assert found is not None
    with pytest.raises(ApprovalStale):
        yes(found, ann)


def test_a_cost_raised_above_the_standing_price_stops_nothing(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    tea = shop.variants["TEA"]

    pricing.set_cost(variant_id=tea, amount_minor=5_000, actor=ben, now=NOON)

    assert pricing.prices([tea])[tea].amount_minor == 1_250
    assert shop.buy(TEA=1).total_minor > 0
    assert [each.is_below_cost for each in pricing.margins(tea).values()] == [True]


def test_far_lower_and_below_cost_are_both_told(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=1_000, actor=ben, now=NOON)

    found = ask(shop, ben, 100)

    assert found is not None
    assert set_price.why(found.values) == ("below_cost", "far_lower")
