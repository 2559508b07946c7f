"""Files as people bring them, and the whole way of one."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shopkeeper.flows import sheets
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import Line, LineState, Sheet, SheetKind, SheetState


def table(*rows: Sequence[object], separator: str = ",") -> bytes:
    """Return rows as CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode()


def brought(kind: SheetKind, content: bytes, *, name: str = "file.csv", actor: UserId | None = None) -> Sheet:
    return sheets.bring(kind=kind, file_name=name, content=content, actor=actor, now=NOON)


def tried(kind: SheetKind, content: bytes, *, actor: UserId | None = None, mapping: Mapping[str, int] | None = None) -> Sheet:
    sheet = brought(kind, content, actor=actor)
    sheets.choose(sheet_id=sheet.id, mapping=sheet.mapping if mapping is None else mapping, actor=actor, now=NOON)
    return sheets.work(sheet.id, NOON)


def taken(kind: SheetKind, content: bytes, *, actor: UserId | None = None) -> Sheet:
    sheet = tried(kind, content, actor=actor)
    assert sheet.state is SheetState.TRIED, sheet.refusal
    assert set(sheet.counts) & {"new", "changed"}, [each.refusal for each in lines(sheet.id)]
    sheets.confirm(sheet_id=sheet.id, seen=sheet.seen, actor=actor, now=NOON)
    return sheets.work(sheet.id, NOON)


def undone(sheet: Sheet, *, actor: UserId | None = None) -> Sheet:
    sheets.undo(sheet_id=sheet.id, actor=actor, now=NOON)
    return sheets.work(sheet.id, NOON)


def lines(sheet_id: RunId) -> list[Line]:
    return list(imports.walk_lines(sheet_id, states=list(LineState)))


def refused(sheet_id: RunId) -> dict[int, tuple[str, str | None, object]]:
    """Return, by line, the code of each refusal with its field and value."""
    found = imports.walk_lines(sheet_id, states=[LineState.REFUSED])
    made = {each.line: sheets.restored(each.refusal or {}) for each in found}
    return {line: (type(each).code, each.field, each.value) for line, each in made.items()}


def exported(kind: SheetKind, form: str = "csv", *, language: str = "en", ids: Sequence[int] | None = None) -> bytes:
    return b"".join(sheets.export(kind=kind, form=form, language=language, ids=ids, actor=None, now=NOON).pieces)


def read_csv(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def column(rows: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]
