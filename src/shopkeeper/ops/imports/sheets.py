"""The bookkeeping of sheets: files of goods, customers, stock and prices that staff bring. Part of this room's face (`public`)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.ops.imports.models import SheetFile, SheetHeading, SheetLine, SheetRun
from shopkeeper.ops.imports.shapes import UNDER_WAY, Line, LineState, Sheet, SheetKind, SheetState, UndoState

MOST_PER_PAGE = 200
KEPT_FOR = timedelta(days=90)
"""How long the rows of a sheet are kept after it ended; until then it can be undone."""

WRITTEN = (LineState.NEW.value, LineState.CHANGED.value)


def bring_sheet(
    *, kind: SheetKind, file_name: str, content: bytes, form: Mapping[str, str], head: Sequence[str], sample: Sequence[Sequence[str]],
    mapping: Mapping[str, int], actor: UserId | None, now: datetime,
) -> Sheet:  # fmt: skip
    """Keep a file that was brought, and return its sheet."""
    row = SheetRun.objects.create(
        kind=kind.value, state=SheetState.BROUGHT.value, file_name=file_name[:255], digest=hashlib.sha256(content).hexdigest(),
        size=len(content), form=dict(form), head=list(head), sample=[list(each) for each in sample], mapping=dict(mapping),
        brought_by_id=actor, brought_at=now,
    )  # fmt: skip
    SheetFile.objects.create(sheet=row, content=content)
    return _sheet(row)


def sheet(sheet_id: RunId) -> Sheet:
    """Return one sheet. Raises NotFound."""
    row = SheetRun.objects.filter(pk=sheet_id).first() if 0 < sheet_id < 2**63 else None
    if row is None:
        raise NotFound("sheet", sheet_id)
    return _sheet(row)


def lock_sheet(sheet_id: RunId) -> Sheet:
    """Return one sheet, locked until the caller's transaction ends. Raises NotFound."""
    row = SheetRun.objects.select_for_update().filter(pk=sheet_id).first()
    if row is None:
        raise NotFound("sheet", sheet_id)
    return _sheet(row)


def sheet_content(sheet_id: RunId) -> bytes:
    """Return the file of a sheet as it was brought. Raises NotFound where it is no longer kept."""
    row = SheetFile.objects.filter(pk=sheet_id).first()
    if row is None:
        raise NotFound("sheet", sheet_id)
    return bytes(row.content)


def is_kept(sheet_id: RunId) -> bool:
    """Return whether the file and the rows of a sheet are still kept."""
    return SheetFile.objects.filter(pk=sheet_id).exists()


def sheets(*, kinds: Sequence[SheetKind], number: int = 1, size: int = 50) -> Page[Sheet]:
    """Return one page of the sheets of some kinds, newest first. Raises OutOfRange."""
    if not 1 <= number <= 1_000_000:
        raise OutOfRange("page", number, least=1, most=1_000_000)
    if not 1 <= size <= MOST_PER_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_PER_PAGE)
    rows = SheetRun.objects.filter(kind__in=[each.value for each in kinds]).order_by("-brought_at", "-id")
    start = (number - 1) * size
    return Page(items=tuple(_sheet(row) for row in rows[start : start + size]), total=rows.count(), number=number, size=size)


def sheets_under_way() -> tuple[Sheet, ...]:
    """Return the sheets the program has to work on, oldest first."""
    return tuple(_sheet(row) for row in SheetRun.objects.filter(state__in=[each.value for each in UNDER_WAY]).order_by("id"))


def change_sheet(sheet_id: RunId, **values: Any) -> None:
    """Write some of a sheet's fields."""
    SheetRun.objects.filter(pk=sheet_id).update(**values)


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def put_lines(sheet_id: RunId, lines: Iterable[tuple[int, Sequence[str], Mapping[str, Any] | None]]) -> int:
    """Keep the rows of a sheet in the place of those kept before, and return how many there are: line number, cells, and why the row is
    refused already. The rows come while the database takes them: yielding them asks nothing of it."""
    SheetLine.objects.filter(sheet_id=sheet_id).delete()
    rows = 0
    columns = "sheet_id, line, cells, state, changes, refusal, undo"
    with connection.cursor() as cursor, cursor.copy(f"COPY imports_sheetline ({columns}) FROM STDIN") as copy:
        for line, cells, refusal in lines:
            rows += 1
            state = LineState.READ if refusal is None else LineState.REFUSED
            copy.write_row((sheet_id, line, _json(list(cells)), state.value, "{}", None if refusal is None else _json(refusal), ""))
    return rows


def lines(sheet_id: RunId, *, after: int, size: int, states: Sequence[LineState] = ()) -> tuple[Line, ...]:
    """Return up to `size` rows of a sheet after a line number, in their order; of some states only, where any are named."""
    rows = SheetLine.objects.filter(sheet_id=sheet_id, line__gt=after).order_by("line")
    if states:
        rows = rows.filter(state__in=[each.value for each in states])
    return tuple(_line(row) for row in rows[:size])


def written_lines(sheet_id: RunId, *, size: int) -> tuple[Line, ...]:
    """Return up to `size` rows that were written and whose undoing is not decided, the last first."""
    rows = SheetLine.objects.filter(sheet_id=sheet_id, state__in=WRITTEN, undo="").order_by("-line")
    return tuple(_line(row) for row in rows[:size])


