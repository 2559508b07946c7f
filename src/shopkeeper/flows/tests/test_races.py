"""Real processes after the same goods, the same basket, the same payment: the database decides, once."""

import json
import subprocess
import sys
import time
from datetime import timedelta

import psycopg
import pytest

from shopkeeper.flows import audit_books, ship_order
from shopkeeper.flows.tests.builders import NOON, small_shop, told
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentState

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 4
PATIENCE_S = 120

STABLE = """
import json, os, sys
import django
django.setup()
from dataclasses import replace
from shopkeeper.flows import adjust_stock, ask_order, cancel_order, place_order, refund_order, settle_payment, ship_order
from shopkeeper.flows.tests.builders import ADDRESS, CONTACT, NOON
from shopkeeper.kit.refusals import Refusal

def answer_to(job):
    if job["act"] == "place":
        placed = place_order.place_order(
            basket_token=job["token"], buyer=None, contact=replace(CONTACT, email=job["email"]), address=ADDRESS,
            delivery_option_id=job["delivery"], payment_method="test-ok", seen_digest=job["digest"], idempotency_key=job["key"],
            language="en", now=NOON)
        return placed.order_id
    if job["act"] == "refund":
        return refund_order.refund(
            order_id=job["order"], lines=[(job["line"], 1, False)], delivery=False, reason="late", key=job["key"], actor=None, now=NOON,
            seen_minor=job.get("seen")).id
    if job["act"] == "ask":
        return ask_order.ask(
            order_id=job["order"], kind="return", reason="faulty", wishes=[(job["line"], job["units"])], now=NOON).state.value
    if job["act"] == "ship":
        return ship_order.ship(
            order_id=job["order"], carrier="DHL", lines=[(job["line"], job["units"])], key=job["key"], actor=None, now=NOON)
    if job["act"] == "adjust":
        return adjust_stock.adjust(
            variant_id=job["variant"], warehouse_id=job["warehouse"], units=job["units"], note="lost", key=job["key"], actor=None, now=NOON
        ).on_hand
    if job["act"] == "cancel":
        return cancel_order.cancel(order_id=job["order"], reason="fraud", key=job["key"], actor=None, now=NOON).state.value
    return settle_payment.hear_webhook(provider="test", body=job["body"].encode(), headers=job["headers"], now=NOON)

for line in sys.stdin:
    racers = []
    for number, job in enumerate(json.loads(line)):
        racers.append(os.fork())
        if racers[-1] == 0:
            try:
                answer = answer_to(job)
            except Refusal as refusal:
                answer = refusal.code
            except BaseException as error:
                answer = f"crashed: {error!r}"
            os.write(1, (json.dumps([number, answer]) + "\\n").encode())
            os._exit(0)
    for racer in racers:
        os.waitpid(racer, 0)
"""


