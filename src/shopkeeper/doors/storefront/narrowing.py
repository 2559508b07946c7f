"""Narrowing down what a page lists: the questions it asks, the answers that were given, and the same page without each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from shopkeeper.doors.storefront import kept, reading
from shopkeeper.flows import browse
from shopkeeper.selling.catalog.shapes import Facet, Narrowing, Sort

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a question that narrows down: what it is called, how many goods it leaves, whether it was given, its colour if any."""

    value: str
    name: str
    goods: int
    is_wanted: bool
    swatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question by which what is listed is narrowed down, as the address names it."""

    code: str
    name: str
    answers: tuple[Answer, ...]

    @property
    def wanted(self) -> list[Answer]:
        return [each for each in self.answers if each.is_wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An answer that was given, and the address of the same page without it."""

    question: str
    answer: str
    url: str


def questions(facets: Sequence[Facet]) -> list[Question]:
    """Return the catalogue's questions in the reader's language."""
    return [
        Question(
            code=facet.code,
            name=reading.pick(facet.name),
            answers=tuple(
                Answer(value=each.code, name=reading.pick(each.name), goods=each.products, is_wanted=each.is_wanted, swatch=each.swatch)
                for each in facet.choices
            ),
        )
        for facet in facets
    ]


def left_out(asked: Sequence[Question], query: Query) -> list[LeftOut]:
    """Return every answer that was given, with the address without it; `query` is the page's address as it is."""
    return [
        LeftOut(question=each.name, answer=answer.name, url="?" + urlencode([pair for pair in query if pair != (each.code, answer.value)]))
        for each in asked
        for answer in each.wanted
    ]


def wanted(request: HttpRequest) -> Narrowing:
    """Return what the address asks of a shelf; most ask nothing, and then nothing is looked up."""
    asked = {name: answers for name, answers in request.GET.lists() if name not in ("sort", "page")}
    return kept.of(request).narrowing(asked) if asked else browse.NOTHING_WANTED


def given(narrowing: Narrowing) -> list[tuple[str, str]]:
    """Return what is asked of a shelf as an address carries it."""
    return [(question, answer) for question, answers in narrowing.wanted for answer in answers]


def sort_of(value: str | None) -> Sort:
    """Return the order an address asks for; the shop's own for none, or for one there is not."""
    return Sort(value) if value in list(Sort) else Sort.FEATURED


def sorts(featured: str = "") -> list[tuple[str, str]]:
    """Return the orders a shopper may choose, each with its name; `featured` is what the shop's own is called here."""
    return [
        (Sort.FEATURED.value, featured or _("The shop’s choice")),
        (Sort.NEWEST.value, _("Newest first")),
        (Sort.PRICE_UP.value, _("Price, low to high")),
        (Sort.PRICE_DOWN.value, _("Price, high to low")),
        (Sort.NAME.value, _("By name")),
    ]


def base(query: Query) -> str:
    """Return the beginning of the address of another page of the same list."""
    return "?" + (urlencode(query) + "&" if query else "")
