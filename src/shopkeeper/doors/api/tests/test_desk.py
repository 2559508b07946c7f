"""What staff do over the API: the same flows as in the console, with audit row and fact."""

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff, placed
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import public as orders


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def acts(staff: Staff) -> list[str]:
    return [entry.act for entry in reversed(audit.entries(actor=staff.user_id).items)]


def test_orders_are_listed_filtered_and_paged(shop: SmallShop, owner: Staff) -> None:
    first, second = placed(owner, shop)["order"], placed(owner, shop, CUP=1)["order"]
    owner.post(f"orders/{second['token']}/cancel")

    every = owner.get("staff/orders?size=1")
    paid = owner.get("staff/orders?state=paid&country=gb&needs_shipping=true&text=ann")

    assert (every.body["total"], every.body["pages"], len(every.body["items"])) == (2, 2, 1)
    assert every.body["items"][0]["number"] == second["number"]
    assert [item["number"] for item in paid.body["items"]] == [first["number"]]
    assert paid.body["items"][0]["total"] == {"amount_minor": 2_895, "currency": "GBP"}
    assert owner.get("staff/orders?placed_from=2099-01-01T00:00:00Z").body["items"] == []
    for number in ("-7.05e-300", "1772409600"):
        odd = owner.get(f"staff/orders?placed_before={number}")
        assert (odd.status, odd.code, odd.body["field"]) == (422, "invalid", "placed_before")
    assert owner.get("staff/orders?text=%00").status == 422


def test_an_order_is_read_by_its_number(shop: SmallShop, owner: Staff) -> None:
    number = placed(owner, shop)["order"]["number"]

    assert owner.get(f"staff/orders/{number.lower()}").body["number"] == number
    assert owner.get("staff/orders/SK-999999").code == "not_found"


def test_goods_are_sent_in_parts(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=2)["order"]
    line = {"line_id": order["lines"][0]["id"], "units": 1}

    part = owner.post(f"staff/orders/{order['number']}/shipments", {"carrier": "DHL", "warehouse": "main", "lines": [line]})
    rest = owner.post(f"staff/orders/{order['number']}/shipments", {"carrier": "DHL", "tracking_number": "T1"})
    over = owner.post(f"staff/orders/{order['number']}/shipments", {"carrier": "DHL"})

    assert (part.status, part.body["state"]) == (201, "shipping")
    assert rest.body["state"] == "shipped"
    assert rest.body["shipments"][1]["tracking_number"] == "T1"
    assert rest.body["shipments"][0]["warehouse"] == "MAIN"
    assert over.status == 409
    assert acts(owner) == ["orders.ship", "orders.ship"]
    assert len(told("OrderShipped")) == 2


def test_a_line_is_refunded_and_put_back(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=2)["order"]
    owner.post(f"staff/orders/{order['number']}/shipments", {"carrier": "DHL"})
    line = {"line_id": order["lines"][0]["id"], "units": 1, "restock": True}

    refund = owner.post(f"staff/orders/{order['number']}/refunds", {"lines": [line], "reason": "damaged"})

    assert (refund.status, refund.body["state"]) == (201, "settled")
    assert refund.body["total"] == {"amount_minor": 1_250, "currency": "GBP"}
    assert shop.available("TEA") == 9
    assert acts(owner)[-1] == "orders.refund"
    assert told("OrderRefunded")[0]["total_minor"] == 1_250


def test_a_refund_sent_again_under_its_key_is_answered_the_same_and_pays_once(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=3)["order"]
    path, line = f"staff/orders/{order['number']}/refunds", order["lines"][0]["id"]
    body = {"lines": [{"line_id": line, "units": 1}], "reason": "late"}

    first, again = (owner.post(path, body, Idempotency_Key="🔑 1") for _ in range(2))
    other = owner.post(path, {**body, "delivery": True}, Idempotency_Key="🔑 1")
    long = owner.post(path, body, Idempotency_Key="k" * 101)

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (other.status, other.code, other.body["field"]) == (409, "key_reused", "idempotency_key")
    assert (long.status, long.body["field"]) == (422, "Idempotency-Key")
    assert orders.by_number(order["number"]).refunded_minor == 1_250
    assert len(told("OrderRefunded")) == 1


