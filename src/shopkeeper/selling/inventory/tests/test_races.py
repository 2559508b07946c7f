"""Many buyers at once on the same shelves, each on a connection of their own. Contention is made, and seen, not hoped for."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from shopkeeper.kit.ids import OrderId
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import WantedUnits
from shopkeeper.selling.inventory.tests.builders import NOON, stock, warehouse

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + timedelta(minutes=30)
BUYERS = 8
TAKE = Path(__file__).resolve().parent.parent / "sql" / "0002_take.sql"


@pytest.fixture
def address(shop_environment: dict[str, str]) -> str:
    return shop_environment["DATABASE_URL"]


def answer(address: str, query: str, *arguments: object) -> str:
    """Run one statement on a connection of its own and return `done`, or the SQLSTATE with which it was refused."""
    with psycopg.connect(address, autocommit=True) as own:
        try:
            row = own.execute(query, arguments).fetchone()
        except psycopg.Error as error:
            return error.sqlstate or "lost"
        return f"done {row[0]}" if row and isinstance(row[0], int) else "done"


def buy(address: str, order: int, *wanted: tuple[Goods, int]) -> str:
    lines = json.dumps([{"variant_id": goods.variant_id, "units": units, "sku": goods.sku} for goods, units in wanted])
    return answer(address, "SELECT inventory_take(%s, %s::jsonb, %s, %s)", order, lines, LATER, NOON)


@contextmanager
def everybody_waiting(address: str, number: int, table: str = "inventory_shelf") -> Iterator[None]:
    """Keep a table's rows locked until `number` connections have been seen waiting for them, so that they all start at once."""
    with psycopg.connect(address) as holder, psycopg.connect(address, autocommit=True) as watcher:
        holder.execute(f"SELECT FROM {table} ORDER BY id FOR UPDATE")
        yield
        until = time.monotonic() + 60
        waiting = 0
        while waiting < number and time.monotonic() < until:
            row = watcher.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
            waiting = row[0] if row else 0
            time.sleep(0.02)
        assert waiting >= number, f"only {waiting} of {number} met at the lock"
        holder.rollback()


