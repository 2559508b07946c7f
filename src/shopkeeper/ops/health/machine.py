"""Checks of the machine: disk, folders, keys, clock."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shopkeeper.ops.health.shapes import Finding, failed, gettext_noop, ok, unknown, warning

FULL_BYTES, TIGHT_BYTES = 300 * 2**20, 2 * 2**30
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier moment."""
MOST_DRIFT = timedelta(seconds=5)
SHORTEST_KEY = 50


def disk(folder: Path, *, free_bytes: int | None = None) -> Finding:
    """There is room for what the shop writes."""
    try:
        free = shutil.disk_usage(folder).free if free_bytes is None else free_bytes
    except OSError as error:
        return unknown("disk", gettext_noop("%(folder)s cannot be looked at (%(reason)s)"), folder=folder, reason=error.strerror)
    room = f"{free / 2**30:.1f} GiB"
    remedy = gettext_noop("Make room, or move the data folder to a larger disk. Without room no order can be written.")
    if free < FULL_BYTES:
        return failed("disk", gettext_noop("Only %(room)s free in %(folder)s"), remedy, room=room, folder=folder)
    if free < TIGHT_BYTES:
        return warning("disk", gettext_noop("Only %(room)s free in %(folder)s"), remedy, room=room, folder=folder)
    return ok("disk", gettext_noop("%(room)s free"), room=room)


def folder_modes(folder: Path) -> Finding:
    """The data folder is there, and open to nobody else."""
    try:
        found = folder.stat()
        database = (folder / "postgres").stat() if (folder / "postgres").exists() else None
    except OSError as error:
        return failed(
            "folder",
            gettext_noop("%(folder)s cannot be entered (%(reason)s)"),
            gettext_noop("Name the shop's folder in DATA_DIR, or start the shop once."),
            folder=folder,
            reason=error.strerror,
        )
    # As root the folder belongs to the user PostgreSQL runs as; otherwise to whoever runs the shop.
    owners = {os.geteuid(), *([database.st_uid] if os.geteuid() == 0 and database else [])}
    if os.geteuid() == 0 and database is None:
        owners.add(found.st_uid)
    if found.st_uid not in owners:
        return failed(
            "folder",
            gettext_noop("%(folder)s belongs to another user (%(owner)s)"),
            gettext_noop("Run this as that user, or give the folder back: chown -R"),
            folder=folder,
            owner=found.st_uid,
        )
    for path, state in ((folder, found), (folder / "postgres", database)):
        if state is not None and stat.S_IMODE(state.st_mode) & 0o077:
            return failed(
                "folder",
                gettext_noop("%(folder)s is open to others (mode %(mode)s)"),
                gettext_noop("Close it: chmod 700 %(folder)s"),
                folder=path,
                mode=f"{stat.S_IMODE(state.st_mode):04o}",
            )
    return ok("folder", gettext_noop("%(folder)s, open to nobody else"), folder=folder)


def secret_key(folder: Path, *, given: str) -> Finding:
    """The key is long and nobody else reads it."""
    remedy = gettext_noop("Remove the setting and the file; the next start makes a new key. Everybody signs in again.")
    path = folder / "secret_key"
    if given:
        length = len(given)
    else:
        try:
            mode, length = stat.S_IMODE(path.stat().st_mode), len(path.read_text().strip())
        except OSError as error:
            return failed(
                "secret_key",
                gettext_noop("%(path)s cannot be read (%(reason)s)"),
                gettext_noop("Start the shop once: it makes one."),
                path=path,
                reason=error.strerror,
            )
        if mode & 0o077:
            return failed(
                "secret_key",
                gettext_noop("%(path)s is open to others (mode %(mode)s)"),
                gettext_noop("Close it: chmod 600 %(path)s"),
                path=path,
                mode=f"{mode:04o}",
            )
    if length < SHORTEST_KEY:
        return failed(
            "secret_key", gettext_noop("It has %(length)s letters; it needs %(least)s"), remedy, length=length, least=SHORTEST_KEY
        )
    return ok("secret_key", gettext_noop("Long enough, and closed to others"))


def clock(now: datetime, *, database_now: datetime | None) -> Finding:
    """The clock shows a possible moment, and the same as the database's."""
    remedy = gettext_noop("Set the clock, and let it be kept by NTP (timedatectl set-ntp true).")
    if now < RELEASED:
        return failed("clock", gettext_noop("It shows %(now)s, which is past"), remedy, now=now.isoformat(timespec="seconds"))
    if database_now is None:
        return unknown("clock", gettext_noop("The database's clock cannot be read: the database does not answer"))
    drift = abs(now - database_now)
    if drift > MOST_DRIFT:
        seconds = round(drift.total_seconds())
        return failed("clock", gettext_noop("This machine and the database are %(seconds)s seconds apart"), remedy, seconds=seconds)
    return ok("clock", gettext_noop("The same as the database's"))
