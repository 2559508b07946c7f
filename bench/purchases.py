"""How many whole guest purchases a second the shop takes over HTTP, as a browser makes them, eight at a time.

One purchase is six requests on one kept-alive connection: the page of a good, the good into the basket, the basket, the checkout, the
order with contact, address, delivery and the test provider's payment (answered by the way to the order's page), and that page, which must
say that the order is paid. Every buyer is another guest, without cookies at first. Served by what `shopkeeper up` starts: the embedded
PostgreSQL with durability on, two web processes, and the worker, which meanwhile hands on every fact. The client shares the two cores.

Many goods: 1,000 goods with stock enough. One hot good: 40 pieces, more buyers than that; exactly 40 must be sold, and the books must
hold afterwards. Baseline: the goal of 100 purchases a second.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode

from _bench import Runs, finish, introduce, settings
from _trade import Trade, open_trade
from start import free_port, started

GOAL = 100.0
BUYERS_AT_ONCE = 8
SECONDS = 10
RUNS = 3
HOT_PIECES = 40
HOT_BUYERS = 80
GOODS = 1_000

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
FIELD = re.compile(rb'name="(idempotency_key|seen_digest|seen_total)" value="([^"]*)"')
DELIVERY = re.compile(rb'name="delivery" value="([^"]+)"')
PAID = re.compile(rb'data-state="paid"|>\s*Paid\b')


@dataclass
class Bought:
    """What one client process came to. `refused`: there was none left; `odd`: answers that no buyer should get."""

    waits: list[float] = field(default_factory=list)
    refused: int = 0
    odd: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0

    def wait_ms(self, share: float) -> float:
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


def main() -> None:
    """Buy many goods for some seconds, several times, then one hot good until it is gone; look at the books."""
    options = _options()
    introduce(f"purchases: {BUYERS_AT_ONCE} buyers at a time, whole guest purchases over HTTP")
    with tempfile.TemporaryDirectory(prefix="shopkeeper-purchases-") as folder, _shop(Path(folder)) as (port, trade, web):
        goods = [(f"good-{number}", variant) for number, variant in enumerate(trade.variants)]
        watch = _Watch(Path(folder), web)
        rates = []
        for run in range(options.runs + 1):
            watch.begin()
            done = _buy(port, goods, seconds=options.seconds)
            if run:
                rates.append(len(done.waits) / done.seconds)
                _say("many goods", done, watch)
        watch.begin()
        hot = _buy(port, [(f"good-{GOODS}", trade.hot)], most=HOT_BUYERS)
        _say(f"one hot good, {HOT_PIECES} pieces, {HOT_BUYERS} buyers", hot, watch)
        sold, is_right = _books(trade, hot)
    found = Runs(tuple(rates))
    print(f"purchases, many goods: {found} purchases/s")
    right = "yes" if is_right else "NO"
    print(f"hot good: {len(hot.waits)} buyers have a paid order, {sold} pieces sold of {HOT_PIECES}; books right: {right}")
    exact = sold == HOT_PIECES and len(hot.waits) == HOT_PIECES and not hot.odd
    finish(figure=found, baseline=GOAL, unit="purchases/s", at_least=1.0, also=[exact, is_right])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run")
    parser.add_argument("--runs", type=int, default=RUNS)
    return parser.parse_args()


def _say(what: str, done: Bought, watch: _Watch) -> None:
    web, database, worker = watch.spent()
    each = max(1, len(done.waits))
    print(
        f"{what}: {len(done.waits) / done.seconds:.1f} purchases/s in {done.seconds:.1f} s, p50 {done.wait_ms(0.5):.0f} ms, "
        f"p95 {done.wait_ms(0.95):.0f} ms, {done.refused} refused for want of stock, {len(done.odd)} odd; processor time a purchase: "
        f"client {done.cpu_s / each * 1000:.1f} ms, web {web / each * 1000:.1f} ms, database {database / each * 1000:.1f} ms, "
        f"worker {worker / each * 1000:.1f} ms"
    )
    for odd in done.odd[:3]:
        print(f"  odd: {odd}")


# ── the shop ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _shop(folder: Path) -> Iterator[tuple[int, Trade, int]]:
    """Yield the port, the goods and the process of a shop as `shopkeeper up` runs it; Django is set up on its database."""
    port = free_port()
    process = started(folder, port, log=Path(os.devnull))
    try:
        from shopkeeper.ops.database import public as database

        with database.running(data_dir=folder) as server:
            os.environ.update(DATABASE_URL=server.url, DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="shopkeeper.wiring.settings")
            import django

            django.setup()
            print(f"postgresql: {settings()}")
            yield port, open_trade(goods=GOODS, on_hand=1_000_000, hot_on_hand=HOT_PIECES), process.pid
            from django.db import connections

            connections.close_all()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _books(trade: Trade, hot: Bought) -> tuple[int, bool]:
    """Return how many pieces of the hot good are sold, and whether the books hold, once the last order has been settled."""
    from django.db import connection
    from django.utils import timezone

    from shopkeeper.flows import audit_books

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(l.units), 0) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
               WHERE l.variant_id = %s AND o.state = 'paid'""",
            [trade.hot],
        )
        (sold,) = cursor.fetchone()
    audit = audit_books.run(timezone.now())
    for each in audit.findings[:5]:
        print(f"  books: {each}")
    return int(sold), audit.is_right


