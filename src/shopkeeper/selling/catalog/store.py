"""Every query of the catalogue: rows to shapes, a fixed number of queries however many ids are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower, Upper

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import BrandId, CategoryId, ProductId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models, option_store
from shopkeeper.selling.catalog.bundle_models import BundlePart
from shopkeeper.selling.catalog.shapes import Category, Editions, Goods, Product, SkuTaken, SlugTaken, Sort, Variant, VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import BundleIsOneThing

_ORDER: Mapping[Sort, tuple[Any, ...]] = {
    Sort.FEATURED: ("rank", "id"),
    Sort.NEWEST: ("-created_at", "-id"),
    Sort.NAME: (Lower("name_en"), "id"),
}


# ── categories ────────────────────────────────────────────────────────────────────────────────────────────────────────


def categories() -> tuple[Category, ...]:
    """Return every category by position, each counting the published goods on it and below it: one query."""
    counted = models.Product.objects.filter(is_published=True, category__isnull=False).values_list("category_id").annotate(n=Count("id"))
    rows, counts = together.read(lambda: list(models.Category.objects.order_by("position", "id")), lambda: list(counted.order_by()))
    goods: defaultdict[int, int] = defaultdict(int)
    parents = {row.id: row.parent_id for row in rows}
    for category_id, number in counts:
        goods[category_id] += number
        if parent := parents.get(category_id):
            goods[parent] += number
    return tuple(_category(row, goods[row.id]) for row in rows)


def _category(row: models.Category, products: int) -> Category:
    return Category(
        id=CategoryId(row.id),
        slug=row.slug,
        name=Bilingual(row.name_en, row.name_zh),
        intro=Bilingual(row.intro_en, row.intro_zh),
        parent_id=None if row.parent_id is None else CategoryId(row.parent_id),
        drawing=row.drawing,
        tint=row.tint,
        position=row.position,
        products=products,
        is_derived=row.is_derived,
    )


def lock_category(category_id: CategoryId) -> models.Category:
    """Return a category's row, locked. Raises NotFound."""
    row = models.Category.objects.select_for_update().filter(pk=category_id).first()
    if row is None:
        raise NotFound("category", category_id)
    return row


def save_category(row: models.Category) -> CategoryId:
    """Write a category's row and return its id. Raises SlugTaken."""
    if models.Category.objects.filter(slug=row.slug).exclude(pk=row.pk).exists():
        raise SlugTaken(row.slug)
    _save(row, SlugTaken(row.slug))
    return CategoryId(row.pk)


def has_children(category_id: int) -> bool:
    """Return whether other categories stand below this one."""
    return models.Category.objects.filter(parent_id=category_id).exists()


# ── products ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def products(ids: Iterable[ProductId]) -> dict[ProductId, Product]:
    """Return products by id, published or not: one query."""
    wanted = list(ids)
    rows, variants = together.read(
        lambda: list(models.Product.objects.filter(pk__in=wanted)),
        lambda: list(models.Variant.objects.filter(product_id__in=wanted).order_by("position", "id")),
    )
    return {each.id: each for each in _joined(rows, variants)}


_BY_SLUG = """
    SELECT p.id, p.slug, p.name_en, p.name_zh, p.text_en, p.text_zh, p.category_id, p.brand_id, p.source_name, p.photo_url, p.rank,
           p.is_published, p.is_category_derived, v.id, v.sku, v.option_en, v.option_zh, v.weight_g, v.is_sellable,
           v.value_1_id, v.value_2_id, v.value_3_id
    FROM catalog_product p LEFT JOIN catalog_variant v ON v.product_id = p.id
    WHERE p.slug = %s ORDER BY v.position, v.id
"""


def product_by_slug(slug: str) -> Product | None:
    """Return the product of a slug, published or not: one prepared query, since every product's page begins with it."""
    rows = statements.rows(_BY_SLUG, [slug])
    if not rows:
        return None
    number, slug, name_en, name_zh, text_en, text_zh, category_id, brand_id = rows[0][:8]
    source_name, photo_url, rank, is_published, is_category_derived = rows[0][8:13]
    return Product(
        id=ProductId(number), slug=slug, name=Bilingual(name_en, name_zh), text=Bilingual(text_en, text_zh),
        category_id=None if category_id is None else CategoryId(category_id), brand_id=None if brand_id is None else BrandId(brand_id),
        source_name=source_name, photo_url=photo_url, rank=rank, is_published=is_published, is_category_derived=is_category_derived,
        variants=tuple(
            Variant(id=VariantId(variant), product_id=ProductId(number), sku=sku, option=Bilingual(option_en, option_zh),
                    weight_g=weight_g, is_sellable=is_sellable, value_ids=option_store.values_of(*values))
            for variant, sku, option_en, option_zh, weight_g, is_sellable, *values in (row[13:] for row in rows) if variant is not None
        ),
    )  # fmt: skip


def product_ids() -> tuple[ProductId, ...]:
    """Return the ids of all products, published or not, oldest first: one query."""
    return tuple(ProductId(number) for number in models.Product.objects.order_by("id").values_list("id", flat=True))


