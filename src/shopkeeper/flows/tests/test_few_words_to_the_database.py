"""From basket to paid in a few round trips: every statement is one of `kit/statements`, prepared, and none comes from a Django model."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from shopkeeper.flows import place_order as flow
from shopkeeper.flows import settle_payment, sweep
from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.kit import statements
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments import public as payments

MOST = 12
"""Two to open the order; to pay it: look, begin and ask, the provider, its answer, ask for the money, the provider, its answer, mark paid,
look. What the test provider does in the shop's own database counts as well."""

pytestmark = pytest.mark.django_db(transaction=True)


class Heard:
    """Every statement that went to the database meanwhile, and how many of them came through `kit/statements`."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.prepared = 0

    @contextmanager
    def listening(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["Heard"]:
        cursor = statements._cursor

        def counted():
            self.prepared += 1
            return cursor()

        def hear(execute, sql, params, many, context):
            self.said.append(sql)
            return execute(sql, params, many, context)

        with monkeypatch.context() as ear, connection.execute_wrapper(hear):
            ear.setattr(statements, "_cursor", counted)
            yield self


@pytest.fixture
def shop():
    return small_shop()


def test_a_purchase_is_a_dozen_round_trips_and_no_model_is_asked(shop, monkeypatch):
    request = shop.request(shop.basket(TEA=1, CUP=2))

    with Heard().listening(monkeypatch) as heard:
        placed = flow.place_order(**request)

    assert orders.order(placed.order_id).state is OrderState.PAID
    assert len(heard.said) <= MOST, heard.said
    assert heard.prepared == len(heard.said), heard.said


def test_a_model_on_the_way_would_be_heard(shop, monkeypatch):
    """The planted violation: one look through a model on the way to the money."""
    request = shop.request(shop.basket(TEA=1))
    look = settle_payment.look

    def look_by_model(order_id):
        assert models.Order.objects.filter(id=order_id).exists()
        return look(order_id)

    monkeypatch.setattr(settle_payment, "look", look_by_model)
    with Heard().listening(monkeypatch) as heard:
        flow.place_order(**request)

    assert heard.prepared < len(heard.said)


def test_news_that_was_heard_before_is_left_at_looking(shop, monkeypatch):
    """The test provider tells by webhook what it has answered already: nothing is written, nothing is woken."""
    order = shop.buy(TEA=1)
    before = payments.payments_of(order.id)
    messages = payments.webhooks_of_test_provider(NOON)
    assert len(messages) == 2

    with Heard().listening(monkeypatch) as heard:
        for message in messages:
            settle_payment.hear_webhook(provider=message.provider, body=message.body, headers=message.headers, now=NOON)

    assert len(heard.said) <= 3 * len(messages), heard.said
    assert payments.payments_of(order.id) == before
    assert not before[0].is_awake
    assert sweep.sweep(NOON).payments == 0
