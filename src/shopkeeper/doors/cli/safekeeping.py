"""`shopkeeper backup` and `shopkeeper restore`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.refusals import BadMoment, NobodyCouldBeAsked, told
from shopkeeper.doors.cli.tables import audit
from shopkeeper.doors.cli.texts import _
from shopkeeper.ops.backup import public as backups
from shopkeeper.ops.backup.shapes import Damaged, Kept, PointNotReached, Proof, Restored
from shopkeeper.ops.database import public as database

CHECK = "restore-check"
"""The folder inside the data folder in which a backup is tried out."""
WAITS, NOBODY_ELSE = 3, 4
"""Exit status of the question whether a restore may be done: it waits for a second person; the shop has nobody who could agree."""


class Consent(Enum):
    """Whether a second person agreed to a restore, nobody was asked or could agree, or it still waits for one."""

    AGREED = "agreed"
    ALONE = "alone"
    WAITS = "waits"


def backup(words: argparse.Namespace) -> int:
    """Take a backup, or clear old ones."""
    to = Path(words.to).absolute() if words.to else None
    place.refuse_where_none_stands()
    with place.shop():
        from shopkeeper.flows import back_up as flow

        now = datetime.now(UTC)
        if words.clear or words.would_clear:
            return _clear(to or flow.folder(), words, now)
        kept = flow.take(to=to, name=words.name, with_secret_key=not words.without_secret_key, now=now)
        folder, safety = to or flow.folder(), flow.safety(now)
    print(_("Backup “%(name)s” in %(folder)s") % {"name": kept.name, "folder": folder})
    for line in _described(kept):
        print("  " + line)
    for gap in safety.shelf.gaps if to is None else ():
        print(_("The write-ahead log has a gap: %s. Moments inside it cannot be reached.") % gap, file=sys.stderr)
    if to is None and safety.is_same_disk:
        print(_("It lies on the same disk as the shop and is lost with it. Set BACKUP_DIR to a folder on another disk."), file=sys.stderr)
    return 0


def _described(kept: Kept) -> list[str]:
    from django.template.defaultfilters import filesizeformat

    lines = [
        _("Point: %(at)s, place in the log %(lsn)s") % {"at": f"{kept.point.at:%Y-%m-%dT%H:%M:%S.%fZ}", "lsn": kept.point.lsn},
        _("Size: %(own)s, and %(tree)s of lake and media in %(files)d files, shared between backups")
        % {"own": filesizeformat(kept.size), "tree": filesizeformat(kept.tree_size), "files": kept.files},
        _("Taken in %.1f seconds") % kept.seconds,
    ]
    if kept.kind == "dump":
        lines.append(_("It is a dump by pg_dump: it can be restored to its own point only, not to any moment after it."))
    if kept.has_secret_key:
        lines.append(_("The secret key is in it (mode 0600): whoever can read the backup can sign in as anybody. Keep it closed."))
    else:
        lines.append(_("The secret key is not in it: keep it yourself. Without it sessions, links and second factors stop working."))
    return lines


def _clear(folder: Path, words: argparse.Namespace, now: datetime) -> int:
    act = backups.to_drop if words.would_clear else backups.drop
    gone = act(folder=folder, keep=words.keep, keep_for=timedelta(days=words.days), now=now)
    said = _("would go: %s") if words.would_clear else _("gone: %s")
    for kept in gone:
        print(said % kept.name)
    print(_("backups that stay: %d") % (len(backups.shelf(folder).backups) - (len(gone) if words.would_clear else 0)))
    return 0


def restore(words: argparse.Namespace) -> int:
    """Restore a backup into a new data folder and audit it; with --check into a scratch folder, removed afterwards. Status 1: not right."""
    folder, at = Path(words.folder).absolute(), _moment(words.at)
    if not words.check:
        # Before anybody is asked: what cannot be done need not be agreed to.
        backups.refuse_target(place.data_dir())
    consent = Consent.ALONE if words.check else _consent(words, folder)
    if consent is Consent.WAITS:
        return 2
    target = place.data_dir() / CHECK if words.check else place.data_dir()
    began = time.monotonic()
    name = words.name
    try:
        with backups.restoring_to(
            folder=folder, name=name, at=at, data_dir=target, database_url="" if words.check else place.database_url(), is_trial=words.check
        ) as restored:
            name = restored.kept.name
            problems = _settle(restored, is_agreed=consent is Consent.AGREED)
    except (Damaged, PointNotReached) as refusal:
        if words.check:
            _record(folder, str(refusal.values.get("name", name or "")), [str(refusal)], began)
        raise
    finally:
        if words.check:
            shutil.rmtree(target, ignore_errors=True)
    seconds = time.monotonic() - began
    if words.check:
        _record(folder, name, problems, began)
    else:
        print(_("Restored into %s") % target)
    print(_("Everything is right, after %.1f seconds.") % seconds if not problems else _("NOT right, after %.1f seconds:") % seconds)
    for problem in problems:
        print("  " + problem)
    return 1 if problems else 0


def _consent(words: argparse.Namespace, folder: Path) -> Consent:
    """Return whether a second person has agreed, in the shop that stands; that nobody was asked, and why, is said.

    What is agreed to is one backup: where none is named and no moment, the newest now becomes the one named, whatever is made meanwhile.
    A restore gives whoever does it everything the shop knows of its buyers: it needs two, as long as there is a shop to ask in.
    Raises NobodyCouldBeAsked where one stands and cannot be entered.
    """
    standing = _standing(words, folder)
    if words.nobody_to_ask or standing is None:
        # Given the word, nobody looked whether a shop stands: then nothing is said of that.
        said = _("No second person was asked.") if words.nobody_to_ask else _("No second person was asked: no shop was found here.")
        print(said, _("The trail of the restored shop says so."), file=sys.stderr)
        return Consent.ALONE
    if words.name is None and words.at is None and (newest := backups.shelf(folder).newest) is not None:
        words.name = newest.name
    wish = [words.name or "", words.at or "", str(place.data_dir())]
    # Backups of one name may lie in two folders: what is agreed to is this one.
    wish.append(backups.fingerprint(folder=folder, name=words.name, at=_moment(words.at)))
    question = [sys.executable, "-m", "shopkeeper", "ask-restore", *wish]
    status = subprocess.run(question, env={**os.environ, "DATA_DIR": str(standing)}, check=False).returncode
    if status == NOBODY_ELSE:
        print(_("The shop has nobody else who could agree. The trail says so."), file=sys.stderr)
    if status not in (0, WAITS, NOBODY_ELSE):
        raise NobodyCouldBeAsked(folder=standing)
    return {0: Consent.AGREED, WAITS: Consent.WAITS, NOBODY_ELSE: Consent.ALONE}[status]


def _standing(words: argparse.Namespace, folder: Path) -> Path | None:
    """Return the data folder of the shop that stands: the one named, this environment's, or the one the backups lie in."""
    places = [Path(words.shop).absolute()] if words.shop else [words.standing, folder.parent]
    if place.database_url():
        return places[0]
    return next((each for each in places if place.stands(each)), None)


