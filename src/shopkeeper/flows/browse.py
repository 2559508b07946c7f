"""Looking round the shop: goods with price and stock, a fixed number of queries however many are shown.

The catalogue is read through a `Look`, so that a door may remember what stands where; prices and stock are always read anew.
What a page rests on (`Rests`) and how that stands now (`standing`) let a door show a page again that it has kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.kit import statements
from shopkeeper.kit.ids import CategoryId, ProductId, VariantId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Editions, Product, Sort, Variant
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders.shapes import MOST_UNITS
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceTag
from shopkeeper.selling.search import public as search

RELATED = 6
MOST_ON_A_PAGE = 200

_STANDING = "SELECT catalog_edition_of(%s::bigint[]), inventory_shown(%s::bigint[], %s::bigint), inventory_shown(%s::bigint[], %s::bigint)"

_Tags = Mapping[VariantId, PriceTag]
_Units = Mapping[VariantId, int]


def by_price(category_id: CategoryId | None, sort: Sort) -> tuple[ProductId, ...]:
    """Return every published product of a category and those below it, or of the shop, by its cheapest price now."""
    shelves = None
    if category_id is not None:
        shelves = [category_id, *(each.id for each in catalog.categories() if each.parent_id == category_id)]
    return pricing.by_price(shelves=shelves, is_falling=sort == Sort.PRICE_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the catalogue is read: all categories, a page of a shelf, a whole shelf's ids by price, products by id."""

    categories: Callable[[], tuple[Category, ...]] = catalog.categories
    listing: Callable[..., Page[Product]] = catalog.listing
    by_price: Callable[[CategoryId | None, Sort], Sequence[int]] = by_price
    products: Callable[[Sequence[ProductId]], dict[ProductId, Product]] = catalog.products


FRESH = Look()
"""Reads the catalogue anew each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product as a shelf shows it: `tag` of its cheapest sellable variant (None: no price now), stock over all of them.

    `choices` counts the variants that can be sold; `has_several_prices` tells whether they differ in price; `units` are those of each.
    """

    product: Product
    category_slug: str
    tag: PriceTag | None
    has_several_prices: bool
    available: int
    choices: int
    units: tuple[tuple[VariantId, int], ...] = ()


FEW_SHOWN = 6
"""From so many pieces of a variant upwards a shelf's card says nothing of their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """What a page rests on: shelves (None: everything), variants whose few pieces it tells, and variants whose number it tells exactly."""

    shelves: tuple[int, ...] | None = ()
    few: tuple[VariantId, ...] = ()
    exact: tuple[VariantId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How that stands: the sum of the marks, and the stock in the order of the variants."""

    mark: int = 0
    few: str = ""
    exact: str = ""


def standing(rests: Rests) -> Standing:
    """Return how what a page rests on stands now: one query."""
    values = [None if rests.shelves is None else list(rests.shelves), list(rests.few), FEW_SHOWN, list(rests.exact), MOST_UNITS]
    mark, few, exact = statements.row(_STANDING, values)
    return Standing(mark=mark, few=few or "", exact=exact or "")


def resting(
    *, shelves: Sequence[int] | None, cards: Sequence["Card"], editions: Editions, shown: "Shown | None" = None
) -> tuple[Rests, Standing]:
    """Return what a page with these cards, and perhaps one product in full, rests on, and how that stood when they were read."""
    few = [pair for card in cards for pair in card.units]
    exact = [(choice.variant.id, choice.available) for choice in shown.choices] if shown else []
    rests = Rests(
        shelves=None if shelves is None else tuple(shelves),
        few=tuple(variant for variant, _ in few),
        exact=tuple(variant for variant, _ in exact),
    )
    return rests, Standing(mark=editions.of(shelves), few=_told(few, FEW_SHOWN), exact=_told(exact, MOST_UNITS))


def _told(units: Sequence[tuple[VariantId, int]], most: int) -> str:
    # As the database function inventory_shown tells it.
    return ",".join(str(min(number, most)) for _, number in units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One variant of a shown product, with its price and stock."""

    variant: Variant
    tag: PriceTag | None
    available: int

    @property
    def can_be_bought(self) -> bool:
        return self.tag is not None and self.available > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One product with everything its page says: where it stands (`path`, main shelf first), its choices, its neighbours."""

    product: Product
    path: tuple[Category, ...]
    choices: tuple[Choice, ...]
    related: tuple[Card, ...]
    tag: PriceTag | None
    has_several_prices: bool
    available: int

    @property
    def category_slug(self) -> str:
        return self.path[-1].slug if self.path else ""

    @property
    def can_be_bought(self) -> bool:
        return any(choice.can_be_bought for choice in self.choices)


def shelf(
    *, category: Category | None = None, sort: Sort = Sort.FEATURED, number: int = 1, size: int = 24, look: Look = FRESH
) -> Page[Card]:
    """Return one page of a category's published goods and those below it, or of the whole shop where `category` is None.

    Where `sort` is by price, goods without one stand last. Raises OutOfRange for a page or size that cannot be.
    """
    if not 1 <= size <= MOST_ON_A_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_ON_A_PAGE)
    if number < 1:
        raise OutOfRange("page", number, least=1)
    category_id = category.id if category else None
    if sort in (Sort.PRICE_UP, Sort.PRICE_DOWN):
        return _shelf_by_price(category_id, sort, number, size, look)
    page = look.listing(category_id=category_id, sort=sort, number=number, size=size)
    return Page(items=cards(page.items, look.categories()), total=page.total, number=page.number, size=page.size)


