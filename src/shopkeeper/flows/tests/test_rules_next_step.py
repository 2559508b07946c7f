"""What is to be done about an order's money: a table over order state and payment events."""

import pytest

from shopkeeper.flows.settle_payment import Step, capture_key, give_back_key, next_step, void_key
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.orders.tests.builders import an_order
from shopkeeper.selling.payments.shapes import Payment
from shopkeeper.selling.payments.tests.builders import a_payment

TOTAL = an_order().total_minor


def payment(*events: str, amount: int = TOTAL) -> Payment:
    return a_payment(*events, amount=amount)


CAPTURE, VOID, BACK = (key(payment()) for key in (capture_key, void_key, give_back_key))
RESERVED = ("authorize_asked", "authorized")
TAKEN = (*RESERVED, f"capture_asked@{CAPTURE}", f"captured@{CAPTURE}")
GIVING = (*TAKEN, f"refund_asked@{BACK}")
GIVEN = (*GIVING, f"refunded@{BACK}")
REFUSED = (*GIVING, f"refund_failed@{BACK}")
AGAIN = give_back_key(payment(), 2)


@pytest.mark.parametrize(
    ("state", "paid", "events", "step"),
    [
        ("placed", 0, (), "wait"),
        ("placed", 0, ("authorize_asked",), "wait"),
        ("placed", 0, ("authorize_asked", "declined"), "cancel"),
        ("placed", 0, RESERVED, "capture"),
        ("placed", 0, (*RESERVED, f"capture_asked@{CAPTURE}"), "wait"),
        ("placed", 0, (*RESERVED, f"capture_asked@{CAPTURE}", f"failed@{CAPTURE}"), "void"),
        ("placed", 0, (*RESERVED, f"void_asked@{VOID}"), "wait"),
        ("placed", 0, (*RESERVED, f"void_asked@{VOID}", f"voided@{VOID}"), "cancel"),
        ("placed", 0, (*RESERVED, f"void_asked@{VOID}", f"failed@{VOID}"), "cancel"),
        ("placed", 0, TAKEN, "pay"),
        ("placed", 0, (f"captured@{CAPTURE}",), "pay"),
        ("placed", 0, GIVING, "wait"),
        ("placed", 0, GIVEN, "cancel"),
        ("paid", TOTAL, TAKEN, "done"),
        ("shipped", TOTAL, TAKEN, "done"),
        ("shipped", TOTAL, (*TAKEN, "refund_asked@r", "refunded@r"), "done"),
        ("cancelled", TOTAL, TAKEN, "done"),
        ("expired", 0, ("authorize_asked",), "wait"),
        ("expired", 0, ("authorize_asked", "failed"), "done"),
        ("expired", 0, RESERVED, "capture"),
        ("expired", 0, TAKEN, "pay"),
        ("expired", 0, GIVING, "wait"),
        ("expired", 0, GIVEN, "done"),
        ("cancelled", 0, ("authorize_asked", "declined"), "done"),
        ("cancelled", 0, RESERVED, "void"),
        ("cancelled", 0, (*RESERVED, f"capture_asked@{CAPTURE}"), "wait"),
        ("cancelled", 0, (*RESERVED, f"capture_asked@{CAPTURE}", f"failed@{CAPTURE}"), "void"),
        ("cancelled", 0, (*RESERVED, f"void_asked@{VOID}", f"failed@{VOID}"), "done"),
        ("cancelled", 0, TAKEN, "give_back"),
        ("cancelled", 0, GIVEN, "done"),
        ("cancelled", 0, REFUSED, "done"),
        ("cancelled", 0, (*REFUSED, f"refund_asked@{AGAIN}"), "wait"),
        ("expired", 0, (*REFUSED, f"refund_asked@{AGAIN}", f"refunded@{AGAIN}"), "done"),
    ],
)
def test_the_next_step_follows_from_order_and_events(state, paid, events, step):
    order = an_order(state=OrderState(state), paid_minor=paid)

    assert next_step(order, payment(*events)) is Step(step)


def test_too_little_money_waits_while_the_order_waits_and_goes_back_after():
    short = payment(f"captured@{CAPTURE}", amount=TOTAL - 1)

    assert next_step(an_order(state=OrderState.PLACED, paid_minor=0), short) is Step.WAIT
    assert next_step(an_order(state=OrderState.EXPIRED, paid_minor=0), short) is Step.GIVE_BACK
