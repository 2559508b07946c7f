"""Trade taken over from another system: whole frames copied in, with the facts that tell of them, marked as history.

Every function runs in one transaction, skips what is there already (by number or code) and so may be repeated. Amounts are minor units
of the book currency; moments are aware and in UTC.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit.ids import new_token
from shopkeeper.selling.orders.shapes import OrderState, RefundState

ORDER_COLUMNS = (
    "number", "channel", "buyer_id", "is_guest", "country", "language", "currency", "tax_mode", "placed_at",
    "goods_minor", "discount_minor", "tax_minor", "delivery_minor", "total_minor", "units",
)  # fmt: skip
LINE_COLUMNS = (
    "number", "position", "variant_id", "product_id", "category_id", "sku", "name_en", "name_zh", "units", "unit_minor",
    "goods_minor", "discount_minor", "tax_basis_points", "tax_minor", "gross_minor",
)  # fmt: skip


@transaction.atomic
def import_history(*, orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Take over orders of the past: paid in full and shipped. Returns one row per line with `number, position, order_id, line_id`.

    `orders`, one row per order: ORDER_COLUMNS. `lines`, one row per line, `position` from 1 within its order: LINE_COLUMNS
    (`category_id` may be null). Orders whose number is known stay as they are and are returned too. Tells OrderPlaced.
    """
    known = _known("orders_order", "number", orders["number"])
    fresh = orders.select(ORDER_COLUMNS).filter(~pl.col("number").is_in(list(known)))
    fresh = fresh.with_columns(_ids("orders_order", fresh.height).alias("order_id"))
    fresh_lines = lines.select(LINE_COLUMNS).join(fresh.select("number", "order_id"), on="number").sort("order_id", "position")
    fresh_lines = fresh_lines.with_columns(_ids("orders_orderline", fresh_lines.height).alias("line_id"))
    _copy("orders_order", _order_rows(fresh))
    _copy("orders_orderline", _line_rows(fresh_lines))
    events.record_history(_placed(fresh, fresh_lines))
    return _line_ids(orders["number"])


