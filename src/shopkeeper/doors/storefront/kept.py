"""What a process remembers for a few seconds, so that busy pages cost few queries: shelves and names, never prices or stock."""

import time
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from shopkeeper.flows import browse
from shopkeeper.kit.ids import CategoryId, ProductId
from shopkeeper.kit.page import Page
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Product, Sort
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption

T = TypeVar("T")

LASTS_S = 5.0
"""How long, in seconds, a shelf may show what stood on it before; a price or a stock figure is always read anew."""

MOST = 512

_lock = Lock()
_kept: dict[Hashable, tuple[float, Any]] = {}


def _get(key: Hashable, read: Callable[[], T]) -> T:
    # Inside a transaction others do not see what this one sees, and it may be undone.
    if connection.in_atomic_block:
        return read()
    now = time.monotonic()
    with _lock:
        found = _kept.get(key)
    if found is not None and now < found[0]:
        return found[1]  # type: ignore[no-any-return]
    value = read()
    with _lock:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (now + LASTS_S, value)
    return value


def forget() -> None:
    """Read everything anew from here on."""
    with _lock:
        _kept.clear()


def categories() -> tuple[Category, ...]:
    """Return every category by position."""
    return _get("categories", catalog.categories)


def listing(*, category_id: CategoryId | None = None, sort: Sort = Sort.FEATURED, number: int = 1, size: int = 24) -> Page[Product]:
    """Return one page of published products, as `catalog.listing` does."""
    return _get(
        ("listing", category_id, sort, number, size),
        lambda: catalog.listing(category_id=category_id, sort=sort, number=number, size=size),
    )


def by_price(category_id: CategoryId | None, sort: Sort) -> tuple[Product, ...]:
    """Return a whole shelf in the order of its prices, as `browse.by_price` does; the prices themselves are not kept."""
    return _get(("by price", category_id, sort), lambda: browse.by_price(category_id, sort))


def products(ids: Sequence[ProductId]) -> dict[ProductId, Product]:
    """Return products by id, as `catalog.products` does."""
    return _get(("products", tuple(ids)), lambda: catalog.products(ids))


def delivery_options(country: str) -> tuple[DeliveryOption, ...]:
    """Return the ways to a country, for a promise on a product's page; checkout reads them anew."""
    return _get(("delivery", country), lambda: pricing.delivery_options(country=country))
