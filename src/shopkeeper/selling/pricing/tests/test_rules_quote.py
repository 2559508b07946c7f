"""What a basket costs: cases worked by hand, and what holds for every basket."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, VariantId
from shopkeeper.kit.money import MOST_MINOR, split
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing.rules.quote import PricedLine, Terms, build_quote, digest_of, with_tax
from shopkeeper.selling.pricing.shapes import DeliveryOption, Quote, Reason, TaxMode
from shopkeeper.selling.pricing.tests.builders import off

POST = DeliveryOption(
    id=DeliveryOptionId(1), code="POST", name=Bilingual("Post"), carrier="Royal Mail", price_minor=390, free_from_minor=5_000, days=(2, 4)
)


def line(unit_minor: int, units: int = 1, *, number: int = 1, discount_minor: int = 0, reference_minor: int | None = None) -> PricedLine:
    return PricedLine(
        variant_id=VariantId(number), sku=f"S{number}", name=Bilingual("Tea"), units=units, unit_minor=unit_minor,
        discounts=off(discount_minor), reference_minor=reference_minor,
    )  # fmt: skip


def quoted(*lines: PricedLine, mode: TaxMode = TaxMode.INCLUDED, rate: int = 2_000, delivery: DeliveryOption | None = POST) -> Quote:
    terms = Terms(currency="GBP", price_list_id=PriceListId(1), tax_mode=mode, country="GB", tax_basis_points=rate)
    return build_quote(lines, terms=terms, delivery=delivery, options=[POST], versions={each.variant_id: 1 for each in lines})


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_tax_included_is_taken_out_of_each_line_and_of_delivery() -> None:
    quote = quoted(line(1_250, 2), line(333, number=2))

    first, second = quote.lines
    assert (first.goods_minor, first.gross_minor, first.tax_minor, first.net_minor) == (2_500, 2_500, 417, 2_083)
    assert (second.gross_minor, second.tax_minor, second.net_minor) == (333, 56, 277)
    assert (quote.delivery_minor, quote.delivery_tax_minor) == (390, 65)
    assert (quote.goods_minor, quote.tax_minor, quote.total_minor) == (2_833, 538, 3_223)


def test_tax_added_comes_on_top_of_each_line_and_of_delivery() -> None:
    quote = quoted(line(1_250, 2), line(333, number=2), mode=TaxMode.ADDED)

    first, second = quote.lines
    assert (first.net_minor, first.tax_minor, first.gross_minor) == (2_500, 500, 3_000)
    assert (second.net_minor, second.tax_minor, second.gross_minor) == (333, 67, 400)
    assert (quote.delivery_minor, quote.delivery_tax_minor) == (468, 78)
    assert quote.total_minor == 3_000 + 400 + 468


def test_delivery_is_free_from_its_threshold_on_and_says_what_is_missing_below() -> None:
    below, at = quoted(line(4_999)), quoted(line(5_000))

    assert below.delivery_minor == 390
    assert [reason.values["more_minor"] for reason in below.reasons if reason.code == "delivery_free_from"] == [1]
    assert (at.delivery_minor, at.total_minor) == (0, 5_000)
    assert codes(at.reasons) == ["delivery", "delivery_free", "tax_included"]


def test_the_threshold_looks_at_goods_after_their_discount() -> None:
    assert quoted(line(5_100, discount_minor=200)).delivery_minor == 390
    assert quoted(line(5_100, discount_minor=100)).delivery_minor == 0


def test_without_a_way_chosen_goods_alone_are_quoted_with_a_hint() -> None:
    quote = quoted(line(1_000), delivery=None)

    assert (quote.delivery_minor, quote.total_minor) == (0, 1_000)
    assert quote.reasons == (
        Reason(code="delivery_free_from", amount_minor=0, values={"option": "POST", "from_minor": 5_000, "more_minor": 4_000}),
    )


def test_a_reduced_price_says_from_what() -> None:
    assert codes(quoted(line(900, reference_minor=1_000)).lines[0].reasons) == ["price", "reduced_from", "tax_included"]
    assert codes(quoted(line(900, reference_minor=900)).lines[0].reasons) == ["price", "tax_included"]


def test_an_empty_basket_costs_nothing() -> None:
    quote = quoted(delivery=None)

    assert (quote.lines, quote.total_minor, quote.tax_minor) == ((), 0, 0)


def test_a_full_discount_leaves_nothing_to_pay_and_no_tax() -> None:
    for mode in TaxMode:
        quote = quoted(line(1_250, 2, discount_minor=2_500), mode=mode, delivery=None)
        assert (quote.total_minor, quote.tax_minor) == (0, 0)


def test_the_digest_changes_with_anything_the_buyer_agreed_to() -> None:
    quote = quoted(line(1_250, 2))
    dearer = replace(quote.lines[0], unit_minor=1_251)
    others = [
        replace(quote, currency="EUR"),
        replace(quote, country="DE"),
        replace(quote, tax_mode=TaxMode.ADDED),
        replace(quote, total_minor=quote.total_minor + 1),
        replace(quote, delivery=replace(POST, days=(2, 9))),
        replace(quote, delivery=None),
        replace(quote, lines=(dearer,)),
        replace(quote, lines=(replace(quote.lines[0], units=3),)),
        replace(quote, lines=(replace(quote.lines[0], sku="OTHER"),)),
        replace(quote, lines=()),
    ]

    assert quote.digest == digest_of(quote)
    assert len({digest_of(other) for other in [quote, *others]}) == len(others) + 1


def test_the_digest_stays_where_only_the_explanation_or_a_version_moved() -> None:
    quote = quoted(line(1_250, 2))

    assert digest_of(replace(quote, reasons=(), versions={VariantId(1): 9})) == quote.digest


amounts = st.integers(1, MOST_MINOR)
baskets = st.lists(st.tuples(amounts, st.integers(1, 9_999), st.integers(0, 10_000)), min_size=0, max_size=12)


@given(baskets, st.sampled_from(TaxMode), st.integers(0, 10_000), st.booleans())
def test_every_sum_is_exact(basket: list[tuple[int, int, int]], mode: TaxMode, rate: int, is_delivered: bool) -> None:
    lines = [
        line(unit, units, number=number, discount_minor=unit * units * share // 10_000)
        for number, (unit, units, share) in enumerate(basket, start=1)
    ]

    quote = quoted(*lines, mode=mode, rate=rate, delivery=POST if is_delivered else None)

    assert quote.total_minor == sum(each.gross_minor for each in quote.lines) + quote.delivery_minor
    assert quote.tax_minor == sum(each.tax_minor for each in quote.lines) + quote.delivery_tax_minor
    assert quote.goods_minor == sum(each.unit_minor * each.units for each in quote.lines)
    for each in quote.lines:
        assert each.gross_minor == each.net_minor + each.tax_minor
        assert 0 <= each.tax_minor <= each.gross_minor
        steps = sum(reason.amount_minor for reason in each.reasons)
        assert steps == each.gross_minor
    listed = sum(reason.amount_minor for reason in quote.reasons)
    assert listed == quote.delivery_minor


@given(st.integers(0, MOST_MINOR), st.integers(0, 10_000))
def test_tax_added_to_a_net_amount_is_the_tax_found_within_the_gross(net: int, rate: int) -> None:
    added = with_tax(net, TaxMode.ADDED, rate)
    within = with_tax(added.gross_minor, TaxMode.INCLUDED, rate)

    assert abs(within.tax_minor - added.tax_minor) <= 1


@given(st.integers(0, MOST_MINOR), st.lists(st.integers(0, MOST_MINOR), min_size=1, max_size=20))
def test_a_discount_on_the_order_is_split_over_its_lines_to_the_penny(discount: int, goods: list[int]) -> None:
    shares = split(discount, goods)

    assert sum(shares) == discount
    assert min(shares) >= 0


@pytest.mark.parametrize(("amount", "rate", "tax"), [(5, 1_000, 0), (6, 1_000, 1), (0, 2_000, 0), (120, 2_000, 20), (1, 10_000, 1)])
def test_included_tax_rounds_halves_away_from_zero(amount: int, rate: int, tax: int) -> None:
    assert with_tax(amount, TaxMode.INCLUDED, rate).tax_minor == tax
