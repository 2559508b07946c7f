"""Money without an order, and orders without their money: kept once, looked into by the sweeper, settled by staff, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shopkeeper.flows import approve, audit_books, second_person, settle_payment, settle_strays, sweep
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.orders import models as order_models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fakes.stripe import FakeStripe
from shopkeeper.selling.payments.shapes import BadSignature, EventKind, Stray, StrayClosed, StrayState
from shopkeeper.selling.payments.tests.builders import a_stored_payment

pytestmark = pytest.mark.django_db

SOON, LATER = NOON + timedelta(minutes=2), NOON + timedelta(minutes=12)
SUM = 4_200
OTHER = "pay_" + "o" * 27
"""What another shop of this make called a payment."""


@pytest.fixture
def stripe(settings: object) -> Iterator[FakeStripe]:
    fake = FakeStripe(clock=NOON.timestamp).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = fake.secret_key, fake.webhook_secret, fake.url
    yield fake
    fake.stop()


def staff(role: Role = Role.OWNER, name: str = "owner") -> UserId:
    made = access.invite(email=f"{name}@example.org", role=role, actor=None, now=NOON)
    return access.accept(token=made.token, name=name, password="seven grey herons 7", now=NOON)


def post(stripe: FakeStripe, now=NOON) -> int:
    messages = stripe.webhooks()
    for message in messages:
        settle_payment.hear_webhook(provider="stripe", body=message.body, headers=message.headers, now=now)
    return len(messages)


def the_stray() -> Stray:
    return payments.stray(models.Stray.objects.get().pk)


def unclaimed(stripe: FakeStripe, amount: int = SUM, currency: str = "gbp", name: str = "") -> Stray:
    """Return money that somebody else was paid, told of and looked into."""
    stripe.pay_elsewhere(amount, currency, name)
    post(stripe)
    sweep.sweep(SOON)
    found = the_stray()
    assert found.state is StrayState.UNCLAIMED
    return found


def at_stake(stray_id: int) -> int:
    """Return the sum that the page shows to whoever says where it was settled."""
    found = payments.stray(stray_id)
    return found.open_minor + found.pending_minor


def acts() -> list[str]:
    return [each.act for each in trail.Record.objects.order_by("id") if each.act.startswith("payments.")]


# ── heard ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_news_of_a_payment_that_is_not_known_is_kept_once_however_often_it_comes(shop, stripe):
    stripe.misbehave("duplicate")
    intent = stripe.pay_elsewhere(SUM)

    assert post(stripe) == 2
    stripe._tell("payment_intent.succeeded", intent)
    post(stripe, SOON)

    found = the_stray()
    assert (found.provider, found.reference, found.currency, found.state) == ("stripe", intent["id"], "GBP", StrayState.HEARD)
    assert (found.kept_minor, found.first_at, found.last_at, found.heard) == (SUM, NOON, SOON, 4)
    assert models.StrayEvent.objects.count() == 2  # reserved and taken
    assert orders.list_orders().total == 0


def test_a_message_that_is_not_signed_by_the_provider_keeps_nothing(shop, stripe):
    stripe.misbehave("bad_signature")
    stripe.pay_elsewhere(SUM)

    with pytest.raises(BadSignature):
        post(stripe)

    assert not models.Stray.objects.exists()


def test_a_page_that_was_opened_elsewhere_or_a_card_refused_there_is_not_kept(shop, stripe):
    session = {"payment_intent": None, "amount_total": SUM, "currency": "gbp", "_intent_data": {}}
    intent = stripe._intent_for(session)
    intent |= {"last_payment_error": {"code": "card_declined", "decline_code": "expired_card", "charge": "ch_1"}}
    stripe._tell("payment_intent.payment_failed", intent)
    post(stripe)

    assert not models.Stray.objects.exists()


def test_a_name_that_could_be_a_persons_is_not_kept(shop, stripe):
    stripe.pay_elsewhere(SUM, name="ann@example.com")
    post(stripe)

    assert the_stray().name.startswith("other_")
    assert "ann" not in str([*models.Stray.objects.values(), *models.StrayEvent.objects.values()])


def test_news_by_the_providers_name_alone_joins_what_was_told_by_ours(shop, stripe):
    stripe.pay_elsewhere(SUM, name=OTHER)
    stripe.dispute(OTHER)
    post(stripe)

    assert (the_stray().name, the_stray().balance.disputed_minor, the_stray().kept_minor) == (OTHER, SUM, 0)


# ── looked into ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_money_that_belongs_to_no_payment_is_put_before_staff_and_named_by_the_books(shop, stripe):
    found = unclaimed(stripe)

    (finding,) = audit_books.run(LATER).findings
    assert (finding.check, finding.subject, finding.found) == ("no_money_without_an_order", f"stray:{found.id}", SUM)


def test_money_whose_payment_is_known_by_now_pays_its_order(shop, stripe):
    order = shop.buy(method="stripe-card", TEA=2)
    payment = shop.payment(order.id)
    models.Payment.objects.filter(pk=payment.id).update(name="pay_not_yet_there", wake_at=None)
    stripe.pay(stripe.session_of(payment.name)["id"])
    post(stripe)
    assert the_stray().state is StrayState.HEARD
    models.Payment.objects.filter(pk=payment.id).update(name=payment.name)

    assert sweep.sweep(SOON).strays == 1

    assert (the_stray().state, the_stray().payment_id) == (StrayState.LINKED, payment.id)
    assert orders.order(order.id).state is OrderState.PAID
    assert len(told("OrderPaid")) == 1
    post(stripe, SOON)
    assert audit_books.run(LATER).is_right


def test_what_went_back_by_hand_meanwhile_is_found_by_asking(shop, stripe):
    intent = stripe.pay_elsewhere(SUM, name="pay_x")
    post(stripe)
    stripe.refund_by_hand("pay_x", intent["amount"])
    stripe.webhooks()  # lost on the way

    sweep.sweep(SOON)

    assert (the_stray().state, the_stray().kept_minor) == (StrayState.NO_MONEY, 0)
    assert audit_books.run(LATER).is_right


def test_a_silent_provider_is_asked_a_few_times_and_then_staff_decide_by_what_was_told(shop, stripe):
    stripe.pay_elsewhere(SUM)
    post(stripe)
    now = SOON
    for _ in range(4):
        assert the_stray().state is StrayState.HEARD
        stripe.misbehave("busy", "payment_intents")
        sweep.sweep(now)
        now += timedelta(hours=2)

    assert the_stray().state is StrayState.UNCLAIMED


def test_a_stray_that_another_sweeper_has_under_way_is_passed_by(shop, stripe):
    stripe.pay_elsewhere(SUM)
    post(stripe)

    assert payments.claim_strays(now=SOON) == [the_stray().id]
    assert payments.claim_strays(now=SOON) == []


def test_an_order_whose_money_was_not_acted_on_is_woken_and_brought_to_its_end(shop, stripe):
    order = shop.buy(method="stripe-card", TEA=2)
    payment = shop.payment(order.id)
    stripe.pay(stripe.session_of(payment.name)["id"])
    sweep.sweep(SOON)
    # As if somebody had forgotten what the money was for: paid without an order that says so.
    order_models.Order.objects.filter(pk=order.id).update(state="placed", paid_minor=0, paid_at=None)
    models.Payment.objects.update(wake_at=None)
    assert audit_books.orders_whose_money_differs(LATER) == [order.id]

    assert settle_strays.wake_orders_that_differ(LATER) == 1
    sweep.sweep(LATER)

    assert orders.order(order.id).state is OrderState.PAID
    assert audit_books.orders_whose_money_differs(LATER) == []
    assert settle_strays.wake_orders_that_differ(LATER) == 0


# ── settled by staff ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_give_it_back_through_the_provider_once(shop, stripe):
    found, owner = unclaimed(stripe), staff()

    given = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)
    with pytest.raises(StrayClosed):
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)

    assert (given.state, given.kept_minor, given.pending_minor) == (StrayState.GIVEN_BACK, 0, 0)
    assert [each["amount"] for each in stripe.refunds.values()] == [SUM]
    assert acts() == ["payments.give_back"]
    assert audit_books.run(LATER).is_right


def test_an_answer_lost_on_the_way_is_found_by_the_sweeper_and_nothing_goes_twice(shop, stripe):
    found, owner = unclaimed(stripe), staff()
    stripe.misbehave("lost", "refunds")

    asked = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)
    assert (asked.state, asked.pending_minor) == (StrayState.GIVING_BACK, SUM)
    settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)
    sweep.sweep(LATER + timedelta(minutes=2))

    assert the_stray().state is StrayState.GIVEN_BACK
    assert [each["amount"] for each in stripe.refunds.values()] == [SUM]
    assert acts() == ["payments.give_back"]


def test_a_refusal_of_the_provider_leaves_it_open_and_the_next_try_asks_anew(shop, stripe):
    found, owner = unclaimed(stripe), staff()
    stripe.intents[found.reference]["amount_received"] = 0

    refused = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)
    assert (refused.state, refused.kept_minor) == (StrayState.UNCLAIMED, SUM)
    stripe.intents[found.reference]["amount_received"] = SUM
    given = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)

    assert given.state is StrayState.GIVEN_BACK
    keys = [event.key for event in given.events if event.kind is EventKind.REFUND_ASKED]
    assert keys == [f"{found.reference}:stray-back", f"{found.reference}:stray-back-2"]


def test_money_only_reserved_is_let_go_of(shop, stripe):
    intent = stripe.pay_elsewhere(SUM, name="pay_r", is_told=False)
    intent |= {"status": "requires_capture", "amount_capturable": SUM, "amount_received": 0}
    stripe._tell("payment_intent.amount_capturable_updated", intent)
    post(stripe)
    sweep.sweep(SOON)
    assert (the_stray().reserved_minor, the_stray().kept_minor) == (SUM, 0)

    given = settle_strays.give_back(stray_id=the_stray().id, seen_minor=SUM, actor=staff(), now=LATER)

    assert (given.state, stripe.intents[intent["id"]]["status"]) == (StrayState.GIVEN_BACK, "canceled")


def test_above_the_limit_a_second_person_is_asked_and_then_it_goes_once(shop, stripe):
    found, owner = unclaimed(stripe), staff()
    manager = staff(Role.MANAGER, "manager")
    second_person.save_limits(refund_over_minor=SUM - 1, price_drop_percent=None, actor=owner, now=NOON)

    with pytest.raises(WaitingForApproval) as waits:
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=manager, now=LATER)
    assert (the_stray().state, stripe.refunds) == (StrayState.UNCLAIMED, {})
    asked = waits.value.approval
    approve.approve(approval_id=asked.id, seen_digest=asked.digest, actor=owner, now=LATER)

    assert the_stray().state is StrayState.GIVEN_BACK
    assert len(stripe.refunds) == 1


def test_money_in_another_currency_fits_no_limit_and_needs_a_second_person(shop, stripe):
    found, owner = unclaimed(stripe, currency="usd"), staff()
    staff(Role.MANAGER, "manager")
    second_person.save_limits(refund_over_minor=100_000, price_drop_percent=None, actor=owner, now=NOON)

    with pytest.raises(WaitingForApproval):
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)


def test_staff_say_where_it_was_settled_and_more_money_opens_it_again(shop, stripe):
    found, owner = unclaimed(stripe, name="pay_y"), staff()

    settled = settle_strays.settle_elsewhere(
        stray_id=found.id, seen_minor=at_stake(found.id), reason="Belongs to our other shop", actor=owner, now=LATER
    )

    assert (settled.state, settled.reason) == (StrayState.ELSEWHERE, "Belongs to our other shop")
    assert (acts(), audit_books.run(LATER).is_right) == (["payments.settle_elsewhere"], True)
    intent = stripe.intent_of("pay_y")
    intent |= {"latest_charge": "ch_more", "amount_received": SUM}
    stripe._tell("payment_intent.succeeded", intent)
    post(stripe, LATER)
    assert (the_stray().state, the_stray().kept_minor) == (StrayState.UNCLAIMED, 2 * SUM)


def test_money_that_came_after_staff_looked_is_not_settled_with_what_they_saw(shop, stripe):
    found, owner = unclaimed(stripe), staff()
    seen = at_stake(found.id)
    models.Stray.objects.filter(pk=found.id).update(kept_minor=seen + 500_000)

    with pytest.raises(StrayClosed):
        settle_strays.settle_elsewhere(stray_id=found.id, seen_minor=seen, reason="Our other shop", actor=owner, now=LATER)

    assert (payments.stray(found.id).state, acts()) == (StrayState.UNCLAIMED, [])


def test_news_that_was_faster_than_its_payment_is_not_given_back_as_nobodys(shop, stripe):
    stripe.pay_elsewhere(SUM, "gbp", OTHER)
    post(stripe)
    found, owner = the_stray(), staff()
    assert found.state is StrayState.HEARD
    late = a_stored_payment(OTHER, provider="stripe")

    with pytest.raises(StrayClosed):
        settle_strays.give_back(stray_id=found.id, seen_minor=found.open_minor, actor=owner, now=LATER)

    assert (the_stray().state, the_stray().payment_id) == (StrayState.LINKED, late.pk)
    assert stripe.refunds == {}


@pytest.mark.parametrize("reason", ["", " ", "x" * 201])
def test_a_reason_has_to_be_given(shop, stripe, reason):
    found = unclaimed(stripe)

    with pytest.raises(OutOfRange):
        settle_strays.settle_elsewhere(stray_id=found.id, seen_minor=at_stake(found.id), reason=reason, actor=staff(), now=LATER)

    assert the_stray().state is StrayState.UNCLAIMED


def test_nothing_is_given_back_that_comes_to_another_sum_than_was_seen(shop, stripe):
    found = unclaimed(stripe)

    with pytest.raises(StrayClosed):
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM - 1, actor=staff(), now=LATER)
    with pytest.raises(NotFound):
        settle_strays.give_back(stray_id=found.id + 1, seen_minor=SUM, actor=staff(Role.OWNER, "second"), now=LATER)

    assert (stripe.refunds, acts()) == ({}, [])


def test_what_staff_have_to_decide_does_not_make_a_restored_backup_wrong(shop, stripe):
    from shopkeeper.flows.settle_restored import Settled
    from shopkeeper.insight.lake.shapes import Mended

    unclaimed(stripe)
    books = audit_books.run(LATER)

    assert not books.is_right
    mended = Mended.__new__(Mended)
    object.__setattr__(mended, "problems", ())
    assert Settled(mended=mended, books=books, figures=()).problems == ()


# ── money that does not fit ───────────────────────────────────────────────────────────────────────────────────────────


def test_money_in_another_currency_than_was_asked_for_is_put_before_staff_and_given_back(shop, stripe):
    order = shop.buy(method="stripe-card", TEA=2)
    session = stripe.session_of(shop.payment(order.id).name)
    stripe.misbehave("wrong_currency", session["id"])
    stripe.pay(session["id"])
    post(stripe)
    assert not models.Stray.objects.exists()

    sweep.sweep(SOON)
    sweep.sweep(SOON + timedelta(minutes=5))

    found = the_stray()
    assert (found.is_mismatched, found.payment_id, found.currency) == (True, shop.payment(order.id).id, "USD")
    assert (found.state, found.reserved_minor) == (StrayState.UNCLAIMED, order.total_minor)
    given = settle_strays.give_back(stray_id=found.id, seen_minor=found.open_minor, actor=staff(), now=LATER)
    assert given.state is StrayState.GIVEN_BACK
    assert [each["status"] for each in stripe.intents.values()] == ["canceled"]
    assert orders.order(order.id).paid_minor == 0


def test_what_fits_a_payment_is_never_counted_beside_it_as_well(shop, stripe):
    order = shop.buy(method="stripe-card", TEA=2)
    payment = shop.payment(order.id)
    stripe.pay(stripe.session_of(payment.name)["id"])
    sweep.sweep(SOON)
    models.PaymentEvent.objects.create(payment_id=payment.id, kind="mismatched", amount_minor=5, key="", reference="x", at=NOON)
    payments.keep_mismatched(payments.payment(payment.id), SOON)

    sweep.sweep(SOON)

    # What the provider was heard to say of it is kept and counts for nothing; that it says no more of it is for staff to clear up.
    assert [(event.kind, event.reference) for event in the_stray().events] == [(EventKind.MISMATCHED, "x")]
    assert (the_stray().open_minor, the_stray().state) == (0, StrayState.UNCLAIMED)
