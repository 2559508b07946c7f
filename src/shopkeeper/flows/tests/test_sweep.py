"""What a dead process left is finished, once, by whoever sweeps."""

from datetime import timedelta

import pytest

from shopkeeper.flows import audit_books, cancel_order, place_order, refund_order, settle_payment, ship_order, sweep
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, OrderState, RefundState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.shapes import PaymentState

pytestmark = pytest.mark.django_db

SOON, AFTER_HOLD = NOON + timedelta(minutes=5), NOON + timedelta(minutes=31)


def die(*_arguments, **_named):
    raise SystemExit


def crashing(monkeypatch, place, name, act):
    """Run `act` in a process that dies where it calls `place.name`."""
    with monkeypatch.context() as crash:
        crash.setattr(place, name, die)
        with pytest.raises(SystemExit):
            act()


def the_order():
    (summary,) = orders.list_orders()
    return orders.order(summary.id)


def test_nothing_to_do_is_nothing_done(shop):
    shop.buy(TEA=1)
    sweep.sweep(SOON)  # carries the provider's webhooks

    assert sweep.sweep(AFTER_HOLD) == sweep.Swept(webhooks=0, payments=0, refunds=0, expired=0, failed=0)


def test_an_unpaid_order_expires_and_frees_its_goods(shop, monkeypatch):
    crashing(monkeypatch, payments, "start_and_authorize", lambda: shop.buy(TEA=2))
    assert shop.available("TEA") == 8

    assert sweep.sweep(SOON).expired == 0
    assert sweep.sweep(AFTER_HOLD).expired == 1
    assert sweep.sweep(AFTER_HOLD).expired == 0

    assert the_order().state is OrderState.EXPIRED
    assert shop.available("TEA") == 10
    assert told("StockReleased") == [{"order_id": the_order().id, "units": 2, "reason": "expired"}]
    assert audit_books.run(AFTER_HOLD).is_right


@pytest.mark.parametrize(
    ("place", "name"),
    [(FakeProvider, "capture"), (settle_payment, "settled"), (payments, "make_request"), (settle_payment, "_mark_held_paid")],
)
def test_a_payment_left_half_way_is_brought_to_its_end(shop, monkeypatch, place, name):
    crashing(monkeypatch, place, name, lambda: shop.buy(TEA=2))
    assert the_order().state is OrderState.PLACED

    sweep.sweep(SOON)

    assert the_order().state is OrderState.PAID
    assert len(told("OrderPaid")) == 1
    assert shop.available("TEA") == 8
    assert audit_books.run(SOON).is_right


def test_a_hold_runs_out_at_its_moment_and_not_before(shop, monkeypatch):
    crashing(monkeypatch, payments, "start_and_authorize", lambda: shop.buy(TEA=2))
    ends = NOON + place_order.HOLD_FOR

    early = sweep.sweep(ends - timedelta(seconds=1))
    assert (early.expired, shop.available("TEA")) == (0, 8)

    assert sweep.sweep(ends).expired == 1
    assert shop.available("TEA") == 10
    assert [fact["reason"] for fact in told("StockReleased")] == ["expired"]


def test_a_payment_the_provider_never_heard_of_ends_with_its_order(shop, monkeypatch):
    crashing(monkeypatch, FakeProvider, "authorize", lambda: shop.buy(TEA=2))

    sweep.sweep(SOON)
    assert the_order().state is OrderState.PLACED
    sweep.sweep(AFTER_HOLD)

    assert the_order().state is OrderState.EXPIRED
    assert shop.payment(the_order().id).state is PaymentState.DECLINED
    assert payments.pending(AFTER_HOLD + timedelta(days=1)) == []


