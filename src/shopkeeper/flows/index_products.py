"""Telling search what the catalogue holds: the catalogue and search stand side by side and do not know each other."""

from collections.abc import Sequence

from shopkeeper.kit.ids import CategoryId, ProductId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Category, Product
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document

AT_ONCE = 1_000


def index_all() -> int:
    """Index every published product and return how many; the same again changes nothing."""
    return index(catalog.listing_ids())


def index(product_ids: Sequence[ProductId]) -> int:
    """Index these products as they are now, forget those that are not on sale, and return how many are found from now on."""
    shelves = {category.id: category for category in catalog.categories()}
    indexed = 0
    for first in range(0, len(product_ids), AT_ONCE):
        part = product_ids[first : first + AT_ONCE]
        products = catalog.products(part)
        on_sale = [product for product in products.values() if product.is_published]
        search.index([_document(product, shelves) for product in on_sale])
        found = {product.id for product in on_sale}
        search.forget([product_id for product_id in part if product_id not in found])
        indexed += len(on_sale)
    return indexed


def _document(product: Product, shelves: dict[CategoryId, Category]) -> Document:
    names = [product.name.en, product.name.zh, product.source_name, *(variant.sku for variant in product.variants)]
    return Document(
        product_id=product.id,
        names=names,
        categories=_shelf_names(product, shelves),
        texts=(product.text.en, product.text.zh),
        rank=product.rank,
    )


def _shelf_names(product: Product, shelves: dict[CategoryId, Category]) -> list[str]:
    names: list[str] = []
    category_id = product.category_id
    while category_id is not None and category_id in shelves:
        names += [shelves[category_id].name.en, shelves[category_id].name.zh]
        category_id = shelves[category_id].parent_id
    return names
