"""Money without an order comes to an end whatever the provider does: none is asked for by a wrong name, twice, or for ever."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import Mock, patch

import pytest

from shopkeeper.flows import approve, audit_books, second_person, settle_payment, settle_strays, sweep
from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.flows.tests.test_settle_strays import LATER, OTHER, SOON, SUM, acts, at_stake, post, staff, stripe, the_stray, unclaimed  # noqa: F401
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import ApprovalState, WaitingForApproval
from shopkeeper.selling.orders import models as order_models
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters import alipay, installed, wechat
from shopkeeper.selling.payments.adapters.fakes.alipay import FakeAlipay
from shopkeeper.selling.payments.adapters.fakes.alipay import Trade as AlipayTrade
from shopkeeper.selling.payments.adapters.fakes.wechat import FakeWeChat
from shopkeeper.selling.payments.adapters.fakes.wechat import Trade as WeChatTrade
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.shapes import EventKind, Stray, StrayClosed, StrayRefused, StrayState, StrayUnaskable

DAY = timedelta(days=1)


# ── the sweeper ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_lets_what_was_given_back_rest(stripe):  # noqa: F811
    small_shop()
    found, owner = unclaimed(stripe), staff()
    settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)

    swept = sweep.sweep(LATER + timedelta(minutes=3))

    assert (swept.strays, swept.failed) == (1, 0)
    assert models.Stray.objects.get().wake_at is None
    assert len(stripe.refunds) == 1


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_lets_a_payment_it_turned_out_to_be_rest(stripe):  # noqa: F811
    shop = small_shop()
    order = shop.buy(method="stripe-card", TEA=2)
    payment = shop.payment(order.id)
    models.Payment.objects.filter(pk=payment.id).update(name="pay_not_yet_there", wake_at=None)
    stripe.pay(stripe.session_of(payment.name)["id"])
    post(stripe)
    models.Payment.objects.filter(pk=payment.id).update(name=payment.name)
    sweep.sweep(SOON)
    models.Stray.objects.update(wake_at=SOON)

    swept = sweep.sweep(LATER)

    assert (swept.strays, swept.failed, the_stray().state) == (1, 0, StrayState.LINKED)
    assert models.Stray.objects.get().wake_at is None


# ── orders whose money differs ────────────────────────────────────────────────────────────────────────────────────────


def checks(now=LATER) -> list[str]:
    return [finding.check for finding in audit_books.run(now).findings]


@pytest.mark.django_db
def test_money_taken_over_is_neither_asked_about_nor_given_back_by_itself(shop):
    order = shop.buy(TEA=1)
    sweep.sweep(SOON)
    models.Payment.objects.update(provider=payments.TAKEN_OVER, wake_at=None)
    order_models.Order.objects.filter(pk=order.id).update(paid_minor=0, state="cancelled")
    before = shop.payment(order.id).events

    assert audit_books.orders_whose_money_differs(LATER) == [order.id]
    assert settle_strays.wake_orders_that_differ(LATER) == 0
    sweep.sweep(LATER)
    settle_payment.settle(order_id=order.id, now=LATER)

    assert shop.payment(order.id).events == before
    assert "paid_less_refunds_is_what_providers_keep" in checks()


@pytest.mark.django_db
def test_a_difference_of_a_provider_that_was_taken_away_is_named_for_as_long_as_it_lasts(shop):
    order = shop.buy(TEA=1)
    sweep.sweep(SOON)
    models.Payment.objects.update(provider="stripe", wake_at=None)
    order_models.Order.objects.filter(pk=order.id).update(paid_minor=order.total_minor - 5)
    later = LATER + audit_books.UNDER_WAY_FOR
    assert "paid_less_refunds_is_what_providers_keep" in checks(later)

    assert settle_strays.wake_orders_that_differ(later) == 1
    swept = [sweep.sweep(later + timedelta(hours=hours)) for hours in range(4)]

    assert [each.failed for each in swept] == [0] * 4
    assert "paid_less_refunds_is_what_providers_keep" in checks(later)
    assert "paid_less_refunds_is_what_providers_keep" in checks(later + DAY)


@pytest.mark.django_db
def test_money_is_under_way_for_two_hours_after_its_last_event_and_then_it_differs(shop):
    order = shop.buy(TEA=1)
    sweep.sweep(SOON)
    order_models.Order.objects.filter(pk=order.id).update(paid_minor=order.total_minor - 5)
    last = shop.payment(order.id).events[-1].at
    models.Payment.objects.update(wake_at=last + DAY)

    assert audit_books.orders_whose_money_differs(last + timedelta(minutes=119)) == []
    assert audit_books.run(last + timedelta(minutes=119)).sums["under_way"] == 5
    assert audit_books.orders_whose_money_differs(last + timedelta(hours=2)) == [order.id]
    assert audit_books.run(last + timedelta(hours=2)).sums["under_way"] == 0


# ── money that does not fit ───────────────────────────────────────────────────────────────────────────────────────────


def paid_in_dollars(shop, fake):
    """Return an order whose buyer paid in another currency, as a webhook told it."""
    order = shop.buy(method="stripe-card", TEA=2)
    session = fake.session_of(shop.payment(order.id).name)
    fake.misbehave("wrong_currency", session["id"])
    fake.pay(session["id"])
    post(fake)
    return order


@pytest.mark.django_db
def test_what_was_told_before_the_provider_fell_silent_is_not_forgotten(shop, stripe):  # noqa: F811
    order = paid_in_dollars(shop, stripe)
    payments.keep_mismatched(shop.payment(order.id), SOON)
    assert [event.kind for event in the_stray().events] == [EventKind.MISMATCHED]
    now = SOON
    for _ in range(6):
        stripe.misbehave("busy", "payment_intents")
        stripe.misbehave("busy", "checkout/sessions")
        for stray_id in payments.claim_strays(now=now):
            payments.look_into_stray(stray_id, now)
        now += timedelta(hours=2)

    assert the_stray().state is StrayState.UNCLAIMED
    stripe.behave()
    sweep.sweep(now + 2 * DAY)
    assert (the_stray().state, the_stray().open_minor) == (StrayState.UNCLAIMED, order.total_minor)


@pytest.mark.django_db
def test_more_money_that_does_not_fit_wakes_what_is_kept_of_the_first(shop, stripe):  # noqa: F811
    order = paid_in_dollars(shop, stripe)
    sweep.sweep(SOON)
    payment = shop.payment(order.id)
    models.Stray.objects.update(wake_at=None, tries=9)

    payments.keep_mismatched(payment, LATER)
    assert models.Stray.objects.get().wake_at is None
    models.PaymentEvent.objects.create(payment_id=payment.id, kind="mismatched", amount_minor=5, key="", reference="more", at=LATER)
    payments.keep_mismatched(payments.payment(payment.id), LATER)

    row = models.Stray.objects.get()
    assert (row.wake_at, row.tries) == (LATER, 0)
    assert "more" in [event.reference for event in the_stray().events]


@pytest.mark.django_db
def test_money_that_does_not_fit_is_shown_though_other_news_of_the_payment_came_before_it_was_known(shop, stripe):  # noqa: F811
    order = shop.buy(method="stripe-card", TEA=2)
    payment = shop.payment(order.id)
    models.Payment.objects.filter(pk=payment.id).update(name="pay_not_yet_there", wake_at=None)
    stripe.pay(stripe.session_of(payment.name)["id"])
    post(stripe)
    models.Payment.objects.filter(pk=payment.id).update(name=payment.name)
    sweep.sweep(SOON)
    linked = the_stray()
    assert linked.state is StrayState.LINKED

    models.PaymentEvent.objects.create(payment_id=payment.id, kind="mismatched", amount_minor=5, key="", reference="more", at=LATER)
    payments.keep_mismatched(payments.payment(payment.id), LATER)
    payments.keep_mismatched(payments.payment(payment.id), LATER)

    assert payments.stray(linked.id) == linked
    apart = payments.stray(models.Stray.objects.get(is_mismatched=True).pk)
    assert (apart.payment_id, apart.name, apart.is_open) == (payment.id, payment.name, True)
    assert [(event.kind, event.reference) for event in apart.events] == [(EventKind.MISMATCHED, "more")]


@pytest.mark.django_db
def test_a_stray_never_asks_under_a_key_that_other_money_of_the_same_name_went_back_by(shop, stripe):  # noqa: F811
    paid_in_dollars(shop, stripe)
    sweep.sweep(SOON)
    found = the_stray()
    before = models.Stray.objects.create(provider="stripe", name=found.name, currency="GBP", state="linked", first_at=NOON, last_at=NOON)
    key = f"{found.name}:stray-void"
    models.StrayEvent.objects.create(stray=before, kind="void_asked", amount_minor=5, key=key, reference="", reason="", at=NOON)

    settle_strays.give_back(stray_id=found.id, seen_minor=found.open_minor, actor=staff(), now=LATER)

    asked = models.StrayEvent.objects.filter(stray=found.id, kind="void_asked").values_list("key", flat=True)
    assert list(asked) == [f"{key}-2"]


@pytest.mark.django_db
def test_a_stray_never_asks_under_a_key_of_the_payment_it_came_for(shop, stripe):  # noqa: F811
    order = paid_in_dollars(shop, stripe)
    sweep.sweep(SOON)
    payment, found = shop.payment(order.id), the_stray()
    assert found.name == payment.name

    settle_strays.give_back(stray_id=found.id, seen_minor=found.open_minor, actor=staff(), now=LATER)

    asked = {event.key for event in the_stray().events if event.kind in (EventKind.REFUND_ASKED, EventKind.VOID_ASKED)}
    assert asked
    assert asked.isdisjoint({settle_payment.give_back_key(payment), settle_payment.void_key(payment), settle_payment.close_key(payment)})


# ── names that are not ours ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def at_alipay(monkeypatch) -> Iterator[FakeAlipay]:
    with FakeAlipay() as fake:
        fake.manners.is_holding = True
        monkeypatch.setitem(installed._REAL, "alipay", lambda: alipay.Alipay(fake.account()))
        yield fake


@pytest.fixture
def at_wechat(monkeypatch) -> Iterator[FakeWeChat]:
    with FakeWeChat() as fake:
        fake.manners.is_holding, fake.refunds_at_once = True, True
        monkeypatch.setitem(installed._REAL, "wechat", lambda: wechat.WeChat(fake.account()))
        yield fake


def heard_from(provider: str, fake) -> None:
    news, fake.waiting = fake.waiting, []
    for each in news:
        settle_payment.hear_webhook(provider=provider, body=each.body, headers=each.headers, now=NOON)


def pay_at_alipay(fake: FakeAlipay, *names: str) -> None:
    for name in names:
        fake.trades[name] = AlipayTrade(out_trade_no=name, fen=SUM, subject="x", notify_url="", return_url="", ends="", code="c")
        fake.pay(name)


def pay_at_wechat(fake: FakeWeChat, *names: str) -> None:
    for name in names:
        fake.trades[name] = WeChatTrade(out_trade_no=name, wish={"amount": {"total": SUM}, "notify_url": ""}, code="c")
        fake.pay(name)


FOREIGN = ["order_77", "shop.77", "7" * 40, "zhang-wei", OTHER]


def looked_into() -> Stray:
    swept = sweep.sweep(SOON)
    assert swept.failed == 0
    assert the_stray().state is StrayState.UNCLAIMED
    return the_stray()


@pytest.mark.django_db
@pytest.mark.parametrize("name", FOREIGN)
def test_a_trade_of_another_system_at_alipay_is_asked_about_and_given_back_by_alipays_number(shop, at_alipay, name):
    called = alipay.out_trade_no(name) if name == OTHER else name
    pay_at_alipay(at_alipay, called)
    heard_from("alipay", at_alipay)
    # The trap: what a foreign number would be, spelled anew.
    pay_at_alipay(at_alipay, "order_077")
    at_alipay.waiting = []

    given = settle_strays.give_back(stray_id=looked_into().id, seen_minor=SUM, actor=staff(), now=LATER)
    heard_from("alipay", at_alipay)
    swept = sweep.sweep(LATER + timedelta(minutes=5))

    assert (given.state, the_stray().state, swept.failed) == (StrayState.GIVEN_BACK, StrayState.GIVEN_BACK, 0)
    assert (at_alipay.trades[called].refunded, at_alipay.trades["order_077"].refunded) == (SUM, 0)
    assert [each.amount_minor for each in the_stray().events if each.kind is EventKind.REFUNDED] == [SUM]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FOREIGN)
def test_a_trade_of_another_system_at_wechat_is_asked_about_and_given_back_by_wechats_number(shop, at_wechat, name):
    pay_at_wechat(at_wechat, name)
    heard_from("wechat", at_wechat)

    given = settle_strays.give_back(stray_id=looked_into().id, seen_minor=SUM, actor=staff(), now=LATER)
    (refund,) = at_wechat.trades[name].refunds.values()
    at_wechat.finish_refund(refund.number)
    heard_from("wechat", at_wechat)
    swept = sweep.sweep(LATER + timedelta(minutes=5))

    assert (given.state, the_stray().state, swept.failed) == (StrayState.GIVEN_BACK, StrayState.GIVEN_BACK, 0)
    assert at_wechat.trades[name].refunded == SUM
    assert [each.amount_minor for each in the_stray().events if each.kind is EventKind.REFUNDED] == [SUM]


def say(provider: str, answer: Answer, now) -> None:
    """Have a provider's webhook tell this and nothing else."""
    with patch.object(installed, "provider", lambda _code: Mock(read_webhook=lambda **_message: (answer,))):
        payments.hear_webhook(provider=provider, body=b"", headers={}, now=now)


