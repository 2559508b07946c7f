"""What was found comes with what narrows it down; goods are put first by the names staff know them by."""

import pytest

from shopkeeper.flows import index_products, searching
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.tests.builders import a_brand, a_shirt, an_attribute, of_attribute, says, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> SmallShop:
    made = small_shop()
    index_products.index_all()
    return made


def test_what_was_found_is_counted_by_shelf_and_price(shop: SmallShop) -> None:
    kitchen = catalog.save_category(
        category_id=None, slug="kitchen", name=Bilingual("Kitchen", "厨房"), intro=Bilingual(), parent_id=None, drawing="", tint="",
        position=1, actor=None, now=NOON,
    )  # fmt: skip
    tea = catalog.product("tea")
    kept = [VariantDraft(id=each.id, sku=each.sku) for each in tea.variants]
    catalog.save_product(
        product_id=tea.id, slug=tea.slug, name=tea.name, text=tea.text, category_id=kitchen, variants=kept, is_published=True, actor=None,
        now=NOON,
    )  # fmt: skip
    index_products.index([tea.id])

    page = searching.found(text="kitchen", currency="GBP")

    assert [(each.slug, goods) for each, goods in page.categories] == [("kitchen", 1)]
    assert [(each.least, each.below, each.goods) for each in page.bands] == [(1_000, 2_000, 1)]
    assert page.in_stock == 1


def test_goods_are_pinned_by_sku_or_web_name(shop: SmallShop) -> None:
    searching.pin(pin_id=None, asked="tea", goods=["CUP", "tea"], actor=None, now=NOON)

    assert [card.product.slug for card in searching.found(text="tea")] == ["cup", "tea"]
    with pytest.raises(NotFound):
        searching.pin(pin_id=None, asked="other", goods=["no-such-thing"], actor=None, now=NOON)


def test_prices_are_parted_in_sums_people_think_in() -> None:
    assert searching.bands_in("GBP")[:3] == (500, 1_000, 2_000)
    assert searching.bands_in("JPY")[:3] == (500, 1_000, 2_000)


def test_search_counts_answers_as_shelves_do_with_those_that_variants_stand_for(shop: SmallShop) -> None:
    colour = an_attribute()
    shirt = a_shirt(of_attribute(colour, "red", "blue"))
    tell(shirt, says(colour, "red"), brand_id=a_brand("acme"))
    tell(catalog.product("tea").id, says(colour, "blue"), brand_id=a_brand("bolt"))
    index_products.index_all()

    blue = catalog.narrowing({"colour": ["blue"], "brand": ["bolt"]})

    assert searching.found(text="acme bolt").facets == catalog.facets(None)
    narrowed = searching.found(text="acme bolt", wanted=blue)
    assert narrowed.facets == catalog.facets(None, blue)
    assert [each.product.slug for each in narrowed] == ["tea"]
