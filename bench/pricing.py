"""How many quotes a second one core makes of baskets of ten lines, with 20 and with 200 promotions that run.

A quote is the whole pure function: promotions worked out lane by lane, shares spread, tax of each line, delivery, the digest. The
promotions are of every kind; half are about two of forty categories, a fifth about a brand, a fifth about twenty products, a tenth about
everything. Baselines in the same run: the goals of 2,000 and 500 quotes a second, and the same engine without its index (every promotion
is held against every line).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from _bench import Runs, by_turns, finish, introduce

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

GOALS = {20: 2_000, 200: 500}
BASKETS = 200
LINES = 10
GOODS = 2_000
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def main() -> None:
    """Quote the same baskets with both numbers of promotions, indexed and not, by turns."""
    introduce("pricing: quotes of ten lines with 20 and 200 promotions, one core, processor time")
    from shopkeeper.selling.promotions.rules.book import book_of

    dice = random.Random(2026)
    baskets = [_basket(dice) for _ in range(BASKETS)]
    reached: dict[int, Runs] = {}
    is_same, applied = True, 0
    for number in GOALS:
        book = book_of([_promotion(dice, each) for each in range(1, number + 1)])
        plain = _Plain(book)
        indexed, looped = by_turns(_rate(baskets, book), _rate(baskets, plain), runs=5)
        quotes = [_quote(basket, book) for basket in baskets]
        is_same &= quotes == [_quote(basket, plain) for basket in baskets]
        applied += sum(bool(quote.discount_minor) for quote in quotes)
        reached[number] = indexed
        print(f"{number} promotions: {indexed}; without the index {looped}; {indexed.median / looped.median:.2f} times as many")
    print(
        f"digests and amounts alike with and without the index: {is_same}; quotes with something off: {applied} of {BASKETS * len(GOALS)}"
    )
    finish(
        figure=reached[200], baseline=GOALS[200], unit="quotes/s", at_least=1,
        also=(is_same, applied > BASKETS, reached[20].median >= GOALS[20]),
    )  # fmt: skip


class _Plain:
    """A book without an index: every promotion is held against every line."""

    def __init__(self, book: Any) -> None:
        self.promotions = book.promotions

    def concerning(self, items: Sequence[Any]) -> list[tuple[Any, list[int]]]:
        found = []
        for promotion in self.promotions.values():
            scope = promotion.scope
            places = [
                place
                for place, item in enumerate(items)
                if scope.is_everything
                or item.product_id in scope.products
                or item.brand_id in scope.brands
                or not scope.categories.isdisjoint(item.categories)
            ]
            if places:
                found.append((promotion, places))
        return found


def _rate(baskets: Sequence[Sequence[Any]], book: Any) -> Callable[[], float]:
    def work() -> float:
        began = process_time()
        for basket in baskets:
            _quote(basket, book)
        return len(baskets) / (process_time() - began)

    return work


def _quote(items: Sequence[Any], book: Any) -> Any:
    from shopkeeper.kit.ids import DeliveryOptionId, PriceListId
    from shopkeeper.kit.text import Bilingual
    from shopkeeper.selling.pricing.rules.promoted import discounted
    from shopkeeper.selling.pricing.rules.quote import PricedLine, Terms, build_quote
    from shopkeeper.selling.pricing.shapes import DeliveryOption, TaxMode
    from shopkeeper.selling.promotions.rules.engine import apply
    from shopkeeper.selling.promotions.shapes import Around, GiftGoods

    gifts = {each: GiftGoods(unit_minor=500, available=9) for each in range(1, 5)}
    plain = [
        PricedLine(variant_id=each.variant_id, sku=f"S{each.variant_id}", name=Bilingual("Tea", "茶"), units=each.units,
                   unit_minor=each.unit_minor)
        for each in items
    ]  # fmt: skip
    way = DeliveryOption(
        id=DeliveryOptionId(1),
        code="POST",
        name=Bilingual("Post"),
        carrier="Royal Mail",
        price_minor=390,
        free_from_minor=5_000,
        days=(2, 4),
    )
    outcome = apply(book, items, Around(channel="web", at=NOON, codes={"SPRING": 7}, gifts=gifts))
    lines, freed = discounted(plain, outcome)
    terms = Terms(currency="GBP", price_list_id=PriceListId(1), tax_mode=TaxMode.INCLUDED, country="GB", tax_basis_points=2_000)
    versions = {each.variant_id: 1 for each in lines}
    return build_quote(lines, terms=terms, delivery=way, options=[way], versions=versions, freed_by=freed)


def _basket(dice: random.Random) -> list[Any]:
    from shopkeeper.selling.promotions.tests.builders import item

    return [
        replace(
            item(number, dice.randrange(200, 3_000), dice.randrange(1, 5), brand=number % 20),
            categories=frozenset([number % 40, 100 + number % 7]),
        )
        for number in dice.sample(range(1, GOODS), LINES)
    ]


def _promotion(dice: random.Random, number: int) -> Any:
    from shopkeeper.selling.promotions import shapes
    from shopkeeper.selling.promotions.tests.builders import promotion

    rules: list[Callable[[], Any]] = [
        lambda: shapes.Percent(basis_points=dice.choice([500, 1_000, 2_000])),
        lambda: shapes.Amount(off_minor=dice.randrange(10, 200)),
        lambda: shapes.Fixed(unit_minor=dice.randrange(500, 1_500)),
        lambda: shapes.BuyGet(buy=2, get=1, basis_points=10_000),
        lambda: shapes.Several(units=3, price_minor=2_000),
        lambda: shapes.Every(step_minor=5_000, off_minor=500),
        lambda: shapes.Tiers(steps=(shapes.Tier(from_minor=3_000, off_minor=200), shapes.Tier(from_minor=9_000, basis_points=1_000))),
        lambda: shapes.Gift(variant_id=dice.randrange(1, 5), units=1),
        shapes.FreeDelivery,
    ]
    share = dice.random()
    if share < 0.5:
        scope = shapes.Scope(categories=frozenset(dice.sample(range(40), 2)))
    elif share < 0.7:
        scope = shapes.Scope(brands=frozenset([dice.randrange(20)]))
    elif share < 0.9:
        scope = shapes.Scope(products=frozenset(dice.sample(range(1, GOODS), 20)))
    else:
        scope = shapes.Scope()
    least = dice.choice([0, 0, 2_000])
    return promotion(number, dice.choice(rules)(), scope=scope, terms=shapes.Terms(least_minor=least), needs_code=number % 10 == 7)


if __name__ == "__main__":
    main()
