"""Money that is slow, late, doubled or refused: the order follows it, and none of it is ever lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.flows import audit_books, cancel_order, place_order, settle_payment, sweep
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, OrderState, WrongState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import FakeProvider, webhook
from shopkeeper.selling.payments.adapters.provider import Answer, ProviderSilent
from shopkeeper.selling.payments.models import FakeAnswer, FakeCharge, Stray
from shopkeeper.selling.payments.shapes import BadSignature, EventKind, PaymentRefused, PaymentState, StrayState

pytestmark = pytest.mark.django_db

AFTER_SWEEP, LATE = NOON + timedelta(minutes=31), NOON + timedelta(minutes=46)


def kept_at_provider(shop, order_id):
    return shop.payment(order_id).balance.captured_minor - shop.payment(order_id).balance.refunded_minor


def test_late_money_for_an_expired_order_takes_the_goods_again(shop):
    order = shop.buy(method="test-late", TEA=2)
    sweep.sweep(AFTER_SWEEP)
    assert orders.order(order.id).state is OrderState.EXPIRED
    assert shop.available("TEA") == 10

    assert settle_payment.deliver_test_webhooks(LATE) == 1

    revived = orders.order(order.id)
    assert (revived.state, revived.paid_minor) == (OrderState.PAID, order.total_minor)
    assert shop.available("TEA") == 8
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(LATE).is_right


def test_an_expired_orders_basket_is_locked_before_the_goods_are_taken_again(shop):
    shop.buy(method="test-late", TEA=2)
    sweep.sweep(AFTER_SWEEP)

    with CaptureQueriesContext(connection) as asked:
        settle_payment.deliver_test_webhooks(LATE)

    statements = [query["sql"] for query in asked]
    basket = next(at for at, sql in enumerate(statements) if 'FROM "orders_basket"' in sql and "FOR UPDATE" in sql)
    goods = next(at for at, sql in enumerate(statements) if "inventory_hold" in sql or "inventory_take" in sql)
    assert basket < goods


def test_late_money_for_goods_that_are_gone_is_let_go_again(shop):
    order = shop.buy(method="test-late", TEA=9)
    sweep.sweep(AFTER_SWEEP)
    shop.buy(TEA=2)

    settle_payment.deliver_test_webhooks(LATE)

    assert orders.order(order.id).state is OrderState.EXPIRED
    assert shop.payment(order.id).state is PaymentState.VOIDED
    assert shop.available("TEA") == 8
    assert audit_books.run(LATE).is_right


def test_money_taken_for_goods_that_are_gone_is_given_back(shop):
    order = shop.buy(method="test-late", TEA=9)
    sweep.sweep(AFTER_SWEEP)
    shop.buy(TEA=2)
    # A provider that reserves and takes in one go: the first we hear is that the money was taken.
    payment = shop.payment(order.id)
    charge = FakeAnswer.objects.get(key=payment.name).charge
    charge.captured_minor = order.total_minor
    charge.save()

    _hear(payment, EventKind.CAPTURED, order.total_minor, LATE)

    assert orders.order(order.id).state is OrderState.EXPIRED
    assert kept_at_provider(shop, order.id) == 0
    assert [entry.code for entry in orders.timeline(order.id)] == ["placed", "expired", "money_returned"]
    assert audit_books.run(LATE).is_right


def money_unheeded(shop):
    """Have the provider take the money of an order that expired, and nobody act on it yet; return the order and its payment."""
    order = shop.buy(method="test-late", TEA=2)
    sweep.sweep(AFTER_SWEEP)
    payment = payments.ask_again(shop.payment(order.id).id, LATE)
    return order, payments.capture(payment_id=payment.id, key=settle_payment.capture_key(payment), now=LATE)


def test_money_asked_back_between_look_and_paying_brings_no_order_back(shop):
    order, payment = money_unheeded(shop)
    seen = settle_payment.look(order.id)
    assert settle_payment.next_step(seen.order, payment) is settle_payment.Step.PAY
    key = settle_payment.give_back_key(payment)
    payments.refund(payment_id=payment.id, amount_minor=payment.balance.refundable_minor, key=key, now=LATE)

    settle_payment.settled(seen, LATE)

    assert orders.order(order.id).state is OrderState.EXPIRED
    assert (kept_at_provider(shop, order.id), shop.available("TEA")) == (0, 10)
    assert told("OrderPaid") == []
    assert audit_books.run(LATE).is_right


def test_money_that_paid_between_look_and_giving_back_is_kept(shop):
    order, payment = money_unheeded(shop)
    seen = settle_payment.look(order.id)
    settle_payment.settle(order_id=order.id, now=LATE)

    settle_payment._give_back(seen.order, payment, LATE)

    paid = orders.order(order.id)
    assert (paid.state, kept_at_provider(shop, order.id)) == (OrderState.PAID, order.total_minor)
    assert audit_books.run(LATE).is_right


def test_money_on_its_way_back_pays_nothing_though_the_goods_come_back_before_the_provider_is_asked(shop, monkeypatch):
    order, payment = money_unheeded(shop)
    seen, make = settle_payment.look(order.id), payments.make_request

    def settled_by_another_first(*asked):
        monkeypatch.setattr(payments, "make_request", make)
        settle_payment.settle(order_id=order.id, now=LATE)
        return make(*asked)

    monkeypatch.setattr(payments, "make_request", settled_by_another_first)

    settle_payment._give_back(seen.order, payment, LATE)

    assert payments.make_request is make
    assert orders.order(order.id).state is OrderState.EXPIRED
    assert (kept_at_provider(shop, order.id), shop.available("TEA"), told("OrderPaid")) == (0, 10, [])
    assert audit_books.run(LATE).is_right


def test_news_between_look_and_giving_back_asks_nothing(shop):
    order, payment = money_unheeded(shop)
    seen = settle_payment.look(order.id)
    payments.refund(payment_id=payment.id, amount_minor=1, key="by-hand", now=LATE)

    settle_payment._give_back(seen.order, payment, LATE)

    assert not payments.payment(payment.id).is_asked(settle_payment.give_back_key(payment))


def test_more_money_and_its_way_back_between_look_and_paying_pay_nothing(shop):
    """A provider tells two captures of one payment: who saw one would pay with it, who saw both gives all of it back."""
    order = shop.buy(method="test-silent", TEA=2)
    payment = shop.payment(order.id)
    FakeCharge.objects.filter(payment_name=payment.name).update(
        amount_minor=order.total_minor * 2, authorized_minor=order.total_minor * 2, captured_minor=order.total_minor * 2
    )
    hear_only(captured(payment, "first", order.total_minor))
    early = settle_payment.look(order.id)
    assert settle_payment.next_step(early.order, early.payments[0]) is settle_payment.Step.PAY
    hear_only(captured(payment, "second", order.total_minor))
    late = settle_payment.look(order.id)
    assert settle_payment.next_step(late.order, late.payments[0]) is settle_payment.Step.GIVE_BACK
    settle_payment._give_back(late.order, late.payments[0], NOON)

    settle_payment._pay(early.order, early.payments[0], NOON)

    assert (orders.order(order.id).state, told("OrderPaid")) == (OrderState.PLACED, [])
    settle_payment.settle(order_id=order.id, now=NOON)
    assert kept_at_provider(shop, order.id) == 0
    assert told("OrderPaid") == []
    # Nothing of it is left; that a provider took twice what it was asked for is named all the same.
    assert [found.check for found in audit_books.run(LATE + timedelta(hours=3)).findings] == ["captured_at_most_asked"]


def test_more_money_between_look_and_paying_is_looked_at_again_where_an_order_expired(shop):
    order, payment = money_unheeded(shop)
    seen = settle_payment.look(order.id)
    payments.refund(payment_id=payment.id, amount_minor=1, key="by-hand", now=LATE)

    assert settle_payment._mark_paid(order.id, seen.payments[0], LATE)

    assert (orders.order(order.id).state, told("OrderPaid")) == (OrderState.EXPIRED, [])


def hear_only(answer):
    """Take a provider's word in without acting on it, as a process that dies right after."""
    message = webhook(answer)
    payments.hear_webhook(provider="test", body=message.body, headers=message.headers, now=NOON)


