"""What an order is opened with is what `pricing.quote` says: the plan read in one round trip decides nothing of its own."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from shopkeeper.flows import place_order as flow
from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models as catalog
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import QuoteStale, TaxMode, Wanted

pytestmark = pytest.mark.django_db

UNITS = st.integers(1, 40)
PRICES = st.integers(1, 50_000)


def terms(shop, *, price, mode, rate, free_from):
    """Set what a quote hangs on: two prices, how tax is shown, its rate, and from when delivery is free."""
    listed = pricing.default_price_list()
    pricing.save_price_list(
        price_list_id=listed.id, code=listed.code, name=listed.name, tax_mode=mode, is_default=True, actor=None, now=NOON
    )
    pricing.save_tax_rate(country="GB", basis_points=rate, actor=None, now=NOON)
    shop.price("TEA", price)
    pricing.save_delivery_option(
        delivery_option_id=shop.delivery_id, code="STANDARD", name=Bilingual("Standard delivery", "标准配送"), carrier="Royal Mail",
        price_minor=395, free_from_minor=free_from, days=(2, 4), countries=("GB",), position=1, is_active=True, actor=None, now=NOON,
    )  # fmt: skip


@given(
    tea=UNITS, cup=st.none() | UNITS, price=PRICES, mode=st.sampled_from(TaxMode), rate=st.integers(0, 10_000),
    free_from=st.none() | st.integers(0, 100_000),
)  # fmt: skip
@tries(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_carries_the_quote_that_pricing_gives(transactional_shop, *, tea, cup, price, mode, rate, free_from):
    shop = transactional_shop
    terms(shop, price=price, mode=mode, rate=rate, free_from=free_from)
    basket = shop.basket(TEA=tea, **({} if cup is None else {"CUP": cup}))
    wanted = [Wanted(variant_id=line.variant_id, units=line.units) for line in basket.lines]
    quote = pricing.quote(wanted=wanted, country="GB", delivery_option_id=shop.delivery_id)

    order = orders.order(flow.open_order(**shop.request(basket)))

    assert order.quote["digest"] == quote.digest
    assert order.total_minor == quote.total_minor
    assert order.delivery_minor == quote.delivery_minor
    assert [(line.variant_id, line.units, line.gross_minor, line.tax_minor) for line in order.lines] == [
        (line.variant_id, line.units, line.gross_minor, line.tax_minor) for line in quote.lines
    ]


@pytest.fixture
def transactional_shop(settings):
    settings.MOST_UNPAID_ORDERS = settings.MOST_UNPAID_UNITS = 1_000_000
    return small_shop({"TEA": 100_000, "CUP": 100_000})


def test_the_round_trip_reads_the_goods_as_they_stand_now(shop):
    basket = shop.basket(TEA=1)
    request = shop.request(basket)
    shop.price("TEA", 1_300)

    with pytest.raises(QuoteStale) as stale:
        flow.open_order(**request)

    assert stale.value.fresh.total_minor == 1_300 + 395
    assert catalog.Variant.objects.count() == 2


def test_opening_an_order_is_two_round_trips(shop, django_assert_num_queries):
    request = shop.request(shop.basket(TEA=1, CUP=2))

    # Savepoint and release stand around the writing call only because the test itself is a transaction.
    with django_assert_num_queries(4):
        flow.open_order(**request)
