"""The write-ahead log as it goes on: received from the embedded server through a slot, so that nothing is missed while nobody receives.

The log is kept in stretches. A stretch begins with a backup and has no gap; where the server had to let go of what was not received
(`max_slot_wal_keep_size`, a restored database has no slot), the next backup begins another.
"""

from __future__ import annotations

import gzip
import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from shopkeeper.ops.backup import programs, store
from shopkeeper.ops.backup.rules import segments
from shopkeeper.ops.database.shapes import Embedded

SLOT = "shopkeeper_archive"
CURRENT = "current"
_LOOK_EVERY_S = 2.0
_AFTER_FAILURE_S = 5.0
log = logging.getLogger(__name__)


def begin(folder: Path, *, server: Embedded) -> None:
    """Let the log be kept in this folder from now on, in a new stretch unless one goes on without a gap."""
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        row = connection.execute("SELECT wal_status, active_pid FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
        if row is not None and row[0] not in ("lost", None) and current(folder, system=system(connection)) is not None:
            return
        if row is not None:
            _drop(connection, SLOT, row[1])
        made = folder / "wal" / f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}-{system(connection)}"
        connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
        made.mkdir(mode=0o700, parents=True)
        store.write_whole(folder / "wal" / CURRENT, made.name)


def _drop(connection: psycopg.Connection[tuple[object, ...]], slot: str, process: object) -> None:
    if process is not None:
        connection.execute("SELECT pg_terminate_backend(%s::int, 5000)", [process])
    connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def system(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Return the identifier a server was given when it was made; copies of it have the same."""
    row = connection.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    assert row is not None
    return str(row[0])


def current(folder: Path, *, system: str) -> Path | None:
    """Return the stretch that goes on now, or None where none does for this server."""
    try:
        found = folder / "wal" / (folder / "wal" / CURRENT).read_text().strip()
    except FileNotFoundError:
        return None
    return found if found.is_dir() and found.name.endswith(f"-{system}") else None


def catch_up(folder: Path, *, server: Embedded, lsn: str) -> None:
    """Receive what the slot still holds, up to `lsn`, unless somebody else is receiving."""
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        stretch = current(folder, system=system(connection))
        row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
    if stretch is None or row is None or row[0]:
        return
    programs.run([*receiving(server, slot=SLOT, into=stretch), f"--endpos={lsn}"])


def receiving(server: Embedded, *, slot: str, into: Path) -> list[str]:
    """Return the command that receives the log."""
    program = server.programs.program("pg_receivewal")
    return [program, "-d", server.admin_url, "-D", str(into), f"--slot={slot}", "--no-loop", "--status-interval=2"]


def receive(folder: Path, *, server: Embedded, stop: threading.Event) -> None:
    """Receive the log into the folder until `stop` is set, wherever a backup has begun a stretch there; else do nothing."""
    child: subprocess.Popen[bytes] | None = None
    pause = _LOOK_EVERY_S
    stretch: Path | None = None
    try:
        while not stop.wait(pause):
            pause = _LOOK_EVERY_S
            found = _may_receive(folder, server)
            if child is not None and (child.poll() is not None or found != stretch):
                _end(child)
                child, pause = None, _AFTER_FAILURE_S
                log.warning("Receiving the write-ahead log stopped and is begun again")
            elif child is None and found is not None:
                child, stretch = programs.begin(receiving(server, slot=SLOT, into=found), log=folder / "wal" / "receive.log"), found
            if found is not None:
                compress(found)
    finally:
        if child is not None:
            _end(child)


def _may_receive(folder: Path, server: Embedded) -> Path | None:
    if not (folder / "wal" / CURRENT).exists():
        return None
    try:
        with psycopg.connect(server.admin_url, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
            return current(folder, system=system(connection)) if row is not None and row[0] != "lost" else None
    except psycopg.OperationalError:
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def compress(stretch: Path) -> None:
    """Press the finished segments of a stretch together; a kill half-way leaves them as they were."""
    for path in sorted(stretch.iterdir()):
        if segments.is_segment(path.name):
            pressed(path)


def pressed(path: Path) -> Path:
    """Put a segment's compressed form in its place and return it."""
    final = path.with_name(f"{path.name}.gz")
    draft = path.with_name(f"{path.name}.gz{store.DRAFT}")
    with path.open("rb") as source, draft.open("wb") as target:
        # No name and no time inside: the same segment gives the same bytes.
        with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=1, mtime=0) as packed:
            shutil.copyfileobj(source, packed, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    draft.chmod(0o600)
    draft.replace(final)
    path.unlink()
    store.sync_folder(path.parent)
    return final


def all_segments(folder: Path, *, system: str) -> dict[str, Path]:
    """Return every segment kept of one server, by name; the one still being written counts too."""
    found: dict[str, Path] = {}
    for path in _files(folder):
        name = segments.bare(path.name)
        # Finished ones are worth more than those still being written.
        if path.parent.name.endswith(f"-{system}") and segments.is_segment(name) and (name not in found or ".partial" not in path.name):
            found[name] = path
    return found


def _files(folder: Path) -> Iterator[Path]:
    for stretch in sorted((folder / "wal").glob("*-*")):
        yield from (path for path in sorted(stretch.iterdir()) if not path.name.endswith(store.DRAFT))


def forget_before(folder: Path, oldest: Callable[[str, int], str | None], *, really: bool) -> list[Path]:
    """Remove segments no kept backup needs, and return them; `oldest` gives the first one needed of a server's timeline."""
    gone = []
    for path in _files(folder):
        name, system_ = segments.bare(path.name), path.parent.name.rpartition("-")[2]
        if segments.is_segment(name):
            first = oldest(system_, segments.timeline(name))
            if first is not None and name < first:
                gone.append(path)
    if really:
        for path in gone:
            path.unlink(missing_ok=True)
    return gone
