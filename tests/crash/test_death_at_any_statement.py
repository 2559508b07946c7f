"""A process that handles an order is killed at any one of its statements; a second try and the sweeper end it as if nothing had been."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from shopkeeper.flows import audit_books, cancel_order, place_order, refund_order, ship_order, sweep
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderState, RefundState
from tests.share import share

pytestmark = pytest.mark.django_db(transaction=True)

ENDED, FAILED, KILLED = 0, 1, 9
MOST = {"place": 130, "cancel": 120, "refund": 92, "ship": 30}
"""More statements than each act has; a test below holds that it is."""

POINTS = [(act, number, when) for act, most in MOST.items() for number in range(1, most + 1) for when in ("before", "after")]

Act = Callable[[], object]


@pytest.fixture
def shop(transactional_db: None) -> SmallShop:
    return small_shop()


def killed(act: Act, *, number: int, when: str) -> int:
    """Do an act in a process of its own that dies before or after its statement of that number; return how the process ended."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            with connection.execute_wrapper(Death(number, when)):
                act()
        except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
            traceback.print_exc()
            os._exit(FAILED)
        # Not by returning: the child must not go on with the test run.
        os._exit(ENDED)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Death:
    """Ends the process at a statement: before it, or after it and so before what would commit it."""

    def __init__(self, number: int, when: str) -> None:
        self.left, self.when = number, when

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left == 0 and self.when == "before":
            os._exit(KILLED)
        answer = execute(*arguments)
        if self.left == 0:
            os._exit(KILLED)
        return answer


def swept() -> None:
    for minutes in (3, 6, 40, 80):
        assert sweep.sweep(NOON + timedelta(minutes=minutes)).failed == 0


def acts(shop: SmallShop) -> dict[str, Act]:
    """Return each act as it would be done now; those after the money need an order that is paid."""
    if not getattr(shop, "order", None):
        basket = shop.basket(TEA=2, CUP=1)
        request = shop.request(basket, key="the-only-key")
        return {"place": lambda: place_order.place_order(**request)}
    order: Order = shop.order  # type: ignore[attr-defined]
    line = order.lines[0].id
    return {
        "cancel": lambda: cancel_order.cancel(order_id=order.id, reason="buyer", actor=None, now=NOON),
        "refund": lambda: refund_order.refund(
            order_id=order.id, lines=[(line, 1, True)], delivery=True, reason="damaged", actor=None, now=NOON
        ),
        "ship": lambda: ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON),
    }


@pytest.mark.parametrize(("act", "number", "when"), share("death at a statement", POINTS, at_most=16))
def test_whatever_statement_a_process_dies_at_the_books_hold_and_the_act_ends_once(shop, act, number, when):
    if act != "place":
        shop.order = shop.buy(TEA=2, CUP=1)
    todo = acts(shop)[act]

    assert killed(todo, number=number, when=when) in (KILLED, ENDED)
    if act == "place":
        done = todo()
        swept()
        assert orders.order(done.order_id).state is OrderState.PAID
        assert shop.payment(done.order_id).balance.captured_minor == orders.order(done.order_id).total_minor
        assert len(told("OrderPaid")) == len(told("OrderPlaced")) == 1
    else:
        swept()
        ends_once(act, orders.order(shop.order.id), shop)
    assert audit_books.run(NOON + timedelta(hours=2)).findings == ()


def ends_once(act: str, order: Order, shop: SmallShop) -> None:
    """Assert that an act was either never begun or is wholly done."""
    given_back = shop.payment(order.id).balance.refunded_minor
    assert given_back == order.refunded_minor
    assert len(told("OrderRefunded")) == len(order.refunds)
    assert {refund.state for refund in order.refunds} <= {RefundState.SETTLED}
    match act:
        case "cancel":
            assert given_back == (order.total_minor if order.state is OrderState.CANCELLED else 0)
            assert shop.available("TEA") == (10 if order.state is OrderState.CANCELLED else 8)
        case "refund":
            assert given_back in (0, 1_250 + 395)
        case "ship":
            assert len(told("OrderShipped")) == (order.state is OrderState.SHIPPED)


@pytest.mark.parametrize("act", MOST)
def test_the_points_reach_beyond_the_last_statement_of_each_act(shop, act):
    if act != "place":
        shop.order = shop.buy(TEA=2, CUP=1)

    assert killed(acts(shop)[act], number=MOST[act], when="before") == ENDED
