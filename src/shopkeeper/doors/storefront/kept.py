"""What a process remembers of the catalogue, as long as the marks of its parts stand: shelves and names, never prices or stock."""

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest

from shopkeeper.flows import browse
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

MOST = 512

_lock = Lock()
_kept: dict[Hashable, tuple[int, Any]] = {}


def forget() -> None:
    """Read everything anew from here on."""
    with _lock:
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

    def keep(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what rests on the whole catalogue and its prices, read anew once any of it changed."""
        return self._get(key, None, read)

    def narrowing(self, asked: Mapping[str, Sequence[str]]) -> Narrowing:
        """Return what an address asks of a shelf, as `catalog.narrowing` does; the questions there are were read before."""
        return catalog.narrowing(asked, attributes=self.attributes(), brands=self.brands())

    def facets(self, category_id: CategoryId | None) -> tuple[Facet, ...]:
        """Return the questions that part a whole shelf's goods, as `catalog.facets` does. Of a narrowed one they are read anew."""
        return self._get(("facets", category_id), self.shelves(category_id), lambda: catalog.facets(category_id))

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

    def _get(self, key: Hashable, shelves: Sequence[int] | None, read: Callable[[], T]) -> T:
        # Inside a transaction others do not see what this one sees, and it may be undone.
        if connection.in_atomic_block:
            return read()
        mark = self.editions.of(shelves)
        with _lock:
            found = _kept.get(key)
        if found is not None and found[0] == mark:
            return found[1]  # type: ignore[no-any-return]
        value = read()
        with _lock:
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = (mark, value)
        return value
