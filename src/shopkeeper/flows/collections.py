"""The goods of a collection, where the catalogue, prices and stock decide together; a fixed number of queries, however many goods.

What prices and stock say comes as sets of products, each read in one statement; the catalogue then finds the goods in one more.
"""

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from shopkeeper.flows import browse
from shopkeeper.flows.browse import FRESH, Card, Look, Shelf
from shopkeeper.kit import together
from shopkeeper.kit.ids import CollectionId, ProductId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Facet, Narrowing, Product, Sort
from shopkeeper.selling.catalog.shapes_collections import Collection, Condition, ConditionKind, Rule
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.pricing import public as pricing

Keep = Callable[[Hashable, Callable[[], Any]], Any]

FIRST = 12
"""Goods shown of a rule before it is saved."""
BY_PRICE = frozenset({Sort.PRICE_UP, Sort.PRICE_DOWN})


def anew(_key: Hashable, read: Callable[[], Any]) -> Any:
    """Return what is read, remembering nothing."""
    return read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How what is read of collections is remembered: `marked` as long as nothing of the catalogue and no price changes, `briefly` what
    follows stock too, which no mark tells of.
    """

    marked: Keep = anew
    briefly: Keep = anew

    def of(self, collection: Collection) -> Keep:
        """Return how the goods of a collection are remembered."""
        return self.briefly if collection.rule.follows_stock else self.marked


NOTHING_KEPT = Keeping()


def shown(now: datetime, known: Sequence[Collection] | None = None) -> tuple[Collection, ...]:
    """Return the collections that shoppers see at this moment, by position."""
    return tuple(each for each in (catalog.collections() if known is None else known) if each.is_shown(now))


def of_slug(slug: str, now: datetime, known: Sequence[Collection] | None = None) -> Collection:
    """Return the collection of a slug that shoppers see at this moment. Raises NotFound, also where it is not shown now."""
    for each in shown(now, known):
        if each.slug == slug:
            return each
    raise NotFound("collection", slug)


def outside(rule: Rule) -> Mapping[Condition, Sequence[int]]:
    """Return the products that meet each condition prices or stock decide: all in one statement."""
    asked = rule.outside
    return dict(zip(asked, together.read(*[partial(_meeting, each) for each in asked]), strict=True)) if asked else {}


def _meeting(each: Condition) -> Sequence[int]:
    if each.kind is ConditionKind.IN_STOCK:
        return inventory.in_stock()
    if each.kind is ConditionKind.REDUCED:
        return pricing.reduced()
    return pricing.priced_within(least_minor=each.least_minor, most_minor=each.most_minor)


def ids(
    collection: Collection, *, today: datetime, sort: Sort = Sort.FEATURED, look: Look = FRESH, keep: Keeping = NOTHING_KEPT
) -> Sequence[int]:
    """Return a collection's published goods in an order; the featured one is the collection's own, with what is pinned at its head.

    `today` is the moment this day began in the shop's zone.
    """
    read = partial(_ids, collection, today, sort, look)
    found: Sequence[int] = keep.of(collection)(("collected", collection.id, sort, today), lambda: array("q", read()))
    return found


def _ids(collection: Collection, today: datetime, sort: Sort, look: Look) -> Sequence[int]:
    own = None if sort is Sort.FEATURED else sort
    found = catalog.collected(collection, today=today, sort=own, outside=outside(collection.rule))
    if (own or collection.sort) not in BY_PRICE:
        return found.ids
    pinned, rest = found.ids[: found.pinned], set(found.ids[found.pinned :])
    return [*pinned, *(each for each in look.by_price(None, own or collection.sort) if each in rest)]


def counts(collections: Sequence[Collection], *, today: datetime, keep: Keeping = NOTHING_KEPT) -> dict[CollectionId, int]:
    """Return how many goods each of these collections shows: in as many statements as one of them needs."""
    found = together.read(*[partial(ids, each, today=today, keep=keep) for each in collections])
    return {each.id: len(goods) for each, goods in zip(collections, found, strict=True)}


def page(
    collection: Collection,
    *,
    wanted: Narrowing,
    today: datetime,
    sort: Sort = Sort.FEATURED,
    number: int = 1,
    size: int = 24,
    look: Look = FRESH,
    keep: Keeping = NOTHING_KEPT,
) -> Shelf:
    """Return one page of those goods of a collection that are as wanted, with the questions it is narrowed down by.

    Raises OutOfRange for a page or size that cannot be.
    """
    browse.refuse_impossible(number, size)
    read = partial(ids, collection, today=today, sort=sort, look=look, keep=keep)
    if wanted:
        return _narrowed(read, wanted, lambda left: browse.of_ids(left, number, size, look))
    found = read()
    listed, facets = together.read(lambda: browse.of_ids(found, number, size, look), lambda: _facets(collection, found, today, keep))
    return Shelf(page=listed, facets=facets)


def _narrowed(read: Callable[[], Sequence[int]], wanted: Narrowing, listed: Callable[[Sequence[int]], Page[Card]]) -> Shelf:
    # What questions there are is read on the way to the goods, and remembered for what is asked of them.
    known: dict[str, list[together.Row]] = {}
    found, *_questions = together.read(read, catalog.attributes, catalog.brands, remembered=known)
    left, facets = together.read(lambda: catalog.narrowed_of(found, wanted), lambda: catalog.facets_of(found, wanted), remembered=known)
    return Shelf(page=listed(left), facets=facets)


def _facets(collection: Collection, found: Sequence[int], today: datetime, keep: Keeping) -> tuple[Facet, ...]:
    facets: tuple[Facet, ...] = keep.of(collection)(("facets of", collection.id, today), lambda: catalog.facets_of(found))
    return facets


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a rule would show now: how many goods, and the first of them."""

    goods: int
    first: tuple[Product, ...]


def sample(rule: Rule, *, today: datetime, collection_id: CollectionId | None = None) -> Sample:
    """Return what a rule that is not saved yet would show, with what is named in its collection already.

    Raises RuleIsEmpty, RuleContradicts, NotFound, Malformed, OutOfRange.
    """
    tidy = catalog.tidy_rule(rule)
    found = catalog.collected_by(tidy, today=today, outside=outside(tidy), collection_id=collection_id)
    first = [ProductId(each) for each in found.ids[:FIRST]]
    known = catalog.products(first)
    return Sample(goods=len(found.ids), first=tuple(known[each] for each in first if each in known))
