"""The face of the backup room: take, list, check, restore and clear backups of database, lake and media."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shopkeeper.ops.backup import archive, restoring, store, taking
from shopkeeper.ops.backup.rules import manifest, naming, retention, segments
from shopkeeper.ops.backup.shapes import BackupRefusal, BadName, Damaged, Kept, NoSuchBackup, Proof, Restored, Shelf, Tree
from shopkeeper.ops.database import public as database

__all__ = ["drop", "fingerprint", "problems", "receive_log", "record_proof", "refuse_target", "restoring_to", "shelf", "take", "to_drop"]


def take(
    *,
    folder: Path,
    name: str | None,
    data_dir: Path,
    database_url: str,
    trees: Sequence[Tree],
    versions: Mapping[str, str],
    secret_key: Path | None,
    keeps_log: bool,
    now: datetime,
) -> Kept:
    """Take one backup of a running shop into `folder` and return it; nothing in the shop waits for it.

    `keeps_log`: go on keeping the write-ahead log in `folder`. `secret_key` is the file to take along. Raises a BackupRefusal.
    """
    name = naming.by_moment(now.astimezone(UTC)) if name is None else name
    if not naming.is_name(name):
        raise BadName(name=name)
    order = taking.Order(folder=folder, name=name, trees=trees, versions=versions, secret_key=secret_key, now=now)
    server = database.embedded(data_dir=data_dir, database_url=database_url)
    store.prepare(folder)
    with store.held(folder):
        return taking.take(order, server=server or database_url, goes_on=keeps_log and server is not None)


def refuse_target(data_dir: Path) -> None:
    """Raise TargetNotEmpty or TargetRunning where nothing can be restored into a folder, as `restoring_to` would."""
    restoring.refuse_target(data_dir)


def shelf(folder: Path) -> Shelf:
    """Return what a backup folder holds; a folder that is not there holds nothing."""
    finished, unfinished = store.names(folder)
    backups = []
    for name in finished:
        try:
            backups.append(store.kept(folder, name))
        except (manifest.Unreadable, KeyError):
            unfinished.append(name)
    backups.sort(key=lambda kept: kept.point.at, reverse=True)
    gaps, until = _log(folder, backups)
    return Shelf(backups=tuple(backups), unfinished=tuple(unfinished), gaps=gaps, log_until=until)


def _log(folder: Path, backups: Sequence[Kept]) -> tuple[tuple[str, ...], datetime | None]:
    newest = next((kept for kept in backups if kept.kind == "cluster"), None)
    if newest is None:
        return (), None
    size = int(store.read_manifest(folder / newest.name)["segment_bytes"])
    have = archive.all_segments(folder, system=newest.system)
    oldest = min((kept.first_segment for kept in backups if kept.system == newest.system), default="")
    wanted = [name for name in have if name >= oldest]
    gaps = tuple(f"{before} … {after}" for before, after in segments.gaps(wanted, segment_bytes=size))
    reached = segments.reach(newest.last_segment, have, segment_bytes=size)
    until = datetime.fromtimestamp(have[reached[-1]].stat().st_mtime, UTC) if reached else None
    return gaps, until


def problems(*, folder: Path, name: str) -> tuple[str, ...]:
    """Return what differs between a backup and its manifest, one sentence each. Raises NoSuchBackup, Damaged."""
    if name not in store.names(folder)[0]:
        raise NoSuchBackup(name=name, folder=folder, known=", ".join(store.names(folder)[0]) or "–")
    try:
        return tuple(restoring.problems(folder, name))
    except manifest.Unreadable as error:
        raise Damaged(name=name, problems=str(error)) from error


def fingerprint(*, folder: Path, name: str | None = None, at: datetime | None = None) -> str:
    """Return a hash that tells the backup a restore would take from every other: of its manifest, which names every byte of it.

    Where there is no such backup it is a hash of the folder's place, so that what is put there later is told from what lies elsewhere.
    """
    try:
        kept = restoring.chosen(folder, name=name, at=at)
        return store.digest(folder / kept.name / store.MANIFEST)
    except (BackupRefusal, OSError):
        return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()


@contextlib.contextmanager
def restoring_to(
    *, folder: Path, name: str | None = None, at: datetime | None = None, data_dir: Path, database_url: str = "", is_trial: bool = False
) -> Iterator[Restored]:
    """Check a backup, put it in place beside the empty `data_dir`, and yield it with its database running.

    The caller settles what only it knows (the lake) inside the block. At the end the folder gets its name, all at once; if the block
    raises, or for a trial, it is removed. Without name and moment it is the newest backup. Raises a BackupRefusal.
    """
    with restoring.restoring(folder=folder, name=name, at=at, data_dir=data_dir, database_url=database_url, is_trial=is_trial) as restored:
        yield restored


def record_proof(*, folder: Path, name: str, proof: Proof) -> None:
    """Write down what came of restoring a backup and auditing it."""
    values = {"at": proof.at.isoformat(), "seconds": round(proof.seconds, 1), "problems": list(proof.problems)}
    store.write_whole(folder / "proofs" / f"{name}.json", store.as_json(values))


def to_drop(*, folder: Path, keep: int, keep_for: timedelta, now: datetime) -> tuple[Kept, ...]:
    """Return the backups that `drop` would remove, oldest first; nothing is changed."""
    return tuple(retention.to_drop(shelf(folder).backups, keep=keep, keep_for=keep_for, now=now))


def drop(*, folder: Path, keep: int, keep_for: timedelta, now: datetime) -> tuple[Kept, ...]:
    """Remove backups beyond what is to be kept, with the files and the log that nothing kept needs; return them, oldest first.

    Never the newest backup, nor the newest that was restored and found right. What is named by a backup that cannot be read stays.
    """
    with store.held(folder):
        gone = to_drop(folder=folder, keep=keep, keep_for=keep_for, now=now)
        for kept in gone:
            # Without its manifest it is unfinished from the first moment on.
            (folder / kept.name / store.MANIFEST).unlink()
            shutil.rmtree(folder / kept.name)
            (folder / "proofs" / f"{kept.name}.json").unlink(missing_ok=True)
        if gone:
            _sweep(folder)
    return gone


def _sweep(folder: Path) -> None:
    """Remove content and log that no backup names. While one of them cannot be read, nothing is removed."""
    finished, _ = store.names(folder)
    try:
        backups = [store.kept(folder, name) for name in finished]
        named = {entry["sha256"] for name in finished for entries in store.read_trees(folder / name).values() for entry in entries}
    except (manifest.Unreadable, OSError, ValueError, KeyError):
        return
    for path in (folder / "files").glob("??/*"):
        if path.name not in named:
            path.unlink()

    def oldest(system: str, timeline: int) -> str | None:
        return min((kept.first_segment for kept in backups if kept.system == system and kept.point.timeline == timeline), default=None)

    archive.forget_before(folder, oldest, really=True)


def receive_log(*, folder: Path, data_dir: Path, database_url: str, stop: threading.Event) -> None:
    """Keep the embedded server's write-ahead log in `folder` until `stop` is set, once a backup there has begun it."""
    server = database.embedded(data_dir=data_dir, database_url=database_url)
    if server is None:
        stop.wait()
        return
    archive.receive(folder, server=server, stop=stop)