def told(provider: str, name: str) -> Stray:
    """Return money that is told of without the provider's own name for it."""
    answer = Answer(kind=EventKind.CAPTURED, payment_name=name, key=name, reference="", operation="1", amount_minor=SUM)
    say(provider, answer, NOON)
    return the_stray()


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["alipay", "wechat", "stripe"])
def test_what_cannot_be_asked_for_is_refused_before_anything_is_written(shop, request, provider):
    request.getfixturevalue("stripe" if provider == "stripe" else f"at_{provider}")
    found, owner = told(provider, "order_77"), staff()
    swept = sweep.sweep(SOON)
    assert (swept.failed, the_stray().state) == (0, StrayState.UNCLAIMED)

    for flow in (settle_strays.give_back, payments.give_back_stray):
        with pytest.raises(StrayUnaskable):
            flow(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)

    assert (the_stray().state, len(the_stray().events), acts()) == (StrayState.UNCLAIMED, 1, [])
    settled = settle_strays.settle_elsewhere(
        stray_id=found.id, seen_minor=at_stake(found.id), reason="Given back in their console", actor=owner, now=LATER
    )
    assert settled.state is StrayState.ELSEWHERE


@pytest.mark.django_db
def test_a_provider_that_was_taken_away_cannot_be_asked_to_give_back(shop, stripe, settings):  # noqa: F811
    found, owner = unclaimed(stripe), staff()
    settings.STRIPE_SECRET_KEY = ""

    with pytest.raises(StrayUnaskable):
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=owner, now=LATER)

    assert the_stray().state is StrayState.UNCLAIMED