def test_more_than_is_left_is_not_refunded(shop: SmallShop, owner: Staff) -> None:
    order = placed(owner, shop, TEA=2)["order"]
    path, line = f"staff/orders/{order['number']}/refunds", order["lines"][0]["id"]

    over = owner.post(path, {"lines": [{"line_id": line, "units": 3}], "reason": "late"})
    nothing = owner.post(path, {"reason": "late"})
    odd = owner.post(path, {"reason": "because", "lines": [{"line_id": line, "units": 1, "restock": "yes"}], "delivery": 1})
    foreign = owner.post(path, {"lines": [{"line_id": line + 1_000, "units": 1}], "reason": "late"})

    assert (over.status, over.code, over.body["value"]) == (422, "too_many_units", "3")
    assert (nothing.status, nothing.code) == (422, "nothing_to_do")
    assert {error["field"] for error in odd.body["errors"]} == {"reason", "lines.0.restock", "delivery"}
    assert (foreign.status, foreign.code) == (404, "not_found")
    assert orders.by_number(order["number"]).refunded_minor == 0
    assert acts(owner) == []


def test_an_order_is_cancelled_with_its_reason(shop: SmallShop, owner: Staff) -> None:
    number = placed(owner, shop)["order"]["number"]

    answer = owner.post(f"staff/orders/{number}/cancel", {"reason": "fraud"})

    assert (answer.body["state"], answer.body["cancel_reason"]) == ("cancelled", "fraud")
    assert owner.post(f"staff/orders/{number}/cancel", {"reason": "boredom"}).status == 422
    assert acts(owner) == ["orders.cancel"]


def test_stock_is_adjusted_where_it_lies(shop: SmallShop, owner: Staff) -> None:
    answer = owner.post("staff/stock-adjustments/LAMP/S", {"warehouse": "MAIN", "units": -1, "note": "broken in transit"})

    assert answer.status == 201
    assert answer.body == {"sku": "LAMP/S", "warehouse": "MAIN", "on_hand": 2, "held": 0, "available": 2}
    assert [each["on_hand"] for each in owner.get("staff/stock/LAMP/S").body["items"]] == [2]
    assert acts(owner) == ["inventory.adjust"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"units": 0}, (422, "out_of_range", "units")),
        ({"units": -4}, (409, "below_held", "units")),
        ({"units": 10**9}, (422, "invalid", "units")),
        ({"note": " "}, (422, "out_of_range", "note")),
        ({"warehouse": "MOON"}, (422, "malformed", "warehouse")),
    ],
)
def test_odd_adjustments_are_refused(shop: SmallShop, owner: Staff, change: dict[str, object], expected: tuple[int, str, str]) -> None:
    body = {"warehouse": "MAIN", "units": 1, "note": "found"} | change

    answer = owner.post("staff/stock-adjustments/LAMP/S", body)

    assert (answer.status, answer.code, answer.body["field"]) == expected
    assert shop.available("LAMP/S") == 3
    assert acts(owner) == []


def test_a_price_is_set_and_shown(shop: SmallShop, owner: Staff) -> None:
    answer = owner.put("staff/prices/TEA", {"amount_minor": 1_000, "currency": "GBP", "reason": "sale"})

    assert answer.body["price"] == {"amount_minor": 1_000, "currency": "GBP"}
    assert answer.body["reference"] == {"amount_minor": 1_250, "currency": "GBP"}
    assert Caller().get("products/tea").body["variants"][0]["price"]["price"]["amount_minor"] == 1_000
    assert acts(owner) == ["pricing.set_price"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"amount_minor": 0, "currency": "GBP"}, "invalid", "amount_minor"),
        ({"amount_minor": 10**13, "currency": "GBP"}, "invalid", "amount_minor"),
        ({"amount_minor": 12.5, "currency": "GBP"}, "invalid", "amount_minor"),
        ({"amount_minor": 100, "currency": "EUR"}, "wrong_currency", "currency"),
        ({"amount_minor": 100, "currency": "ABC"}, "malformed", "currency"),
        ({"amount_minor": 100}, "invalid", "currency"),
    ],
)
def test_odd_prices_are_refused(shop: SmallShop, owner: Staff, body: dict[str, object], code: str, field: str) -> None:
    answer = owner.put("staff/prices/TEA", body)

    assert (answer.status, answer.code, answer.body["field"]) == (422, code, field)
    assert acts(owner) == []
