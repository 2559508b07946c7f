"""The steps of taking a trade file over: each is one transaction, done wholly or not at all, and skipped where it is done."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.flows import index_products
from shopkeeper.flows.import_online_retail import goods as derive
from shopkeeper.flows.import_online_retail.countries import CODES, UNKNOWN
from shopkeeper.flows.import_online_retail.sort_out import SortedTrade
from shopkeeper.ops.imports import public as imports
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing

if TYPE_CHECKING:
    from shopkeeper.ops.imports.shapes import Run

SOURCE = "online-retail"
ORDERS_AT_ONCE = 2_000
SHELVES = Path(__file__).resolve().parent.parent / "sample_shop"
"""Where the curated names and the category tree lie."""

Report = Mapping[str, int]
_ADJUSTMENT_CODE = pl.format("{}:{}:{}", pl.col("invoice"), pl.col("code"), pl.int_range(1, pl.len() + 1).over("invoice", "code"))


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the run with its name; `work` does it and returns what it counted."""

    name: str
    work: Callable[[], Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """What the steps share: the run, the sorted trade, the shop's currency and the end of the file."""

    run_id: int
    trade: SortedTrade
    currency: str
    end: datetime
    now: datetime


def steps(cargo: Cargo) -> list[Step]:
    """Return every step of the run in order; the same file gives the same steps."""
    numbers = cargo.trade.sales.get_column("invoice").unique(maintain_order=True)
    parts = [numbers.slice(first, ORDERS_AT_ONCE) for first in range(0, numbers.len(), ORDERS_AT_ONCE)]
    return [
        Step("goods", lambda: _goods(cargo)),
        Step("buyers", lambda: _buyers(cargo)),
        *(Step(f"orders {place}/{len(parts)}", lambda part=part: _orders(cargo, part)) for place, part in enumerate(parts, 1)),  # type: ignore[misc]
        Step("refunds", lambda: _refunds(cargo)),
        Step("credit notes", lambda: _credit_notes(cargo)),
        Step("adjustments", lambda: _adjustments(cargo)),
        line_numbers(run_id=cargo.run_id, trade=cargo.trade),
        # Goods taken over tell no facts, so search would never hear of them.
        Step("search", lambda: {"found": index_products.index_all()}),
    ]


def line_numbers(*, run_id: int, trade: SortedTrade) -> Step:
    """Return the step that keeps which lines of the file became what."""
    return Step("line numbers", lambda: {"things": imports.save_origins(run_id=run_id, origins=origins(trade))})


def take(run: "Run", todo: list[Step], now: datetime) -> Iterator[tuple[int, Step]]:
    """Do the steps that the run has not finished, yielding each before it is done."""
    for place, step in enumerate(todo):
        yield place, step
        if step.name not in run.steps:
            with transaction.atomic():
                imports.finish_step(run_id=run.id, name=step.name, report=step.work(), now=now)


def origins(trade: SortedTrade) -> Iterator[tuple[str, str, list[int]]]:
    """Yield every thing that lines of the file become: its kind, its code, its line numbers."""
    number = pl.col("sale_line").replace_strict(trade.sales["line"], trade.sales["invoice"], return_dtype=pl.String)
    coded = {
        "order": (trade.sales, pl.col("invoice")),
        "refund": (trade.refunds, pl.format("{}/{}", pl.col("invoice"), number)),
        "credit note": (trade.credits, pl.col("invoice")),
        "adjustment": (trade.adjustments, _ADJUSTMENT_CODE),
        "stock note": (trade.stock_notes, pl.format("line {}", pl.col("line"))),
    }
    for kind, (lines, code) in coded.items():
        if lines.height:
            for called, numbers in lines.group_by(code.alias("called"), maintain_order=True).agg(pl.col("line")).iter_rows():
                yield kind, called, numbers


def _goods(cargo: Cargo) -> Report:
    """Categories, goods with names, derived price history and derived stock."""
    sold = cargo.trade.sales
    wares = derive.goods_of(sold, _back(cargo.trade))
    curated = pl.read_csv(SHELVES / "goods.csv", schema_overrides={"sku": pl.String})
    shelves = pl.read_csv(SHELVES / "categories.csv").with_row_index("position", offset=1)
    catalog.import_categories(frame=shelves.with_columns(pl.col("position").cast(pl.Int64), is_derived=pl.lit(True)))
    rows = derive.catalogue_rows(wares, curated, derive_category=catalog.derive_category, tidy_name=catalog.tidy_name)
    entered = catalog.import_goods(frame=rows, now=cargo.now)
    known = entered.select(pl.col("sku").alias("code"), "variant_id")
    catalog.import_attributes(frame=derive.attribute_rows(catalog.DERIVED))
    products = entered.select(pl.col("sku").alias("code"), "product_id")
    traits = catalog.import_traits(frame=derive.trait_rows(wares.join(products, on="code"), derive_traits=catalog.derive_traits))
    prices = derive.monthly_prices(sold).join(known, on="code").sort("variant_id", "from_at")
    pricing.import_prices(frame=prices.select("variant_id", "amount_minor", "from_at"), now=cargo.now, reason="derived from trade")
    stock = derive.derived_stock(sold, end=cargo.end).join(known, on="code")
    shelves_opened = inventory.import_stock(
        frame=stock.select("variant_id", "warehouse_code", "on_hand"), now=cargo.now, note="derived from trade"
    )
    return {"goods": rows.height, "traits": traits, "prices": prices.height, "shelves": shelves_opened}


def _back(trade: SortedTrade) -> pl.DataFrame:
    return pl.concat([trade.refunds.drop("sale_line"), trade.credits])


def _with_buyer_code(lines: pl.DataFrame) -> pl.DataFrame:
    """Name the buyer of every line: a customer by number, a guest by the invoice."""
    customer = pl.format("{}:{}", pl.lit(SOURCE), pl.col("customer"))
    guest = pl.format("{}:guest:{}", pl.lit(SOURCE), pl.col("invoice"))
    return lines.with_columns(
        buyer_code=pl.when(pl.col("customer").is_null()).then(guest).otherwise(customer),
        is_guest=pl.col("customer").is_null(),
        country=pl.col("country").replace_strict(CODES, default=UNKNOWN),
    )


def _buyers(cargo: Cargo) -> Report:
    trade = cargo.trade
    wanted = ["customer", "invoice", "country", "at"]
    adjusted = trade.adjustments.filter(pl.col("customer").is_not_null()).select(wanted)
    lines = _with_buyer_code(pl.concat([trade.sales.select(wanted), _back(trade).select(wanted), adjusted]))
    people = (
        lines.sort("at")
        .group_by("buyer_code", maintain_order=True)
        .agg(pl.col("country").first(), pl.col("is_guest").first(), pl.col("at").first())
    )
    found = customers.import_customers(
        people.select(
            external_code="buyer_code",
            country=pl.when(pl.col("country") == UNKNOWN).then(pl.lit("")).otherwise(pl.col("country")),
            is_guest="is_guest",
            joined_at="at",
        ),
        now=cargo.now,
    )
    return {"buyers": found.height, "guests": int(people.get_column("is_guest").sum())}


def _known_buyers(lines: pl.DataFrame, cargo: Cargo) -> pl.DataFrame:
    """Join `buyer_id` to lines; the buyers are there since their own step, so this only looks them up."""
    coded = _with_buyer_code(lines)
    people = coded.group_by("buyer_code").agg(pl.col("is_guest").first(), pl.col("at").min())
    found = customers.import_customers(
        people.select(external_code="buyer_code", country=pl.lit(""), is_guest="is_guest", joined_at="at"), now=cargo.now
    )
    return coded.join(found.rename({"external_code": "buyer_code", "customer_id": "buyer_id"}), on="buyer_code", maintain_order="left")


def _known_goods(lines: pl.DataFrame, cargo: Cargo) -> pl.DataFrame:
    """Join variant_id, product_id, category_id, sku and name to lines."""
    codes = lines.select(pl.col("code").unique(maintain_order=True))
    found = catalog.goods_by_sku(codes.get_column("code").to_list())
    rows = [
        (code, item.variant_id, item.product_id, item.category_id, item.name.en, item.name.zh)
        for code, item in ((code, found[code]) for code in codes.get_column("code"))
    ]
    schema = {
        "code": pl.String,
        "variant_id": pl.Int64,
        "product_id": pl.Int64,
        "category_id": pl.Int64,
        "name_en": pl.String,
        "name_zh": pl.String,
    }
    return lines.drop("name").join(pl.DataFrame(rows, schema=schema, orient="row"), on="code", maintain_order="left")


def _order_frames(cargo: Cargo, numbers: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = cargo.trade.sales.filter(pl.col("invoice").is_in(numbers.implode()))
    lines = _known_goods(_known_buyers(lines, cargo), cargo).with_columns(
        number=pl.col("invoice"),
        position=pl.int_range(1, pl.len() + 1).over("invoice").cast(pl.Int64),
        unit_minor=((pl.col("price_micro") + 5_000) // 10_000),
        goods_minor=pl.col("minor"),
        gross_minor=pl.col("minor"),
        discount_minor=pl.lit(0, dtype=pl.Int64),
        tax_basis_points=pl.lit(0, dtype=pl.Int64),
        tax_minor=pl.lit(0, dtype=pl.Int64),
        sku=pl.col("code"),
    )
    heads = lines.group_by("number", maintain_order=True).agg(
        channel=pl.lit("imported"),
        buyer_id=pl.col("buyer_id").first(),
        is_guest=pl.col("is_guest").first(),
        country=pl.col("country").first(),
        language=pl.lit("en"),
        currency=pl.lit(cargo.currency),
        tax_mode=pl.lit("included"),
        placed_at=pl.col("at").first(),
        goods_minor=pl.col("minor").sum(),
        discount_minor=pl.lit(0, dtype=pl.Int64),
        tax_minor=pl.lit(0, dtype=pl.Int64),
        delivery_minor=pl.lit(0, dtype=pl.Int64),
        total_minor=pl.col("minor").sum(),
        units=pl.col("units").sum(),
    )
    return heads, lines


def _orders(cargo: Cargo, numbers: pl.Series) -> Report:
    """One part of the orders, with the payment of each."""
    heads, lines = _order_frames(cargo, numbers)
    found = orders.import_history(orders=heads, lines=lines)
    ids = found.group_by("number").agg(pl.col("order_id").first())
    paid = heads.join(ids, on="number", maintain_order="left").select(
        "order_id", "buyer_id", amount_minor="total_minor", key=pl.format("{}:{}", pl.lit(SOURCE), pl.col("number")), at="placed_at"
    )
    known = payments.import_history(payments=paid.drop("buyer_id"), currency=cargo.currency)
    events.record_history(_paid(paid.join(known, on="order_id", maintain_order="left")))
    return {"orders": heads.height, "lines": lines.height}


def _paid(paid: pl.DataFrame) -> Iterator[tuple[facts.OrderPaid, datetime]]:
    for order_id, payment_id, buyer_id, amount, at in paid.select("order_id", "payment_id", "buyer_id", "amount_minor", "at").iter_rows():
        yield facts.OrderPaid(order_id=order_id, payment_id=payment_id, buyer_id=buyer_id, amount_minor=amount), at


def _refunds(cargo: Cargo) -> Report:
    """Cancellations whose sale was found, one refund for each cancelling invoice and order."""
    back = cargo.trade.refunds
    sale = cargo.trade.sales.select(sale_line="line", number="invoice")
    numbers = back.join(sale, on="sale_line").get_column("number").unique()
    if not numbers.len():
        return {"refunds": 0, "lines": 0}
    heads, lines = _order_frames(cargo, numbers)
    # The orders are known since their own step: this looks up the ids of their lines and adds nothing.
    ids = orders.import_history(orders=heads, lines=lines).join(
        lines.select("number", "position", sale_line="line"), on=["number", "position"]
    )
    rows = back.join(ids, on="sale_line", how="left", maintain_order="left").with_columns(
        external_code=pl.format("{}/{}", pl.col("invoice"), pl.col("number")),
        units=-pl.col("units"),
        gross_minor=-pl.col("minor"),
        tax_minor=pl.lit(0, dtype=pl.Int64),
    )
    whole = rows.group_by("external_code", maintain_order=True).agg(
        pl.col("order_id").first(),
        reason=pl.lit("other"),
        made_at=pl.col("at").min(),
        delivery_minor=pl.lit(0, dtype=pl.Int64),
        amount_minor=pl.col("gross_minor").sum(),
    )
    orders.import_refunds(
        refunds=whole.drop("amount_minor"), lines=rows.select("external_code", "line_id", "units", "gross_minor", "tax_minor")
    )
    payments.import_refunds(refunds=whole.select("order_id", "amount_minor", key="external_code", at="made_at"))
    return {"refunds": whole.height, "lines": rows.height}


def _credit_notes(cargo: Cargo) -> Report:
    """Cancellations whose sale is not in the file."""
    rows = _known_goods(_known_buyers(cargo.trade.credits, cargo), cargo).with_columns(
        number=pl.col("invoice"),
        sku=pl.col("code"),
        units=-pl.col("units"),
        gross_minor=-pl.col("minor"),
        tax_minor=pl.lit(0, dtype=pl.Int64),
    )
    notes = rows.group_by("number", maintain_order=True).agg(
        pl.col("buyer_id").first(), pl.col("country").first(), issued_at=pl.col("at").first()
    )
    if notes.height:
        orders.import_credit_notes(notes=notes, lines=rows)
    return {"credit notes": notes.height, "lines": rows.height}


def _adjustments(cargo: Cargo) -> Report:
    """Postage, fees and money booked by hand, beside the order of the same invoice where there is one."""
    lines = cargo.trade.adjustments.with_columns(external_code=_ADJUSTMENT_CODE)
    named = _known_buyers(lines.filter(pl.col("customer").is_not_null()), cargo)
    nobody = _with_buyer_code(lines.filter(pl.col("customer").is_null())).with_columns(buyer_id=pl.lit(None, dtype=pl.Int64))
    rows = pl.concat([named.select(nobody.columns), nobody])
    ids = orders.ids_by_number(rows.get_column("invoice").unique().to_list())
    rows = rows.with_columns(order_id=pl.col("invoice").replace_strict(ids, default=None, return_dtype=pl.Int64))
    if rows.height:
        orders.import_adjustments(
            adjustments=rows.select("external_code", "order_id", "buyer_id", "country", "kind", amount_minor="minor", booked_at="at")
        )
    return {"adjustments": rows.height}
