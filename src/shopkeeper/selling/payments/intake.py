"""Payments taken over from another system, by the thousand: paid in full at once, refunds as they came."""

import polars as pl
from django.db import connection

from shopkeeper.kit import bulk

PROVIDER = "imported"

_PAYMENTS = """
    WITH added AS (
        INSERT INTO payments_payment (
            order_id, provider, method, amount_minor, currency, key, name, state, reference, redirect_url, started_at, tries)
        SELECT order_id, %(provider)s, %(provider)s, amount_minor, %(currency)s, key, key, 'captured', key, '', at, 0 FROM intake_payment
        ON CONFLICT (key) DO NOTHING
        RETURNING id, order_id, amount_minor, key, started_at
    ), told AS (
        INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at)
        SELECT id, kind, amount_minor, '', key, '', started_at FROM added, (VALUES ('authorized'), ('captured')) AS kinds (kind)
    )
    SELECT order_id, id FROM added
"""
_REFUNDS = """
    INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at)
    SELECT p.id, 'refunded', s.amount_minor, '', s.key, '', s.at
    FROM intake_repaid s JOIN payments_payment p ON p.order_id = s.order_id AND p.provider = %(provider)s
    ON CONFLICT (payment_id, kind, key, reference) DO NOTHING
"""


def import_payments(payments: pl.DataFrame, *, currency: str) -> pl.DataFrame:
    """Add a captured payment for each order whose key is new; payments: order_id, amount_minor, key, at. Returns order_id, payment_id."""
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_payment", payments)
        cursor.execute(_PAYMENTS, {"provider": PROVIDER, "currency": currency})
        return pl.DataFrame(cursor.fetchall(), schema={"order_id": pl.Int64, "payment_id": pl.Int64}, orient="row")


def import_refunds(refunds: pl.DataFrame) -> int:
    """Add the provider's word on refunds of imported payments; refunds: order_id, amount_minor, key, at. Returns how many were new."""
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_repaid", refunds)
        cursor.execute(_REFUNDS, {"provider": PROVIDER})
        return int(cursor.rowcount)
