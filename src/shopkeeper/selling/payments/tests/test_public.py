"""Payments through their face, with the built-in test provider at the other end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.payments import models, store
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import METHODS, FakeProvider, webhook
from shopkeeper.selling.payments.adapters.provider import Answer, ProviderSilent
from shopkeeper.selling.payments.shapes import BadSignature, CapturePending, EventKind, PaymentState, TooMuch, UnknownProvider

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORDER = OrderId(7)


def start(method="test-ok", key="k", amount=1_000):
    return payments.start(order_id=ORDER, amount_minor=amount, currency="GBP", method=method, key=key, now=NOON)


def taken(amount=1_000):
    payment_id = start(amount=amount)
    payments.authorize(payment_id, NOON)
    return payments.capture(payment_id=payment_id, key="c", now=NOON)


def kinds(payment):
    return [event.kind.value for event in payment.events]


def told():
    return [(row.body["kind"], row.body["amount_minor"]) for row in OutboxFact.objects.filter(kind="PaymentEventHeard").order_by("id")]


def test_checkout_offers_every_method_of_the_test_provider():
    assert tuple(method.code for method in payments.methods()) == METHODS
    assert all(method.is_test for method in payments.methods())


def test_an_unknown_method_is_refused_before_anything_is_written():
    with pytest.raises(Malformed) as refused:
        start(method="gold")

    assert refused.value.field == "payment_method"
    assert models.Payment.objects.count() == 0


def test_the_same_key_is_the_same_payment():
    assert start(key="k") == start(key="k") != start(key="other")


def test_money_is_reserved_taken_and_given_back():
    payment = taken()
    assert payment.state is PaymentState.CAPTURED

    payment = payments.refund(payment_id=payment.id, amount_minor=400, key="r", now=NOON)

    assert payment.answer_to("r") is EventKind.REFUNDED
    assert payment.balance.refundable_minor == 600
    assert kinds(payment) == ["authorize_asked", "authorized", "capture_asked", "captured", "refund_asked", "refunded"]
    assert told() == [("authorized", 1_000), ("captured", 1_000), ("refunded", 400)]
    assert payments.audit() == []


def test_money_can_be_taken_in_parts():
    payment_id = start()
    payments.authorize(payment_id, NOON)

    payments.capture(payment_id=payment_id, amount_minor=300, key="c1", now=NOON)
    payment = payments.capture(payment_id=payment_id, key="c2", now=NOON)

    assert [event.amount_minor for event in payment.events if event.kind is EventKind.CAPTURED] == [300, 700]
    assert payment.balance.capturable_minor == 0


def test_reserved_money_can_be_let_go():
    payment_id = start()
    payments.authorize(payment_id, NOON)

    payment = payments.void(payment_id=payment_id, key="v", now=NOON)

    assert payment.state is PaymentState.VOIDED
    assert payment.balance.capturable_minor == 0
    with pytest.raises(TooMuch):
        payments.capture(payment_id=payment_id, key="c", now=NOON)


@pytest.mark.parametrize("arrived", [True, False])
def test_money_being_taken_is_not_let_go_until_it_is_known_what_became_of_it(monkeypatch, arrived):
    """The provider is silent about a capture, whether it heard of it or not: a void has nothing certain to let go of."""
    took = FakeProvider.capture

    def lost(self, ask):
        if arrived:
            took(self, ask)
        raise ProviderSilent

    payment_id = start()
    payments.authorize(payment_id, NOON)
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "capture", lost)
        before = payments.capture(payment_id=payment_id, key="c", now=NOON)

    with pytest.raises(CapturePending) as refused:
        payments.void(payment_id=payment_id, key="v", now=NOON)

    assert (refused.value.field, refused.value.amount_minor) == ("void", 1_000)
    assert payments.payment(payment_id).events == before.events
    assert not models.FakeCharge.objects.get().is_voided
    assert payments.ask_again(payment_id, NOON).state is PaymentState.CAPTURED


def test_money_is_not_taken_once_it_is_being_let_go_of(monkeypatch):
    def lost(self, ask):
        raise ProviderSilent

    payment_id = start()
    payments.authorize(payment_id, NOON)
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "void", lost)
        before = payments.void(payment_id=payment_id, key="v", now=NOON)

    with pytest.raises(TooMuch) as refused:
        payments.capture(payment_id=payment_id, key="c", now=NOON)

    assert (refused.value.field, refused.value.most) == ("capture", 0)
    assert payments.payment(payment_id).events == before.events
    assert payments.ask_again(payment_id, NOON).state is PaymentState.VOIDED


def test_money_let_go_of_by_another_since_the_caller_looked_is_not_taken(monkeypatch):
    payment_id = start()
    payments.authorize(payment_id, NOON)
    ask = store.ask

    def after_another(values):
        models.PaymentEvent.objects.get_or_create(
            payment_id=payment_id, kind="voided", key="v", reference="", defaults={"amount_minor": 1_000, "at": NOON}
        )
        return ask(values)

    monkeypatch.setattr(store, "ask", after_another)

    with pytest.raises(TooMuch):
        payments.capture(payment_id=payment_id, key="c", now=NOON)

    assert "capture_asked" not in kinds(payments.payment(payment_id))


def test_news_that_another_wrote_since_the_caller_looked_is_one_event_and_one_fact(monkeypatch):
    """Answer and webhook at once: both look before either has written, and the second decides anew from what stands there then."""
    payment_id = start()
    (hear, seen) = (store.hear, [])

    def after_another(found, then, **news):
        if not seen:
            seen.append(found)
            assert hear(found, then, **news) is None
        return hear(found, then, **news)

    monkeypatch.setattr(store, "hear", after_another)

    payment = payments.authorize(payment_id, NOON)

    assert kinds(payment) == kinds(payments.payment(payment_id)) == ["authorize_asked", "authorized"]
    assert told() == [("authorized", 1_000)]


def test_a_payment_that_heard_more_since_it_was_looked_at_is_not_put_to_rest():
    payment = taken()
    models.PaymentEvent.objects.create(payment_id=payment.id, kind="disputed", amount_minor=1, reference="dp", at=NOON)

    assert not payments.rest_as_seen(payment)

    assert payments.pending(NOON + timedelta(days=1)) == [payment.id]
    assert payments.rest_as_seen(payments.payment(payment.id))
    assert payments.pending(NOON + timedelta(days=1)) == []


def test_money_is_let_go_once_its_capture_is_known_to_have_failed(monkeypatch):
    def refuse(self, ask):
        return Answer(kind=EventKind.FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="no", amount_minor=0)

    payment_id = start()
    payments.authorize(payment_id, NOON)
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "capture", refuse)
        payments.capture(payment_id=payment_id, key="c", now=NOON)

    payment = payments.void(payment_id=payment_id, key="v", now=NOON)

    assert (payment.state, payment.balance.voided_minor) == (PaymentState.VOIDED, 1_000)


def test_a_void_asked_again_lets_go_of_what_was_asked_first(monkeypatch):
    def lost(self, ask):
        raise ProviderSilent

    payment_id = start()
    payments.authorize(payment_id, NOON)
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "void", lost)
        payments.void(payment_id=payment_id, key="v", now=NOON)

    payment = payments.ask_again(payment_id, NOON)

    assert (payment.state, payment.balance.voided_minor) == (PaymentState.VOIDED, 1_000)
    assert payments.audit() == []


def test_repeating_a_key_repeats_the_answer_not_the_act():
    payment = taken()

    for _ in range(3):
        payment = payments.refund(payment_id=payment.id, amount_minor=400, key="r", now=NOON)
        payment = payments.capture(payment_id=payment.id, key="c", now=NOON)

    assert (payment.balance.captured_minor, payment.balance.refunded_minor) == (1_000, 400)
    assert models.FakeCharge.objects.get().refunded_minor == 400


@pytest.mark.parametrize("amount", [0, -1, 1_001])
def test_more_than_was_taken_is_not_given_back(amount):
    payment = taken()

    with pytest.raises(TooMuch) as refused:
        payments.refund(payment_id=payment.id, amount_minor=amount, key="r", now=NOON)

    assert (refused.value.field, refused.value.most) == ("refund", 1_000)
    assert payments.payment(payment.id).events == payment.events


def test_what_is_being_given_back_cannot_be_given_back_again(monkeypatch):
    def lost(self, ask):
        raise ProviderSilent

    payment = taken()
    monkeypatch.setattr(FakeProvider, "refund", lost)
    payment = payments.refund(payment_id=payment.id, amount_minor=700, key="r1", now=NOON)
    assert payment.answer_to("r1") is None

    with pytest.raises(TooMuch) as refused:
        payments.refund(payment_id=payment.id, amount_minor=301, key="r2", now=NOON)

    assert refused.value.most == 300


def test_a_declined_payment_says_why_and_sleeps():
    payment = payments.authorize(start("test-declined"), NOON)

    assert (payment.state, payment.decline_reason) == (PaymentState.DECLINED, "declined")
    payments.rest(payment.id)
    assert payments.pending(NOON + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("method", "minutes", "state"),
    [
        ("test-slow", 0, "authorized"),
        ("test-silent", 1, "pending"),
        ("test-silent", 2, "authorized"),
        ("test-late", 31, "pending"),
        ("test-late", 45, "authorized"),
    ],
)
def test_a_silent_payment_is_found_by_asking_again(method, minutes, state):
    payment_id = start(method)
    assert payments.authorize(payment_id, NOON).state is PaymentState.PENDING

    assert payments.ask_again(payment_id, NOON + timedelta(minutes=minutes)).state is PaymentState(state)


def test_a_lost_answer_to_a_refund_is_asked_for_under_the_same_key(monkeypatch):
    payment, paid_out = taken(), FakeProvider.refund

    def lost(self, ask):
        paid_out(self, ask)
        raise ProviderSilent

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", lost)
        payments.refund(payment_id=payment.id, amount_minor=400, key="r", now=NOON)

    payment = payments.ask_again(payment.id, NOON)

    assert payment.answer_to("r") is EventKind.REFUNDED
    assert models.FakeCharge.objects.get().refunded_minor == 400


def test_a_request_that_never_arrived_is_made_again(monkeypatch):
    def lost(self, ask):
        raise ProviderSilent

    payment = taken()
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", lost)
        payments.refund(payment_id=payment.id, amount_minor=400, key="r", now=NOON)
    assert models.FakeCharge.objects.get().refunded_minor == 0

    assert payments.ask_again(payment.id, NOON).answer_to("r") is EventKind.REFUNDED


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_webhook_heard_any_number_of_times_is_one_event(times):
    payment_id = start("test-silent")
    payments.authorize(payment_id, NOON)
    (message,) = payments.webhooks_of_test_provider(NOON + timedelta(minutes=2))

    for _ in range(times):
        assert payments.hear_webhook(provider="test", body=message.body, headers=message.headers, now=NOON) == [ORDER]

    assert kinds(payments.payment(payment_id)) == ["authorize_asked", "authorized"]
    assert told() == [("authorized", 1_000)]


def test_answer_and_webhook_tell_the_same_event():
    payment = payments.authorize(start("test-duplicate"), NOON)

    messages = payments.webhooks_of_test_provider(NOON)
    for message in messages:
        payments.hear_webhook(provider="test", body=message.body, headers=message.headers, now=NOON)

    assert len(messages) == 2
    assert payments.payment(payment.id).events == payment.events


def test_a_webhook_is_sent_once_whoever_asks():
    payments.authorize(start(), NOON)

    assert len(payments.webhooks_of_test_provider(NOON)) == 1
    assert payments.webhooks_of_test_provider(NOON) == []


@pytest.mark.parametrize(
    ("provider", "body", "headers", "refusal"),
    [
        ("test", b'{"answers": []}', {}, BadSignature),
        ("test", b"", {"X-Test-Signature": ""}, BadSignature),
        ("test", b"\xff\x00", {"X-Test-Signature": "deadbeef"}, BadSignature),
        ("nobody", b"{}", {}, UnknownProvider),
        ("imported", b"{}", {}, Malformed),
    ],
)
def test_a_message_that_proves_nothing_is_refused(provider, body, headers, refusal):
    with pytest.raises(refusal):
        payments.hear_webhook(provider=provider, body=body, headers=headers, now=NOON)

    assert told() == []


def test_a_signed_message_that_makes_no_sense_is_refused(monkeypatch):
    from shopkeeper.selling.payments.adapters import fake

    for body in (b"[]", b"{}", b'{"answers": [{"kind": "gold"}]}', b"not json"):
        with pytest.raises(Malformed):
            payments.hear_webhook(provider="test", body=body, headers={fake.SIGNATURE: fake._signature(body)}, now=NOON)


def test_a_webhook_of_another_providers_payment_is_left_alone():
    payment = payments.authorize(start(), NOON)
    models.Payment.objects.update(provider="imported")
    message = webhook(Answer(kind=EventKind.REFUNDED, payment_name=payment.name, key="", reference="", operation="op", amount_minor=1))

    assert payments.hear_webhook(provider="test", body=message.body, headers=message.headers, now=NOON) == []
    assert payments.payment(payment.id).events == payment.events


@pytest.mark.parametrize("statement", ["UPDATE payments_paymentevent SET amount_minor = 1", "DELETE FROM payments_paymentevent"])
def test_events_are_never_rewritten(statement):
    payment = taken()

    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert payments.payment(payment.id).events == payment.events


def test_two_sweepers_never_take_the_same_payment():
    payment_id = start("test-late")

    assert payments.claim_due(now=NOON) == []
    assert payments.claim_due(now=NOON + timedelta(minutes=1)) == [payment_id]
    assert payments.claim_due(now=NOON + timedelta(minutes=1)) == []


def test_an_abandoned_payment_counts_again_when_money_comes():
    payment_id = start("test-late")
    payments.authorize(payment_id, NOON)
    payments.abandon(payment_id=payment_id, now=NOON)
    assert payments.payment(payment_id).state is PaymentState.DECLINED

    assert payments.ask_again(payment_id, NOON + timedelta(hours=1)).state is PaymentState.AUTHORIZED
    assert payments.pending(NOON + timedelta(hours=2)) == [payment_id]


def test_a_payment_nobody_made_is_not_found():
    with pytest.raises(NotFound):
        payments.payment(999_999)
    with pytest.raises(NotFound):
        payments.abandon(payment_id=999_999, now=NOON)


def test_many_payments_cost_one_query(django_assert_num_queries):
    ids = [start(key=f"k{number}") for number in range(5)]

    with django_assert_num_queries(1):
        assert len(payments.payments(ids)) == 5


@pytest.mark.django_db(transaction=True)
def test_a_provider_is_never_asked_inside_a_transaction():
    payment_id = start()

    with pytest.raises(RuntimeError), transaction.atomic():
        payments.authorize(payment_id, NOON)

    assert models.FakeCharge.objects.count() == 0
    assert payments.authorize(payment_id, NOON).state is PaymentState.AUTHORIZED
