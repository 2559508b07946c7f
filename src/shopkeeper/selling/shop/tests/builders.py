"""A shop for tests: any room above may open it."""

import json
from datetime import UTC, datetime

from django.db import connection

from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.rules.particulars import _CHECKS as CHECKS
from shopkeeper.selling.shop.rules.particulars import FIXED

__all__ = ["CHECKS", "FIXED", "NOON", "facts_told", "open_shop"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def open_shop(**changes):
    """Open the shop every test understands: GBP, United Kingdom, London time."""
    particulars = {
        "name": Bilingual("Paper Crane", "纸鹤小铺"),
        "currency": "GBP",
        "country": "GB",
        "zone": "Europe/London",
        "language": "en",
        "legal_name": "Paper Crane Ltd",
        "licence_number": "09 123 456",
        "licence_authority": "Companies House",
        "address": "1 Quay Street, Bristol BS1 4DJ",
        "email": "hello@papercrane.example",
        "now": NOON,
    }
    return shops.open_shop(**{**particulars, **changes})


def facts_told(kind):
    """Return the bodies of all facts of one kind, in the order they were recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM events_outbox WHERE kind = %s ORDER BY id", [kind])
        return [body if isinstance(body, dict) else json.loads(body) for (body,) in cursor.fetchall()]
