"""Quotes with promotions: every step is told, every amount adds up, a full discount leaves nothing to pay and no tax."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import DeliveryOptionId, PriceListId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing.rules.promoted import discounted
from shopkeeper.selling.pricing.rules.quote import PricedLine, Terms, build_quote
from shopkeeper.selling.pricing.shapes import DeliveryOption, Quote, TaxMode
from shopkeeper.selling.promotions import public as promotions
from shopkeeper.selling.promotions.shapes import BuyGet, Every, FreeDelivery, Item, Percent, Promotion
from shopkeeper.selling.promotions.tests.builders import around, item, promotion

POST = DeliveryOption(
    id=DeliveryOptionId(1), code="POST", name=Bilingual("Post"), carrier="Royal Mail", price_minor=390, free_from_minor=5_000, days=(2, 4)
)


def quoted(items: Sequence[Item], *of: Promotion, mode: TaxMode = TaxMode.INCLUDED, way: DeliveryOption | None = POST) -> Quote:
    """Return what these goods cost with these promotions, worked out as a shop does, without a database."""
    plain = [
        PricedLine(variant_id=VariantId(each.variant_id), sku=f"S{each.variant_id}", name=Bilingual("Tea"), units=each.units,
                   unit_minor=each.unit_minor)
        for each in items
    ]  # fmt: skip
    lines, freed = discounted(plain, promotions.apply(promotions.book_of(of), items, around()))
    terms = Terms(currency="GBP", price_list_id=PriceListId(1), tax_mode=mode, country="GB", tax_basis_points=2_000)
    return build_quote(lines, terms=terms, delivery=way, options=[POST], versions={}, freed_by=freed)


def test_each_step_is_told_with_the_promotion_that_takes_it() -> None:
    tenth, thirty = promotion(1, Percent(basis_points=1_000)), promotion(2, Every(step_minor=3_000, off_minor=300))

    quote = quoted([item(1, 2_000, 2)], tenth, thirty)

    (line,) = quote.lines
    assert [(each.code, each.amount_minor, each.values.get("name_en")) for each in line.reasons if each.code == "discount"] == [
        ("discount", -400, "Promotion 1"),
        ("discount", -300, "Promotion 2"),
    ]
    assert (line.goods_minor, line.discount_minor, line.gross_minor) == (4_000, 700, 3_300)
    assert quote.total_minor == 3_300 + 390


def test_delivery_freed_by_a_promotion_costs_nothing_and_says_by_which() -> None:
    free = promotion(1, FreeDelivery())

    quote, unchosen = quoted([item(1, 100)], free), quoted([item(1, 100)], free, way=None)

    assert (quote.delivery_minor, quote.delivery_tax_minor, quote.total_minor) == (0, 0, 100)
    assert [(each.code, each.amount_minor) for each in quote.reasons][:2] == [("delivery", 390), ("delivery_freed", -390)]
    assert [each.code for each in unchosen.reasons] == ["delivery_freed"]


@pytest.mark.parametrize("mode", TaxMode)
def test_a_full_discount_leaves_nothing_to_pay_and_no_tax(mode: TaxMode) -> None:
    quote = quoted([item(1, 333, 3), item(2, 1)], promotion(1, Percent(basis_points=10_000)), mode=mode, way=None)

    assert (quote.total_minor, quote.tax_minor, quote.discount_minor) == (0, 0, 1_000)


ITEMS = st.lists(st.tuples(st.integers(1, 4_000), st.integers(1, 6)), min_size=1, max_size=5)
OF = st.lists(
    st.one_of(
        st.builds(Percent, basis_points=st.integers(1, 10_000)),
        st.builds(BuyGet, buy=st.integers(1, 2), get=st.just(1), basis_points=st.integers(1, 10_000)),
        st.builds(Every, step_minor=st.integers(1, 5_000), off_minor=st.integers(1, 5_000)),
    ),
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(ITEMS, OF, st.sampled_from(TaxMode))
def test_every_amount_of_a_quote_adds_up_whatever_promotions_there_are(goods, rules, mode) -> None:
    items = [item(number, unit, units) for number, (unit, units) in enumerate(goods, 1)]

    quote = quoted(items, *(promotion(number, rule) for number, rule in enumerate(rules, 1)), mode=mode)

    assert quote.total_minor == sum(line.gross_minor for line in quote.lines) + quote.delivery_minor
    for line in quote.lines:
        assert line.gross_minor == line.net_minor + line.tax_minor >= 0
        assert line.discount_minor == -sum(each.amount_minor for each in line.reasons if each.code == "discount") <= line.goods_minor
