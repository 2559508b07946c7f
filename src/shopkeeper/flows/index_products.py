"""Telling search what the shop holds: catalogue, prices and stock do not know search, and search knows none of them."""

from collections.abc import Mapping, Sequence

from shopkeeper.kit.ids import CategoryId, OrderId, ProductId, VariantId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Product
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
    shelves = {category.id: category for category in catalog.categories()}
    indexed = 0
    for first in range(0, len(product_ids), AT_ONCE):
        part = product_ids[first : first + AT_ONCE]
        on_sale = [product for product in catalog.products(part).values() if product.is_published]
        marks = _marks(on_sale)
        search.index([_document(product, shelves, marks[product.id]) for product in on_sale])
        search.forget([product_id for product_id in part if product_id not in marks])
        indexed += len(on_sale)
    return indexed


def mark(variant_ids: Sequence[VariantId]) -> int:
    """Tell search the least price of these variants' products and whether they are there, and return for how many that changed."""
    found = catalog.products(sorted({goods.product_id for goods in catalog.goods(variant_ids).values()}))
    return search.mark(list(_marks(list(found.values())).values()))


def mark_of_orders(order_ids: Sequence[OrderId]) -> int:
    """Do as `mark` does for whatever these orders were for."""
    return mark(sorted({line.variant_id for order in orders.orders(order_ids).values() for line in order.lines}))


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


def _document(product: Product, shelves: Mapping[CategoryId, Category], state: Mark) -> Document:
    names = [product.name.en, product.name.zh, product.source_name, *(variant.sku for variant in product.variants)]
    path = _path(product, shelves)
    return Document(
        product_id=product.id,
        names=names,
        categories=[name for shelf in path for name in (shelf.name.en, shelf.name.zh)],
        texts=(product.text.en, product.text.zh),
        rank=product.rank,
        values={"category": [shelf.slug for shelf in path]},
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
