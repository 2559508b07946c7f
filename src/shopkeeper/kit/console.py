"""How a room tells the console about itself: what its lists show, and the forms through which staff act.

Declarations only. `doors/console` turns a `Listing` into a Wagtail list with search, filters, export and bulk acts, and a
`Command` into a page with a form; it asks for permission, reads the clock and puts refusals beside the field in the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopkeeper.kit import money
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual

Kind = Literal[
    "text", "code", "reference", "number", "change", "money", "moment", "pill", "picture", "bilingual", "long", "prose", "country",
    "percent", "currency",
]  # fmt: skip
Tone = Literal["quiet", "good", "warn", "bad", "info"]
Row = Any


@dataclass(frozen=True, slots=True)
class Pill:
    """A state in a word, on a quiet ground of its meaning."""

    label: str
    tone: Tone = "quiet"


States = Mapping[str, tuple[Any, Tone]]


# Notes that the shop itself writes into its ledgers; those that people write stay in their own words.
_OWN_NOTES = {"derived from trade": _("derived from trade")}


def own_words(note: str) -> str:
    """Return a note in the reader's language where the shop itself wrote it, else as it was written."""
    return str(_OWN_NOTES.get(note, note))


def pill(known: States, code: str) -> Pill:
    """Return a state's pill; a code nobody put into words yet shows as it is."""
    label, tone = known.get(code, (code, "quiet"))
    return Pill(str(label), tone)


def word(known: Mapping[str, Any], code: str) -> str:
    """Return the word for a code; one nobody put into words yet shows as it is."""
    return str(known.get(code, code))


