"""Import and export: files brought and taken away, from the columns chosen to the undoing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shopkeeper.doors import refusals
from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.commanding import CommandView, missing
from shopkeeper.flows import sheets
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done, Fact, Pill, States, Tone, pill
from shopkeeper.kit.ids import RunId, UserId
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import UNDER_WAY, Line, LineState, Sheet, SheetKind, SheetState

SHOWN = 50
KINDS: Mapping[str, Any] = {
    SheetKind.PRODUCTS: gettext_lazy("Products"),
    SheetKind.CUSTOMERS: gettext_lazy("Customers"),
    SheetKind.STOCK: gettext_lazy("Stock levels"),
    SheetKind.PRICES: gettext_lazy("Prices"),
}
STATES: States = {
    SheetState.BROUGHT: (gettext_lazy("Choose the columns"), "warn"),
    SheetState.TRYING: (gettext_lazy("Dry run under way"), "info"),
    SheetState.TRIED: (gettext_lazy("Waits for your yes"), "warn"),
    SheetState.MOVED: (gettext_lazy("The shop changed meanwhile"), "bad"),
    SheetState.RUNNING: (gettext_lazy("Being taken over"), "info"),
    SheetState.DONE: (gettext_lazy("Taken over"), "good"),
    SheetState.UNDOING: (gettext_lazy("Being undone"), "info"),
    SheetState.UNDONE: (pgettext_lazy("of a file", "Undone"), "quiet"),
    SheetState.FAILED: (gettext_lazy("Cannot be read"), "bad"),
}
ALL_WAIT: tuple[Any, Tone] = (gettext_lazy("A second person was asked to undo it"), "warn")
ALL_STAY: tuple[Any, Tone] = (gettext_lazy("Nothing could be undone"), "warn")
COUNTS = (
    (LineState.NEW, pgettext_lazy("rows of a file", "New")),
    (LineState.CHANGED, pgettext_lazy("rows of a file", "Changed")),
    (LineState.UNCHANGED, pgettext_lazy("rows of a file", "Unchanged")),
    (LineState.REFUSED, pgettext_lazy("rows of a file", "Refused")),
)
CHOOSING = (SheetState.BROUGHT, SheetState.TRIED, SheetState.MOVED, SheetState.FAILED)
"""Where the columns of a file can be chosen, as long as nothing of it was taken over."""
FORMS = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
_NOTHING: Mapping[str, Any] = {"kind": "", "message": "", "state": {}}
_LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


def _may(request: HttpRequest) -> list[SheetKind]:
    return [kind for kind in SheetKind if frame.may(request, sheets.act_of(kind))]


def _called(sheet: Sheet) -> str:
    return str(KINDS[sheet.kind])


def language() -> str:
    """Return the reader's language as files know it."""
    return "zh-hans" if (get_language() or "en").startswith("zh") else "en"


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@never_cache
@frame.guarded("sheets.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show every file brought, of the kinds the reader may bring, and the ways in and out."""
    kinds, wanted = _may(request), request.GET.get("p", "1")
    number = max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    (found,) = together.read(lambda: imports.sheets(kinds=kinds, number=number))
    people, left = _people(found.items), _left(found.items)
    context = {
        "rows": [_row(each, people, left.get(each.id, ())) for each in found.items],
        "kinds": [(kind.value, KINDS[kind]) for kind in kinds],
        "forms": list(FORMS.items()),
        "languages": _LANGUAGES,
        "language": language(),
        "later": number + 1 if number * found.size < found.total else 0,
        "earlier": number - 1,
    }
    return TemplateResponse(request, "console/files.html", context)


def _people(found: Sequence[Sheet]) -> Mapping[UserId, Any]:
    wanted = {each for sheet in found for each in (sheet.brought_by, sheet.confirmed_by, sheet.undone_by) if each is not None}
    return access.people(wanted) if wanted else {}


def _person(people: Mapping[UserId, Any], user_id: UserId | None) -> str:
    found = people.get(user_id) if user_id is not None else None
    return str(found.name or found.email) if found else _("the command line")


def _left(found: Sequence[Sheet]) -> dict[RunId, tuple[Line, ...]]:
    """Return the first rows that stayed of those files of which nothing went back."""
    idle = [each.id for each in found if _is_idle(each)]
    return dict(zip(idle, together.read(*(partial(imports.left_lines, each, size=SHOWN) for each in idle)), strict=True)) if idle else {}


def _row(sheet: Sheet, people: Mapping[UserId, Any], left: Sequence[Line]) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "kind": _called(sheet),
        "state": _state(sheet, left),
        "who": _person(people, sheet.confirmed_by or sheet.brought_by),
        "counts": _counts(sheet),
    }


