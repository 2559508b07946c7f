"""The database dies: the whole server, or the one process of it that serves us. What was acknowledged is kept; the rest ends once.

On a server of the test's own that waits for the disk: this is the promise that a server in haste does not make.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from shopkeeper.flows import place_order
from shopkeeper.flows.tests.builders import CONTACT, small_shop
from shopkeeper.ops.database import public as database
from shopkeeper.ops.database import schema
from shopkeeper.selling.orders.models import Order as OrderRow
from tests import postgres, share
from tests.crash import kills
from tests.crash.scenes import SCENES, Before
from tests.crash.stage import Stage
from tests.crash.watch import Watch

pytestmark = pytest.mark.processes

TEMPLATE = "shop_durable"
POINTS = 5 if share.IS_DEEP else 1
ACTS = list(SCENES) if share.IS_DEEP else ["place_order", "refund"]
MANNERS = ("the server killed", "the backend killed", "the backend ended")


@dataclass
class DurableServer:
    """An embedded server with its durable settings, which can be killed and started again."""

    cluster: database.Cluster
    stage: Stage

    def kill(self) -> None:
        os.kill(self.postmaster(), signal.SIGKILL)

    def postmaster(self) -> int:
        found = self.cluster.process
        assert found is not None
        return found

    def back(self) -> None:
        """Return when the server answers again, started anew where it is gone; what it wrote to the log is played again."""
        until = time.monotonic() + 300
        while True:
            # Asked each time: what was killed a moment ago may not be gone yet.
            if self.cluster.process is None:
                self.cluster.start()
            try:
                psycopg.connect(self.stage.server, connect_timeout=5).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until
                time.sleep(0.1)
            else:
                return


@pytest.fixture(scope="module")
def durable(django_db_blocker: Any) -> Iterator[DurableServer]:
    connections.close_all()
    folder = Path(tempfile.mkdtemp(prefix=f"{postgres._PREFIX}{os.getpid()}-durable-"))
    scratch = Path(tempfile.mkdtemp(prefix=f"{postgres._PREFIX}{os.getpid()}-scenes-"))
    with django_db_blocker.unblock(), database.held(data_dir=folder) as cluster:
        assert cluster is not None
        cluster.start()
        server = cluster.server(started_here=True).admin_url
        assert server is not None
        stage = Stage(server=server, template=TEMPLATE, folder=scratch, is_durable=True)
        with psycopg.connect(server, autocommit=True) as admin:
            assert [admin.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")] == [("on",), ("on",)]
            postgres._create(admin, TEMPLATE, template="template0")
        stage.play(TEMPLATE, schema.bring_up_to_date)
        yield DurableServer(cluster, stage)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(scratch, ignore_errors=True)


def ending(manner: str, durable: DurableServer) -> Callable[[], None]:
    """Return what happens to the database at the call: seen from the process that speaks to it."""
    postmaster, server = durable.postmaster(), durable.stage.server

    def end() -> None:
        held = connection.connection
        if manner == "the server killed":
            os.kill(postmaster, signal.SIGKILL)
        elif held is None or held.closed:
            raise AssertionError("no connection to kill")
        elif manner == "the backend killed":
            os.kill(held.info.backend_pid, signal.SIGKILL)
        else:
            with psycopg.connect(server, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [held.info.backend_pid])

    return end


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("act", ACTS)
def test_whenever_the_database_dies_the_work_ends_once(durable, act, manner):
    scene, stage = SCENES[act], durable.stage
    died = 0

    with stage.prepared(scene.prepare) as (prepared, before):
        calls = kills.recorded(stage, prepared, scene, before)
        every = kills.points(calls)
        some = random.Random(f"{share.SEED} {act} {manner}").sample(every, min(POINTS, len(every)))
        for number, when in some:
            with stage.copy(prepared) as name:
                end = ending(manner, durable)
                died += stage.play(name, lambda number=number, when=when, end=end: struck(scene, before, number, when, end))
                durable.back()
                stage.play(name, lambda: kills._aftermath(scene, before))

    assert died == len(some)
    share.count(f"deaths of the database in {act}", died, 3 * len(every))


def struck(scene, before: Before, number: int, when: str, end: Callable[[], None]) -> int:
    """Do the act while the database dies at one of its calls; whatever the act makes of it, its process goes on. Return how often."""
    struck_ = []

    def strike() -> None:
        end()
        struck_.append(number)

    try:
        with Watch(number, when, end=strike).watching():
            scene.act(before)
    except Exception:  # noqa: BLE001 - the line to the database broke; what became of the work is asked of the next one
        connection.close()
    return len(struck_)


def acknowledged(file: Path) -> Callable[[], None]:
    """Return a process that places orders one after the other and writes each down when it was told that it stands."""

    def place_on_and_on() -> None:
        shop = small_shop({"TEA": 10_000})
        with file.open("a") as told:
            for number in range(10_000):
                # Each from somebody else: what one buyer may keep from others is limited.
                buyer = replace(CONTACT, email=f"buyer-{number}@example.com")
                placed = place_order.open_order(**shop.request(shop.basket(TEA=1), key=f"key-{number}", contact=buyer))
                told.write(f"{placed}\n")
                told.flush()

    return place_on_and_on


def orders_lost(durable: DurableServer, name: str, file: Path) -> tuple[int, int]:
    """Kill the server while orders are placed; return how many were acknowledged and how many of those are gone."""
    placing = durable.stage.start(name, acknowledged(file))
    until = time.monotonic() + 90
    while not file.exists() or file.read_text().count("\n") < 20:
        if time.monotonic() > until:
            os.kill(placing.pid, signal.SIGKILL)
            raise AssertionError(f"too few orders in time: {placing.end()}")
        time.sleep(0.01)
    durable.kill()
    placing.end()
    durable.back()
    told = {int(line) for line in file.read_text().split()}
    kept = durable.stage.play(name, lambda: set(OrderRow.objects.values_list("id", flat=True)))
    return len(told), len(told - kept)


def test_an_acknowledged_order_outlives_the_server(durable, tmp_path):
    with durable.stage.copy(TEMPLATE) as name:
        told, lost = orders_lost(durable, name, tmp_path / "told")

    assert told >= 20
    assert lost == 0


def test_a_server_that_does_not_wait_for_the_disk_is_caught(durable, tmp_path):
    """The planted violation: commits that are acknowledged before they are written."""
    with durable.stage.copy(TEMPLATE) as name:
        with psycopg.connect(durable.stage.server, autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
            admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
            admin.execute("SELECT pg_reload_conf()")
        try:
            told, lost = orders_lost(durable, name, tmp_path / "told")
        finally:
            with psycopg.connect(durable.stage.server, autocommit=True) as admin:
                admin.execute("ALTER SYSTEM RESET wal_writer_delay")
                admin.execute("SELECT pg_reload_conf()")

    assert told >= 20
    assert lost > 0