def captured(payment, operation, amount):
    return Answer(
        kind=EventKind.CAPTURED, payment_name=payment.name, key="", reference=payment.reference, operation=operation, amount_minor=amount
    )


def test_money_in_another_currency_for_an_order_that_is_paid_waits_for_staff(shop):
    order = shop.buy(TEA=2)
    payment = shop.payment(order.id)
    assert (orders.order(order.id).state, payment.is_awake) == (OrderState.PAID, False)
    told_of = Answer(
        kind=EventKind.CAPTURED, payment_name=payment.name, key="", reference=payment.reference, operation="euros", amount_minor=777,
        currency="EUR",
    )  # fmt: skip
    message = webhook(told_of)

    settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=LATE)

    kept = Stray.objects.get()
    assert (kept.payment_id, kept.is_mismatched) == (payment.id, True)
    assert not payments.payment(payment.id).is_awake
    sweep.sweep(LATE + timedelta(minutes=2))
    assert Stray.objects.get().state == StrayState.UNCLAIMED


def refuse(self, ask):
    return Answer(
        kind=EventKind.REFUND_FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation=f"no-{ask.key}",
        amount_minor=ask.amount_minor, reason="declined",
    )  # fmt: skip


def silent(self, ask):
    raise ProviderSilent


def money_for_goods_that_are_gone(shop):
    """Have the provider take the money of an order that expired and whose goods others have bought; return the order."""
    order = shop.buy(method="test-late", TEA=9)
    sweep.sweep(AFTER_SWEEP)
    shop.buy(TEA=2)
    payment = shop.payment(order.id)
    charge = FakeAnswer.objects.get(key=payment.name).charge
    charge.captured_minor = order.total_minor
    charge.save()
    _hear(payment, EventKind.CAPTURED, order.total_minor, LATE)
    return order


