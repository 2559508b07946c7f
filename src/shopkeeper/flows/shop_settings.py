"""Saving the shop's settings where another room has a say: the book currency stays as soon as there is trade in it."""

from datetime import datetime

from django.db import transaction

from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import CurrencyFixed, Shop


@transaction.atomic
def change_currency(*, currency: str, actor: UserId, now: datetime) -> Shop:
    """Change the book currency of a shop that has no orders yet, and return the shop. Raises NotAllowed, Malformed, CurrencyFixed."""
    access.require(actor, "shop.save")
    present = shops.shop()
    if currency.strip().upper() != present.currency and orders.list_orders(size=1).total:
        raise CurrencyFixed(present.currency)
    return shops.change_currency(currency=currency, actor=actor, now=now)
