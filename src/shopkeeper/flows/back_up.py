"""Keeping the shop safe: a backup of database, lake and media at one point, proving it by restoring it, and clearing old ones."""

import os
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from shopkeeper.insight.lake import public as lake
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.backup import public as backup
from shopkeeper.ops.backup.shapes import Kept, Proof, Shelf, Tree
from shopkeeper.ops.database import public as database
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.ops.processes import public as processes

KEEP, KEEP_FOR = 7, timedelta(days=30)
"""Backups kept in any case, and how long those beyond are kept."""
JOB = "backup"
"""The nightly job, by its name in wiring/schedule.py."""
PROVEN_WITHIN = timedelta(hours=36)
"""A proven backup older than this is a reason to look: last night's, and half a day of patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """How safe the shop is: its backup folder, what lies there, whether that is the same disk as the shop's, and what to worry about.

    `worry` is `none` (no backup at all), `unproven` (none was ever found right), `wrong` (the newest that was tried is not right), `old`
    (the newest proven one is too old) or empty.
    """

    folder: Path
    shelf: Shelf
    is_same_disk: bool
    worry: str


def folder() -> Path:
    """Return the folder backups go to unless another is named."""
    return Path(settings.BACKUP_DIR)


def take(*, to: Path | None, name: str | None, with_secret_key: bool = True, now: datetime) -> Kept:
    """Take a backup of this shop and return it. Into the shop's own backup folder the write-ahead log is kept from then on.

    Raises a BackupRefusal.
    """
    target = (to or folder()).absolute()
    return backup.take(
        folder=target,
        name=name,
        data_dir=settings.DATA_DIR,
        database_url=settings.DATABASE_URL,
        trees=(
            Tree(name="lake", root=Path(settings.LAKE_DIR), listed=lake.listed),
            Tree(name="media", root=Path(settings.MEDIA_ROOT)),
        ),
        versions=database.versions(),
        secret_key=settings.DATA_DIR / "secret_key" if with_secret_key else None,
        keeps_log=target == folder().absolute(),
        now=now,
    )


@transaction.atomic
def ask(*, actor: UserId, now: datetime) -> None:
    """Put the nightly job into the queue now, once however often it is asked for."""
    jobs.defer(JOB, once=JOB)
    audit.record(actor=actor, act="backup.take", subject="shop:1", before=None, after={}, at=now)


def prove(*, name: str) -> Proof:
    """Restore a backup of the shop's own folder beside the shop, in a process of its own, audit it, and return what came of it."""
    before = datetime.now(UTC)
    command = [sys.executable, "-m", "shopkeeper", "restore", str(folder()), "--name", name, "--check"]
    # Its own database, its own settings: all it shares with us are the folders.
    environment = {**os.environ, "DATA_DIR": str(settings.DATA_DIR), "BACKUP_DIR": str(folder()), "DATABASE_URL": ""}
    with tempfile.NamedTemporaryFile(prefix="shopkeeper-check-") as log:
        child = processes.spawn(command, env=environment, folder=Path("/"), log=Path(log.name))
        status = child.wait()
        said = Path(log.name).read_text(errors="replace").strip().splitlines()
    found = next((kept.proof for kept in backup.shelf(folder()).backups if kept.name == name), None)
    if found is not None and found.at >= before:
        return found
    # It ended before it could say anything: that is no proof.
    proof = Proof(at=before, seconds=0.0, problems=(said[-1] if said else f"status {status}",))
    backup.record_proof(folder=folder(), name=name, proof=proof)
    return proof


def keep_the_log(stop: threading.Event) -> None:
    """Keep the embedded database's write-ahead log in the backup folder until `stop` is set, from the first backup on."""
    backup.receive_log(folder=folder(), data_dir=settings.DATA_DIR, database_url=settings.DATABASE_URL, stop=stop)


def clear(*, of: Path | None, keep: int = KEEP, keep_for: timedelta = KEEP_FOR, now: datetime) -> tuple[Kept, ...]:
    """Remove old backups and return them, oldest first; never the newest, nor the newest proven one."""
    return backup.drop(folder=of or folder(), keep=keep, keep_for=keep_for, now=now)


def safety(now: datetime) -> Safety:
    """Return how safe the shop is now."""
    found = backup.shelf(folder())
    return Safety(folder=folder(), shelf=found, is_same_disk=_is_same_disk(), worry=_worry(found, now))


def _worry(shelf: Shelf, now: datetime) -> str:
    if shelf.newest is None:
        return "none"
    if shelf.newest_proven is None:
        return "unproven"
    if (tried := next((each.proof for each in shelf.backups if each.proof), None)) is not None and not tried.is_good:
        return "wrong"
    return "old" if now - shelf.newest_proven.point.at > PROVEN_WITHIN else ""


def _is_same_disk() -> bool:
    there = folder()
    while not there.exists():
        there = there.parent
    return there.stat().st_dev == Path(settings.DATA_DIR).stat().st_dev
