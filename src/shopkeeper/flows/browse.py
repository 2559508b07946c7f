"""Looking round the shop: goods with price and stock, a fixed number of queries however many are shown.

The catalogue is read through a `Look`, so that a door may remember what stands where; prices and stock are always read anew.
What a page rests on (`Rests`) and how that stands now (`standing`) let a door show a page again that it has kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import CategoryId, ProductId, VariantId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, Brand, Category, Editions, Facet, Goods, Narrowing, Product, Sort, Trait, Variant
from shopkeeper.selling.catalog.shapes_bundles import Part, off_sale
from shopkeeper.selling.catalog.shapes_options import Extras, LinkKind
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import Gallery, Picture
from shopkeeper.selling.orders.shapes import MOST_UNITS
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceTag
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Asked, Opinions, Rating, ReviewSort

RELATED = 6
MOST_ON_A_PAGE = 200
UNRATED = Rating()

_STANDING = """
    SELECT catalog_edition_of(%s::bigint[]), inventory_shown(%s::bigint[], %s::bigint), inventory_shown(%s::bigint[], %s::bigint),
           reviews_told(%s::bigint[], %s::bigint)
"""

_Tags = Mapping[VariantId, PriceTag]
_Units = Mapping[VariantId, int]
_Ratings = Mapping[ProductId, Rating]
_Pictures = Mapping[ProductId, Picture]


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
    brands: Callable[[], tuple[Brand, ...]] = catalog.brands
    attributes: Callable[[], tuple[Attribute, ...]] = catalog.attributes
    listing: Callable[..., Page[Product]] = catalog.listing
    by_price: Callable[[CategoryId | None, Sort], Sequence[int]] = by_price
    facets: Callable[[CategoryId | None], tuple[Facet, ...]] = catalog.facets
    counted: Callable[[CategoryId | None], Mapping[tuple[int, int], int]] = catalog.counted
    traits: Callable[[Product], tuple[Trait, ...]] = lambda product: catalog.traits([product.id]).get(product.id, ())
    extras: Callable[[Product], Extras] = lambda product: catalog.extras(product.id)
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
    rating: Rating = UNRATED
    picture: Picture | None = None


FEW_SHOWN = 6
"""From so many pieces of a variant upwards a shelf's card says nothing of their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """What a page rests on: shelves (None: everything), variants whose few pieces it tells, and variants whose number it tells exactly.

    `rated` are products whose stars it tells, `reviewed` the one of whose reviews it tells everything.
    """

    shelves: tuple[int, ...] | None = ()
    few: tuple[VariantId, ...] = ()
    exact: tuple[VariantId, ...] = ()
    rated: tuple[ProductId, ...] = ()
    reviewed: ProductId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How that stands: the sum of the marks, the stock in the order of the variants, and what the reviews come to."""

    mark: int = 0
    few: str = ""
    exact: str = ""
    reviews: str = ""


def standing(rests: Rests) -> Standing:
    """Return how what a page rests on stands now: one query."""
    shelves = None if rests.shelves is None else list(rests.shelves)
    values = [shelves, list(rests.few), FEW_SHOWN, list(rests.exact), MOST_UNITS, list(rests.rated), rests.reviewed]
    mark, few, exact, told = statements.row(_STANDING, values)
    return Standing(mark=mark, few=few or "", exact=exact or "", reviews=told)


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
        rated=tuple(card.product.id for card in cards),
        reviewed=shown.product.id if shown else None,
    )
    # As the database function reviews_told tells it.
    stars = ",".join(f"{card.rating.count}:{card.rating.total}" for card in cards)
    told = f"{stars}|{shown.opinions.summary.mark if shown else 0}"
    return rests, Standing(mark=editions.of(shelves), few=_told(few, FEW_SHOWN), exact=_told(exact, MOST_UNITS), reviews=told)


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
class Held:
    """So many of a thing in a bundle, with what a piece costs by itself (`tag`; None: it has no price) and how it looks."""

    part: Part
    tag: PriceTag | None
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one of a bundle holds, and what it costs."""

    held: tuple[Held, ...]
    tag: PriceTag | None

    @property
    def pieces(self) -> int:
        return sum(each.part.units for each in self.held)

    @property
    def apart_minor(self) -> int | None:
        """What the parts cost by themselves now; None where one has no price, or is not on sale: then nobody could buy them so."""
        prices = [each.tag.amount_minor * each.part.units for each in self.held if each.tag and each.part.goods.is_sellable]
        return sum(prices) if len(prices) == len(self.held) else None

    @property
    def saved_minor(self) -> int:
        """What the bundle costs less than its parts; 0 where it does not, or where nothing can be said."""
        return max(self.apart_minor - self.tag.amount_minor, 0) if self.tag and self.apart_minor is not None else 0

    @property
    def off_sale(self) -> tuple[Goods, ...]:
        """The parts that keep it from being bought, since they are not on sale."""
        return off_sale([each.part for each in self.held])


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Which of a product's reviews and questions are looked at, `size` of each: reviews in an order, both by page."""

    sort: ReviewSort = ReviewSort.NEWEST
    number: int = 1
    questions: int = 1
    size: int = 10