class _Watch:
    """How much processor time the shop's processes took, by what they do; the clerk is the kernel."""

    def __init__(self, folder: Path, root: int) -> None:
        pid_file = next(folder.rglob("postmaster.pid"))
        self._database = int(pid_file.read_text().splitlines()[0])
        self._root = root
        self._before = (0.0, 0.0, 0.0)

    def begin(self) -> None:
        self._before = self._now()

    def spent(self) -> tuple[float, ...]:
        """Return seconds of web, database and worker since `begin`."""
        return tuple(now - before for now, before in zip(self._now(), self._before, strict=True))

    def _now(self) -> tuple[float, float, float]:
        parents = _parents()
        database = _tree(self._database, parents)
        web, worker = 0.0, 0.0
        for child in [pid for pid, parent in parents.items() if parent == self._root and pid != self._database]:
            spent = sum(map(_cpu_s, _tree(child, parents)))
            # The worker is one process; the web server has its own below it.
            if len(_tree(child, parents)) > 1:
                web += spent
            else:
                worker += spent
        return web, sum(map(_cpu_s, database)), worker


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def _tree(root: int, parents: dict[int, int]) -> list[int]:
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _cpu_s(pid: int) -> float:
    """Return the seconds a process and its children that have ended took."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


# ── the buyers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _buy(port: int, goods: list[tuple[str, int]], *, seconds: float = 0.0, most: int = 0) -> Bought:
    """Have eight buyers at a time buy these goods in turn, for so many seconds or until so many have tried; from a child process."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_buyers, args=(theirs, port, goods, seconds, most))
    child.start()
    theirs.close()
    done: Bought = ours.recv()
    child.join()
    return done


def _buyers(pipe: Connection, port: int, goods: list[tuple[str, int]], seconds: float, most: int) -> None:
    done, turns, lock = Bought(), itertools.count(), threading.Lock()
    began = time.perf_counter()

    def shop() -> None:
        while True:
            with lock:
                turn = next(turns)
            if (most and turn >= most) or (seconds and time.perf_counter() - began > seconds):
                return
            _one(port, goods[turn % len(goods)], turn, done, lock)

    threads = [threading.Thread(target=shop) for _ in range(BUYERS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds, done.cpu_s = time.perf_counter() - began, sum(os.times()[:2])
    pipe.send(done)


def _one(port: int, good: tuple[str, int], turn: int, done: Bought, lock: threading.Lock) -> None:
    buyer = _Buyer(port)
    began = time.perf_counter()
    try:
        said = buyer.purchase(good, turn)
    except (OSError, http.client.HTTPException) as error:
        said = f"{type(error).__name__}: {error}"
    finally:
        buyer.close()
    with lock:
        if said == "paid":
            done.waits.append(time.perf_counter() - began)
        elif said == "none left":
            done.refused += 1
        else:
            done.odd.append(said)


class _Buyer:
    """One visitor's browser: a connection, the cookies it was given, and as much of a page as a form needs."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._origin = f"http://127.0.0.1:{port}"
        self._cookies: dict[str, str] = {"consent": "no.bench"}

    def close(self) -> None:
        self._line.close()

    def purchase(self, good: tuple[str, int], turn: int) -> str:  # noqa: PLR0911 - one way out a step
        """Buy one piece; return `paid`, `none left`, or what was odd."""
        slug, variant = good
        status, page = self._ask("GET", f"/en/goods/{slug}/")
        token = TOKEN.search(page)
        if status != 200:
            return f"product page {status}"
        if token is None:
            return "none left"
        status, page = self._ask("POST", "/en/basket/add/", variant=str(variant), units="1", csrfmiddlewaretoken=token[1].decode())
        if status == 422:
            return "none left"
        if status != 302:
            return f"into the basket {status}"
        status, page = self._ask("GET", "/en/basket/")
        if status != 200:
            return f"basket {status}"
        status, page = self._ask("GET", "/en/checkout/")
        if status != 200:
            return f"checkout {status}"
        form = {name.decode(): value.decode() for name, value in FIELD.findall(page)}
        token, delivery = TOKEN.search(page), DELIVERY.search(page)
        if token is None or delivery is None:
            return "a checkout without a form"
        status, page = self._ask("POST", "/en/checkout/", **form, **_particulars(turn), delivery=delivery[1].decode(),
                                 csrfmiddlewaretoken=token[1].decode())  # fmt: skip
        if status == 409:
            return "none left"
        if status != 302:
            return f"order {status}"
        status, page = self._ask("GET", self._next)
        return "paid" if status == 200 and PAID.search(page) else f"order page {status}, not paid"

    def _ask(self, method: str, path: str, **sent: str) -> tuple[int, bytes]:
        headers = {
            "Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "en-GB", "User-Agent": "bench",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }  # fmt: skip
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        self._line.request(method, path, urlencode(sent) if sent else None, headers)
        answer = self._line.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        self._next = answer.headers.get("Location", "")
        if answer.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, 31)
        return answer.status, body


def _particulars(turn: int) -> dict[str, str]:
    """Return what a guest types: every buyer has an address of mail of his own."""
    return {
        "act": "order", "email": f"buyer-{os.getpid()}-{turn}@example.com", "name": "Ann Shopper", "phone": "+44 20 7946 0000",
        "line1": "1 High Street", "line2": "", "city": "Shanghai", "region": "", "postcode": "200000", "country": "CN", "saved": "",
        "payment": "test-ok",
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
