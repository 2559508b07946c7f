"""Several dispatchers at once, as real processes, some of them killed: nothing lost, nothing twice, nothing overtaken."""

import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from shopkeeper.events import public as events
from shopkeeper.events.tests.builders import NOON, paid, placed, shipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ORDERS = 40
PATIENCE_S = 90
"""How long nothing may move before the test gives up: processes start slowly on a busy machine."""

DISPATCHER = """
import logging, random, sys, time
import django; django.setup()
from datetime import timedelta
from django.db import connection
from shopkeeper.events import public as events
from shopkeeper.events.dispatch import dispatch_once
from shopkeeper.events.facts import OrderPaid, OrderPlaced, OrderShipped
from shopkeeper.events.shapes import Hearer, Patience
from datetime import UTC, datetime
logging.disable(logging.WARNING)
chance = random.Random(int(sys.argv[1]))
def write_down(name):
    def hear(batch):
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO heard_log (hearer, fact_id, entity) VALUES (%s, %s, %s)",
                               [(name, heard.id, heard.fact.order_id) for heard in batch])
        if name == "weak" and chance.random() < 0.15:
            raise RuntimeError("not now")
    return hear
hearers = [Hearer("strong", write_down("strong")), Hearer("weak", write_down("weak"))]
reactions = {kind: hearers for kind in (OrderPlaced, OrderPaid, OrderShipped)}
patience = Patience(tries=1000, first=timedelta(milliseconds=1), longest=timedelta(milliseconds=1))
while True:
    done = dispatch_once(reactions, now=datetime.now(UTC), limit=chance.choice([7, 40, 150]), patience=patience)
    if done.is_idle:
        time.sleep(0.02)
"""


@pytest.fixture
def heard_log():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE heard_log (place bigserial, hearer text, fact_id bigint, entity bigint)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE heard_log")


def test_dispatchers_side_by_side_lose_nothing_repeat_nothing_and_overtake_nothing(heard_log, shop_environment):
    seed = random.randrange(10**6)
    print(f"seed={seed}")
    chance = random.Random(seed)
    children = [start(shop_environment, seed + number) for number in range(3)]
    try:
        for _ in range(25):
            with transaction.atomic():
                events.record_many([chance.choice([placed, paid, shipped])(chance.randrange(ORDERS)) for _ in range(40)], at=NOON)
            if chance.random() < 0.15:
                victim = children.pop(chance.randrange(len(children)))
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                children.append(start(shop_environment, chance.randrange(10**6)))
            time.sleep(0.05)
        wait_until_all_is_heard()
    finally:
        for child in children:
            child.kill()
            child.wait()

    for hearer in ("strong", "weak"):
        heard = rows("SELECT fact_id, entity FROM heard_log WHERE hearer = %s ORDER BY place", hearer)
        assert sorted(fact_id for fact_id, _ in heard) == [fact_id for (fact_id,) in rows("SELECT id FROM events_outbox ORDER BY id")]
        for order in range(ORDERS):
            of_order = [fact_id for fact_id, entity in heard if entity == order]
            assert of_order == sorted(of_order), f"order {order} overtaken for {hearer}"


def start(environment, seed):
    return subprocess.Popen([sys.executable, "-c", DISPATCHER, str(seed)], env=environment)


def wait_until_all_is_heard():
    before, since = None, time.monotonic()
    while (left := events.backlog()).unheard or left.retrying:
        now = rows("SELECT count(*) FROM heard_log")
        if now != before:
            before, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE_S, left
        time.sleep(0.1)


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
