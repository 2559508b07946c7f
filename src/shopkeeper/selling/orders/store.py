"""Every query of this room: rows to shapes, and the few writes that are more than one field."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import F, Q, QuerySet

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import BasketId, CustomerId, LineId, OrderId, PaymentId, RefundId, ShipmentId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import models, reading, shapes
from shopkeeper.selling.pricing.shapes import Quote, QuotedPart

# ── orders, read ──────────────────────────────────────────────────────────────────────────────────────────────────────


def lock_order(order_id: OrderId) -> shapes.Order | None:
    """Return the order with its row locked until the transaction ends; None where there is none."""
    # Locked by a statement of its own: what one that waits for the lock reads beside it is from before the wait.
    return _locked('SELECT id FROM "orders_order" WHERE id = %s::bigint FOR UPDATE', order_id)


def lock_free_order(order_id: OrderId) -> shapes.Order | None:
    """Return the order locked, or None where another worker has it in hand (or there is none)."""
    return _locked('SELECT id FROM "orders_order" WHERE id = %s::bigint FOR UPDATE SKIP LOCKED', order_id)


def _locked(statement: str, order_id: OrderId) -> shapes.Order | None:
    if not 0 < order_id < 2**63 or statements.row(statement, [order_id]) is None:
        return None
    return reading.whole([order_id])[0]


def to_refund(row: models.Refund) -> shapes.Refund:
    return shapes.Refund(
        id=RefundId(row.id),
        order_id=OrderId(row.order_id),
        reason=row.reason,
        lines=tuple(
            shapes.RefundLine(
                line_id=LineId(line.line_id),
                units=line.units,
                dropped_units=line.dropped_units,
                gross_minor=line.gross_minor,
                tax_minor=line.tax_minor,
                is_restocked=line.is_restocked,
            )
            for line in row.lines.all()
        ),
        goods_minor=row.goods_minor,
        delivery_minor=row.delivery_minor,
        total_minor=row.total_minor,
        state=shapes.RefundState(row.state),
        made_at=row.made_at,
        settled_at=row.settled_at,
    )


def page_of_summaries(wanted: shapes.OrderFilter, *, number: int, size: int) -> Page[shapes.OrderSummary]:
    """Return one page of the orders that fit, newest first."""
    query = _filtered(wanted)
    start = (number - 1) * size
    total, rows = together.read(query.count, lambda: list(query.order_by("-placed_at", "-id")[start : start + size]))
    return Page(tuple(_to_summary(row) for row in rows), total=total, number=number, size=size)


def _filtered(wanted: shapes.OrderFilter) -> QuerySet[models.Order]:
    query = models.Order.objects.all()
    if wanted.states:
        query = query.filter(state__in=[state.value for state in wanted.states])
    if wanted.needs_shipping:
        query = query.filter(state__in=[shapes.OrderState.PAID, shapes.OrderState.SHIPPING])
    if wanted.country:
        query = query.filter(country=wanted.country)
    if wanted.buyer_id is not None:
        # A person may have several records, one standing for the others: orders stay where they were placed.
        query = query.filter(buyer_id__in=customers.records_of(wanted.buyer_id))
    if wanted.placed_from is not None:
        query = query.filter(placed_at__gte=wanted.placed_from)
    if wanted.placed_before is not None:
        query = query.filter(placed_at__lt=wanted.placed_before)
    if wanted.text:
        text = wanted.text.replace("\x00", "")
        query = query.filter(Q(number__istartswith=text) | Q(contact_name__icontains=text) | Q(contact_email__icontains=text))
    return query


def _to_summary(row: models.Order) -> shapes.OrderSummary:
    return shapes.OrderSummary(
        id=OrderId(row.id),
        number=row.number,
        token=row.token,
        state=shapes.OrderState(row.state),
        buyer_id=CustomerId(row.buyer_id),
        buyer_name=row.contact_name,
        is_guest=row.is_guest,
        country=row.country,
        units=row.units,
        total_minor=row.total_minor,
        refunded_minor=row.refunded_minor,
        placed_at=row.placed_at,
    )


def happenings(order_id: OrderId) -> list[shapes.Happening]:
    rows = models.Happening.objects.filter(order_id=order_id).order_by("at", "id")
    return [shapes.Happening(at=row.at, code=row.code, values=row.values, actor_id=row.actor_id) for row in rows]


def add_happening(order_id: OrderId, code: str, *, at: datetime, actor: UserId | None = None, **values: str | int) -> None:
    statements.done(
        'INSERT INTO orders_happening (order_id, at, code, "values", actor_id) VALUES (%s::bigint, %s, %s, %s::jsonb, %s::bigint)',
        [order_id, at, code, json.dumps(values), actor],
    )


# ── orders, opened ────────────────────────────────────────────────────────────────────────────────────────────────────


def order_document(new: shapes.NewOrder, *, token: str) -> dict[str, Any]:
    """Return the order as orders_open reads it (its `p_order`)."""
    quote, delivery = new.quote, new.quote.delivery
    return {
        "token": token,
        "channel": new.channel,
        "basket_id": new.basket_id,
        **({} if new.buyer_id is None else {"buyer_id": new.buyer_id}),
        "is_guest": new.is_guest,
        "contact_email": new.contact.email,
        "contact_name": new.contact.name,
        "contact_phone": new.contact.phone,
        "address": msgspec.to_builtins(new.address),
        "country": new.address.country,
        "language": new.language,
        "currency": quote.currency,
        "tax_mode": quote.tax_mode.value,
        "delivery_option_id": delivery.id if delivery else None,
        "delivery_name_en": delivery.name.en if delivery else "",
        "delivery_name_zh": delivery.name.zh if delivery else "",
        "delivery_minor": quote.delivery_minor,
        "delivery_tax_minor": quote.delivery_tax_minor,
        "goods_minor": quote.goods_minor,
        "discount_minor": quote.discount_minor,
        "tax_minor": quote.tax_minor,
        "total_minor": quote.total_minor,
        "units": sum(line.units for line in quote.lines),
        "quote": quote_document(quote),
        "hold_until": new.hold_until.isoformat(),
    }


def quote_document(quote: Quote) -> dict[str, Any]:
    """Return a quote as plain JSON values; whole, so that the price of an old order can be explained years later."""
    plain: dict[str, Any] = msgspec.to_builtins(quote, str_keys=True)
    return plain


def line_documents(new: shapes.NewOrder) -> list[dict[str, Any]]:
    """Return the lines as orders_open reads them (its `p_lines`), in the quote's order."""
    goods = {place.variant_id: place for place in new.goods}
    return [
        {
            "position": position,
            "variant_id": line.variant_id,
            "product_id": goods[line.variant_id].product_id,
            "category_id": goods[line.variant_id].category_id,
            "sku": line.sku,
            "name_en": line.name.en,
            "name_zh": line.name.zh,
            "units": line.units,
            "unit_minor": line.unit_minor,
            "goods_minor": line.goods_minor,
            "discount_minor": line.discount_minor,
            "tax_basis_points": line.tax_basis_points,
            "tax_minor": line.tax_minor,
            "gross_minor": line.gross_minor,
            **({"parts": [_part_document(part) for part in line.parts]} if line.parts else {}),
        }
        for position, line in enumerate(new.quote.lines, start=1)
    ]


