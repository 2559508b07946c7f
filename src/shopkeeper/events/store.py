"""Every query of the events room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shopkeeper.events.shapes import Backlog, Lag, Origin, Parked
from shopkeeper.kit.ids import FactId


@dataclass(frozen=True, slots=True)
class Row:
    """One stored fact on its way to hearers; `tries` says how often the hearer at hand failed to take it before."""

    id: FactId
    kind: str
    entity: str
    body: str
    occurred_at: datetime
    origin: Origin
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """A delivery to write down: it failed, or stands behind a failed one (`tries` 0), or is given up (`next_try_at` None)."""

    fact_id: FactId
    hearer: str
    entity: str
    tries: int
    next_try_at: datetime | None
    error: str


def claim(limit: int) -> list[Row]:
    """Lock and return the oldest unheard facts that nobody else has claimed, oldest first; the lock ends with the transaction."""
    # Unheard rows are found by a mark on each, not by a highest id seen: ids are given before commit, so a smaller one may appear later.
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, kind, entity, body::text, occurred_at, origin FROM events_outbox
                WHERE heard_at IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
            [limit],
        )
        return [_row(values) for values in cursor.fetchall()]


def limit_silence(lease: timedelta) -> None:
    """Have the server end this transaction, and free what it claimed, when nothing is said in it for so long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [f"{lease // timedelta(milliseconds=1)}ms"])


def unheard_elsewhere(ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return (id, entity) of every unheard fact older than the newest of `ids` and not among them: what others have claimed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, entity FROM events_outbox WHERE heard_at IS NULL AND id < %s AND id <> ALL(%s::bigint[])",
            [max(ids), list(ids)],
        )
        return [(fact_id, entity) for fact_id, entity in cursor.fetchall()]


def waited_for(entities: Iterable[str]) -> set[tuple[str, str]]:
    """Return the (hearer, entity) pairs, among these entities, for which an earlier fact still waits or is parked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT hearer, entity FROM events_waiting WHERE entity = ANY(%s::text[])", [list(entities)])
        return set(cursor.fetchall())


def mark_heard(ids: Sequence[int], now: datetime) -> None:
    """Mark facts as handed out, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_outbox SET heard_at = %s WHERE id = ANY(%s::bigint[])", [now, list(ids)])


def claim_due(now: datetime, limit: int) -> dict[str, list[Row]]:
    """Lock and return, by hearer, waiting facts whose time has come and that stand first in their entity's queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT waiting.hearer, fact.id, fact.kind, fact.entity, fact.body::text, fact.occurred_at, fact.origin, waiting.tries
                FROM events_waiting AS waiting JOIN events_outbox AS fact ON fact.id = waiting.fact_id
                WHERE waiting.parked_at IS NULL AND waiting.next_try_at <= %s
                  AND NOT EXISTS (SELECT FROM events_waiting AS earlier WHERE earlier.entity = waiting.entity
                                  AND earlier.hearer = waiting.hearer AND earlier.fact_id < waiting.fact_id)
                ORDER BY waiting.fact_id LIMIT %s FOR UPDATE OF waiting SKIP LOCKED""",
            [now, limit],
        )
        due: dict[str, list[Row]] = {}
        for hearer, *values, tries in cursor.fetchall():
            due.setdefault(hearer, []).append(replace(_row(values), tries=tries))
        return due


def save_waits(waits: Sequence[Wait], now: datetime) -> None:
    """Write down deliveries that did not happen; a row already there is brought up to date."""
    if not waits:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO events_waiting AS waiting (fact_id, hearer, entity, tries, next_try_at, parked_at, error)
               SELECT fact_id, hearer, entity, tries, coalesce(next_try_at, %s), CASE WHEN next_try_at IS NULL THEN %s END, error
               FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::text[])
                    AS given (fact_id, hearer, entity, tries, next_try_at, error)
               ON CONFLICT (fact_id, hearer) DO UPDATE SET tries = excluded.tries, next_try_at = excluded.next_try_at,
                                                           parked_at = excluded.parked_at, error = excluded.error""",
            [now, now, *map(list, zip(*((w.fact_id, w.hearer, w.entity, w.tries, w.next_try_at, w.error) for w in waits), strict=True))],
        )


def forget_waits(hearer: str, fact_ids: Sequence[int]) -> None:
    """Remove the waits of facts a hearer has now taken."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_waiting WHERE hearer = %s AND fact_id = ANY(%s::bigint[])", [hearer, list(fact_ids)])