def left_lines(sheet_id: RunId, *, size: int) -> tuple[Line, ...]:
    """Return up to `size` rows that were left as they are when the sheet was undone, in their order."""
    return tuple(_line(row) for row in SheetLine.objects.filter(sheet_id=sheet_id, undo=UndoState.LEFT.value).order_by("line")[:size])


def different_lines(sheet_id: RunId, *, size: int) -> tuple[Line, ...]:
    """Return the first rows that are new, would change something or did, in their order."""
    return tuple(_line(row) for row in SheetLine.objects.filter(sheet_id=sheet_id, state__in=WRITTEN).order_by("line")[:size])


def save_lines(sheet_id: RunId, found: Sequence[Line]) -> None:
    """Write what became of these rows."""
    if not found:
        return
    sql = """
        UPDATE imports_sheetline AS l SET state = n.state, subject = n.subject, changes = n.changes, refusal = n.refusal,
               undo = n.undo, undo_refusal = n.undo_refusal
        FROM unnest(%s::int[], %s::text[], %s::bigint[], %s::jsonb[], %s::jsonb[], %s::text[], %s::jsonb[])
             AS n (line, state, subject, changes, refusal, undo, undo_refusal)
        WHERE l.sheet_id = %s AND l.line = n.line
    """
    columns: list[list[Any]] = [
        [each.line for each in found],
        [each.state.value for each in found],
        [each.subject for each in found],
        [_json({name: list(pair) for name, pair in each.changes.items()}) for each in found],
        [None if each.refusal is None else _json(each.refusal) for each in found],
        ["" if each.undo is None else each.undo.value for each in found],
        [None if each.undo_refusal is None else _json(each.undo_refusal) for each in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*columns, sheet_id])


def line_counts(sheet_id: RunId) -> dict[str, int]:
    """Return how many rows of a sheet are in which state; `waiting` of the new and changed ones will wait for a second person."""
    rows = SheetLine.objects.filter(sheet_id=sheet_id)
    counts = dict(rows.values_list("state").annotate(n=Count("id")))
    waiting = rows.filter(state__in=WRITTEN, refusal__isnull=False).count()
    return counts | ({"waiting": waiting} if waiting else {})


def undo_counts(sheet_id: RunId) -> dict[str, int]:
    """Return how many written rows were undone and how many were left."""
    return dict(SheetLine.objects.filter(sheet_id=sheet_id).exclude(undo="").values_list("undo").annotate(n=Count("id")))


def walk_lines(sheet_id: RunId, *, states: Sequence[LineState], step: int = 1_000) -> Iterator[Line]:
    """Yield the rows of some states in their order, a thousand in memory at a time."""
    after = 0
    while found := lines(sheet_id, after=after, size=step, states=states):
        yield from found
        after = found[-1].line


# ── headings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def headings(kind: SheetKind) -> dict[str, str]:
    """Return which field each heading stood for the last time; empty: it was left out."""
    return dict(SheetHeading.objects.filter(kind=kind.value).values_list("heading", "field"))


def remember_headings(kind: SheetKind, known: Mapping[str, str]) -> None:
    """Keep which field each heading stands for."""
    rows = [SheetHeading(kind=kind.value, heading=heading[:120], field=field) for heading, field in sorted(known.items()) if heading]
    unique = list({row.heading: row for row in rows}.values())
    SheetHeading.objects.bulk_create(unique, update_conflicts=True, unique_fields=["kind", "heading"], update_fields=["field"])


def forget_sheets(now: datetime) -> int:
    """Remove rows and files of sheets brought long ago, of which the history keeps the counts; return how many sheets that were.

    They may hold what people wrote of themselves.
    """
    past = SheetRun.objects.filter(brought_at__lt=now - KEPT_FOR).exclude(state__in=[each.value for each in UNDER_WAY])
    ids = list(past.filter(sheetfile__isnull=False).values_list("id", flat=True))
    SheetLine.objects.filter(sheet_id__in=ids).delete()
    SheetRun.objects.filter(id__in=ids).update(sample=[])
    SheetFile.objects.filter(sheet_id__in=ids).delete()
    return len(ids)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _line(row: SheetLine) -> Line:
    return Line(
        line=row.line, cells=tuple(row.cells), state=LineState(row.state), subject=row.subject,
        changes={name: (pair[0], pair[1]) for name, pair in row.changes.items()}, refusal=row.refusal,
        undo=UndoState(row.undo) if row.undo else None, undo_refusal=row.undo_refusal,
    )  # fmt: skip


def _sheet(row: SheetRun) -> Sheet:
    def person(number: int | None) -> UserId | None:
        return None if number is None else UserId(number)

    return Sheet(
        id=RunId(row.pk), kind=SheetKind(row.kind), state=SheetState(row.state), file_name=row.file_name, digest=row.digest, size=row.size,
        form=row.form, head=tuple(row.head), sample=tuple(tuple(each) for each in row.sample), mapping=row.mapping, rows=row.rows,
        done=row.done, counts=row.counts, undo_counts=row.undo_counts, seen=row.seen, refusal=row.refusal, run_id=row.run_id,
        brought_by=person(row.brought_by_id), brought_at=row.brought_at, confirmed_by=person(row.confirmed_by_id),
        confirmed_at=row.confirmed_at, finished_at=row.finished_at, undone_by=person(row.undone_by_id), undone_at=row.undone_at,
    )  # fmt: skip