# ── decided once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def being_given_back(stripe) -> Stray:  # noqa: F811
    found = unclaimed(stripe)
    stripe.misbehave("busy", "refunds")
    asked = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=staff(), now=LATER)
    assert (asked.state, stripe.refunds) == (StrayState.GIVING_BACK, {})
    return asked


@pytest.mark.django_db
def test_asking_again_after_a_refusal_opens_no_request_that_nobody_approved(shop, stripe, monkeypatch):  # noqa: F811
    found = being_given_back(stripe)
    seen = payments.stray
    # The provider refuses after the state was looked at.
    monkeypatch.setattr(payments, "stray", lambda stray_id: found)
    refusal = Answer(
        kind=EventKind.REFUND_FAILED, payment_name="", key=f"{found.reference}:stray-back", reference=found.reference, operation="re_1",
        amount_minor=SUM,
    )  # fmt: skip
    say("stripe", refusal, LATER)

    again = settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=staff(Role.MANAGER, "manager"), now=LATER)

    assert (again.state, stripe.refunds) == (StrayState.UNCLAIMED, {})
    assert [event.kind for event in seen(found.id).events].count(EventKind.REFUND_ASKED) == 1


@pytest.mark.django_db
def test_what_was_approved_and_the_provider_refused_counts_as_failed(shop, stripe):  # noqa: F811
    found, owner = unclaimed(stripe), staff()
    manager = staff(Role.MANAGER, "manager")
    second_person.save_limits(refund_over_minor=SUM - 1, price_drop_percent=None, actor=owner, now=NOON)
    with pytest.raises(WaitingForApproval) as waits:
        settle_strays.give_back(stray_id=found.id, seen_minor=SUM, actor=manager, now=LATER)
    asked = waits.value.approval
    stripe.intents[found.reference]["amount_received"] = 0

    with pytest.raises(StrayRefused):
        approve.approve(approval_id=asked.id, seen_digest=asked.digest, actor=owner, now=LATER)

    assert approvals.approval(asked.id).state is ApprovalState.FAILED
    assert (the_stray().state, stripe.refunds) == (StrayState.UNCLAIMED, {})


