"""What a process remembers of the catalogue, as long as the marks of its parts stand: shelves and names, never prices or stock.

Only which goods follow stock into a collection is remembered too, for some seconds: nothing marks that, and in a large shop it costs a look
at every shelf of every warehouse.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from sys import getsizeof
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest

from shopkeeper.flows import browse
from shopkeeper.flows import collections as collecting
from shopkeeper.kit.ids import CategoryId, ProductId
from shopkeeper.kit.page import Page
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Brand, Category, Editions, Facet, Narrowing, Product, Sort, Trait
from shopkeeper.selling.catalog.shapes_collections import Collection
from shopkeeper.selling.catalog.shapes_options import Extras
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, WordsKind
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop

T = TypeVar("T")

MOST_BYTES = 16_000_000
"""So much a process remembers. What was asked for longest ago goes first; a list of ids takes eight bytes a product."""

STOCK_MAY_LAG_S = 5.0
"""So long which goods follow stock into a collection is taken as it was found. How many of each are left is read anew for every page."""


class Memory:
    """Values under the marks they were read at, the one asked for longest ago first, and how many bytes they are."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, mark: Hashable) -> Any:
        """Return the value of a key under a mark, which counts as asked for; MISSING where there is none."""
        with self._lock:
            found = self._values.get(key)
            if found is None or found[0] != mark:
                return MISSING
            self._values.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, mark: Hashable, value: Any) -> None:
        """Keep a value, unless it alone is more than may be kept; the longest unasked go until there is room."""
        size = weigh(value)
        with self._lock:
            former = self._values.pop(key, None)
            self.size -= former[2] if former else 0
            if size > MOST_BYTES:
                return
            self._values[key] = (mark, value, size)
            self.size += size
            while self.size > MOST_BYTES:
                _key, (_mark, _value, gone) = self._values.popitem(last=False)
                self.size -= gone

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._values.clear()
            self.size = 0


MISSING = object()


def weigh(value: object) -> int:
    """Return about how many bytes a value takes with all it holds; what it holds twice is counted once, classes and enums not at all."""
    seen: set[int] = set()
    waiting, size = [value], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | Enum):
            continue
        seen.add(id(each))
        size += getsizeof(each)
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, tuple | list | set | frozenset):
            waiting += each
        elif is_dataclass(each):
            waiting += [getattr(each, field.name) for field in fields(each)]
    return size


_kept = Memory()


def forget() -> None:
    """Read everything anew from here on."""
    _kept.clear()


def of(request: HttpRequest) -> "Reading":
    """Return the catalogue as this request reads it; its marks are read first, once in a request."""
    found: Reading | None = getattr(request, "_reading", None)
    if found is None:
        found = Reading(editions=_editions())
        request._reading = found  # type: ignore[attr-defined]
    return found


