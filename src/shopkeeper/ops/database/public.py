"""The face of the database room: get a running PostgreSQL for a data folder, or the server that DATABASE_URL names."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from shopkeeper import __version__
from shopkeeper.ops.database import binaries, dump, folders, identity, schema
from shopkeeper.ops.database.cluster import DATABASE, ROLE, Cluster
from shopkeeper.ops.database.emptying import empty_tables
from shopkeeper.ops.database.folders import GUESTS_LOCK, SUPERVISOR_LOCK, Lock, default_data_dir, ensure_secret_key, was_held
from shopkeeper.ops.database.rules import address, pidfile
from shopkeeper.ops.database.schema import bring_up_to_date, fingerprint, is_current
from shopkeeper.ops.database.shapes import (
    Binaries,
    Embedded,
    FolderInUse,
    FolderNotWritable,
    Server,
    ServerDidNotStart,
    ServerTooOld,
    ServerUnreachable,
)

__all__ = [
    "Cluster",
    "bring_up_to_date",
    "check_dump",
    "default_data_dir",
    "embedded",
    "empty_tables",
    "ensure_secret_key",
    "fingerprint",
    "found_url",
    "hand_over",
    "held",
    "is_current",
    "is_held",
    "programs",
    "remove",
    "running",
    "shown",
    "use",
    "versions",
    "was_held",
    "write_dump",
]

_JOIN_PATIENCE_S = 120.0
_GONE_WITHIN_S = 15.0


@contextlib.contextmanager
def running(*, data_dir: Path, database_url: str = "", extra_settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Yield a running server: the one `database_url` names, else the one running on `data_dir`, else our own, stopped at the end.

    A command that joins a server keeps whoever started it for a command from stopping it until the joiner is done.
    Raises a DatabaseRefusal that says what to put right.
    """
    if database_url:
        prepare_folder_only(data_dir=data_dir)
        yield use(database_url=database_url)
        return
    guests = None
    started = None
    until = time.monotonic() + _JOIN_PATIENCE_S
    supervisor = _prepared(data_dir)
    cluster = _cluster(data_dir, extra_settings)
    try:
        while True:
            if supervisor.take():
                supervisor.sign()
                started = cluster
                cluster.start()
                break
            guests = Lock(data_dir / GUESTS_LOCK)
            if guests.take(shared=True) and cluster.is_ready():
                break
            guests.release()
            if time.monotonic() > until:
                raise ServerDidNotStart(folder=data_dir, log=f"process {supervisor.holder()} holds the folder, but its server is not ready")
            time.sleep(0.1)
        yield cluster.server(started_here=started is not None)
    finally:
        if started is not None:
            _wait_for_guests(data_dir)
            started.stop()
        if guests is not None:
            guests.release()
        supervisor.release()


@contextlib.contextmanager
def held(*, data_dir: Path, database_url: str = "", extra_settings: Mapping[str, str] | None = None) -> Iterator[Cluster | None]:
    """Hold `data_dir` for one supervisor and yield its server, not yet started (None where `database_url` names a server, then checked).

    Raises FolderInUse for a second start on the same folder, or another DatabaseRefusal. The server is stopped at the end.
    """
    if database_url:
        use(database_url=database_url)
    supervisor = _prepared(data_dir, embedded=not database_url)
    try:
        if not supervisor.take():
            raise FolderInUse(folder=data_dir, process=supervisor.holder())
        supervisor.sign()
        cluster = None if database_url else _cluster(data_dir, extra_settings)
        try:
            yield cluster
        finally:
            if cluster is not None:
                cluster.stop()
    finally:
        supervisor.release()


