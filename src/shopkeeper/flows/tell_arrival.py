"""A parcel has arrived: the order's timeline says so, and its buyer gets a mail, once for each parcel."""

from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import OrderId, ShipmentId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import public as orders


@transaction.atomic
def tell(*, order_id: OrderId, shipment_id: ShipmentId, actor: UserId | None, now: datetime) -> bool:
    """Note that a parcel of the order has arrived and queue the mail about it; return whether that was new. Raises NotFound.

    Nothing in the shop hears of arrivals by itself: staff say so, or whoever takes in a carrier's news.
    """
    order = orders.lock(order_id)
    parcel = next((each for each in order.shipments if each.id == shipment_id), None)
    if parcel is None:
        raise NotFound("shipment", shipment_id)
    key = messages.delivered_key(shipment_id)
    if messages.is_queued(key):
        return False
    values: dict[str, str | int] = {"shipment_id": shipment_id, "carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    orders.note(order_id=order_id, code="arrived", values=values, actor=actor, now=now)
    messages.order_mail(kind=MailKind.DELIVERED, order_id=order_id, key=key, now=now, detail_id=shipment_id)
    after = {"shipment_id": int(shipment_id), "state": "arrived"}
    audit.record(actor=actor, act="orders.ship", subject=f"order:{order_id}", before=None, after=after, at=now)
    return True
