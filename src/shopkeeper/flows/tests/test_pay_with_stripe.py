"""Orders paid through Stripe at the end of a line that is slow, wrong, double and out of order: paid once and rightly, or not at all."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shopkeeper.flows import audit_books, cancel_order, pay_order, place_order, refund_order, settle_payment, sweep
from shopkeeper.flows.tests.builders import NOON, SmallShop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, Order, OrderState, RefundState, WrongState
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import webhook
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.shapes import BadSignature, DisputeState, EventKind, MoneyDisputed, Payment, PaymentState

pytestmark = pytest.mark.django_db

SOON, LATER, EXPIRED_AT = NOON + timedelta(minutes=2), NOON + timedelta(minutes=12), NOON + timedelta(minutes=31)
TOTAL = 2_895


@pytest.fixture
def stripe(settings: object) -> Iterator[FakeStripe]:
    fake = FakeStripe(clock=NOON.timestamp).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
    yield fake
    fake.stop()


def buy(shop: SmallShop) -> Order:
    return shop.buy(method="stripe-card", TEA=2)


def newest(order: Order) -> Payment:
    return payments.payments_of(order.id)[-1]


def pays(stripe: FakeStripe, payment: Payment) -> None:
    stripe.pay(stripe.session_of(payment.name)["id"])


def post(stripe: FakeStripe, now=SOON) -> None:
    """Carry the provider's messages to the shop until it has nothing left to say: a capture makes new ones."""
    while messages := stripe.webhooks():
        for message in messages:
            settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=now)


def paid(shop: SmallShop, stripe: FakeStripe) -> Order:
    order = buy(shop)
    pays(stripe, newest(order))
    post(stripe)
    found = orders.order(order.id)
    assert found.state is OrderState.PAID
    return found


def taken(stripe: FakeStripe) -> list[int]:
    return [each["amount_received"] for each in stripe.intents.values() if each["amount_received"]]


def given_back(stripe: FakeStripe) -> int:
    return sum(each["amount"] for each in stripe.refunds.values())


def is_unpaid_and_told_so(order: Order, stripe: FakeStripe) -> None:
    assert orders.order(order.id).paid_minor == 0
    assert told("OrderPaid") == []
    assert taken(stripe) == []


# ── the straight way ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_paid_on_stripes_page_and_told_by_webhook(shop, stripe):
    placed = place_order.place_order(**shop.request(shop.basket(TEA=2), method="stripe-card"))
    order = orders.order(placed.order_id)
    assert (placed.payment_state, placed.redirect_url) == (PaymentState.PENDING, stripe.session_of(newest(order).name)["url"])
    is_unpaid_and_told_so(order, stripe)
    session = stripe.session_of(newest(order).name)
    assert (session["_name"], session["success_url"].split("?")[0].endswith(f"/en/orders/{order.token}/")) == (order.number, True)

    pays(stripe, newest(order))
    post(stripe)

    assert (orders.order(order.id).state, orders.order(order.id).paid_minor) == (OrderState.PAID, TOTAL)
    assert taken(stripe) == [TOTAL]
    assert len(told("OrderPaid")) == 1
    assert [event.kind.value for event in newest(order).events if event.kind.value != "capture_asked"] == [
        "authorize_asked", "confirmation_needed", "authorized", "captured",
    ]  # fmt: skip
    assert audit_books.run(SOON).is_right


def test_without_any_webhook_the_sweeper_finds_the_money(shop, stripe):
    order = buy(shop)
    pays(stripe, newest(order))

    sweep.sweep(SOON)

    assert orders.order(order.id).state is OrderState.PAID
    assert audit_books.run(SOON).is_right


def test_the_same_checkout_sent_again_leads_to_the_same_page(shop, stripe):
    basket = shop.basket(TEA=2)
    first, again = (place_order.place_order(**shop.request(basket, method="stripe-card", key="one")) for _ in range(2))

    assert first.redirect_url == again.redirect_url
    assert len(stripe.sessions) == 1


def test_a_card_that_is_declined_leaves_the_page_open_for_another(shop, stripe):
    order = buy(shop)
    stripe.decline(stripe.session_of(newest(order).name)["id"], "insufficient_funds")
    post(stripe)
    assert (newest(order).last_refusal, newest(order).awaits_buyer) == ("insufficient_funds", True)
    assert orders.order(order.id).state is OrderState.PLACED

    pays(stripe, newest(order))
    post(stripe)

    assert orders.order(order.id).state is OrderState.PAID
    assert taken(stripe) == [TOTAL]


# ── misbehaviour ──────────────────────────────────────────────────────────────────────────────────────────────────────

