"""A shop of its own on a server of its own, driven by real processes: some trade, one backs up, one restores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.up.builders import clean_environment

# One shop process: it reads a word a line and answers with a line of JSON.
_SHOP = """
import json, sys, threading
import django; django.setup()
from datetime import UTC, datetime, timedelta
from django.db import connection
from shopkeeper.events import public as events
from shopkeeper.flows import back_up, place_order
from shopkeeper.flows.tests.builders import small_shop, SmallShop
from shopkeeper.insight.lake import jobs as lake
from shopkeeper.selling.orders import public as orders
from shopkeeper.wiring.reactions import REACTIONS

def place(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}() - '0/0'")
        return int(cursor.fetchone()[0])
def opened():
    shop = small_shop(stock={"TEA": 5000, "CUP": 5000})
    return {"variants": shop.variants, "delivery": shop.delivery_id}
def bought(shop):
    # Now, not at the builders' noon: the audit asks whether holds are within their time.
    placed = place_order.place_order(**shop.request(shop.basket(TEA=1), now=datetime.now(UTC)))
    return orders.order(placed.order_id)
def again(values):
    shop = SmallShop(variants=values["variants"]); shop.delivery_id = values["delivery"]
    return shop
def trade(shop, seconds):
    # The log's place before an order begins and after it is there says, without a clock, on which side of a point it lies.
    until, told = datetime.now(UTC) + timedelta(seconds=seconds), []
    while datetime.now(UTC) < until:
        before = place("pg_current_wal_insert_lsn")
        order = bought(shop)
        told.append([order.number, before, place("pg_current_wal_insert_lsn")])
        events.dispatch_all(REACTIONS, now=datetime.now(UTC))
    return told
def picture():
    from shopkeeper.flows import pictures
    from shopkeeper.selling.catalog import public as catalog
    from shopkeeper.selling.media import public as media
    from shopkeeper.selling.media.tests.builders import sent
    pictures.add(product_id=catalog.product_ids()[0], files=[sent(3)], actor=None, now=datetime.now(UTC))
    return media.make_waiting()
def dispatch(): return events.dispatch_all(REACTIONS, now=datetime.now(UTC))
def tidy(): return lake.tidy(now=datetime.now(UTC)).merged
def buy(shop, count): return [bought(shop).number for _ in range(count)]
def moment():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].isoformat()
def backup(name):
    kept = back_up.take(to=None, name=name, now=datetime.now(UTC))
    high, low = (int(part, 16) for part in kept.point.lsn.split("/"))
    return {"lsn": high * 2**32 + low, "at": kept.point.at.isoformat()}
def nightly():
    # The very job that the worker runs, by its name in the schedule.
    from shopkeeper.wiring import schedule
    try: schedule.app.tasks["backup"](timestamp=0)
    except schedule.BackupNotProven as failed: return f"{type(failed).__name__}: {failed}"
    return ""
def told():
    from shopkeeper.doors.console import safekeeping
    from shopkeeper.flows import checkup
    now = datetime.now(UTC)
    worry = back_up.safety(now).worry
    finding = next(each for each in checkup.run(now=now) if each.name == "backup")
    return {"worry": worry, "today": str(safekeeping.WORRIES.get(worry, "")), "doctor": f"{finding.state.value}: {finding.said}"}
state = {}
for line in sys.stdin:
    word, *given = json.loads(line)
    if word == "open": state["shop"] = opened(); answer = state["shop"]
    elif word == "join": state["shop"] = given[0]; answer = True
    elif word in ("trade", "buy"): answer = {"trade": trade, "buy": buy}[word](again(state["shop"]), *given)
    else: answer = globals()[word](*given)
    print("=" + json.dumps(answer), flush=True)
"""

_LOOK = """
import json
from shopkeeper.events import models as outbox
from shopkeeper.insight.lake import public as lake
from hashlib import sha256
from shopkeeper.selling.media import models as media
from shopkeeper.selling.orders import models as orders
print("LOOK " + json.dumps({
    "orders": sorted(orders.Order.objects.values_list("number", flat=True)),
    "lake": sorted(row[0] for row in lake.query("SELECT number FROM order_placed").rows),
    "unheard": outbox.OutboxFact.objects.filter(heard_at=None, kind="OrderPlaced").count(),
    "outbox": outbox.OutboxFact.objects.filter(kind="OrderPlaced").count(),
    "pictures": sorted([s.cut_id, s.width, s.format, sha256(bytes(s.content)).hexdigest()] for s in media.Size.objects.all()),
}))
"""


class Shop:
    """One process inside the shop."""

    def __init__(self, *, data_dir: Path, url: str) -> None:
        environment = clean_environment(
            data_dir=data_dir, port=1, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="shopkeeper.wiring.settings", LOG_LEVEL="ERROR"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SHOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def begin(self, *words: object) -> None:
        """Let the process begin something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def ended(self) -> Any:
        """Wait for what was begun and return its answer."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("="):
                return json.loads(line[1:])
        raise AssertionError("the shop's process ended without an answer")

    def __call__(self, *words: object) -> Any:
        self.begin(*words)
        return self.ended()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def shopkeeper(*words: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the shop in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shopkeeper", *words], env=clean_environment(data_dir=data_dir, port=1, **environment),
        capture_output=True, text=True, timeout=300, check=False, cwd=os.sep,
    )  # fmt: skip


def look(data_dir: Path) -> dict[str, Any]:
    """Return what a restored shop has: numbers of its orders, of those in its lake, and its outbox."""
    done = shopkeeper("manage", "shell", "-v", "0", "-c", _LOOK, data_dir=data_dir)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("LOOK ")] or [done.stdout + done.stderr]
    found: dict[str, Any] = json.loads(line.removeprefix("LOOK "))
    return found
