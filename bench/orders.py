"""How many orders a second `place_order` opens, against pgbench's TPC-B on the same server in the same run: durability on in both.

An order here is phase 1 of the journey: from a visitor's basket and address to an opened order with its goods held. That is everything
the shop's database does between the click and the first word to the provider: the key and the basket are looked up, the whole is quoted
anew and compared with what the buyer saw, and one call writes guest, order, lines, timeline, hold and facts, and commits. Written in
Python by eight processes, one connection each, every order by another guest. Many goods: 1,000 variants, one to three lines an order.
One hot good: every order takes one piece of the same variant.

The baseline is `pgbench` TPC-B, prepared, eight clients, scale 20, in a database of its own. All are run by turns and the medians count.
Further figures, not part of the goal: the whole purchase up to paid with the test provider.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from _bench import Runs, by_turns, introduce, shop
from _trade import OPENED, Trade, lay_baskets, open_trade, settle_down

CLIENTS = 8
SECONDS = 5
RUNS = 5
SCALE = 20
GOALS = {"many": 0.45, "hot": 0.25}
MOST_A_SECOND = 1_600
"""Baskets are laid for so many orders a second; a client that runs out of them stops the benchmark."""


@dataclass(frozen=True)
class Run:
    """One client's share of one run: which baskets are his, what he does with each, and until when."""

    mark: str
    first: int
    step: int
    count: int
    digests: tuple[str, ...]
    delivery_id: int
    is_whole: bool
    seconds: float


def main() -> None:
    """Run the baseline and the orders by turns, and compare."""
    options = _options()
    introduce("orders: a basket becomes an opened order")
    with shop() as url:
        trade = open_trade(goods=1_000, on_hand=1_000_000, hot_on_hand=100_000_000)
        tpcb = _prepare_pgbench(url)
        clients = _Clients(trade, options.seconds)
        works: list[Callable[[], float]] = [
            lambda: _pgbench(tpcb, options.seconds),
            lambda: clients.rate(_kinds(trade), is_whole=False),
            lambda: clients.rate([(trade.hot,)], is_whole=False),
            lambda: clients.rate(_kinds(trade), is_whole=True),
            lambda: clients.rate([(trade.hot,)], is_whole=True),
        ]
        base, many, hot, whole_many, whole_hot = by_turns(*works, runs=options.runs)
        clients.close()
        is_right = _is_right(trade)
    print(f"TPC-B, {CLIENTS} clients, scale {SCALE}, prepared: {base} transactions/s")
    print(f"orders opened, many goods: {many} orders/s, {many.median / base.median:.3f} of TPC-B")
    print(f"orders opened, one hot good: {hot} orders/s, {hot.median / base.median:.3f} of TPC-B")
    print(f"orders opened and paid (test provider), many goods: {whole_many} orders/s, {whole_many.median / base.median:.3f} of TPC-B")
    print(f"orders opened and paid (test provider), one hot good: {whole_hot} orders/s, {whole_hot.median / base.median:.3f} of TPC-B")
    print(f"stock = ledger, holds = orders: {'yes' if is_right else 'NO'}")
    _finish(base, {"many": many, "hot": hot}, is_right=is_right)


