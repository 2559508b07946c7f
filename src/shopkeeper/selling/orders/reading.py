"""Whole orders in one statement each time: the order's columns, and its lines, parcels and refunds as JSON arrays beside them.

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

_READ = """
    SELECT o.id, o.number, o.token, o.state, o.channel, o.buyer_id, o.is_guest, o.contact_email, o.contact_name, o.contact_phone,
           o.address::text, o.language, o.currency, o.tax_mode, o.delivery_option_id, o.delivery_name_en, o.delivery_name_zh,
           o.delivery_minor, o.delivery_tax_minor, o.goods_minor, o.discount_minor, o.tax_minor, o.total_minor, o.paid_minor,
           o.refunded_minor, o.refunded_delivery_minor, o.placed_at, o.paid_at, o.cancelled_at, o.cancel_reason, o.hold_until,
           o.basket_id, o.is_imported, o.quote::text,
           (SELECT json_agg(json_build_array(
                       l.id, l.variant_id, l.product_id, l.category_id, l.sku, l.name_en, l.name_zh, l.units, l.unit_minor, l.goods_minor,
                       l.discount_minor, l.tax_basis_points, l.tax_minor, l.gross_minor, l.shipped_units, l.dropped_units,
                       l.refunded_units, l.refunded_minor, l.refunded_tax_minor) ORDER BY l.position)
            FROM orders_orderline l WHERE l.order_id = o.id)::text,
           (SELECT json_agg(json_build_array(
                       s.id, s.warehouse_id, s.carrier, s.tracking_number, s.shipped_at,
                       (SELECT json_agg(json_build_array(p.line_id, p.units) ORDER BY p.id) FROM orders_shipmentline p
                        WHERE p.shipment_id = s.id)) ORDER BY s.id)
            FROM orders_shipment s WHERE s.order_id = o.id)::text,
           (SELECT json_agg(json_build_array(
                       r.id, r.reason, r.goods_minor, r.delivery_minor, r.total_minor, r.state, r.made_at, r.settled_at,
                       (SELECT json_agg(json_build_array(p.line_id, p.units, p.dropped_units, p.gross_minor, p.tax_minor, p.is_restocked)
                                        ORDER BY p.id) FROM orders_refundline p WHERE p.refund_id = r.id)) ORDER BY r.id)
            FROM orders_refund r WHERE r.order_id = o.id)::text
    FROM orders_order o WHERE
"""


def whole(order_ids: Sequence[OrderId]) -> list[shapes.Order]:
    """Return whole orders, those that exist, by id."""
    wanted = [each for each in order_ids if 0 < each < 2**63]
    if len(wanted) == 1:
        # By one id the plan is kept; by a list of ids it would be made anew each time.
        return _orders("o.id = %s::bigint", wanted[0])
    return _orders("o.id = ANY(%s::bigint[]) ORDER BY o.id", wanted) if wanted else []


def whole_by(column: Literal["token", "number"], value: str) -> list[shapes.Order]:
    """Return the whole order of a token or a number, in a list, empty where there is none."""
    return _orders(f"o.{column} = %s", value)


def _orders(condition: str, value: object) -> list[shapes.Order]:
    return [_order(row) for row in statements.rows(_READ + condition, [value])]


def _order(row: Sequence[Any]) -> shapes.Order:
    (
        number_of, number, token, state, channel, buyer_id, is_guest, email, name, phone, address, language, currency, tax_mode,
        delivery_option_id, delivery_en, delivery_zh, delivery, delivery_tax, goods, discount, tax, total, paid, refunded,
        refunded_delivery, placed_at, paid_at, cancelled_at, cancel_reason, hold_until, basket_id, is_imported, quote, lines, shipments,
        refunds,
    ) = row  # fmt: skip
    return shapes.Order(
        id=number_of,
        number=number,
        token=token,
        state=shapes.OrderState(state),
        channel=channel,
        buyer_id=buyer_id,
        is_guest=is_guest,
        contact=shapes.Contact(email=email, name=name, phone=phone),
        address=Address(**msgspec.json.decode(address)),
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
        lines=tuple(_line(each) for each in _read(lines)),
        shipments=tuple(_shipment(each) for each in _read(shipments)),
        refunds=tuple(_refund(number_of, each) for each in _read(refunds)),
        placed_at=placed_at,
        paid_at=paid_at,
        cancelled_at=cancelled_at,
        cancel_reason=cancel_reason,
        hold_until=hold_until,
        basket_id=basket_id,
        is_imported=is_imported,
        quote=msgspec.json.decode(quote),
    )


def _read(array: str | None) -> Sequence[Any]:
    return () if array is None else msgspec.json.decode(array)


def _line(row: Sequence[Any]) -> shapes.OrderLine:
    (
        line_id, variant_id, product_id, category_id, sku, name_en, name_zh, units, unit, goods, discount, basis_points, tax, gross,
        shipped, dropped, refunded_units, refunded, refunded_tax,
    ) = row  # fmt: skip
    return shapes.OrderLine(
        id=line_id, variant_id=variant_id, product_id=product_id, category_id=category_id, sku=sku, name=Bilingual(name_en, name_zh),
        units=units, unit_minor=unit, goods_minor=goods, discount_minor=discount, tax_basis_points=basis_points, tax_minor=tax,
        gross_minor=gross, shipped_units=shipped, dropped_units=dropped, refunded_units=refunded_units, refunded_minor=refunded,
        refunded_tax_minor=refunded_tax,
    )  # fmt: skip


def _shipment(row: Sequence[Any]) -> shapes.Shipment:
    shipment_id, warehouse_id, carrier, tracking_number, shipped_at, lines = row
    return shapes.Shipment(
        id=shipment_id,
        warehouse_id=warehouse_id,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=tuple(shapes.ParcelLine(line_id=line_id, units=units) for line_id, units in lines or ()),
        shipped_at=datetime.fromisoformat(shipped_at),
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
        settled_at=None if settled_at is None else datetime.fromisoformat(settled_at),
    )


def _refund_line(row: Sequence[Any]) -> shapes.RefundLine:
    line_id, units, dropped, gross, tax, is_restocked = row
    return shapes.RefundLine(
        line_id=line_id, units=units, dropped_units=dropped, gross_minor=gross, tax_minor=tax, is_restocked=is_restocked
    )
