"""Looking for something by words: goods with price and stock, what narrows them down, and how a query may go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shopkeeper.flows import browse, facets
from shopkeeper.flows.browse import FRESH, NOTHING_WANTED, Card, Look
from shopkeeper.kit import money, together
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Facet, Narrowing, Product
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import EVERYTHING, Found, Narrowed, Order, Pin

CATEGORY = "category"
MOST_NAMED = 4

_BANDS = (5, 10, 20, 50, 100, 200, 500, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Goods from one price to below another, in minor units (`below` None: no end), and how many there are."""

    least: int
    below: int | None
    goods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits(Page[Card]):
    """A page of what was found. `instead`, `is_loose` and `leads_to` are as search tells them.

    `categories`, `facets` (brand and attributes) and `bands` count what each of them would leave, all other narrowings as they are;
    `in_stock` what is there.
    """

    instead: str = ""
    is_loose: bool = False
    leads_to: str = ""
    categories: tuple[tuple[Category, int], ...] = ()
    facets: tuple[Facet, ...] = ()
    bands: tuple[Band, ...] = ()
    in_stock: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How what is being typed may go on: whole queries, categories of that name, goods found so far."""

    queries: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    products: tuple[Product, ...] = ()


def found(
    *,
    text: str,
    number: int = 1,
    size: int = 24,
    narrowed: Narrowed = EVERYTHING,
    wanted: Narrowing = NOTHING_WANTED,
    order: Order = Order.BEST,
    currency: str = "",
    look: Look = FRESH,
) -> Hits:
    """Return one page of what a search finds, best first; prices are parted into bands where a `currency` is given.

    `wanted` narrows it down by brand and attributes, `narrowed` by all else: any answer within a question, all the questions.
    Raises OutOfRange for a page or size that cannot be.
    """
    starts = bands_in(currency) if currency else ()
    attributes, brands = together.read(look.attributes, look.brands)
    asked = replace(narrowed, values={**narrowed.values, **facets.wanted(wanted, attributes, brands)}) if wanted else narrowed
    page = search.find(text, number=number, size=size, narrowed=asked, bands=starts, order=order)
    products = look.products(page.items) if page.items else {}
    visible = [products[each] for each in page.items if each in products and products[each].is_published]
    categories = look.categories()
    return Hits(
        items=browse.cards(visible, categories),
        total=page.total,
        number=page.number,
        size=page.size,
        instead=page.instead,
        is_loose=page.is_loose,
        leads_to=page.leads_to,
        categories=_counted(page, categories, narrowed),
        facets=catalog.facets_counted(facets.counts(page.values), wanted, attributes=attributes, brands=brands),
        bands=_banded(page, starts, narrowed),
        in_stock=page.in_stock,
    )


def bands_in(currency: str) -> tuple[int, ...]:
    """Return the prices at which goods are parted, in minor units: 5, 10, 20 … of the currency, a hundredfold where it has no pence."""
    exponent = money.exponent(currency)
    return tuple(each * 10 ** (exponent or 2) for each in _BANDS)


def _counted(page: Found, categories: Sequence[Category], narrowed: Narrowed) -> tuple[tuple[Category, int], ...]:
    counts = page.values.get(CATEGORY, {})
    wanted = narrowed.values.get(CATEGORY, ())
    return tuple((each, counts.get(each.slug, 0)) for each in categories if each.slug in counts or each.slug in wanted)


def _banded(page: Found, starts: Sequence[int], narrowed: Narrowed) -> tuple[Band, ...]:
    edges: list[tuple[int, int | None]] = list(zip((0, *starts), (*starts, None), strict=True))
    bands = [
        Band(least=least, below=below, goods=goods) for (least, below), goods in zip(edges, page.bands or [0] * len(edges), strict=True)
    ]
    return tuple(each for each in bands if each.goods or (each.least, each.below) in narrowed.prices)


def going_on(*, text: str, size: int = 6, look: Look = FRESH) -> Going:
    """Return how what is being typed may go on, at most `size` of each kind. Raises OutOfRange."""
    known = search.suggest(text, size=size)
    products = look.products(known.product_ids) if known.product_ids else {}
    return Going(
        queries=known.queries,
        categories=_named(text, look.categories())[:MOST_NAMED],
        products=tuple(products[each] for each in known.product_ids if each in products and products[each].is_published),
    )


def _named(text: str, categories: Sequence[Category]) -> tuple[Category, ...]:
    """Return the categories with goods one of whose words begins like the text, in either language."""
    begun = text.strip().casefold()
    return tuple(each for each in categories if begun and each.products and _begins(each, begun))


def _begins(category: Category, begun: str) -> bool:
    english = category.name.en.casefold()
    return english.startswith(begun) or f" {begun}" in english or begun in category.name.zh.casefold()


# ── what staff tell ───────────────────────────────────────────────────────────────────────────────────────────────────


def pin(*, pin_id: int | None, asked: str, goods: Sequence[str], actor: UserId | None, now: datetime) -> Pin:
    """Put products first for a query, each named by a SKU or its web name, and return it. Raises as search does, NotFound for goods."""
    known: Mapping[str, ProductId] = {sku: each.product_id for sku, each in catalog.goods_by_sku(goods).items()}
    ids = [known[each] if each in known else catalog.product(each).id for each in goods]
    return search.pin(pin_id=pin_id, asked=asked, product_ids=ids, actor=actor, now=now)


def pinned(product_ids: Sequence[ProductId]) -> tuple[Product, ...]:
    """Return the products of a pin, in its order, without those that are gone."""
    found = catalog.products(product_ids)
    return tuple(found[each] for each in product_ids if each in found)
