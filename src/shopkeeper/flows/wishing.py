"""A wish list with what its goods cost now and cost when they were wished for, and goods put side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.flows import browse, pictures
from shopkeeper.flows.browse import FRESH, Card, Look
from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.money import BASIS_POINTS
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Brand, Goods, Product, Trait
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.media.shapes import Picture
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceTag
from shopkeeper.selling.wishes.shapes import Wish

MOST_BESIDE = 4
"""How many goods are put side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """Something on a wish list: `tag` its price now (None: not on sale), `before_minor` what it cost when it was wished for, by the price
    log."""

    goods: Goods
    wished_at: datetime
    tag: PriceTag | None
    available: int
    before_minor: int | None
    picture: Picture | None = None

    @property
    def can_be_bought(self) -> bool:
        return self.goods.is_sellable and self.tag is not None and self.available > 0

    @property
    def change_minor(self) -> int:
        """How much more it costs now than when it was wished for (below 0: less); 0 where either price is not known."""
        return self.tag.amount_minor - self.before_minor if self.tag is not None and self.before_minor is not None else 0

    @property
    def change_points(self) -> int:
        """The change in ten-thousandths of the price then, never more than it is: cut off, not rounded up."""
        return abs(self.change_minor) * BASIS_POINTS // self.before_minor if self.change_minor and self.before_minor else 0


def wished(wishes: Sequence[Wish]) -> tuple[Wished, ...]:
    """Return what stands on a wish list with prices and stock, in its order: two statements. Goods that are gone are left out."""
    ids = [wish.variant_id for wish in wishes]
    moments = {wish.variant_id: wish.made_at for wish in wishes}
    if not ids:
        return ()
    goods, tags, units, before = together.read(
        lambda: catalog.goods(ids),
        lambda: pricing.prices(ids),
        lambda: inventory.available(ids),
        lambda: pricing.prices_at(moments),
    )
    shots = pictures.of_lines({each: found.product_id for each, found in goods.items()})
    return tuple(
        Wished(
            goods=goods[each],
            wished_at=moments[each],
            tag=tags.get(each) if goods[each].is_sellable else None,
            available=max(units.get(each, 0), 0),
            before_minor=before.get(each),
            picture=shots.get(each),
        )
        for each in ids
        if each in goods
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One of the goods put side by side, with everything the table says of it."""

    card: Card
    brand: Brand | None
    traits: Mapping[str, Trait]

    @property
    def product(self) -> Product:
        return self.card.product


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Goods side by side in the order asked, what any of them has said of it (`traits`, by name), and others that could stand beside."""

    goods: tuple[Beside, ...]
    traits: tuple[Trait, ...]
    others: tuple[Card, ...]


def beside(slugs: Sequence[str], *, others: Sequence[ProductId] | None = None, look: Look = FRESH) -> Comparison:
    """Return goods put side by side, the first MOST_BESIDE of those that can be seen, each once; unknown ones are left out.

    `others` are goods found elsewhere that are offered as well; None: neighbours of the first on its shelf are.
    """
    wanted = list(dict.fromkeys(slugs))
    ids = catalog.ids_by_slug(wanted) if wanted else {}
    chosen = _visible([ids[slug] for slug in wanted if slug in ids], look)[:MOST_BESIDE]
    offered = _others(chosen, others, look) if len(chosen) < MOST_BESIDE else ()
    cards, traits = together.read(
        lambda: browse.cards((*chosen, *offered), look.categories()), lambda: catalog.traits([each.id for each in chosen])
    )
    brands = {each.id: each for each in look.brands()}
    goods = tuple(
        Beside(
            card=card,
            brand=brands.get(card.product.brand_id) if card.product.brand_id else None,
            traits={trait.code: trait for trait in traits.get(card.product.id, ())},
        )
        for card in cards[: len(chosen)]
    )
    known = {trait.code: trait for each in reversed(goods) for trait in reversed(list(each.traits.values()))}
    return Comparison(goods=goods, traits=tuple(sorted(known.values(), key=lambda trait: trait.code)), others=cards[len(chosen) :])


def _visible(ids: Sequence[ProductId], look: Look) -> list[Product]:
    found = look.products(ids) if ids else {}
    return [found[each] for each in ids if each in found and found[each].is_published]


def _others(chosen: Sequence[Product], others: Sequence[ProductId] | None, look: Look) -> tuple[Product, ...]:
    there = {each.id for each in chosen}
    if others is not None:
        found: Sequence[Product] = _visible(others, look)
    else:
        category = chosen[0].category_id if chosen else None
        found = look.listing(category_id=category, size=browse.RELATED + MOST_BESIDE).items
    return tuple(each for each in found if each.id not in there)[: browse.RELATED]


def seen(ids: Sequence[ProductId], *, look: Look = FRESH) -> tuple[Card, ...]:
    """Return goods as cards in this order; those that are not on sale any more are left out."""
    return browse.cards(_visible(list(dict.fromkeys(ids)), look), look.categories())
