"""Promotions sorted so that a basket meets only those that may concern it. Built once for a version of the promotions, then only read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from shopkeeper.kit.ids import BrandId, CategoryId, CollectionId, ProductId, PromotionId, VariantId
from shopkeeper.selling.promotions.shapes import Item, Promotion

Found = tuple[Promotion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All promotions that run or will run. `everywhere` are about all goods; the others stand under each name of their scope."""

    promotions: Mapping[PromotionId, Promotion]
    everywhere: Found
    by_variant: Mapping[VariantId, Found]
    by_product: Mapping[ProductId, Found]
    by_category: Mapping[CategoryId, Found]
    by_brand: Mapping[BrandId, Found]
    by_collection: Mapping[CollectionId, Found]

    def concerning(self, items: Sequence[Item]) -> list[tuple[Promotion, list[int]]]:
        """Return the promotions about some of these lines, each with the places of those lines, in the order of their ids."""
        places: dict[PromotionId, list[int]] = {}
        for place, item in enumerate(items):
            for promotion in self._naming(item):
                of_it = places.get(promotion.id)
                if of_it is None:
                    places[promotion.id] = [place]
                elif of_it[-1] != place:
                    of_it.append(place)
        for promotion in self.everywhere:
            places[promotion.id] = list(range(len(items)))
        found = []
        for number in sorted(places):
            promotion, scope = self.promotions[number], self.promotions[number].scope
            of_it = places[number]
            if scope.but_products or scope.but_categories:
                of_it = [place for place in of_it if not _is_left_out(promotion, items[place])]
            if of_it:
                found.append((promotion, of_it))
        return found

    def next_change(self, after: datetime) -> datetime | None:
        """Return when the next promotion starts or ends, None where none does."""
        moments = chain.from_iterable((each.starts_at, each.ends_at) for each in self.promotions.values())
        return min((moment for moment in moments if moment is not None and moment > after), default=None)

    def _naming(self, item: Item) -> Iterable[Promotion]:
        found = [self.by_variant.get(item.variant_id, ()), self.by_product.get(item.product_id, ())]
        if self.by_category:
            found += [self.by_category.get(each, ()) for each in item.categories]
        if item.brand_id is not None:
            found.append(self.by_brand.get(item.brand_id, ()))
        if self.by_collection:
            found += [self.by_collection.get(each, ()) for each in item.collections]
        return chain.from_iterable(found)


def book_of(promotions: Iterable[Promotion]) -> Book:
    """Return promotions in the order of their ids, sorted by what they are about."""
    found = sorted(promotions, key=lambda each: each.id)
    return Book(
        promotions={each.id: each for each in found},
        everywhere=tuple(each for each in found if each.scope.is_everything),
        by_variant=_by(found, "variants"),
        by_product=_by(found, "products"),
        by_category=_by(found, "categories"),
        by_brand=_by(found, "brands"),
        by_collection=_by(found, "collections"),
    )


def _by(promotions: Sequence[Promotion], names: str) -> dict[Any, Found]:
    found: dict[Any, list[Promotion]] = {}
    for each in promotions:
        for name in getattr(each.scope, names):
            found.setdefault(name, []).append(each)
    return {name: tuple(those) for name, those in found.items()}


def _is_left_out(promotion: Promotion, item: Item) -> bool:
    scope = promotion.scope
    return item.product_id in scope.but_products or not scope.but_categories.isdisjoint(item.categories)
