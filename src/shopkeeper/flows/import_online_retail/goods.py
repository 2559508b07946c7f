"""Deriving what the trade file does not say of its goods: names, categories, prices and stock."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from shopkeeper.flows.import_online_retail.report import MICRO_PER_MINOR

STOCK_WEEKS = 8
"""Stock is derived from the sales of this many weeks before the end of the file."""

LEAST_STOCK = 6


def goods_of(sales: pl.DataFrame, back: pl.DataFrame) -> pl.DataFrame:
    """Return one row per code: code, source_name, value_minor, first_at, has_price.

    The name is the commonest description, of sales where there are any. Sorted by the value sold, the greatest first.
    """
    lines = pl.concat([sales.select(_NEEDED), back.select(_NEEDED)])
    names = (
        lines.filter(pl.col("name") != "")
        .group_by("code", "name")
        .agg(times=pl.len(), sold=(pl.col("units") > 0).sum())
        .sort("code", "sold", "times", "name", descending=[False, True, True, False])
        .group_by("code", maintain_order=True)
        .agg(source_name=pl.col("name").first())
    )
    return (
        lines.group_by("code")
        .agg(
            value_minor=pl.col("minor").filter(pl.col("units") > 0).sum(),
            first_at=pl.col("at").min(),
            has_price=((pl.col("price_micro") > 0) & (pl.col("units") > 0)).any(),
        )
        .join(names, on="code", how="left")
        .with_columns(pl.col("source_name").fill_null(pl.col("code")))
        .sort("value_minor", "code", descending=[True, False])
    )


_NEEDED = ("code", "name", "units", "minor", "price_micro", "at")


def catalogue_rows(
    goods: pl.DataFrame, curated: pl.DataFrame, *, derive_category: Callable[[str], str], tidy_name: Callable[[str], str]
) -> pl.DataFrame:
    """Return goods as the catalogue takes them: curated names, texts and places first, the rest tidied and sorted by value."""
    known = curated.with_row_index("place", offset=1).select(
        pl.col("sku").alias("code"), pl.col("place").cast(pl.Int64), "name_en", "name_zh", "text_en", "text_zh", "category"
    )
    joined = goods.join(known, on="code", how="left", maintain_order="left")
    first = curated.height
    names = [chosen or tidy_name(source) for chosen, source in joined.select("name_en", "source_name").iter_rows()]
    return joined.select(
        sku=pl.col("code"),
        # The code makes the address unique, so it is never what gets cut.
        slug=pl.Series(
            [f"{slug_of(name)[:56]}-{slug_of(code)}" for name, code in zip(names, joined["code"], strict=True)], dtype=pl.String
        ),
        name_en=pl.Series(names, dtype=pl.String),
        name_zh=pl.col("name_zh").fill_null(""),
        text_en=pl.col("text_en").fill_null(""),
        text_zh=pl.col("text_zh").fill_null(""),
        source_name=pl.col("source_name"),
        category_slug=pl.Series(
            [chosen or derive_category(source) for chosen, source in joined.select("category", "source_name").iter_rows()], dtype=pl.String
        ),
        is_category_derived=True,
        rank=pl.col("place").fill_null(pl.int_range(first + 1, first + 1 + joined.height)).cast(pl.Int64),
        is_published=pl.col("has_price"),
        created_at=pl.col("first_at"),
    )


def attribute_rows(questions: Iterable[Any]) -> pl.DataFrame:
    """Return the attributes that names tell of, one row an answer, as `catalog.import_attributes` takes them."""
    return pl.DataFrame(
        [
            (each.code, each.name_en, each.name_zh, answer.code, answer.name_en, answer.name_zh, answer.swatch)
            for each in questions
            for answer in each.answers
        ],
        schema=["attribute", "attribute_en", "attribute_zh", "choice", "choice_en", "choice_zh", "swatch"],
        orient="row",
    )


def trait_rows(goods: pl.DataFrame, *, derive_traits: Callable[[str], Iterable[tuple[str, str]]]) -> pl.DataFrame:
    """Return product_id, attribute, choice: what the source's names tell of goods (`product_id source_name`)."""
    told = [
        (product_id, attribute, choice)
        for product_id, name in goods.select("product_id", "source_name").iter_rows()
        for attribute, choice in derive_traits(name)
    ]
    return pl.DataFrame(told, schema={"product_id": pl.Int64, "attribute": pl.String, "choice": pl.String}, orient="row")


def slug_of(name: str) -> str:
    """Return a name as a part of an address: small Latin letters, digits and single hyphens, at most 70 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70].strip("-")


def monthly_prices(sales: pl.DataFrame) -> pl.DataFrame:
    """Return code, amount_minor, from_at: the commonest unit price of each month, where it differs from the month before.

    Bulk buyers paid less; the price most lines paid is nearest to the list price. Derived: the source has no price list.
    """
    priced = sales.filter(pl.col("price_micro") >= MICRO_PER_MINOR).with_columns(
        month=pl.col("at").dt.truncate("1mo"), amount_minor=(pl.col("price_micro") / MICRO_PER_MINOR).round().cast(pl.Int64)
    )
    commonest = (
        priced.group_by("code", "month", "amount_minor")
        .agg(lines=pl.len(), from_at=pl.col("at").min())
        .sort("code", "month", "lines", "amount_minor", descending=[False, False, True, True])
        .group_by("code", "month", maintain_order=True)
        .agg(pl.col("amount_minor").first(), pl.col("from_at").first())
    )
    changed = pl.col("amount_minor") != pl.col("amount_minor").shift(1).over("code")
    return commonest.filter(changed.fill_null(True)).select("code", "amount_minor", "from_at").sort("code", "from_at")


def derived_stock(sales: pl.DataFrame, *, end: datetime) -> pl.DataFrame:
    """Return code, warehouse_code, on_hand: four weeks of recent sales in MAIN, two in NORTH, never less than a handful in MAIN.

    Goods that nobody bought in the last weeks of the file have nothing left. Derived: the source knows no stock.
    """
    recent = sales.filter(pl.col("at") > end - timedelta(weeks=STOCK_WEEKS)).group_by("code").agg(sold=pl.col("units").sum())
    levels = sales.select(pl.col("code").unique()).join(recent, on="code", how="left").with_columns(pl.col("sold").fill_null(0))
    weekly = pl.col("sold") / STOCK_WEEKS
    main = pl.when(pl.col("sold") > 0).then(pl.max_horizontal(pl.lit(LEAST_STOCK), (weekly * 4).ceil())).otherwise(0).cast(pl.Int64)
    north = (weekly * 2).ceil().cast(pl.Int64)
    return pl.concat(
        [
            levels.select("code", warehouse_code=pl.lit("MAIN"), on_hand=main),
            levels.select("code", warehouse_code=pl.lit("NORTH"), on_hand=north),
        ]
    ).sort("code", "warehouse_code")
