"""A buyer asks for the rest of an order to be cancelled, or for pieces to go back; what may be asked rests on law, way and shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit import together
from shopkeeper.kit.ids import LineId, OrderId
from shopkeeper.kit.time import day_of
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Arrangement, Happening, Order, Possible, Request, Window
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was asked about an order, the oldest first, what may be asked now, and where goods go back to.

    `days`: the fewest and most that its way of delivery takes, None where it is not known any more.
    """

    requests: tuple[Request, ...]
    may: Possible
    return_address: str
    days: tuple[int, int] | None


def look(found: Order, now: datetime) -> Look:
    """Return what was and may be asked about an order: one statement. Raises ShopNotOpen."""
    asked, told, arranged, shop = together.read(
        lambda: orders.requests_of(found.id), lambda: orders.timeline(found.id), orders.arrangement, shops.shop
    )
    window = _window(found, told, arranged, shop, now)
    return Look(
        requests=asked,
        may=orders.may_ask(found, asked, window),
        return_address=arranged.return_address or shop.address,
        days=_days(found),
    )


def ask(
    *,
    order_id: OrderId,
    kind: str,
    reason: str,
    note: str = "",
    wishes: Sequence[tuple[LineId, int]] | None,
    now: datetime,
    key: str | None = None,
) -> Request:
    """Ask, as the order's buyer, and return the request; `wishes` None asks for all there are. The key again asks nothing again.

    Raises as `orders.ask` does; OutOfRange or KeyReused for the key.
    """
    answer = requests.once(
        key=key, asker=f"order:{order_id}", act="orders.ask",
        asked={"kind": kind, "reason": reason, "note": note, "wishes": None if wishes is None else [list(each) for each in wishes]},
        work=lambda: {"request_id": _ask(order_id=order_id, kind=kind, reason=reason, note=note, wishes=wishes, now=now).id}, now=now,
    )  # fmt: skip
    return next(each for each in orders.requests_of(order_id) if each.id == answer["request_id"])


def _ask(*, order_id: OrderId, kind: str, reason: str, note: str, wishes: Sequence[tuple[LineId, int]] | None, now: datetime) -> Request:
    found = orders.order(order_id)
    told, arranged, shop = together.read(lambda: orders.timeline(order_id), orders.arrangement, shops.shop)
    window = _window(found, told, arranged, shop, now)
    return orders.ask(order_id=order_id, kind=kind, reason=reason, note=note, wishes=wishes, window=window, now=now)


def _days(found: Order) -> tuple[int, int] | None:
    # As promised when the order was placed: what its way of delivery promises others today is not what this buyer was told.
    delivery = found.quote.get("delivery")
    days = delivery.get("days") if isinstance(delivery, Mapping) else None
    return (int(days[0]), int(days[1])) if days else None


def _window(found: Order, told: Sequence[Happening], arranged: Arrangement, shop: Shop, now: datetime) -> Window:
    days = _days(found)
    came = max((each.at for each in told if each.code == "arrived"), default=None)
    sent = max((parcel.shipped_at for parcel in found.shipments), default=None)
    return orders.return_window(
        found,
        way_days=days[1] if days else None,
        left_on=day_of(sent, shop.zone) if sent else None,
        arrived_on=day_of(came, shop.zone) if came else None,
        today=day_of(now, shop.zone),
        shop_days=arranged.return_days,
    )