def both(row: Row, name: str) -> Bilingual:
    """Return the pair of columns `name_en`, `name_zh` of a row as one text."""
    return Bilingual(getattr(row, f"{name}_en"), getattr(row, f"{name}_zh"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `value` reads the row (default: the attribute `name`), `note` a second, quieter line, `url` makes it a link.

    `sort` is the field to order by; empty means the column does not sort. A money value is in the shop's currency. `is_minor` columns step
    aside on a phone.
    """

    name: str
    label: Any
    value: Callable[[Row], object] | None = None
    kind: Kind = "text"
    sort: str = ""
    note: Callable[[Row], object] | None = None
    url: Callable[[Row], str | None] | None = None
    is_minor: bool = False

    def read(self, row: Row) -> object:
        """Return the raw value of this column for a row."""
        return self.value(row) if self.value else getattr(row, self.name)


def name_column(desk: str, *, label: Any, note: Callable[[Row], object]) -> Column:
    """Return the first column of a list whose rows have a name in both languages and open in the form that changes them."""
    return Column(
        name="name",
        label=label,
        value=lambda row: both(row, "name"),
        note=note,
        url=lambda row: reverse(f"console_{desk}:edit", args=[row.pk]),
    )


def state_column(label: Any, states: States, *, note: Callable[[Row], object] | None = None) -> Column:
    """Return the column that shows the field `state` as a pill."""
    return Column(name="state", label=label, value=lambda row: pill(states, row.state), note=note, kind="pill", sort="state")


def active_column(label: Any, *, on: Any, off: Any) -> Column:
    """Return the column that says whether a row is in use."""
    return Column(
        name="is_active",
        label=label,
        value=lambda row: Pill(str(on), "good") if row.is_active else Pill(str(off), "quiet"),
        kind="pill",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter with a fixed set of answers; `apply` narrows the rows, `choices` is asked anew for each page."""

    name: str
    label: Any
    choices: Callable[[], Sequence[tuple[str, Any]]]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]


def state_choice(label: Any, states: States) -> Choice:
    """Return the filter by the field `state`."""
    return Choice(
        name="state",
        label=label,
        choices=lambda: [(code, words) for code, (words, _tone) in states.items()],
        apply=lambda rows, value: rows.filter(state=value),
    )


def by_goods(rows: QuerySet[Any], text: str, *, variant: str = "variant", also: Q | None = None) -> QuerySet[Any]:
    """Return the rows whose goods have the text in their name, or a SKU that begins with it; `variant` is the way to the variant."""
    variants = rows.model
    for step in variant.split("__"):
        variants = variants._meta.get_field(step).related_model
    products = variants._meta.get_field("product").related_model
    # Goods first, by themselves: names are read once for each product, and SKUs by their index.
    named = products.objects.filter(Q(name_en__icontains=text) | Q(name_zh__icontains=text)).order_by().values("pk")
    of_sku = variants.objects.filter(sku__istartswith=text).order_by().values("pk")
    found = variants.objects.filter(product__in=named).order_by().values("pk").union(of_sku)
    of_goods = Q(**{f"{variant}__in": found})
    if also is None:
        return rows.filter(of_goods)
    every = rows.model._default_manager.order_by()
    return rows.filter(pk__in=every.filter(of_goods).values("pk").union(every.filter(also).values("pk")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A filter by day, from and to, both included, in the shop's zone; `moment` is the field it looks at."""

    name: str
    label: Any
    moment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Something done to each of many chosen rows: `run(id, actor, now)` is one call of a face.

    A refusal stops that row only and is shown. `ask` is the question before, `done` the words after.
    """

    name: str
    label: Any
    act: str
    ask: Any
    done: Any
    run: Callable[[int, UserId, datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A page about many chosen rows: `url` makes its address from their ids.

    `everything` makes it from the list's own query, for all rows that search and filters leave; `all_of` is what that is called.
    """

    name: str
    label: Any
    act: str
    url: Callable[[Sequence[int]], str]
    everything: Callable[[Any], str] | None = None
    all_of: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the picture above a list: how many, in the colour of what that means, and where those rows are."""

    label: str
    value: int
    url: str = ""
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that staff see. `rows` returns the explicit queryset (with its select_related), `see` the act it needs.

    `search` narrows by typed text. `also` reads, once per page, what other rooms know of the rows on it, by primary key; columns find it
    as the row's attribute `also`. `export` is the act needed to take the list away as a file (empty: the same as `see`). `bulk` acts on
    chosen rows or leads to a page about them. `warning` is asked for each page: words to stand above the list, empty for none;
    `sums` for what the rows on all its pages amount to, of the period answered in the filter by day that `sums_over` names: of the present
    month where it was left open, so that they never cost a look at everything there ever was.
    `bars` is a picture above the list, asked for each page and called `bars_of`.
    """

    name: str
    title: Any
    caption: Any
    empty: Any
    see: str
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    search_hint: Any = ""
    also: Callable[[Sequence[Row]], Mapping[int, Any]] | None = None
    export: str = ""
    filters: tuple[Choice | Days, ...] = ()
    bulk: tuple[Bulk | Lead, ...] = ()
    size: int = 50
    warning: Callable[[], Any] = str
    sums: Callable[[QuerySet[Any]], Sequence["Fact"]] | None = None
    sums_over: str = ""
    bars: Callable[[], Sequence[Bar]] | None = None
    bars_of: Any = ""

    def but(self, **changes: Any) -> "Listing":
        """Return this list with some parts replaced: how a door adds what other rooms know."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form needs to know of the shop and the reader."""

    currency: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answers: a sentence for the reader and, where it leads elsewhere, the id of the row it made.

    `tone` is good where it is done, warn where it is not done yet, bad where somebody else refused. `url` leads to a page of another list.
    """

    sentence: str
    target_id: int | None = None
    tone: Literal["good", "warn", "bad"] = "good"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what a form's page says beside it."""

    label: str
    value: object
    kind: Kind = "text"


class Command(forms.Form):
    """A form through which staff ask a room's face for one thing.

    Subclasses name `act` (asked of access before the form is shown and again before it runs), `title`, `submit`, and implement `run`.
    `target_id` is the row it is about, None where it makes one. `RENAMED` maps a face's argument names to this form's fields.
    """

    act: ClassVar[str]
    title: Any
    submit: Any
    caption: Any = ""
    is_grave: ClassVar[bool] = False
    also_submits: Sequence[tuple[str, Any]] = ()
    """Further buttons beside the first: the name under which the pressed one is sent, and what stands on it."""
    RENAMED: ClassVar[Mapping[str, str]] = {}
    groups: Sequence[tuple[Any, Sequence[str]]] = ()
    asked_for: ClassVar[Mapping[str, tuple[str, Sequence[str]]]] = {}
    """Fields asked only where another field has one of these answers; without a script all are asked, and these alone are read."""
    reader: UserId | None = None
    """Who sends the form; nobody yet while it is only shown."""

    def __init__(
        self, *args: Any, target_id: int | None = None, setting: Setting, asked: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        self.target_id = target_id
        self.setting = setting
        self.asked = asked or {}
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for each in self.fields.values():
            if isinstance(each, MoneyField):
                each.currency = setting.currency
        self.prepare()
        for each in self.fields.values():
            each.error_messages["required"] = _("“%(field)s” is empty: fill it in.") % {"field": each.label or ""}

    def prepare(self) -> None:
        """Load what the form is about: set initial values and choices. Raises NotFound."""

    def clean(self) -> dict[str, Any]:
        """Leave out what the answers do not ask for: nobody is refused for a field that plays no part."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [name for name in self.asked_for if not self._is_asked(name, found)]:
            self.errors.pop(name, None)
            found.pop(name, None)
        return found

    def _is_asked(self, name: str, found: Mapping[str, Any]) -> bool:
        asker, answers = self.asked_for.get(name, ("", ()))
        return not asker or (found.get(asker) in answers and self._is_asked(asker, found))

    def name(self) -> str:
        """Return the name of the thing the form is about, for its title."""
        return ""

    def facts(self) -> Sequence[Fact]:
        """Return what is true now and worth seeing beside the form."""
        return ()

    def is_seen(self) -> bool:
        """Return whether the reader has seen what these answers come to; if not, the form is shown again with it. Raises as `run` does."""
        return True

    def explain(self, refusal: Refusal) -> str:
        """Return this form's own words for a refusal, where it knows more than the door does; else nothing."""
        return ""

    def why_it_waits(self, values: Mapping[str, Any]) -> Sequence[str]:
        """Return why what was asked waits for a second person, in sentences, where this form knows; `values` are what was frozen."""
        return ()

    def run(self, *, actor: UserId, now: datetime) -> Done:
        """Call the room's face with the cleaned values. Raises what the face raises."""
        raise NotImplementedError

    def start(self, **values: object) -> None:
        """Set the values an unanswered form begins with."""
        for key, value in values.items():
            each = self.fields[key]
            each.initial = each.prepare_minor(value) if isinstance(each, MoneyField) else value

    def field_of(self, name: str | None) -> str | None:
        """Return this form's field for a face's argument name, None where it has none."""
        if not name:
            return None
        name = self.RENAMED.get(name, name)
        for guess in (name, name.removesuffix("_minor"), name.removesuffix("_id"), name.replace(".", "_")):
            if guess in self.fields:
                return guess
        return None


class MoneyField(forms.DecimalField):
    """An amount typed in whole currency, cleaned to minor units of the shop's currency."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        self.currency = "GBP"
        self.least = least
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def prepare_minor(self, value: object) -> object:
        """Return minor units as the decimal a person types."""
        return money.to_decimal(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return minor units. Raises ValidationError naming the value and what would be accepted."""
        try:
            amount = super().clean(value)
        except ValidationError as wrong:
            if wrong.code == "required" or value in self.empty_values:
                raise
            raise ValidationError(_("“%(value)s” is not an amount: write it like 12.50."), params={"value": value}) from wrong
        if amount is None:
            return None
        digits = money.exponent(self.currency)
        exact = amount.scaleb(digits) if amount.adjusted() < 30 else Decimal(money.MOST_MINOR + 1)
        if exact != exact.to_integral_value():
            raise ValidationError(
                _("“%(value)s” is finer than the currency: give at most %(digits)s decimals."), params={"value": value, "digits": digits}
            )
        if not self.least <= exact <= money.MOST_MINOR:
            raise ValidationError(
                _("“%(value)s” is out of range: give an amount from %(least)s to %(most)s."),
                params={
                    "value": value,
                    "least": money.to_decimal(self.least, self.currency),
                    "most": f"{money.to_decimal(money.MOST_MINOR, self.currency):,}",
                },
            )
        return int(exact)


class SeenInput(forms.HiddenInput):
    """A hidden input with the mark of what the page shows; not with the mark that was sent, which may be of something else."""

    mark = ""

    def format_value(self, value: object) -> str:
        """Return the mark of what is shown now, empty where nothing is."""
        return self.mark


class SeenField(forms.CharField):
    """Which answers the reader has seen the outcome of: `show` marks what the page shows now."""

    widget = SeenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def show(self, mark: str) -> None:
        """Let the page carry this mark."""
        assert isinstance(self.widget, SeenInput)
        self.widget.mark = mark


class UnitsField(forms.IntegerField):
    """Whole pieces. The refusal names the value and the range."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def clean(self, value: Any) -> Any:
        """Return the number. Raises ValidationError naming the value and what would be accepted."""
        try:
            units = super().clean(value)
        except ValidationError as wrong:
            if wrong.code == "required" or value in self.empty_values:
                raise
            raise ValidationError(_("“%(value)s” is not a whole number: give digits only."), params={"value": value}) from wrong
        if units is not None and not self.least <= units <= self.most:
            raise ValidationError(
                _("“%(value)s” is out of range: give a whole number from %(least)s to %(most)s."),
                params={"value": value, "least": self.least, "most": self.most},
            )
        return units


class DayField(forms.DateField):
    """A day as YYYY-MM-DD between 2000 and 2100."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the day. Raises ValidationError naming the value and the form it needs."""
        try:
            day = super().clean(value)
        except ValidationError as wrong:
            if value in self.empty_values:
                raise
            raise ValidationError(
                _("“%(value)s” is not a day of the calendar: write it as 2026-11-22."), params={"value": value}
            ) from wrong
        if day is not None and not date(2000, 1, 1) <= day <= date(2100, 12, 31):
            raise ValidationError(_("“%(value)s” is out of range: give a day from 2000-01-01 to 2100-12-31."), params={"value": value})
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPages:
    """Everything one room shows in the console: its lists and its commands by name."""

    room: str
    listings: tuple[Listing, ...] = ()
    commands: Mapping[str, type[Command]] = field(default_factory=dict)
