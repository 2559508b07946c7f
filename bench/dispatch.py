"""How many facts a second leave the outbox, heard by two: the lake, which writes them to Parquet, and one that counts them in the database.

Baseline: the goal of 2,000 facts a second. Facts are those of whole orders: placed with three lines, stock held and moved, paid, shipped.
The database waits for the disk as a real shop's does; so does the lake.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from _bench import finish, introduce, rates, shop

GOAL = 2_000
ORDERS = 2_000
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def main() -> None:
    """Fill the outbox before each run, then time one dispatcher emptying it."""
    introduce("dispatch: facts out of the outbox to two hearers")
    with shop():
        from django.db import connection, transaction

        from shopkeeper.events import public as events
        from shopkeeper.events.shapes import Heard, Hearer
        from shopkeeper.insight.lake import public as lake
        from shopkeeper.insight.lake import reactions

        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE counted (facts bigint NOT NULL)")
            cursor.execute("INSERT INTO counted VALUES (0)")

        def count(batch: Sequence[Heard]) -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE counted SET facts = facts + %s", [len(batch)])

        hearers = (Hearer("lake", reactions.keep), Hearer("count", count))
        heard_by = dict.fromkeys(events.kinds().values(), hearers)
        told = 0

        def tell() -> None:
            nonlocal told
            with transaction.atomic():
                facts = [fact for order in range(told, told + ORDERS) for fact in _an_order(order)]
                events.record_many(facts, at=NOW + timedelta(microseconds=told))
            told += ORDERS

        found = rates(lambda: events.dispatch_all(heard_by, now=NOW), before=tell)

        with connection.cursor() as cursor:
            cursor.execute("SELECT facts FROM counted")
            counted = cursor.fetchone()[0]
        placed = lake.query("SELECT count(*), count(DISTINCT fact_id) FROM order_placed").rows[0]
        nothing_left = events.backlog().unheard == events.backlog().retrying == events.backlog().parked == 0
    print(f"dispatch: {found} facts/s; {counted} facts counted, {placed[0]} orders in the lake")
    finish(
        figure=found, baseline=GOAL, unit="facts/s", at_least=1.0, also=[counted == told * 5, placed == (told, told), nothing_left]
    )  # fmt: skip


def _an_order(order: int) -> list[object]:
    from shopkeeper.events.facts import OrderedLine, OrderPaid, OrderPlaced, OrderShipped, StockHeld, StockMoved

    lines = tuple(
        OrderedLine(
            line_id=order * 3 + place, variant_id=place, product_id=place, category_id=1, sku=f"S{place}", units=2, gross_minor=500,
            discount_minor=0, tax_minor=83,
        )
        for place in range(3)
    )  # fmt: skip
    return [
        OrderPlaced(
            order_id=order, number=f"A{order}", channel="web", buyer_id=order % 997, is_guest=False, country="GB", currency="GBP",
            lines=lines, delivery_minor=300, delivery_tax_minor=50, total_minor=1800,
        ),
        StockHeld(order_id=order, units=6),
        OrderPaid(order_id=order, payment_id=order, buyer_id=order % 997, amount_minor=1800),
        StockMoved(variant_id=order % 500, warehouse_id=1, units=-2, reason="sold"),
        OrderShipped(order_id=order, shipment_id=order, warehouse_id=1, carrier="post", lines=(), is_complete=True),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
