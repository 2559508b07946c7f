"""Category page with 24 products and product page, against an empty view of the same server, middleware and process count, in the same run.

Each size of shop has a database of its own with durability on, and two servers of two workers: one that keeps pages, one that puts
each page together anew. Everything is asked by turns, as a browser asks: gzip, keep-alive, eight at a time.
Goals: kept pages ≥ 0.5 of the empty view, fresh pages ≥ 0.2, and 100,000 variants at most 1.3 times as slow as 1,000.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _bench import Runs, finish, introduce, shop
from _load import Load, load

SMALL, LARGE = 1_000, 100_000
TURN_S = float(os.environ.get("TURN_S", "2"))
RUNS = int(os.environ.get("RUNS", "5"))
WORKERS = 2
CONNECTIONS = 8

EMPTY = ("/en/empty-view/",)
LISTS = tuple(f"/en/shelves/shelf-{main}/" for main in range(12))
BY_PRICE = tuple(f"{address}?sort=price" for address in LISTS)
GOODS = tuple(f"/en/goods/thing-{number}/" for number in range(1, 97, 2))


@dataclass(frozen=True)
class Asked:
    """One thing that is measured: its name, the shop's size, whether the server keeps pages, what is asked for."""

    name: str
    size: int
    is_kept: bool
    addresses: tuple[str, ...]


def main() -> None:
    """Serve both shops, ask by turns, print every figure, end with the first goal's line."""
    if "--serve" in sys.argv:
        serve(int(sys.argv[2]), int(sys.argv[3]))
        return
    if "--fill" in sys.argv:
        fill(int(sys.argv[2]))
        return
    introduce(f"pages: {WORKERS} workers a server, {CONNECTIONS} connections, {RUNS} runs of {TURN_S:g} s by turns, gzip as a browser asks")
    shops = {size: Served(size) for size in (SMALL, LARGE)}
    try:
        for each in shops.values():
            each.wait()
        measured = _by_turns(shops)
    finally:
        for each in shops.values():
            each.stop()
    _report(measured)


def _asked() -> list[Asked]:
    asked = [Asked("empty view", SMALL, True, EMPTY)]
    for size in (SMALL, LARGE):
        for is_kept in (True, False):
            asked.append(Asked("list", size, is_kept, LISTS))
            asked.append(Asked("product", size, is_kept, GOODS))
    return [*asked, *(Asked("list by price", size, False, BY_PRICE) for size in (SMALL, LARGE))]


def _by_turns(shops: dict[int, Served]) -> dict[Asked, list[Load]]:
    measured: dict[Asked, list[Load]] = {each: [] for each in _asked()}
    for each in measured:
        _warm(shops[each.size].port + (0 if each.is_kept else 1), each.addresses)
    for run in range(RUNS + 1):
        for each, loads in measured.items():
            port = shops[each.size].port + (0 if each.is_kept else 1)
            done = load(port, each.addresses, seconds=TURN_S, connections=CONNECTIONS)
            if run:
                loads.append(done)
    return measured


def _warm(port: int, addresses: Sequence[str]) -> None:
    # Several times, so that every worker, and each of its threads, has seen every address.
    for _ in range(6):
        for address in addresses:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=60).close()


def _report(measured: dict[Asked, list[Load]]) -> None:
    rates = {each: Runs(tuple(load.rate for load in loads)) for each, loads in measured.items()}
    empty = rates[next(iter(measured))]
    print(f"{'':14} {'variants':>9} {'':7} {'pages/s':>9} {'p50 ms':>8} {'p95 ms':>8} {'of empty':>9} {'client':>7} {'bytes':>7}")
    for each, loads in measured.items():
        p50, p95 = (Runs(tuple(load.wait_ms(share) for load in loads)).median for share in (0.5, 0.95))
        share = Runs(tuple(load.cpu_share for load in loads)).median
        size = max(len(body) for body in loads[0].samples.values())
        kept = "kept" if each.is_kept else "fresh"
        rate = rates[each].median
        print(f"{each.name:14} {each.size:9,} {kept:7} {rate:9.0f} {p50:8.2f} {p95:8.2f} {rate / empty.median:9.2f} {share:7.0%} {size:7,}")
    _finish(measured, rates, empty)


