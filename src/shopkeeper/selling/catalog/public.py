"""The face of the catalogue: what is sold, how it is called in both languages, and on which shelf it stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CategoryId, ProductId, UserId, VariantId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models, store, writing
from shopkeeper.selling.catalog.addresses import listed, listed_of, moved, published_count
from shopkeeper.selling.catalog.bulk import edit_products, preview_edit, undo_edit
from shopkeeper.selling.catalog.bulk_runs import (
    begin_run,
    begin_undo,
    change_some,
    edit_run,
    edit_runs,
    finish_run,
    lock_run,
    note_break,
    note_outcomes,
    products_done,
    products_due,
    run_counts,
    run_refusals,
    runs_under_way,
    stop_run,
    undo_some,
)
from shopkeeper.selling.catalog.bundles import moving_with, parts, save_bundle
from shopkeeper.selling.catalog.collections import (
    arrange_collection,
    collected,
    collected_by,
    collection_by_id,
    collections,
    facets_of,
    name_products,
    named_in,
    narrowed_of,
    save_collection,
    tidy_rule,
)
from shopkeeper.selling.catalog.drafts import (
    as_if_live,
    carry_out_due,
    compare_versions,
    desks,
    discard_draft,
    draft_again,
    draft_problem,
    drafts_due,
    drafts_failed,
    keep_draft,
    products_need_two,
    publish_draft,
    save_products_need_two,
    schedule_draft,
    unschedule_draft,
    version,
    version_mark,
    versions,
    versions_by_id,
    working,
)
from shopkeeper.selling.catalog.options import add_variants, extras, missing_variants, options, relate, save_options, set_on_sale
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules.derive_category import derive_category
from shopkeeper.selling.catalog.rules.derive_traits import QUESTIONS as DERIVED
from shopkeeper.selling.catalog.rules.derive_traits import derive_traits
from shopkeeper.selling.catalog.rules.sizes import inches
from shopkeeper.selling.catalog.rules.tidy_name import tidy_name
from shopkeeper.selling.catalog.shapes import Category, CategoryTooDeep, Editions, Goods, Product, Sort, VariantDraft
from shopkeeper.selling.catalog.size_tables import (
    choose_size_table,
    own_size_table,
    remove_size_table,
    save_size_table,
    shelves_with,
    size_table_by_id,
    size_tables,
)
from shopkeeper.selling.catalog.traits import (
    attribute_by_id,
    attributes,
    brand_by_id,
    brands,
    counted,
    describe,
    facets,
    facets_counted,
    held,
    import_attributes,
    import_traits,
    narrowed_ids,
    narrowing,
    save_attribute,
    save_brand,
    traits,
)
from shopkeeper.selling.catalog.versions import noting

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "DERIVED", "add_variants", "arrange_collection", "as_if_live", "attribute_by_id", "attributes", "begin_run", "begin_undo",
    "brand_by_id", "brands", "carry_out_due", "categories", "category", "change_some", "choose_size_table", "collected", "collected_by",
    "collection_by_id", "collections", "compare_versions", "counted", "derive_category", "derive_traits", "describe", "desks",
    "discard_draft", "draft_again", "draft_problem", "drafts_due", "drafts_failed", "edit_products", "edit_run", "edit_runs", "editions",
    "extras", "facets", "facets_counted", "facets_of", "finish_run", "goods", "goods_by_sku", "goods_from", "held", "import_attributes",
    "import_categories", "import_goods", "import_traits", "inches", "keep_draft", "listed", "listed_of", "listing", "listing_ids",
    "lock_products", "lock_run", "missing_variants", "moved", "moving_with", "name_products", "named_in", "narrowed_ids", "narrowed_of",
    "narrowing", "note_break", "note_outcomes", "options", "own_size_table", "parts", "preview_edit", "product", "product_by_id",
    "products", "products_done", "products_due", "products_need_two", "publish", "publish_draft", "published_count", "relate",
    "remove_size_table", "run_counts", "run_refusals", "runs_under_way", "save_attribute", "save_brand", "save_bundle", "save_category",
    "save_collection", "save_options", "save_product", "save_products_need_two", "save_size_table", "schedule_draft", "set_on_sale",
    "shelves_with", "size_table_by_id", "size_tables", "stop_run", "tidy_name", "tidy_rule", "traits", "undo_edit", "undo_some",
    "unpublish", "unschedule_draft", "version", "version_mark", "versions", "versions_by_id", "working",
]  # fmt: skip

MOST_ON_A_PAGE = 200
NOTHING = Bilingual()


def categories() -> tuple[Category, ...]:
    """Return every category by position, main shelves and the ones below them alike."""
    return store.categories()


def category(slug: str) -> Category:
    """Return the category of a slug. Raises NotFound."""
    for each in store.categories():
        if each.slug == slug:
            return each
    raise NotFound("category", checks.shown(slug))


def product(slug: str) -> Product:
    """Return the published product of a slug. Raises NotFound, also where it exists but is not published."""
    found = store.product_by_slug(slug)
    if found is None or not found.is_published:
        raise NotFound("product", checks.shown(slug))
    return found


def product_by_id(product_id: ProductId) -> Product:
    """Return a product, published or not. Raises NotFound."""
    found = store.products([product_id]).get(product_id)
    if found is None:
        raise NotFound("product", product_id)
    return found


def products(ids: Sequence[ProductId]) -> dict[ProductId, Product]:
    """Return the products of these ids, published or not; unknown ids are left out."""
    return store.products(ids)


def product_ids() -> tuple[ProductId, ...]:
    """Return the ids of all products, published or not, oldest first."""
    return store.product_ids()


def ids_by_slug(slugs: Sequence[str]) -> dict[str, ProductId]:
    """Return the ids of the products with these slugs, published or not; unknown slugs are left out."""
    return store.ids_by_slug(slugs)


def slugs(product_ids: Sequence[ProductId]) -> dict[ProductId, str]:
    """Return what these products are named by in addresses, published or not; unknown ids are left out."""
    return store.slugs(product_ids)


def goods(variant_ids: Sequence[VariantId]) -> dict[VariantId, Goods]:
    """Return what other rooms need to know of these variants; unknown ids are left out."""
    return store.goods(variant_ids)


def goods_from(rows: Sequence[Sequence[Any]]) -> dict[VariantId, Goods]:
    """Return goods by variant from rows of the database function catalog_goods, read within another room's function."""
    return store.goods_from(rows)


