"""Does this room add up? Each check is one query that returns only what does not."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shopkeeper.kit.ids import OrderId, RefundId, VariantId
from shopkeeper.selling.orders.shapes import Difference, OrderMoney, OrderState, ToBeTold


@dataclass(frozen=True, slots=True)
class Check:
    """`query` yields (subject id, expected, found) for every difference; `kind` names the subject."""

    name: str
    kind: str
    query: str


CHECKS = (
    Check(
        "order_total_is_lines_and_delivery",
        "order",
        """SELECT o.id, coalesce(sum(l.gross_minor), 0) + o.delivery_minor, o.total_minor
           FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id
           GROUP BY o.id HAVING coalesce(sum(l.gross_minor), 0) + o.delivery_minor <> o.total_minor""",
    ),
    Check(
        "order_units_are_line_units",
        "order",
        """SELECT o.id, coalesce(sum(l.units), 0), o.units FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id
           GROUP BY o.id HAVING coalesce(sum(l.units), 0) <> o.units""",
    ),
    Check(
        "order_refunded_is_refunds",
        "order",
        """SELECT o.id, coalesce(sum(r.total_minor) FILTER (WHERE r.state <> 'failed'), 0), o.refunded_minor
           FROM orders_order o LEFT JOIN orders_refund r ON r.order_id = o.id
           GROUP BY o.id HAVING coalesce(sum(r.total_minor) FILTER (WHERE r.state <> 'failed'), 0) <> o.refunded_minor""",
    ),
    Check(
        "order_refunded_at_most_paid",
        "order",
        "SELECT id, paid_minor, refunded_minor FROM orders_order WHERE refunded_minor > paid_minor",
    ),
    Check(
        "refund_is_its_lines",
        "refund",
        """SELECT r.id, coalesce(sum(l.gross_minor), 0), r.goods_minor FROM orders_refund r
           LEFT JOIN orders_refundline l ON l.refund_id = r.id
           GROUP BY r.id HAVING coalesce(sum(l.gross_minor), 0) <> r.goods_minor""",
    ),
    Check(
        "line_refunded_is_refund_lines",
        "line",
        """SELECT l.id, coalesce(sum(x.gross_minor), 0), l.refunded_minor FROM orders_orderline l
           LEFT JOIN (SELECT rl.line_id, rl.gross_minor FROM orders_refundline rl
                      JOIN orders_refund r ON r.id = rl.refund_id AND r.state <> 'failed') x ON x.line_id = l.id
           GROUP BY l.id HAVING coalesce(sum(x.gross_minor), 0) <> l.refunded_minor""",
    ),
    Check(
        "line_refunded_at_most_its_price",
        "line",
        "SELECT id, gross_minor, refunded_minor FROM orders_orderline WHERE refunded_minor > gross_minor",
    ),
    Check(
        "line_refunded_units_are_refund_lines",
        "line",
        """SELECT l.id, coalesce(sum(x.units), 0), l.refunded_units FROM orders_orderline l
           LEFT JOIN (SELECT rl.line_id, rl.units FROM orders_refundline rl
                      JOIN orders_refund r ON r.id = rl.refund_id AND r.state <> 'failed') x ON x.line_id = l.id
           GROUP BY l.id HAVING coalesce(sum(x.units), 0) <> l.refunded_units""",
    ),
    Check(
        "line_sent_or_dropped_at_most_ordered",
        "line",
        "SELECT id, units, shipped_units + dropped_units FROM orders_orderline WHERE shipped_units + dropped_units > units",
    ),
    Check(
        "line_shipped_is_parcels",
        "line",
        """SELECT l.id, coalesce(sum(s.units), 0), l.shipped_units FROM orders_orderline l
           JOIN orders_order o ON o.id = l.order_id AND NOT o.is_imported
           LEFT JOIN orders_shipmentline s ON s.line_id = l.id
           GROUP BY l.id HAVING coalesce(sum(s.units), 0) <> l.shipped_units""",
    ),
    Check(
        "line_pieces_are_its_parts",
        "line",
        """SELECT l.id, coalesce(p.units, 1), l.pieces FROM orders_orderline l
           LEFT JOIN (SELECT line_id, sum(units) AS units FROM orders_linepart GROUP BY 1) p ON p.line_id = l.id
           WHERE coalesce(p.units, 1) <> l.pieces""",
    ),
    Check(
        "bundle_price_is_its_parts",
        "line",
        """SELECT l.id, sum(p.gross_minor), l.gross_minor FROM orders_orderline l JOIN orders_linepart p ON p.line_id = l.id
           GROUP BY l.id HAVING sum(p.gross_minor) <> l.gross_minor""",
    ),
    Check(
        "bundle_tax_is_its_parts",
        "line",
        """SELECT l.id, sum(p.tax_minor), l.tax_minor FROM orders_orderline l JOIN orders_linepart p ON p.line_id = l.id
           GROUP BY l.id HAVING sum(p.tax_minor) <> l.tax_minor""",
    ),
    Check(
        "bundles_leave_whole",
        "part",
        """SELECT p.id, l.shipped_units * p.units, coalesce(sum(s.units), 0) FROM orders_linepart p
           JOIN orders_orderline l ON l.id = p.line_id
           LEFT JOIN orders_shipmentpart s ON s.part_id = p.id
           GROUP BY p.id, l.id HAVING coalesce(sum(s.units), 0) <> l.shipped_units * p.units""",
    ),
)


def differences() -> list[Difference]:
    """Return every difference of every check, by check and subject."""
    found = []
    with connection.cursor() as cursor:
        for check in CHECKS:
            cursor.execute(check.query + " ORDER BY 1")
            found += [
                Difference(check=check.name, subject=f"{check.kind}:{subject}", expected=int(expected), found=int(actual))
                for subject, expected, actual in cursor.fetchall()
            ]
    return found


MONEY = """
    SELECT o.id AS order_id, o.state, o.paid_minor, o.refunded_minor,
           CASE WHEN o.state IN ('placed', 'paid', 'shipping') THEN coalesce(
               (SELECT sum((l.units - l.shipped_units - l.dropped_units) * l.pieces) FROM orders_orderline l WHERE l.order_id = o.id), 0)
           ELSE 0 END AS units_to_hold,
           EXISTS (SELECT FROM orders_refund r WHERE r.order_id = o.id AND r.state = 'asked') AS has_refund_under_way,
           EXISTS (SELECT FROM orders_refund r WHERE r.order_id = o.id AND r.state = 'asked' AND r.made_at > %(moved_since)s)
               AS has_new_refund
    FROM orders_order o"""


def money_of_orders(moved_since: datetime) -> list[OrderMoney]:
    """Return every order with its money and the units it should hold: all not yet sent of an order that is placed or on its way."""
    with connection.cursor() as cursor:
        cursor.execute(MONEY + " ORDER BY o.id", {"moved_since": moved_since})
        return [
            OrderMoney(
                order_id=OrderId(row[0]), state=OrderState(row[1]), paid_minor=row[2], refunded_minor=row[3], units_to_hold=int(row[4]),
                has_refund_under_way=row[5], has_new_refund=row[6],
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


_GOODS_TO_HOLD = """
    SELECT o.id, coalesce(p.variant_id, l.variant_id), sum((l.units - l.shipped_units - l.dropped_units) * coalesce(p.units, 1))
    FROM orders_order o
    JOIN orders_orderline l ON l.order_id = o.id AND l.units > l.shipped_units + l.dropped_units
    LEFT JOIN orders_linepart p ON p.line_id = l.id
    WHERE o.state IN ('placed', 'paid', 'shipping') GROUP BY 1, 2
"""


def goods_to_hold() -> dict[OrderId, dict[VariantId, int]]:
    """Return how many pieces of what each order that is placed or on its way should hold: of a bundle those of its parts."""
    found: defaultdict[OrderId, dict[VariantId, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_GOODS_TO_HOLD)
        for order_id, variant_id, units in cursor.fetchall():
            found[OrderId(order_id)][VariantId(variant_id)] = int(units)
    return dict(found)


def to_be_told(since: datetime) -> ToBeTold:
    """Return the orders paid and the refunds settled since then, of the shop's own trade."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orders_order WHERE paid_at >= %s AND NOT is_imported", [since])
        paid = frozenset(OrderId(row[0]) for row in cursor.fetchall())
        cursor.execute(
            """SELECT r.id FROM orders_refund r JOIN orders_order o ON o.id = r.order_id AND NOT o.is_imported
               WHERE r.state = 'settled' AND r.settled_at >= %s""",
            [since],
        )
        return ToBeTold(paid=paid, refunds=frozenset(RefundId(row[0]) for row in cursor.fetchall()))
