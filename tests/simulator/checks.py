"""What must hold after every single step, for the orders it touched and for every shelf: quick, and told by other ways than the audit's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from shopkeeper.kit.ids import OrderId
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderState, RefundState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentState

DEAD = (OrderState.CANCELLED, OrderState.EXPIRED)


class Wrong(Exception):
    """Something does not hold."""


def must(holds: bool, *words: object) -> None:
    if not holds:
        raise Wrong(" ".join(map(str, words)))


def check_orders(order_ids: Iterable[OrderId], now: datetime) -> None:
    """Hold each order against its payments, its holds and what was told of it."""
    for order_id in sorted(order_ids):
        order = orders.order(order_id)
        _money(order)
        _goods(order)
        _told(order)


def _money(order: Order) -> None:
    made = payments.payments_of(order.id)
    captured = sum(each.balance.captured_minor for each in made)
    refunded = sum(each.balance.refunded_minor for each in made)
    for each in made:
        must(each.balance.captured_minor <= each.amount_minor, order.number, "captured more than was asked")
        must(each.balance.refunded_minor <= each.balance.captured_minor, order.number, "given back more than was taken")
    must(order.refunded_minor <= order.paid_minor, order.number, "refunds above what was paid")
    must(order.paid_minor <= captured, order.number, "is paid", order.paid_minor, "and the provider took", captured)
    settled = sum(each.total_minor for each in order.refunds if each.state is RefundState.SETTLED)
    must(refunded >= settled, order.number, "settled refunds of", settled, "and the provider paid out", refunded)
    if order.paid_minor:
        promised = sum(each.total_minor for each in order.refunds if each.state is not RefundState.FAILED)
        must(refunded <= promised, order.number, "the provider paid out", refunded, "of", promised, "promised")
    else:
        must(not order.refunds, order.number, "has refunds and was never paid")


def _goods(order: Order) -> None:
    held = sum(each.units for each in inventory.held(order.id))
    shipped = sum(line.shipped_units for line in order.lines)
    sold, parcels = _moved(order.id, "sold"), sum(sent.units for parcel in order.shipments for sent in parcel.lines)
    must(shipped == parcels == -sold, order.number, "lines, parcels and ledger differ:", shipped, parcels, -sold)
    for line in order.lines:
        must(line.shipped_units + line.dropped_units <= line.units, order.number, "sent or dropped more than was ordered")
        must(line.refunded_minor <= line.gross_minor, order.number, "a line gave back more than it cost")
    if order.state in DEAD:
        must(held == 0 or _is_coming_back(order), order.number, "is", order.state.value, "and holds", held)
    elif not any(each.state is RefundState.ASKED for each in order.refunds):
        due = sum(line.units - line.shipped_units - line.dropped_units for line in order.lines)
        must(held == (due if order.state in (OrderState.PLACED, OrderState.PAID, OrderState.SHIPPING) else 0), order.number, "holds", held)


def _is_coming_back(order: Order) -> bool:
    """Return whether money came late for an expired order and whoever took its goods again died before saying so: a sweep goes on."""
    # Only money that came, and only as long as somebody will look at it again: at rest such an order holds nothing.
    made = payments.payments_of(order.id)
    came = [each for each in made if each.state in (PaymentState.AUTHORIZED, PaymentState.CAPTURED)]
    return order.state is OrderState.EXPIRED and any(each.is_awake for each in came)


def check_nothing_waits() -> None:
    """Hold what no order of a shop at rest may: goods kept for one that is dead, whatever money came for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.number FROM orders_order o JOIN inventory_hold h ON h.order_id = o.id WHERE h.open_units > 0 AND o.state = ANY(%s)",
            [[state.value for state in DEAD]],
        )
        held = [number for (number,) in cursor.fetchall()]
    must(not held, "dead orders hold goods:", *held)


def _told(order: Order) -> None:
    counts = _facts(order.id)
    must(counts.get("OrderPlaced", 0) == 1, order.number, "was told as placed", counts.get("OrderPlaced", 0), "times")
    must(counts.get("OrderPaid", 0) == (order.paid_minor > 0), order.number, "was told as paid", counts.get("OrderPaid", 0), "times")
    must(counts.get("OrderShipped", 0) == len(order.shipments), order.number, "parcels and news of them differ")
    settled = sum(each.state is RefundState.SETTLED for each in order.refunds)
    must(counts.get("OrderRefunded", 0) == settled, order.number, "refunds and news of them differ")


def _facts(order_id: OrderId) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM events_outbox WHERE entity = %s GROUP BY kind", [f"order:{order_id}"])
        return dict(cursor.fetchall())


def _moved(order_id: OrderId, reason: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(units), 0) FROM inventory_movement WHERE order_id = %s AND reason = %s", [order_id, reason])
        return int(cursor.fetchone()[0])


def check_shelves() -> None:
    """Hold every shelf against its ledger and its holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.id, s.on_hand, s.held, (SELECT coalesce(sum(units), 0) FROM inventory_movement m WHERE m.shelf_id = s.id),
                      (SELECT coalesce(sum(open_units), 0) FROM inventory_hold h WHERE h.shelf_id = s.id)
               FROM inventory_shelf s ORDER BY s.id"""
        )
        for shelf, on_hand, held, moved, promised in cursor.fetchall():
            must(on_hand == moved, "shelf", shelf, "has", on_hand, "and its ledger says", moved)
            must(held == promised, "shelf", shelf, "keeps", held, "and orders hold", promised)
            must(0 <= held <= on_hand, "shelf", shelf, "holds", held, "of", on_hand)
