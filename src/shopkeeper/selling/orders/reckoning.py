"""What the books say of trade taken over from another system: sums over its own numbers, for a reconciliation."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTotals:
    """Sums in minor units over imported orders, their refunds, credit notes and adjustments; each positive as its name says."""

    sales_minor: int
    refunds_minor: int
    credit_notes_minor: int
    adjustments_minor: int


_TOTALS = """
    SELECT (SELECT coalesce(sum(l.gross_minor), 0) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
            WHERE o.is_imported AND o.number = ANY(%(numbers)s)),
           (SELECT coalesce(sum(r.total_minor), 0) FROM orders_refund r
            WHERE split_part(r.external_code, '/', 1) = ANY(%(numbers)s)),
           (SELECT coalesce(sum(n.total_minor), 0) FROM orders_creditnote n WHERE n.number = ANY(%(numbers)s)),
           (SELECT coalesce(sum(a.amount_minor), 0) FROM orders_adjustment a
            WHERE split_part(a.external_code, ':', 1) = ANY(%(numbers)s))
"""


def history_totals(numbers: Sequence[str]) -> HistoryTotals:
    """Return what the books hold for the other system's document numbers (orders, cancellations and bookings alike)."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"numbers": list(numbers)})
        sales, refunds, notes, adjustments = cursor.fetchone()
    return HistoryTotals(
        sales_minor=int(sales), refunds_minor=int(refunds), credit_notes_minor=int(notes), adjustments_minor=int(adjustments)
    )


def ids_by_number(numbers: Sequence[str]) -> dict[str, int]:
    """Return order number → order id for the numbers that are known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, id FROM orders_order WHERE number = ANY(%s)", [list(numbers)])
        return dict(cursor.fetchall())
