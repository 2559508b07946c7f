"""Real processes after the same goods, the same basket, the same payment: the database decides, once."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shopkeeper.flows import audit_books
from shopkeeper.flows.tests.builders import NOON, small_shop, told
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments.shapes import PaymentState

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 4

PROGRAM = """
import json, sys, time
import django
django.setup()
from shopkeeper.flows import place_order, settle_payment
from shopkeeper.flows.tests.builders import ADDRESS, CONTACT, NOON
from shopkeeper.kit.refusals import Refusal
from django.db import connection

job = json.loads(sys.argv[1])
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
began = time.monotonic()
try:
    if job["act"] == "place":
        placed = place_order.place_order(
            basket_token=job["token"], buyer=None, contact=CONTACT, address=ADDRESS, delivery_option_id=job["delivery"],
            payment_method="test-ok", seen_digest=job["digest"], idempotency_key=job["key"], language="en", now=NOON)
        answer = [placed.order_id, placed.state.value]
    else:
        answer = settle_payment.hear_webhook(
            provider="test", body=job["body"].encode(), headers=job["headers"], now=NOON)
except Refusal as refusal:
    answer = refusal.code
print(json.dumps({"answer": answer, "began": began, "ended": time.monotonic()}), flush=True)
"""


def race(jobs, environment):
    """Start a process for each job, let them go together, and return what they say; they must have been at work at the same time."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(job)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        for job in jobs
    ]
    try:
        for racer in racers:
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        with ThreadPoolExecutor(len(racers)) as readers:
            told_by_all = [json.loads(line) for line in readers.map(lambda racer: racer.stdout.readline(), racers)]
    finally:
        for racer in racers:
            racer.communicate()
    assert max(each["began"] for each in told_by_all) < min(each["ended"] for each in told_by_all), "the processes did not overlap"
    return [each["answer"] for each in told_by_all]


def place(shop, basket, key):
    return {"act": "place", "token": basket.token, "delivery": shop.delivery_id, "digest": shop.digest(basket), "key": key}


def test_the_last_unit_is_sold_once(shop_environment):
    shop = small_shop({"TEA": 1})
    jobs = [place(shop, shop.basket(TEA=1), f"racer-{number}") for number in range(RACERS)]

    answers = race(jobs, shop_environment)

    assert sorted(answers, key=str).count("out_of_stock") == RACERS - 1
    assert len([answer for answer in answers if answer != "out_of_stock"]) == 1
    assert shop.available("TEA") == 0
    assert len(told("OrderPlaced")) == len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_request_sent_by_many_at_once_is_one_order(shop_environment):
    shop = small_shop()
    basket = shop.basket(TEA=2)

    answers = race([place(shop, basket, "the-same")] * RACERS, shop_environment)

    assert len({answer[0] for answer in answers}) == 1
    assert shop.available("TEA") == 8
    assert len(told("OrderPlaced")) == len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_basket_under_many_keys_is_one_order(shop_environment):
    shop = small_shop()
    basket = shop.basket(TEA=2)

    answers = race([place(shop, basket, f"tab-{number}") for number in range(RACERS)], shop_environment)

    assert len({answer[0] for answer in answers}) == 1
    assert shop.available("TEA") == 8
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right


def test_one_webhook_heard_by_many_at_once_pays_once(shop_environment):
    from shopkeeper.selling.payments import public as payments

    shop = small_shop()
    order = shop.buy(method="test-silent", TEA=2)
    (message,) = payments.webhooks_of_test_provider(NOON + timedelta(minutes=3))
    job = {"act": "hear", "body": message.body.decode(), "headers": dict(message.headers)}

    race([job] * RACERS, shop_environment)

    assert orders.order(order.id).state is OrderState.PAID
    assert shop.payment(order.id).state is PaymentState.CAPTURED
    assert shop.payment(order.id).balance.captured_minor == order.total_minor
    assert len(told("OrderPaid")) == 1
    assert audit_books.run(NOON).is_right