def told_of_money(order):
    return [entry.code for entry in orders.timeline(order.id)][2:]


def test_money_the_provider_refuses_to_give_back_is_not_said_to_have_gone(shop, monkeypatch):
    monkeypatch.setattr(FakeProvider, "refund", refuse)

    order = money_for_goods_that_are_gone(shop)

    assert told_of_money(order) == ["give_back_failed"]
    assert kept_at_provider(shop, order.id) == order.total_minor
    assert settle_payment.refused_give_back(order.id).id == shop.payment(order.id).id


def test_money_the_provider_is_silent_about_is_asked_back_and_told_when_the_answer_comes(shop, monkeypatch):
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", silent)
        order = money_for_goods_that_are_gone(shop)
        sweep.sweep(LATE + timedelta(minutes=2))
    assert told_of_money(order) == ["give_back_asked"]
    assert settle_payment.refused_give_back(order.id) is None

    sweep.sweep(LATE + timedelta(hours=3))

    assert told_of_money(order) == ["give_back_asked", "money_returned"]
    assert kept_at_provider(shop, order.id) == 0
    assert audit_books.run(LATE).is_right


def test_money_refused_can_be_given_back_again_and_goes_once(shop, monkeypatch):
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", refuse)
        order = money_for_goods_that_are_gone(shop)
        settle_payment.give_back_again(order_id=order.id, actor=None, now=LATE)
    assert told_of_money(order) == ["give_back_failed", "give_back_failed"]

    given = settle_payment.give_back_again(order_id=order.id, actor=None, now=LATE)

    assert (given.balance.refunded_minor, given.balance.refundable_minor) == (order.total_minor, 0)
    assert told_of_money(order) == ["give_back_failed", "give_back_failed", "money_returned"]
    assert audit_books.run(LATE).is_right
    with pytest.raises(WrongState):
        settle_payment.give_back_again(order_id=order.id, actor=None, now=LATE)
    assert kept_at_provider(shop, order.id) == 0


def test_an_order_whose_money_was_never_refused_gives_nothing_back_again(shop):
    order = shop.buy(TEA=1)

    with pytest.raises(WrongState):
        settle_payment.give_back_again(order_id=order.id, actor=None, now=NOON)

    assert kept_at_provider(shop, order.id) == order.total_minor


def test_money_let_go_of_between_look_and_taking_is_not_taken_and_nobody_is_shown_an_error(shop, monkeypatch):
    values = payments.request_values

    def let_go_meanwhile(found, request, now):
        payments.void(payment_id=found.id, key=settle_payment.void_key(found), now=now)
        return values(found, request, now)

    monkeypatch.setattr(payments, "request_values", let_go_meanwhile)

    order = shop.buy(TEA=2)

    assert orders.order(order.id).state is OrderState.CANCELLED
    assert shop.payment(order.id).state is PaymentState.VOIDED
    assert EventKind.CAPTURE_ASKED not in {event.kind for event in shop.payment(order.id).events}
    assert shop.available("TEA") == 10


def _hear(payment, kind, amount, now, key=""):
    from shopkeeper.selling.payments.adapters.fake import webhook

    answer = Answer(kind=kind, payment_name=payment.name, key=key, reference="x", operation=f"op-{kind}", amount_minor=amount)
    message = webhook(answer)
    return settle_payment.hear_webhook(provider=message.provider, body=message.body, headers=message.headers, now=now)


def test_late_money_is_let_go_where_the_basket_was_ordered_again(shop):
    basket = shop.basket(TEA=2)
    first = place_order.place_order(**shop.request(basket, method="test-late", key="first"))
    sweep.sweep(AFTER_SWEEP)
    second = place_order.place_order(**shop.request(basket, key="second", now=AFTER_SWEEP))

    settle_payment.deliver_test_webhooks(LATE)

    assert (orders.order(first.order_id).state, orders.order(second.order_id).state) == (OrderState.EXPIRED, OrderState.PAID)
    assert shop.payment(first.order_id).state is PaymentState.VOIDED
    assert shop.available("TEA") == 8
    assert audit_books.run(LATE).is_right


