"""What a racer can do: one call to a flow or a face, as a door would make it. Arguments and answers go between processes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shopkeeper.flows import adjust_stock, cancel_order, drafts, place_order, refund_order, settle_payment, ship_order, sweep
from shopkeeper.kit.ids import LineId, OrderId, PaymentId, ProductId, RevisionId, UserId, VariantId, WarehouseId
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.promotions import public as promotions
from shopkeeper.selling.promotions.shapes import Used


def place(request: dict[str, Any]) -> int:
    return place_order.place_order(**request).order_id


def hear(body: bytes, headers: dict[str, str], now: datetime) -> int:
    return settle_payment.hear_webhook(provider="test", body=body, headers=headers, now=now)


def settle(order_id: OrderId, now: datetime) -> str:
    return settle_payment.settle(order_id=order_id, now=now).state.value


def cancel(order_id: OrderId, key: str, now: datetime) -> str:
    return cancel_order.cancel(order_id=order_id, reason="buyer", key=key, actor=None, now=now).state.value


def finish_what_is_due(now: datetime) -> int:
    swept = sweep.sweep(now)
    assert swept.failed == 0, "the sweeper failed at something; its log says at what"
    return swept.expired


def carry_out_drafts(now: datetime) -> int:
    return drafts.carry_out_due(now)


def publish_draft(product_id: ProductId, revision_id: RevisionId, actor: UserId, now: datetime) -> None:
    drafts.publish(product_id=product_id, revision_id=revision_id, seen=None, actor=actor, now=now)


def refund(order_id: OrderId, line_id: LineId, units: int, key: str, now: datetime, *, actor: UserId | None = None) -> int:
    return refund_order.refund(
        order_id=order_id, lines=[(line_id, units, False)], delivery=False, reason="late", key=key, actor=actor, now=now
    ).id


def authorize(payment_id: PaymentId, now: datetime) -> str:
    return payments.authorize(payment_id, now).state.value


def capture(payment_id: PaymentId, key: str, now: datetime) -> str:
    return payments.capture(payment_id=payment_id, key=key, now=now).state.value


def void(payment_id: PaymentId, key: str, now: datetime) -> str:
    return payments.void(payment_id=payment_id, key=key, now=now).state.value


def adjust(variant_id: VariantId, warehouse_id: WarehouseId, units: int, key: str, now: datetime) -> int:
    return adjust_stock.adjust(
        variant_id=variant_id, warehouse_id=warehouse_id, units=units, note="lost", key=key, actor=None, now=now
    ).on_hand


def transfer(variant_id: VariantId, from_id: WarehouseId, to_id: WarehouseId, units: int, now: datetime) -> int:
    sender, _ = inventory.transfer(
        variant_id=variant_id, from_warehouse_id=from_id, to_warehouse_id=to_id, units=units, actor=None, now=now
    )
    return sender.on_hand


def set_price(variant_id: VariantId, amount_minor: int, now: datetime) -> None:
    pricing.set_price(variant_id=variant_id, amount_minor=amount_minor, reason="season", actor=None, now=now)


def use(order_id: OrderId, uses: list[Used], buyer: str, now: datetime) -> int:
    promotions.use(order_id=order_id, uses=uses, buyer=buyer, day=now.date(), now=now)
    return order_id


def give_back(order_id: OrderId, now: datetime) -> int:
    return promotions.give_back(order_id=order_id, now=now)


def ship(order_id: OrderId, line_id: LineId, units: int, key: str, now: datetime) -> int:
    return len(ship_order.ship(order_id=order_id, carrier="DHL", lines=[(line_id, units)], key=key, actor=None, now=now))