EVERY = ["lost", "slow", "error_after", "error_before", "busy", "conflict", "nonsense"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, stripe: FakeStripe) -> None:
    monkeypatch.setattr("shopkeeper.selling.payments.asking.ANSWER_WITHIN_S", 0.3)
    stripe.slow_s = 0.6


@pytest.mark.parametrize("what", EVERY)
def test_a_checkout_page_whose_answer_fails_is_found_or_made_again_and_paid_once(shop, stripe, impatient, what):
    basket = shop.basket(TEA=2)
    stripe.misbehave(what, "checkout/sessions")
    request = shop.request(basket, method="stripe-card", key="one")
    placed = place_order.place_order(**request)
    order = orders.order(placed.order_id)
    assert (placed.redirect_url, placed.payment_state) == (None, PaymentState.PENDING)

    sweep.sweep(SOON)
    placed = place_order.place_order(**request)
    assert placed.redirect_url
    pays(stripe, newest(order))
    post(stripe)

    assert orders.order(order.id).state is OrderState.PAID
    assert (len(stripe.sessions), taken(stripe)) == (1, [TOTAL])
    assert audit_books.run(SOON).is_right


@pytest.mark.parametrize("what", EVERY)
def test_a_capture_whose_answer_fails_takes_the_money_once(shop, stripe, impatient, what):
    order = buy(shop)
    pays(stripe, newest(order))
    stripe.misbehave(what, "/capture")
    post(stripe)

    sweep.sweep(LATER)
    post(stripe, LATER)

    assert orders.order(order.id).state is OrderState.PAID
    assert (taken(stripe), len(told("OrderPaid"))) == ([TOTAL], 1)
    assert audit_books.run(LATER).is_right


@pytest.mark.parametrize("what", EVERY)
def test_a_refund_whose_answer_fails_goes_once(shop, stripe, impatient, what):
    order = paid(shop, stripe)
    stripe.misbehave(what, "/refunds")
    asked = refund_order.refund(
        order_id=order.id, lines=[(order.lines[0].id, 1, True)], delivery=False, reason="changed_mind", actor=None, now=SOON
    )
    assert asked.state is RefundState.ASKED

    sweep.sweep(LATER)
    sweep.sweep(LATER + timedelta(minutes=5))
    post(stripe, LATER)

    assert orders.refund(asked.id).state is RefundState.SETTLED
    assert given_back(stripe) == asked.total_minor
    assert audit_books.run(LATER).is_right


@pytest.mark.parametrize("what", ["duplicate", "out_of_order"])
def test_messages_twice_or_in_any_order_pay_once(shop, stripe, what):
    stripe.misbehave(what)
    order = buy(shop)
    pays(stripe, newest(order))

    post(stripe)

    assert orders.order(order.id).state is OrderState.PAID
    assert (taken(stripe), len(told("OrderPaid"))) == ([TOTAL], 1)


def test_messages_signed_by_somebody_else_are_not_read(shop, stripe):
    stripe.misbehave("bad_signature")
    order = buy(shop)
    pays(stripe, newest(order))

    for message in stripe.webhooks():
        with pytest.raises(BadSignature):
            settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=SOON)

    is_unpaid_and_told_so(order, stripe)
    assert newest(order).state is PaymentState.PENDING


# ── wrong money ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_less_money_than_was_asked_for_never_pays_and_is_let_go_of(shop, stripe):
    order = buy(shop)
    stripe.misbehave("wrong_amount")
    pays(stripe, newest(order))

    post(stripe)
    sweep.sweep(LATER)

    is_unpaid_and_told_so(order, stripe)
    assert (orders.order(order.id).state, orders.order(order.id).cancel_reason) == (OrderState.CANCELLED, CancelReason.PAYMENT_DECLINED)
    assert [each["status"] for each in stripe.intents.values()] == ["canceled"]
    assert shop.available("TEA") == 10
    assert audit_books.run(LATER).is_right


def test_money_in_another_currency_never_pays_and_is_shown_as_what_it_is(shop, stripe):
    order = buy(shop)
    stripe.misbehave("wrong_currency")
    pays(stripe, newest(order))

    post(stripe)
    sweep.sweep(LATER)
    sweep.sweep(EXPIRED_AT)

    is_unpaid_and_told_so(order, stripe)
    assert orders.order(order.id).state is OrderState.EXPIRED
    assert {event.reason for event in newest(order).events if event.kind is EventKind.MISMATCHED} == {"wrong_currency"}
    assert newest(order).balance.authorized_minor == 0
    assert shop.available("TEA") == 10


