"""Taking one backup: database, lake and media at one named point. The reasoning stands in README.md."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from shopkeeper.ops.backup import archive, programs, store, trees
from shopkeeper.ops.backup.rules import manifest, segments
from shopkeeper.ops.backup.shapes import FilesVanished, Kept, NameTaken, ProgramFailed, Tree
from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import Embedded

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be taken: where to, under which name, which trees, and what stands in the manifest about versions."""

    folder: Path
    name: str
    trees: Sequence[Tree]
    versions: Mapping[str, str]
    secret_key: Path | None
    now: datetime


def take(order: Order, *, server: Embedded | str, goes_on: bool) -> Kept:
    """Take one backup of the embedded server, or of the server whose address is given; return it.

    `goes_on`: keep the write-ahead log in the same folder from now on (embedded only).
    """
    began = time.monotonic()
    draft = order.folder / f"{order.name}{store.DRAFT}"
    if (order.folder / order.name).exists():
        raise NameTaken(name=order.name, folder=order.folder)
    store.clear_drafts(order.folder)
    draft.mkdir(mode=0o700)
    copier = trees.Copier(order.folder, _last_trees(order.folder))
    if isinstance(server, str):
        body, found = _dump(order, draft, copier, server)
    else:
        body, found = _copy_cluster(order, draft, copier, server, goes_on=goes_on)
    return _finish(order, draft, body, found, seconds=time.monotonic() - began)


def _last_trees(folder: Path) -> dict[str, list[dict[str, Any]]]:
    finished, _ = store.names(folder)
    newest = max((folder / name for name in finished), key=lambda path: (path / store.MANIFEST).stat().st_mtime, default=None)
    try:
        return store.read_trees(newest) if newest else {}
    except (OSError, ValueError):
        return {}


# -- the embedded server -----------------------------------------------------------------------------------------------


def _copy_cluster(
    order: Order, draft: Path, copier: trees.Copier, server: Embedded, *, goes_on: bool
) -> tuple[dict[str, Any], dict[str, list[trees.Entry]]]:
    slot = f"shopkeeper_backup_{hashlib.sha256(str(order.folder.resolve()).encode()).hexdigest()[:12]}"
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        _let_go(connection, slot)
        connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
        try:
            if goes_on:
                archive.begin(order.folder, server=server)
            for tree in order.trees:
                copier.copy(tree)
            programs.run([
                server.programs.program("pg_basebackup"), "-d", server.admin_url, "-D", str(draft),
                "--format=tar", "--compress=client-gzip:1", "--wal-method=none", "--checkpoint=fast", "--no-manifest",
            ])  # fmt: skip
            point, found = _make_point(order, copier, connection)
            connection.execute("SELECT pg_switch_wal()")
            (draft / "wal").mkdir(mode=0o700)
            programs.run([*archive.receiving(server, slot=slot, into=draft / "wal"), f"--endpos={point['lsn']}"])
        finally:
            _let_go(connection, slot)
        body = {"kind": "cluster", "point": point, **_log_of(draft / "wal", connection, point)}
    if goes_on:
        archive.catch_up(order.folder, server=server, lsn=point["lsn"])
    return body, found


def _let_go(connection: psycopg.Connection[Any], slot: str) -> None:
    """Drop the slot of this backup, or of an earlier one that was cut off."""
    row = connection.execute("SELECT active_pid FROM pg_replication_slots WHERE slot_name = %s", [slot]).fetchone()
    if row is not None:
        if row[0] is not None:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", [row[0]])
        connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def _make_point(
    order: Order, copier: trees.Copier, connection: psycopg.Connection[Any]
) -> tuple[dict[str, Any], dict[str, list[trees.Entry]]]:
    """Name a point, then copy what belongs to it; where a file is gone already, name a later point."""
    gone = trees.Vanished("")
    tree = order.trees[0] if order.trees else None
    for attempt in range(1, _TRIES + 1):
        name = order.name if attempt == 1 else f"{order.name}.{attempt}"
        row = connection.execute(
            "SELECT pg_create_restore_point(%s)::text, clock_timestamp(), (pg_control_checkpoint()).timeline_id", [name]
        ).fetchone()
        assert row is not None
        try:
            found = {}
            for tree in order.trees:
                found[tree.name] = copier.settle(tree)
        except trees.Vanished as error:
            gone = error
            continue
        return {"name": name, "lsn": row[0], "at": row[1].isoformat(), "timeline": row[2]}, found
    raise FilesVanished(tree=tree.name if tree else "", tries=_TRIES, path=gone.path)


