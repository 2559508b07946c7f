"""What buyers ask over the API: particulars of a basket, requests about an order; staff decide, each once."""

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Caller, Staff, filled, order_of
from shopkeeper.flows import place_order, ship_order
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order


@pytest.fixture
def sent(shop: SmallShop) -> Order:
    order = shop.buy(TEA=2)
    ship_order.ship(order_id=order.id, warehouse_id=None, carrier="DHL", tracking_number="", lines=None, actor=None, now=timezone.now())
    return orders.order(order.id)


def test_a_request_is_asked_read_and_decided_once(caller: Caller, sent: Order) -> None:
    path, line = f"orders/{sent.token}/requests", sent.lines[0].id

    before = caller.get(path).body
    made = caller.post(path, {"kind": "return", "reason": "changed_mind", "lines": [{"line_id": line, "units": 1}]})
    after = caller.get(path).body

    assert before["may_return"] == [{"line_id": line, "units": 2}]
    assert before["free_until"]
    assert (made.status, made.body["state"], made.body["basis"]) == (201, "waiting", "free")
    assert after["may_return"] == [{"line_id": line, "units": 1}]
    clerk = Staff(Role.CLERK)
    decisions = f"staff/requests/{made.body['id']}/decisions"
    assert clerk.post(decisions, {"accept": False, "answer": ""}).code == "out_of_range"
    assert clerk.post(decisions, {"accept": True, "answer": "Please send it."}).body["state"] == "accepted"
    again = clerk.post(decisions, {"accept": False, "answer": "No"})
    assert (again.status, again.code) == (409, "request_decided")
    assert caller.get(path).body["requests"][0]["answer"] == "Please send it."


def test_nothing_leaves_while_the_buyer_asks_to_cancel_unless_the_sender_says_so(caller: Caller, shop: SmallShop) -> None:
    order = shop.buy(TEA=3)
    ship_order.ship(order_id=order.id, carrier="DHL", lines=[(order.lines[0].id, 1)], actor=None, now=timezone.now())
    made = caller.post(f"orders/{order.token}/requests", {"kind": "cancel", "reason": "changed_mind"}).body
    staff, path = Staff(Role.OWNER), f"staff/orders/{order.number}/shipments"

    refused = staff.post(path, {"carrier": "DHL"}, Idempotency_Key="s")
    again = staff.post(path, {"carrier": "DHL", "cancel_requests": [made["id"]]}, Idempotency_Key="s")

    assert (refused.status, refused.code, refused.body["field"]) == (409, "cancel_asked", "request")
    assert refused.body["remedy"]
    assert again.status == 201, again.body
    assert len(again.body["shipments"]) == 2


def test_what_cannot_be_asked_changes_nothing(caller: Caller, sent: Order) -> None:
    path, line = f"orders/{sent.token}/requests", sent.lines[0].id

    for body, code in [
        ({"kind": "party", "reason": "faulty"}, "invalid"),
        ({"kind": "return", "reason": "faulty", "lines": []}, "invalid"),
        ({"kind": "return", "reason": "faulty", "lines": [{"line_id": line, "units": 3}]}, "too_many_units"),
        ({"kind": "return", "reason": "faulty", "lines": [{"line_id": line, "units": 1}] * 2}, "malformed"),
        ({"kind": "cancel", "reason": "changed_mind"}, "not_to_be_asked"),
        ({"kind": "return", "reason": "faulty", "note": "x" * 501}, "invalid"),
    ]:
        answer = caller.post(path, body)
        assert answer.code == code, (body, answer.body)

    assert orders.requests_of(sent.id) == ()


def test_particulars_are_added_to_an_open_basket_and_stay_with_its_order(caller: Caller, shop: SmallShop) -> None:
    basket = shop.basket(TEA=1)
    path = f"baskets/{basket.token}/particulars"
    company = {"kind": "company", "title": "Lee", "tax_number": "GB434031495", "email": "a@example.com"}

    refused = caller.put(path, {"country": "GB", "invoice": company})
    kept = caller.put(path, {"country": "GB", "is_gift": True, "gift_note": "For you"})

    assert (refused.status, refused.body["field"]) == (422, "tax_number")
    assert kept.body == {"is_gift": True, "gift_note": "For you", "invoice": None}
    placed = place_order.place_order(**shop.request(basket))
    assert orders.particulars(orders.order(placed.order_id).basket_id).gift_note == "For you"
    late = caller.put(path, {"country": "GB"})
    assert late.status == 409


@pytest.mark.parametrize(("language", "said"), [("en", "check digit"), ("zh-hans", "校验位")])
def test_a_tax_number_of_another_country_than_the_orders_is_refused_at_placing_and_nothing_is_ordered(
    shop: SmallShop, language: str, said: str
) -> None:
    caller = Caller(language)
    basket = filled(caller, TEA=1)
    company = {"kind": "company", "title": "Lee", "tax_number": "DE136695976", "email": "a@example.com"}
    kept = caller.put(f"baskets/{basket}/particulars", {"country": "DE", "invoice": company})
    assert kept.status == 200, kept.body

    refused = caller.post("orders", order_of(caller, shop, basket), Idempotency_Key="k")

    assert (refused.status, refused.body["field"], refused.body["value"]) == (422, "tax_number", "136695976")
    assert said in refused.body["detail"]
    assert refused.body["remedy"]
    assert orders.list_orders().total == 0


def test_a_tax_number_of_the_orders_country_is_kept_with_it(shop: SmallShop, caller: Caller) -> None:
    basket = filled(caller, TEA=1)
    company = {"kind": "company", "title": "Lee", "tax_number": "GB434031494", "email": "a@example.com"}
    caller.put(f"baskets/{basket}/particulars", {"country": "GB", "invoice": company})
    body = order_of(caller, shop, basket)

    first, again = (caller.post("orders", body, Idempotency_Key="k") for _ in range(2))

    assert (first.status, again.status, again.body["order"]["number"]) == (201, 201, first.body["order"]["number"])
