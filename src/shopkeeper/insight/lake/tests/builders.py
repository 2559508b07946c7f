"""Facts with lines, as the lake's tests need them."""

from datetime import UTC, datetime

from shopkeeper.events.facts import OrderedLine, OrderPaid, OrderPlaced
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.kit.ids import FactId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def line(line_id: int, *, units: int = 1, gross_minor: int = 500) -> OrderedLine:
    return OrderedLine(
        line_id=line_id, variant_id=line_id, product_id=line_id, category_id=None, sku=f"SKU{line_id}", units=units,
        gross_minor=gross_minor, discount_minor=0, tax_minor=0,
    )  # fmt: skip


def placed(order_id: int, *lines: OrderedLine) -> OrderPlaced:
    return OrderPlaced(
        order_id=order_id, number=f"A{order_id}", channel="web", buyer_id=order_id, is_guest=False, country="GB", currency="GBP",
        lines=lines, delivery_minor=0, delivery_tax_minor=0, total_minor=sum(each.gross_minor for each in lines),
    )  # fmt: skip


def paid(order_id: int) -> OrderPaid:
    return OrderPaid(order_id=order_id, payment_id=order_id, buyer_id=order_id, amount_minor=100)


def heard(fact_id: int, fact, at: datetime = NOON, origin: Origin = Origin.LIVE) -> Heard:
    return Heard(FactId(fact_id), fact, at, origin)