@transaction.atomic
def import_refunds(*, refunds: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Take over refunds of known orders, settled when they were made. Returns one row per refund: `external_code, refund_id`.

    `refunds`: external_code, order_id, reason, made_at, delivery_minor. `lines`: external_code, line_id, units, gross_minor, tax_minor.
    A refund already known is skipped. More than was bought is refused by the tables' own checks, and nothing is taken. Tells OrderRefunded.
    """
    known = _known("orders_refund", "external_code", refunds["external_code"])
    fresh = refunds.filter(~pl.col("external_code").is_in(list(known)))
    fresh_lines = lines.join(fresh.select("external_code"), on="external_code")
    goods = fresh_lines.group_by("external_code").agg(goods_minor=pl.col("gross_minor").sum())
    fresh = fresh.join(goods, on="external_code", how="left").with_columns(pl.col("goods_minor").fill_null(0))
    fresh = fresh.sort("made_at", "external_code").with_columns(refund_id=_ids("orders_refund", fresh.height))
    fresh_lines = fresh_lines.join(fresh.select("external_code", "refund_id"), on="external_code").sort("refund_id", "line_id")
    _copy("orders_refund", _refund_rows(fresh))
    _copy(
        "orders_refundline",
        fresh_lines.select("refund_id", "line_id", "units", pl.lit(0).alias("dropped_units"), "gross_minor", "tax_minor",
                           pl.lit(False).alias("is_restocked")),
    )  # fmt: skip
    _count_refunds(fresh["refund_id"].to_list())
    # Read in full first: the facts are written by COPY, which cannot share its connection with a query.
    events.record_history(list(_refunded(fresh["refund_id"].to_list())))
    with connection.cursor() as cursor:
        cursor.execute("SELECT external_code, id FROM orders_refund WHERE external_code = ANY(%s)", [refunds["external_code"].to_list()])
        return pl.DataFrame(cursor.fetchall(), schema={"external_code": pl.String, "refund_id": pl.Int64}, orient="row")


@transaction.atomic
def import_credit_notes(*, notes: pl.DataFrame, lines: pl.DataFrame) -> int:
    """Take over goods that came back to orders nobody knows; return how many notes were new. Tells CreditNoteIssued.

    `notes`: number, buyer_id, country, issued_at. `lines`: number, variant_id, product_id, category_id, sku, units, gross_minor, tax_minor.
    """
    known = _known("orders_creditnote", "number", notes["number"])
    fresh = notes.filter(~pl.col("number").is_in(list(known))).sort("issued_at", "number")
    fresh = fresh.with_columns(credit_note_id=_ids("orders_creditnote", fresh.height))
    fresh_lines = lines.join(fresh.select("number", "credit_note_id"), on="number")
    totals = fresh_lines.group_by("number").agg(total_minor=pl.col("gross_minor").sum())
    fresh = fresh.join(totals, on="number", how="left", maintain_order="left").with_columns(pl.col("total_minor").fill_null(0))
    columns = ("number", "buyer_id", "country", "total_minor", "issued_at")
    _copy("orders_creditnote", fresh.select(pl.col("credit_note_id").alias("id"), *columns))
    line_columns = ("credit_note_id", "variant_id", "product_id", "category_id", "sku", "units", "gross_minor", "tax_minor")
    _copy("orders_creditnoteline", fresh_lines.select(line_columns))
    by_note = _grouped(fresh_lines, "credit_note_id")
    return events.record_history(
        (
            facts.CreditNoteIssued(
                credit_note_id=note["credit_note_id"],
                buyer_id=note["buyer_id"],
                country=note["country"],
                lines=tuple(_refunded_line(line, line_id=0) for line in by_note.get(note["credit_note_id"], ())),
                total_minor=note["total_minor"],
            ),
            note["issued_at"],
        )
        for note in fresh.iter_rows(named=True)
    )


@transaction.atomic
def import_adjustments(*, adjustments: pl.DataFrame) -> int:
    """Take over money booked beside the goods; return how many rows were new. Tells AdjustmentBooked.

    `adjustments`: external_code, order_id (may be null), buyer_id (may be null), country, kind, amount_minor (may be negative), booked_at.
    """
    known = _known("orders_adjustment", "external_code", adjustments["external_code"])
    fresh = adjustments.filter(~pl.col("external_code").is_in(list(known))).sort("booked_at", "external_code")
    fresh = fresh.with_columns(adjustment_id=_ids("orders_adjustment", fresh.height))
    columns = ("external_code", "order_id", "buyer_id", "country", "kind", "amount_minor", "booked_at")
    _copy("orders_adjustment", fresh.select(pl.col("adjustment_id").alias("id"), *columns))
    return events.record_history(
        (
            facts.AdjustmentBooked(
                adjustment_id=row["adjustment_id"],
                order_id=row["order_id"],
                buyer_id=row["buyer_id"],
                country=row["country"],
                kind=row["kind"],
                amount_minor=row["amount_minor"],
            ),
            row["booked_at"],
        )
        for row in fresh.iter_rows(named=True)
    )


# ── rows as the tables hold them ──────────────────────────────────────────────────────────────────────────────────────


def _order_rows(fresh: pl.DataFrame) -> pl.DataFrame:
    address = pl.lit('{"name": "", "line1": "", "city": "", "country": "') + pl.col("country") + pl.lit('"}')
    return fresh.select(
        pl.col("order_id").alias("id"),
        "number",
        pl.Series("token", [new_token() for _ in range(fresh.height)], dtype=pl.String),
        pl.lit(OrderState.SHIPPED.value).alias("state"),
        "channel",
        pl.lit(True).alias("is_imported"),
        "buyer_id",
        "is_guest",
        pl.lit("").alias("contact_email"),
        pl.lit("").alias("contact_name"),
        pl.lit("").alias("contact_phone"),
        address.alias("address"),
        "country",
        "language",
        "currency",
        "tax_mode",
        pl.lit("").alias("delivery_name_en"),
        pl.lit("").alias("delivery_name_zh"),
        "delivery_minor",
        pl.lit(0).alias("delivery_tax_minor"),
        "goods_minor",
        "discount_minor",
        "tax_minor",
        "total_minor",
        "units",
        pl.col("total_minor").alias("paid_minor"),
        pl.lit(0).alias("refunded_minor"),
        pl.lit(0).alias("refunded_delivery_minor"),
        pl.lit("{}").alias("quote"),
        "placed_at",
        pl.col("placed_at").alias("paid_at"),
        pl.col("placed_at").alias("shipped_at"),
        pl.lit("").alias("cancel_reason"),
    )


def _line_rows(fresh: pl.DataFrame) -> pl.DataFrame:
    columns = [column for column in LINE_COLUMNS if column != "number"]
    return fresh.select(
        pl.col("line_id").alias("id"),
        "order_id",
        *columns,
        pl.col("units").alias("shipped_units"),
        pl.lit(0).alias("dropped_units"),
        pl.lit(0).alias("refunded_units"),
        pl.lit(0).alias("refunded_minor"),
        pl.lit(0).alias("refunded_tax_minor"),
    )


def _refund_rows(fresh: pl.DataFrame) -> pl.DataFrame:
    return fresh.select(
        pl.col("refund_id").alias("id"),
        "order_id",
        "reason",
        pl.lit("").alias("note"),
        pl.lit(RefundState.SETTLED.value).alias("state"),
        "goods_minor",
        "delivery_minor",
        (pl.col("goods_minor") + pl.col("delivery_minor")).alias("total_minor"),
        "made_at",
        pl.col("made_at").alias("settled_at"),
        "external_code",
    )


def _count_refunds(refund_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE orders_orderline l SET refunded_units = l.refunded_units + x.units, refunded_minor = l.refunded_minor + x.gross,
                      refunded_tax_minor = l.refunded_tax_minor + x.tax
               FROM (SELECT line_id, sum(units) units, sum(gross_minor) gross, sum(tax_minor) tax FROM orders_refundline
                     WHERE refund_id = ANY(%s) GROUP BY line_id) x WHERE l.id = x.line_id""",
            [list(refund_ids)],
        )
        cursor.execute(
            """UPDATE orders_order o SET refunded_minor = o.refunded_minor + x.total,
                      refunded_delivery_minor = o.refunded_delivery_minor + x.delivery
               FROM (SELECT order_id, sum(total_minor) total, sum(delivery_minor) delivery FROM orders_refund
                     WHERE id = ANY(%s) GROUP BY order_id) x WHERE o.id = x.order_id""",
            [list(refund_ids)],
        )


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _placed(fresh: pl.DataFrame, lines: pl.DataFrame) -> Iterator[tuple[facts.OrderPlaced, datetime]]:
    by_order = _grouped(lines, "order_id")
    for order in fresh.sort("placed_at", "order_id").iter_rows(named=True):
        yield (
            facts.OrderPlaced(
                order_id=order["order_id"],
                number=order["number"],
                channel=order["channel"],
                buyer_id=order["buyer_id"],
                is_guest=order["is_guest"],
                country=order["country"],
                currency=order["currency"],
                lines=tuple(_ordered_line(line) for line in by_order.get(order["order_id"], ())),
                delivery_minor=order["delivery_minor"],
                delivery_tax_minor=0,
                total_minor=order["total_minor"],
            ),
            order["placed_at"],
        )