def test_money_for_an_order_cancelled_meanwhile_is_let_go(shop):
    order = shop.buy(method="test-silent", TEA=2)
    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=NOON)

    settle_payment.deliver_test_webhooks(NOON + timedelta(minutes=3))

    assert orders.order(order.id).state is OrderState.CANCELLED
    assert shop.payment(order.id).state is PaymentState.VOIDED
    assert told("OrderPaid") == []
    assert shop.available("TEA") == 10


def test_a_capture_told_before_its_authorisation_pays_once(shop):
    order = shop.buy(method="test-silent", TEA=1)
    payment = shop.payment(order.id)

    _hear(payment, EventKind.CAPTURED, order.total_minor, NOON)
    _hear(payment, EventKind.AUTHORIZED, order.total_minor, NOON, key=payment.name)

    assert orders.order(order.id).state is OrderState.PAID
    assert len(told("OrderPaid")) == 1


def test_less_money_than_the_total_does_not_pay(shop):
    order = shop.buy(method="test-silent", TEA=1)

    _hear(shop.payment(order.id), EventKind.CAPTURED, order.total_minor - 1, NOON)

    assert orders.order(order.id).state is OrderState.PLACED
    assert told("OrderPaid") == []


def test_a_capture_the_provider_refuses_cancels_and_lets_go(shop, monkeypatch):
    def refuse(self, ask):
        return Answer(
            kind=EventKind.FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="op-no", amount_minor=0,
            reason="expired_card",
        )  # fmt: skip

    monkeypatch.setattr(FakeProvider, "capture", refuse)

    with pytest.raises(PaymentRefused) as refused:
        shop.buy(TEA=2)

    (order,) = orders.list_orders()
    assert refused.value.reason == "expired_card"
    assert shop.payment(order.id).state is PaymentState.VOIDED
    assert shop.available("TEA") == 10


def test_a_capture_without_an_answer_keeps_the_goods_until_it_is_known(shop, monkeypatch):
    def lost(self, ask):
        raise ProviderSilent

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "capture", lost)
        order = shop.buy(TEA=2)
        assert order.state is OrderState.PLACED
        sweep.sweep(AFTER_SWEEP)
    assert orders.order(order.id).state is OrderState.PLACED
    assert inventory.held(order.id)[0].units == 2

    sweep.sweep(LATE)

    assert orders.order(order.id).state is OrderState.PAID
    assert audit_books.run(LATE).is_right


@pytest.mark.parametrize("arrived", [True, False])
def test_an_order_cancelled_while_its_money_is_being_taken_gives_all_of_it_back(shop, monkeypatch, arrived):
    took = FakeProvider.capture

    def lost(self, ask):
        if arrived:
            took(self, ask)
        raise ProviderSilent

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "capture", lost)
        order = shop.buy(TEA=2)
        cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=NOON)
    assert EventKind.VOID_ASKED not in {event.kind for event in shop.payment(order.id).events}
    assert shop.available("TEA") == 10

    sweep.sweep(AFTER_SWEEP)

    assert orders.order(order.id).state is OrderState.CANCELLED
    assert shop.payment(order.id).balance.captured_minor == order.total_minor
    assert kept_at_provider(shop, order.id) == 0
    assert payments.money_of_orders(moved_since=LATE - audit_books.UNDER_WAY_FOR)[0].reserved_minor == 0
    assert audit_books.run(LATE).is_right


def test_a_webhook_with_a_wrong_signature_is_not_read(shop):
    order = shop.buy(method="test-silent", TEA=2)
    (message,) = payments.webhooks_of_test_provider(NOON + timedelta(minutes=3))
    forged = message.body.replace(b'"captured"', b'"authorized"').replace(b"]", b" ]")

    for body, headers in ((forged, message.headers), (message.body, {}), (message.body, {"X-Test-Signature": "0" * 64})):
        with pytest.raises(BadSignature):
            settle_payment.hear_webhook(provider=message.provider, body=body, headers=headers, now=NOON)

    assert orders.order(order.id).state is OrderState.PLACED
    assert shop.payment(order.id).state is PaymentState.PENDING


def test_news_of_somebody_elses_payment_is_left_alone(shop):
    order = shop.buy(method="test-silent", TEA=2)
    stranger = replace(shop.payment(order.id), name="pay_of_another_shop")

    assert _hear(stranger, EventKind.CAPTURED, 100, NOON) == 0

    assert told("PaymentEventHeard") == []


def test_settling_again_and_again_changes_nothing(shop):
    order = shop.buy(TEA=2)
    facts = len(told("OrderPaid")), len(told("PaymentEventHeard"))

    for _ in range(3):
        settle_payment.settle(order_id=order.id, now=LATE)

    assert (len(told("OrderPaid")), len(told("PaymentEventHeard"))) == facts
    assert payments.pending(LATE) == []
