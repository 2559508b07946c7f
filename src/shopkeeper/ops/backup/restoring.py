"""Putting a backup in place: checked first, recovered beside its target, and given its name only when it is whole."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import tarfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from shopkeeper.ops.backup import archive, programs, store
from shopkeeper.ops.backup.rules import manifest, segments
from shopkeeper.ops.backup.shapes import (
    Damaged,
    DatabaseNotEmpty,
    Kept,
    NeedsOwnServer,
    NoPointInDump,
    NoSuchBackup,
    NothingReachable,
    PointNotReached,
    Restored,
    TargetNotEmpty,
    TargetRunning,
    Unfinished,
)
from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import FolderInUse, ServerDidNotStart

DRAFT = ".unfinished"
_NAMED_AT_MOST = 5
_TREES = ("lake", "media")


def chosen(folder: Path, *, name: str | None, at: datetime | None) -> Kept:
    """Return the backup to restore: the one named, the newest before a moment, or the newest. Raises a BackupRefusal."""
    finished, unfinished = store.names(folder)
    if name is not None:
        if name not in finished:
            refusal = Unfinished(name=name, folder=folder) if name in unfinished else None
            raise refusal or NoSuchBackup(name=name, folder=folder, known=", ".join(finished) or "–")
        return _read(folder, name)
    every = [_read(folder, each) for each in finished]
    if not every:
        raise NoSuchBackup(name="*", folder=folder, known="–")
    if at is None:
        return max(every, key=lambda kept: kept.point.at)
    before = [kept for kept in every if kept.point.at <= at]
    if not before:
        oldest = min(kept.point.at for kept in every)
        raise NothingReachable(at=at.isoformat(), reason=f"the oldest backup speaks of {oldest.isoformat()}.")
    return max(before, key=lambda kept: kept.point.at)


def _read(folder: Path, name: str) -> Kept:
    try:
        return store.kept(folder, name)
    except (manifest.Unreadable, KeyError) as error:
        raise Damaged(name=name, problems=str(error)) from error


def problems(folder: Path, name: str) -> list[str]:
    """Return what differs between a backup and its manifest, one sentence each; an empty list says that every byte is right."""
    backup = folder / name
    body = store.read_manifest(backup)
    parts = {part["path"]: part for part in body["parts"]}
    there = set(store.parts_of(backup))
    found = [f"{path} is missing" for path in sorted(parts.keys() - there)]
    found += [f"{path} does not belong to it" for path in sorted(there - parts.keys())]
    found += [f"{path} was changed" for path in sorted(parts.keys() & there) if store.digest(backup / path) != parts[path]["sha256"]]
    if found:
        return found
    marks = {entry["sha256"]: (tree, entry["path"]) for tree, entries in store.read_trees(backup).items() for entry in entries}
    for mark, (tree, path) in sorted(marks.items(), key=lambda item: item[1]):
        content = store.content_path(folder, mark)
        if not content.is_file():
            found.append(f"{tree}/{path} is missing")
        elif store.digest(content) != mark:
            found.append(f"{tree}/{path} was changed")
    return found


@contextlib.contextmanager
def restoring(
    *, folder: Path, name: str | None, at: datetime | None, data_dir: Path, database_url: str, is_trial: bool
) -> Iterator[Restored]:
    """Put a backup beside `data_dir` and yield it with its database running; at the end give it its place, or after a trial remove it."""
    refuse_target(data_dir)
    with store.held(folder, shared=True):
        kept = chosen(folder, name=name, at=at)
        if kept.kind == "dump" and at is not None:
            raise NoPointInDump(name=kept.name, at=at.isoformat())
        if kept.kind == "cluster" and database_url:
            raise NeedsOwnServer(name=kept.name)
        if wrong := problems(folder, kept.name):
            more = f" (+{len(wrong) - _NAMED_AT_MOST})" if len(wrong) > _NAMED_AT_MOST else ""
            raise Damaged(name=kept.name, problems="; ".join(wrong[:_NAMED_AT_MOST]) + more)
        draft = data_dir.with_name(data_dir.name + DRAFT)
        _clear(draft)
        pour = _pour_dump if kept.kind == "dump" else _recover
        try:
            with pour(folder, kept, at, draft, database_url) as url:
                listed = _pour_files(folder, kept, draft)
                yield Restored(folder=draft, url=url, kept=kept, at=at, listed=listed)
            if not is_trial:
                _settle(draft, data_dir)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def refuse_target(data_dir: Path) -> None:
    """Raise TargetNotEmpty or TargetRunning for a folder that holds something: a restore never writes over anything."""
    if data_dir.exists() and any(data_dir.iterdir()):
        if database.is_held(data_dir):
            raise TargetRunning(folder=data_dir)
        raise TargetNotEmpty(folder=data_dir)


def _clear(draft: Path) -> None:
    """Remove what a restore that was cut off left behind, unless it is still at work."""
    if not draft.exists():
        return
    if database.is_held(draft):
        raise TargetRunning(folder=draft)
    database.remove(draft)


def _settle(draft: Path, data_dir: Path) -> None:
    store.make_durable(draft)
    draft.replace(data_dir)
    store.sync_folder(data_dir.parent)


# -- a copy of the embedded server -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _recover(folder: Path, kept: Kept, at: datetime | None, draft: Path, database_url: str) -> Iterator[str]:
    log = _log_for(folder, kept, at)
    goal = {"recovery_target_name": f"'{kept.point.name}'"} if at is None else {"recovery_target_time": f"'{at.isoformat()}'"}
    settings = {
        **goal,
        # Everything needed lies in pg_wal already; the command only has to be there.
        "restore_command": "'/bin/false'",
        "recovery_target_action": "'promote'",
        "recovery_target_timeline": "'current'",
    }
    try:
        with database.held(data_dir=draft, extra_settings=settings) as cluster:
            assert cluster is not None
            _unpack(folder / kept.name / "base.tar.gz", log, draft / "postgres")
            _start(cluster)
            _until_promoted(cluster)
            yield cluster.url()
    except FolderInUse as error:
        raise TargetRunning(folder=draft) from error
    except ServerDidNotStart as error:
        raise PointNotReached(log=error.values["log"]) from error


def _log_for(folder: Path, kept: Kept, at: datetime | None) -> list[Path]:
    """Return the files of the write-ahead log that lead from the base to the goal. Raises NothingReachable where they do not."""
    own = {segments.bare(path.name): path for path in sorted((folder / kept.name / "wal").iterdir())}
    if at is None:
        return [own[name] for name in sorted(own)]
    body = store.read_manifest(folder / kept.name)
    # The backup's own last segment ends at its point; the log that goes on holds the same one, and more.
    going_on = archive.all_segments(folder, system=kept.system)
    have = {**own, **{name: path for name, path in going_on.items() if name not in own or name >= kept.last_segment}}
    reached = segments.reach(kept.first_segment, have, segment_bytes=body["segment_bytes"])
    later = [name for name in sorted(have) if segments.timeline(name) == kept.point.timeline and name > reached[-1]]
    last_written = datetime.fromtimestamp(have[reached[-1]].stat().st_mtime).astimezone(at.tzinfo)
    if later and last_written < at:
        raise NothingReachable(
            at=at.isoformat(),
            reason=f"after “{kept.name}” the write-ahead log has a gap between {reached[-1]} and {later[0]}; "
            f"it reaches until about {last_written.isoformat(timespec='seconds')}.",
        )
    return [have[name] for name in reached]


def _unpack(base: Path, log: Sequence[Path], target: Path) -> None:
    target.mkdir(mode=0o700)
    with tarfile.open(base) as packed:
        packed.extractall(target, filter="data")
    for path in log:
        final = target / "pg_wal" / segments.bare(path.name)
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as source, final.open("wb") as written:
            shutil.copyfileobj(source, written, 1 << 20)
    (target / "recovery.signal").touch()
    database.hand_over(target)


def _start(cluster: database.Cluster) -> None:
    try:
        cluster.start()
    except psycopg.OperationalError as error:
        # It takes readers while it recovers, and ends itself where the log ends before its goal.
        raise PointNotReached(log=cluster.last_words()) from error


def _until_promoted(cluster: database.Cluster) -> None:
    """Wait until the server has reached its goal and writes again; it ends itself where it cannot."""
    while True:
        if not cluster.is_alive():
            raise PointNotReached(log=cluster.last_words())
        try:
            with psycopg.connect(cluster.url(role="postgres"), autocommit=True, connect_timeout=5) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    connection.execute("CHECKPOINT")
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.05)


# -- a dump ------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _pour_dump(folder: Path, kept: Kept, at: datetime | None, draft: Path, database_url: str) -> Iterator[str]:
    with database.running(data_dir=draft, database_url=database_url) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            row = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()
        if row is None or row[0]:
            raise DatabaseNotEmpty(server=database.shown(server.url))
        parts = urlsplit(server.url)
        bare = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1)).geturl() if parts.password else server.url
        command = [database.programs().program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        dump = str(folder / kept.name / "database.dump")
        programs.run([*command, "-d", bare, dump], secret=unquote(parts.password or ""))
        yield server.url


# -- files -------------------------------------------------------------------------------------------------------------


def _pour_files(folder: Path, kept: Kept, draft: Path) -> dict[str, list[dict[str, Any]]]:
    """Copy lake, media and the secret key out of the backup; a copy, because media may be written over and the backup must not."""
    found = store.read_trees(folder / kept.name)
    for tree in _TREES:
        (draft / tree).mkdir(mode=0o755, exist_ok=True)
        for entry in found.get(tree, []):
            target = draft / tree / entry["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(store.content_path(folder, entry["sha256"]), target)
            os.utime(target, ns=(entry["mtime_ns"], entry["mtime_ns"]))
    key = folder / kept.name / store.SECRET
    if key.exists():
        with os.fdopen(os.open(draft / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key.read_bytes())
    return found
