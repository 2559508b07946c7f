"""Whole orders in one statement each time, as the database function `orders_document` tells them.

The journey from basket to paid reads its order several times; six queries through Django's models cost more than all its writes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from shopkeeper.kit import statements
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import shapes
from shopkeeper.selling.orders.pieces import LinePart, ParcelPart


def whole(order_ids: Sequence[OrderId]) -> list[shapes.Order]:
    """Return whole orders, those that exist, by id."""
    wanted = sorted({each for each in order_ids if 0 < each < 2**63})
    if not wanted:
        return []
    found = statements.rows("SELECT orders_document(o) FROM unnest(%s::bigint[]) AS o", [wanted])
    return [read(document) for (document,) in found if document is not None]


def whole_by(column: Literal["token", "number"], value: str) -> list[shapes.Order]:
    """Return the whole order of a token or a number, in a list, empty where there is none."""
    # The column is one of the two above.
    found = statements.rows(f"SELECT orders_document(o.id) FROM orders_order o WHERE o.{column} = %s", [value])  # noqa: S608
    return [read(document) for (document,) in found]


def read(document: str) -> shapes.Order:
    """Return the order that the database function orders_document tells."""
    (
        number_of, number, token, state, channel, buyer_id, is_guest, email, name, phone, address, language, currency, tax_mode,
        delivery_option_id, delivery_en, delivery_zh, delivery, delivery_tax, goods, discount, tax, total, paid, refunded,
        refunded_delivery, placed_at, paid_at, cancelled_at, cancel_reason, hold_until, basket_id, is_imported, quote, lines, shipments,
        refunds,
    ) = msgspec.json.decode(document)  # fmt: skip
    return shapes.Order(
        id=number_of,
        number=number,
        token=token,
        state=shapes.OrderState(state),
        channel=channel,
        buyer_id=buyer_id,
        is_guest=is_guest,
        contact=shapes.Contact(email=email, name=name, phone=phone),
        address=Address(**address),
        language=language,
        currency=currency,
        tax_mode=tax_mode,
        delivery_option_id=delivery_option_id,
        delivery_name=Bilingual(delivery_en, delivery_zh),
        delivery_minor=delivery,
        delivery_tax_minor=delivery_tax,
        goods_minor=goods,
        discount_minor=discount,
        tax_minor=tax,
        total_minor=total,
        paid_minor=paid,
        refunded_minor=refunded,
        refunded_delivery_minor=refunded_delivery,
        lines=tuple(_line(each) for each in lines or ()),
        shipments=tuple(_shipment(each) for each in shipments or ()),
        refunds=tuple(_refund(number_of, each) for each in refunds or ()),
        placed_at=datetime.fromisoformat(placed_at),
        paid_at=_moment(paid_at),
        cancelled_at=_moment(cancelled_at),
        cancel_reason=cancel_reason,
        hold_until=_moment(hold_until),
        basket_id=basket_id,
        is_imported=is_imported,
        quote=quote,
    )


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def _line(row: Sequence[Any]) -> shapes.OrderLine:
    (
        line_id, variant_id, product_id, category_id, sku, name_en, name_zh, units, unit, goods, discount, basis_points, tax, gross,
        shipped, dropped, refunded_units, refunded, refunded_tax, parts,
    ) = row  # fmt: skip
    return shapes.OrderLine(
        id=line_id, variant_id=variant_id, product_id=product_id, category_id=category_id, sku=sku, name=Bilingual(name_en, name_zh),
        units=units, unit_minor=unit, goods_minor=goods, discount_minor=discount, tax_basis_points=basis_points, tax_minor=tax,
        gross_minor=gross, shipped_units=shipped, dropped_units=dropped, refunded_units=refunded_units, refunded_minor=refunded,
        refunded_tax_minor=refunded_tax, parts=tuple(_part(each) for each in parts or ()),
    )  # fmt: skip


def _part(row: Sequence[Any]) -> LinePart:
    part_id, variant_id, product_id, category_id, sku, name_en, name_zh, units, gross, tax = row
    return LinePart(
        id=part_id, variant_id=variant_id, product_id=product_id, category_id=category_id, sku=sku, name=Bilingual(name_en, name_zh),
        units=units, gross_minor=gross, tax_minor=tax,
    )  # fmt: skip


def _shipment(row: Sequence[Any]) -> shapes.Shipment:
    shipment_id, warehouse_id, carrier, tracking_number, shipped_at, lines, parts = row
    return shapes.Shipment(
        id=shipment_id,
        warehouse_id=warehouse_id,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=tuple(shapes.ParcelLine(line_id=line_id, units=units) for line_id, units in lines or ()),
        shipped_at=datetime.fromisoformat(shipped_at),
        parts=tuple(ParcelPart(part_id=part_id, units=units) for part_id, units in parts or ()),
    )


def _refund(order_id: OrderId, row: Sequence[Any]) -> shapes.Refund:
    refund_id, reason, goods, delivery, total, state, made_at, settled_at, lines = row
    return shapes.Refund(
        id=refund_id,
        order_id=order_id,
        reason=reason,
        lines=tuple(_refund_line(each) for each in lines or ()),
        goods_minor=goods,
        delivery_minor=delivery,
        total_minor=total,
        state=shapes.RefundState(state),
        made_at=datetime.fromisoformat(made_at),
        settled_at=_moment(settled_at),
    )


def _refund_line(row: Sequence[Any]) -> shapes.RefundLine:
    line_id, units, dropped, gross, tax, is_restocked = row
    return shapes.RefundLine(
        line_id=line_id, units=units, dropped_units=dropped, gross_minor=gross, tax_minor=tax, is_restocked=is_restocked
    )
