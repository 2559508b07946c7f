"""Customers for tests: any room above may use them."""

from datetime import UTC, datetime

from shopkeeper.ops.access import public as access
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def member(email="mia@example.org", name="Mia Berg"):
    user_id = access.register_shopper(email=email, password="seven grey herons 7", name=name, language="en", now=NOON)
    return customers.register(user_id=user_id, email=email, name=name, language="en", now=NOON)


def guest(email="guest@example.org", name="Gus Vale", country="GB", **more):
    return customers.guest(email=email, name=name, language="en", country=country, now=NOON, **more)


def address(**changes):
    parts = {"name": "Mia Berg", "line1": "2 Mill Lane", "city": "York", "postcode": "YO1 7EP", "country": "GB"}
    return Address(**{**parts, **changes})
