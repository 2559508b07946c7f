"""What search is told and asked. Texts come in plain, in any language; the catalogue is not known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Refusal


class Order(StrEnum):
    """How what was found is ordered."""

    BEST = "best"
    PRICE_UP = "price"
    PRICE_DOWN = "-price"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A product's texts by weight: names (and SKUs) count most, then its category, then the long text. `rank` 1 sells best.

    `values` are what it is narrowed down by, e.g. {"category": ("tea", "kitchen")}; names and values are codes. `price_minor` is its least
    price (None: it has none).
    """

    product_id: ProductId
    names: Sequence[str]
    categories: Sequence[str] = ()
    texts: Sequence[str] = ()
    rank: int = 1_000_000
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    price_minor: int | None = None
    is_in_stock: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What of a product changes without its texts."""

    product_id: ProductId
    price_minor: int | None
    is_in_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What narrows a search down: of each name's values any, of the names all; of `prices` any, each from an amount to below another.

    Amounts are in minor units; None stands for no end.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prices: Sequence[tuple[int, int | None]] = ()
    in_stock: bool = False


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Page[ProductId]):
    """A page of what was found, best first.

    `instead`: what was searched for in place of what was typed, since that finds nothing (empty: as typed). `is_loose`: nothing holds every
    word, so these hold some. `values` counts, for each name and value that goods with these words have, what it would leave; `bands` the
    goods from each given price on (the first: below all of them); `in_stock` those that are there. `leads_to`: the path of this shop to
    which staff lead this query.
    """

    instead: str = ""
    is_loose: bool = False
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    bands: Sequence[int] = ()
    in_stock: int = 0
    leads_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """How what is being typed may go on: whole queries, and the products found so far."""

    queries: tuple[str, ...] = ()
    product_ids: tuple[ProductId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms:
    id: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    id: int
    asked: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    id: int
    asked: str
    product_ids: tuple[ProductId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOn:
    """How often something was searched for on a day; `words` is empty where they are not kept."""

    day: date
    language: str
    words: str
    searches: int
    in_vain: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStanding:
    """How the search server stands: what it is not told yet (`waiting`, the oldest for so long), how many goods are here and there.

    `built_at` None: never for this address. `is_late`: what it knows is too old; `refused`: goods it does not take, whenever it is told.
    Where it was asked, `goods_there` is what it holds, and `problem` why it does not answer, empty where it does.
    """

    address: str
    built_at: datetime | None
    waiting: int
    oldest_s: float
    goods: int
    refused: tuple[ProductId, ...]
    is_late: bool
    goods_there: int = 0
    problem: str = ""


class ServerSilent(Exception):
    """The search server gave no answer that can be used. `reason` is one of a few words, and never holds anything of the address."""

    def __init__(self, reason: str, *, status: int = 0) -> None:
        super().__init__(f"The search server gave no usable answer: {reason}")
        self.reason, self.status = reason, status


class AlreadySteered(Refusal):
    """Something of this kind is there for the same query or the same words."""

    code = "already_steered"


class OneWordOnly(Refusal):
    """A group of words that mean the same needs at least two of them."""

    code = "one_word_only"
