"""The face of the events room: record what happened. Hearers get to know afterwards (`dispatch.py`)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from shopkeeper.events import codec, store
from shopkeeper.events.codec import kinds
from shopkeeper.events.dispatch import NOBODY, Reactions, dispatch_all, dispatch_once, run
from shopkeeper.events.facts import Fact, FactReplayed
from shopkeeper.events.shapes import Backlog, Heard, Lag, NotWaiting, Origin, OutsideTransaction, Parked
from shopkeeper.kit.ids import FactId, UserId
from shopkeeper.ops.audit import public as audit

__all__ = [
    "Reactions",
    "backlog",
    "dispatch_all",
    "dispatch_once",
    "heard_between",
    "heard_ids",
    "kinds",
    "lags",
    "parked",
    "record",
    "record_history",
    "record_many",
    "replay",
    "run",
    "told",
]


def record(fact: Fact, *, at: datetime) -> FactId:
    """Write one fact, which happened `at`, into the outbox in the caller's transaction; return its id.

    Raises OutsideTransaction without a transaction, UnknownFact where a value does not fit its field.
    """
    _inside_a_transaction(fact)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT events_record(%s, %s, %s::jsonb, %s)",
            [type(fact).__name__, codec.entity_of(fact), codec.encode(fact).decode(), at],
        )
        return FactId(cursor.fetchone()[0])


def record_many(facts: Sequence[Fact], *, at: Sequence[datetime] | datetime) -> None:
    """Write many facts in one statement, ids in their order; `at` is one moment for all or one for each.

    Raises as `record` does; ValueError where moments and facts differ in number.
    """
    if not facts:
        return
    _inside_a_transaction(facts[0])
    moments = [at] * len(facts) if isinstance(at, datetime) else list(at)
    if len(moments) != len(facts):
        raise ValueError(f"{len(facts)} facts, but {len(moments)} moments")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO events_outbox (kind, entity, body, occurred_at)
               SELECT kind, entity, body::jsonb, occurred_at
               FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[])
                    WITH ORDINALITY AS given (kind, entity, body, occurred_at, place)
               ORDER BY place""",
            [
                [type(fact).__name__ for fact in facts],
                [codec.entity_of(fact) for fact in facts],
                [codec.encode(fact).decode() for fact in facts],
                moments,
            ],
        )


def record_history(rows: Iterable[tuple[Fact, datetime]]) -> int:
    """Copy facts taken over from another system into the outbox, in the order given; return how many.

    They are marked as history and heard only by hearers that asked for it: nobody is mailed about an order of last year.
    Raises as `record` does.
    """
    _inside_a_transaction(None)
    written, told = 0, iter(rows)
    # The rows of a batch are made before its COPY begins: whoever tells them may still be asking the database.
    while batch := [_history_row(fact, occurred_at) for fact, occurred_at in islice(told, _COPIED_AT_ONCE)]:
        with connection.cursor() as cursor, cursor.copy(_COPY_HISTORY) as copy:
            for row in batch:
                copy.write_row(row)
        written += len(batch)
    return written


_COPIED_AT_ONCE = 5_000
_COPY_HISTORY = "COPY events_outbox (kind, entity, body, occurred_at, origin) FROM STDIN"


def _history_row(fact: Fact, occurred_at: datetime) -> tuple[str, str, str, datetime, str]:
    return type(fact).__name__, codec.entity_of(fact), codec.encode(fact).decode(), occurred_at, Origin.IMPORT.value


def heard_between(*, kind: str, first: int, last: int, hearer: str) -> tuple[Heard, ...]:
    """Return the facts of a kind, with ids from `first` to `last`, that `hearer` was told before; those it still waits for are left out."""
    rows = store.heard_between(kind, first, last, hearer)
    return tuple(Heard(row.id, codec.decode(row.kind, row.body), row.occurred_at, row.origin) for row in rows)


def heard_ids(*, kind: str, hearer: str) -> list[int]:
    """Return the ids of the facts of a kind still in the outbox that `hearer` was told."""
    return store.heard_ids(kind, hearer)


def parked(*, limit: int = 200) -> tuple[Parked, ...]:
    """Return the deliveries that were given up, newest first."""
    return store.parked(limit)


def backlog() -> Backlog:
    """Return how far hearers are behind."""
    return store.backlog()


def lags() -> tuple[Lag, ...]:
    """Return how far each hearer is behind; what nobody has handed out yet stands under the name `*`."""
    return store.lags()


def told(kind: type[Fact], field: str, *, since: datetime) -> dict[int, int]:
    """Return how often each id (that in `field` of the fact) was told of since then. Facts heard are kept in the outbox for 30 days."""
    return store.told(kind.__name__, field, since)


@transaction.atomic
def replay(*, fact_id: FactId, hearer: str, actor: UserId | None, now: datetime) -> None:
    """Let a hearer try a waiting or parked fact again at once, with fresh patience; what waits behind it follows.

    Raises NotWaiting where the hearer does not wait for the fact.
    """
    found = store.unhear(fact_id, hearer) if hearer == NOBODY else store.wait_anew(fact_id, hearer, now)
    if not found:
        raise NotWaiting(fact_id, hearer)
    record(FactReplayed(fact_id=fact_id, hearer=hearer), at=now)
    audit.record(actor=actor, act="events.replay", subject=f"fact:{fact_id}", before=None, after={"hearer": hearer}, at=now)


def _inside_a_transaction(fact: Fact | None) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{type(fact).__name__ if fact else 'history'} must be recorded inside transaction.atomic()")
