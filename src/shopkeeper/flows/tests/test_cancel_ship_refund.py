"""After the money: goods leave in parcels, orders end early, money goes back; books hold at every step."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.flows import ask_order, audit_books, cancel_order, refund_order, ship_order, sweep
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.kit.locks import LockRank
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    CancelAsked,
    CancelReason,
    NothingToDo,
    OrderState,
    ParcelLine,
    RefundReason,
    RefundState,
    RefundWish,
    TooManyUnits,
    WrongState,
)
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Answer, ProviderSilent
from shopkeeper.selling.payments.shapes import EventKind

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=10)


def ship(order, **changes):
    arguments = {"order_id": order.id, "carrier": "Royal Mail", "tracking_number": "RM1", "actor": None, "now": LATER}
    return ship_order.ship(**{**arguments, **changes})


def refund(order, *wishes, delivery=False, **changes):
    arguments = {"order_id": order.id, "lines": wishes, "delivery": delivery, "reason": RefundReason.DAMAGED, "actor": None, "now": LATER}
    return refund_order.refund(**{**arguments, **changes})


def acts(order):
    return [entry.act for entry in audit.entries(subject=f"order:{order.id}")]


# ── ship ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_to_cancel_that_came_a_moment_before_lets_nothing_leave(shop, monkeypatch):
    order = shop.buy(TEA=3)
    ship(order, lines=[(order.lines[0].id, 1)])
    real, made = ship_order.requests, []

    def once(**asked):
        # The other person is faster: after the form was read, before the parcel is made.
        made.append(ask_order.ask(order_id=order.id, kind="cancel", reason="changed_mind", wishes=None, now=LATER))
        return real.once(**asked)

    with monkeypatch.context() as planted:
        planted.setattr(ship_order, "requests", SimpleNamespace(once=once, STAFF=real.STAFF))
        with pytest.raises(CancelAsked) as refused:
            ship(order)

    assert (refused.value.request_id, refused.value.number) == (made[0].id, order.number)
    assert len(orders.order(order.id).shipments) == acts(order).count("orders.ship") == 1
    with pytest.raises(CancelAsked):
        ship(order, cancels_seen=[made[0].id + 1])
    assert len(ship(order, cancels_seen=[made[0].id])) == 1


def test_a_request_that_is_decided_or_asks_for_something_else_lets_goods_leave(shop):
    order = shop.buy(TEA=3)
    ship(order, lines=[(order.lines[0].id, 1)])
    asked = ask_order.ask(order_id=order.id, kind="cancel", reason="changed_mind", wishes=None, now=LATER)
    orders.withdraw_request(order_id=order.id, request_id=asked.id, now=LATER)
    ask_order.ask(order_id=order.id, kind="return", reason="changed_mind", wishes=None, now=LATER)

    assert len(ship(order)) == 1


def test_shipping_all_moves_the_stock_and_tells(shop):
    order = shop.buy(TEA=2, CUP=1)

    (parcel_id,) = ship(order)

    shipped = orders.order(order.id)
    assert shipped.state is OrderState.SHIPPED
    assert (shipped.shipments[0].id, shipped.shipments[0].carrier, shipped.shipments[0].tracking_number) == (parcel_id, "Royal Mail", "RM1")
    assert [(shelf.on_hand, shelf.held) for shelf in inventory.shelves([shop.variants["TEA"]])] == [(8, 0)]
    (fact,) = told("OrderShipped")
    assert fact["is_complete"] is True
    assert [line["units"] for line in fact["lines"]] == [2, 1]
    assert acts(order) == ["orders.ship"]
    assert audit_books.run(LATER).is_right


def test_an_order_can_leave_in_parts(shop):
    order = shop.buy(TEA=3, CUP=1)
    tea, cup = order.lines

    ship(order, lines=[ParcelLine(line_id=tea.id, units=1)])
    assert orders.order(order.id).state is OrderState.SHIPPING
    ship(order, lines=[(tea.id, 2), (cup.id, 1)])

    assert orders.order(order.id).state is OrderState.SHIPPED
    assert [fact["is_complete"] for fact in told("OrderShipped")] == [False, True]
    assert audit_books.run(LATER).is_right


def test_goods_of_two_warehouses_leave_in_two_parcels(shop):
    shop.receive("TEA", 5, warehouse=shop.north)
    order = shop.buy(TEA=12)

    first, second = ship(order)

    assert first != second
    sent = [(parcel.warehouse_id, parcel.lines[0].units) for parcel in orders.order(order.id).shipments]
    assert sent == [(shop.main, 10), (shop.north, 2)]
    assert [fact["is_complete"] for fact in told("OrderShipped")] == [False, True]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"carrier": " "}, OutOfRange),
        ({"carrier": "x" * 101}, OutOfRange),
        ({"tracking_number": "\x00"}, Malformed),
        ({"lines": []}, NothingToDo),
        ({"lines": [(999_999, 1)]}, NotFound),
        ({"warehouse_id": 999_999}, NothingToDo),
        ({"order_id": 999_999}, NotFound),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_and_nothing_moves(shop, changes, refusal):
    order = shop.buy(TEA=2)

    with pytest.raises(refusal):
        ship(order, **changes)

    assert orders.order(order.id).state is OrderState.PAID
    assert inventory.held(order.id)[0].units == 2
    assert acts(order) == []


def test_more_than_is_left_is_not_sent(shop):
    order = shop.buy(TEA=2)
    ship(order, lines=[(order.lines[0].id, 1)])

    with pytest.raises(TooManyUnits) as refused:
        ship(order, lines=[(order.lines[0].id, 2)])

    assert refused.value.most == 1


def test_an_unpaid_order_is_not_sent(shop):
    order = shop.buy(method="test-silent", TEA=2)

    with pytest.raises(WrongState):
        ship(order)


# ── cancel ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_locked_by_rising_rank_when_an_order_ends(shop):
    paid, unpaid = shop.buy(TEA=2), shop.buy(method="test-late", TEA=1)

    for end in (
        lambda: cancel_order.cancel(order_id=paid.id, reason=CancelReason.BUYER, actor=None, now=LATER),
        lambda: sweep.expire(unpaid.id, NOON + timedelta(minutes=31)),
    ):
        with CaptureQueriesContext(connection) as asked:
            end()
        ranks = list(first_locks([query["sql"] for query in asked]))
        assert {LockRank.ORDER, LockRank.PAYMENT, LockRank.HOLD} <= set(ranks)
        assert ranks == sorted(ranks)


LOCKING = {
    LockRank.ORDER: r'FROM "orders_order".*FOR UPDATE',
    LockRank.BASKET: r'UPDATE "orders_basket"|FROM "orders_basket".*FOR UPDATE',
    LockRank.PAYMENT: r'UPDATE "payments_payment"|payments_(hear|ask|rest)\(',
    LockRank.HOLD: r"inventory_release\(",
}


def first_locks(statements):
    """Return the kinds of rows locked, in the order they are first locked, within the transaction that ends the order."""
    first = next(at for at, sql in enumerate(statements) if re.search(LOCKING[LockRank.ORDER], sql))
    places = {rank: [at for at, sql in enumerate(statements[first:]) if re.search(sort, sql)] for rank, sort in LOCKING.items()}
    return sorted((rank for rank, found in places.items() if found), key=lambda rank: places[rank][0])


def test_cancelling_a_paid_order_gives_back_goods_and_money(shop):
    order = shop.buy(TEA=2, CUP=1)

    cancelled = cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=LATER)

    assert cancelled.state is OrderState.CANCELLED
    assert cancelled.refunded_minor == cancelled.paid_minor == order.total_minor
    assert shop.available("TEA") == 10
    assert shop.payment(order.id).balance.refunded_minor == order.total_minor
    assert told("OrderCancelled") == [{"order_id": order.id, "reason": "buyer", "was_paid": True}]
    assert [fact["total_minor"] for fact in told("OrderRefunded")] == [order.total_minor]
    assert acts(order) == ["orders.cancel"]
    assert audit_books.run(LATER).is_right


def test_an_order_that_left_is_not_cancelled(shop):
    order = shop.buy(TEA=2)
    ship(order, lines=[(order.lines[0].id, 1)])

    with pytest.raises(WrongState):
        cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=LATER)

    assert orders.order(order.id).refunded_minor == 0


def test_cancelling_twice_is_refused_the_second_time(shop):
    order = shop.buy(TEA=2)
    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=LATER)

    with pytest.raises(WrongState):
        cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=LATER)

    assert shop.payment(order.id).balance.refunded_minor == order.total_minor


def test_an_unknown_reason_is_refused(shop):
    order = shop.buy(TEA=2)

    with pytest.raises(Malformed) as refused:
        cancel_order.cancel(order_id=order.id, reason="because", actor=None, now=LATER)

    assert refused.value.field == "reason"
    assert orders.order(order.id).state is OrderState.PAID


# ── refund ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_of_two_is_refunded_unit_by_unit_and_then_no_more(shop):
    order = shop.buy(CUP=2, TEA=1)
    ship(order)
    cup = order.lines[0]

    first = refund(order, RefundWish(cup.id, 1, restock=True))
    second = refund(order, (cup.id, 1, False))
    with pytest.raises(TooManyUnits) as refused:
        refund(order, (cup.id, 1, False))

    assert [first.state, second.state] == [RefundState.SETTLED, RefundState.SETTLED]
    assert first.total_minor + second.total_minor == cup.gross_minor
    assert refused.value.most == 0
    assert orders.order(order.id).refunded_minor == cup.gross_minor
    assert shop.available("CUP") == 4
    assert [fact["lines"][0]["tax_minor"] for fact in told("OrderRefunded")] == [167, 166]
    assert acts(order) == ["orders.refund", "orders.refund", "orders.ship"]
    assert audit_books.run(LATER).is_right


def test_goods_and_delivery_together_give_back_all_that_was_paid(shop):
    order = shop.buy(TEA=2)
    ship(order)

    made = refund(order, (order.lines[0].id, 2, False), delivery=True)

    assert (made.goods_minor, made.delivery_minor) == (2_500, 395)
    assert orders.order(order.id).refundable_minor == 0
    assert orders.order(order.id).state is OrderState.SHIPPED
    with pytest.raises(NothingToDo):
        refund(order, delivery=True)


def test_units_refunded_before_they_left_will_not_leave_and_are_free_again(shop):
    order = shop.buy(TEA=3)

    refund(order, (order.lines[0].id, 1, True))

    assert orders.order(order.id).state is OrderState.PAID
    assert shop.available("TEA") == 8
    ship(order)
    assert orders.order(order.id).state is OrderState.SHIPPED
    assert [(shelf.on_hand, shelf.held) for shelf in inventory.shelves([shop.variants["TEA"]])] == [(8, 0)]
    assert audit_books.run(LATER).is_right


def test_refunding_all_before_anything_left_ends_the_order(shop):
    order = shop.buy(TEA=3)

    refund(order, (order.lines[0].id, 3, False), delivery=True)

    assert orders.order(order.id).state is OrderState.CANCELLED
    assert shop.available("TEA") == 10
    assert told("OrderCancelled") == [{"order_id": order.id, "reason": "refunded", "was_paid": True}]
    assert audit_books.run(LATER).is_right


def test_refunding_what_did_not_leave_finishes_an_order_that_left_in_part(shop):
    order = shop.buy(TEA=3)
    ship(order, lines=[(order.lines[0].id, 2)])

    refund(order, (order.lines[0].id, 1, False))

    assert orders.order(order.id).state is OrderState.SHIPPED
    assert shop.available("TEA") == 8
    assert audit_books.run(LATER).is_right


def test_a_refund_the_provider_refuses_can_be_asked_again(shop, monkeypatch):
    order = shop.buy(TEA=2)
    ship(order)

    def refuse(self, ask):
        return Answer(
            kind=EventKind.REFUND_FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="no",
            amount_minor=ask.amount_minor, reason="too_late",
        )  # fmt: skip

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", refuse)
        failed = refund(order, (order.lines[0].id, 2, True))
    assert failed.state is RefundState.FAILED
    assert orders.order(order.id).refunded_minor == 0
    assert shop.available("TEA") == 8
    assert told("OrderRefunded") == []

    assert refund(order, (order.lines[0].id, 2, True)).state is RefundState.SETTLED
    assert shop.available("TEA") == 10
    assert audit_books.run(LATER).is_right


def test_a_refund_without_an_answer_is_finished_by_the_sweeper_and_paid_once(shop, monkeypatch):
    order = shop.buy(TEA=2)
    ship(order)
    paid_out = FakeProvider.refund

    def done_but_lost(self, ask):
        paid_out(self, ask)
        raise ProviderSilent

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", done_but_lost)
        asked = refund(order, (order.lines[0].id, 1, True))
    assert asked.state is RefundState.ASKED
    assert audit_books.run(LATER).is_right

    sweep.sweep(LATER + timedelta(minutes=5))

    assert orders.refund(asked.id).state is RefundState.SETTLED
    assert shop.payment(order.id).balance.refunded_minor == 1_250
    assert shop.available("TEA") == 9
    assert len(told("OrderRefunded")) == 1


def test_a_refund_gives_up_its_own_pieces_and_not_those_of_another_that_may_yet_fail(shop, monkeypatch):
    order = shop.buy(TEA=3, CUP=2)
    tea, cup = order.lines

    def silent(self, ask):
        raise ProviderSilent

    def refuse(self, ask):
        return Answer(
            kind=EventKind.REFUND_FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="no",
            amount_minor=ask.amount_minor, reason="too_late",
        )  # fmt: skip

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", silent)
        waiting = refund(order, (tea.id, 2, False))
    assert refund(order, (cup.id, 1, False)).state is RefundState.SETTLED
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", refuse)
        sweep.sweep(LATER + timedelta(minutes=5))

    assert orders.refund(waiting.id).state is RefundState.FAILED
    assert (shop.available("TEA"), shop.available("CUP")) == (7, 4)
    assert audit_books.run(LATER).is_right
    ship(order)
    assert orders.order(order.id).state is OrderState.SHIPPED


@pytest.mark.parametrize(
    ("wish", "changes", "refusal"),
    [
        ((999_999, 1, False), {}, NotFound),
        ((None, 0, False), {}, OutOfRange),
        ((None, 3, False), {}, TooManyUnits),
        ((None, 1, False), {"reason": "because"}, Malformed),
        ((None, 1, False), {"note": "n" * 501}, OutOfRange),
    ],
)
def test_a_refund_that_cannot_be_is_refused_and_nothing_changes(shop, wish, changes, refusal):
    order = shop.buy(TEA=2)
    line_id, units, restock = wish

    with pytest.raises(refusal):
        refund(order, (line_id or order.lines[0].id, units, restock), **changes)

    assert orders.order(order.id).refunds == ()
    assert acts(order) == []


def test_an_order_that_was_never_paid_has_nothing_to_give_back(shop):
    order = shop.buy(method="test-silent", TEA=2)

    with pytest.raises(WrongState):
        refund(order, (order.lines[0].id, 1, False))


@pytest.mark.parametrize("is_sent", [True, False])
def test_pieces_that_cost_nothing_are_given_back_without_money_or_provider(shop, monkeypatch, is_sent):
    shop.price("CUP", 1)
    order = shop.buy(CUP=2, TEA=1)
    cup = _make_free(order, "CUP")
    if is_sent:
        ship(order)

    def never(self, ask):
        raise AssertionError("the provider was asked to pay out nothing")

    with monkeypatch.context() as silence:
        silence.setattr(FakeProvider, "refund", never)
        made = refund(order, RefundWish(cup.id, 2, restock=True))

    after = orders.order(order.id)
    assert (made.state, made.total_minor, after.refunded_minor) == (RefundState.SETTLED, 0, 0)
    assert after.lines[0].refunded_units == 2
    assert shop.available("CUP") == 5
    assert [(fact["total_minor"], fact["lines"][0]["units"]) for fact in told("OrderRefunded")] == [(0, 2)]
    assert acts(order).count("orders.refund") == 1
    assert audit_books.run(LATER).is_right


def test_pieces_of_an_order_that_ended_unpaid_are_not_given_back(shop):
    order = shop.buy(method="test-silent", CUP=1, TEA=1)
    cup = _make_free(order, "CUP")
    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=LATER)

    with pytest.raises(WrongState):
        refund(order, (cup.id, 1, False))


def _make_free(order, sku):
    """Give the goods of one line away: its money moves to the delivery, so that the order still adds up."""
    line = next(line for line in order.lines if line.sku == sku)
    tables.OrderLine.objects.filter(id=line.id).update(unit_minor=0, goods_minor=0, tax_minor=0, gross_minor=0)
    tables.Order.objects.filter(id=order.id).update(
        delivery_minor=order.delivery_minor + line.gross_minor, delivery_tax_minor=order.delivery_tax_minor + line.tax_minor,
        goods_minor=order.goods_minor - line.goods_minor,
    )  # fmt: skip
    return line


@pytest.mark.parametrize(("units", "delivery", "total"), [(1, False, 334), (2, True, 667 + 395), (3, False, 1_000)])
def test_a_refund_looked_at_first_is_the_refund_that_is_made(shop, units, delivery, total):
    order = shop.buy(TEA=3)
    tables.OrderLine.objects.filter(id=order.lines[0].id).update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)
    tables.Order.objects.filter(id=order.id).update(total_minor=1_395, goods_minor=1_000, tax_minor=0)
    wish = (order.lines[0].id, units, False)

    plan = refund_order.preview(order_id=order.id, lines=[wish], delivery=delivery)

    assert (plan.total_minor, plan.lines[0].units) == (total, units)
    assert orders.order(order.id).refunds == ()
    assert acts(order) == []
    assert refund(order, wish, delivery=delivery).total_minor == total


def test_looking_at_a_refund_that_cannot_be_is_refused_like_the_refund(shop):
    order = shop.buy(TEA=2)

    with pytest.raises(TooManyUnits):
        refund_order.preview(order_id=order.id, lines=[(order.lines[0].id, 3, False)], delivery=False)
    with pytest.raises(NothingToDo):
        refund_order.preview(order_id=order.id, lines=[], delivery=False)
    with pytest.raises(WrongState):
        refund_order.preview(order_id=shop.buy(method="test-silent", TEA=1).id, lines=[], delivery=True)