def _state(sheet: Sheet, left: Sequence[Line]) -> Pill:
    """Return where a file stands; one of which nothing went back is not undone: a second person was asked, or it stays as it is."""
    if not _is_idle(sheet):
        return pill(STATES, sheet.state)
    is_asked = any(isinstance(sheets.restored(each.undo_refusal or _NOTHING), sheets.WaitsForSecond) for each in left)
    label, tone = ALL_WAIT if is_asked else ALL_STAY
    return Pill(str(label), tone)


def _is_idle(sheet: Sheet) -> bool:
    return sheet.state is SheetState.UNDONE and not sheet.undo_counts.get("undone", 0) and bool(sheet.undo_counts.get("left", 0))


def _counts(sheet: Sheet) -> list[tuple[str, str, int]]:
    return [(state.value, str(label), sheet.counts.get(state.value, 0)) for state, label in COUNTS] if sheet.counts else []


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def download(outgoing: sheets.Outgoing) -> StreamingHttpResponse:
    """Return a file as a download, piece by piece."""
    answer = StreamingHttpResponse(outgoing.pieces, content_type=outgoing.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{outgoing.name}"'
    return answer


@frame.guarded("sheets.view")
def export(request: HttpRequest) -> HttpResponseBase:
    """Answer with all of a kind as a file."""
    kind = request.GET.get("kind", "")
    if kind in KINDS and not frame.may(request, sheets.act_of(SheetKind(kind))):
        return frame.refused(request)
    return taken_away(request, kind, request.GET.get("format", "csv"), request.GET.get("language") or language(), None)


def taken_away(request: HttpRequest, kind: str, form: str, spoken: str, ids: Sequence[int] | None) -> HttpResponseBase:
    """Return what the reader takes away as a file: all of a kind, or the rows of a list as it is narrowed down."""
    try:
        outgoing = sheets.export(
            kind=sheets.kind_named(kind), form=form, language=spoken, ids=ids, actor=frame.reader(request), now=frame.now()
        )
    except Refusal as refusal:
        return HttpResponse(str(refusals.explain(refusal)), status=400, content_type="text/plain; charset=utf-8")
    return download(outgoing)


def told(refusal: Refusal) -> tuple[str, str, str]:
    """Return a refusal in the reader's language: the field's name, what is wrong, what to do about the file."""
    said = refusals.explain(refusal)
    return field_name(said.field), said.problem, _in_file(refusal) or said.remedy


def _in_file(refusal: Refusal) -> str:
    if not isinstance(refusal, NotFound):
        return ""
    if refusal.kind in ("sku", "customer", "variant"):
        return _("Check how it is written in the file, or take the row out of it.")
    return _("Check how it is written in the file, or leave the cell empty.")


def field_name(code: str) -> str:
    """Return what the reader calls a column."""
    known = {each.code: each.name for kind in SheetKind for each in sheets.fields(kind)}
    return reading.pick(known[code]) if code in known else refusals.name_of("trait" if code.startswith(sheets.PREFIX) else code)


def _told_in(spoken: str, refusal: Refusal) -> tuple[str, str, str]:
    # A file is written out after the request, when the reader's language is no longer the active one.
    with override(spoken):
        return told(refusal)


@frame.guarded("sheets.view")
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the refused rows of a file, as a file that can be mended and brought again."""
    try:
        outgoing = sheets.rejects(
            sheet_id=RunId(pk), form=request.GET.get("format", "csv"), language=language(), say=partial(_told_in, language()),
            actor=frame.reader(request), now=frame.now(),
        )  # fmt: skip
    except NotFound as gone:
        return missing(request, gone)
    except Refusal:
        return frame.refused(request)
    return download(outgoing)


# ── one file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@never_cache
@frame.guarded("sheets.view")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where one file stands: its columns, what the dry run found, how far it is, what was refused and what was left."""
    try:
        (found,) = together.read(lambda: imports.sheet(RunId(pk)))
    except NotFound as gone:
        return missing(request, gone)
    if found.kind not in _may(request):
        return frame.refused(request)
    known = {each.code: each for each in sheets.known_fields(found.kind)}
    different, first_refused, left, is_kept, people = together.read(
        lambda: imports.different_lines(found.id, size=SHOWN),
        lambda: imports.lines(found.id, after=0, size=SHOWN, states=[LineState.REFUSED]),
        lambda: imports.left_lines(found.id, size=SHOWN),
        lambda: imports.is_kept(found.id),
        lambda: _people([found]),
    )
    context = {
        **_row(found, people, left),
        "is_under_way": found.state in UNDER_WAY,
        "brought_by": _person(people, found.brought_by),
        "undone_by": _person(people, found.undone_by),
        "columns": [(head, reading.pick(known[code].name) if code in known else "") for head, code in _columns(found)],
        "form": FORMS.get(found.form.get("format", ""), ""),
        "written": found.form.get("encoding", ""),
        "different": [_difference(each, found, known) for each in different],
        "refused": [_why(each, each.refusal) for each in first_refused],
        "left": [_why(each, each.undo_refusal) for each in left],
        "problem": refusals.explain(sheets.restored(found.refusal)) if found.refusal else None,
        "may_choose": is_kept and found.run_id is None and found.state in CHOOSING,
        "may_confirm": found.state is SheetState.TRIED and bool(found.counts.get("new", 0) + found.counts.get("changed", 0)),
        "may_undo": is_kept and found.state is SheetState.DONE,
        "waiting": found.counts.get("waiting", 0),
        "to_write": found.counts.get("new", 0) + found.counts.get("changed", 0),
        "undo_counts": [
            (pgettext_lazy("rows of a file", "Undone"), found.undo_counts.get("undone", 0)),
            (pgettext_lazy("rows of a file", "Left as they are"), found.undo_counts.get("left", 0)),
        ] if found.undo_counts else [],
    }  # fmt: skip
    return TemplateResponse(request, "console/file.html", context)


def _columns(found: Sheet) -> list[tuple[str, str]]:
    chosen = {column: code for code, column in found.mapping.items()}
    return [(head, chosen.get(index, "")) for index, head in enumerate(found.head)]


def _difference(line: Line, found: Sheet, known: Mapping[str, Any]) -> dict[str, Any]:
    keys = [line.cells[found.mapping[code]] for code, each in known.items() if each.is_key and code in found.mapping]
    changes = [
        (reading.pick(known[code].name), _value(code, old), _value(code, new))
        for code, (old, new) in line.changes.items()
        if old != new and code in known and not (line.state is LineState.NEW and new in ("", None))
    ]
    return {"line": line.line, "key": " · ".join(each for each in keys if each), "state": line.state.value, "changes": changes}


def _value(code: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return pgettext("in a file", "yes") if value else pgettext("in a file", "no")
    if code == "price":
        return reading.money(value, frame.setting().currency)
    return str(value)[:200]


def _why(line: Line, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    refusal = sheets.restored(kept or _NOTHING)
    field, problem, remedy = told(refusal)
    return {"line": line.line, "field": field, "value": refusals.shown(refusal.value), "problem": problem, "remedy": remedy}


# ── what staff do ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Bring(Command):
    """Upload a file."""

    act = "sheets.view"
    title = gettext_lazy("Bring a file")
    submit = gettext_lazy("Upload")
    caption = gettext_lazy("CSV, XLSX or Parquet, 50 MB at most, headings in the first row. Nothing in the shop changes yet.")
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=lambda: [(kind.value, KINDS[kind]) for kind in SheetKind])
    file = forms.FileField(label=gettext_lazy("File"), max_length=255, allow_empty_file=True)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        given = self.cleaned_data["file"]
        # One byte more than is taken shows that it is too much, whatever was sent.
        content = given.read(sheets.MOST_BYTES + 1)
        made = sheets.bring(kind=sheets.kind_named(self.cleaned_data["kind"]), file_name=given.name, content=content, actor=actor, now=now)
        return Done(_("“%(name)s” is here. Look whether the columns are right.") % {"name": made.file_name}, target_id=made.id)


class OfSheet(Command):
    """What is done with one file."""

    act = "sheets.view"

    def prepare(self) -> None:
        self.sheet = imports.sheet(RunId(self.target_id or 0))

    def name(self) -> str:
        return self.sheet.file_name


class Choose(OfSheet):
    """Say what each column of the file holds."""

    title = gettext_lazy("Choose the columns")
    submit = gettext_lazy("Make the dry run")
    caption = gettext_lazy(
        "What the program took each column for stands chosen; change it where it is wrong. The dry run then shows what would change, and "
        "writes nothing. The next file with these headings is read the same way."
    )
    template = "console/file_columns.html"

    def prepare(self) -> None:
        super().prepare()
        known = sheets.known_fields(self.sheet.kind)
        offered = [("", _("Leave out")), *((each.code, _offered(each)) for each in known)]
        chosen = {column: code for code, column in self.sheet.mapping.items()}
        for index, head in enumerate(self.sheet.head):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=head or _("Column %(number)s") % {"number": index + 1}, choices=offered, required=False, initial=chosen.get(index, "")
            )

    def columns(self) -> list[tuple[Any, list[str]]]:
        """Return each column's field with the first values in it."""
        samples = [[row[index] for row in self.sheet.sample if index < len(row)] for index in range(len(self.sheet.head))]
        return [(self[f"column_{index}"], [each[:60] for each in sample if each][:3]) for index, sample in enumerate(samples)]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        mapping: dict[str, int] = {}
        for index in range(len(self.sheet.head)):
            code = self.cleaned_data[f"column_{index}"]
            if code in mapping:
                raise sheets.SheetColumnTwice(field=f"column_{index}", value=field_name(code))
            if code:
                mapping[code] = index
        sheets.choose(sheet_id=self.sheet.id, mapping=mapping, actor=actor, now=now)
        return Done(_("The dry run is under way."), target_id=self.sheet.id)


def _offered(field: sheets.Field) -> str:
    name = reading.pick(field.name)
    return _("%(name)s (only shown)") % {"name": name} if field.is_told else name


class Confirm(OfSheet):
    """Take the file over as the dry run showed."""

    title = gettext_lazy("Take the file over")
    submit = gettext_lazy("Take over")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.start(seen=self.sheet.seen)

    def facts(self) -> Sequence[Fact]:
        return [Fact(label, number, "number") for _state, label, number in _counts(self.sheet)]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        sheets.confirm(sheet_id=self.sheet.id, seen=self.cleaned_data["seen"], actor=actor, now=now)
        return Done(_("It is being taken over; this page shows how far it is."), target_id=self.sheet.id)


class Undo(OfSheet):
    """Take back what the file brought."""

    title = gettext_lazy("Undo the file")
    submit = gettext_lazy("Undo")
    is_grave = True
    caption = gettext_lazy(
        "Rows that nobody changed since go back to what they were; the others stay, and are listed. New products leave the shop, stock "
        "goes back by a movement, prices by a new row of their history, new customers stay. This can be done once."
    )

    def facts(self) -> Sequence[Fact]:
        return [Fact(label, number, "number") for _state, label, number in _counts(self.sheet)]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        sheets.undo(sheet_id=self.sheet.id, actor=actor, now=now)
        return Done(_("It is being undone; this page shows how far it is."), target_id=self.sheet.id)


class OfSheetView(CommandView):
    """Work on one file, for those alone who may bring files of its kind: its rows may speak of people."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer those who may; refuse the others before anything of the file is shown."""
        try:
            found = imports.sheet(RunId(kwargs["pk"]))
        except NotFound as gone:
            # Whether there is such a file is nobody's business who may see none.
            return missing(request, gone) if frame.may(request, self.command.act) else frame.refused(request)
        return super().dispatch(request, *args, **kwargs) if frame.may(request, sheets.act_of(found.kind)) else frame.refused(request)


def _view(command: type[Command]) -> Any:
    return (OfSheetView if issubclass(command, OfSheet) else CommandView).as_view(
        command=command, list_url=lambda: reverse("console_files"), list_title=gettext_lazy("Import and export"),
        page_url=lambda pk: reverse("console_file", args=[pk]),
    )  # fmt: skip


bring, choose, confirm, undo = (_view(each) for each in (Bring, Choose, Confirm, Undo))
