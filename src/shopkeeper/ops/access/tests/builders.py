"""People for tests of the access room."""

from datetime import UTC, datetime

from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "seven grey herons 7"


def owner(email="owner@example.org"):
    return joined(email, Role.OWNER)


def joined(email, role=Role.CLERK, name="Ann Lee"):
    """Return the id of a member of staff who joined by an invitation."""
    made = access.invite(email=email, role=role, actor=None, now=NOON)
    return access.accept(token=made.token, name=name, password=PASSWORD, now=NOON)


def shopper(email="shopper@example.org"):
    return access.register_shopper(email=email, password=PASSWORD, name="Sam", language="en", now=NOON)


def member(role):
    """Return the id of a member of staff with this role, under an address of their own."""
    return joined(f"{role}-{len(access.staff())}@example.org", role)