def ids_by_slug(slugs: Sequence[str]) -> dict[str, ProductId]:
    """Return the ids of the products with these slugs, published or not: one query."""
    return {slug: ProductId(number) for slug, number in models.Product.objects.filter(slug__in=list(slugs)).values_list("slug", "id")}


def slugs(product_ids: Sequence[ProductId]) -> dict[ProductId, str]:
    """Return what these products are named by in addresses; unknown ids are left out: one query."""
    found = models.Product.objects.filter(pk__in=product_ids).values_list("id", "slug")
    return {ProductId(number): slug for number, slug in found}


def shelf(category_id: CategoryId | None, product_ids: Sequence[ProductId] | None) -> QuerySet[models.Product]:
    """Return the published products of a category and the ones below it, of a list of ids, or all."""
    chosen = models.Product.objects.filter(is_published=True)
    if category_id is not None:
        below = models.Category.objects.filter(parent_id=category_id).values_list("id", flat=True)
        chosen = chosen.filter(category_id__in=[category_id, *below])
    if product_ids is not None:
        chosen = chosen.filter(pk__in=list(product_ids))
    return chosen


def shelf_page(chosen: QuerySet[models.Product], sort: Sort, first: int, size: int) -> tuple[Product, ...]:
    """Return `size` products of a shelf in order, from position `first`: two queries."""
    return tuple(_with_variants(chosen.order_by(*_ORDER[sort])[first : first + size]))


def shelf_ids(chosen: QuerySet[models.Product]) -> tuple[ProductId, ...]:
    """Return the ids of a shelf's products in featured order: one query."""
    return tuple(ProductId(number) for number in chosen.order_by("rank", "id").values_list("id", flat=True))


def _with_variants(chosen: QuerySet[models.Product]) -> list[Product]:
    rows = list(chosen)
    of_rows = models.Variant.objects.filter(product_id__in=[row.id for row in rows]) if rows else models.Variant.objects.none()
    return _joined(rows, of_rows.order_by("position", "id"))


def _joined(rows: Iterable[models.Product], of_rows: Iterable[models.Variant]) -> list[Product]:
    variants: defaultdict[int, list[Variant]] = defaultdict(list)
    for variant in of_rows:
        variants[variant.product_id].append(_variant(variant))
    return [_product(row, tuple(variants[row.id])) for row in rows]


def _product(row: models.Product, variants: tuple[Variant, ...]) -> Product:
    return Product(
        id=ProductId(row.id),
        slug=row.slug,
        name=Bilingual(row.name_en, row.name_zh),
        text=Bilingual(row.text_en, row.text_zh),
        category_id=None if row.category_id is None else CategoryId(row.category_id),
        brand_id=None if row.brand_id is None else BrandId(row.brand_id),
        source_name=row.source_name,
        photo_url=row.photo_url,
        rank=row.rank,
        is_published=row.is_published,
        is_category_derived=row.is_category_derived,
        variants=variants,
    )


def _variant(row: models.Variant) -> Variant:
    return Variant(
        id=VariantId(row.id),
        product_id=ProductId(row.product_id),
        sku=row.sku,
        option=Bilingual(row.option_en, row.option_zh),
        weight_g=row.weight_g,
        is_sellable=row.is_sellable,
        value_ids=option_store.values_of(row.value_1_id, row.value_2_id, row.value_3_id),
    )


