"""A shelf has a fixed number of queries, honest prices and stock, and an order by price over all its pages."""

from typing import Any

import polars as pl
import pytest

from shopkeeper.flows import browse
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Sort, VariantDraft
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> SmallShop:
    return small_shop()


def thousand() -> None:
    """Put a thousand priced goods into the shop."""
    rows = [{"sku": f"G{n:04}", "slug": f"g{n:04}", "name_en": f"Thing {n}", "rank": n + 1, "is_published": True} for n in range(1_000)]
    made = catalog.import_goods(frame=pl.DataFrame(rows), now=NOON)
    prices = [100 + (n * 37) % 1_000 for n in range(1_000)]
    pricing.import_prices(frame=pl.DataFrame({"variant_id": made["variant_id"], "amount_minor": prices}), now=NOON)


def test_a_card_tells_price_and_stock(shop: SmallShop) -> None:
    cards = {card.product.slug: card for card in browse.shelf().items}

    assert cards["tea"].tag is not None
    assert cards["tea"].tag.amount_minor == 1_250
    assert cards["tea"].available == 10
    assert cards["cup"].choices == 1


def test_a_product_of_several_variants_starts_from_the_cheapest_that_is_sold(shop: SmallShop) -> None:
    product = catalog.save_product(
        product_id=None,
        slug="mug",
        name=Bilingual("Mug", "杯"),
        text=Bilingual(),
        category_id=None,
        is_published=True,
        actor=None,
        now=NOON,
        variants=[VariantDraft(sku="M1"), VariantDraft(sku="M2"), VariantDraft(sku="M3", is_sellable=False)],
    )
    for variant, amount in zip(product.variants, (900, 700, 100), strict=True):
        pricing.set_price(variant_id=variant.id, amount_minor=amount, reason="test", actor=None, now=NOON)

    shown = browse.shown(slug="mug")

    assert shown.tag is not None
    assert shown.tag.amount_minor == 700
    assert shown.has_several_prices
    assert [choice.variant.sku for choice in shown.choices] == ["M1", "M2"]
    assert not shown.can_be_bought


@pytest.mark.parametrize("sort", list(Sort))
def test_a_shelf_of_a_thousand_costs_as_many_queries_as_one_of_two(shop: SmallShop, sort: Sort, django_assert_max_num_queries: Any) -> None:
    thousand()

    with django_assert_max_num_queries(10):
        page = browse.shelf(sort=sort, number=3, size=24)

    assert page.total == 1_002
    assert len(page.items) == 24


def test_price_orders_run_over_all_pages(shop: SmallShop) -> None:
    thousand()

    amounts = [
        card.tag.amount_minor
        for number in range(1, 12)
        for card in browse.shelf(sort=Sort.PRICE_UP, number=number, size=100).items
        if card.tag
    ]
    down = [card.tag.amount_minor for card in browse.shelf(sort=Sort.PRICE_DOWN, size=100).items if card.tag]

    assert len(amounts) == 1_002
    assert amounts == sorted(amounts)
    assert down == sorted(amounts, reverse=True)[:100]


def test_goods_without_a_price_stand_last_both_ways(shop: SmallShop) -> None:
    pricing.withdraw_price(variant_id=shop.variants["CUP"], reason="test", actor=None, now=NOON)

    assert [card.product.slug for card in browse.shelf(sort=Sort.PRICE_UP).items] == ["tea", "cup"]
    assert [card.product.slug for card in browse.shelf(sort=Sort.PRICE_DOWN).items] == ["tea", "cup"]
    assert browse.shelf(sort=Sort.PRICE_UP).items[1].tag is None


def test_a_page_beyond_the_shelf_is_empty_and_nonsense_is_refused(shop: SmallShop) -> None:
    assert browse.shelf(number=99).items == ()
    assert browse.shelf(number=99, sort=Sort.PRICE_UP).items == ()
    for number, size in ((0, 24), (1, 0), (1, 201)):
        with pytest.raises(OutOfRange):
            browse.shelf(number=number, size=size)


def test_what_is_unpublished_or_unknown_is_not_found(shop: SmallShop) -> None:
    catalog.unpublish(product_id=catalog.product("tea").id, actor=None, now=NOON)

    for slug in ("tea", "none"):
        with pytest.raises(NotFound):
            browse.shown(slug=slug)
    with pytest.raises(NotFound):
        browse.category_of("none")
    assert [card.product.slug for card in browse.shelf().items] == ["cup"]