def _tells_captured(stripe: FakeStripe, order: Order, **changes: object) -> None:
    pays(stripe, newest(order))
    intent = stripe.intent_of(newest(order).name)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "amount_capturable": 0, **changes}
    stripe.webhooks()
    event = {"type": "payment_intent.succeeded", "data": {"object": intent}}
    message = stripe.signed(json.dumps(event).encode())
    settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=SOON)


def test_more_money_than_was_asked_for_never_pays_and_goes_back(shop, stripe):
    order = buy(shop)

    _tells_captured(stripe, order, amount_received=TOTAL + 100)

    assert told("OrderPaid") == []
    assert orders.order(order.id).state is OrderState.CANCELLED
    assert given_back(stripe) == TOTAL + 100


def test_less_money_taken_than_asked_for_ends_the_order_with_its_time_and_goes_back(shop, stripe):
    order = buy(shop)

    _tells_captured(stripe, order, amount_received=TOTAL - 100)
    assert orders.order(order.id).state is OrderState.PLACED
    sweep.sweep(EXPIRED_AT)

    assert told("OrderPaid") == []
    assert orders.order(order.id).state is OrderState.EXPIRED
    assert given_back(stripe) == TOTAL - 100
    assert audit_books.run(EXPIRED_AT).is_right


# ── time, and other attempts ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_an_expired_order_is_closed(shop, stripe):
    order = buy(shop)

    sweep.sweep(EXPIRED_AT)

    assert orders.order(order.id).state is OrderState.EXPIRED
    assert stripe.session_of(newest(order).name)["status"] == "expired"
    assert payments.pending(EXPIRED_AT + timedelta(days=1)) == []
    assert audit_books.run(EXPIRED_AT).is_right


def test_the_page_of_an_order_the_buyer_cancels_is_closed(shop, stripe):
    order = buy(shop)

    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=SOON)

    assert stripe.session_of(newest(order).name)["status"] == "expired"
    assert newest(order).state is PaymentState.VOIDED
    assert audit_books.run(SOON).is_right


def test_a_page_paid_just_before_it_was_to_be_closed_lets_the_money_go(shop, stripe):
    order = buy(shop)
    pays(stripe, newest(order))

    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=SOON)
    post(stripe)

    is_unpaid_and_told_so(order, stripe)
    assert [each["status"] for each in stripe.intents.values()] == ["canceled"]
    assert audit_books.run(SOON).is_right


def test_another_attempt_closes_the_one_before(shop, stripe, settings):
    settings.TEST_PAYMENTS = True
    order = buy(shop)
    first = newest(order)

    second = pay_order.pay_again(order_id=order.id, method="test-ok", now=SOON)

    assert stripe.session_of(first.name)["status"] == "expired"
    assert second.state is PaymentState.CAPTURED
    assert orders.order(order.id).state is OrderState.PAID
    assert taken(stripe) == []
    assert audit_books.run(SOON).is_right


def test_the_same_way_again_leads_to_the_same_page(shop, stripe):
    order = buy(shop)

    assert pay_order.pay_again(order_id=order.id, method="stripe-card", now=SOON).id == newest(order).id
    assert len(stripe.sessions) == 1


def test_money_that_comes_by_two_attempts_is_kept_once(shop, stripe, settings):
    settings.TEST_PAYMENTS = True
    order = buy(shop)
    first = newest(order)
    stripe.misbehave("conflict", "/expire")
    second = pay_order.pay_again(order_id=order.id, method="test-silent", now=SOON)
    pays(stripe, first)
    post(stripe)
    sweep.sweep(SOON + timedelta(minutes=1))
    assert orders.order(order.id).state is OrderState.PAID
    # The other provider takes the money in one go as well.
    models.FakeCharge.objects.filter(payment_name=second.name).update(authorized_minor=TOTAL, captured_minor=TOTAL)
    both = Answer(kind=EventKind.CAPTURED, payment_name=second.name, key="", reference="x", operation="op", amount_minor=TOTAL)
    message = webhook(both)

    settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=LATER)

    kept = [each.balance.captured_minor - each.balance.refunded_minor for each in payments.payments_of(order.id)]
    assert (kept, payments.payment(second.id).balance.refunded_minor) == ([TOTAL, 0], TOTAL)
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(LATER).is_right


def test_an_attempt_already_paid_is_found_instead_of_another_begun(shop, stripe, settings):
    settings.TEST_PAYMENTS = True
    order = buy(shop)
    pays(stripe, newest(order))

    pay_order.pay_again(order_id=order.id, method="test-ok", now=SOON)

    assert orders.order(order.id).state is OrderState.PAID
    assert [each.balance.captured_minor for each in payments.payments_of(order.id)] == [TOTAL, 0]
    assert audit_books.run(SOON).is_right


