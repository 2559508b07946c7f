"""The shapes every route shares: money with its currency, names in both languages, pages of a list, texts and numbers as they come in."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext_noop
from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.page import Page
from shopkeeper.kit.text import Bilingual

T = TypeVar("T")

MOST_ON_A_PAGE = 100
MOST_LINES = 100
MOST_TEXT = 1_000
MOST_ID = 2**63 - 1


def _printable(value: str) -> str:
    # NUL and lone surrogates cannot be stored; other control characters have no place in a name or a note.
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise PydanticCustomError("control_characters", "control characters")
    return value


def _in_utc(value: datetime) -> datetime:
    # PostgreSQL knows no zone sixteen hours or more away, and no year beyond ours: what arrives there is always UTC.
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("datetime_out_of_range", "outside the years 1 to 9999") from None


def _written_out(kind: str) -> Callable[[Any], Any]:
    """Return a check that a day or a moment is written out: a number alone would be read as seconds since 1970, which is not described."""

    def check(value: Any) -> Any:
        try:
            float(value)
        except (TypeError, ValueError):
            return value
        raise PydanticCustomError(kind, "a number is no date")

    return check


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out("datetime_parsing")), AfterValidator(_in_utc)]
"""A moment with its zone."""

Day = Annotated[date, BeforeValidator(_written_out("date_parsing"))]
"""A day, in the shop's time zone."""

Text = Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_printable)]
"""A text from outside: at most a thousand characters, none of them control characters. Rooms check what the field itself needs."""

Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""A slug, token, SKU or code that names one thing."""

Whole = Annotated[int, Field(strict=True)]
"""A whole number in JSON: neither 1.0 nor "1"."""

Flag = Annotated[bool, Field(strict=True)]
"""A yes or no in JSON: neither 1 nor "yes"."""

Minor = Annotated[int, Field(strict=True, ge=0, le=MOST_MINOR)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=MOST_ID)]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)]
Number = Annotated[int, Field(ge=1, le=MOST_ID)]


class Sent(Schema):
    __doc__ = gettext_noop("What a caller sends: a field that is not known is refused, so that a misspelt one is never passed over.")

    model_config = ConfigDict(extra="forbid")


class Words(Sent):
    __doc__ = gettext_noop("A text as staff wrote it: one of the languages may be empty.")

    en: Text = ""
    zh: Text = ""


class Both(Schema):
    __doc__ = gettext_noop("A text in English and 简体中文; where the shop has only one of them, both say the same.")

    en: str
    zh: str


class Money(Schema):
    __doc__ = gettext_noop("An amount in the minor unit of its currency: 1250 GBP is £12.50.")

    amount_minor: int
    currency: str


class Paged(Schema, Generic[T]):
    __doc__ = gettext_noop("One page of a list: `page` of `pages`, `size` to a page, out of `total`.")

    items: list[T]
    page: int
    pages: int
    size: int
    total: int


def both(text: Bilingual) -> Both:
    """Return a text in both languages, each falling back to the other."""
    return Both(en=text.pick("en"), zh=text.pick("zh"))


def bilingual(words: Words) -> Bilingual:
    """Return what staff wrote, without spaces at its ends."""
    return Bilingual(words.en.strip(), words.zh.strip())


def words_of(text: Bilingual) -> Words:
    """Return a text as staff wrote it."""
    return Words(en=text.en, zh=text.zh)


def money(minor: int, currency: str) -> Money:
    """Return minor units with their currency."""
    return Money(amount_minor=minor, currency=currency)


def money_or_none(minor: int | None, currency: str) -> Money | None:
    """Return minor units with their currency, None where there is no amount."""
    return None if minor is None else money(minor, currency)


def paged(page: Page[Any], items: Iterable[T]) -> Paged[T]:
    """Return a room's page with its items as this door shows them."""
    return Paged(items=list(items), page=page.number, pages=page.pages, size=page.size, total=page.total)


def paged_from(whole: Sequence[Any], number: int, size: int, told: Callable[[Any], T] | None = None) -> Paged[T]:
    """Return one page of a short list that a face returns whole, each as `told` writes it."""
    page: Page[Any] = Page(items=(), total=len(whole), number=number, size=size)
    here = whole[(number - 1) * size : number * size]
    return paged(page, [told(each) for each in here] if told else here)
