"""Search hears of prices and stock, so that what it narrows down by is so a moment later."""

import pytest

from shopkeeper.events import public as events
from shopkeeper.flows import index_products, searching
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.tests.builders import a_brand, tell
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.search.shapes import Narrowed
from shopkeeper.wiring.reactions import REACTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(tmp_path, settings) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    made = small_shop()
    index_products.index_all()
    heard()
    return made


def heard() -> None:
    events.dispatch_all(REACTIONS, now=NOON)


def there() -> set[str]:
    page = searching.found(text="tea cup", narrowed=Narrowed(in_stock=True))
    return {card.product.slug for card in page}


def test_a_new_price_is_known_to_search_once_the_news_is_heard(shop: SmallShop) -> None:
    pricing.set_price(variant_id=shop.variants["TEA"], amount_minor=4_200, reason="test", actor=None, now=NOON)
    heard()

    page = searching.found(text="tea", narrowed=Narrowed(prices=[(4_200, 4_201)]), currency="GBP")

    assert [card.product.slug for card in page] == ["tea"]


def test_goods_that_are_sold_out_received_and_released_are_known(shop: SmallShop) -> None:
    assert there() == {"tea", "cup"}
    order = shop.buy(TEA=10, method="test-silent").id
    heard()
    assert there() == {"cup"}

    inventory.release(order_id=order, reason="cancelled", now=NOON)
    heard()

    assert there() == {"tea", "cup"}


def test_a_brand_is_found_by_its_new_name_once_the_news_is_heard(shop: SmallShop) -> None:
    brand = a_brand("acme")
    tell(catalog.product("tea").id, brand_id=brand)
    heard()
    assert [card.product.slug for card in searching.found(text="acme")] == ["tea"]

    catalog.save_brand(brand_id=brand, slug="bolt", name=Bilingual("Bolt", "闪电"), actor=None, now=NOON)
    heard()

    assert [card.product.slug for card in searching.found(text="bolt")] == ["tea"]
    assert searching.found(text="acme").total == 0