def found(*, text: str, number: int = 1, size: int = 24, look: Look = FRESH) -> Page[Card]:
    """Return one page of what a search finds, best first. Raises OutOfRange for a page or size that cannot be."""
    page = search.find(text, number=number, size=size)
    products = look.products(page.items) if page.items else {}
    visible = [products[each] for each in page.items if each in products and products[each].is_published]
    return Page(items=cards(visible, look.categories()), total=page.total, number=page.number, size=page.size)


def shown(*, slug: str, look: Look = FRESH) -> Shown:
    """Return the published product of a slug with its choices and its neighbours on the shelf. Raises NotFound."""
    product = catalog.product(slug)
    neighbours: tuple[Product, ...] = ()
    if product.category_id is not None:
        near = look.listing(category_id=product.category_id, size=RELATED + 1).items
        neighbours = tuple(each for each in near if each.id != product.id)[:RELATED]
    tags, units = _read((product, *neighbours))
    categories = look.categories()
    slugs = _slugs(categories)
    path = path_of(product.category_id, categories)
    card = _card(product, path[-1].slug if path else "", tags, units)
    return Shown(
        product=product,
        path=path,
        choices=tuple(
            Choice(variant=each, tag=tags.get(each.id), available=max(units.get(each.id, 0), 0))
            for each in product.variants
            if each.is_sellable
        ),
        related=tuple(_card(each, slugs.get(each.category_id, ""), tags, units) for each in neighbours),
        tag=card.tag,
        has_several_prices=card.has_several_prices,
        available=card.available,
    )


def cards(products: Sequence[Product], categories: Sequence[Category]) -> tuple[Card, ...]:
    """Return products as cards, in their order: one reading of prices, one of stock."""
    tags, units = _read(products)
    slugs = _slugs(categories)
    return tuple(_card(each, slugs.get(each.category_id, ""), tags, units) for each in products)


def category_of(slug: str, *, look: Look = FRESH) -> Category:
    """Return the category of a slug. Raises NotFound."""
    for each in look.categories():
        if each.slug == slug:
            return each
    raise NotFound("category", slug)


def path_of(category_id: CategoryId | None, categories: Sequence[Category]) -> tuple[Category, ...]:
    """Return the way to a category, main shelf first; empty where there is none."""
    by_id: dict[int | None, Category] = {each.id: each for each in categories}
    here = by_id.get(category_id)
    above = by_id.get(here.parent_id) if here else None
    return tuple(each for each in (above, here) if each)


def _shelf_by_price(category_id: CategoryId | None, sort: Sort, number: int, size: int, look: Look) -> Page[Card]:
    ids = look.by_price(category_id, sort)
    chosen = [ProductId(each) for each in ids[(number - 1) * size : number * size]]
    products = look.products(chosen) if chosen else {}
    shown = [products[each] for each in chosen if each in products]
    return Page(items=cards(shown, look.categories()), total=len(ids), number=number, size=size)


def _read(products: Sequence[Product]) -> tuple[_Tags, _Units]:
    variants = _variant_ids(products)
    return (pricing.prices(variants), inventory.available(variants)) if variants else ({}, {})


def _card(product: Product, category_slug: str, tags: _Tags, units: _Units) -> Card:
    sellable = [each.id for each in product.variants if each.is_sellable]
    priced = sorted((tags[each] for each in sellable if each in tags), key=lambda tag: tag.amount_minor)
    return Card(
        product=product,
        category_slug=category_slug,
        tag=priced[0] if priced else None,
        has_several_prices=len({tag.amount_minor for tag in priced}) > 1,
        available=sum(max(units.get(each, 0), 0) for each in sellable),
        choices=len(sellable),
        units=tuple((each, max(units.get(each, 0), 0)) for each in sellable),
    )


def _variant_ids(products: Iterable[Product]) -> list[VariantId]:
    return [variant.id for product in products for variant in product.variants]


def _slugs(categories: Sequence[Category]) -> dict[CategoryId | None, str]:
    return {each.id: each.slug for each in categories}