def _log_of(folder: Path, connection: psycopg.Connection[Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """Press the log of this backup together and return what the manifest says of it."""
    row = connection.execute("SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'").fetchone()
    assert row is not None
    last = segments.holding(point["lsn"], timeline=point["timeline"], segment_bytes=row[0])
    for path in sorted(folder.iterdir()):
        whole = path.with_name(segments.bare(path.name))
        path.replace(whole)
        archive.pressed(whole)
    have = sorted(segments.bare(path.name) for path in folder.iterdir())
    first = next(iter(have), "")
    if not have or last not in segments.reach(first, have, segment_bytes=row[0]):
        raise ProgramFailed(program="pg_receivewal", reason=f"the log from {first or '?'} to {last} is not whole")
    return {"first_segment": first, "last_segment": last, "segment_bytes": row[0], "system": archive.system(connection)}


# -- a server of the operator's own ------------------------------------------------------------------------------------


def _dump(order: Order, draft: Path, copier: trees.Copier, url: str) -> tuple[dict[str, Any], dict[str, list[trees.Entry]]]:
    """Dump the database as of one snapshot; its moment is the point."""
    for tree in order.trees:
        copier.copy(tree)
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute(
            "SELECT pg_export_snapshot(), clock_timestamp(), CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
            " ELSE pg_current_wal_insert_lsn() END::text, current_setting('server_version')"
        ).fetchone()
        assert row is not None
        try:
            found = {tree.name: copier.settle(tree) for tree in order.trees}
        except trees.Vanished as error:
            raise FilesVanished(tree="lake", tries=1, path=error.path) from error
        parts = urlsplit(url)
        bare = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1)).geturl() if parts.password else url
        target = draft / "database.dump"
        command = [database.programs().program("pg_dump"), "--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges"]
        target.touch(mode=0o600)
        programs.run([*command, f"--snapshot={row[0]}", f"--file={target}", "-d", bare], secret=unquote(parts.password or ""))
    body = {
        "kind": "dump",
        "point": {"name": order.name, "lsn": row[2], "at": row[1].isoformat(), "timeline": 0},
        "first_segment": "", "last_segment": "", "segment_bytes": 0, "system": "",
    }  # fmt: skip
    return body, found


# -- the end -----------------------------------------------------------------------------------------------------------


def _finish(order: Order, draft: Path, body: Mapping[str, Any], found: Mapping[str, list[trees.Entry]], *, seconds: float) -> Kept:
    """Write down what the backup is made of, last of all, and give it its name."""
    if order.secret_key is not None and order.secret_key.exists():
        shutil.copyfile(order.secret_key, draft / store.SECRET)
    (draft / store.TREES).write_text(store.as_json(dict(found)), encoding="utf-8")
    for path in (draft / part for part in store.parts_of(draft)):
        path.chmod(0o600)
    store.make_durable(draft)
    parts = [{"path": part, "size": (draft / part).stat().st_size, "sha256": store.digest(draft / part)} for part in store.parts_of(draft)]
    text = manifest.sealed({
        **body, "format": manifest.FORMAT, "name": order.name, "begun_at": order.now.isoformat(), "seconds": round(seconds, 1),
        "versions": {**order.versions, "postgres": _server_programs()}, "parts": parts,
        "trees": {name: trees.total(entries) for name, entries in found.items()},
    })  # fmt: skip
    store.write_whole(draft / store.MANIFEST, text)
    draft.replace(order.folder / order.name)
    store.sync_folder(order.folder)
    return store.kept(order.folder, order.name)


def _server_programs() -> str:
    asked = subprocess.run([database.programs().program("postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30)
    return asked.stdout.split()[-1]