def use(*, database_url: str) -> Server:
    """Return the server that `database_url` names, checked to answer and to be new enough. Raises ServerUnreachable or ServerTooOld."""
    shown = address.without_secret(database_url)
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise ServerUnreachable(server=shown, reason=str(error).strip()) from error
    if version // 10000 < address.OLDEST_MAJOR:
        raise ServerTooOld(server=shown, found=version // 10000, oldest=address.OLDEST_MAJOR)
    return Server(url=database_url, admin_url=None, version=version, is_embedded=False, started_here=False)


def embedded(*, data_dir: Path, database_url: str) -> Embedded | None:
    """Return how to reach the embedded server of `data_dir` as its superuser, or None where `database_url` names another server."""
    folder = folders.socket_path(data_dir)
    if address.socket_of(database_url) != str(folder):
        return None
    found = Cluster.superuser_url(folder)
    return Embedded(admin_url=found, programs=binaries.locate(), data=data_dir / "postgres")


def found_url(data_dir: Path) -> str:
    """Return the address of the embedded server that runs on `data_dir`, or an empty text where none does; nothing is started or made."""
    try:
        found = pidfile.read((data_dir / "postgres" / "postmaster.pid").read_text())
    except OSError:
        return ""
    return address.socket_url(folder=folders.socket_path(data_dir), role=ROLE, name=DATABASE) if found and found.is_ready else ""


def remove(folder: Path) -> None:
    """Remove a data folder nobody holds; a server that outlived its supervisor there is ended first. Raises FolderNotWritable."""
    until = time.monotonic() + _GONE_WITHIN_S
    with contextlib.suppress(FileNotFoundError):
        _cluster(folder, None).clear_leftovers()
    # A server's last act is to remove its own marks: it may be at that while we remove the rest.
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists() and time.monotonic() > until:
            raise FolderNotWritable(folder=folder, reason="it could not be removed")


def is_held(folder: Path) -> bool:
    """Return whether a supervisor holds this folder now."""
    if not was_held(folder):
        return False
    lock = Lock(folder / SUPERVISOR_LOCK)
    try:
        return not lock.take()
    finally:
        lock.release()


def versions() -> dict[str, str]:
    """Return the version of this package and the hash of its migration set."""
    return {"shopkeeper": __version__, "migrations": schema.fingerprint()}


def shown(database_url: str) -> str:
    """Return an address as it may be shown: without its password."""
    return address.without_secret(database_url)


def programs() -> Binaries:
    """Return PostgreSQL's own programs. Raises BinariesMissing."""
    return binaries.locate()


def hand_over(folder: Path) -> None:
    """Give a folder inside the data folder, with everything in it, to the user PostgreSQL runs as, closed to everybody else."""
    folders.hand_over(folder, identity=identity.database_identity())


def write_dump(*, server: Server) -> list[str]:
    """Migrate the empty database on `server` in full and keep its dump as the one that new shops are loaded from; returns an empty list."""
    return dump.write(url=server.url)


def check_dump(*, server: Server) -> list[str]:
    """Migrate the empty database on `server` in full and return the first lines in which the kept dump differs from it."""
    return dump.check(url=server.url)


def prepare_folder_only(*, data_dir: Path) -> None:
    """Make the data folder ready for a shop whose database is elsewhere. Raises a DatabaseRefusal."""
    folders.prepare(data_dir, identity=None)


def _prepared(data_dir: Path, *, embedded: bool = True) -> Lock:
    folders.prepare(data_dir, identity=identity.database_identity() if embedded else None)
    return Lock(data_dir / SUPERVISOR_LOCK)


def _cluster(data_dir: Path, extra_settings: Mapping[str, str] | None) -> Cluster:
    who = identity.database_identity()
    programs = binaries.reachable(binaries.locate(), identity=who, beside=data_dir)
    return Cluster(data_dir=data_dir, binaries=programs, identity=who, extra_settings=extra_settings)


def _wait_for_guests(data_dir: Path) -> None:
    """Wait until every command that joined our server is done."""
    guests = Lock(data_dir / GUESTS_LOCK)
    while not guests.take():
        time.sleep(0.1)
    guests.release()
