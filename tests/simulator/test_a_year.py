"""A year of trade with dying processes, late, lost and doubled news: nothing is lost, nothing is doubled, and a seed plays it again."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest import mock

import pytest
from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.flows import settle_payment
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import TooMuch
from tests import share
from tests.simulator.world import Told, World

STEPS = 4_000 if share.IS_DEEP else 250
YEARS = 3 if share.IS_DEEP else 1
PATIENCE_S = 3_600.0
"""A whole year takes its minutes, more of them beside other work."""


def year(stage, seed: int, *, steps: int = STEPS, broken=None) -> Told:
    """Play a year in a database and a process of its own; `broken` is entered first."""

    def play() -> Told:
        if broken is None:
            return World(seed, steps).play()
        with broken():
            return World(seed, steps, whole_audit_every=20).play()

    patient = replace(stage, patience_s=PATIENCE_S)
    with patient.copy(patient.template) as name:
        return patient.play(name, play)


@pytest.mark.parametrize("which", range(YEARS))
def test_a_year_leaves_the_books_right_after_every_step(stage, which, capsys):
    told = year(stage, share.SEED * 10 + which)

    with capsys.disabled():
        print(f"\na year, {told}")
    assert told.states.keys() >= {"shipped", "cancelled"}
    assert told.orders > STEPS / 16
    assert told.deaths > STEPS / 40
    assert {"OutOfStock", "PaymentRefused"} <= told.refused.keys()
    share.count("steps of simulated years", told.steps, 4_000 * 3)


def test_one_seed_plays_one_year(stage):
    first, again, other = (year(stage, seed, steps=40) for seed in (7, 7, 8))

    assert (first.digest, first.acts, first.states) == (again.digest, again.acts, again.states)
    assert first.digest != other.digest


def nothing_is_released():
    return mock.patch.object(inventory, "release", return_value=0)


def money_goes_back_twice():
    refund = payments.refund

    def twice(*, key, **named):
        refund(key=f"{key}-before", **named)
        try:
            return refund(key=key, **named)
        except TooMuch:
            return refund(key=f"{key}-before", **named)

    return mock.patch.object(payments, "refund", twice)


def paid_is_told_twice():
    mark_paid = settle_payment._mark_held_paid

    def twice(order, payment, now):
        is_paid = mark_paid(order, payment, now)
        if is_paid:
            told = facts.OrderPaid(order_id=order.id, payment_id=payment.id, buyer_id=order.buyer_id, amount_minor=order.total_minor)
            with transaction.atomic():
                events.record(told, at=now)
        return is_paid

    return mock.patch.object(settle_payment, "_mark_held_paid", twice)


def more_is_taken_than_paid_for():
    capture = payments.capture

    def again(*, key, payment_id, now, amount_minor=None):
        half = payments.payment(payment_id).balance.capturable_minor // 2
        return capture(key=key, payment_id=payment_id, now=now, amount_minor=half or None)

    return mock.patch.object(payments, "capture", again)


@pytest.mark.parametrize("broken", [nothing_is_released, money_goes_back_twice, paid_is_told_twice, more_is_taken_than_paid_for])
def test_a_broken_act_is_found_and_the_seed_is_told(stage, broken):
    with pytest.raises(AssertionError) as found:
        year(stage, 3, steps=300, broken=broken)

    assert re.search(r"seed 3, (step \d+ \(\w+\)|after the last step)", str(found.value)), found.value