def test_a_payment_of_a_cancelled_order_that_the_provider_never_heard_of_is_asked_about_for_a_week(shop, monkeypatch):
    crashing(monkeypatch, FakeProvider, "authorize", lambda: shop.buy(TEA=2))
    cancel_order.cancel(order_id=the_order().id, reason=CancelReason.BUYER, actor=None, now=NOON)

    before, after = NOON + timedelta(days=6), NOON + timedelta(days=7, hours=2)
    sweep.sweep(before)
    assert payments.pending(after)
    sweep.sweep(after)

    assert payments.pending(after + timedelta(days=400)) == []
    assert shop.payment(the_order().id).state is PaymentState.DECLINED
    assert audit_books.run(after).is_right


def test_an_order_paid_in_the_last_moment_does_not_expire(shop):
    order = shop.buy(method="test-silent", TEA=2)

    sweep.expire(order.id, AFTER_HOLD)  # no webhook came; the provider is asked, and says yes

    assert orders.order(order.id).state is OrderState.PAID
    assert shop.available("TEA") == 8


def test_a_cancellation_left_half_way_gives_the_money_back(shop, monkeypatch):
    order = shop.buy(TEA=2)
    crashing(
        monkeypatch, refund_order, "finish", lambda: cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=NOON)
    )
    assert the_order().state is OrderState.CANCELLED
    assert shop.payment(order.id).balance.refunded_minor == 0

    sweep.sweep(SOON)
    sweep.sweep(SOON)

    assert shop.payment(order.id).balance.refunded_minor == order.total_minor
    assert the_order().refunds[0].state is RefundState.SETTLED
    assert audit_books.run(SOON).is_right


def test_pieces_given_up_go_free_also_where_all_others_were_sent_before_the_refund_settled(shop, monkeypatch):
    order = shop.buy(TEA=1, CUP=2)
    given_up = [(order.lines[0].id, 1, False)]
    refund = {"order_id": order.id, "lines": given_up, "delivery": False, "reason": "damaged", "actor": None, "now": NOON}
    crashing(monkeypatch, refund_order, "finish", lambda: refund_order.refund(**refund))
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)
    assert (the_order().state, shop.available("TEA")) == (OrderState.SHIPPED, 9)

    sweep.sweep(SOON)

    assert the_order().refunds[0].state is RefundState.SETTLED
    assert shop.available("TEA") == 10
    assert audit_books.run(SOON).is_right


def test_a_void_left_half_way_is_done(shop, monkeypatch):
    order = shop.buy(method="test-silent", TEA=2)
    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=NOON)
    (message,) = payments.webhooks_of_test_provider(SOON)
    crashing(
        monkeypatch,
        FakeProvider,
        "void",
        lambda: settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=SOON),
    )

    sweep.sweep(AFTER_HOLD)

    assert shop.payment(order.id).state is PaymentState.VOIDED
    assert audit_books.run(AFTER_HOLD).is_right


def test_one_piece_of_work_that_fails_does_not_stop_the_others(shop, monkeypatch, caplog):
    first, second = shop.buy(method="test-silent", TEA=1), shop.buy(method="test-silent", CUP=1)
    settle = settle_payment.settle

    def fails_for_the_first(*, order_id, now):
        if order_id == first.id:
            raise RuntimeError("broken")
        return settle(order_id=order_id, now=now)

    payments.webhooks_of_test_provider(SOON)  # lost on the way
    with monkeypatch.context() as trouble:
        trouble.setattr(settle_payment, "settle", fails_for_the_first)
        swept = sweep.sweep(SOON)
    assert (swept.failed, orders.order(second.id).state) == (1, OrderState.PAID)
    assert "will be tried again" in caplog.text

    sweep.sweep(AFTER_HOLD - timedelta(minutes=5))

    assert orders.order(first.id).state is OrderState.PAID


def test_a_silent_provider_is_asked_less_and_less_often(shop):
    shop.buy(method="test-late", TEA=1)
    asked_at, now = [], NOON

    while now < NOON + timedelta(minutes=20):
        if sweep.sweep(now).payments:
            asked_at.append((now - NOON) // timedelta(minutes=1))
        now += timedelta(minutes=1)

    assert asked_at == [1, 2, 4, 8, 16]
