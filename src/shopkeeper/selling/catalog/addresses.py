"""Under which addresses goods and shelves are found: those they once had, and the list of them all for search engines."""

from collections.abc import Sequence

from shopkeeper.kit import checks, statements
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog.shapes import Addressed, Listed

MOST_LISTED = 10_000


_MOVED = {
    Addressed.PRODUCT: """
        SELECT p.slug FROM catalog_formerslug f JOIN catalog_product p ON p.id = f.target
        WHERE f.kind = 'product' AND f.slug = %s AND p.is_published AND NOT EXISTS (SELECT FROM catalog_product o WHERE o.slug = f.slug)
    """,
    Addressed.CATEGORY: """
        SELECT c.slug FROM catalog_formerslug f JOIN catalog_category c ON c.id = f.target
        WHERE f.kind = 'category' AND f.slug = %s AND NOT EXISTS (SELECT FROM catalog_category o WHERE o.slug = f.slug)
    """,
}


def moved(kind: Addressed, slug: str) -> str | None:
    """Return the present slug of what was called so before; None where nothing was, where it is not published, or is called so now."""
    rows = statements.rows(_MOVED[kind], [slug])
    return str(rows[0][0]) if rows else None


def published_count() -> int:
    """Return how many products are published."""
    return models.Product.objects.filter(is_published=True).count()


def listed(*, number: int, size: int) -> tuple[Listed, ...]:
    """Return one page of the published products in the order they were made. Raises OutOfRange for a page that cannot be."""
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_LISTED)
    rows = models.Product.objects.filter(is_published=True).order_by("id").values_list("slug", "changed_at", "id")
    return tuple(Listed(slug, at, ProductId(found)) for slug, at, found in rows[(number - 1) * size : number * size])


def listed_of(product_ids: Sequence[ProductId]) -> tuple[Listed, ...]:
    """Return those of these products that are published, in the order they were made: one query."""
    rows = statements.rows(
        "SELECT slug, changed_at, id FROM catalog_product WHERE is_published AND id = ANY (%s::bigint[]) ORDER BY id", [list(product_ids)]
    )
    return tuple(Listed(slug, at, ProductId(found)) for slug, at, found in rows)
