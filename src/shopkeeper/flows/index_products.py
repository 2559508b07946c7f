"""Telling search what the shop holds: catalogue, prices and stock do not know search, and search knows none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.flows import facets
from shopkeeper.kit.ids import BrandId, CategoryId, OrderId, ProductId, VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import BRAND, Brand, Category, Narrowing, Product
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import PriceTag
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document, Mark

AT_ONCE = 1_000


def index_all() -> int:
    """Index every published product and return how many; the same again changes nothing. Counts the words of goods anew."""
    found = index(catalog.listing_ids())
    search.recount()
    return found


def index(product_ids: Sequence[ProductId]) -> int:
    """Index these products as they are now, forget those that are not on sale, and return how many are found from now on."""
    known = _Known(shelves={each.id: each for each in catalog.categories()}, brands={each.id: each for each in catalog.brands()})
    indexed = 0
    for first in range(0, len(product_ids), AT_ONCE):
        part = product_ids[first : first + AT_ONCE]
        on_sale = [product for product in catalog.products(part).values() if product.is_published]
        marks = _marks(on_sale)
        held = catalog.held([product.id for product in on_sale])
        search.index([_document(product, known, held.get(product.id, ()), marks[product.id]) for product in on_sale])
        search.forget([product_id for product_id in part if product_id not in marks])
        indexed += len(on_sale)
    return indexed


def index_brands(brand_ids: Sequence[BrandId]) -> int:
    """Index the products of these brands, whose names they are found by, and return how many."""
    slugs = {each.id: each.slug for each in catalog.brands()}
    wanted = tuple(slugs[each] for each in brand_ids if each in slugs)
    return index(catalog.narrowed_ids(None, Narrowing(((BRAND, wanted),)))) if wanted else 0


def mark(variant_ids: Sequence[VariantId]) -> int:
    """Tell search the least price of these variants' products, and of bundles with them, and whether they are there.

    Returns for how many that changed.
    """
    goods = catalog.goods(catalog.moving_with(variant_ids))
    found = catalog.products(sorted({each.product_id for each in goods.values()}))
    return search.mark(list(_marks(list(found.values())).values()))


def mark_of_orders(order_ids: Sequence[OrderId]) -> int:
    """Do as `mark` does for whatever these orders were for."""
    return mark(sorted({each for order in orders.orders(order_ids).values() for each in order.variants}))


def _marks(products: Sequence[Product]) -> dict[ProductId, Mark]:
    sellable = {product.id: [each.id for each in product.variants if each.is_sellable] for product in products}
    variants = [variant for each in sellable.values() for variant in each]
    tags = pricing.prices(variants) if variants else {}
    units = inventory.available(variants) if variants else {}
    return {product_id: _mark(product_id, each, tags, units) for product_id, each in sellable.items()}


def _mark(product_id: ProductId, variants: Sequence[VariantId], tags: Mapping[VariantId, PriceTag], units: Mapping[VariantId, int]) -> Mark:
    return Mark(
        product_id=product_id,
        price_minor=min((tags[each].amount_minor for each in variants if each in tags), default=None),
        is_in_stock=any(units.get(each, 0) > 0 for each in variants),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What stands behind many products at once."""

    shelves: Mapping[CategoryId, Category]
    brands: Mapping[BrandId, Brand]


def _document(product: Product, known: _Known, held: Sequence[tuple[int, int]], state: Mark) -> Document:
    names = [product.name.en, product.name.zh, product.source_name, *(variant.sku for variant in product.variants)]
    path = _path(product, known.shelves)
    brand = known.brands.get(product.brand_id) if product.brand_id is not None else None
    above = [each.name for each in path] + ([brand.name] if brand else [])
    return Document(
        product_id=product.id,
        names=names,
        categories=[name for each in above for name in (each.en, each.zh)],
        texts=(product.text.en, product.text.zh),
        rank=product.rank,
        values={"category": [shelf.slug for shelf in path]} | facets.held(held),
        price_minor=state.price_minor,
        is_in_stock=state.is_in_stock,
    )


def _path(product: Product, shelves: Mapping[CategoryId, Category]) -> list[Category]:
    found: list[Category] = []
    category_id = product.category_id
    while category_id is not None and category_id in shelves:
        found.append(shelves[category_id])
        category_id = shelves[category_id].parent_id
    return found