def goods_of(variant_id: VariantId) -> Goods:
    """Return what other rooms need to know of one variant. Raises NotFound."""
    found = store.goods([variant_id])
    if variant_id not in found:
        raise NotFound("variant", variant_id)
    return found[variant_id]


def goods_by_sku(skus: Sequence[str]) -> dict[str, Goods]:
    """Return goods by SKU as asked, capital and small letters the same; unknown SKUs are left out."""
    found = store.goods_by_sku(skus)
    return {sku: found[sku.upper()] for sku in skus if sku.upper() in found}


def listing(
    *,
    category_id: CategoryId | None = None,
    product_ids: Sequence[ProductId] | None = None,
    sort: Sort = Sort.FEATURED,
    number: int = 1,
    size: int = 24,
) -> Page[Product]:
    """Return one page of published products of a category and the ones below it, of some ids, or of the whole shop.

    Raises OutOfRange for a page that cannot be, Malformed for an order that needs prices (`flows.browse` makes those).
    """
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    if sort not in (Sort.FEATURED, Sort.NEWEST, Sort.NAME):
        raise Malformed("sort", str(sort), expected="sort")
    chosen = store.shelf(category_id, product_ids)
    items, total = together.read(lambda: store.shelf_page(chosen, sort, (number - 1) * size, size), chosen.count)
    return Page(items=items, total=total, number=number, size=size)


def has_products() -> bool:
    """Return whether any product is published."""
    return store.shelf(None, None).exists()


def editions() -> Editions:
    """Return the marks of every part of the catalogue now. What is read after this call is at least as new as its marks."""
    return store.editions()


def listing_ids(category_id: CategoryId | None = None) -> tuple[ProductId, ...]:
    """Return the ids of a category's published products, or of all, in featured order."""
    return store.shelf_ids(store.shelf(category_id, None))


@transaction.atomic
def save_category(
    *,
    category_id: CategoryId | None,
    slug: str,
    name: Bilingual,
    actor: UserId | None,
    now: datetime,
    intro: Bilingual = NOTHING,
    parent_id: CategoryId | None = None,
    drawing: str = "",
    tint: str = "",
    position: int = 0,
    is_derived: bool = False,
) -> CategoryId:
    """Make or change a category and return its id; one that is so already stays untouched, derived or not.

    Raises SlugTaken, CategoryTooDeep, NotFound, OutOfRange, Malformed.
    """
    row = models.Category() if category_id is None else store.lock_category(category_id)
    before = None if category_id is None else _category_fields(row)
    row.slug = checks.slug(slug)
    tidy_name, tidy_intro = (
        checks.both_lines(name, field="name", least=1, most=limits.NAME),
        checks.both_lines(intro, field="intro", most=limits.INTRO),
    )
    row.name_en, row.name_zh, row.intro_en, row.intro_zh = tidy_name.en, tidy_name.zh, tidy_intro.en, tidy_intro.zh
    row.parent_id = _parent_for(category_id, parent_id)
    row.drawing, row.tint = checks.line(drawing, field="drawing", most=40), checks.line(tint, field="tint", most=20)
    row.position = checks.whole(position, field="position", least=-1_000_000, most=1_000_000)
    if category_id is not None and before == _category_fields(row):
        return category_id
    row.is_derived = is_derived
    saved = store.save_category(row)
    audit.record(actor=actor, act="catalog.save_category", subject=f"category:{saved}", before=before, after=_category_fields(row), at=now)
    events.record(facts.CategorySaved(category_id=saved), at=now)
    return saved


