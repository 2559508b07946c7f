"""A room's list as a page: search, filters, order, pages, export, and acts on many rows at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from shopkeeper.doors import refusals
from shopkeeper.doors.console import cells, filing, frame, reading, sheets
from shopkeeper.kit import together
from shopkeeper.kit.console import Bar, Bulk, Choice, Column, DayField, Days, Lead, Listing
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.time import day_starts

MOST_TYPED = 200
MOST_AT_ONCE = 200
EXPORT_STEP = 500
TO_BRING = "bring-"
"""What an export begins with that an import can read."""


@dataclass(frozen=True, slots=True)
class Cell:
    html: SafeString
    note: SafeString | None
    url: str | None
    label: str
    classes: str


@dataclass(frozen=True, slots=True)
class Line:
    pk: int
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Head:
    label: str
    classes: str
    sort_url: str
    sorted: str


class ListingView(View):
    """One list. GET shows or exports it; POST asks about, then does, a bulk act on the chosen rows."""

    listing: Listing = None  # type: ignore[assignment]
    desk: Any = None
    adder: Any = None
    adds: str = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not frame.may(request, self.listing.see):
            return frame.refused(request)
        self.setting = frame.setting()
        return super().dispatch(request, *args, **kwargs)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, request: HttpRequest) -> HttpResponseBase:
        kind = request.GET.get("export")
        if kind:
            return self.exported(kind)
        return TemplateResponse(request, "console/list.html", self.context(), status=400 if self.form.errors else 200)

    @cached_property
    def form(self) -> forms.Form:
        """Return the filters as they were answered; wrong answers carry their error and do not narrow the list."""
        fields: dict[str, forms.Field] = {}
        offered = self.offered()
        for each in self.listing.filters:
            if isinstance(each, Choice):
                choices = [("", _("All")), *offered[each.name]]
                fields[each.name] = forms.ChoiceField(label=each.label, choices=choices, required=False)
            else:
                fields[f"{each.name}_from"] = DayField(label=_("%(what)s from") % {"what": each.label}, required=False)
                fields[f"{each.name}_to"] = DayField(label=_("to"), required=False)
        form = type("Filters", (forms.Form,), fields)(self.request.GET)
        form.label_suffix = ""
        form.is_valid()
        for each in self.listing.filters:
            if isinstance(each, Days):
                self._check_order(form, each)
        return form  # type: ignore[no-any-return]

    def offered(self) -> dict[str, list[Any]]:
        """Return what each filter can be answered with: one query for all that stand in tables."""
        asked = {each.name: each.choices for each in self.listing.filters if isinstance(each, Choice)}
        found = together.read(*(lambda choices=choices: list(choices()) for choices in asked.values()))
        return dict(zip(asked, found, strict=True))

    def _check_order(self, form: forms.Form, days: Days) -> None:
        first, last = form.cleaned_data.get(f"{days.name}_from"), form.cleaned_data.get(f"{days.name}_to")
        if first and last and first > last:
            words = _("The last day, %(last)s, lies before the first, %(first)s: swap them.") % {"last": last, "first": first}
            form.add_error(f"{days.name}_to", words)

    @cached_property
    def typed(self) -> str:
        return " ".join(self.request.GET.get("q", "").replace("\x00", " ").split())[:MOST_TYPED]

    @cached_property
    def rows(self) -> QuerySet[Any]:
        rows = self.listing.rows()
        if self.typed and self.listing.search:
            rows = self.listing.search(rows, self.typed)
        for each in self.listing.filters:
            rows = self._narrowed(rows, each)
        return rows.order_by(*self.order)

    def _narrowed(self, rows: QuerySet[Any], each: Choice | Days) -> QuerySet[Any]:
        answers = self.form.cleaned_data
        if isinstance(each, Choice):
            return each.apply(rows, answers[each.name]) if answers.get(each.name) else rows
        first, last = answers.get(f"{each.name}_from"), answers.get(f"{each.name}_to")
        if first:
            rows = rows.filter(**{f"{each.moment}__gte": day_starts(first, self.setting.zone)})
        if last:
            rows = rows.filter(**{f"{each.moment}__lt": day_starts(_after(last), self.setting.zone)})
        return rows

    @cached_property
    def order(self) -> tuple[str, ...]:
        wanted = self.request.GET.get("order", "")
        known = {column.sort for column in self.listing.columns if column.sort}
        if wanted.removeprefix("-") in known:
            return (wanted, f"{'-' if wanted.startswith('-') else ''}pk")
        return self.listing.order

    @cached_property
    def page(self) -> Page[Any]:
        pages, wanted = Paginator(self.rows, self.listing.size), self.request.GET.get("p", "1")
        number = max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        also = self.listing.bars or tuple
        counted, rows, self.bars = together.read(lambda: self._count(number), lambda: self._rows_on(number), also)
        pages.count = counted
        page = pages.get_page(self.request.GET.get("p"))
        page.object_list = rows if page.number == number else self._rows_on(page.number)
        return page

    def _count(self, number: int) -> int:
        found = self._found(number) if self.typed else []
        return found[0][1] if found else self.rows.count()

    def _rows_on(self, number: int) -> list[Any]:
        """Return the rows on a page: what they show of other tables is joined to those few, never to all before them."""
        first = (number - 1) * self.listing.size
        keys = [key for key, _all in self._found(number)] if self.typed else self.rows.values("pk")[first : first + self.listing.size]
        return list(self.listing.rows().filter(pk__in=keys).order_by(*self.order))

    def _found(self, number: int) -> list[tuple[Any, int]]:
        """Return the keys on a page of what was searched for, each with the number of all: words are looked for in every name once."""
        first = (number - 1) * self.listing.size
        return list(self.rows.annotate(of_all=Window(Count("*"))).values_list("pk", "of_all")[first : first + self.listing.size])

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def context(self) -> dict[str, Any]:
        rows = self.known(list(self.page.object_list))
        return {
            "listing": self.listing,
            "warning": self.listing.warning(),
            **self.summed(),
            "form": self.form,
            "typed": self.typed,
            "can_search": self.listing.search is not None,
            "is_narrowed": bool(self.typed or any(self.form.cleaned_data.values()) or self.form.errors),
            "heads": self.heads(),
            "lines": [self.line(row) for row in rows],
            "page": self.page,
            "bars": _shares(self.bars),
            "earlier": self.address(p=self.page.number - 1) if self.page.has_previous() else "",
            "later": self.address(p=self.page.number + 1) if self.page.has_next() else "",
            "bulk": [each for each in self.listing.bulk if frame.may(self.request, each.act)],
            "whole": [
                (each.all_of, each.everything(self.request.GET))
                for each in self.listing.bulk
                if isinstance(each, Lead) and each.everything and frame.may(self.request, each.act)
            ],
            "add": self.add(),
            "exports": ([(kind.upper(), self.address(export=kind)) for kind in sheets.FORMATS] if self.may_export else [])
            + [
                (_("%(format)s to change and bring back") % {"format": form}, self.address(export=f"{TO_BRING}{kind}"))
                for kind, form in filing.FORMS.items()
                if self.may_bring
            ],
            "order": self.request.GET.get("order", ""),
        }

    def summed(self) -> dict[str, Any]:
        """Return what the rows on all pages amount to, of a period that has a first day, and which period that is."""
        days = next((each for each in self.listing.filters if isinstance(each, Days) and each.name == self.listing.sums_over), None)
        if self.listing.sums is None or days is None or self.form.errors:
            return {}
        answers, today = self.form.cleaned_data, frame.now().astimezone(ZoneInfo(self.setting.zone)).date()
        last = answers.get(f"{days.name}_to")
        first = answers.get(f"{days.name}_from") or (last or today).replace(day=1)
        facts = self.listing.sums(self.rows.filter(**{f"{days.moment}__gte": day_starts(first, self.setting.zone)}))
        said = {"what": days.label, "first": reading.short_day(first), "last": reading.short_day(last or max(first, today))}
        return {
            "sums": [(fact.label, cells.draw(fact.value, fact.kind, self.setting)) for fact in facts],
            "sums_of": _("Of those in the list below: %(what)s %(first)s – %(last)s. Choose other days for other sums.") % said,
        }

    def add(self) -> tuple[str, str] | None:
        """Return the address and the words of the button that makes a new row, if the reader may."""
        if self.adder is None or not frame.may(self.request, self.adder.act):
            return None
        return reverse(f"{self.desk.url_namespace}:{self.adds}"), str(self.adder.title)

    @property
    def may_export(self) -> bool:
        return frame.may(self.request, self.listing.export or self.listing.see)

    @property
    def may_bring(self) -> bool:
        return self.listing.name in filing.KINDS and frame.may(self.request, f"sheets.{self.listing.name}")

    def known(self, rows: list[Any]) -> list[Any]:
        """Give each row, as `also`, what other rooms know of it: one call for all of them."""
        if self.listing.also:
            found = self.listing.also(rows)
            for row in rows:
                row.also = found.get(row.pk)
        return rows

    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.listing.columns]

    def _head(self, column: Column) -> Head:
        present = self.order[0]
        state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(present, "") if column.sort else ""
        url = (
            self.address(order=column.sort if state == "descending" else f"-{column.sort}" if state else column.sort, p=None)
            if column.sort
            else ""
        )
        return Head(label=str(column.label), classes=_classes(column), sort_url=url, sorted=state)

    def line(self, row: Any) -> Line:
        made = tuple(self._cell(column, row, index) for index, column in enumerate(self.listing.columns))
        title = next((str(cell.html) for cell, column in zip(made, self.listing.columns, strict=True) if column.url), "")
        return Line(pk=row.pk, title=title, cells=made)

    def _cell(self, column: Column, row: Any, index: int) -> Cell:
        note = column.note(row) if column.note else None
        classes = _classes(column)
        leads = column.url is not None
        return Cell(
            html=cells.draw(column.read(row), column.kind, self.setting),
            note=None if note in (None, "") else cells.draw(note, "text", self.setting),
            url=self._led(column, row),
            label=str(column.label),
            classes=f"{classes} lead".strip() if leads else classes,
        )

    def _led(self, column: Column, row: Any) -> str | None:
        """Return where a cell leads, where the reader may go there: asked of the first address of each column."""
        url = column.url(row) if column.url else None
        if url and column.name not in self.opened:
            self.opened[column.name] = frame.may_open(self.request, url)
        return url if url and self.opened[column.name] else None

    @cached_property
    def opened(self) -> dict[str, bool]:
        """Return, by column, whether the reader may open what its cells lead to, as far as it was asked."""
        return {}

    def address(self, **changes: object) -> str:
        """Return this page's address with some answers changed; None takes one out."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        query.pop("export", None) if "export" not in changes else None
        return f"?{query.urlencode()}"

    # ── as a file ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def brought_back(self, kind: str) -> HttpResponseBase:
        """Return the rows of this list as a file that can be changed and brought back, with what an import knows of them."""
        if not self.may_bring:
            return frame.refused(self.request)
        # Shelves and prices stand for the goods on them.
        named = "variant_id" if self.listing.name in ("stock", "prices") else "pk"
        ids = list(dict.fromkeys(self.rows.values_list(named, flat=True)))
        return filing.taken_away(self.request, self.listing.name, kind, filing.language(), ids)

    def exported(self, kind: str) -> HttpResponseBase:
        if kind.startswith(TO_BRING):
            return self.brought_back(kind.removeprefix(TO_BRING))
        if not self.may_export:
            return frame.refused(self.request)
        if self.form.errors:
            return TemplateResponse(self.request, "console/list.html", self.context(), status=400)
        columns = [column for column in self.listing.columns if column.kind != "picture"]
        # Amounts are bare numbers in a file, so their currency stands beside them.
        currency = [self.setting.currency] if any(column.kind == "money" for column in columns) else []
        head = [*(str(column.label) for column in columns), *(_("Currency") for _each in currency)]
        name = f"{slugify(self.listing.name)}-{frame.now():%Y%m%d-%H%M}"
        return sheets.response(kind, name=name, head=head, rows=self._plain_rows(columns, currency), zone=self.setting.zone)

    def _plain_rows(self, columns: Sequence[Column], more: Sequence[sheets.Cell]) -> Iterator[list[sheets.Cell]]:
        rows = self.rows.iterator(chunk_size=EXPORT_STEP)
        while step := list(islice(rows, EXPORT_STEP)):
            for row in self.known(step):
                yield [*(cells.plain(column, row, self.setting) for column in columns), *more]

    # ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────

    def post(self, request: HttpRequest) -> HttpResponse:
        bulk = next((each for each in self.listing.bulk if each.name == request.POST.get("bulk")), None)
        if bulk is None or not frame.may(request, bulk.act):
            return frame.refused(request)
        chosen = [int(value) for value in request.POST.getlist("row") if value.isascii() and value.isdigit() and len(value) < 19]
        if not chosen:
            messages.error(request, _("Nothing was chosen: tick the rows first."))
            return redirect(f"{request.path}?{request.GET.urlencode()}")
        if isinstance(bulk, Lead):
            return redirect(bulk.url(list(dict.fromkeys(chosen))))
        chosen = list(dict.fromkeys(chosen))[:MOST_AT_ONCE]
        if request.POST.get("sure") != "1":
            rows = self.known(list(self.listing.rows().filter(pk__in=chosen)))
            return TemplateResponse(
                request,
                "console/bulk.html",
                {"listing": self.listing, "bulk": bulk, "lines": [self.line(row) for row in rows], "heads": self.heads()},
            )
        self._do(bulk, chosen)
        return redirect(f"{request.path}?{request.GET.urlencode()}")

    def _do(self, bulk: Bulk, chosen: Sequence[int]) -> None:
        done, actor, at = 0, frame.reader(self.request), frame.now()
        for pk in chosen:
            try:
                bulk.run(pk, actor, at)
            except Refusal as refusal:
                told = refusals.explain(refusal)
                messages.error(self.request, f"{pk}: {told.problem} {told.remedy}")
            else:
                done += 1
        if done:
            words = ngettext("%(what)s: %(count)d row.", "%(what)s: %(count)d rows.", done)
            messages.success(self.request, words % {"what": bulk.done, "count": done})


def _shares(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    """Return bars with their share of the whole, of which the longest fills its line."""
    whole, longest = sum(each.value for each in bars), max((each.value for each in bars), default=0)
    return [
        {"bar": each, "share": reading.percent(round(100 * each.value / whole) * 100), "width": round(100 * each.value / longest)}
        for each in bars
        if longest
    ]


def _classes(column: Column) -> str:
    found = ["n"] if column.kind in cells.NUMBERS else ["nowrap"] if column.kind in ("moment", "pill") else []
    return " ".join([*found, *(["minor"] if column.is_minor else [])])


def _after(day: date) -> date:
    return day + timedelta(days=1)
