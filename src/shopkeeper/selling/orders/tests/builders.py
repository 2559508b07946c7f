"""Orders as plain values, for rules, and through the room's own face, for tables."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shopkeeper.kit.ids import CustomerId, DeliveryOptionId, LineId, OrderId, PriceListId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders.shapes import Contact, LineGoods, NewOrder, Order, OrderLine, OrderState
from shopkeeper.selling.pricing.shapes import DeliveryOption, Quote, QuotedLine, TaxMode

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESS = Address(name="Ann Shopper", line1="1 High Street", city="London", postcode="N1 1AA", country="GB")
CONTACT = Contact(email="ann@example.com", name="Ann Shopper")


def a_line(line_id: int = 1, *, units: int = 2, gross: int = 2_500, **changes: Any) -> OrderLine:
    """Return a line of variant 10 × its id, with a sixth of its gross as tax (20 % included)."""
    values: dict[str, Any] = {
        "id": LineId(line_id), "variant_id": VariantId(10 * line_id), "product_id": line_id, "category_id": None, "sku": f"SKU{line_id}",
        "name": Bilingual("Thing", "物"), "units": units, "unit_minor": gross // units, "goods_minor": gross, "discount_minor": 0,
        "tax_basis_points": 2_000, "tax_minor": gross // 6, "gross_minor": gross, "shipped_units": 0, "dropped_units": 0,
        "refunded_units": 0, "refunded_minor": 0, "refunded_tax_minor": 0,
    }  # fmt: skip
    return OrderLine(**{**values, **changes})


def an_order(lines: Sequence[OrderLine] | None = None, **changes: Any) -> Order:
    """Return a paid order of one line and a delivery of 395, or with the lines given."""
    lines = tuple(lines) if lines is not None else (a_line(),)
    goods = sum(line.gross_minor for line in lines)
    values: dict[str, Any] = {
        "id": OrderId(1), "number": "SK-100001", "token": "t", "state": OrderState.PAID, "channel": "web", "buyer_id": CustomerId(1),
        "is_guest": True, "contact": CONTACT, "address": ADDRESS, "language": "en", "currency": "GBP", "tax_mode": "included",
        "delivery_option_id": DeliveryOptionId(1), "delivery_name": Bilingual("Standard delivery", "标准配送"), "delivery_minor": 395,
        "delivery_tax_minor": 66, "goods_minor": goods, "discount_minor": 0, "tax_minor": sum(line.tax_minor for line in lines) + 66,
        "total_minor": goods + 395, "paid_minor": goods + 395, "refunded_minor": 0, "refunded_delivery_minor": 0, "lines": lines,
        "shipments": (), "refunds": (), "placed_at": NOON, "paid_at": NOON, "cancelled_at": None, "cancel_reason": "",
        "hold_until": None, "basket_id": None, "is_imported": False, "quote": {},
    }  # fmt: skip
    return Order(**{**values, **changes})


def a_quote(wanted: Sequence[tuple[VariantId, str, int, int]], *, delivery: DeliveryOption | None = None) -> Quote:
    """Return a quote of (variant, sku, units, unit price), 20 % tax included."""
    lines = tuple(
        QuotedLine(
            variant_id=variant, sku=sku, name=Bilingual(sku.title(), "物"), units=units, unit_minor=price, goods_minor=units * price,
            discount_minor=0, tax_basis_points=2_000, tax_minor=units * price // 6, net_minor=units * price - units * price // 6,
            gross_minor=units * price, reasons=(),
        )
        for variant, sku, units, price in wanted
    )  # fmt: skip
    goods = sum(line.gross_minor for line in lines)
    fare = delivery.price_minor if delivery else 0
    return Quote(
        currency="GBP", price_list_id=PriceListId(1), tax_mode=TaxMode.INCLUDED, country="GB", lines=lines, delivery=delivery,
        delivery_minor=fare, delivery_tax_minor=fare // 6, goods_minor=goods, discount_minor=0,
        tax_minor=sum(line.tax_minor for line in lines) + fare // 6, total_minor=goods + fare, reasons=(),
        versions={line.variant_id: 1 for line in lines}, digest="d",
    )  # fmt: skip


def a_new_order(quote: Quote, *, buyer_id: CustomerId, **changes: Any) -> NewOrder:
    """Return what an order is opened with."""
    values: dict[str, Any] = {
        "basket_id": None, "buyer_id": buyer_id, "is_guest": True, "contact": CONTACT, "address": ADDRESS, "language": "en",
        "channel": "web", "quote": quote, "hold_until": NOON + timedelta(minutes=30),
        "goods": tuple(LineGoods(variant_id=line.variant_id, product_id=7, category_id=None) for line in quote.lines),
    }  # fmt: skip
    return NewOrder(**{**values, **changes})