@pytest.fixture(scope="module")
def stable():
    """A process that has everything imported, and forks a racer for each job it is sent: one start instead of one for each racer."""
    started = subprocess.Popen([sys.executable, "-c", STABLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    yield started
    started.kill()
    started.communicate()


@pytest.fixture
def race(shop_environment, stable):
    """Let a process do each job and return what they say. The rows of `over` are kept locked until all of them stand before a lock."""

    def ran(jobs, *, over):
        address = shop_environment["DATABASE_URL"]
        with psycopg.connect(address) as starter, psycopg.connect(address, autocommit=True) as watch:
            starter.execute(f"SELECT FROM {over} FOR UPDATE")
            stable.stdin.write(json.dumps(jobs) + "\n")
            stable.stdin.flush()
            _until_all_wait(watch, len(jobs))
            starter.commit()
            said = dict(json.loads(stable.stdout.readline()) for _ in jobs)
            return [said[number] for number in range(len(jobs))]

    return ran


def _until_all_wait(watch, wanted):
    """Wait until so many processes stand before a lock at one moment: from then on they do overlap, whatever the machine."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ends = time.monotonic() + PATIENCE_S
    waiting = 0
    while waiting < wanted:
        assert time.monotonic() < ends, f"only {waiting} of {wanted} processes came to the lock"
        time.sleep(0.05)
        (waiting,) = watch.execute(question).fetchone()


def place(shop, basket, key, email="ann@example.com"):
    job = {"act": "place", "token": basket.token, "delivery": shop.delivery_id, "digest": shop.digest(basket), "key": key}
    return {**job, "email": email}


def test_the_last_unit_is_sold_once(race):
    shop = small_shop({"TEA": 1})
    jobs = [place(shop, shop.basket(TEA=1), f"racer-{number}", f"racer-{number}@example.com") for number in range(RACERS)]

    answers = race(jobs, over="inventory_shelf")

    assert answers.count("out_of_stock") == RACERS - 1
    assert shop.available("TEA") == 0
    assert len(told("OrderPlaced")) == len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_request_sent_by_many_at_once_is_one_order(race):
    shop = small_shop()
    basket = shop.basket(TEA=2)

    answers = race([place(shop, basket, "the-same")] * RACERS, over="orders_basket")

    assert len(set(answers)) == 1
    assert shop.available("TEA") == 8
    assert len(told("OrderPlaced")) == len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_basket_under_many_keys_is_one_order(race):
    shop = small_shop()
    basket = shop.basket(TEA=2)

    answers = race([place(shop, basket, f"tab-{number}") for number in range(RACERS)], over="orders_basket")

    assert len(set(answers)) == 1
    assert shop.available("TEA") == 8
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_webhook_heard_by_many_at_once_pays_once(race):
    shop = small_shop()
    order = shop.buy(method="test-silent", TEA=2)
    (message,) = payments.webhooks_of_test_provider(NOON + timedelta(minutes=3))
    job = {"act": "hear", "body": message.body.decode(), "headers": dict(message.headers)}

    assert race([job] * RACERS, over="payments_payment") == [1] * RACERS

    assert orders.order(order.id).state is OrderState.PAID
    assert shop.payment(order.id).state is PaymentState.CAPTURED
    assert shop.payment(order.id).balance.captured_minor == order.total_minor
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_refund_asked_many_times_at_once_under_one_key_pays_once(race):
    shop = small_shop()
    order = shop.buy(TEA=5)
    jobs = [{"act": "refund", "order": order.id, "line": order.lines[0].id, "key": "one"}] * RACERS

    answers = race(jobs, over="orders_order")

    assert len(set(answers)) == 1
    assert orders.order(order.id).refunded_minor == 1_250
    assert shop.payment(order.id).balance.refunded_minor == 1_250
    assert len(told("OrderRefunded")) == 1


def test_two_of_staff_who_saw_the_same_sum_at_once_pay_it_once_where_the_next_piece_gives_less(race):
    shop = small_shop()
    order = shop.buy(TEA=3)
    tables.OrderLine.objects.filter(order_id=order.id).update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)
    jobs = [{"act": "refund", "order": order.id, "line": order.lines[0].id, "key": key, "seen": 334} for key in ("ann", "bob")]

    answers = race(jobs, over="orders_order")

    assert answers.count("sum_changed") == 1
    assert orders.order(order.id).refunded_minor == 334
    assert shop.payment(order.id).balance.refunded_minor == 334
    assert len(told("OrderRefunded")) == 1


def test_one_parcel_sent_many_times_at_once_under_one_key_leaves_once(race):
    shop = small_shop()
    order = shop.buy(TEA=5)
    jobs = [{"act": "ship", "order": order.id, "line": order.lines[0].id, "units": 1, "key": "one"}] * RACERS

    answers = race(jobs, over="orders_order")

    (parcel,) = orders.order(order.id).shipments
    assert answers == [[parcel.id]] * RACERS
    assert orders.order(order.id).lines[0].shipped_units == 1
    assert len(told("OrderShipped")) == 1
    assert audit_books.run(NOON).is_right


def test_of_different_parcels_at_once_under_one_key_one_leaves_and_the_others_are_refused(race):
    shop = small_shop()
    order = shop.buy(TEA=5)
    jobs = [{"act": "ship", "order": order.id, "line": order.lines[0].id, "units": units, "key": "one"} for units in (1, 2, 3)]

    answers = race(jobs, over="orders_order")

    (parcel,) = orders.order(order.id).shipments
    assert answers.count("key_reused") == 2
    assert [parcel.id] in answers
    assert orders.order(order.id).lines[0].shipped_units == answers.index([parcel.id]) + 1


def test_one_adjustment_sent_many_times_at_once_under_one_key_is_booked_once(race):
    shop = small_shop()
    jobs = [{"act": "adjust", "variant": shop.variants["TEA"], "warehouse": shop.main, "units": -2, "key": "one"}] * RACERS

    answers = race(jobs, over="inventory_shelf")

    assert answers == [8] * RACERS
    assert shop.available("TEA") == 8
    assert audit_books.run(NOON).is_right


def test_one_cancellation_sent_many_times_at_once_under_one_key_pays_back_once(race):
    shop = small_shop()
    order = shop.buy(TEA=2)

    answers = race([{"act": "cancel", "order": order.id, "key": "one"}] * RACERS, over="orders_order")

    assert answers == ["cancelled"] * RACERS
    assert shop.payment(order.id).balance.refunded_minor == order.total_minor
    assert len(told("OrderCancelled")) == 1
    assert audit_books.run(NOON).is_right


def test_of_requests_for_the_same_pieces_at_once_one_wins(race):
    shop = small_shop()
    order = shop.buy(TEA=3)
    ship_order.ship(order_id=order.id, carrier="DHL", actor=None, now=NOON)
    jobs = [{"act": "ask", "order": order.id, "line": order.lines[0].id, "units": 2}] * RACERS

    said = race(jobs, over=f"orders_order WHERE id = {order.id}")

    assert sorted(said) == ["too_many_units"] * (RACERS - 1) + ["waiting"]
    assert [each.units for each in orders.requests_of(order.id)] == [2]