def _ordered_line(line: Mapping[str, Any]) -> facts.OrderedLine:
    return facts.OrderedLine(
        line_id=line["line_id"],
        variant_id=line["variant_id"],
        product_id=line["product_id"],
        category_id=line["category_id"],
        sku=line["sku"],
        units=line["units"],
        gross_minor=line["gross_minor"],
        discount_minor=line["discount_minor"],
        tax_minor=line["tax_minor"],
    )


def _refunded(refund_ids: Sequence[int]) -> Iterator[tuple[facts.OrderRefunded, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.id, r.order_id, o.buyer_id, o.country, r.reason, r.delivery_minor, r.total_minor, r.made_at,
                      coalesce(jsonb_agg(jsonb_build_object('line_id', l.id, 'variant_id', l.variant_id, 'product_id', l.product_id,
                          'category_id', l.category_id, 'sku', l.sku, 'units', x.units, 'gross_minor', x.gross_minor,
                          'tax_minor', x.tax_minor) ORDER BY l.id) FILTER (WHERE l.id IS NOT NULL), '[]')::text
               FROM orders_refund r JOIN orders_order o ON o.id = r.order_id
               LEFT JOIN orders_refundline x ON x.refund_id = r.id LEFT JOIN orders_orderline l ON l.id = x.line_id
               WHERE r.id = ANY(%s) GROUP BY r.id, o.id ORDER BY r.made_at, r.id""",
            [list(refund_ids)],
        )
        rows = cursor.fetchall()
    for refund_id, order_id, buyer_id, country, reason, delivery_minor, total_minor, made_at, lines in rows:
        yield (
            facts.OrderRefunded(
                order_id=order_id,
                refund_id=refund_id,
                buyer_id=buyer_id,
                country=country,
                reason=reason,
                lines=tuple(facts.RefundedLine(**line) for line in json.loads(lines)),
                delivery_minor=delivery_minor,
                total_minor=total_minor,
            ),
            made_at,
        )


def _refunded_line(line: Mapping[str, Any], *, line_id: int) -> facts.RefundedLine:
    return facts.RefundedLine(
        line_id=line_id,
        variant_id=line["variant_id"],
        product_id=line["product_id"],
        category_id=line["category_id"],
        sku=line["sku"],
        units=line["units"],
        gross_minor=line["gross_minor"],
        tax_minor=line["tax_minor"],
    )


# ── sets in and out ───────────────────────────────────────────────────────────────────────────────────────────────────


def _grouped(rows: pl.DataFrame, key: str) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        groups.setdefault(row[key], []).append(row)
    return groups


def _known(table: str, column: str, wanted: pl.Series) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} = ANY(%s)", [wanted.to_list()])  # noqa: S608 - names from this file
        return {row[0] for row in cursor.fetchall()}


def _ids(table: str, count: int) -> pl.Series:
    """Draw `count` ids of a table at once, so that rows can be copied in with their references made."""
    with connection.cursor() as cursor:
        # In a subquery the sequence is looked up once; beside nextval it would be for every row.
        cursor.execute("SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass)) FROM generate_series(1, %s)", [table, count])
        return pl.Series([row[0] for row in cursor.fetchall()], dtype=pl.Int64)


def _copy(table: str, rows: pl.DataFrame) -> None:
    """Copy a frame whose columns are named as the table's. Texts are quoted, so that an empty text is not taken for a null."""
    columns = ", ".join(f'"{column}"' for column in rows.columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for part in rows.iter_slices(20_000):
            copy.write(part.write_csv(include_header=False, quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%S%.6f%z"))


def _line_ids(numbers: pl.Series) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT o.number, l.position, o.id, l.id FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
               WHERE o.number = ANY(%s)""",
            [numbers.to_list()],
        )
        schema = {"number": pl.String, "position": pl.Int64, "order_id": pl.Int64, "line_id": pl.Int64}
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
