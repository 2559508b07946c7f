"""What goes out: all of a kind, or the rows of a list as filtered; and the refused rows of a file, with why and what to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.flows.sheets import values, writing
from shopkeeper.flows.sheets.fields import Field, headed
from shopkeeper.flows.sheets.refusals import restored
from shopkeeper.flows.sheets.rows import Desk
from shopkeeper.flows.sheets.working import KINDS, act_of, known_fields
from shopkeeper.kit import checks
from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import Line, LineState, Sheet, SheetKind
from shopkeeper.selling.shop import public as shops

YES_NO = frozenset({"is_sellable", "is_published"})
MEMBERSHIP = {"en": {"member": "member", "guest": "guest"}, "zh-hans": {"member": "会员", "guest": "访客"}}
WHY = (
    ("line", Bilingual("Refused line", "被拒行号")),
    ("field", Bilingual("Refused field", "被拒字段")),
    ("value", Bilingual("Refused value", "被拒的值")),
    ("reason", Bilingual("Why it was refused", "拒绝原因")),
    ("remedy", Bilingual("What to do", "处理办法")),
)
"""What a file of refused rows says beside the columns of the file; an import passes these columns over."""

Say = Callable[[Refusal], tuple[str, str, str]]
"""Tells a refusal in the reader's language: the field's name, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file on its way out: its name, its media type, its bytes in pieces."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def export(*, kind: SheetKind, form: str, language: str, ids: Sequence[int] | None = None, actor: UserId | None, now: datetime) -> Outgoing:
    """Return all of a kind, or the things with these ids, as `csv`, `xlsx` or `parquet` with headings in a language.

    `ids` are of products, of customers, or, for stock and prices, of variants. The same file brought back changes nothing.
    The trail says who took it away. Raises NotAllowed, Malformed.
    """
    if actor is not None:
        access.require(actor, act_of(kind))
    writing.checked(form)
    spoken = checks.language(language)
    columns = known_fields(kind)
    after = {"file_kind": kind.value, "format": form}
    audit.record(actor=actor, act="sheets.export", subject="shop:1", before=None, after=after, at=now)
    found = KINDS[kind](Desk(currency=shops.shop().currency, actor=actor, now=now, note="", language=spoken)).everything(ids)
    # Parquet is read by programs, which run nothing.
    mark = values.as_text if form == "parquet" else values.guarded
    portions = ([[mark(_shown(row, each, spoken)) for each in columns] for row in portion] for portion in found)
    codes = [each.code for each in columns]
    name = f"{kind.value}-{now:%Y%m%d-%H%M}.{form}"
    return Outgoing(name, writing.FORMATS[form], writing.pieces(form, codes, [mark(each) for each in headed(columns, spoken)], portions))


def _shown(row: Mapping[str, str], column: Field, language: str) -> str:
    cell = row.get(column.code, "")
    if column.code in YES_NO:
        return values.YES_NO[language][0 if cell == "yes" else 1]
    return MEMBERSHIP[language].get(cell, cell) if column.code == "membership" else cell


def rejects(*, sheet_id: RunId, form: str, language: str, say: Say, actor: UserId | None, now: datetime) -> Outgoing:
    """Return the refused rows of a sheet with the columns they came in, and why each was refused and what to do.

    Mended, the file can be brought again. The trail says who took it away. Raises NotAllowed, NotFound, Malformed.
    """
    sheet = imports.sheet(sheet_id)
    if actor is not None:
        access.require(actor, act_of(sheet.kind))
    writing.checked(form)
    spoken = checks.language(language)
    after = {"file_kind": sheet.kind.value, "format": form}
    audit.record(actor=actor, act="sheets.export", subject=f"run:{sheet.id}", before=None, after=after, at=now)
    head = [*map(values.safe, sheet.head), *(name.pick(spoken) for _code, name in WHY)]
    rows = (_refused(sheet, line, say) for line in imports.walk_lines(sheet_id, states=[LineState.REFUSED]))
    portions = ([list(row.values()) for row in portion] for portion in writing.portioned(rows))
    codes = [""] * len(head)
    return Outgoing(f"refused-{sheet.id}.{form}", writing.FORMATS[form], writing.pieces(form, codes, _apart(head), portions))


def _refused(sheet: Sheet, line: Line, say: Say) -> dict[str, str]:
    refusal = restored(line.refusal or {"kind": "", "message": "", "state": {}})
    field, problem, remedy = say(refusal)
    cells = [*line.cells[: len(sheet.head)], *[""] * (len(sheet.head) - len(line.cells))]
    said = [str(line.line), field, checks.shown("" if refusal.value is None else str(refusal.value)), problem, remedy]
    return {str(index): values.safe(cell) for index, cell in enumerate([*cells, *said])}


def _apart(head: Sequence[str]) -> list[str]:
    """Return headings of which no two are the same, as Parquet wants them."""
    found: list[str] = []
    for each in head:
        name = each or f"column {len(found) + 1}"
        while name in found:
            name += "'"
        found.append(name)
    return found
