"""Routes for the companies customers buy for, for staff: listed, read, set and taken away again."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Number, Paged, PageNumber, PageSize, Sent, Text, paged
from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Business

staff_router = Router(tags=["staff"])


class BusinessOut(Schema):
    __doc__ = gettext_noop("The company a customer buys for; `customer_id` is the record that stands for them.")

    customer_id: int
    company: str
    country: str
    tax_number: str
    billing_email: str
    saved_at: datetime


class BusinessIn(Sent):
    __doc__ = gettext_noop(
        "A company: its `tax_number` must have the form and the check digit that `country` publishes; `billing_email` may be empty."
    )

    company: Text
    country: Annotated[str, Field(min_length=2, max_length=2)]
    tax_number: Text
    billing_email: Text = ""


@staff_router.get(
    "/businesses",
    auth=StaffSession("customers.view"),
    response=Paged[BusinessOut],
    summary=gettext_noop("Companies that customers buy for, by name; `q` stands in the name or is the tax number"),
)
def list_businesses(request: HttpRequest, *, q: Text = "", page: PageNumber = 1, size: PageSize = 50) -> Paged[BusinessOut]:
    (found,) = together.read(lambda: customers.find_businesses(text=q, number=page, size=size))
    return paged(found, (_business(each) for each in found))


@staff_router.get(
    "/customers/{customer}/business",
    auth=StaffSession("customers.view"),
    response=BusinessOut,
    summary=gettext_noop("The company a customer buys for; not found where they buy for themselves"),
)
def read_business(request: HttpRequest, customer: Number) -> BusinessOut:
    found = customers.business(CustomerId(customer))
    if found is None:
        raise NotFound("business", customer)
    return _business(found)


@staff_router.put(
    "/customers/{customer}/business",
    auth=StaffSession("customers.save_business"),
    response=BusinessOut,
    summary=gettext_noop("Save the company a customer buys for; the same again changes nothing"),
)
def save_business(request: HttpRequest, customer: Number, data: BusinessIn) -> BusinessOut:
    found = customers.save_business(
        customer_id=CustomerId(customer), company=data.company, country=data.country.upper(), number=data.tax_number,
        billing_email=data.billing_email, actor=actor(request), now=timezone.now(),
    )  # fmt: skip
    return _business(found)


@staff_router.delete(
    "/customers/{customer}/business",
    auth=StaffSession("customers.save_business"),
    response={204: None},
    summary=gettext_noop("Let a customer buy for themselves again; invoices written stay as they are"),
)
def remove_business(request: HttpRequest, customer: Number) -> tuple[int, None]:
    customers.remove_business(customer_id=CustomerId(customer), actor=actor(request), now=timezone.now())
    return 204, None


def _business(found: Business) -> BusinessOut:
    return BusinessOut(
        customer_id=found.customer_id, company=found.company, country=found.country, tax_number=found.tax_number,
        billing_email=found.billing_email, saved_at=found.saved_at,
    )  # fmt: skip
