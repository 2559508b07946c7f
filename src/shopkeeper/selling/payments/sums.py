"""What payments amount to together: the same fold as one payment's balance, added up; for the rows of a list by one statement."""

from collections.abc import Iterable

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.shapes import Balance, MoneyInAll


def of(balances: Iterable[Balance]) -> MoneyInAll:
    """Return what these payments amount to together."""
    found = list(balances)
    return MoneyInAll(
        settled_minor=sum(each.settled_minor for each in found),
        pending_minor=sum(each.pending_minor for each in found),
        refund_pending_minor=sum(each.refund_pending_minor for each in found),
    )


_OF_ROWS = """
    WITH heard AS MATERIALIZED (
        SELECT payment_id, kind, amount_minor, key, reference FROM payments_paymentevent WHERE payment_id IN ({chosen})
    ), bounced AS (
        SELECT payment_id, reference FROM heard WHERE kind = 'refund_failed' AND reference <> ''
    ), disputes AS (
        SELECT amount_minor AS minor, kind, payment_id, regexp_replace(reference, ':inquiry$', '') AS name,
               reference LIKE '%%:inquiry' AS is_asked
        FROM heard WHERE kind IN ('disputed', 'dispute_won', 'dispute_lost')
    ), withdrawn AS (
        SELECT CASE
            WHEN bool_or(kind = 'dispute_lost') FILTER (WHERE NOT is_asked) THEN max(minor) FILTER (WHERE NOT is_asked)
            WHEN bool_or(kind = 'dispute_won') FILTER (WHERE NOT is_asked) THEN 0
            WHEN bool_or(NOT is_asked) THEN max(minor) FILTER (WHERE NOT is_asked)
            WHEN bool_or(kind = 'dispute_lost') THEN max(minor)
            ELSE 0 END AS minor
        FROM disputes GROUP BY payment_id, name
    ), money AS (
        SELECT e.payment_id,
               coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'authorized'), 0) AS authorized,
               coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'captured'), 0) AS captured,
               coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'voided'), 0) AS voided,
               coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded' AND b.payment_id IS NULL), 0) AS refunded,
               coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refund_asked' AND NOT EXISTS (
                   SELECT FROM heard a WHERE a.payment_id = e.payment_id AND a.key = e.key
                   AND a.kind IN ('refunded', 'refund_failed'))), 0) AS asked_back
        FROM heard e
        LEFT JOIN (SELECT DISTINCT payment_id, reference FROM bounced) b ON b.payment_id = e.payment_id AND b.reference = e.reference
        GROUP BY e.payment_id
    )
    SELECT coalesce(sum(captured - refunded), 0) - coalesce((SELECT sum(minor) FROM withdrawn), 0),
           coalesce(sum(greatest(0, greatest(authorized, captured) - captured - voided)), 0),
           coalesce(sum(asked_back), 0)
    FROM money
"""


def of_rows(rows: QuerySet[models.Payment]) -> MoneyInAll:
    """Return what these payments amount to together: one statement, over their own events alone."""
    try:
        chosen, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return of([])
    with connection.cursor() as cursor:
        cursor.execute(_OF_ROWS.format(chosen=chosen), values)
        settled, pending, asked_back = cursor.fetchone()
    return MoneyInAll(settled_minor=int(settled), pending_minor=int(pending), refund_pending_minor=int(asked_back))
