"""All customers, for what goes through the whole list: part of this room's face (`public`)."""

from collections.abc import Sequence

from django.db.models.functions import Coalesce, Lower

from shopkeeper.kit.ids import CustomerId
from shopkeeper.selling.customers import store
from shopkeeper.selling.customers.models import Customer as Row
from shopkeeper.selling.customers.shapes import Customer


def customer_ids() -> tuple[CustomerId, ...]:
    """Return the ids of all customers, members and guests, oldest first; records merged into another are not among them."""
    return tuple(CustomerId(number) for number in Row.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True))


def by_emails(emails: Sequence[str]) -> dict[str, tuple[Customer, ...]]:
    """Return the customers with these mail addresses, by address in small letters; a member and a guest may share one.

    The address of a merged record is that of the record that stands for it.
    """
    small = Row.objects.annotate(small=Lower("email"), person=Coalesce("merged_into_id", "id"))
    pairs = small.filter(small__in=sorted({each.lower() for each in emails})).order_by("person").values_list("small", "person").distinct()
    known = store.customers({person for _mail, person in pairs})
    found: dict[str, tuple[Customer, ...]] = {}
    for mail, person in pairs:
        found[mail] = (*found.get(mail, ()), known[CustomerId(person)])
    return found
