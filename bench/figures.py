"""How long all figures of a period with their three comparisons take, over a year of 25,000 orders with 370,000 lines.

Baseline: the goal of 300 ms. Trade is made up by a seeded draw, filed and tidied as history is; each run asks for other days.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from _bench import finish, introduce, seconds, shop

GOAL_S = 0.3
ORDERS = 25_000
SEED = 20_260_302
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR_S = 365 * 86_400


def main() -> None:
    """Write the trade once, then time the question a console's first page asks."""
    introduce(f"figures: ten metrics with three comparisons, {ORDERS} orders, seed {SEED}")
    with shop():
        from shopkeeper.insight.lake import public as lake
        from shopkeeper.insight.metrics import public as metrics
        from shopkeeper.insight.metrics.shapes import Period

        _fill()
        lines = lake.query("SELECT count(*) FROM order_lines").rows[0][0]
        asked: list[date] = []

        def a_month() -> None:
            asked.append(date(2025, 9, 1) + timedelta(days=len(asked)))
            metrics.figures(period=Period(asked[-1], asked[-1] + timedelta(days=29)))

        found = seconds(a_month, runs=9)
        whole = metrics.figures(period=Period(date(2025, 1, 1), date(2025, 12, 31)), compare=())
    print(f"figures: {found} s over {lines} lines")
    finish(figure=found, baseline=GOAL_S, unit="s", at_most=1.0, also=[whole["orders"].value.amount == ORDERS])


def _fill() -> None:
    from django.db import transaction

    from shopkeeper.events import public as events
    from shopkeeper.events.shapes import Hearer
    from shopkeeper.insight.lake import jobs, reactions
    from shopkeeper.kit.text import Bilingual
    from shopkeeper.ops.imports import public as imports
    from shopkeeper.selling.shop import public as selling_shop

    now = datetime(2026, 3, 2, tzinfo=UTC)
    selling_shop.open_shop(name=Bilingual("Bench", "测试"), currency="GBP", country="GB", zone="Europe/London", language="en", now=now)
    run = imports.begin(source="bench", digest=f"{SEED:064}", file_name="bench", rows=ORDERS, now=now)
    with transaction.atomic():
        events.record_history(_trade(random.Random(SEED)))
        imports.record_span(run_id=run.id, first_at=BEGIN, last_at=BEGIN + timedelta(seconds=YEAR_S), now=now)
    lake_only = (Hearer("lake", reactions.keep, hears_history=True),)
    events.dispatch_all(dict.fromkeys(events.kinds().values(), lake_only), now=now)
    jobs.tidy(now=now)


def _trade(draw: random.Random) -> Iterator[tuple[object, datetime]]:
    from shopkeeper.events.facts import OrderedLine, OrderPaid, OrderPlaced, OrderRefunded, RefundedLine

    line_id = 0
    for order in range(ORDERS):
        at, buyer = BEGIN + timedelta(seconds=YEAR_S * order // ORDERS), draw.randrange(4_400)
        country, lines = draw.choice(["GB"] * 9 + ["DE"]), []
        for _ in range(draw.randrange(1, 29)):
            line_id += 1
            good = draw.randrange(4_000)
            lines.append(OrderedLine(
                line_id=line_id, variant_id=good, product_id=good, category_id=good % 20, sku=f"S{good}", units=draw.randrange(1, 12),
                gross_minor=draw.randrange(100, 3_000), discount_minor=0, tax_minor=17,
            ))  # fmt: skip
        total = sum(line.gross_minor for line in lines)
        yield OrderPlaced(
            order_id=order, number=f"A{order}", channel="web", buyer_id=buyer, is_guest=False, country=country, currency="GBP",
            lines=tuple(lines), delivery_minor=0, delivery_tax_minor=0, total_minor=total,
        ), at  # fmt: skip
        yield OrderPaid(order_id=order, payment_id=order, buyer_id=buyer, amount_minor=total), at
        if order % 7 == 0:
            first = lines[0]
            back = RefundedLine(
                line_id=first.line_id, variant_id=first.variant_id, product_id=first.product_id, category_id=first.category_id,
                sku=first.sku, units=1, gross_minor=first.gross_minor // 2, tax_minor=8,
            )  # fmt: skip
            yield OrderRefunded(
                order_id=order, refund_id=order, buyer_id=buyer, country=country, reason="", lines=(back,), delivery_minor=0,
                total_minor=back.gross_minor,
            ), at + timedelta(days=3)  # fmt: skip


if __name__ == "__main__":
    main()
