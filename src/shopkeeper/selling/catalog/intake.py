"""Goods and categories by the thousand: one COPY and a few set-based statements, whatever the number of rows."""

from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection

from shopkeeper.kit import bulk, checks
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.catalog.rules import limits

_CATEGORY = {
    "slug": "", "name_en": "", "name_zh": "", "intro_en": "", "intro_zh": "", "parent": None, "drawing": "", "tint": "",
    "position": 0, "is_derived": False,
}  # fmt: skip
_GOODS = {
    "sku": "", "slug": "", "name_en": "", "name_zh": "", "text_en": "", "text_zh": "", "category_slug": None, "source_name": "",
    "photo_url": "", "rank": limits.LAST_RANK, "is_published": True, "is_category_derived": False,
    "option_en": "", "option_zh": "", "weight_g": 0, "is_sellable": True, "position": 0,
}  # fmt: skip
_LONGEST = {
    "sku": limits.SKU, "slug": 80, "name_en": limits.NAME, "name_zh": limits.NAME, "text_en": limits.TEXT, "text_zh": limits.TEXT,
    "source_name": limits.NAME, "photo_url": limits.PHOTO, "option_en": limits.OPTION, "option_zh": limits.OPTION,
    "intro_en": limits.INTRO, "intro_zh": limits.INTRO,
}  # fmt: skip

_PUT_CATEGORIES = """
    INSERT INTO catalog_category (slug, name_en, name_zh, intro_en, intro_zh, parent_id, drawing, tint, position, is_derived)
    SELECT s.slug, s.name_en, s.name_zh, s.intro_en, s.intro_zh, p.id, s.drawing, s.tint, s.position, s.is_derived
    FROM intake_category s LEFT JOIN catalog_category p ON p.slug = s.parent
    WHERE s.parent IS {} NULL
    ON CONFLICT (slug) DO NOTHING
"""
_PUT_PRODUCTS = """
    INSERT INTO catalog_product (slug, name_en, name_zh, text_en, text_zh, category_id, source_name, photo_url, rank,
                                 is_published, is_category_derived, created_at, changed_at)
    SELECT DISTINCT ON (s.slug) s.slug, s.name_en, s.name_zh, s.text_en, s.text_zh, c.id, s.source_name, s.photo_url, s.rank,
           s.is_published, s.is_category_derived, s.created_at, s.created_at
    FROM intake_goods s
    LEFT JOIN catalog_category c ON c.slug = s.category_slug
    WHERE NOT EXISTS (SELECT FROM catalog_variant v WHERE upper(v.sku) = s.key)
    ORDER BY s.slug, s.row
    ON CONFLICT (slug) DO NOTHING
"""
_PUT_VARIANTS = """
    INSERT INTO catalog_variant (product_id, sku, option_en, option_zh, weight_g, is_sellable, position)
    SELECT DISTINCT ON (s.key) p.id, s.sku, s.option_en, s.option_zh, s.weight_g,
           -- Where a product has options, staff first say for which values a new variant stands.
           s.is_sellable AND NOT EXISTS (SELECT FROM catalog_productoption o WHERE o.product_id = p.id), s.position
    FROM intake_goods s JOIN catalog_product p ON p.slug = s.slug
    ORDER BY s.key, s.row
    ON CONFLICT (upper(sku)) DO NOTHING
"""
_FIND = """
    SELECT s.sku, v.id, v.product_id, p.category_id
    FROM intake_goods s JOIN catalog_variant v ON upper(v.sku) = s.key JOIN catalog_product p ON p.id = v.product_id
    ORDER BY s.row
"""


def put_categories(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the categories whose slug is new, parents first; return slug → category_id of all of them."""
    staged = _checked(frame, _CATEGORY, needed=("slug",)).with_row_index("row")
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_category", staged.with_columns(pl.col("row").cast(pl.Int64)))
        cursor.execute(_PUT_CATEGORIES.format(""))
        cursor.execute(_PUT_CATEGORIES.format("NOT"))
        cursor.execute("SELECT s.slug, c.id FROM intake_category s JOIN catalog_category c USING (slug) ORDER BY s.row")
        return pl.DataFrame(cursor.fetchall(), schema={"slug": pl.String, "category_id": pl.Int64}, orient="row")


def put_goods(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Add the goods whose SKU is new; return sku → variant_id, product_id, category_id of all of them, in the frame's order."""
    staged = _checked(frame, _GOODS, needed=("sku", "slug")).with_row_index("row")
    created = pl.lit(now) if "created_at" not in frame.columns else frame["created_at"].fill_null(now)
    staged = staged.with_columns(pl.col("row").cast(pl.Int64), pl.col("sku").str.to_uppercase().alias("key"), created.alias("created_at"))
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_goods", staged)
        _refuse_unknown_categories(cursor)
        cursor.execute(_PUT_PRODUCTS)
        cursor.execute(_PUT_VARIANTS)
        cursor.execute(_FIND)
        columns = {"sku": pl.String, "variant_id": pl.Int64, "product_id": pl.Int64, "category_id": pl.Int64}
        return pl.DataFrame(cursor.fetchall(), schema=columns, orient="row")


_UNKNOWN_CATEGORY = """
    SELECT category_slug FROM intake_goods
    WHERE category_slug IS NOT NULL AND category_slug NOT IN (SELECT slug FROM catalog_category) LIMIT 1
"""


def _refuse_unknown_categories(cursor: Any) -> None:
    cursor.execute(_UNKNOWN_CATEGORY)
    if row := cursor.fetchone():
        raise Malformed("category_slug", row[0], expected="category")


def _checked(frame: pl.DataFrame, columns: dict[str, Any], *, needed: tuple[str, ...]) -> pl.DataFrame:
    """Return the known columns of a frame, absent ones and nulls filled; refuse missing keys and texts that are too long."""
    bulk.refuse_missing(frame, *needed)
    present = {name: pl.col(name) if name in frame.columns else pl.lit(None) for name in columns}
    kinds = {name: pl.String if fallback is None or isinstance(fallback, str) else type(fallback) for name, fallback in columns.items()}
    filled = frame.select(
        **{
            name: column.cast(kinds[name]) if columns[name] is None else column.cast(kinds[name]).fill_null(columns[name])
            for name, column in present.items()
        }
    )
    for name, most in _LONGEST.items():
        if name in filled.columns:
            for text in filled[name].filter(filled[name].str.len_chars() > most).head(1):
                raise OutOfRange(name, checks.shown(text), least=0, most=most)
    return filled
