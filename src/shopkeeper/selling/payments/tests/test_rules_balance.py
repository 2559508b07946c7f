"""What a payment's events amount to, in any order, heard any number of times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import EventKind, PaymentEvent, PaymentState

K = EventKind
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def event(kind: EventKind, amount: int = 100, key: str = "k", reason: str = "") -> PaymentEvent:
    return PaymentEvent(kind=kind, amount_minor=amount, key=key, reference=f"{kind}-{key}", reason=reason, at=NOON)


ASKED, AUTHORIZED = event(K.AUTHORIZE_ASKED), event(K.AUTHORIZED)
CAPTURE_ASKED, CAPTURED = event(K.CAPTURE_ASKED, key="c"), event(K.CAPTURED, key="c")


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "pending"),
        ([ASKED], "pending"),
        ([ASKED, AUTHORIZED], "authorized"),
        ([ASKED, AUTHORIZED, CAPTURE_ASKED], "authorized"),
        ([ASKED, AUTHORIZED, CAPTURE_ASKED, CAPTURED], "captured"),
        ([ASKED, CAPTURED], "captured"),
        ([ASKED, event(K.DECLINED)], "declined"),
        ([ASKED, event(K.FAILED)], "declined"),
        ([ASKED, event(K.FAILED), AUTHORIZED], "authorized"),
        ([ASKED, AUTHORIZED, event(K.FAILED, key="c")], "authorized"),
        ([ASKED, AUTHORIZED, event(K.VOIDED, key="v")], "voided"),
        ([ASKED, AUTHORIZED, CAPTURED, event(K.REFUNDED, key="r")], "captured"),
    ],
)
def test_the_state_follows_from_the_events(events, state):
    assert balance.state(events) is PaymentState(state)


def test_sums_tell_settled_from_pending():
    events = [
        ASKED, AUTHORIZED, event(K.CAPTURE_ASKED, 60, "c1"), event(K.CAPTURED, 60, "c1"), event(K.CAPTURE_ASKED, 10, "c2"),
        event(K.REFUND_ASKED, 5, "r1"), event(K.REFUNDED, 5, "r1"), event(K.REFUND_ASKED, 7, "r2"),
        event(K.REFUND_ASKED, 9, "r3"), event(K.REFUND_FAILED, 9, "r3"),
    ]  # fmt: skip

    sums = balance.balance(events)

    assert (sums.authorized_minor, sums.captured_minor, sums.refunded_minor) == (100, 60, 5)
    assert (sums.capture_pending_minor, sums.refund_pending_minor) == (10, 7)
    assert sums.refundable_minor == 60 - 5 - 7
    assert sums.capturable_minor == 100 - 60 - 10


def test_a_capture_told_first_implies_the_authorisation():
    assert balance.balance([CAPTURED]).authorized_minor == 100


@settings(deadline=None)
@given(st.permutations([ASKED, AUTHORIZED, CAPTURE_ASKED, CAPTURED, event(K.REFUND_ASKED, 30, "r"), event(K.REFUNDED, 30, "r")]))
def test_the_order_of_the_news_does_not_matter(events):
    assert balance.state(events) is PaymentState.CAPTURED
    assert balance.balance(events).refundable_minor == 70
    assert balance.unanswered(events) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 50), st.sampled_from([K.REFUNDED, K.REFUND_FAILED, None])), max_size=12))
def test_what_can_be_refunded_never_exceeds_what_was_taken(refunds):
    events = [CAPTURED]
    for number, (amount, answer) in enumerate(refunds):
        if amount <= balance.balance(events).refundable_minor:
            events.append(event(K.REFUND_ASKED, amount, f"r{number}"))
            events += [event(answer, amount, f"r{number}")] if answer else []

    sums = balance.balance(events)

    assert 0 <= sums.refundable_minor <= sums.captured_minor
    assert sums.refunded_minor + sums.refund_pending_minor + sums.refundable_minor == sums.captured_minor


def test_unanswered_requests_are_matched_by_their_key():
    asked_twice = [event(K.REFUND_ASKED, 5, "r1"), event(K.REFUND_ASKED, 7, "r2"), event(K.REFUNDED, 7, "r2")]

    assert [waiting.key for waiting in balance.unanswered(asked_twice)] == ["r1"]


def test_the_first_refusal_says_why():
    assert balance.decline_reason([ASKED, event(K.DECLINED, reason="expired_card"), event(K.FAILED, reason="abandoned")]) == "expired_card"
    assert balance.decline_reason([ASKED, AUTHORIZED]) == ""
