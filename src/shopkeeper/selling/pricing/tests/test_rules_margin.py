"""What a price leaves over its cost: cases worked by hand, tax taken out of prices that have it in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.pricing.rules.margin import margin
from shopkeeper.selling.pricing.shapes import Margin, TaxMode

IN, ON = TaxMode.INCLUDED, TaxMode.ADDED


@pytest.mark.parametrize(
    ("price", "cost", "tax", "left"),
    [
        (1_199, 1_000, (IN, 2_000), (999, -1, -10)),  # 199.83 of tax, so 200: a penny below
        (1_200, 1_000, (IN, 2_000), (1_000, 0, 0)),  # exactly the cost
        (1_201, 1_000, (IN, 2_000), (1_001, 1, 10)),
        (2_400, 1_000, (IN, 2_000), (2_000, 1_000, 5_000)),
        (999, 1_000, (ON, 2_000), (999, -1, -10)),  # tax comes on top: the price counts as it stands
        (1_000, 1_000, (ON, 2_000), (1_000, 0, 0)),
        (1_001, 1_000, (ON, 2_000), (1_001, 1, 10)),
        (1_000, 1_000, (IN, None), (1_000, 0, 0)),  # no rate set: as it stands
        (1_250, 0, (IN, 2_000), (1_042, 1_042, 10_000)),  # given as a gift: a cost of nothing is a cost
        (3, 2, (ON, 0), (3, 1, 3_333)),
        (3, 1, (ON, 0), (3, 2, 6_667)),
    ],
)
def test_what_is_left_of_a_price(price: int, cost: int, tax: tuple[TaxMode, int | None], left: tuple[int, int, int]) -> None:
    net, over, share = left

    found = margin(price_minor=price, cost_minor=cost, tax_mode=tax[0], tax_basis_points=tax[1])

    assert found == Margin(net_minor=net, cost_minor=cost, margin_minor=over, share=share)
    assert found.is_below_cost == (over < 0)


@pytest.mark.parametrize("mode", [IN, ON])
def test_a_cost_that_is_not_known_is_no_cost_of_nothing(mode: TaxMode) -> None:
    assert margin(price_minor=1, cost_minor=None, tax_mode=mode, tax_basis_points=2_000) is None


@given(price=st.integers(1, 10**12), cost=st.integers(0, 10**12), rate=st.integers(0, 10_000), mode=st.sampled_from(TaxMode))
def test_net_is_cost_and_margin_and_never_more_than_the_price(price: int, cost: int, rate: int, mode: TaxMode) -> None:
    found = margin(price_minor=price, cost_minor=cost, tax_mode=mode, tax_basis_points=rate)

    assert found is not None
    assert found.net_minor == found.cost_minor + found.margin_minor
    assert 0 <= found.net_minor <= price
