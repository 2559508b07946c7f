"""Goods leave: what an order holds goes into parcels, one per warehouse, and stock moves with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import LineId, OrderId, RequestId, ShipmentId, UserId, WarehouseId
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import WantedUnits
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelAsked, Order, Parcel, ParcelLine, RequestKind, RequestState, WrongState


def ship(
    *,
    order_id: OrderId,
    warehouse_id: WarehouseId | None = None,
    carrier: str,
    tracking_number: str = "",
    lines: Sequence[ParcelLine | tuple[LineId, int]] | None = None,
    left: Mapping[LineId, int] | None = None,
    cancels_seen: Collection[RequestId] = (),
    actor: UserId | None,
    now: datetime,
    key: str | None = None,
) -> tuple[ShipmentId, ...]:
    """Ship lines of a paid order, or all that is left, and return the parcels, one per warehouse that holds goods of them.

    With `warehouse_id` only that warehouse's. `left`: how many units of each line the sender saw still to ship; where that has moved
    since, nothing is sent (WrongState), so that a form sent twice sends one parcel. `cancels_seen`: the requests to cancel that the sender
    knows of and ships all the same; another one that waits lets nothing leave (CancelAsked). Repeating the idempotency key repeats the
    answer. Raises CancelAsked, WrongState, TooManyUnits, NothingToDo, NotFound, OutOfRange, Malformed, KeyReused.
    """
    wanted = None if lines is None else [line if isinstance(line, ParcelLine) else _line(*line) for line in lines]
    label = _Label(carrier=carrier, tracking_number=tracking_number, actor=actor)
    asked = {
        "order_id": order_id, "warehouse_id": warehouse_id, "carrier": carrier.strip(), "tracking_number": tracking_number.strip(),
        "lines": None if wanted is None else sorted([line.line_id, line.units] for line in wanted),
    }  # fmt: skip

    def work() -> dict[str, list[int]]:
        order = orders.lock(order_id)
        _nobody_else_asks_to_cancel(order, cancels_seen)
        if left is not None and any(left.get(line.id, line.units_to_ship) != line.units_to_ship for line in order.lines):
            raise WrongState("ship", order.state)
        parcels = orders.pack(order, inventory.held(order_id), warehouse_id=warehouse_id, wanted=wanted)
        return {"shipments": [_send(order, parcel, label, now) for parcel in parcels]}

    answer = requests.once(key=key, asker=requests.STAFF, act="orders.ship", asked=asked, work=work, now=now)
    return tuple(ShipmentId(each) for each in answer["shipments"])


def _nobody_else_asks_to_cancel(order: Order, seen: Collection[RequestId]) -> None:
    # Asked under the order's lock, as a buyer asks: whoever was first, the other one is told.
    for each in orders.requests_of(order.id):
        if each.kind is RequestKind.CANCEL and each.state is RequestState.WAITING and each.id not in seen:
            raise CancelAsked(order.number, each.id)


def _line(line_id: LineId, units: int) -> ParcelLine:
    return ParcelLine(line_id=line_id, units=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    carrier: str
    tracking_number: str
    actor: UserId | None


def _send(order: Order, parcel: Parcel, label: _Label, now: datetime) -> ShipmentId:
    goods = [WantedUnits(variant_id=units.variant_id, units=units.units) for units in parcel.goods]
    shipment_id = orders.record_shipment(
        order_id=order.id, parcel=parcel, carrier=label.carrier, tracking_number=label.tracking_number, actor=label.actor, now=now
    )
    inventory.ship(order_id=order.id, warehouse_id=parcel.warehouse_id, lines=goods, now=now, actor=label.actor)
    audit.record(
        actor=label.actor,
        act="orders.ship",
        subject=f"order:{order.id}",
        before={"state": order.state.value},
        after={
            "shipment_id": shipment_id,
            "warehouse_id": parcel.warehouse_id,
            "lines": [[line.line_id, line.units] for line in parcel.lines],
        },
        at=now,
    )
    return shipment_id
