"""A product's own row as staff write it: texts, shelf, picture. For whatever saves a product, in its transaction."""

from shopkeeper.kit import checks
from shopkeeper.kit.ids import CategoryId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models, store
from shopkeeper.selling.catalog.rules import limits


def write_texts(row: models.Product, slug: str, name: Bilingual, text: Bilingual) -> None:
    """Put a product's names and texts into its row, tidy. Raises OutOfRange, Malformed."""
    row.slug = checks.slug(slug)
    tidy_name, tidy_text = (
        checks.both_lines(name, field="name", least=1, most=limits.NAME),
        checks.both_paragraphs(text, field="text", most=limits.TEXT),
    )
    row.name_en, row.name_zh, row.text_en, row.text_zh = tidy_name.en, tidy_name.zh, tidy_text.en, tidy_text.zh


def write_extras(row: models.Product, source_name: str | None, photo_url: str | None, rank: int | None) -> None:
    """Put what may be left as it is (None) into a product's row. Raises OutOfRange, Malformed."""
    if source_name is not None:
        row.source_name = checks.line(source_name, field="source_name", most=limits.NAME)
    if photo_url is not None:
        row.photo_url = limits.photo(photo_url)
    if rank is not None:
        row.rank = checks.whole(rank, field="rank", least=1, most=limits.LAST_RANK)


def write_shelf(row: models.Product, category_id: CategoryId | None) -> None:
    """Put a product on a shelf: one that a person chose is no longer derived. Raises NotFound."""
    if category_id is not None and category_id != row.category_id:
        store.lock_category(category_id)
    if category_id != row.category_id:
        row.is_category_derived = False
    row.category_id = category_id


def fields(row: models.Product) -> dict[str, object]:
    """Return what the trace keeps of a product's row."""
    names = ("slug", "name_en", "name_zh", "category_id", "source_name", "photo_url", "rank", "is_published", "is_category_derived")
    return {name: getattr(row, name) for name in names} | {"text_length": len(row.text_en) + len(row.text_zh)}
