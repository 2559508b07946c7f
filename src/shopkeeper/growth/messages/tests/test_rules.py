"""Waits grow and end, final answers are told from passing ones, and every reason has a key of its own."""

from datetime import timedelta

import pytest

from shopkeeper.growth.messages import sending
from shopkeeper.growth.messages.rules import keys, patience


def test_waits_double_from_a_minute_to_six_hours():
    assert [patience.wait(tries) for tries in (1, 2, 3, 9, 10, 500)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(minutes=256),
        timedelta(hours=6),
        timedelta(hours=6),
    ]


@pytest.mark.parametrize(
    ("codes", "final"), [((550,), True), ((550, 554), True), ((450,), False), ((550, 450), False), ((), False), ((250,), False)]
)
def test_only_a_refusal_for_good_by_every_answer_is_final(codes, final):
    assert patience.is_final(codes) is final


def test_a_lease_outlasts_the_run_that_took_it():
    assert patience.LEASE.total_seconds() > 3 * sending.RUN_FOR_S


def test_no_two_reasons_share_a_key():
    made = {keys.placed(1), keys.paid(1), keys.cancelled(1), keys.shipped(1), keys.refunded(1), keys.placed(11), keys.shipped(11)}

    assert len(made) == 7