FIRST_LEAF = Leaf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One product with everything its page says: where it stands (`path`, main shelf first), who makes it, what is said of it, its choices,
    its neighbours (`related`), and the goods staff put beside it: those it goes with, and those that can stand in its place. Of a bundle,
    what it holds."""

    product: Product
    path: tuple[Category, ...]
    brand: Brand | None
    traits: tuple[Trait, ...]
    choices: tuple[Choice, ...]
    related: tuple[Card, ...]
    extras: Extras
    goes_with: tuple[Card, ...]
    instead: tuple[Card, ...]
    tag: PriceTag | None
    has_several_prices: bool
    available: int
    opinions: Opinions
    asked: Asked
    gallery: Gallery
    bundle: Bundle | None = None

    @property
    def category_slug(self) -> str:
        return self.path[-1].slug if self.path else ""

    @property
    def can_be_bought(self) -> bool:
        return any(choice.can_be_bought for choice in self.choices)

    @property
    def linked(self) -> tuple[Card, ...]:
        return (*self.goes_with, *self.instead)

    @property
    def shelves(self) -> set[int]:
        """The shelves of goods that the page tells of and that may stand anywhere: −1 is none."""
        beside = [each.product.category_id for each in self.linked]
        held = [each.part.goods.category_id for each in self.bundle.held] if self.bundle else []
        return {-1 if each is None else each for each in (*beside, *held)}


NOTHING_WANTED = Narrowing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A page of a shelf as it is wanted, and the questions by which it can be narrowed down further."""

    page: Page[Card]
    facets: tuple[Facet, ...]


def narrowed(
    *,
    category: Category | None = None,
    wanted: Narrowing,
    sort: Sort = Sort.FEATURED,
    number: int = 1,
    size: int = 24,
    look: Look = FRESH,
) -> Shelf:
    """Return one page of those goods of a shelf that are as wanted, and the questions it is narrowed down by. As `shelf` else."""
    category_id = category.id if category else None
    if not wanted:
        return Shelf(page=shelf(category=category, sort=sort, number=number, size=size, look=look), facets=look.facets(category_id))
    refuse_impossible(number, size)
    is_by_price = sort in (Sort.PRICE_UP, Sort.PRICE_DOWN)
    whole = look.counted(category_id)
    ids, facets = together.read(
        lambda: catalog.narrowed_ids(category_id, wanted, Sort.FEATURED if is_by_price else sort),
        lambda: catalog.facets(category_id, wanted, whole=whole),
    )
    if is_by_price:
        chosen = set(ids)
        ids = [each for each in look.by_price(category_id, sort) if each in chosen]
    return Shelf(page=of_ids(ids, number, size, look), facets=facets)


def shelf(
    *, category: Category | None = None, sort: Sort = Sort.FEATURED, number: int = 1, size: int = 24, look: Look = FRESH
) -> Page[Card]:
    """Return one page of a category's published goods and those below it, or of the whole shop where `category` is None.

    Where `sort` is by price, goods without one stand last. Raises OutOfRange for a page or size that cannot be.
    """
    refuse_impossible(number, size)
    category_id = category.id if category else None
    if sort in (Sort.PRICE_UP, Sort.PRICE_DOWN):
        return of_ids(look.by_price(category_id, sort), number, size, look)
    page = look.listing(category_id=category_id, sort=sort, number=number, size=size)
    return Page(items=cards(page.items, look.categories()), total=page.total, number=page.number, size=page.size)


def refuse_impossible(number: int, size: int) -> None:
    """Raise OutOfRange for a page or a size that cannot be."""
    if not 1 <= size <= MOST_ON_A_PAGE:
        raise OutOfRange("size", size, least=1, most=MOST_ON_A_PAGE)
    if number < 1:
        raise OutOfRange("page", number, least=1)


