"""Goods are back: whoever waits for them is told, each once, and no more people than there are pieces."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import OrderId, VariantId, WaitId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import Pieces, Wait


def tell(variant_ids: Collection[VariantId] | None, *, now: datetime) -> int:
    """Tell who waits longest for these goods (None: for any) that they can be bought; return how many mails that queued.

    May be repeated, also at the same time: the wishes room marks each wait once, and counts who was told of a day against the pieces.
    """
    waited = wishes.waited_for()
    back = None if variant_ids is None or not waited else set(catalog.moving_with(sorted(variant_ids)))
    wanted = [each for each in waited if back is None or each in back]
    pieces = _pieces(wanted)
    due = _due(pieces, now) if pieces else ()
    if not due:
        return 0
    with transaction.atomic():
        told = wishes.mark_told(wait_ids=[wait.id for wait in due], pieces=pieces, now=now)
        for wait in told:
            messages.wait_mail(
                kind=MailKind.BACK_IN_STOCK, wait_id=wait.id, key=messages.back_in_stock_key(wait.id), language=wait.language, now=now
            )
    return len(told)


def tell_of_orders(order_ids: Collection[OrderId], *, now: datetime) -> int:
    """Tell who waits for goods that these orders gave free; return how many mails that queued."""
    found = orders.orders(list(order_ids))
    return tell({each for order in found.values() for each in order.variants}, now=now)


def _due(pieces: Pieces, now: datetime) -> tuple[Wait, ...]:
    """Return who may be told now. Addresses no such mail may go to keep their place in the queue and take nobody's turn."""
    passing: set[WaitId] = set()
    while True:
        found = wishes.due_waits(pieces, passing=passing, now=now)
        takes = messages.open_to({wait.email for wait in found}, MailKind.BACK_IN_STOCK)
        passed = {wait.id for wait in found if wait.email not in takes}
        if not passed:
            return found
        passing |= passed


def _pieces(variant_ids: Collection[VariantId]) -> dict[VariantId, int]:
    """Return how many pieces of each can be bought now, of those that can."""
    if not variant_ids:
        return {}
    wanted = list(variant_ids)
    goods, units, priced = catalog.goods(wanted), inventory.available(wanted), pricing.prices(wanted)
    return {each: units[each] for each in wanted if each in goods and goods[each].is_sellable and each in priced and units.get(each, 0) > 0}
