"""Where money without an order stands follows from its events; what only a statement tells is looked into and not counted."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, connection, transaction

from shopkeeper.selling.payments import models, statements, stray_news
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.rules import strays as rules
from shopkeeper.selling.payments.shapes import OPEN_STRAYS, EventKind, PaymentEvent, StrayState
from shopkeeper.selling.payments.tests.builders import NOON, a_stored_payment

LOOKED = {"is_linked": False, "is_looked_at": True, "settled_minor": None}


def events(*told: str) -> list[PaymentEvent]:
    """Return events of 100 each: `captured`, or `refund_asked@k` under a key."""
    found = []
    for text in told:
        kind, _, key = text.partition("@")
        found.append(PaymentEvent(kind=EventKind(kind), amount_minor=100, key=key, reference=text, reason="", at=NOON))
    return found


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ((), StrayState.UNCLAIMED),
        (("captured",), StrayState.UNCLAIMED),
        (("authorized",), StrayState.UNCLAIMED),
        (("authorized", "voided"), StrayState.NO_MONEY),
        (("captured", "refunded"), StrayState.NO_MONEY),
        (("captured", "refund_asked@k"), StrayState.GIVING_BACK),
        (("captured", "refund_asked@k", "refunded@k"), StrayState.GIVEN_BACK),
        (("captured", "refund_asked@k", "refund_failed@k"), StrayState.UNCLAIMED),
        (("authorized", "void_asked@k"), StrayState.GIVING_BACK),
        (("authorized", "void_asked@k", "voided@k"), StrayState.GIVEN_BACK),
        (("authorized", "void_asked@k", "failed@k"), StrayState.UNCLAIMED),
        (("captured", "disputed"), StrayState.NO_MONEY),
        (("mismatched",), StrayState.UNCLAIMED),
        (("mismatched", "captured", "refunded"), StrayState.NO_MONEY),
    ],
)
def test_the_state_of_a_stray_is_what_its_events_say(told: tuple[str, ...], state: StrayState) -> None:
    assert rules.state(events(*told), **LOOKED) is state


def test_what_is_linked_or_settled_elsewhere_is_closed_and_more_money_opens_it() -> None:
    taken, more = events("captured"), events("captured", "captured@again")

    assert rules.state(taken, is_linked=True, is_looked_at=True, settled_minor=None) is StrayState.LINKED
    assert rules.state(taken, is_linked=False, is_looked_at=False, settled_minor=None) is StrayState.HEARD
    assert rules.state(taken, is_linked=False, is_looked_at=True, settled_minor=100) is StrayState.ELSEWHERE
    assert rules.state(more, is_linked=False, is_looked_at=True, settled_minor=100) is StrayState.UNCLAIMED


def test_the_open_states_are_those_with_something_to_do() -> None:
    assert set(OPEN_STRAYS) == {"heard", "unclaimed", "giving_back"}


OURS = "pay_" + "Aa0_-" * 5 + "Aa"


def kept(told: str, provider: str = "stripe", secret: str = "s") -> str:
    return rules.name_to_keep(told, provider=provider, secret=secret)


@pytest.mark.parametrize(
    "told",
    ["ann@example.com", "Ann Lee", "李安", "x" * 65, "20261120-7", "13800138000", "John.Smith", "zhang-wei", "pay_zhang-wei", OURS + "x"],
)
def test_a_name_that_is_not_of_our_making_is_kept_as_a_hash_alone(told: str) -> None:
    assert told not in kept(told)
    assert 0 < len(kept(told)) <= 64
    assert not rules.is_own(kept(told))
    assert kept(told) == kept(told)
    assert len({kept(told), kept(told + "1"), kept(told, secret="t"), kept(told, provider="alipay")}) == 4


@pytest.mark.django_db
def test_the_name_a_payment_is_begun_under_is_kept_as_it_is() -> None:
    from shopkeeper.selling.payments import public

    begun = public.start(order_id=1, amount_minor=1, currency="GBP", method="test-ok", key="k", now=NOON)
    name = models.Payment.objects.get(pk=begun).name

    assert rules.is_own(name)
    assert rules.is_own(OURS)
    assert (kept(name), kept("")) == (name, "")


@pytest.mark.parametrize(
    ("told", "key"),
    [
        (f"{OURS}:refund:7", f"{OURS}:refund:7"),
        (OURS, OURS),
        ("tx_1:stray-back", "tx_1:stray-back"),
        # A provider that knows the payment by a name of its own tells our key under that one.
        ("order_77:stray-back", "tx_1:stray-back"),
        ("order_77:stray-back-2", ""),
        ("stray-back", ""),
        ("zhang-wei", ""),
        ("", ""),
    ],
)
def test_a_key_is_kept_where_it_was_asked_under_or_is_of_our_making(told: str, key: str) -> None:
    assert rules.key_to_keep(told, ["tx_1:stray-back"]) == key


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "reference"), [("13800138000", ""), ("", ""), ("x" * 65, ""), ("", "tx_1")])
def test_money_is_kept_whatever_it_is_called(name: str, reference: str) -> None:
    told = Answer(kind=EventKind.CAPTURED, payment_name=name, key=name, reference=reference, operation="op", amount_minor=100)

    stray_news.hear(provider="alipay", answers=[told], now=NOON)
    stray_news.hear(provider="alipay", answers=[told], now=NOON)

    (row,) = models.Stray.objects.all()
    assert (row.kept_minor, row.heard, models.StrayEvent.objects.count()) == (100, 2, 1)
    assert "138001" not in str([row.name, *models.StrayEvent.objects.values()])


@pytest.mark.django_db
def test_a_stray_of_another_name_is_still_the_same_under_another_secret(settings: object) -> None:
    stray_news.hear(provider="alipay", answers=[captured("order_77", "tx_1")], now=NOON)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    stray_news.hear(provider="alipay", answers=[captured("order_77", "tx_1")], now=NOON)

    assert (models.Stray.objects.count(), models.StrayEvent.objects.count()) == (1, 1)


def captured(name: str = "", reference: str = "pi_1") -> Answer:
    return Answer(
        kind=EventKind.CAPTURED, payment_name=name, key="", reference=reference, operation="ch_1", amount_minor=100, currency="GBP"
    )  # fmt: skip


@pytest.mark.django_db
def test_a_name_and_a_reference_stand_for_one_stray_in_whatever_order_they_are_told() -> None:
    stray_news.hear(provider="stripe", answers=[captured()], now=NOON)
    stray_news.hear(provider="stripe", answers=[captured(OURS)], now=NOON)
    stray_news.hear(provider="stripe", answers=[captured()], now=NOON + timedelta(hours=1))

    (row,) = models.Stray.objects.all()
    assert (row.name, row.reference, row.heard, row.kept_minor) == (OURS, "pi_1", 3, 100)
    assert models.StrayEvent.objects.count() == 1


@pytest.mark.django_db
def test_the_same_name_at_another_provider_is_another_stray() -> None:
    stray_news.hear(provider="stripe", answers=[captured("pay_1")], now=NOON)
    stray_news.hear(provider="alipay", answers=[captured("pay_1")], now=NOON)

    assert models.Stray.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["pay_1", ""])
def test_the_database_keeps_one_row_for_one_stray(name: str) -> None:
    row = {"provider": "stripe", "name": name, "reference": "pi_1", "state": "heard", "first_at": NOON, "last_at": NOON}
    models.Stray.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Stray.objects.create(**row)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["UPDATE payments_strayevent SET amount_minor = 0", "DELETE FROM payments_strayevent"])
def test_what_was_told_of_a_stray_is_never_rewritten(act: str) -> None:
    stray_news.hear(provider="stripe", answers=[captured()], now=NOON)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)

    assert models.StrayEvent.objects.get().amount_minor == 100


def read(*rows: bytes) -> None:
    statements.reconcile(provider="alipay", file_name="bill.csv", data=files.alipay(*rows), actor=None, now=NOON)


@pytest.mark.django_db
def test_a_payment_that_only_a_statement_tells_of_is_kept_once_and_not_counted() -> None:
    row = files.alipay_row("2026112002", "pay_0stranger", "1.00")

    read(row)
    for statement in models.Statement.objects.all():
        statements.compare_again(statement_id=statement.pk, now=NOON)

    (kept,) = models.Stray.objects.all()
    (event,) = models.StrayEvent.objects.all()
    assert (kept.provider, kept.state, kept.kept_minor) == ("alipay", "heard", 0)
    assert (event.kind, event.amount_minor, event.reason) == ("mismatched", 100, "statement")


@pytest.mark.django_db
def test_a_payment_of_ours_that_a_statement_says_was_paid_is_asked_about_anew() -> None:
    from shopkeeper.selling.payments.adapters.alipay import out_trade_no

    ours = models.Payment.objects.create(
        order_id=1, provider="alipay", method="alipay-qr", amount_minor=100, currency="CNY", key="k", name="pay_unheard", state="pending",
        started_at=NOON,
    )  # fmt: skip

    read(files.alipay_row("2026112002", out_trade_no("pay_unheard"), "1.00"))

    ours.refresh_from_db()
    assert (ours.wake_at, models.Stray.objects.count()) == (NOON, 0)


@pytest.mark.django_db
def test_what_a_statement_and_the_shop_agree_on_is_no_stray() -> None:
    from shopkeeper.selling.payments.adapters.alipay import out_trade_no

    a_stored_payment("pay_ours")

    read(files.alipay_row("2026112001", out_trade_no("pay_ours"), "16.45"))

    assert models.Stray.objects.count() == 0