@pytest.mark.parametrize("at", [EXPIRED_AT, NOON + timedelta(minutes=30)])
def test_an_order_whose_time_is_up_is_not_tried_again(shop, stripe, at):
    order = buy(shop)

    with pytest.raises(WrongState):
        pay_order.pay_again(order_id=order.id, method="stripe-card", now=at)

    assert len(payments.payments_of(order.id)) == 1


# ── disputes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def disputed(shop: SmallShop, stripe: FakeStripe, **about: object) -> tuple[Order, str]:
    order = paid(shop, stripe)
    made = stripe.dispute(newest(order).name, due_by=int(LATER.timestamp()), **about)
    post(stripe)
    return order, made["id"]


def give_back_all(order: Order) -> object:
    return refund_order.refund(
        order_id=order.id, lines=[(line.id, line.units, False) for line in order.lines], delivery=True, reason="changed_mind", actor=None,
        now=LATER,
    )  # fmt: skip


def test_money_in_dispute_is_not_given_back_as_well_and_the_books_explain_it(shop, stripe):
    order, _ = disputed(shop, stripe)
    found = newest(order)
    assert [(each.state, each.amount_minor, each.due_at) for each in found.disputes] == [(DisputeState.OPEN, TOTAL, LATER)]
    assert (found.balance.disputed_minor, found.balance.refundable_minor) == (TOTAL, 0)

    with pytest.raises(MoneyDisputed) as refused:
        give_back_all(order)

    assert (refused.value.most, refused.value.withdrawn_minor) == (0, TOTAL)
    assert orders.order(order.id).refunds == ()
    assert given_back(stripe) == 0
    report = audit_books.run(LATER)
    assert report.is_right
    assert (report.sums["withdrawn_by_banks"], report.sums["kept_by_providers"]) == (TOTAL, 0)


def test_a_dispute_won_brings_the_money_back(shop, stripe):
    order, dispute = disputed(shop, stripe)
    stripe.decide(dispute, "won")
    post(stripe)

    assert newest(order).balance.refundable_minor == TOTAL
    assert give_back_all(order).state is RefundState.SETTLED
    assert audit_books.run(LATER).is_right


def test_a_dispute_lost_is_gone_whatever_order_its_news_come_in(shop, stripe):
    stripe.misbehave("out_of_order")
    order = paid(shop, stripe)
    stripe.decide(stripe.dispute(newest(order).name)["id"], "lost")
    post(stripe)

    balance = newest(order).balance
    assert (balance.lost_minor, balance.disputed_minor, balance.refundable_minor) == (TOTAL, 0, 0)
    assert audit_books.run(LATER).is_right
    assert payments.audit() == []


def test_a_question_of_the_bank_withdraws_nothing_and_may_become_a_dispute(shop, stripe):
    order, dispute = disputed(shop, stripe, status="warning_needs_response")
    assert [each.state for each in newest(order).disputes] == [DisputeState.ASKED]
    assert newest(order).balance.refundable_minor == TOTAL

    stripe.decide(dispute, "needs_response")
    post(stripe)

    assert [(each.state, each.amount_minor) for each in newest(order).disputes] == [(DisputeState.OPEN, TOTAL)]
    assert audit_books.run(LATER).is_right


def test_a_refund_promised_before_the_dispute_fails_and_says_why(shop, stripe):
    order = paid(shop, stripe)
    stripe.misbehave("error_before", "/refunds")
    asked = give_back_all(order)
    assert asked.state is RefundState.ASKED
    stripe.dispute(newest(order).name)
    post(stripe)

    for minutes in (15, 30, 60):
        sweep.sweep(NOON + timedelta(minutes=minutes))

    assert orders.refund(asked.id).state is RefundState.FAILED
    assert given_back(stripe) == 0
    assert audit_books.run(LATER).is_right


def test_a_refund_made_at_stripe_itself_is_heard_by_the_payments_number_there(shop, stripe):
    order = paid(shop, stripe)

    stripe.refund_by_hand(newest(order).name, 500)
    post(stripe)

    assert newest(order).balance.refunded_minor == 500
    assert [(each.check, each.expected, each.found) for each in audit_books.run(LATER).findings if each.subject != "shop"] == [
        ("paid_less_refunds_is_what_providers_keep", TOTAL, TOTAL - 500)
    ]


def test_a_refund_the_bank_sends_back_is_not_counted_as_given(shop, stripe):
    order = paid(shop, stripe)
    give_back_all(order)
    (refund,) = stripe.refunds.values()

    stripe.bounce(refund["id"])
    post(stripe)

    assert newest(order).balance.refunded_minor == 0
    assert "paid_less_refunds_is_what_providers_keep" in {each.check for each in audit_books.run(LATER).findings}