def _finish(base: Runs, figures: dict[str, Runs], *, is_right: bool) -> None:
    """Print one closing line per goal and end with status 1 if one is missed: two goals, so `finish` of the other benchmarks twice."""
    reached = is_right
    for name, figure in figures.items():
        ratio = figure.median / base.median
        reached = reached and ratio >= GOALS[name]
        print(
            f"figure={figure.median:.6g} baseline={base.median:.6g} ratio={ratio:.3f} goal=>={GOALS[name]:g} unit=orders/s goods={name}",
            flush=True,
        )
    sys.exit(0 if reached else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run")
    parser.add_argument("--runs", type=int, default=RUNS)
    return parser.parse_args()


def _kinds(trade: Trade) -> list[tuple[int, ...]]:
    """Return 600 kinds of baskets of one, two and three things, which touch all the goods."""
    goods = trade.variants
    return [tuple(goods[(kind * 5 + place * 337) % len(goods)] for place in range(kind % 3 + 1)) for kind in range(600)]


# ── the baseline ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _prepare_pgbench(url: str) -> str:
    """Fill a database for TPC-B beside the shop's, on the same server, and return its address."""
    import psycopg
    from django.db import connection

    host = connection.get_connection_params()["host"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE tpcb")
    address = f"host={host} user=postgres dbname=tpcb"
    _run_pgbench("-i", "-q", "-s", str(SCALE), address)
    return address


def _pgbench(address: str, seconds: float) -> float:
    settle_down()
    said = _run_pgbench("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))), address)
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found, said
    return float(found.group(1))


def _run_pgbench(*arguments: str) -> str:
    from shopkeeper.ops.database import binaries

    program = binaries.locate().program("pgbench")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


# ── the orders ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Clients:
    """Eight processes that stay, as web workers do; each is told what to do and says how much it did."""

    def __init__(self, trade: Trade, seconds: float) -> None:
        from django.db import connections

        self._trade, self._seconds, self._runs = trade, seconds, 0
        # Forked without an open connection: each client opens its own.
        connections.close_all()
        fork = multiprocessing.get_context("fork")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(CLIENTS):
            here, there = fork.Pipe()
            process = fork.Process(target=_client, args=(there, number), daemon=True)
            process.start()
            self._pipes.append(here)
            self._processes.append(process)

    def rate(self, kinds: list[tuple[int, ...]], *, is_whole: bool) -> float:
        """Lay baskets, let all clients order for some seconds, and return the orders a second of all together."""
        self._runs += 1
        mark, count = f"run{self._runs}", int(MOST_A_SECOND * self._seconds)
        lay_baskets(kinds, mark=mark, count=count)
        digests = tuple(_digest(kind, self._trade) for kind in kinds)
        settle_down()
        for number, pipe in enumerate(self._pipes):
            pipe.send(
                Run(
                    mark=mark, first=number, step=CLIENTS, count=count, digests=digests, delivery_id=self._trade.delivery_id,
                    is_whole=is_whole, seconds=self._seconds,
                )
            )  # fmt: skip
        done = [pipe.recv() for pipe in self._pipes]
        return sum(orders / spent for orders, spent in done)

    def close(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join()


def _digest(kind: tuple[int, ...], trade: Trade) -> str:
    from shopkeeper.kit.ids import DeliveryOptionId, VariantId
    from shopkeeper.selling.pricing import public as pricing
    from shopkeeper.selling.pricing.shapes import Wanted

    wanted = [Wanted(variant_id=VariantId(variant), units=1) for variant in kind]
    return pricing.quote(wanted=wanted, country="GB", delivery_option_id=DeliveryOptionId(trade.delivery_id)).digest


def _client(pipe: Connection, number: int) -> None:
    if folder := os.environ.get("BENCH_PROFILE"):
        _profiled(folder, number)
    while (run := pipe.recv()) is not None:
        pipe.send(_order(run))


def _profiled(folder: str, number: int) -> None:
    """Have the client's calls counted, for whoever looks for where the time goes; never on for a figure."""
    import atexit
    import cProfile

    profile = cProfile.Profile()
    profile.enable()
    multiprocessing.util.Finalize(None, lambda: profile.dump_stats(f"{folder}/client{number}.prof"), exitpriority=10)
    atexit.register(profile.disable)


def _order(run: Run) -> tuple[int, float]:
    """Order one's baskets until the time is up; return how many orders that were and the seconds they took."""
    from shopkeeper.flows import place_order as flow

    act = flow.place_order if run.is_whole else flow.open_order
    began = time.perf_counter()
    for done, basket in enumerate(range(run.first, run.count, run.step)):
        if time.perf_counter() >= began + run.seconds:
            return done, time.perf_counter() - began
        act(**_request(run, basket))
    raise SystemExit("The baskets ran out before the time: raise MOST_A_SECOND")


def _request(run: Run, basket: int) -> dict[str, Any]:
    from shopkeeper.selling.customers.shapes import Address
    from shopkeeper.selling.orders.shapes import Contact

    token = f"{run.mark}-{basket}"
    return {
        "basket_token": token,
        "buyer": None,
        "contact": Contact(email=f"{token}@example.com", name="Ann Shopper", phone="+44 20 7946 0000"),
        "address": Address(name="Ann Shopper", line1="1 High Street", city="London", postcode="N1 1AA", country="GB"),
        "delivery_option_id": run.delivery_id,
        "payment_method": "test-ok",
        "seen_digest": run.digests[basket % len(run.digests)],
        "idempotency_key": f"key-{token}",
        "language": "en",
        "now": OPENED,
    }


def _is_right(trade: Trade) -> bool:
    """Return whether after all this the books hold, and as many pieces are held as were ordered."""
    from django.db import connection

    from shopkeeper.flows import audit_books

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(units), 0) FROM orders_orderline")
        (ordered,) = cursor.fetchone()
        cursor.execute("SELECT coalesce(sum(held), 0) FROM inventory_shelf")
        (held,) = cursor.fetchone()
    return ordered == held and audit_books.run(OPENED).is_right


if __name__ == "__main__":
    main()