def _parent_for(category_id: CategoryId | None, parent_id: CategoryId | None) -> CategoryId | None:
    if parent_id is None:
        return None
    parent = store.lock_category(parent_id)
    if parent.parent_id is not None or parent_id == category_id or (category_id is not None and store.has_children(category_id)):
        raise CategoryTooDeep(parent.slug)
    return parent_id


@transaction.atomic
def save_product(
    *,
    product_id: ProductId | None,
    slug: str,
    name: Bilingual,
    text: Bilingual,
    category_id: CategoryId | None,
    variants: Sequence[VariantDraft],
    is_published: bool,
    actor: UserId | None,
    now: datetime,
    source_name: str | None = None,
    photo_url: str | None = None,
    rank: int | None = None,
) -> Product:
    """Make or change a product with its variants, in the order given, and return it.

    Variants left out go off sale but keep their SKU, stock and history. What staff put on a shelf by hand no longer counts as
    derived. `source_name`, `photo_url` and `rank` stay as they are where None. Raises SlugTaken, SkuTaken, NotFound, OutOfRange, Malformed.
    """
    drafts = limits.tidy_variants(variants)
    row = models.Product(created_at=now, rank=limits.LAST_RANK) if product_id is None else store.lock_product(product_id)
    before = None if product_id is None else writing.fields(row)
    with noting([] if product_id is None else [product_id], actor=actor, now=now) as changed:
        writing.write_texts(row, slug, name, text)
        writing.write_extras(row, source_name, photo_url, rank)
        writing.write_shelf(row, category_id)
        row.is_published, row.changed_at = is_published, now
        saved = store.save_product(row)
        store.save_variants(saved, drafts)
        changed[:] = [saved]
    after = writing.fields(row) | {"skus": [draft.sku for draft in drafts]}
    audit.record(actor=actor, act="catalog.save_product", subject=f"product:{saved}", before=before, after=after, at=now)
    events.record(facts.ProductSaved(product_id=saved, is_published=is_published), at=now)
    return product_by_id(saved)


def lock_products(product_ids: Iterable[ProductId]) -> None:
    """Let nobody else change these products until the caller's transaction ends; unknown ids are passed over."""
    store.lock_products(product_ids)


@transaction.atomic
def publish(*, product_id: ProductId, actor: UserId | None, now: datetime) -> None:
    """Show a product in the shop; one that is shown already stays as it is. Raises NotFound."""
    _set_published(product_id, True, "catalog.publish", actor, now)


@transaction.atomic
def unpublish(*, product_id: ProductId, actor: UserId | None, now: datetime) -> None:
    """Take a product out of the shop; one that is out already stays as it is. Raises NotFound."""
    _set_published(product_id, False, "catalog.unpublish", actor, now)


def _set_published(product_id: ProductId, is_published: bool, act: str, actor: UserId | None, now: datetime) -> None:
    row = store.lock_product(product_id)
    if row.is_published == is_published:
        return
    with noting([product_id], actor=actor, now=now):
        store.set_published(row, is_published, now)
    states = {"before": {"is_published": not is_published}, "after": {"is_published": is_published}}
    audit.record(actor=actor, act=act, subject=f"product:{product_id}", at=now, **states)
    events.record(facts.ProductSaved(product_id=product_id, is_published=is_published), at=now)


@transaction.atomic
def import_categories(*, frame: "pl.DataFrame") -> "pl.DataFrame":
    """Add the categories whose slug is not known yet and return `slug` → `category_id` for every row; known ones stay untouched.

    One row is a category: `slug`, and where given `name_en name_zh intro_en intro_zh drawing tint` (text), `parent` (a slug, null for
    a main shelf), `position` (int), `is_derived` (bool). A second run changes nothing. No facts: whoever imports indexes afterwards.
    """
    from shopkeeper.selling.catalog import intake

    return intake.put_categories(frame)


@transaction.atomic
def import_goods(*, frame: "pl.DataFrame", now: datetime) -> "pl.DataFrame":
    """Add the goods whose SKU is not known yet and return `sku variant_id product_id category_id` for every row, in order.

    One row is a variant; rows that share a `slug` are one product, whose fields come from its first row. Columns: `sku slug`, and
    where given `name_en name_zh text_en text_zh source_name photo_url option_en option_zh` (text), `category_slug` (null: none),
    `rank weight_g position` (int), `is_published is_category_derived is_sellable` (bool), `created_at` (UTC). Known SKUs (capital and
    small letters the same) stay untouched, so a second run changes nothing. No facts: whoever imports indexes afterwards.
    """
    from shopkeeper.selling.catalog import intake

    return intake.put_goods(frame, now)


def _category_fields(row: models.Category) -> dict[str, object]:
    names = ("slug", "name_en", "name_zh", "intro_en", "intro_zh", "parent_id", "drawing", "tint", "position", "is_derived")
    return {name: getattr(row, name) for name in names}
