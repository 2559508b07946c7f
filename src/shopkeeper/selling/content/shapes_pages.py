"""What engines are told of a page, and how a page was found, as they cross their room's face."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.text import Bilingual

MOST_TITLE = 150
MOST_DESCRIPTION = 400
LANGUAGES = ("en", "zh-hans")
SLOW_MS = 600
"""Google calls a first byte that comes later than this slow."""


class WordsKind(StrEnum):
    """Of what staff write a title and a description for engines."""

    PRODUCT = "product"
    CATEGORY = "category"
    COLLECTION = "collection"


class PageKind(StrEnum):
    """The kinds of pages that engines may keep."""

    HOME = "home"
    SHELVES = "shelves"
    GOODS = "goods"
    CATEGORY = "category"
    COLLECTIONS = "collections"
    COLLECTION = "collection"
    PRODUCT = "product"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWords:
    """A title and a description for engines; what is empty in a language is made from the page itself."""

    title: Bilingual = field(default_factory=Bilingual)
    description: Bilingual = field(default_factory=Bilingual)

    @property
    def says_something(self) -> bool:
        """Whether anything was written at all."""
        return any((self.title.en, self.title.zh, self.description.en, self.description.zh))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A page by what it shows: `subject` is the id of a product, shelf or collection, or a text's kind; empty for the others."""

    kind: PageKind
    subject: str = ""


class Severity(StrEnum):
    """How grave a finding is: engines cannot keep the page at all, it is found worse for it, or it could be better."""

    STOPS = "stops"
    GRAVE = "grave"
    MINOR = "minor"


class Group(StrEnum):
    """What a page is looked at for."""

    TITLE = "title"
    DESCRIPTION = "description"
    HEADINGS = "headings"
    WORDS = "words"
    LINKS = "links"
    PICTURES = "pictures"
    ADDRESSES = "addresses"
    STRUCTURED = "structured"
    SPEED = "speed"


class FixAt(StrEnum):
    """Where a finding is mended: the words for engines, the text itself, the pictures, the shop's settings, or by who runs the shop."""

    WORDS = "words"
    TEXT = "text"
    PICTURES = "pictures"
    SHOP = "shop"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """A picture on a page; `alt` None: no word is said of it, empty: it is said to be an ornament."""

    address: str
    alt: str | None
    has_measure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A page of the shop as it was read, in one language; addresses are paths where they are the shop's own.

    `failure` says why it could not be shown, empty where it was. `broken` and `moved` are links within the shop that lead to nothing, or
    on to another address; `structured` are the kinds of things told to engines, `structured_faults` what these lack. `same_title` and
    `same_description` name another page with the same words. `size` in bytes before it is packed, `took_ms` until its first byte.
    """

    kind: PageKind
    address: str
    language: str
    status: int = 200
    failure: str = ""
    html_language: str = ""
    title: str = ""
    description: str = ""
    headings: tuple[tuple[int, str], ...] = ()
    pictures: tuple[Pictured, ...] = ()
    links: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    unnamed_links: tuple[str, ...] = ()
    canonical: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)
    is_kept_out: bool = False
    structured: tuple[str, ...] = ()
    structured_faults: tuple[str, ...] = ()
    card_picture: str = ""
    words: int = 0
    size: int = 0
    took_ms: int = 0
    same_title: str = ""
    same_description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found on a page: which, how grave, where it is mended, and the values it names."""

    code: str
    severity: Severity
    fix: FixAt
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a page was found when it was looked at last; `score_before` is that of the look before it, None at the first."""

    id: int
    page: PageRef
    language: str
    address: str
    title: str
    description: str
    status: int
    score: int
    score_before: int | None
    findings: tuple[Finding, ...]
    words: int
    size: int
    took_ms: int
    looked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the pages' scores are spread: `counts` of those from 0 to 9, 10 to 19 … 90 to 100; their mean, and what is found most."""

    counts: tuple[int, ...]
    mean: int
    pages: int
    oldest: datetime | None
    newest: datetime | None
    common: tuple[tuple[str, int], ...]
