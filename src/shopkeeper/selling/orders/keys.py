"""Refunds asked under an idempotency key. The key and what was asked are kept as digests, beside the codes of refunds taken over."""

import hashlib
import json
from collections.abc import Sequence

from django.db import connection

from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.refusals import KeyReused, OutOfRange
from shopkeeper.selling.orders import models, store
from shopkeeper.selling.orders.shapes import MOST_KEY, Refund, RefundReason, RefundWish

_KEY_DIGITS, _ASKED_DIGITS = 32, 28
"""Of the 64 characters of a refund's code: `key:`, the digest of the key, the digest of what was asked."""


def refund_code(
    *, key: str, order_id: OrderId, wishes: Sequence[RefundWish], with_delivery: bool, reason: RefundReason, note: str = ""
) -> str:
    """Return the code under which a refund asked with an idempotency key is kept. Raises OutOfRange (`idempotency_key`)."""
    if not 1 <= len(key) <= MOST_KEY:
        raise OutOfRange("idempotency_key", key[:MOST_KEY], least=1, most=MOST_KEY)
    lines = sorted([wish.line_id, wish.units, wish.restock] for wish in wishes)
    asked = json.dumps([order_id, lines, with_delivery, reason.value, note.strip()])
    return f"{_key_part(key)}{_digest(asked)[:_ASKED_DIGITS]}"


def refund_under(code: str) -> Refund | None:
    """Return the refund made under this code, None for a new key; until the caller's transaction ends nobody else can use the key.

    Raises KeyReused where the key came before with other content.
    """
    key = code[:-_ASKED_DIGITS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"orders.refund:{key}"])
    row = models.Refund.objects.filter(external_code__startswith=key).prefetch_related("lines").first()
    if row is None:
        return None
    if row.external_code != code:
        raise KeyReused("This idempotency key was used for another refund", field="idempotency_key")
    return store.to_refund(row)


def was_refunded_under(key: str) -> bool:
    """Return whether a refund was asked under an idempotency key, whatever its content."""
    return models.Refund.objects.filter(external_code__startswith=_key_part(key)).exists()


def _key_part(key: str) -> str:
    return f"key:{_digest(key)[:_KEY_DIGITS]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
