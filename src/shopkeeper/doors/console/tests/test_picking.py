"""The picking list: what to fetch from which warehouse for which orders. Looking at it changes nothing."""

import re
from typing import Any

import pytest

from shopkeeper.doors.console import picking
from shopkeeper.doors.console.tests.builders import Staff, marks
from shopkeeper.doors.console.tests.test_lists import queries
from shopkeeper.doors.console.tests.test_refund_form import money_kept
from shopkeeper.flows import cancel_order, ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.selling.orders.shapes import Order


def address(*found: Order) -> str:
    return "orders/picking/?" + "&".join(f"order={order.id}" for order in found)


def parts(answer: Any) -> list[tuple[str, list[tuple[str, int, list[tuple[str, int]]]]]]:
    """Return what the page says, warehouse by warehouse: SKU, pieces, and how many of them for which order."""
    return [
        (part.code, [(row.sku, row.units, [(each.number, each.units) for each in row.orders]) for row in part.rows])
        for part in answer.context["parts"]
    ]


def test_orders_are_gathered_by_warehouse_and_sku(shop: SmallShop, clerk: Staff) -> None:
    shop.receive("TEA", 5, warehouse=shop.north)
    small, large = shop.buy(TEA=2, CUP=1), shop.buy(TEA=12)

    answer = clerk.get(address(small, large))

    assert answer.status_code == 200
    assert parts(answer) == [
        ("MAIN", [("CUP", 1, [(small.number, 1)]), ("TEA", 10, [(small.number, 2), (large.number, 8)])]),
        ("NORTH", [("TEA", 4, [(large.number, 4)])]),
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Picking list", "Tea of the house", "Print")), ("zh-hans", ("拣货单", "本店TEA", "打印"))]
)
def test_the_list_is_written_in_the_readers_language(shop: SmallShop, clerk: Staff, language: str, words: tuple[str, ...]) -> None:
    clerk.read(language)

    page = clerk.text(address(shop.buy(TEA=1)))

    assert all(word in page for word in words)
    assert page.count('class="sk-tick"') == 1


def test_looking_at_it_changes_nothing(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(TEA=1)
    before = marks()

    clerk.get(address(order))
    clerk.client.post("/console/orders/", {"bulk": "picking", "row": [order.id]})

    assert marks() == before


def test_what_has_left_already_is_not_picked_again(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(TEA=3)
    ship_order.ship(order_id=order.id, carrier="DHL", lines=[(order.lines[0].id, 1)], actor=None, now=NOON)

    assert parts(clerk.get(address(order))) == [("MAIN", [("TEA", 2, [(order.number, 2)])])]


def test_orders_with_nothing_to_pick_are_named_with_the_reason(shop: SmallShop, clerk: Staff) -> None:
    unpaid, gone, sent, good = shop.buy(method="test-silent", TEA=1), shop.buy(TEA=1), shop.buy(TEA=1), shop.buy(CUP=1)
    cancel_order.cancel(order_id=gone.id, reason="buyer", actor=None, now=NOON)
    ship_order.ship(order_id=sent.id, carrier="DHL", actor=None, now=NOON)

    answer = clerk.get(address(unpaid, gone, sent, good) + "&order=999999")

    assert [row[0] for row in parts(answer)[0][1]] == ["CUP"]
    left = {each.number: each.state.label for each in answer.context["left_out"]}
    assert left == {unpaid.number: "Awaits payment", gone.number: "Cancelled", sent.number: "Shipped"}
    assert answer.context["unknown"] == ["999999"]
    assert "999999" in answer.content.decode()


def test_with_nothing_to_pick_at_all_the_page_says_so(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(method="test-silent", TEA=1)

    answer = clerk.get(address(order))

    assert answer.status_code == 200
    assert "Nothing to pick" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", ("101", "at most 100")), ("zh-hans", ("101", "最多 100"))])
def test_more_orders_than_a_list_takes_are_refused_by_number(shop: SmallShop, clerk: Staff, language: str, words: tuple[str, ...]) -> None:
    clerk.read(language)
    wanted = "&".join(f"order={number}" for number in range(1, picking.MOST_ORDERS + 2))

    answer = clerk.get(f"orders/picking/?{wanted}")

    assert answer.status_code == 400
    assert all(word in answer.content.decode() for word in words)


def test_however_many_rows_are_ticked_the_address_stays_short_enough_to_be_followed(shop: SmallShop, clerk: Staff) -> None:
    ticked = list(range(1, 900))

    answer = clerk.client.post("/console/orders/", {"bulk": "picking", "row": ticked})

    assert answer["Location"].count("order=") == picking.MOST_ORDERS + 1
    assert "at most 100" in clerk.client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("wanted", ["", "?order=", "?order=x", "?order=99999999999999999999999", "?order=-1", "?order=🍵"])
def test_no_order_or_nonsense_is_refused(clerk: Staff, wanted: str) -> None:
    answer = clerk.get(f"orders/picking/{wanted}")

    assert answer.status_code == 400
    assert "tick orders" in answer.content.decode()


def test_a_longer_list_asks_no_more_questions(shop: SmallShop, clerk: Staff) -> None:
    found = [shop.buy(TEA=1, CUP=1) for _ in range(4)]
    clerk.get(address(found[0]))

    assert queries(clerk, address(*found)) <= queries(clerk, address(found[0])) <= 40


def test_the_orders_list_and_an_orders_page_lead_there(shop: SmallShop, clerk: Staff) -> None:
    order, other = shop.buy(TEA=1), shop.buy(TEA=2)

    answer = clerk.client.post("/console/orders/", {"bulk": "picking", "row": [order.id, other.id]})

    assert answer.status_code == 302
    assert answer["Location"] == f"/console/{address(order, other)}"
    assert f"/console/{address(order)}" in clerk.text(f"orders/{order.id}/")
    assert re.search(r'name="bulk" value="picking"', clerk.text("orders/"))


def test_an_order_with_nothing_to_ship_offers_no_list(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(method="test-silent", TEA=1)

    assert "/picking/" not in clerk.text(f"orders/{order.id}/")


def test_a_delivery_note_is_offered_where_a_parcel_was_sent_or_may_be(
    shop: SmallShop, clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = money_kept(shop, monkeypatch)
    unpaid, paid, sent, gone = shop.buy(method="test-silent", CUP=1), shop.buy(CUP=1), shop.buy(CUP=1), shop.buy(CUP=1)
    ship_order.ship(order_id=sent.id, carrier="DHL", actor=None, now=NOON)
    cancel_order.cancel(order_id=gone.id, reason="buyer", actor=None, now=NOON)

    offered = {
        order.id: f"/console/orders/{order.id}/slip/" in clerk.text(f"orders/{order.id}/") for order in (unpaid, paid, sent, gone, expired)
    }

    assert offered == {unpaid.id: False, paid.id: True, sent.id: True, gone.id: False, expired.id: False}


def test_whoever_may_not_ship_may_not_pick(shop: SmallShop, clerk: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.buy(TEA=1)
    acts = access.acts_of(clerk.id)
    monkeypatch.setattr(access, "acts_of_standing", lambda found: acts - {"orders.ship"})

    assert clerk.get(address(order)).status_code == 403
    assert clerk.client.post("/console/orders/", {"bulk": "picking", "row": [order.id]}).status_code == 403
    assert 'value="picking"' not in clerk.text("orders/")
