"""What is settled and what is pending follows from the events: one statement over some payments' says what the fold of each adds up to."""

import random

import pytest

from shopkeeper.kit.ids import PaymentId
from shopkeeper.selling.payments import models, sums
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import EventKind, MoneyInAll
from shopkeeper.selling.payments.tests.builders import NOON

pytestmark = pytest.mark.django_db

KEYS, NAMES = ("", "pay:capture", "pay:void", "pay:refund:1", "pay:refund:2"), ("", "op_1", "op_2", "dp_1", "dp_1:inquiry", "dp_2:inquiry")


def a_payment(number: int) -> PaymentId:
    row = models.Payment.objects.create(
        order_id=number, provider="test", method="test-ok", amount_minor=1_000, currency="GBP", key=f"k{number}", name=f"pay_{number}",
        state="pending", started_at=NOON,
    )  # fmt: skip
    return PaymentId(row.pk)


def in_all() -> MoneyInAll:
    return sums.of_rows(models.Payment.objects.all())


def add(payment_id: PaymentId, kind: EventKind, amount: int, *, key: str = "", reference: str = "") -> None:
    models.PaymentEvent.objects.bulk_create(
        [models.PaymentEvent(payment_id=payment_id, kind=kind.value, amount_minor=amount, key=key, reference=reference, at=NOON)],
        ignore_conflicts=True,
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_sums_of_rows_are_the_fold_of_their_payments_events(seed: int) -> None:
    chance, made = random.Random(seed), []
    for number in range(25):
        made.append(a_payment(number))
        for _ in range(chance.randrange(9)):
            add(made[-1], chance.choice(list(EventKind)), chance.randrange(1_000), key=chance.choice(KEYS), reference=chance.choice(NAMES))

        chosen = chance.sample(made, chance.randrange(len(made) + 1))
        folded = payments.money_of(each.balance for each in payments.payments(chosen).values())

        assert sums.of_rows(models.Payment.objects.filter(pk__in=chosen).order_by("-started_at")) == folded
    everything = payments.money_of(each.balance for each in payments.payments(made).values())
    assert in_all() == everything


def test_reserved_money_is_pending_and_taken_money_settled() -> None:
    payment_id = a_payment(1)
    add(payment_id, EventKind.AUTHORIZED, 1_000, key="pay_1")
    assert in_all().pending_minor == 1_000
    assert in_all().settled_minor == 0

    add(payment_id, EventKind.CAPTURED, 700)
    add(payment_id, EventKind.VOIDED, 300)
    add(payment_id, EventKind.REFUND_ASKED, 200, key="r")
    found = payments.payment(payment_id).balance
    assert (found.settled_minor, found.pending_minor, in_all().refund_pending_minor) == (700, 0, 200)

    add(payment_id, EventKind.REFUNDED, 200, key="r", reference="re_1")
    assert (in_all().settled_minor, in_all().refund_pending_minor) == (500, 0)


def test_a_shop_without_payments_has_nothing_settled_and_nothing_pending() -> None:
    assert in_all() == sums.of_rows(models.Payment.objects.none()) == payments.money_of([])