def _part_document(part: QuotedPart) -> dict[str, Any]:
    return {
        "variant_id": part.variant_id, "product_id": part.product_id, "category_id": part.category_id, "sku": part.sku,
        "name_en": part.name.en, "name_zh": part.name.zh, "units": part.units, "gross_minor": part.gross_minor, "tax_minor": part.tax_minor,
    }  # fmt: skip


def open_order(order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], *, key: str | None, fingerprint: str, at: datetime) -> OrderId:
    """Call orders_open and return the order's id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_open(%s, %s, %s, %s, %s)", [key, fingerprint, json.dumps(order), json.dumps(lines), at])
        (answer,) = cursor.fetchone()
    return OrderId(json.loads(answer)["order_id"] if isinstance(answer, str) else answer["order_id"])


def put_parts(order_id: OrderId, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write down what the bundles among an order's lines are made of, where it is not written yet."""
    statements.row("SELECT orders_put_parts(%s::bigint, %s::jsonb)", [order_id, json.dumps(lines)])


def living_order_of(basket_id: BasketId) -> OrderId | None:
    dead = [state.value for state in models.DEAD_STATES]
    found = models.Order.objects.filter(basket_id=basket_id).exclude(state__in=dead).values_list("id", flat=True).first()
    return None if found is None else OrderId(found)


def key_answer(key: str) -> tuple[str, OrderId] | None:
    """Return the fingerprint and the order of an idempotency key, or None for a new one."""
    row = models.PlacedKey.objects.filter(key=key).values_list("fingerprint", "order_id").first()
    return None if row is None else (row[0], OrderId(row[1]))


# ── orders, changed (the caller holds the row's lock) ────────────────────────────────────────────────────────────────


def update_order(order_id: OrderId, **fields: Any) -> None:
    models.Order.objects.filter(id=order_id).update(**fields)


def pay(
    order_id: OrderId, before: shapes.OrderState, after: shapes.OrderState, *, payment_id: PaymentId, amount_minor: int, at: datetime
) -> bool:
    """Write down that an order is paid, with its timeline and its fact; False where it is not in that state any more."""
    values = [order_id, before.value, after.value, payment_id, amount_minor, at]
    return bool(statements.row("SELECT orders_pay(%s::bigint, %s, %s, %s::bigint, %s::bigint, %s)", values)[0])


def reopen_basket(basket_id: BasketId | None) -> None:
    """Open the basket of a dead order again, unless its owner has started another one meanwhile."""
    if basket_id is None:
        return
    row = models.Basket.objects.get(id=basket_id)
    if row.customer_id is not None and models.Basket.objects.filter(customer_id=row.customer_id, ordered_at=None).exists():
        return
    models.Basket.objects.filter(id=row.id).update(ordered_at=None)


