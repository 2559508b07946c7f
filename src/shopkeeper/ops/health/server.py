"""Checks of the database server: does it answer in time, is nothing off that keeps data safe, are the tables those of this code.

They use a connection of their own with short limits, so that a server that hangs cannot hang whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from shopkeeper.ops.health.shapes import Finding, failed, gettext_noop, ok, unknown, warning

CONNECT_S, STATEMENT_MS = 2, 2_000
OLDEST_MAJOR = 15
SILENT_FOR_S = 45.0
"""A worker not heard of for this long is dead: the living report every ten seconds."""

_KEEPS_DATA = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
_MARK = "migration set "


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said about itself, or in `error` the kind of error it did not answer with."""

    error: str = ""
    version: int = 0
    now: datetime | None = None
    keeps: Mapping[str, str] = field(default_factory=dict)
    migrations: str = ""
    worker_silent_s: float | None = None

    @property
    def is_reached(self) -> bool:
        return not self.error


def ask(address: Mapping[str, Any]) -> Answer:
    """Ask the server at `address` (Django's entry for it) everything at once; answers within four seconds whatever happens."""
    try:
        with psycopg.connect(**_connection(address), autocommit=True) as connection:
            return _answer(connection)
    except (psycopg.Error, OSError) as error:
        # Its words name the server and the user; its kind is enough.
        return Answer(error=type(error).__name__)


def _connection(address: Mapping[str, Any]) -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    told = {theirs: str(address[ours]) for ours, theirs in names.items() if address.get(ours)}
    return {
        **told,
        "connect_timeout": CONNECT_S,
        "options": f"-c statement_timeout={STATEMENT_MS}",
        "application_name": "shopkeeper health",
    }


def _answer(connection: psycopg.Connection[Any]) -> Answer:
    keeps = dict(connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_KEEPS_DATA)]).fetchall())
    row = connection.execute("SELECT clock_timestamp(), obj_description(to_regclass('public.django_migrations'), 'pg_class')").fetchone()
    assert row is not None
    silent = None
    found = connection.execute("SELECT to_regclass('public.procrastinate_workers') IS NOT NULL").fetchone()
    if found and found[0]:
        beat = connection.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat)) FROM procrastinate_workers"
        ).fetchone()
        silent = None if beat is None or beat[0] is None else float(beat[0])
    return Answer(
        version=connection.info.server_version, now=row[0], keeps=keeps, migrations=str(row[1] or "").removeprefix(_MARK),
        worker_silent_s=silent,
    )  # fmt: skip


def database(answer: Answer) -> Finding:
    """The server answers, and is new enough."""
    if not answer.is_reached:
        return failed(
            "database",
            gettext_noop("It does not answer (%(error)s)"),
            gettext_noop("Start the shop (make up), or look whether the server that DATABASE_URL names runs and lets us in."),
            error=answer.error,
        )
    major, minor = divmod(answer.version, 10_000)
    if major < OLDEST_MAJOR:
        return failed(
            "database",
            gettext_noop("PostgreSQL %(major)s is too old"),
            gettext_noop("Move to PostgreSQL 15 or newer."),
            major=major,
        )
    return ok("database", gettext_noop("PostgreSQL %(major)s.%(minor)s answers"), major=major, minor=minor)


def durability(answer: Answer) -> Finding:
    """Nothing is off that keeps a committed order on the disk."""
    if not answer.is_reached:
        return _unseen("durability")
    off = [name for name in _KEEPS_DATA[:3] if answer.keeps.get(name, "off") == "off"]
    if off:
        return failed(
            "durability",
            gettext_noop("Off: %(names)s. A loss of power can lose paid orders, or the whole database."),
            gettext_noop("Turn them on in the server's configuration and restart it."),
            names=", ".join(off),
        )
    if answer.keeps.get("data_checksums", "off") == "off":
        return warning(
            "durability",
            gettext_noop("Checksums are off: a disk that spoils data is not noticed"),
            gettext_noop("Stop the server and run pg_checksums --enable."),
        )
    return ok("durability", gettext_noop("fsync, full_page_writes, synchronous_commit and checksums are on"))


def migrations(answer: Answer, *, wanted: str) -> Finding:
    """The tables are those of this code."""
    if not answer.is_reached:
        return _unseen("migrations")
    if answer.migrations != wanted:
        return failed(
            "migrations",
            gettext_noop("The tables are not those of this version"),
            gettext_noop("Run “shopkeeper migrate”, with the version of the program that shall run."),
        )
    return ok("migrations", gettext_noop("Those of this version"))


def worker(answer: Answer) -> Finding:
    """The worker has been heard of lately."""
    if not answer.is_reached:
        return _unseen("worker")
    remedy = gettext_noop("Start the shop again; without the worker no mail is sent, no fact is told, and nothing unfinished is finished.")
    if answer.worker_silent_s is None:
        return failed("worker", gettext_noop("No worker is at work"), remedy)
    seconds = round(answer.worker_silent_s)
    if answer.worker_silent_s > SILENT_FOR_S:
        return failed("worker", gettext_noop("Not heard of for %(seconds)s seconds"), remedy, seconds=seconds)
    return ok("worker", gettext_noop("Heard of %(seconds)s seconds ago"), seconds=seconds)


def _unseen(name: str) -> Finding:
    return unknown(name, gettext_noop("The database does not answer"), gettext_noop("Put the database right first."))
