"""The work on a sheet: its dry run, which writes nothing; taking it over portion by portion; taking it back. Safe to begin again."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.flows.sheets import files
from shopkeeper.flows.sheets.at_once import at_once, back_at_once
from shopkeeper.flows.sheets.customers import Customers
from shopkeeper.flows.sheets.fields import fields
from shopkeeper.flows.sheets.prices import Prices
from shopkeeper.flows.sheets.products import Products
from shopkeeper.flows.sheets.refusals import LineTwice, SheetBroken, SheetEmpty, SheetMoved, kept, restored
from shopkeeper.flows.sheets.rows import Desk, Kind, Outcome, Wish, refuse_moved, wish_of
from shopkeeper.flows.sheets.stock import Stock
from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import ImportBusy, Line, LineState, Sheet, SheetKind, SheetState, UndoState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.shop import public as shops

AT_ONCE = 200
"""Rows of one transaction: what a killed process loses at most."""

MOST_TRIES = 5
"""How often the work on a sheet may break off before it waits for somebody to start it again."""

_RESTS: Mapping[SheetState, SheetState] = {
    SheetState.TRYING: SheetState.FAILED,
    SheetState.RUNNING: SheetState.TRIED,
    SheetState.UNDOING: SheetState.DONE,
}
"""Where a sheet rests whose work broke off too often: where the same work can be started again, and goes on from where it was."""

KINDS: Mapping[SheetKind, Callable[[Desk], Kind]] = {
    SheetKind.PRODUCTS: Products,
    SheetKind.CUSTOMERS: Customers,
    SheetKind.STOCK: Stock,
    SheetKind.PRICES: Prices,
}


def work_all(now: datetime) -> int:
    """Do what every sheet under way waits for, and return how many there were. Another import under way: they wait for the next time."""
    found = imports.sheets_under_way()
    if not found:
        return 0
    try:
        with imports.alone():
            _each(found, now)
    except ImportBusy:
        return 0
    return len(found)


def _each(found: Sequence[Sheet], now: datetime) -> None:
    """Work on every sheet; what breaks at one is raised after the others had their turn."""
    broken = []
    for each in found:
        try:
            work(each.id, now)
        except Exception as error:  # noqa: BLE001 - raised below, with the others
            broken.append(error)
            _count_break(each.id, error)
    if broken:
        raise ExceptionGroup("Sheets that could not be worked on", broken)


def _count_break(sheet_id: RunId, error: Exception) -> None:
    """Keep why the work on a sheet broke off; after a few times it rests, so that it neither holds anybody up nor stands still for ever."""
    sheet = imports.sheet(sheet_id)
    if sheet.state not in _RESTS:
        return
    before = restored(sheet.refusal) if sheet.refusal else None
    tries = 1 + (int(str(before.values["tries"])) if isinstance(before, SheetBroken) else 0)
    state = _RESTS[sheet.state] if tries >= MOST_TRIES else sheet.state
    imports.change_sheet(sheet_id, state=state.value, refusal=kept(SheetBroken(field="file", value=type(error).__name__, tries=tries)))


def work(sheet_id: RunId, now: datetime) -> Sheet:
    """Do what one sheet waits for, from where it was left, and return it; a sheet that waits for nothing stays as it is."""
    found = imports.sheet(sheet_id)
    todo = {SheetState.TRYING: _try_out, SheetState.RUNNING: _take_over, SheetState.UNDOING: _take_back}
    if found.state in todo:
        todo[found.state](found, now)
    return imports.sheet(sheet_id)


def kind_of(sheet: Sheet, *, actor: UserId | None, now: datetime, is_trial: bool = False) -> Kind:
    """Return who reads and writes the rows of a sheet; the file's name is the reason where a row gives none."""
    desk = Desk(currency=shops.shop().currency, actor=actor, now=now, note=sheet.file_name[:200], is_trial=is_trial)
    return KINDS[sheet.kind](desk)


def act_of(kind: SheetKind) -> str:
    """Return the right that importing, exporting and undoing files of a kind needs."""
    return f"sheets.{kind.value}"


