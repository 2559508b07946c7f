"""Reading the trade file: Parquet or CSV in, clean typed lines and rejects out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from shopkeeper.flows.import_online_retail import MissingColumns, UnreadableFile, digest_of

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
MICRO = 1_000_000
"""Prices are read as whole millionths of the currency unit, so that sums are exact."""

MOST_UNITS = 1_000_000
MOST_PRICE = 1_000_000

_DATE_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class TradeFile:
    """A file read in full.

    `lines`: line (int, from 1; in a CSV the header is line 1), invoice, code (upper case), name, units, at (UTC),
    price_micro, customer (int or null), country (as written). `rejects`: line, reason, value_micro (what quantity ×
    price would have come to, 0 where unreadable) and the row's text. `first_at` to `last_at` is the time the file's lines speak of,
    at the latest up to where it was cut; None where it has no lines.
    """

    digest: str
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    lines: pl.DataFrame
    rejects: pl.DataFrame


def read(path: Path, *, zone: str, shift: timedelta = timedelta(), until: datetime | None = None) -> TradeFile:
    """Return the trade in a file, its local times read in `zone` and moved by `shift`; lines after `until` are not part of it.

    Raises UnreadableFile, MissingColumns.
    """
    raw = _raw(path)
    missing = [column for column in COLUMNS if column not in raw.columns]
    if missing:
        raise MissingColumns(path.name, missing)
    first = 2 if path.suffix.lower() == ".csv" else 1
    numbered = raw.select(COLUMNS).with_row_index("line", offset=first).with_columns(pl.col("line").cast(pl.Int64))
    parsed = _parsed(numbered, zone, shift)
    first_at, last_at = parsed.filter(pl.col("reason").is_null()).select(first=pl.col("at").min(), last=pl.col("at").max()).row(0)
    if until is not None:
        # A file whose lines all lie after the cut speaks of no time at all.
        first_at, last_at = (first_at, min(last_at, until)) if last_at is not None and first_at <= until else (None, None)
        parsed = parsed.filter(pl.col("at").is_null() | (pl.col("at") <= until))
    good = parsed.filter(pl.col("reason").is_null())
    bad = parsed.filter(pl.col("reason").is_not_null())
    columns = ["line", "invoice", "code", "name", "units", "at", "price_micro", "customer", "country"]
    rejects = bad.select("line", "reason", "value_micro", "row")
    return TradeFile(digest_of(path), parsed.height, first_at, last_at, good.select(columns), rejects)


def _raw(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() == ".csv":
            return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}", field="file", value=path.name) from error


def _parsed(raw: pl.DataFrame, zone: str, shift: timedelta) -> pl.DataFrame:
    text = raw.with_columns(pl.col(name).cast(pl.String).str.strip_chars() for name in COLUMNS if name not in ("InvoiceDate", "UnitPrice"))
    moment = (
        pl.coalesce(pl.col("InvoiceDate").str.strptime(pl.Datetime("us"), form, strict=False) for form in _DATE_FORMATS)
        if raw.schema["InvoiceDate"] == pl.String
        else pl.col("InvoiceDate").cast(pl.Datetime("us"))
    )
    price = pl.col("UnitPrice").cast(pl.Float64, strict=False)
    # A customer number may come as "17850.0" where another program took the column for floats.
    customer = pl.col("CustomerID").str.replace(r"\.0$", "")
    read = text.with_columns(
        invoice=pl.col("InvoiceNo").str.to_uppercase(),
        code=pl.col("StockCode").str.to_uppercase(),
        name=pl.col("Description").fill_null(""),
        units=pl.col("Quantity").str.replace(r"\.0$", "").cast(pl.Int64, strict=False),
        # Whole weeks are moved on the local clock, so that a shop that opens at nine still opens at nine after a clock change.
        at=(moment + shift).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC"),
        price=price,
        customer=customer.cast(pl.Int64, strict=False),
        has_customer=customer.fill_null("") != "",
        country=pl.col("Country").fill_null(""),
        row=pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in COLUMNS], separator=","),
    )
    sane_price = pl.col("price").is_finite() & (pl.col("price").abs() <= MOST_PRICE)
    reason = (
        pl.when(pl.col("invoice").fill_null("") == "").then(pl.lit("InvoiceNo is empty"))
        .when(pl.col("code").fill_null("") == "").then(pl.lit("StockCode is empty"))
        .when(pl.col("units").is_null()).then(pl.lit("Quantity is not a whole number"))
        .when((pl.col("units") == 0) | (pl.col("units").abs() > MOST_UNITS)).then(pl.lit(f"Quantity is zero or beyond {MOST_UNITS}"))
        .when(pl.col("at").is_null()).then(pl.lit("InvoiceDate is not a date"))
        .when(~sane_price.fill_null(False)).then(pl.lit(f"UnitPrice is not a number within ±{MOST_PRICE}"))
        .when(pl.col("has_customer") & pl.col("customer").is_null()).then(pl.lit("CustomerID is not a number"))
        .otherwise(None)
    )  # fmt: skip
    usable = pl.col("units").is_not_null() & sane_price.fill_null(False)
    micro = pl.when(usable).then((pl.col("price") * MICRO).round()).otherwise(0).cast(pl.Int64)
    return read.with_columns(price_micro=micro, reason=reason).with_columns(
        value_micro=pl.when(usable & (pl.col("units").abs() <= MOST_UNITS)).then(pl.col("units") * pl.col("price_micro")).otherwise(0)
    )