def shown(*, slug: str, look: Look = FRESH, leaf: Leaf = FIRST_LEAF) -> Shown:
    """Return the published product of a slug with its choices, its neighbours on the shelf, and a page of its reviews and questions.

    Raises NotFound, OutOfRange for a page of them that cannot be.
    """
    product = catalog.product(slug)
    extras, traits, parts = together.read(
        lambda: look.extras(product), lambda: look.traits(product), lambda: catalog.parts([each.id for each in product.variants])
    )
    held = next(iter(parts.values()), ())
    linked = _linked(extras, look)
    neighbours: tuple[Product, ...] = ()
    if product.category_id is not None:
        near = look.listing(category_id=product.category_id, size=RELATED + 1).items
        neighbours = tuple(each for each in near if each.id != product.id and each.id not in linked)[:RELATED]
    known, gallery, opinions, asked = together.read(
        lambda: _read((product, *linked.values(), *neighbours), held),
        lambda: media.gallery(product.id),
        lambda: reviews.opinions(product.id, sort=leaf.sort, number=leaf.number, size=leaf.size),
        lambda: reviews.asked(product.id, number=leaf.questions, size=leaf.size),
    )
    categories = look.categories()
    slugs = _slugs(categories)
    path = path_of(product.category_id, categories)
    card = _card(product, path[-1].slug if path else "", known)
    return Shown(
        product=product,
        path=path,
        brand=next((each for each in look.brands() if each.id == product.brand_id), None) if product.brand_id else None,
        traits=traits,
        choices=tuple(
            Choice(variant=each, tag=known.tags.get(each.id), available=max(known.units.get(each.id, 0), 0))
            for each in product.variants
            if each.is_sellable
        ),
        related=tuple(_card(each, slugs.get(each.category_id, ""), known) for each in neighbours),
        extras=extras,
        **{
            name: tuple(
                _card(linked[each.product_id], slugs.get(linked[each.product_id].category_id, ""), known)
                for each in extras.links
                if each.kind is kind and each.product_id in linked
            )
            for name, kind in (("goes_with", LinkKind.WITH), ("instead", LinkKind.INSTEAD))
        },
        tag=card.tag,
        has_several_prices=card.has_several_prices,
        available=card.available,
        opinions=opinions,
        asked=asked,
        gallery=gallery,
        bundle=_bundle(held, card, known) if held else None,
    )


def _bundle(parts: Sequence[Part], card: Card, known: "_Known") -> Bundle:
    return Bundle(
        held=tuple(
            Held(part=each, tag=known.tags.get(each.goods.variant_id), picture=known.pictures.get(each.goods.product_id)) for each in parts
        ),
        tag=card.tag,
    )


def _linked(extras: Extras, look: Look) -> dict[ProductId, Product]:
    """Return the goods staff put beside a product, without those that are not shown."""
    found = look.products([each.product_id for each in extras.links]) if extras.links else {}
    return {product_id: each for product_id, each in found.items() if each.is_published}


def cards(products: Sequence[Product], categories: Sequence[Category]) -> tuple[Card, ...]:
    """Return products as cards, in their order: prices, stock, stars and pictures in one reading."""
    known = _read(products)
    slugs = _slugs(categories)
    return tuple(_card(each, slugs.get(each.category_id, ""), known) for each in products)


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


def of_ids(ids: Sequence[int], number: int, size: int, look: Look) -> Page[Card]:
    """Return one page of these products as cards, in their order."""
    chosen = [ProductId(each) for each in ids[(number - 1) * size : number * size]]
    products = look.products(chosen) if chosen else {}
    shown = [products[each] for each in chosen if each in products]
    return Page(items=cards(shown, look.categories()), total=len(ids), number=number, size=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is read of several products at once."""

    tags: _Tags
    units: _Units
    ratings: _Ratings
    pictures: _Pictures


def _read(products: Sequence[Product], held: Sequence[Part] = ()) -> _Known:
    if not products:
        return _Known(tags={}, units={}, ratings={}, pictures={})
    ids, variants = [each.id for each in products], _variant_ids(products)
    tags, units, sums, pictures = together.read(
        lambda: pricing.prices([*variants, *(each.goods.variant_id for each in held)]),
        lambda: inventory.available(variants),
        lambda: reviews.summaries(ids),
        lambda: media.first([*ids, *(each.goods.product_id for each in held)]),
    )
    return _Known(tags=tags, units=units, ratings={key: each.rating for key, each in sums.items()}, pictures=pictures)


def _card(product: Product, category_slug: str, known: _Known) -> Card:
    tags, units = known.tags, known.units
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
        rating=known.ratings.get(product.id, UNRATED),
        picture=known.pictures.get(product.id),
    )


def _variant_ids(products: Iterable[Product]) -> list[VariantId]:
    return [variant.id for product in products for variant in product.variants]


def _slugs(categories: Sequence[Category]) -> dict[CategoryId | None, str]:
    return {each.id: each.slug for each in categories}