# ── dry run ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _try_out(sheet: Sheet, now: datetime) -> None:
    kind = kind_of(sheet, actor=sheet.brought_by, now=now, is_trial=True)
    try:
        opened = files.opened(imports.sheet_content(sheet.id))
        with transaction.atomic():
            rows = imports.put_lines(sheet.id, _read(sheet, opened, kind))
            if rows == 0:
                raise SheetEmpty(value=sheet.file_name)
            imports.change_sheet(sheet.id, rows=rows, done=0, counts={}, seen="")
    except Refusal as refusal:
        # The file as a whole cannot be read: nothing of it is kept but the reason.
        imports.change_sheet(sheet.id, state=SheetState.FAILED.value, refusal=kept(refusal), rows=0, done=0)
        return
    seen, done = hashlib.sha256(), 0
    for portion in _portions(sheet.id):
        tried = _tried(sheet, kind, portion, seen)
        done += len(portion)
        with transaction.atomic():
            imports.save_lines(sheet.id, tried)
            imports.change_sheet(sheet.id, done=done)
    imports.change_sheet(sheet.id, state=SheetState.TRIED.value, counts=imports.line_counts(sheet.id), seen=seen.hexdigest(), refusal=None)


def _read(sheet: Sheet, opened: files.Opened, kind: Kind) -> Iterator[tuple[int, Sequence[str], Mapping[str, Any] | None]]:
    """Yield every row of the file with why it is refused already: it is too long, or about the same as an earlier one."""
    told, first = told_of(sheet.kind), dict[str, int]()
    for line, cells in opened.rows:
        refusal = files.too_long(cells, len(opened.head))
        key = "" if refusal else kind.key(wish_of(line, cells, sheet.mapping, told))
        if key and key in first:
            refusal = LineTwice(field=_first_key(sheet), value=key.partition("\x00")[0], line=first[key])
        elif key:
            first[key] = line
        yield line, cells, None if refusal is None else kept(refusal)


def _first_key(sheet: Sheet) -> str:
    return next((each.code for each in fields(sheet.kind) if each.is_key and each.code in sheet.mapping), "sku")


def told_of(kind: SheetKind) -> frozenset[str]:
    """Return the columns of a kind that an import passes over."""
    return frozenset(each.code for each in fields(kind) if each.is_told)


def _portions(sheet_id: RunId) -> Iterator[tuple[Line, ...]]:
    after = 0
    while found := imports.lines(sheet_id, after=after, size=AT_ONCE):
        yield found
        after = found[-1].line


def _wishes(sheet: Sheet, portion: Sequence[Line], states: Sequence[LineState]) -> list[tuple[Line, Wish]]:
    told = told_of(sheet.kind)
    return [(each, wish_of(each.line, each.cells, sheet.mapping, told)) for each in portion if each.state in states]


def _tried(sheet: Sheet, kind: Kind, portion: Sequence[Line], seen: "hashlib._Hash") -> list[Line]:
    """Return what these rows would come to: done through the rooms' own faces, and rolled back."""
    found = _wishes(sheet, portion, [LineState.READ])
    _fingerprint(kind, [wish for _line, wish in found], seen)
    tried = []
    with transaction.atomic():
        kind.hold([wish for _line, wish in found])
        tried += at_once(kind, found, lambda line, wish: _attempted(kind, line, wish))
        transaction.set_rollback(True)
    # What was new is not there any more.
    return [replace(each, subject=None) if each.state is LineState.NEW else each for each in tried]


def _fingerprint(kind: Kind, wishes: Sequence[Wish], seen: "hashlib._Hash") -> None:
    """Take into a digest what every row would change of what is there now."""
    kind.begin(wishes)
    for wish in wishes:
        try:
            found = kind.compare(wish)
            said: list[Any] = [wish.line, found.state.value, {name: list(pair) for name, pair in sorted(found.changes.items())}]
        except Refusal as refusal:
            said = [wish.line, kept(refusal)]
        seen.update(json.dumps(said, sort_keys=True, default=str).encode())