def parked(limit: int) -> tuple[Parked, ...]:
    """Return given-up deliveries, newest first, each with the number of facts that wait behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT waiting.fact_id, waiting.hearer, fact.kind, fact.entity, fact.occurred_at, waiting.tries, waiting.error,
                      waiting.parked_at,
                      (SELECT count(*) FROM events_waiting AS behind WHERE behind.entity = waiting.entity
                       AND behind.hearer = waiting.hearer AND behind.fact_id > waiting.fact_id)
               FROM events_waiting AS waiting JOIN events_outbox AS fact ON fact.id = waiting.fact_id
               WHERE waiting.parked_at IS NOT NULL ORDER BY waiting.parked_at DESC, waiting.id DESC LIMIT %s""",
            [limit],
        )
        names = ("fact_id", "hearer", "kind", "entity", "occurred_at", "tries", "error", "parked_at", "behind")
        return tuple(Parked(**dict(zip(names, values, strict=True))) for values in cursor.fetchall())


def wait_anew(fact_id: FactId, hearer: str, now: datetime) -> bool:
    """Give a waiting or parked delivery a fresh start; return whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_waiting SET tries = 0, next_try_at = %s, parked_at = NULL WHERE fact_id = %s AND hearer = %s",
            [now, fact_id, hearer],
        )
        return bool(cursor.rowcount)


def unhear(fact_id: FactId, hearer: str) -> bool:
    """Take back that a fact was handed out, and the wait that stands for it; return whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_waiting WHERE fact_id = %s AND hearer = %s", [fact_id, hearer])
        if cursor.rowcount != 1:
            return False
        cursor.execute("UPDATE events_outbox SET heard_at = NULL WHERE id = %s", [fact_id])
        return True


def heard_between(kind: str, first: int, last: int, hearer: str) -> list[Row]:
    """Return the facts of a kind in a range of ids that were handed out and for which the hearer has no wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, kind, entity, body::text, occurred_at, origin FROM events_outbox AS fact
                WHERE kind = %s AND id BETWEEN %s AND %s AND heard_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM events_waiting WHERE fact_id = fact.id AND hearer = %s) ORDER BY id""",
            [kind, first, last, hearer],
        )
        return [_row(values) for values in cursor.fetchall()]


def heard_ids(kind: str, hearer: str) -> list[int]:
    """Return the ids of the facts of a kind that were handed out and for which the hearer has no wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM events_outbox AS fact WHERE kind = %s AND heard_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM events_waiting WHERE fact_id = fact.id AND hearer = %s) ORDER BY id""",
            [kind, hearer],
        )
        return [fact_id for (fact_id,) in cursor.fetchall()]


def backlog() -> Backlog:
    """Return how far hearers are behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM events_outbox WHERE heard_at IS NULL),
                      (SELECT count(*) FROM events_waiting WHERE parked_at IS NULL),
                      (SELECT count(*) FROM events_waiting WHERE parked_at IS NOT NULL),
                      least((SELECT min(recorded_at) FROM events_outbox WHERE heard_at IS NULL),
                            (SELECT min(fact.recorded_at) FROM events_waiting JOIN events_outbox AS fact ON fact.id = fact_id))"""
        )
        unheard, retrying, parked_, oldest_at = cursor.fetchone()
        return Backlog(unheard=unheard, retrying=retrying, parked=parked_, oldest_at=oldest_at)


def lags() -> tuple[Lag, ...]:
    """Return how far each hearer is behind; facts nobody has handed out yet stand under the name `*`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT '*', count(*), 0, min(recorded_at) FROM events_outbox WHERE heard_at IS NULL
               UNION ALL
               SELECT hearer, count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL),
                      min(fact.recorded_at)
               FROM events_waiting JOIN events_outbox AS fact ON fact.id = fact_id GROUP BY hearer"""
        )
        return tuple(Lag(hearer=hearer, behind=behind, parked=parked_, oldest_at=at) for hearer, behind, parked_, at in cursor.fetchall())


def told(kind: str, field: str, since: datetime) -> dict[int, int]:
    """Return how often each id was told of, by the id in a field of the fact's body."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (body ->> %s)::bigint, count(*) FROM events_outbox
               WHERE kind = %s AND origin = 'live' AND occurred_at >= %s GROUP BY 1""",
            [field, kind, since],
        )
        return dict(cursor.fetchall())


def purge(heard_before: datetime, limit: int) -> int:
    """Delete up to `limit` facts that every hearer took before that moment; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM events_outbox WHERE id IN (
                   SELECT id FROM events_outbox AS fact
                   WHERE heard_at < %s AND NOT EXISTS (SELECT FROM events_waiting WHERE fact_id = fact.id)
                   ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)""",
            [heard_before, limit],
        )
        return int(cursor.rowcount)


def _row(values: Sequence[Any]) -> Row:
    fact_id, kind, entity, body, occurred_at, origin = values
    return Row(FactId(fact_id), kind, entity, body, occurred_at, Origin(origin))
