"""Import and export of products, customers, stock and prices as files.

A file is brought, its columns are chosen, a dry run shows what it would change, somebody confirms, and a job takes it over in portions.
Later it can be taken back once, where nobody changed a row since. Every row goes through the rooms' own faces.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.flows.sheets import files
from shopkeeper.flows.sheets.fields import NEEDED, PREFIX, Field, fields, plain, proposed
from shopkeeper.flows.sheets.outgoing import Outgoing, export, rejects
from shopkeeper.flows.sheets.refusals import (
    SheetColumnTwice,
    SheetGone,
    SheetHeaderMissing,
    SheetMoved,
    SheetNotReady,
    WaitsForSecond,
    restored,
)
from shopkeeper.flows.sheets.working import act_of, known_fields, told_of, work, work_all
from shopkeeper.flows.sheets.writing import FORMATS
from shopkeeper.kit import checks
from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.access import public as access
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import LineState, Sheet, SheetKind, SheetState
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.ops.requests import public as requests

__all__ = [
    "FORMATS", "MOST_BYTES", "PREFIX", "Field", "Outgoing", "SheetColumnTwice", "WaitsForSecond", "act_of", "bring", "choose", "confirm",
    "export", "fields", "kind_named", "known_fields", "rejects", "restored", "told_of", "undo", "work", "work_all",
    "work_alone",
]  # fmt: skip

MOST_BYTES = files.MOST_BYTES

JOB = "work_on_sheets"


def kind_named(name: str) -> SheetKind:
    """Return the kind of a name. Raises Malformed."""
    if name not in {each.value for each in SheetKind}:
        raise Malformed("kind", checks.shown(name), expected="sheet_kind")
    return SheetKind(name)


def bring(*, kind: SheetKind, file_name: str, content: bytes, actor: UserId | None, now: datetime, key: str | None = None) -> Sheet:
    """Keep a file with the columns this program takes it to have, and return its sheet. Nothing of the shop changes.

    Raises NotAllowed, and a refusal for a file that cannot be read: SheetTooLarge, SheetEmpty, SheetUnreadable, SheetBomb, SheetEncoding,
    SheetHeaderMissing.
    """
    _require(actor, kind)
    name = checks.line(file_name or "-", field="file", most=255)
    opened = files.opened(content)
    sample = opened.sample()
    mapping = proposed(opened.head, known_fields(kind), imports.headings(kind))

    def kept() -> Sheet:
        return imports.bring_sheet(
            kind=kind, file_name=name, content=content, form=opened.form.plain(), head=opened.head, sample=sample, mapping=mapping,
            actor=actor, now=now,
        )  # fmt: skip

    asked = {"kind": kind.value, "name": name, "digest": hashlib.sha256(content).hexdigest()}
    return _once("bring_sheet", asked, kept, key=key, now=now)


def choose(*, sheet_id: RunId, mapping: Mapping[str, int], actor: UserId | None, now: datetime, key: str | None = None) -> Sheet:
    """Say which column holds what, and have the dry run made; the next file with these headings is read the same way.

    Raises NotAllowed, NotFound, SheetNotReady once it was confirmed, SheetHeaderMissing for a column that is needed, SheetColumnTwice,
    Malformed for a field or a column that does not exist.
    """

    def chosen() -> Sheet:
        sheet = imports.lock_sheet(sheet_id)
        _require(actor, sheet.kind)
        _refuse_unless(sheet, SheetState.BROUGHT, SheetState.TRIED, SheetState.MOVED, SheetState.FAILED)
        _refuse_forgotten(sheet)
        if sheet.run_id is not None:
            # Part of it is taken over already: its rows stay as they were read.
            raise SheetNotReady(field="file", value=sheet.file_name, state=SheetState.TRIED.value)
        _check_mapping(sheet, mapping)
        _remember(sheet, mapping)
        imports.change_sheet(
            sheet.id, mapping=dict(mapping), state=SheetState.TRYING.value, rows=0, done=0, counts={}, seen="", refusal=None,
        )  # fmt: skip
        jobs.defer(JOB, once=JOB, timestamp=0)
        return imports.sheet(sheet_id)

    return _once("choose_sheet", {"sheet": sheet_id, "mapping": dict(mapping)}, chosen, key=key, now=now)


def _check_mapping(sheet: Sheet, mapping: Mapping[str, int]) -> None:
    known = {each.code for each in known_fields(sheet.kind)}
    used: dict[int, str] = {}
    for code, column in mapping.items():
        if code not in known:
            raise Malformed("column", checks.shown(code), expected="choice")
        if isinstance(column, bool) or not isinstance(column, int) or not 0 <= column < len(sheet.head):
            raise Malformed("column", checks.shown(str(column)), expected="choice")
        if column in used:
            raise SheetColumnTwice(field="column", value=sheet.head[column])
        used[column] = code
    lacking = [group[0] for group in NEEDED[sheet.kind] if not any(code in mapping for code in group)]
    if lacking:
        raise SheetHeaderMissing(field="column", value="", columns=lacking)


def _remember(sheet: Sheet, mapping: Mapping[str, int]) -> None:
    chosen = {column: code for code, column in mapping.items()}
    imports.remember_headings(sheet.kind, {plain(heading): chosen.get(column, "") for column, heading in enumerate(sheet.head) if heading})


def confirm(*, sheet_id: RunId, seen: str, actor: UserId | None, now: datetime, key: str | None = None) -> Sheet:
    """Have a sheet taken over as its dry run showed; `seen` is the fingerprint of the dry run that was looked at.

    Confirming again what is under way or done changes nothing. Raises NotAllowed, NotFound, SheetMoved where another dry run was made
    since, SheetNotReady where there is none or no row to take over.
    """

    def confirmed() -> Sheet:
        sheet = imports.lock_sheet(sheet_id)
        _require(actor, sheet.kind)
        if sheet.state in (SheetState.RUNNING, SheetState.DONE) and seen == sheet.seen:
            return sheet
        _refuse_unless(sheet, SheetState.TRIED)
        if seen != sheet.seen:
            raise SheetMoved(field="file", value=sheet.file_name)
        if not sheet.counts.get(LineState.NEW.value, 0) + sheet.counts.get(LineState.CHANGED.value, 0):
            raise SheetNotReady(field="file", value=sheet.file_name, state="nothing")
        imports.change_sheet(sheet.id, state=SheetState.RUNNING.value, done=0, confirmed_by_id=actor, confirmed_at=now, refusal=None)
        jobs.defer(JOB, once=JOB, timestamp=0)
        return imports.sheet(sheet_id)

    return _once("confirm_sheet", {"sheet": sheet_id, "seen": seen}, confirmed, key=key, now=now)


def undo(*, sheet_id: RunId, actor: UserId | None, now: datetime, key: str | None = None) -> Sheet:
    """Have taken back what a sheet brought, where nobody changed it since. Once: asking again changes nothing.

    Raises NotAllowed, NotFound, SheetNotReady where it was not taken over, SheetGone where its rows are no longer kept.
    """

    def begun() -> Sheet:
        sheet = imports.lock_sheet(sheet_id)
        _require(actor, sheet.kind)
        if sheet.state in (SheetState.UNDOING, SheetState.UNDONE):
            return sheet
        _refuse_unless(sheet, SheetState.DONE)
        _refuse_forgotten(sheet)
        imports.change_sheet(sheet.id, state=SheetState.UNDOING.value, done=0, undone_by_id=actor, refusal=None)
        jobs.defer(JOB, once=JOB, timestamp=0)
        return imports.sheet(sheet_id)

    return _once("undo_sheet", {"sheet": sheet_id}, begun, key=key, now=now)


def work_alone(sheet_id: RunId, now: datetime) -> Sheet:
    """Do at once what one sheet waits for, and return it. Raises ImportBusy where another import is under way."""
    with imports.alone():
        return work(sheet_id, now)


def _once(act: str, asked: Mapping[str, Any], do: Callable[[], Sheet], *, key: str | None, now: datetime) -> Sheet:
    """Do something in one transaction and return the sheet as it is then; the same key again does nothing."""
    with transaction.atomic():
        done = requests.once(key=key, asker=requests.STAFF, act=act, asked=asked, work=lambda: {"sheet": do().id}, now=now)
        return imports.sheet(RunId(done["sheet"]))


def _require(actor: UserId | None, kind: SheetKind) -> None:
    # None: the machine's own command line, where nobody is signed in.
    if actor is not None:
        access.require(actor, act_of(kind))


def _refuse_unless(sheet: Sheet, *states: SheetState) -> None:
    if sheet.state not in states:
        raise SheetNotReady(field="file", value=sheet.file_name, state=sheet.state.value)


def _refuse_forgotten(sheet: Sheet) -> None:
    if not imports.is_kept(sheet.id):
        raise SheetGone(field="file", value=sheet.file_name)