@pytest.mark.django_db
def test_what_the_provider_leaves_without_a_word_for_three_days_can_be_settled_elsewhere(shop, stripe):  # noqa: F811
    found = being_given_back(stripe)
    owner, reason = staff(Role.OWNER, "second"), "Given back in their console"
    with pytest.raises(StrayClosed):
        settle_strays.settle_elsewhere(
            stray_id=found.id,
            seen_minor=at_stake(found.id),
            reason=reason,
            actor=owner,
            now=LATER + payments.SILENT_FOR - timedelta(seconds=1),
        )
    assert len(the_stray().events) == len(found.events)

    settled = settle_strays.settle_elsewhere(
        stray_id=found.id, seen_minor=at_stake(found.id), reason=reason, actor=owner, now=LATER + payments.SILENT_FOR
    )

    assert (settled.state, settled.pending_minor) == (StrayState.ELSEWHERE, 0)
    assert settled.events[: len(found.events)] == found.events
    assert acts() == ["payments.give_back", "payments.settle_elsewhere"]
    assert audit_books.run(LATER + 4 * DAY).is_right
    models.Stray.objects.update(wake_at=LATER + 4 * DAY)
    sweep.sweep(LATER + 4 * DAY)
    assert (the_stray().state, stripe.refunds) == (StrayState.ELSEWHERE, {})


