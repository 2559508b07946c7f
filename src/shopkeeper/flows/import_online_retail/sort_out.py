"""Deciding what each line of the trade file is: goods sold, goods back, money beside the goods, or stock without money."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import count

import polars as pl

from shopkeeper.flows.import_online_retail.report import MICRO_PER_MINOR

ADJUSTMENTS = {
    "POST": "postage", "DOT": "postage", "C2": "postage", "M": "manual", "S": "manual", "D": "discount",
    "AMAZONFEE": "fee", "BANK CHARGES": "fee", "CRUK": "fee", "B": "bad_debt",
}  # fmt: skip
"""Codes that are not goods, and the kind of adjustment they are."""

VOUCHER = r"^GIFT_"
"""Vouchers are money owed, not goods sold."""


@dataclass(frozen=True, slots=True)
class SortedTrade:
    """The file's lines by what they are; `minor` is the line's money in minor units, halves away from zero, sign as written.

    sales: goods sold. refunds: goods back on the sale they were found to cancel (`sale_line`). credits: goods back whose sale
    is not in the file. adjustments: with `kind`. stock_notes: lines without money and without a buyer, which move stock only.
    Each keeps the columns of `read.TradeFile.lines`.
    """

    sales: pl.DataFrame
    refunds: pl.DataFrame
    credits: pl.DataFrame
    adjustments: pl.DataFrame
    stock_notes: pl.DataFrame
    invoices_with_two_times: int
    below_a_minor: int
    rounding_micro: int


def sort_out(lines: pl.DataFrame) -> SortedTrade:
    """Return every line under exactly one heading."""
    lines = _with_money(_with_one_time(lines))
    kind = pl.col("code").replace_strict(ADJUSTMENTS, default=None)
    lines = lines.with_columns(
        kind=pl.when(pl.col("code").str.contains(VOUCHER)).then(pl.lit("voucher"))
        # A price below zero is never a price of goods: it is money somebody booked by hand.
        .when(kind.is_null() & (pl.col("price_micro") < 0)).then(pl.lit("manual"))
        .otherwise(kind)
    )  # fmt: skip
    is_goods = pl.col("kind").is_null()
    has_money = (pl.col("price_micro") != 0).any().over("invoice")
    is_note = is_goods & (pl.col("price_micro") == 0) & ((pl.col("units") < 0) | (pl.col("customer").is_null() & ~has_money))
    sales = lines.filter(is_goods & ~is_note & (pl.col("units") > 0))
    back = lines.filter(is_goods & ~is_note & (pl.col("units") < 0))
    found = _sales_cancelled(sales, back)
    back = back.join(found, on="line", how="left")
    drop = ("kind",)
    return SortedTrade(
        sales=sales.drop(drop),
        refunds=back.filter(pl.col("sale_line").is_not_null()).drop(drop),
        credits=back.filter(pl.col("sale_line").is_null()).drop(*drop, "sale_line"),
        adjustments=lines.filter(~is_goods),
        stock_notes=lines.filter(is_note).drop(drop),
        invoices_with_two_times=lines.filter(pl.col("has_two_times")).get_column("invoice").n_unique(),
        below_a_minor=lines.filter((pl.col("price_micro") != 0) & (pl.col("price_micro") % MICRO_PER_MINOR != 0)).height,
        rounding_micro=int((lines.get_column("units") * lines.get_column("price_micro")).sum())
        - int(lines.get_column("minor").sum()) * MICRO_PER_MINOR,
    )


def _with_one_time(lines: pl.DataFrame) -> pl.DataFrame:
    """An invoice that was typed across a minute's end carries two times: the first one is when it was placed."""
    first = pl.col("at").min().over("invoice")
    return lines.with_columns(at=first, has_two_times=pl.col("at").n_unique().over("invoice") > 1)


def _with_money(lines: pl.DataFrame) -> pl.DataFrame:
    micro = pl.col("units") * pl.col("price_micro")
    minor = ((2 * micro.abs() + MICRO_PER_MINOR) // (2 * MICRO_PER_MINOR)) * micro.sign()
    return lines.with_columns(minor=minor.cast(pl.Int64))


@dataclass(slots=True)
class _OpenSale:
    line: int
    at: object
    price_micro: int
    units_left: int
    minor_left: int


def _sales_cancelled(sales: pl.DataFrame, back: pl.DataFrame) -> pl.DataFrame:
    """Return line → sale_line for each cancellation whose sale is found.

    The sale is of the same customer and code, not later, with as many units and as much money left; of several the one at the
    same price wins, then the latest. Lines are taken in the file's order, so the answer is the same every time.
    """
    known = back.filter(pl.col("customer").is_not_null()).sort("at", "line")
    keys = known.select("customer", "code").unique()
    open_sales: dict[tuple[int, str], list[_OpenSale]] = defaultdict(list)
    candidates = sales.join(keys, on=["customer", "code"], how="semi").sort("at", "line")
    for line, at, price, units, minor, customer, code in candidates.select(
        "line", "at", "price_micro", "units", "minor", "customer", "code"
    ).iter_rows():
        open_sales[customer, code].append(_OpenSale(line, at, price, units, minor))
    found: list[tuple[int, int]] = []
    for line, at, price, units, minor, customer, code in known.select(
        "line", "at", "price_micro", "units", "minor", "customer", "code"
    ).iter_rows():
        fitting = [sale for sale in open_sales[customer, code] if sale.at <= at and sale.units_left >= -units and sale.minor_left >= -minor]
        if not fitting:
            continue
        rank = count()
        best = max(fitting, key=lambda sale: (sale.price_micro == price, sale.at, next(rank)))
        best.units_left += units
        best.minor_left += minor
        found.append((line, best.line))
    return pl.DataFrame(found, schema={"line": sales.schema["line"], "sale_line": sales.schema["line"]}, orient="row")