def at_once(address: str, jobs: Sequence[Callable[[], str]], table: str = "inventory_shelf") -> list[str]:
    """Return the answers of jobs that all waited for the same rows before they were let go."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        with everybody_waiting(address, len(jobs), table):
            running = [pool.submit(job) for job in jobs]
        return [each.result(timeout=90) for each in running]


def test_the_last_piece_is_sold_once(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=1)

    answers = at_once(address, [lambda order=order: buy(address, order, (tea, 1)) for order in range(BUYERS)])

    assert Counter(answers) == {"done": 1, "SK001": BUYERS - 1}
    assert [(shelf.on_hand, shelf.held) for shelf in inventory.shelves([tea.variant_id])] == [(1, 1)]
    assert inventory.audit() == []


def test_pieces_in_two_warehouses_are_sold_out_to_the_last_and_no_further(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=3, NORTH=2)

    answers = at_once(address, [lambda order=order: buy(address, order, (tea, 1)) for order in range(BUYERS)])

    assert Counter(answers) == {"done": 5, "SK001": 3}
    assert inventory.available([tea.variant_id])[tea.variant_id] == 0
    assert inventory.audit() == []


def test_without_the_lock_the_database_still_refuses_to_oversell(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=1)
    lock = "    PERFORM FROM inventory_shelf WHERE variant_id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;\n"
    body = TAKE.read_text()
    assert lock in body
    with psycopg.connect(address, autocommit=True) as own:
        own.execute(body.replace(lock, "").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").encode())

    answers = at_once(address, [lambda order=order: buy(address, order, (tea, 1)) for order in range(BUYERS)])

    check_violation = "23514"
    assert Counter(answers) == {"done": 1, check_violation: BUYERS - 1}
    assert inventory.audit() == []


def test_baskets_in_opposite_orders_never_lock_each_other_out(address: str) -> None:
    tea, pot = some_goods("TEA"), some_goods("POT")
    stock(tea.variant_id, MAIN=100, NORTH=60)
    stock(pot.variant_id, NORTH=100, MAIN=60)

    def shop(buyer: int) -> list[str]:
        baskets = [((tea, 1), (pot, 1)), ((pot, 1), (tea, 1))]
        return [buy(address, buyer * 100 + round_, *baskets[(buyer + round_) % 2]) for round_ in range(12)]

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = [each for answers in pool.map(shop, range(BUYERS)) for each in answers]

    assert Counter(answers) == {"done": BUYERS * 12}
    assert inventory.available([tea.variant_id, pot.variant_id]) == {tea.variant_id: 64, pot.variant_id: 64}
    assert inventory.audit() == []


def test_a_hold_is_either_paid_or_expired_never_both(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=6)
    outcomes: Counter[tuple[str, ...]] = Counter()

    for order in range(6):
        inventory.reserve(order_id=OrderId(order), wanted=[WantedUnits(variant_id=tea.variant_id, units=1)], until=LATER, now=NOON)
        pay = lambda order=order: answer(address, "SELECT inventory_confirm(%s)", order)  # noqa: E731
        expire = lambda order=order: answer(address, "SELECT inventory_release(%s, 'expired', %s, %s)", order, LATER, LATER)  # noqa: E731
        first, second = (pay, expire) if order % 2 else (expire, pay)
        answers = at_once(address, [first, second], table="inventory_hold")
        outcomes[tuple(answers if order % 2 else reversed(answers))] += 1

    assert set(outcomes) <= {("done 1", "done 0"), ("SK003", "done 1")}
    assert inventory.available([tea.variant_id])[tea.variant_id] == outcomes["SK003", "done 1"]
    assert inventory.audit() == []


def test_a_hold_released_by_many_at_once_comes_back_once(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=5)
    inventory.reserve(order_id=OrderId(1), wanted=[WantedUnits(variant_id=tea.variant_id, units=5)], until=LATER, now=NOON)
    release = lambda: answer(address, "SELECT inventory_release(1, 'cancelled', %s)", NOON)  # noqa: E731

    answers = at_once(address, [release] * BUYERS, table="inventory_hold")

    assert Counter(answers) == {"done 5": 1, "done 0": BUYERS - 1}
    assert inventory.available([tea.variant_id])[tea.variant_id] == 5
    assert inventory.audit() == []


def test_goods_do_not_leave_a_warehouse_while_they_are_being_promised(address: str) -> None:
    tea = some_goods("TEA")
    stock(tea.variant_id, MAIN=4)
    stock(tea.variant_id, NORTH=1)
    main, north = warehouse("MAIN"), warehouse("NORTH")
    send = lambda: answer(  # noqa: E731
        address, "SELECT inventory_move(%s, %s, -1, 'adjusted', NULL, 'lost', NULL, %s)", tea.variant_id, main, NOON
    )
    forth = lambda: answer(address, "SELECT inventory_transfer(%s, %s, %s, 1, '', NULL, %s)", tea.variant_id, main, north, NOON)  # noqa: E731
    back = lambda: answer(address, "SELECT inventory_transfer(%s, %s, %s, 1, '', NULL, %s)", tea.variant_id, north, main, NOON)  # noqa: E731
    buyers = [lambda order=order: buy(address, order, (tea, 1)) for order in range(3)]

    lost, *others = at_once(address, [send, forth, back, *buyers])

    # One of four went missing, before or after one left for the other warehouse and one came from there, in any order.
    assert lost in {"done 2", "done 3", "done 4"}
    assert set(others) <= {"done", "SK001", "SK004"}
    assert others.count("SK001") <= 1
    for shelf in inventory.shelves([tea.variant_id]):
        assert 0 <= shelf.held <= shelf.on_hand
    assert inventory.audit() == []


def test_two_shelves_made_at_the_same_moment_become_one(address: str) -> None:
    tea = some_goods("TEA")
    main = warehouse("MAIN")
    start = threading.Barrier(BUYERS)

    def receive(_: int) -> str:
        start.wait()
        return answer(address, "SELECT inventory_move(%s, %s, 1, 'received', NULL, '', NULL, %s)", tea.variant_id, main, NOON)

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(receive, range(BUYERS)))

    assert sorted(answers) == [f"done {number}" for number in range(1, BUYERS + 1)]
    assert inventory.audit() == []