@pytest.mark.django_db
def test_an_answer_that_comes_after_it_was_settled_elsewhere_counts_and_more_money_can_be_given_back(shop, stripe):  # noqa: F811
    found = being_given_back(stripe)
    owner = staff(Role.OWNER, "second")
    settle_strays.settle_elsewhere(
        stray_id=found.id, seen_minor=at_stake(found.id), reason="By hand", actor=owner, now=LATER + payments.SILENT_FOR
    )
    late = Answer(
        kind=EventKind.REFUNDED, payment_name="", key=f"{found.reference}:stray-back", reference=found.reference, operation="re_1",
        amount_minor=SUM,
    )  # fmt: skip

    say("stripe", late, LATER + 4 * DAY)

    assert (the_stray().kept_minor, the_stray().state) == (0, StrayState.ELSEWHERE)


# ── compared by the database ──────────────────────────────────────────────────────────────────────────────────────────


DIFFERENT = {
    "paid more": lambda order: order_models.Order.objects.update(paid_minor=order.total_minor + 1),
    "paid, and no payment": lambda order: models.Payment.objects.update(order_id=order.id + 1_000_000),
    "given back and not written down": lambda order: _event(order, "refunded", "r", 7),
    "asked back and not written down": lambda order: _event(order, "refund_asked", "", 7),
    "bounced": lambda order: (_event(order, "refunded", "r", 7), _event(order, "refund_failed", "r", 7)),
    "withdrawn by a bank": lambda order: _event(order, "disputed", "d", 7),
    "awake": lambda order: (_event(order, "refunded", "r", 7), models.Payment.objects.update(wake_at=NOON)),
    "dead with money reserved": lambda order: (
        order_models.Order.objects.update(state="cancelled"), _event(order, "authorized", "a", order.total_minor),
    ),
    "nothing": lambda order: None,
}  # fmt: skip


def _event(order, kind: str, reference: str, amount: int) -> None:
    payment = models.Payment.objects.get(order_id=order.id)
    models.PaymentEvent.objects.create(payment=payment, kind=kind, amount_minor=amount, key=f"k{kind[:6]}", reference=reference, at=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize("plant", DIFFERENT)
@pytest.mark.parametrize("after", [timedelta(0), audit_books.UNDER_WAY_FOR], ids=["at once", "two hours later"])
def test_the_database_finds_the_orders_that_the_audit_names(shop, plant, after):
    order = shop.buy(TEA=1)
    shop.buy(CUP=1)
    sweep.sweep(SOON)
    DIFFERENT[plant](order)

    named = {
        int(finding.subject.removeprefix("order:"))
        for finding in audit_books.run(LATER + after).findings
        if finding.check in ("paid_less_refunds_is_what_providers_keep", "no_money_reserved_for_a_dead_order")
    }

    assert set(audit_books.orders_whose_money_differs(LATER + after)) == named
    assert bool(named) == (plant not in ("nothing", "bounced", "withdrawn by a bank") and (plant != "awake" or bool(after)))