def _attempted(kind: Kind, line: Line, wish: Wish) -> Line:
    try:
        with transaction.atomic():
            outcome = kind.compare(wish)
            if outcome.state is LineState.UNCHANGED:
                return replace(line, state=outcome.state, subject=outcome.subject)
            waits = kind.ask(wish, outcome)
            if waits is not None:
                # It stays among what is taken over: only then somebody is asked.
                return replace(_written(line, outcome, outcome.subject), refusal=kept(waits))
            return _written(line, outcome, kind.write(wish, outcome))
    except Refusal as refusal:
        return _refused(line, refusal)


def _refused(line: Line, refusal: Refusal) -> Line:
    return replace(line, state=LineState.REFUSED, refusal=kept(refusal), changes={})


def _written(line: Line, outcome: Outcome, subject: int | None) -> Line:
    return replace(line, state=outcome.state, subject=subject, changes=outcome.changes, refusal=None)


# ── taking over ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_over(sheet: Sheet, now: datetime) -> None:
    if sheet.run_id is None:
        if not _is_as_seen(sheet, now):
            imports.change_sheet(sheet.id, state=SheetState.MOVED.value, refusal=kept(SheetMoved(field="file", value=sheet.file_name)))
            return
        sheet = _begun(sheet, now)
    assert sheet.run_id is not None
    kind = kind_of(sheet, actor=sheet.confirmed_by, now=now)
    finished, done = imports.run(sheet.run_id).steps, 0
    for portion in _portions(sheet.id):
        done += len(portion)
        name = f"lines {portion[0].line}-{portion[-1].line}"
        if name not in finished:
            _take_portion(replace(sheet, done=done), kind, portion, name, now=now)
    _finish(sheet, now)


def _is_as_seen(sheet: Sheet, now: datetime) -> bool:
    """Return whether every row would still change what the dry run showed."""
    kind, seen = kind_of(sheet, actor=sheet.brought_by, now=now, is_trial=True), hashlib.sha256()
    for portion in _portions(sheet.id):
        known = [each for each in portion if not _was_refused_on_reading(each)]
        told = told_of(sheet.kind)
        _fingerprint(kind, [wish_of(each.line, each.cells, sheet.mapping, told) for each in known], seen)
    return seen.hexdigest() == sheet.seen


def _was_refused_on_reading(line: Line) -> bool:
    return line.refusal is not None and str(line.refusal["kind"]).rpartition(".")[2] in ("LineTwice", "LineTooLong")


@transaction.atomic
def _begun(sheet: Sheet, now: datetime) -> Sheet:
    # The same file may be brought again: the run is this sheet's, not the file's.
    digest = hashlib.sha256(f"{sheet.id}:{sheet.digest}".encode()).hexdigest()
    run = imports.begin(source=f"sheet.{sheet.kind.value}", digest=digest, file_name=sheet.file_name, rows=sheet.rows, now=now)
    imports.change_sheet(sheet.id, run_id=run.id, done=0)
    return imports.sheet(sheet.id)


def _take_portion(sheet: Sheet, kind: Kind, portion: Sequence[Line], name: str, *, now: datetime) -> None:
    """Write one portion: its rows, what became of each, and the step stand or fall together."""
    found = _wishes(sheet, portion, [LineState.NEW, LineState.CHANGED])
    kind.begin([wish for _line, wish in found])
    barred = _barred(sheet.confirmed_by, sheet.kind)
    # Outside the transaction: what was put before a second person must stay even if the rest fell.
    waiting = {line.line: waits for line, wish in found if (waits := barred or _asked(kind, line, wish)) is not None}
    with transaction.atomic():
        # Held first, read then: what somebody changed meanwhile is seen, and nobody changes it between reading and writing.
        kind.hold([wish for _line, wish in found])
        kind.begin([wish for _line, wish in found])
        after = [_refused(line, waiting[line.line]) for line, _wish in found if line.line in waiting]
        free = [(line, wish) for line, wish in found if line.line not in waiting]
        after += at_once(kind, free, lambda line, wish: _taken(kind, line, wish))
        imports.save_lines(sheet.id, after)
        report = {state.value: sum(each.state is state for each in after) for state in LineState}
        imports.finish_step(run_id=sheet.run_id or 0, name=name, report=report, now=now)
        imports.change_sheet(sheet.id, done=sheet.done)


