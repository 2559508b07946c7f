"""Where scenes are played: a database prepared once for each scene and copied for every kill, and processes that may die."""

from __future__ import annotations

import faulthandler
import os
import pickle
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet  # noqa: F401 - loaded once here, not in every process of a scene
import pytest
from django.conf import settings
from django.db import connections

from shopkeeper.ops.database.rules import address
from shopkeeper.selling.orders import invoice
from tests import postgres

ENDED, FAILED = 0, 1


@dataclass
class Running:
    """A process under way."""

    pid: int
    reader: int

    def stopped(self) -> bool:
        """Wait until the process stopped itself; False where it ended instead."""
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        return os.WIFSTOPPED(status)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def end(self) -> tuple[int, Any]:
        """Wait for the end; return how the process ended and what it said."""
        with os.fdopen(self.reader, "rb") as pipe:
            said = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return status, pickle.loads(said) if said else None


@dataclass
class Stage:
    """Makes databases on a server and runs functions in processes of their own on them. This process itself never connects."""

    server: str
    template: str
    folder: Path
    is_durable: bool = False
    patience_s: float = 300.0
    """How long an act may take: one that hangs says where, and ends, instead of keeping the run for ever."""

    @contextmanager
    def prepared(self, prepare: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
        """Yield the name of a database in which `prepare` was done, and what it returned."""
        name = f"shop_scene_{os.getpid()}"
        self._copy(self.template, name)
        try:
            yield name, self.play(name, prepare)
        finally:
            self.drop(name)

    @contextmanager
    def copy(self, prepared: str) -> Iterator[str]:
        """Yield the name of a fresh copy of a prepared database; its lake and its letters are copied too."""
        name = f"shop_point_{os.getpid()}"
        self._copy(prepared, name)
        if (self.folder / prepared).exists():
            shutil.copytree(self.folder / prepared, self.folder / name)
        try:
            yield name
        finally:
            self.drop(name)

    def play(self, name: str, act: Callable[[], Any]) -> Any:
        """Return what `act` returned in a process of its own on that database. Raises AssertionError with its words where it failed."""
        status, answer = self.process(name, act)
        assert status == ENDED, f"ended with {status}:\n{answer}"
        return answer

    def process(self, name: str, act: Callable[[], Any]) -> tuple[int, Any]:
        """Run `act` in a process of its own and return how it ended, negative for a signal, and what it returned or raised."""
        return self.start(name, act).end()

    def start(self, name: str, act: Callable[[], Any]) -> Running:
        """Begin `act` in a process of its own on that database."""
        (self.folder / name).mkdir(exist_ok=True)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            status, answer = self._in_child(name, act)
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(answer, pipe)
            # Not by returning: the child must not go on with the test run.
            os._exit(status)
        os.close(writer)
        return Running(child, reader)

    def _in_child(self, name: str, act: Callable[[], Any]) -> tuple[int, Any]:
        # To the real stderr: pytest has another in its place while it captures.
        faulthandler.dump_traceback_later(self.patience_s, exit=True, file=2)
        try:
            self.enter(name)
            answer = act()
            connections.close_all()
        except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
            return FAILED, traceback.format_exc()
        return ENDED, answer

    def enter(self, name: str) -> None:
        """Point this process at a database of the stage, with a lake and a letter box of its own."""
        postgres._point_django_at(self.url(name))
        settings.LAKE_DIR = self.folder / name / "lake"
        settings.POSTBOX = str(self.folder / name / "letters")
        settings.EMAIL_BACKEND = "tests.crash.postbox.Postbox"
        # A drawing of what was read: it says nothing to anybody, and takes longer than everything else of a scene.
        invoice.draw = lambda *_, **__: b"%PDF"  # type: ignore[assignment]

    def url(self, name: str) -> str:
        return address.with_name(postgres._as_shop(self.server), name)

    def _copy(self, template: str, name: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as admin:
            postgres._drop(admin, name)
            # What a killed process was connected to may take a moment to notice.
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
            postgres._create(admin, name, template=template)
            if self.is_durable:
                # A copied sequence remembers numbers its original wrote ahead to the log, and the copy did not: until the next checkpoint
                # a killed server would give numbers twice. No database of a shop begins as a copy of one at work.
                admin.execute("CHECKPOINT")

    def drop(self, name: str) -> None:
        """Remove a database with its lake and its letters."""
        with psycopg.connect(self.server, autocommit=True) as admin:
            postgres._drop(admin, name)
        shutil.rmtree(self.folder / name, ignore_errors=True)


@pytest.fixture
def stage(database_server: str, database_template: str, django_db_blocker: Any, tmp_path: Path) -> Iterator[Stage]:
    """A stage on the run's own server. No test database: scenes have their own, and their processes must find no open connection."""
    connections.close_all()
    with django_db_blocker.unblock():
        yield Stage(server=database_server, template=database_template, folder=tmp_path)
    connections.close_all()