def lock_products(product_ids: Iterable[ProductId]) -> None:
    """Lock the rows of these products by rising id; unknown ids are passed over: one query."""
    rows = models.Product.objects.select_for_update(no_key=True).filter(pk__in=set(product_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def lock_product(product_id: ProductId) -> models.Product:
    """Return a product's row, locked. Raises NotFound."""
    row = models.Product.objects.select_for_update().filter(pk=product_id).first()
    if row is None:
        raise NotFound("product", product_id)
    return row


def save_product(row: models.Product) -> ProductId:
    """Write a product's row and return its id. Raises SlugTaken."""
    if models.Product.objects.filter(slug=row.slug).exclude(pk=row.pk).exists():
        raise SlugTaken(row.slug)
    _save(row, SlugTaken(row.slug))
    return ProductId(row.pk)


def save_variants(product_id: ProductId, drafts: Sequence[VariantDraft]) -> None:
    """Write a product's variants in their order; those left out go off sale. Raises SkuTaken, or NotFound for a stranger's id.

    Where the product has options, what a variant is called comes from its values. Raises CombinationMissing, CombinationTaken.
    """
    known = {row.id: row for row in models.Variant.objects.filter(product_id=product_id)}
    _refuse_taken_skus(drafts, known)
    if known:
        _refuse_beside_bundle(product_id, [draft.sku for draft in drafts if draft.id is None])
    answers = option_store.answers(product_id, drafts, known)
    rows, stood = [], {number: _variant_fields(row) for number, row in known.items()}
    for position, draft in enumerate(drafts):
        row = known[draft.id] if draft.id is not None else models.Variant(product_id=product_id)
        row.sku, row.weight_g, row.is_sellable, row.position = draft.sku, draft.weight_g, draft.is_sellable, position
        if position not in answers:
            row.option_en, row.option_zh = draft.option.en, draft.option.zh
        for column, value in answers.get(position, {}).items():
            setattr(row, column, value)
        rows.append(row)
    # Of two hundred variants often one changes: only that is written.
    changed = [row for row in rows if row.pk is None or stood[row.pk] != _variant_fields(row)]
    # The ones left out go first: their SKU stays theirs, but two that change places must not trip over the unique index.
    kept = {draft.id for draft in drafts if draft.id is not None}
    if answers:
        option_store.free(product_id, [row.pk for row in changed if row.pk is not None])
    models.Variant.objects.filter(product_id=product_id, is_sellable=True).exclude(pk__in=kept).update(is_sellable=False)
    _save_variants(changed)
    if answers:
        option_store.compose([product_id])


_OF_A_VARIANT = ("sku", "weight_g", "is_sellable", "position", "option_en", "option_zh", "value_1_id", "value_2_id", "value_3_id")


def _variant_fields(row: models.Variant) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _OF_A_VARIANT)


def _save_variants(rows: Sequence[models.Variant]) -> None:
    """Write rows of variants: all in two statements, or one by one to find out which SKU somebody else took just now."""
    new, old = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    try:
        with transaction.atomic():
            models.Variant.objects.bulk_update(old, [name.removesuffix("_id") for name in _OF_A_VARIANT])
            models.Variant.objects.bulk_create(new)
    except IntegrityError:
        for row in new:
            row.pk = None
        for row in rows:
            _save(row, SkuTaken(row.sku))


def _refuse_taken_skus(drafts: Sequence[VariantDraft], known: Mapping[int, models.Variant]) -> None:
    for draft in drafts:
        if draft.id is not None and draft.id not in known:
            raise NotFound("variant", draft.id)
    wanted = {draft.sku.upper(): draft for draft in drafts}
    holders = models.Variant.objects.annotate(key=Upper("sku")).filter(key__in=wanted).values_list("key", "id")
    for key, holder in holders:
        if wanted[key].id != holder:
            raise SkuTaken(wanted[key].sku)


def _refuse_beside_bundle(product_id: ProductId, new_skus: Sequence[str]) -> None:
    if new_skus and BundlePart.objects.filter(bundle__product_id=product_id).exists():
        raise BundleIsOneThing(new_skus[0], 1 + len(new_skus))


def _save(row: models.Category | models.Product | models.Variant, taken: SlugTaken | SkuTaken) -> None:
    # Two people may choose the same name in the same second: the unique index has the last word.
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise taken from error
        raise


def editions() -> Editions:
    """Return the marks of every part of the catalogue: one query over a few rows."""
    rows = statements.rows("SELECT scope, sum(mark)::bigint FROM catalog_edition GROUP BY scope", [])
    return Editions(dict(rows))


# ── goods ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_GOODS = """
    SELECT v.id, v.product_id, p.category_id, coalesce(c.slug, ''), v.sku, p.slug, p.name_en, p.name_zh,
           v.option_en, v.option_zh, p.source_name, p.photo_url, v.weight_g, v.is_sellable AND p.is_published
    FROM catalog_variant v
    JOIN catalog_product p ON p.id = v.product_id
    LEFT JOIN catalog_category c ON c.id = p.category_id
"""


def goods(variant_ids: Sequence[VariantId]) -> dict[VariantId, Goods]:
    """Return goods by variant: one query."""
    # A number no id can be is no variant's; the database would refuse it as one.
    wanted = [each for each in variant_ids if 0 < each < 2**63]
    return goods_from(statements.rows("SELECT * FROM catalog_goods(%s::bigint[])", [wanted])) if wanted else {}


def goods_from(rows: Iterable[Sequence[Any]]) -> dict[VariantId, Goods]:
    """Return goods by variant from rows of the database function catalog_goods."""
    return {each.variant_id: each for each in map(_goods_of, rows)}


def goods_by_sku(skus: Sequence[str]) -> dict[str, Goods]:
    """Return goods by SKU in capitals: one query."""
    return {each.sku.upper(): each for each in _goods("WHERE upper(v.sku) = ANY(%s)", [sku.upper() for sku in skus])}


def _goods(condition: str, wanted: list[Any]) -> list[Goods]:
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_GOODS + condition, [wanted])
        return [_goods_of(row) for row in cursor.fetchall()]


def _goods_of(row: Sequence[Any]) -> Goods:
    return Goods(
        variant_id=VariantId(row[0]),
        product_id=ProductId(row[1]),
        category_id=None if row[2] is None else CategoryId(row[2]),
        category_slug=row[3],
        sku=row[4],
        slug=row[5],
        name=Bilingual(row[6], row[7]),
        option=Bilingual(row[8], row[9]),
        source_name=row[10],
        photo_url=row[11],
        weight_g=row[12],
        is_sellable=row[13],
    )


def set_published(row: models.Product, is_published: bool, now: datetime) -> None:
    """Write whether a product is shown, and since when."""
    row.is_published, row.changed_at = is_published, now
    row.save(update_fields=["is_published", "changed_at"])
