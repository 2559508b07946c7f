"""Routes for whole files of goods, customers, stock and prices: brought, tried, confirmed, undone; and taken away."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors import refusals
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Name, Number, Paged, PageNumber, PageSize, Sent, Text, paged
from shopkeeper.flows import sheets
from shopkeeper.kit.ids import RunId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotAllowed, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import Line, Sheet, SheetKind

SHOWN = 50
router = Router(tags=["staff"])

_RAW_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_A_FILE = {
    "responses": {
        200: {"description": "OK", "content": {kind.partition(";")[0]: _BYTES for kind in sheets.FORMATS.values()}},
        **also(422)["responses"],
    }
}
Form = Annotated[Literal["csv", "xlsx", "parquet"], Query(alias="format", description=gettext_noop("How the file is written"))]


class ColumnOut(Schema):
    __doc__ = gettext_noop("A column of a file: `field` is what it is read as, null where it is left out; `sample` its first values.")

    column: int
    heading: str
    field: str | None
    sample: list[str]


class LineDifferenceOut(Schema):
    __doc__ = gettext_noop("A row that is new or changes something: each field with its old and its new value.")

    line: int
    state: str
    changes: dict[str, list[Any]]


class SheetOut(Schema):
    __doc__ = gettext_noop(
        "A file that was brought. `state`: brought, trying, tried, moved, running, done, undoing, undone or failed; `done` of its `rows` "
        "are worked on; `counts` by new, changed, unchanged and refused, `undo_counts` by undone and left; `seen` is sent back to confirm."
    )

    id: int
    kind: str
    state: str
    file_name: str
    rows: int
    done: int
    counts: dict[str, int]
    undo_counts: dict[str, int]
    seen: str
    problem: str
    brought_at: datetime
    columns: list[ColumnOut]


class WholeSheetOut(SheetOut):
    __doc__ = gettext_noop("A file with the first differences, fifty at most.")

    differences: list[LineDifferenceOut]


class ColumnsIn(Sent):
    __doc__ = gettext_noop("Which column, counted from 0, holds each field; without it, the columns as they were proposed.")

    mapping: Annotated[dict[str, int], Field(max_length=400)] | None = None


class ConfirmIn(Sent):
    __doc__ = gettext_noop("`seen` is that of the dry run that was looked at.")

    seen: Text


@router.post(
    "/sheets",
    auth=StaffSession("sheets.view"),
    response={201: SheetOut},
    openapi_extra=also(409) | _RAW_BODY,
    summary=gettext_noop("Bring a file: its bytes are the body, 50 MB at most"),
)
def bring_sheet(request: HttpRequest, kind: SheetKind, name: Name, idempotency_key: RepeatKey = None) -> SheetOut:
    # One byte more than is taken shows that it is too much, whatever was sent.
    content = request.read(sheets.MOST_BYTES + 1)
    made = sheets.bring(kind=kind, file_name=name, content=content, actor=actor(request), now=timezone.now(), key=idempotency_key)
    return SheetOut(**_sheet(made))


@router.get("/sheets", auth=StaffSession("sheets.view"), response=Paged[SheetOut], summary=gettext_noop("Files brought, newest first"))
def list_sheets(request: HttpRequest, page: PageNumber = 1, size: PageSize = 50) -> Paged[SheetOut]:
    acts = access.acts_of(actor(request))
    found: Page[Sheet] = imports.sheets(kinds=[kind for kind in SheetKind if sheets.act_of(kind) in acts], number=page, size=size)
    return paged(found, (SheetOut(**_sheet(each)) for each in found))


@router.get(
    "/sheets/{sheet}",
    auth=StaffSession("sheets.view"),
    response=WholeSheetOut,
    summary=gettext_noop("Where a file stands, and what it changes"),
)
def read_sheet(request: HttpRequest, sheet: Number) -> WholeSheetOut:
    return _whole(_own(request, sheet))


@router.post(
    "/sheets/{sheet}/dry-run",
    auth=StaffSession("sheets.view"),
    response=SheetOut,
    openapi_extra=also(409),
    summary=gettext_noop("Choose the columns of a file and have its dry run made"),
)
def try_sheet(request: HttpRequest, sheet: Number, data: ColumnsIn, idempotency_key: RepeatKey = None) -> SheetOut:
    mapping = imports.sheet(RunId(sheet)).mapping if data.mapping is None else data.mapping
    found = sheets.choose(sheet_id=RunId(sheet), mapping=mapping, actor=actor(request), now=timezone.now(), key=idempotency_key)
    return SheetOut(**_sheet(found))


@router.post(
    "/sheets/{sheet}/confirm",
    auth=StaffSession("sheets.view"),
    response=SheetOut,
    openapi_extra=also(409),
    summary=gettext_noop("Have a file taken over as its dry run showed"),
)
def confirm_sheet(request: HttpRequest, sheet: Number, data: ConfirmIn, idempotency_key: RepeatKey = None) -> SheetOut:
    found = sheets.confirm(sheet_id=RunId(sheet), seen=data.seen, actor=actor(request), now=timezone.now(), key=idempotency_key)
    return SheetOut(**_sheet(found))


@router.post(
    "/sheets/{sheet}/undo",
    auth=StaffSession("sheets.view"),
    response=SheetOut,
    openapi_extra=also(409),
    summary=gettext_noop("Take back what a file brought, where nobody changed it since"),
)
def undo_sheet(request: HttpRequest, sheet: Number, idempotency_key: RepeatKey = None) -> SheetOut:
    return SheetOut(**_sheet(sheets.undo(sheet_id=RunId(sheet), actor=actor(request), now=timezone.now(), key=idempotency_key)))


@router.get(
    "/sheets/{sheet}/refused",
    auth=StaffSession("sheets.view"),
    openapi_extra=_A_FILE,
    summary=gettext_noop("The refused rows of a file, with why and what to do, to be mended and brought again"),
)
def read_refused_rows(request: HttpRequest, sheet: Number, form: Form = "csv") -> StreamingHttpResponse:
    return _download(
        sheets.rejects(sheet_id=RunId(sheet), form=form, language=_language(), say=_told, actor=actor(request), now=timezone.now())
    )


@router.get(
    "/exports/{kind}",
    auth=StaffSession("sheets.view"),
    openapi_extra=_A_FILE,
    summary=gettext_noop("All products, customers, stock levels or prices as a file that can be brought back"),
)
def export_sheet(request: HttpRequest, kind: SheetKind, form: Form = "csv", language: Text | None = None) -> StreamingHttpResponse:
    return _download(
        sheets.export(kind=kind, form=form, language=language or _language(), actor=actor(request), now=timezone.now())
    )  # fmt: skip


def _own(request: HttpRequest, number: int) -> Sheet:
    found = imports.sheet(RunId(number))
    if sheets.act_of(found.kind) not in access.acts_of(actor(request)):
        raise NotAllowed(sheets.act_of(found.kind), role=None)
    return found


def _language() -> str:
    return "zh-hans" if (get_language() or "en").startswith("zh") else "en"


def _told(refusal: Refusal) -> tuple[str, str, str]:
    said = refusals.explain(refusal)
    return refusals.name_of("trait" if said.field.startswith(sheets.PREFIX) else said.field), said.problem, said.remedy


def _download(outgoing: sheets.Outgoing) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(outgoing.pieces, content_type=outgoing.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{outgoing.name}"'
    return answer


def _sheet(found: Sheet) -> dict[str, Any]:
    chosen = {column: code for code, column in found.mapping.items()}
    columns = [
        ColumnOut(column=index, heading=head, field=chosen.get(index), sample=[row[index] for row in found.sample if index < len(row)])
        for index, head in enumerate(found.head)
    ]
    problem = str(refusals.explain(sheets.restored(found.refusal))) if found.refusal else ""
    return {
        "id": found.id, "kind": found.kind.value, "state": found.state.value, "file_name": found.file_name, "rows": found.rows,
        "done": found.done, "counts": dict(found.counts), "undo_counts": dict(found.undo_counts), "seen": found.seen, "problem": problem,
        "brought_at": found.brought_at, "columns": columns,
    }  # fmt: skip


def _whole(found: Sheet) -> WholeSheetOut:
    different = imports.different_lines(found.id, size=SHOWN)
    return WholeSheetOut(**_sheet(found), differences=[_difference(each) for each in different])


def _difference(line: Line) -> LineDifferenceOut:
    return LineDifferenceOut(line=line.line, state=line.state.value, changes={name: list(pair) for name, pair in line.changes.items()})