def _finish(measured: dict[Asked, list[Load]], rates: dict[Asked, Runs], empty: Runs) -> None:
    def rate(name: str, size: int, is_kept: bool) -> float:
        return next(rates[each].median for each in rates if (each.name, each.size, each.is_kept) == (name, size, is_kept))

    goals: list[tuple[str, float, float]] = []
    for name in ("list", "product"):
        goals.append((f"{name} kept, of the empty view", rate(name, SMALL, True) / empty.median, 0.5))
        goals.append((f"{name} fresh, of the empty view", rate(name, SMALL, False) / empty.median, 0.2))
        for is_kept in (True, False):
            what = "kept" if is_kept else "fresh"
            goals.append(
                (f"{name} {what}, {LARGE:,} of {SMALL:,} variants", rate(name, LARGE, is_kept) / rate(name, SMALL, is_kept), 1 / 1.3)
            )
    by_price = rate("list by price", LARGE, False) / rate("list by price", SMALL, False)
    goals.append((f"list by price fresh, {LARGE:,} of {SMALL:,} variants", by_price, 1 / 1.3))
    for what, reached, goal in goals:
        print(f"  {'ok  ' if reached >= goal else 'MISS'} {what}: {reached:.2f}, goal >= {goal:.2f}")
    clean = all(load.is_clean for loads in measured.values() for load in loads)
    also = [clean, *(reached >= goal for _, reached, goal in goals)]
    kept = next(rates[each] for each in rates if (each.name, each.size, each.is_kept) == ("list", SMALL, True))
    finish(figure=kept, baseline=empty, unit="lists/s", at_least=0.5, also=also)


class Served:
    """A shop of one size in a process of its own: port keeps pages, port + 1 does not."""

    def __init__(self, size: int) -> None:
        self.port = _two_free_ports()
        # What a server says goes to a file, as it does where a shop is run.
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server runs
        self.process = subprocess.Popen([sys.executable, __file__, "--serve", str(size), str(self.port)], stderr=self.said)

    def wait(self) -> None:
        """Wait until both servers give a page."""
        for port in (self.port, self.port + 1):
            while not _answers(port):
                if self.process.poll() is not None:
                    raise SystemExit("a shop did not start")
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop the shop and wait for its end."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def serve(size: int, port: int) -> None:
    """Make a shop of this size and serve it twice until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.path.insert(0, str(Path(__file__).parent))
    with shop():
        from django.conf import settings

        settings.ROOT_URLCONF = "_pages_urls"
        # Apart, because the intake starts threads, and a process with threads must not be forked.
        subprocess.run([sys.executable, __file__, "--fill", str(size)], check=True)
        children = [_fork(port, is_kept=True), _fork(port + 1, is_kept=False)]
        try:
            signal.pause()
        finally:
            _end(children)


def fill(size: int) -> None:
    """Put the goods of a shop of this size into the database of the environment."""
    import django

    django.setup()
    from _goods import open_shop

    open_shop(variants=size)


def _fork(port: int, *, is_kept: bool) -> int:
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    from shopkeeper.doors.storefront import pages
    from shopkeeper.ops.processes import public as processes

    import_string(settings.WSGI_APPLICATION)
    assert get_resolver().url_patterns
    connections.close_all()
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    processes.end_with_parent(parent=parent)
    if not is_kept:
        pages.MOST_BYTES = 0
    processes.serve(port=port, workers=WORKERS, static=Path(settings.DATA_DIR) / "postgres")
    os._exit(0)


def _end(children: Sequence[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        os.waitpid(child, 0)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def _two_free_ports() -> int:
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise SystemExit("no two free ports beside each other")


if __name__ == "__main__":
    main()