def lock_basket(basket_id: BasketId | None) -> None:
    if basket_id is not None:
        models.Basket.objects.select_for_update().filter(id=basket_id).first()


def close_basket(basket_id: BasketId | None, *, at: datetime) -> None:
    if basket_id is not None:
        models.Basket.objects.filter(id=basket_id, ordered_at=None).update(ordered_at=at)


def has_other_living_order(order: shapes.Order) -> bool:
    """Return whether another order made from the same basket lives."""
    if order.basket_id is None:
        return False
    dead = [state.value for state in models.DEAD_STATES]
    return models.Order.objects.filter(basket_id=order.basket_id).exclude(id=order.id).exclude(state__in=dead).exists()


def add_shipment(
    order_id: OrderId,
    parcel: shapes.Parcel,
    *,
    carrier: str,
    tracking_number: str,
    actor: UserId | None,
    at: datetime,
) -> ShipmentId:
    row = models.Shipment.objects.create(
        order_id=order_id,
        warehouse_id=parcel.warehouse_id,
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=at,
        actor_id=actor,
    )
    models.ShipmentLine.objects.bulk_create(
        models.ShipmentLine(shipment_id=row.id, line_id=line.line_id, units=line.units) for line in parcel.lines
    )
    if parcel.parts:
        models.ShipmentPart.objects.bulk_create(
            models.ShipmentPart(shipment_id=row.id, part_id=part.part_id, units=part.units) for part in parcel.parts
        )
    for line in parcel.lines:
        models.OrderLine.objects.filter(id=line.line_id).update(shipped_units=F("shipped_units") + line.units)
    return ShipmentId(row.id)


def add_refund(order_id: OrderId, lines: Sequence[shapes.RefundLine], **fields: Any) -> RefundId:
    """Write a refund and count it on the order and its lines; the checks there refuse more than was paid."""
    row = models.Refund.objects.create(order_id=order_id, **fields)
    models.RefundLine.objects.bulk_create(
        models.RefundLine(
            refund_id=row.id,
            line_id=line.line_id,
            units=line.units,
            dropped_units=line.dropped_units,
            gross_minor=line.gross_minor,
            tax_minor=line.tax_minor,
            is_restocked=line.is_restocked,
        )
        for line in lines
    )
    _count_refund(order_id, lines, delivery_minor=row.delivery_minor, total_minor=row.total_minor, sign=1)
    return RefundId(row.id)


def uncount_refund(refund: shapes.Refund) -> None:
    """Take a refund that failed off the order's figures; units it would have given up are to be sent again."""
    _count_refund(refund.order_id, refund.lines, delivery_minor=refund.delivery_minor, total_minor=refund.total_minor, sign=-1)


def _count_refund(order_id: OrderId, lines: Iterable[shapes.RefundLine], *, delivery_minor: int, total_minor: int, sign: int) -> None:
    for line in lines:
        models.OrderLine.objects.filter(id=line.line_id).update(
            refunded_units=F("refunded_units") + sign * line.units,
            dropped_units=F("dropped_units") + sign * line.dropped_units,
            refunded_minor=F("refunded_minor") + sign * line.gross_minor,
            refunded_tax_minor=F("refunded_tax_minor") + sign * line.tax_minor,
        )
    models.Order.objects.filter(id=order_id).update(
        refunded_minor=F("refunded_minor") + sign * total_minor,
        refunded_delivery_minor=F("refunded_delivery_minor") + sign * delivery_minor,
    )


def lock_refund(refund_id: RefundId) -> shapes.Refund | None:
    row = models.Refund.objects.select_for_update(of=("self",)).prefetch_related("lines").filter(id=refund_id).first()
    return None if row is None else to_refund(row)


def claim_refunds(*, now: datetime, until: datetime, limit: int) -> list[RefundId]:
    """Take refunds whose time has come, putting their next time at `until`, so that two sweepers never take the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE orders_refund SET wake_at = %s WHERE id IN (
                   SELECT id FROM orders_refund WHERE state = 'asked' AND wake_at <= %s ORDER BY wake_at LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            [until, now, limit],
        )
        return [RefundId(row[0]) for row in cursor.fetchall()]


def overdue_orders(*, now: datetime, limit: int) -> list[OrderId]:
    """Return orders still unpaid after their hold's time, the longest first."""
    query = models.Order.objects.filter(state=shapes.OrderState.PLACED, hold_until__lte=now).order_by("hold_until")
    return [OrderId(found) for found in query.values_list("id", flat=True)[:limit]]


def counts(states: Sequence[shapes.OrderState]) -> dict[shapes.OrderState, int]:
    wanted = [state.value for state in states]
    found = dict(statements.rows("SELECT state, count(*) FROM orders_order WHERE state = ANY(%s) GROUP BY state", [wanted]))
    return {state: found.get(state.value, 0) for state in states}
