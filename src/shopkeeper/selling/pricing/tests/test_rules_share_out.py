"""A bundle's price is spread over its parts to the penny, in proportion to what they cost apart."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing.rules.quote import with_tax
from shopkeeper.selling.pricing.rules.share_out import share_out
from shopkeeper.selling.pricing.shapes import PricedPart, TaxMode


def part(number: int, unit_minor: int | None, units: int) -> PricedPart:
    return PricedPart(
        variant_id=VariantId(number), product_id=ProductId(number), category_id=None, sku=f"P{number}", name=Bilingual("Part", "件"),
        units=units, is_sellable=True, unit_minor=unit_minor,
    )  # fmt: skip


def test_shares_are_in_proportion_to_what_the_parts_cost_apart() -> None:
    shares = share_out([part(1, 1_000, 1), part(2, 500, 4)], with_tax(2_700, TaxMode.INCLUDED, 2_000))

    assert [each.gross_minor for each in shares] == [900, 1_800]
    assert [each.tax_minor for each in shares] == [150, 300]


def test_a_part_without_a_price_counts_as_nothing_and_where_none_has_one_every_piece_counts_alike() -> None:
    whole = with_tax(900, TaxMode.INCLUDED, 0)

    assert [each.gross_minor for each in share_out([part(1, None, 2), part(2, 100, 1)], whole)] == [0, 900]
    assert [each.gross_minor for each in share_out([part(1, None, 2), part(2, None, 1)], whole)] == [600, 300]


PARTS = st.lists(st.tuples(st.none() | st.integers(0, 10_000_000), st.integers(1, 999)), min_size=1, max_size=20)


@given(parts=PARTS, amount=st.integers(0, 10**12), rate=st.integers(0, 10_000), mode=st.sampled_from(TaxMode))
def test_the_shares_add_up_and_no_tax_is_more_than_its_share(parts, amount, rate, mode) -> None:
    whole = with_tax(amount, mode, rate)

    shares = share_out([part(number, price, units) for number, (price, units) in enumerate(parts)], whole)

    assert sum(each.gross_minor for each in shares) == whole.gross_minor
    assert sum(each.tax_minor for each in shares) == whole.tax_minor
    assert all(0 <= each.tax_minor <= each.gross_minor for each in shares)