def ask_restore(words: argparse.Namespace) -> int:
    """Inside the shop that stands: return quietly where a second person agreed to exactly this restore, else ask for it (status 3).

    Status 4: nobody could agree.
    """
    with place.shop():
        from shopkeeper.flows import second_person
        from shopkeeper.ops.approvals.shapes import WaitingForApproval

        values = {"name": words.name, "at": words.at, "into": words.into, "fingerprint": words.fingerprint}
        try:
            given = second_person.require_on_machine(
                act="backup.restore", subject=f"backup:{words.name or words.at}", values=values, now=datetime.now(UTC)
            )
        except WaitingForApproval as waits:
            print(told(waits), file=sys.stderr)
            print(_("Once somebody has agreed in the console, give the same command again."), file=sys.stderr)
            return WAITS
    return 0 if given is not None else NOBODY_ELSE


def _settle(restored: Restored, *, is_agreed: bool) -> list[str]:
    """Enter the restored shop, bring its tables up to date, mend and audit it, and say so; return what is wrong."""
    print(_("Backup “%(name)s” is whole; its database runs again.") % {"name": restored.kept.name})
    place.enter_django(url=restored.url, folder=restored.folder)
    from django.db import connections

    from shopkeeper.flows import settle_restored as flow

    try:
        database.bring_up_to_date()
        settled = flow.settle(restored, is_agreed=is_agreed, now=datetime.now(UTC))
    finally:
        connections.close_all()
    mended = settled.mended
    print(
        _("Lake: %(removed)d files from after the point removed, %(revived)d taken back, %(retold)d facts told again.")
        % {"removed": mended.removed, "revived": mended.revived, "retold": mended.retold}
    )
    print("\n".join(audit(settled.books)))
    print(_("Figures: the lake holds every fact it was told.") if not settled.figures else _("Figures: NOT right."))
    return list(settled.problems)


def _record(folder: Path, name: str, problems: list[str], began: float) -> None:
    """Write down beside the backups what came of trying one."""
    if name:
        proof = Proof(at=datetime.now(UTC), seconds=time.monotonic() - began, problems=tuple(problems))
        backups.record_proof(folder=folder, name=name, proof=proof)


def _moment(text: str | None) -> datetime | None:
    """Return a moment as written, in UTC unless it says otherwise. Raises BadMoment."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(moment=text) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
