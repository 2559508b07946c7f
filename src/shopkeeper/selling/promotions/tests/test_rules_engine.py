"""What promotions make of a basket: worked examples of every kind, lanes, limits, reasons; and what holds for whatever there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.selling.promotions.rules import engine
from shopkeeper.selling.promotions.rules.book import book_of
from shopkeeper.selling.promotions.rules.engine import apply
from shopkeeper.selling.promotions.shapes import (
    Amount,
    BuyGet,
    Every,
    Fixed,
    FreeDelivery,
    Gift,
    GiftGoods,
    Item,
    Lane,
    Left,
    Outcome,
    Percent,
    Promotion,
    Rule,
    Scope,
    Several,
    Terms,
    Tier,
    Tiers,
    Together,
    Why,
)
from shopkeeper.selling.promotions.tests.builders import NOON, around, item, promotion


def outcome(items: list[Item], *promotions: Promotion, **of_around) -> Outcome:
    return apply(book_of(promotions), items, around(**of_around), explain=True)


def reasons(found: Outcome) -> dict[int, Why]:
    return {each.promotion_id: each.why for each in found.missed}


# ── one of every kind ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "items", "shares"),
    [
        (Percent(basis_points=1_500), [item(1, 999, 3)], (450,)),
        (Amount(off_minor=200), [item(1, 999, 3), item(2, 150, 2)], (600, 300)),
        (Fixed(unit_minor=500), [item(1, 999, 2), item(2, 400)], (998, 0)),
        (BuyGet(buy=2, get=1, basis_points=10_000), [item(1, 500, 2), item(2, 300, 2)], (0, 300)),
        (BuyGet(buy=1, get=1, basis_points=5_000), [item(1, 500, 4)], (500,)),
        (BuyGet(buy=2, get=1, basis_points=10_000), [item(1, 500, 7)], (1_000,)),
        (Several(units=3, price_minor=1_000), [item(1, 500, 2), item(2, 300, 2)], (231, 69)),
        (Several(units=2, price_minor=700), [item(1, 500, 5)], (600,)),
        (Together(parts=((1, 1), (2, 2)), price_minor=900), [item(1, 500, 2), item(2, 300, 4)], (182, 218)),
        (Every(step_minor=3_000, off_minor=300), [item(1, 5_000), item(2, 2_500)], (400, 200)),
        (Every(step_minor=1_000, off_minor=100, most_times=2), [item(1, 5_000)], (200,)),
        (Tiers(steps=(Tier(from_minor=1_000, off_minor=100), Tier(from_minor=2_000, off_minor=300))), [item(1, 1_999)], (100,)),
        (Tiers(steps=(Tier(from_minor=1_000, off_minor=100), Tier(from_minor=2_000, off_minor=300))), [item(1, 2_000)], (300,)),
        (Tiers(steps=(Tier(from_units=3, basis_points=1_000),)), [item(1, 1_000, 2), item(2, 501)], (200, 50)),
    ],
)
def test_a_promotion_takes_off_what_its_example_says(rule: Rule, items: list[Item], shares: tuple[int, ...]) -> None:
    found = outcome(items, promotion(1, rule))

    (applied,) = found.applied
    assert applied.shares == shares
    assert applied.amount_minor == sum(shares)


def test_a_gift_comes_beside_while_there_are_any_and_is_worth_its_price() -> None:
    gift = promotion(1, Gift(variant_id=9, units=2), terms=Terms(least_minor=1_000))
    goods = {9: GiftGoods(unit_minor=250, available=2)}

    found = outcome([item(1, 1_000)], gift, gifts=goods)
    gone = outcome([item(1, 1_000)], gift, gifts={9: GiftGoods(unit_minor=250, available=1)})
    short = outcome([item(1, 900)], gift, gifts=goods)

    assert [(each.gift, each.gift_minor, each.amount_minor) for each in found.applied] == [(gift.rule, 500, 0)]
    assert (gone.applied, reasons(gone)) == ((), {1: Why.GIFT_GONE})
    assert [(each.why, each.missing) for each in short.missed] == [(Why.MORE_MINOR, 100)]


def test_delivery_is_free_from_a_sum_and_one_is_enough() -> None:
    free = promotion(1, FreeDelivery(), terms=Terms(least_minor=1_000))

    assert outcome([item(1, 1_000)], free, promotion(2, FreeDelivery())).is_delivery_free
    assert [each.promotion_id for each in outcome([item(1, 1_000)], free, promotion(2, FreeDelivery())).applied] == [1]
    assert not outcome([item(1, 999)], free).is_delivery_free


# ── lanes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_best_of_a_lane_applies_to_each_line_and_the_earlier_of_two_alike() -> None:
    ten, fifty = promotion(1, Percent(basis_points=1_000)), promotion(2, Amount(off_minor=50))

    found = outcome([item(1, 1_000), item(2, 300)], ten, fifty, promotion(3, Percent(basis_points=1_000)))

    assert {each.promotion_id: each.shares for each in found.applied} == {1: (100, 0), 2: (0, 50)}
    assert reasons(found) == {3: Why.BETTER}


def test_groups_of_pieces_win_only_where_they_beat_their_lines_together() -> None:
    groups = promotion(1, BuyGet(buy=2, get=1, basis_points=10_000))

    much = outcome([item(1, 900, 3)], groups, promotion(2, Percent(basis_points=3_000)))
    more = outcome([item(1, 900, 3)], groups, promotion(2, Percent(basis_points=3_400)))

    assert [each.promotion_id for each in much.applied] == [1]
    assert [each.promotion_id for each in more.applied] == [2]


def test_lanes_stack_on_what_the_one_before_left() -> None:
    found = outcome(
        [item(1, 10_000)],
        promotion(1, Percent(basis_points=2_000)),
        promotion(2, Every(step_minor=4_000, off_minor=500)),
        promotion(3, Percent(basis_points=1_000), needs_code=True),
        promotion(4, FreeDelivery(), terms=Terms(least_minor=6_300)),
        codes={"TEN": 3},
    )

    assert [(each.lane, each.amount_minor) for each in found.applied] == [
        (Lane.ITEM, 2_000), (Lane.THRESHOLD, 1_000), (Lane.COUPON, 700), (Lane.DELIVERY, 0),
    ]  # fmt: skip
    assert found.left_minor == (6_300,)
    assert found.is_delivery_free


def test_two_thresholds_about_different_goods_both_apply() -> None:
    toys = promotion(1, Every(step_minor=1_000, off_minor=100), scope=Scope(categories=frozenset([1])))
    books = promotion(2, Every(step_minor=1_000, off_minor=200), scope=Scope(categories=frozenset([2])))
    all_of_it = promotion(3, Every(step_minor=2_000, off_minor=250))

    found = outcome([item(1, 1_000, category=1), item(2, 1_000, category=2)], toys, books, all_of_it)

    # The best first takes all lines; nothing is left for the others.
    assert {each.promotion_id: each.amount_minor for each in found.applied} == {3: 250}
    apart = outcome([item(1, 1_000), item(2, 1_000, category=2)], toys, books)
    assert {each.promotion_id: each.amount_minor for each in apart.applied} == {1: 100, 2: 200}


def test_a_code_alone_brings_its_coupon_and_the_best_of_two_is_taken() -> None:
    ten, five = (promotion(number, Percent(basis_points=share), needs_code=True) for number, share in ((1, 1_000), (2, 500)))

    assert reasons(outcome([item(1, 1_000)], ten, five)) == {1: Why.NO_CODE, 2: Why.NO_CODE}
    both = outcome([item(1, 1_000)], ten, five, codes={"A": 1, "B": 2})
    assert [each.promotion_id for each in both.applied] == [1]
    assert [(each.why, each.other_id) for each in both.missed] == [(Why.BETTER, 1)]


def test_promotions_that_exclude_each_other_do_not_meet() -> None:
    cut = promotion(1, Percent(basis_points=1_000))
    sum_off = promotion(2, Every(step_minor=100, off_minor=10), excludes=frozenset([1]))
    other = promotion(3, Percent(basis_points=500), scope=Scope(products=frozenset([2])), excludes=frozenset([1]))

    found = outcome([item(1, 1_000), item(2, 1_000)], cut, sum_off, other)

    assert [each.promotion_id for each in found.applied] == [1]
    assert [(each.promotion_id, each.why, each.other_id) for each in found.missed if each.why is Why.EXCLUDED] == [(2, Why.EXCLUDED, 1)]


def test_goods_at_full_price_only_leaves_reduced_ones_out() -> None:
    cut = promotion(1, Percent(basis_points=1_000), scope=Scope(products=frozenset([1])))
    code = promotion(2, Percent(basis_points=2_000), needs_code=True, terms=Terms(full_price_only=True))

    found = outcome([item(1, 1_000), item(2, 1_000)], cut, code, codes={"X": 2})

    assert [each.shares for each in found.applied] == [(100, 0), (0, 200)]


# ── who, where, when, how much is left ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "where", "why"),
    [
        ({"starts_at": NOON + timedelta(seconds=1)}, {}, Why.NOT_YET),
        ({"ends_at": NOON}, {}, Why.OVER),
        ({"terms": Terms(channels=frozenset(["store"]))}, {}, Why.CHANNEL),
        ({"terms": Terms(tiers=frozenset(["gold"]))}, {"tier": "silver"}, Why.TIER),
        ({"terms": Terms(first_order=True)}, {}, Why.FIRST_ORDER),
        ({"needs_code": True}, {}, Why.NO_CODE),
        ({}, {"left": {1: Left(uses=0)}}, Why.USED_UP),
        ({}, {"left": {1: Left(buyer_uses=0)}}, Why.BUYER_USED_UP),
        ({}, {"left": {1: Left(budget_minor=0)}}, Why.BUDGET),
        ({}, {"left": {1: Left(budget_minor=99)}}, Why.BUDGET),
        ({"terms": Terms(least_units=3)}, {}, Why.MORE_UNITS),
        ({"terms": Terms(least_minor=1_001)}, {}, Why.MORE_MINOR),
    ],
)
def test_what_stands_in_the_way_is_said(changes, where, why) -> None:
    found = outcome([item(1, 1_000)], promotion(1, Percent(basis_points=1_000), **changes), **where)

    assert (found.applied, reasons(found)) == ((), {1: why})
    assert found.left_minor == (1_000,)


def test_it_applies_where_nothing_stands_in_the_way() -> None:
    terms = Terms(channels=frozenset(["web"]), tiers=frozenset(["gold"]), first_order=True, least_minor=1_000, least_units=1)
    full = promotion(1, Percent(basis_points=1_000), terms=terms, needs_code=True, starts_at=NOON, ends_at=NOON + timedelta(seconds=1))
    left = {1: Left(uses=1, buyer_uses=1, budget_minor=100)}

    found = outcome([item(1, 1_000)], full, tier="gold", is_first_order=True, codes={"X": 1}, left=left)

    assert [each.amount_minor for each in found.applied] == [100]


def test_a_line_whose_best_has_no_budget_gets_the_next_best() -> None:
    best, second = promotion(1, Percent(basis_points=2_000)), promotion(2, Percent(basis_points=1_000))

    found = outcome([item(1, 1_000)], best, second, left={1: Left(budget_minor=199)})

    assert [(each.promotion_id, each.amount_minor) for each in found.applied] == [(2, 100)]


def test_what_it_takes_off_an_order_has_a_limit() -> None:
    for rule in (Percent(basis_points=5_000), Every(step_minor=100, off_minor=60), BuyGet(buy=1, get=1, basis_points=10_000)):
        found = outcome([item(1, 900, 2), item(2, 300, 2)], promotion(1, rule, most_minor=100))

        assert sum(found.left_minor) == 2_300, rule


def test_how_much_more_is_needed_for_the_next_step_is_said() -> None:
    every = promotion(1, Every(step_minor=3_000, off_minor=300))
    tiers = promotion(2, Tiers(steps=(Tier(from_minor=5_000, off_minor=500), Tier(from_units=4, off_minor=900))), needs_code=True)

    def hints(*items: Item) -> list[tuple[int, Why, int, int]]:
        found = apply(book_of([every, tiers]), items, around(codes={"X": 2}))
        return [(each.promotion_id, each.why, each.missing, each.off_minor) for each in found.missed]

    assert hints(item(1, 2_300)) == [(1, Why.MORE_MINOR, 700, 300), (2, Why.MORE_MINOR, 2_700, 500)]
    assert hints(item(1, 5_500)) == [(1, Why.MORE_MINOR, 500, 600), (2, Why.MORE_UNITS, 3, 900)]


def test_no_more_is_promised_than_the_limit_of_an_order_allows() -> None:
    every = promotion(1, Every(step_minor=1_000, off_minor=100), most_minor=150)

    def hints(*items: Item) -> list[tuple[int, int]]:
        return [(each.missing, each.off_minor) for each in apply(book_of([every]), items, around()).missed]

    assert hints(item(1, 1_200)) == [(800, 150)]
    assert hints(item(1, 2_000)) == []


# ── whatever there is ─────────────────────────────────────────────────────────────────────────────────────────────────

SHARES = st.integers(1, 10_000)
MONEY = st.integers(1, 5_000)
RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Percent, basis_points=SHARES),
    st.builds(Amount, off_minor=MONEY),
    st.builds(Fixed, unit_minor=st.integers(0, 5_000)),
    st.builds(BuyGet, buy=st.integers(1, 3), get=st.integers(1, 2), basis_points=SHARES),
    st.builds(Several, units=st.integers(2, 4), price_minor=MONEY),
    st.builds(Together, parts=st.just(((1, 1), (2, 1))), price_minor=MONEY),
    st.builds(Every, step_minor=MONEY, off_minor=MONEY, most_times=st.integers(0, 3)),
    st.builds(
        Tiers,
        steps=st.tuples(
            st.builds(Tier, from_minor=MONEY, off_minor=MONEY), st.builds(Tier, from_minor=st.just(6_000), basis_points=SHARES)
        ),
    ),
    st.builds(Gift, variant_id=st.just(9), units=st.integers(1, 2)),
    st.just(FreeDelivery()),
)
SCOPES = st.one_of(
    st.just(Scope()),
    st.builds(Scope, categories=st.frozensets(st.integers(1, 3), min_size=1), but_products=st.frozensets(st.integers(1, 5), max_size=1)),
    st.builds(Scope, products=st.frozensets(st.integers(1, 5), min_size=1)),
)
TERMS = st.builds(Terms, least_minor=st.sampled_from([0, 0, 1_000]), least_units=st.integers(0, 3), full_price_only=st.booleans())


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    count = draw(st.integers(1, 6))
    return [
        promotion(
            number, draw(RULES), scope=draw(SCOPES), terms=draw(TERMS), needs_code=draw(st.booleans()),
            most_minor=draw(st.sampled_from([0, 0, 250])), excludes=draw(st.frozensets(st.integers(1, 6), max_size=1)) - {number},
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


ITEMS = st.lists(
    st.builds(item, st.integers(1, 5), st.integers(0, 4_000), st.integers(1, 9), category=st.integers(1, 3)), min_size=1, max_size=5,
    unique_by=lambda each: each.variant_id,
)  # fmt: skip
HELD = {"codes": {f"C{number}": number for number in range(1, 7)}, "gifts": {9: GiftGoods(unit_minor=100, available=5)}}


@settings(max_examples=300, deadline=None)
@given(promotions(), ITEMS)
def test_shares_add_up_and_no_line_is_worth_less_than_nothing(of: list[Promotion], items: list[Item]) -> None:
    found = apply(book_of(of), items, around(**HELD), explain=True)

    worth = [each.unit_minor * each.units for each in items]
    assert all(left >= 0 for left in found.left_minor)
    assert [gross - sum(each.shares[place] for each in found.applied) for place, gross in enumerate(worth)] == list(found.left_minor)
    by_number = {each.id: each for each in of}
    for each in found.applied:
        assert each.amount_minor == sum(each.shares)
        assert min(each.shares) >= 0
        limit = by_number[each.promotion_id].most_minor
        assert not limit or each.amount_minor <= limit


@settings(max_examples=200, deadline=None)
@given(promotions(), ITEMS)
def test_the_same_in_gives_the_same_out_and_reasons_change_nothing(of: list[Promotion], items: list[Item]) -> None:
    book = book_of(of)
    plain, told = apply(book, items, around(**HELD)), apply(book_of(reversed(of)), items, around(**HELD), explain=True)

    assert (plain.applied, plain.left_minor, plain.is_delivery_free) == (told.applied, told.left_minor, told.is_delivery_free)


@settings(max_examples=200, deadline=None)
@given(promotions(), ITEMS)
def test_lanes_come_in_order(of: list[Promotion], items: list[Item]) -> None:
    """One promotion comes once, one coupon at most, and none meets one that it excludes."""
    found = apply(book_of(of), items, around(**HELD))

    lanes = [list(Lane).index(each.lane) for each in found.applied]
    numbers = [each.promotion_id for each in found.applied]
    by_number = {each.id: each for each in of}
    assert lanes == sorted(lanes)
    assert len(set(numbers)) == len(numbers)
    assert lanes.count(list(Lane).index(Lane.COUPON)) <= 1
    assert not any(other in by_number[each].excludes for each in numbers for other in numbers)


SINGLE = st.one_of(
    st.builds(Percent, basis_points=SHARES), st.builds(Amount, off_minor=MONEY), st.builds(Fixed, unit_minor=st.integers(0, 5_000))
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SINGLE, min_size=1, max_size=4), ITEMS, st.integers(0, 4_000), st.integers(1, 9))
def test_another_line_costs_at_most_its_price_and_changes_no_other_line(
    rules: list[Rule], items: list[Item], unit: int, units: int
) -> None:
    """But for what is about several pieces at once (groups, sets) and terms of a sum or a number: those are promised to change others."""
    book = book_of(promotion(number, rule) for number, rule in enumerate(rules, 1))
    before, after = apply(book, items, around()), apply(book, [*items, item(6, unit, units)], around())

    assert after.left_minor[:-1] == before.left_minor
    assert sum(after.left_minor) - sum(before.left_minor) <= unit * units


def test_a_full_discount_leaves_nothing_of_any_line() -> None:
    found = outcome([item(1, 333, 3), item(2, 1)], promotion(1, Percent(basis_points=10_000)))

    assert found.left_minor == (0, 0)


# ── planted ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def broken(property_: Callable[..., None], *given_: Any) -> bool:
    """Return whether a property turns red for what is given."""
    try:
        property_.hypothesis.inner_test(*given_)  # type: ignore[attr-defined]
    except AssertionError:
        return True
    return False


def test_planted_faults_turn_the_properties_red(monkeypatch: pytest.MonkeyPatch) -> None:
    basket = [item(1, 1_000), item(2, 500, 3)]
    two = [promotion(1, Percent(basis_points=1_000), most_minor=50), promotion(2, Every(step_minor=100, off_minor=10))]
    apart = [promotion(1, Percent(basis_points=1_000)), promotion(2, Every(step_minor=100, off_minor=10), excludes=frozenset([1]))]
    whole, alone, single = (
        test_shares_add_up_and_no_line_is_worth_less_than_nothing,
        test_lanes_come_in_order,
        [Percent(basis_points=5_000)],
    )
    assert not broken(whole, two, basket)
    assert not broken(alone, apart, basket)
    assert not broken(test_another_line_costs_at_most_its_price_and_changes_no_other_line, single, basket, 700, 1)

    with monkeypatch.context() as planted:
        planted.setattr(engine._Work, "_capped", lambda _work, _promotion, off: off)
        assert broken(whole, two, basket)
    with monkeypatch.context() as planted:
        planted.setattr(engine, "_exclude", lambda _one, _other: False)
        assert broken(alone, apart, basket)
    with monkeypatch.context() as planted:
        planted.setattr(engine, "each_piece", lambda rule, unit_minor: unit_minor + 1)
        assert broken(whole, [promotion(1, Percent(basis_points=1_000))], basket)
    with monkeypatch.context() as planted:
        planted.setattr(engine.Book, "concerning", lambda book, items: [(each, [0]) for each in book.everywhere if len(items) == 2])
        assert broken(test_another_line_costs_at_most_its_price_and_changes_no_other_line, single, basket, 700, 1)