def _barred(actor: UserId | None, kind: SheetKind) -> Refusal | None:
    """Return why somebody may not go on: between confirming and now the right may have been taken away."""
    try:
        if actor is not None:
            access.require(actor, act_of(kind))
    except Refusal as refusal:
        return refusal
    return None


def _asked(kind: Kind, line: Line, wish: Wish) -> Refusal | None:
    try:
        outcome = kind.compare(wish)
        if outcome.state is LineState.UNCHANGED:
            return None
        if isinstance(kind, Prices):
            # Nobody is asked about a price that moved meanwhile. Of the other kinds a row may lean on one that is not written yet.
            refuse_moved(line, outcome)
        return kind.ask(wish, outcome)
    except Refusal as refusal:
        return refusal


def _taken(kind: Kind, line: Line, wish: Wish) -> Line:
    try:
        with transaction.atomic():
            outcome = kind.compare(wish)
            if outcome.state is LineState.UNCHANGED:
                return replace(line, state=outcome.state, subject=outcome.subject, changes={})
            refuse_moved(line, outcome)
            return _written(line, outcome, kind.write(wish, outcome))
    except Refusal as refusal:
        return _refused(line, refusal)


@transaction.atomic
def _finish(sheet: Sheet, now: datetime) -> None:
    counts = imports.line_counts(sheet.id)
    rows, rejected = counts.get("new", 0) + counts.get("changed", 0), counts.get("refused", 0)
    imports.change_sheet(sheet.id, state=SheetState.DONE.value, counts=counts, finished_at=now, done=sheet.rows, refusal=None)
    imports.finish(run_id=sheet.run_id or 0, report=counts, now=now)
    after = {"file_kind": sheet.kind.value, "rows": rows, "rejected": rejected}
    audit.record(actor=sheet.confirmed_by, act="sheets.take_over", subject=f"run:{sheet.id}", before=None, after=after, at=now)
    events.record(facts.SheetTakenOver(run_id=sheet.id, kind=sheet.kind.value, rows=rows, rejected=rejected), at=now)


# ── taking back ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_back(sheet: Sheet, now: datetime) -> None:
    kind = kind_of(sheet, actor=sheet.undone_by, now=now)
    while portion := imports.written_lines(sheet.id, size=AT_ONCE):
        barred = _barred(sheet.undone_by, sheet.kind)
        waiting = {line.line: waits for line in portion if (waits := barred or kind.ask_undo(line)) is not None}
        with transaction.atomic():
            kind.hold_written(portion)
            after = [_left(line, waiting[line.line]) for line in portion if line.line in waiting]
            free = [line for line in portion if line.line not in waiting]
            after += back_at_once(kind, free, lambda line: _undone(kind, line))
            imports.save_lines(sheet.id, after)
            counts = imports.undo_counts(sheet.id)
            imports.change_sheet(sheet.id, undo_counts=counts, done=sum(counts.values()))
    _finish_undo(sheet, now)


def _undone(kind: Kind, line: Line) -> Line:
    try:
        with transaction.atomic():
            kind.undo(line)
    except Refusal as refusal:
        return _left(line, refusal)
    return replace(line, undo=UndoState.UNDONE)


def _left(line: Line, refusal: Refusal) -> Line:
    return replace(line, undo=UndoState.LEFT, undo_refusal=kept(refusal))


@transaction.atomic
def _finish_undo(sheet: Sheet, now: datetime) -> None:
    counts = imports.undo_counts(sheet.id)
    rows, left = counts.get("undone", 0), counts.get("left", 0)
    imports.change_sheet(sheet.id, state=SheetState.UNDONE.value, undo_counts=counts, undone_at=now, refusal=None)
    after = {"file_kind": sheet.kind.value, "rows": rows, "left": left}
    audit.record(actor=sheet.undone_by, act="sheets.undo", subject=f"run:{sheet.id}", before=None, after=after, at=now)
    events.record(facts.SheetUndone(run_id=sheet.id, kind=sheet.kind.value, rows=rows), at=now)


def known_fields(kind: SheetKind) -> tuple[Any, ...]:
    """Return the columns of a kind as this shop has them: products with one or two for each of its attributes."""
    return fields(kind, catalog.attributes() if kind is SheetKind.PRODUCTS else ())
