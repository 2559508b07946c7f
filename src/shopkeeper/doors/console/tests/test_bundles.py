"""Bundles in the console: made by lines of SKUs, seen with what they are made of, fetched and sent as their parts."""

import pytest

from shopkeeper.doors.console.bundles import drafts_of
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop, product
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders


def page_of(shop: SmallShop, sku: str) -> str:
    return f"products/{catalog.goods_of(shop.variants[sku]).product_id}/"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("2 × CUP", ("CUP", 2)),
        ("2 x cup  of the house", ("CUP", 2)),
        ("2 CUP", ("CUP", 2)),
        ("CUP", ("CUP", 1)),
        ("  3×TEA", ("TEA", 3)),
        ("10*TEA", ("TEA", 10)),
    ],
)
def test_a_line_says_how_many_of_which_sku(shop: SmallShop, line: str, wanted: tuple[str, int]) -> None:
    (found,) = drafts_of(line)

    assert (found.variant_id, found.units) == (shop.variants[wanted[0]], wanted[1])


def test_lines_that_name_nothing_are_refused(shop: SmallShop) -> None:
    with pytest.raises(NotFound):
        drafts_of("2 × NOTHING")
    with pytest.raises(Malformed):
        drafts_of("99999999 × TEA")


def test_a_bundle_is_made_and_its_page_says_what_it_holds(shop: SmallShop, manager: Staff) -> None:
    shop.variants["SET"] = product("SET")
    shop.price("SET", 2_900)

    answer = manager.post(page_of(shop, "SET") + "bundle/", parts="1 × TEA\n2 × CUP")

    assert answer.status_code == 302, answer.content.decode()
    text = manager.text(page_of(shop, "SET"))
    assert "What is in the bundle" in text
    assert "Its parts allow 2 bundles now." in text
    assert "Tea of the house" in text
    assert "/receive/" not in text
    assert "2 × CUP" in manager.text(page_of(shop, "SET") + "bundle/")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("1 × TEA", "Enter 2 or more."),
        ("2 × SET", "a bundle holds single goods only"),
        ("2 × GONE", "GONE"),
        ("1 × TEA\n1 × TEA", "TEA"),
    ],
)
def test_what_cannot_be_a_bundle_is_said_beside_the_form(shop: SmallShop, manager: Staff, parts: str, said: str) -> None:
    shop.variants["SET"] = product("SET")

    answer = manager.post(page_of(shop, "SET") + "bundle/", parts=parts)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_pages_of_product_and_stock_say_why_a_bundle_cannot_be_bought(shop: SmallShop, manager: Staff) -> None:
    shop.bundle("SET", 2_900, TEA=1, CUP=2)
    catalog.unpublish(product_id=catalog.goods_of(shop.variants["CUP"]).product_id, actor=None, now=NOON)

    for address in (page_of(shop, "SET"), f"stock/{shop.variants['SET']}/"):
        assert "It cannot be bought as long as a part is off sale." in manager.text(address), address


def test_orders_slips_and_picking_lists_name_the_parts(shop: SmallShop, manager: Staff) -> None:
    shop.bundle("SET", 2_900, TEA=1, CUP=2)
    order = shop.buy(SET=2, TEA=1)

    for address in (f"orders/{order.id}/", f"orders/{order.id}/slip/", f"orders/{order.id}/ship/", f"orders/{order.id}/refund/"):
        text = manager.text(address)
        assert "2 × Cup of the house" in text, address
    picking = manager.text(f"orders/picking/?order={order.id}")
    assert "<code>SET</code>" not in picking
    assert "<code>CUP</code>" in picking
    assert "<code>TEA</code>" in picking


def test_a_parcel_of_parts_is_told_by_its_parts(shop: SmallShop, manager: Staff) -> None:
    shop.bundle("SET", 2_900, TEA=1, CUP=2)
    inventory.transfer(
        variant_id=shop.variants["CUP"], from_warehouse_id=shop.main, to_warehouse_id=shop.north, units=5, actor=None, now=NOON
    )
    order = shop.buy(SET=1)
    ship_order.ship(order_id=order.id, carrier="DHL", actor=None, now=NOON)

    assert len(orders.order(order.id).shipments) == 2
    assert manager.text(f"orders/{order.id}/").count("from a bundle") == 2


def test_a_bundle_is_shown_in_chinese(shop: SmallShop, manager: Staff) -> None:
    shop.bundle("SET", 2_900, TEA=1, CUP=2)

    manager.read("zh-hans")
    text = manager.text(page_of(shop, "SET"))

    assert "套装内容" in text
    assert "按现有库存可组成 2 套" in text
