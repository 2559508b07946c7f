"""A price that does not cover what a piece costs waits for a second person; what is not known is held against nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shopkeeper.flows import approve, set_price
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.flows.tests.test_second_person import person, yes
from shopkeeper.kit.ids import PriceListId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import Approval, ApprovalStale, ApprovalState, WaitingForApproval
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import TaxMode


@pytest.fixture
def ann(shop: SmallShop, settings: Any) -> UserId:
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


def ask(shop: SmallShop, actor: UserId, amount: int, listed: PriceListId | None = None, now: datetime = NOON) -> Approval | None:
    """Set the price of tea; return what waits, None where it is set."""
    try:
        set_price.set_price(variant_id=shop.variants["TEA"], amount_minor=amount, price_list_id=listed, reason="sale", actor=actor, now=now)
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
        (TaxMode.ADDED, (None, 751), False),
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


# ── nobody gets around it alone ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("after", [None, 0, 1])
def test_a_cost_emptied_or_lowered_still_counts_for_a_month(shop: SmallShop, ben: UserId, after: int | None) -> None:
    tea = shop.variants["TEA"]
    pricing.set_cost(variant_id=tea, amount_minor=1_000, actor=ben, now=NOON - timedelta(days=400))
    pricing.set_cost(variant_id=tea, amount_minor=after, actor=ben, now=NOON)

    found = ask(shop, ben, 1_100)
    last_day = ask(shop, ben, 1_110, now=NOON + pricing.COST_COUNTS_FOR)

    assert found is not None
    assert last_day is not None
    assert (set_price.why(found.values), found.values["cost_minor"]) == (("below_cost",), 1_000)
    assert ask(shop, ben, 1_120, now=NOON + pricing.COST_COUNTS_FOR + timedelta(seconds=1)) is None


def test_of_the_costs_of_the_month_the_highest_counts(shop: SmallShop, ben: UserId) -> None:
    for amount in (900, 1_000, None, 800):
        pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=amount, actor=ben, now=NOON)

    found = ask(shop, ben, 1_100)

    assert found is not None
    assert found.values["cost_minor"] == 1_000


@pytest.mark.parametrize("withdrawn", [1, 2])
def test_a_price_after_a_withdrawal_is_held_against_the_last_there_was(shop: SmallShop, ann: UserId, ben: UserId, withdrawn: int) -> None:
    tea = shop.variants["TEA"]
    for amount in (1_240, 1_230)[:withdrawn]:
        assert ask(shop, ben, amount) is None
        pricing.withdraw_price(variant_id=tea, reason="pause", actor=ben, now=NOON)

    found = ask(shop, ben, 1)

    assert found is not None
    assert set_price.why(found.values) == ("far_lower",)
    assert tea not in pricing.prices([tea])
    assert yes(found, ann).state is ApprovalState.DONE
    assert pricing.prices([tea])[tea].amount_minor == 1


def test_a_first_price_and_one_near_the_withdrawn_price_are_set_alone(shop: SmallShop, ben: UserId) -> None:
    assert ask(shop, ben, 1_000, a_list(shop, TaxMode.ADDED)) is None
    pricing.withdraw_price(variant_id=shop.variants["TEA"], reason="pause", actor=ben, now=NOON)

    assert ask(shop, ben, 1_200) is None


def test_many_small_falls_count_as_one_until_a_second_person_agreed(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    tea = shop.variants["TEA"]
    first = pricing.prices([tea])[tea].amount_minor
    small, smaller, least = (first * percent // 100 for percent in (80, 62, 59))
    assert [ask(shop, ben, amount, now=NOON + timedelta(days=day)) for day, amount in enumerate((small, smaller), 1)] == [None, None]

    found = ask(shop, ben, least, now=NOON + timedelta(days=3))

    assert found is not None
    assert set_price.why(found.values) == ("far_lower",)
    assert (found.values["present_minor"], found.values["held_minor"]) == (smaller, first)
    assert yes(found, ann, NOON + timedelta(days=3)).state is ApprovalState.DONE
    # From there on the fall is measured anew, and a price that rises falls nowhere.
    assert ask(shop, ben, least - 1, now=NOON + timedelta(days=4)) is None
    assert ask(shop, ben, least + 1, now=NOON + timedelta(days=4)) is None
    again = ask(shop, ben, first * 30 // 100, now=NOON + timedelta(days=5))
    assert again is not None
    assert again.values["held_minor"] == least + 1


def test_after_a_month_a_fall_is_measured_from_what_stood_since(shop: SmallShop, ben: UserId) -> None:
    tea = shop.variants["TEA"]
    first = pricing.prices([tea])[tea].amount_minor
    assert ask(shop, ben, first * 62 // 100, now=NOON) is None

    assert ask(shop, ben, first * 59 // 100, now=NOON + timedelta(days=30)) is not None
    assert ask(shop, ben, first * 59 // 100, now=NOON + timedelta(days=30, seconds=1)) is None


def test_a_list_of_ones_own_is_no_way_around_it(shop: SmallShop, ben: UserId) -> None:
    """The first price in a list is held against the highest in any: made the default afterwards, the list would sell at it."""
    found = ask(shop, ben, 1, a_list(shop, TaxMode.ADDED))

    assert found is not None
    assert set_price.why(found.values) == ("far_lower",)
    assert (found.values["present_minor"], found.values["held_minor"]) == (None, 1_250)


def test_a_first_price_of_all_is_set_alone(shop: SmallShop, ben: UserId) -> None:
    made = catalog.save_product(
        product_id=None,
        slug="jar",
        name=Bilingual("Jar", "罐"),
        text=Bilingual("", ""),
        category_id=None,
        variants=[VariantDraft(sku="JAR")],
        is_published=False,
        actor=ben,
        now=NOON,
    )
    jar = made.variants[0].id

    set_price.set_price(variant_id=jar, amount_minor=1, reason="new", actor=ben, now=NOON)

    assert pricing.prices([jar])[jar].amount_minor == 1


def test_what_is_agreed_to_stays_with_its_list_when_another_becomes_the_default(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    tea, first = shop.variants["TEA"], pricing.default_price_list()
    found = ask(shop, ben, 500)
    assert found is not None
    assert found.values["price_list_id"] == first.id
    other = pricing.save_price_list(
        price_list_id=None, code="new", name=Bilingual("New", "新"), tax_mode=first.tax_mode, is_default=True, actor=ann, now=NOON
    )

    assert yes(found, ann).state is ApprovalState.DONE

    assert pricing.prices([tea], price_list_id=first.id)[tea].amount_minor == 500
    assert tea not in pricing.prices([tea], price_list_id=other.id)


def test_what_was_approved_does_not_set_back_a_price_of_after(
    shop: SmallShop, ann: UserId, ben: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, died = shop.variants["TEA"], "between the yes and the price"
    found = ask(shop, ben, 500)
    assert found is not None
    with monkeypatch.context() as death:
        death.setattr(set_price, "set_approved", _dies(died))
        with pytest.raises(RuntimeError, match=died):
            yes(found, ann)
    pricing.set_price(variant_id=tea, amount_minor=9_000, reason="dearer", actor=ann, now=NOON)

    approve.finish(NOON + timedelta(hours=1))

    assert approvals.approval(found.id).state is ApprovalState.FAILED
    assert pricing.prices([tea])[tea].amount_minor == 9_000


def _dies(words: str) -> Any:
    def die(**_asked: Any) -> Any:
        raise RuntimeError(words)

    return die


def test_time_alone_makes_no_wish_stale(shop: SmallShop, ann: UserId, ben: UserId) -> None:
    """The month's highest price falls out of the month while the wish waits: nobody touched anything."""
    tea = shop.variants["TEA"]
    pricing.set_price(variant_id=tea, amount_minor=1_200, reason="", actor=ben, now=NOON)
    asked_at = NOON + timedelta(days=29, hours=23)
    found = ask(shop, ben, 700, now=asked_at)
    assert found is not None
    assert found.values["held_minor"] == 1_250

    assert yes(found, ann, asked_at + timedelta(days=2)).state is ApprovalState.DONE


def test_one_manager_cannot_walk_around_it(shop: SmallShop, ben: UserId) -> None:
    tea = shop.variants["TEA"]
    pricing.set_cost(variant_id=tea, amount_minor=1_000, actor=ben, now=NOON)
    pricing.set_cost(variant_id=tea, amount_minor=None, actor=ben, now=NOON)
    pricing.withdraw_price(variant_id=tea, reason="pause", actor=ben, now=NOON)

    found = ask(shop, ben, 1)

    assert found is not None
    assert set_price.why(found.values) == ("below_cost", "far_lower")
