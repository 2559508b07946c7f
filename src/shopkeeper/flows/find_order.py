"""Somebody who lost the link of an order has it sent again, to the address that ordered and to no other."""

from datetime import datetime

from django.db import transaction

from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState


@transaction.atomic
def send_link(*, number: str, email: str, now: datetime) -> None:
    """Queue the order's first mail once more, with its link, where number and address belong together; else nothing. An order that has
    ended is told of by the mail about its end, for nobody is thanked for it any more.

    Nobody learns which it was. At most one mail an hour for an order. Raises Malformed for what is no mail address.
    """
    asked = checks.email(email)
    try:
        found = orders.by_number(number)
    except NotFound:
        return
    if found.contact.email.casefold() == asked.casefold() and not found.is_imported:
        kind = MailKind.CANCELLED if found.state in (OrderState.CANCELLED, OrderState.EXPIRED) else MailKind.PLACED
        messages.order_mail(kind=kind, order_id=found.id, key=f"link:{found.id}:{now:%Y%m%d%H}", now=now)
