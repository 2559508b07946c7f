"""The company a customer buys for."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import models, store, store_people
from shopkeeper.selling.customers.rules import tax_numbers
from shopkeeper.selling.customers.shapes import Business

MOST_COMPANY = 200
MOST_ON_A_PAGE = 100
MOST_PAGE = 1_000_000


def business(customer_id: CustomerId) -> Business | None:
    """Return the company a customer buys for, None for who buys for themselves."""
    person = store.stands_for([customer_id]).get(customer_id, customer_id)
    return store_people.businesses([person]).get(person)


def businesses(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, Business]:
    """Return the companies of these customers, by id; who buys for themselves is left out."""
    return store_people.businesses(list(customer_ids))


def find_businesses(*, text: str = "", number: int = 1, size: int = 50) -> Page[Business]:
    """Return one page of the companies customers buy for, by name: all, or those whose name holds the text or whose tax number it is.

    Raises OutOfRange.
    """
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    found, total = store_people.find_businesses(text.strip().replace("\x00", ""), (number - 1) * size, size)
    return Page(items=tuple(found), total=total, number=number, size=size)


def tax_number(value: str, *, country: str) -> str:
    """Return a tax number made tidy, of the form and with the check digit its country publishes. Raises WrongTaxNumber, Malformed."""
    return tax_numbers.checked(checks.line(value, field="tax_number", least=1, most=40), country=checks.country(country))


@transaction.atomic
def save_business(
    *, customer_id: CustomerId, company: str, country: str, number: str, billing_email: str = "", actor: UserId | None, now: datetime
) -> Business:
    """Save the company a customer buys for and return it; `actor` None: the customer did it.

    Raises NotFound, OutOfRange, Malformed, WrongTaxNumber.
    """
    known = checks.country(country)
    wanted = {
        "company": checks.line(company, field="company", least=1, most=MOST_COMPANY),
        "country": known,
        "tax_number": tax_number(number, country=known),
        "billing_email": checks.email(billing_email, field="billing_email") if billing_email.strip() else "",
    }
    customer_id = _person(customer_id)
    row = models.Business.objects.filter(pk=customer_id).first() or models.Business(customer_id=customer_id)
    changed = sorted(field for field, value in wanted.items() if getattr(row, field) != value)
    if changed:
        for field, value in wanted.items():
            setattr(row, field, value)
        row.saved_at = now
        row.save()
        _tell(customer_id, changed, actor=actor, now=now)
    return store_people.business(row, customer_id)


@transaction.atomic
def remove_business(*, customer_id: CustomerId, actor: UserId | None, now: datetime) -> None:
    """Let a customer buy for themselves again, under whichever record the company stands; invoices written stay as they are.

    Raises NotFound.
    """
    person = _person(customer_id)
    if person not in store_people.businesses([person]):
        return
    models.Business.objects.filter(pk=person).delete()
    if person in store_people.businesses([person]):
        # The company of a merged record stays with it, to be there again should the two be parted: this row says that it counts no more.
        models.Business.objects.create(customer_id=person, company="", country="", tax_number="", saved_at=now)
    _tell(person, ["company"], actor=actor, now=now)


def _person(customer_id: CustomerId) -> CustomerId:
    """Return the record that stands for a customer, locked. Raises NotFound."""
    person = store.stands_for([customer_id]).get(customer_id)
    if person is None or store.locked(person) is None:
        raise NotFound("customer", customer_id)
    return person


def _tell(customer_id: CustomerId, fields: list[str], *, actor: UserId | None, now: datetime) -> None:
    # The names of the fields only: what they hold is the customer's own.
    audit.record(
        actor=actor, act="customers.save_business", subject=f"customer:{customer_id}", before=None, after={"fields": fields}, at=now
    )
    events.record(facts.CustomerSaved(customer_id=customer_id), at=now)
