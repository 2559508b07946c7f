"""All customers, for what goes through the whole list: part of this room's face (`public`)."""

from collections.abc import Sequence

from django.db.models.functions import Lower

from shopkeeper.kit.ids import CustomerId
from shopkeeper.selling.customers import store
from shopkeeper.selling.customers.models import Customer as Row
from shopkeeper.selling.customers.shapes import Customer


def customer_ids() -> tuple[CustomerId, ...]:
    """Return the ids of all customers, members and guests, oldest first; records merged into another are not among them."""
    return tuple(CustomerId(number) for number in Row.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True))


def by_emails(emails: Sequence[str]) -> dict[str, tuple[Customer, ...]]:
    """Return the customers with these mail addresses, by address in small letters; a member and a guest may share one."""
    small = Row.objects.filter(merged_into=None).annotate(small=Lower("email")).filter(small__in=sorted({each.lower() for each in emails}))
    mails = dict(small.order_by("id").values_list("id", "small"))
    known = store.customers(mails)
    found: dict[str, tuple[Customer, ...]] = {}
    for number, mail in mails.items():
        found[mail] = (*found.get(mail, ()), known[CustomerId(number)])
    return found
