"""A bundle in the shop: what is in it, what it saves, why it cannot be had, and that kept pages follow its parts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import bundles, place_order, ship_order
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Contact, Order
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import Wanted

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 6


@pytest.fixture
def shop() -> Corner:
    """The corner shop with a bundle DESK of one LAMP (£12.00, 8 there) and two CUP-S (£8.50 each, 20 there) for £25.00."""
    made = corner()
    shelf = catalog.save_category(category_id=None, slug="sets", name=Bilingual("Sets", "套装"), actor=None, now=NOON)
    product = catalog.save_product(
        product_id=None, slug="desk", name=Bilingual("Desk set", "书桌套装"), text=Bilingual(), category_id=shelf,
        variants=[VariantDraft(sku="DESK")], is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    made.products["desk"], made.variants["DESK"] = product, product.variants[0].id
    made.price("DESK", 2_500)
    parts = [PartDraft(made.variants["LAMP"], 1), PartDraft(made.variants["CUP-S"], 2)]
    bundles.save_bundle(variant_id=made.variants["DESK"], parts=parts, actor=None, now=NOON)
    return made


def said(shop: Corner, address: str = "/en/goods/desk/") -> str:
    return " ".join(shop.visitor(address[1:3]).get(address).content.decode().split())


def take(shop: Corner, sku: str, units: int) -> None:
    main = inventory.warehouses()[0].id
    inventory.adjust(variant_id=shop.variants[sku], warehouse_id=main, units=-units, note="broken", actor=None, now=NOON)


def bought(shop: Corner) -> Order:
    basket = orders.open_basket(now=NOON)
    basket = orders.add_line(token=basket.token, variant_id=shop.variants["DESK"], units=1, now=NOON)
    quote = pricing.quote(wanted=[Wanted(variant_id=shop.variants["DESK"], units=1)], country="GB", delivery_option_id=shop.delivery_id)
    placed = place_order.place_order(
        basket_token=basket.token, buyer=None, contact=Contact(email="ann@example.com", name="Ann"),
        address=Address(name="Ann", line1="1 High Street", city="London", postcode="N1 1AA", country="GB"),
        delivery_option_id=shop.delivery_id, payment_method="test-ok", seen_digest=quote.digest, idempotency_key="desk-1", language="en",
        now=NOON,
    )  # fmt: skip
    return orders.order(placed.order_id)


def test_the_page_says_what_is_in_it_and_what_it_saves(shop: Corner) -> None:
    text = said(shop)

    assert "In this bundle: 3 pieces" in text
    assert '<b>1 ×</b> <a href="/en/goods/lamp/">Brass lamp</a>' in text
    assert '<b>2 ×</b> <a href="/en/goods/cup/">Enamel cup</a> <small>Small</small>' in text
    assert "Separately £29.00" in text
    assert "you save £4.00" in text
    assert "In stock" in text


def test_the_page_says_it_in_chinese(shop: Corner) -> None:
    text = said(shop, "/zh-hans/goods/desk/")

    assert "本套装共 3 件" in text
    assert "单买共" in text
    assert "立省" in text


def test_nothing_is_saved_where_the_parts_cost_no_more_or_have_no_price(shop: Corner) -> None:
    shop.price("DESK", 2_900)
    assert "you save" not in said(shop)

    shop.price("DESK", 2_000)
    pricing.withdraw_price(variant_id=shop.variants["LAMP"], reason="test", actor=None, now=NOON)

    assert "you save" not in said(shop)


def test_a_kept_page_follows_the_stock_and_the_prices_of_the_parts(shop: Corner) -> None:
    assert "In stock" in said(shop)

    take(shop, "CUP-S", 16)
    assert "Only 2 left" in said(shop)

    shop.price("LAMP", 1_300)
    assert "Separately £30.00" in said(shop)

    take(shop, "CUP-S", 3)
    assert "Sold out" in said(shop)
    assert 'class="tag gone"' in said(shop, "/en/shelves/sets/")


def test_a_part_off_sale_is_named_where_the_bundle_cannot_be_bought(shop: Corner) -> None:
    client = shop.visitor()
    shop.add(client, "DESK")
    assert "In this bundle" in said(shop)
    catalog.unpublish(product_id=shop.products["lamp"].id, actor=None, now=NOON)

    text = said(shop)
    assert "a part of it is not on sale: Brass lamp." in text
    assert 'href="/en/goods/lamp/"' not in text.split("In this bundle")[1].split("</section>")[0]
    assert "黄铜灯" in said(shop, "/zh-hans/goods/desk/").split("暂未销售（")[1]
    basket = client.get("/en/basket/").content.decode()
    assert "A bundle cannot be bought, because a part of it is not on sale: Brass lamp." in basket


def test_the_page_costs_at_most_six_statements(shop: Corner) -> None:
    client = shop.visitor()
    client.get("/en/goods/desk/")
    pages.forget()

    with CaptureQueriesContext(connection) as asked:
        client.get("/en/goods/desk/")

    assert len(asked) <= MOST, [each["sql"][:120] for each in asked]


def test_basket_and_order_say_what_is_in_the_bundle(shop: Corner) -> None:
    client = shop.visitor()
    shop.add(client, "DESK")
    order = bought(shop)

    for address in ("/en/basket/", f"/en/orders/{order.token}/"):
        text = " ".join(client.get(address).content.decode().split())
        assert "1 × Brass lamp, 2 × Enamel cup · Small" in text, address


def test_no_more_bundles_are_put_into_the_basket_than_the_parts_allow(shop: Corner) -> None:
    answer = shop.visitor().post("/en/basket/add/", {"variant": shop.variants["DESK"], "units": 9})

    assert answer.status_code == 422
    assert "8 left" in answer.content.decode()


def test_a_parcel_with_parts_of_a_bundle_names_them(shop: Corner) -> None:
    main, north = (each.id for each in inventory.warehouses())
    cup = shop.variants["CUP-S"]
    inventory.transfer(variant_id=cup, from_warehouse_id=main, to_warehouse_id=north, units=20, actor=None, now=NOON)
    order = bought(shop)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)

    text = " ".join(shop.visitor().get(f"/en/orders/{order.token}/").content.decode().split())

    assert "<li>1 × Brass lamp <small>from a bundle</small></li>" in text
    assert "<li>2 × Enamel cup · Small <small>from a bundle</small></li>" in text