def _editions() -> Editions:
    try:
        found = catalog.editions()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        # The database was started anew behind this connection: the next one reaches it.
        connection.close()
        found = catalog.editions()
    # It has just answered, so Django need not ask whether it is there before every further statement of this request.
    connection.health_check_done = True  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The catalogue at the marks that were read at the beginning: what was kept under the same marks is not read again."""

    editions: Editions

    @property
    def look(self) -> browse.Look:
        """Return how flows read the catalogue here."""
        return browse.Look(
            categories=self.categories,
            brands=self.brands,
            attributes=self.attributes,
            listing=self.listing,
            by_price=self.by_price,
            facets=self.facets,
            counted=self.counted,
            traits=self.traits,
            extras=self.extras,
            products=self.products,
        )

    def shop(self) -> Shop:
        """Return the shop's own particulars. Raises ShopNotOpen."""
        return self._get("shop", (), shops.shop)

    def categories(self) -> tuple[Category, ...]:
        """Return every category by position."""
        return self._get("categories", (), catalog.categories)

    def brands(self) -> tuple[Brand, ...]:
        """Return every brand, for its name: how many goods it has may have changed."""
        return self._get("brands", (), catalog.brands)

    def attributes(self) -> tuple[Attribute, ...]:
        """Return every attribute with its answers, in its order."""
        return self._get("attributes", (), catalog.attributes)

    def collections(self) -> tuple[Collection, ...]:
        """Return every collection by position, shown or not."""
        return self._get("collections", (), catalog.collections)

    @property
    def keeping(self) -> collecting.Keeping:
        """Return how what is read of collections is remembered here."""
        return collecting.Keeping(marked=self.keep, briefly=self.keep_briefly)

    def keep(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what rests on the whole catalogue and its prices, read anew once any of it changed."""
        return self._get(key, None, read)

    def keep_briefly(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what rests on stock besides, which moves no mark: read anew every STOCK_MAY_LAG_S seconds."""
        return self._get(key, None, read, at=int(monotonic() / STOCK_MAY_LAG_S)) if STOCK_MAY_LAG_S > 0 else read()

    def narrowing(self, asked: Mapping[str, Sequence[str]]) -> Narrowing:
        """Return what an address asks of a shelf, as `catalog.narrowing` does; the questions there are were read before."""
        return catalog.narrowing(asked, attributes=self.attributes(), brands=self.brands())

    def facets(self, category_id: CategoryId | None) -> tuple[Facet, ...]:
        """Return the questions that part a whole shelf's goods, as `catalog.facets` does. Of a narrowed one they are read anew."""
        whole = self.counted(category_id)
        return self._get(("facets", category_id), self.shelves(category_id), lambda: catalog.facets(category_id, whole=whole))

    def counted(self, category_id: CategoryId | None) -> Mapping[tuple[int, int], int]:
        """Return how many of a shelf's goods hold each answer, as `catalog.counted` does."""
        return self._get(("counted", category_id), self.shelves(category_id), lambda: catalog.counted(category_id))

    def traits(self, product: Product) -> tuple[Trait, ...]:
        """Return what is said of a product."""
        scope = (-1 if product.category_id is None else product.category_id,)
        return self._get(("traits", product.id), scope, lambda: browse.FRESH.traits(product))

    def extras(self, product: Product) -> Extras:
        """Return the options of a product, its size table, and what staff put beside it."""
        scope = (-1 if product.category_id is None else product.category_id,)
        return self._get(("extras", product.id), scope, lambda: browse.FRESH.extras(product))

    def engine_words(self, kind: WordsKind, subject_id: int, shelves: tuple[int, ...]) -> EngineWords:
        """Return what staff wrote for engines of a thing that stands on these shelves; on none, of the shop as a whole."""
        return self._get(("engine words", kind, subject_id), shelves, lambda: content.engine_words(kind, subject_id))

    def listing(
        self, *, category_id: CategoryId | None = None, sort: Sort = Sort.FEATURED, number: int = 1, size: int = 24
    ) -> Page[Product]:
        """Return one page of published products, as `catalog.listing` does."""
        return self._get(
            ("listing", category_id, sort, number, size),
            self.shelves(category_id),
            lambda: catalog.listing(category_id=category_id, sort=sort, number=number, size=size),
        )

    def by_price(self, category_id: CategoryId | None, sort: Sort) -> Sequence[int]:
        """Return a whole shelf in the order of its prices, as `browse.by_price` does; the prices themselves are not kept."""
        return self._get(("by price", category_id, sort), self.shelves(category_id), lambda: array("q", browse.by_price(category_id, sort)))

    def products(self, ids: Sequence[ProductId]) -> dict[ProductId, Product]:
        """Return products by id, as `catalog.products` does."""
        return self._get(("products", tuple(ids)), None, lambda: catalog.products(ids))

    def delivery_options(self, country: str) -> tuple[DeliveryOption, ...]:
        """Return the ways to a country, for a promise on a product's page; checkout reads them anew."""
        return self._get(("delivery", country), (), lambda: pricing.delivery_options(country=country))

    def shelves(self, category_id: CategoryId | None) -> tuple[int, ...] | None:
        """Return the scopes on which a shelf rests: itself and the shelves below it; None, everything, for the whole shop."""
        if category_id is None:
            return None
        return (category_id, *(each.id for each in self.categories() if each.parent_id == category_id))

    def _get(self, key: Hashable, shelves: Sequence[int] | None, read: Callable[[], T], *, at: Hashable = None) -> T:
        # Inside a transaction others do not see what this one sees, and it may be undone.
        if connection.in_atomic_block:
            return read()
        mark = (self.editions.of(shelves), at)
        found = _kept.get(key, mark)
        if found is not MISSING:
            return found  # type: ignore[no-any-return]
        value = read()
        _kept.put(key, mark, value)
        return value
