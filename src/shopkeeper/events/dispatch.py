"""Facts out of the outbox to whoever hears them: at least once, in order within an entity, several dispatchers at once.

One round is one transaction: claim a batch, let every hearer take it in batches of one kind inside savepoints, mark it heard with one
statement. Where nothing fails nothing else is written. A fact that one hearer cannot take gets a waiting row for that hearer alone;
it backs off, is parked at last, and holds back only later facts of its own entity, only for that hearer.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections, connection, transaction

from shopkeeper.events import codec, store
from shopkeeper.events.facts import Fact
from shopkeeper.events.rules import order
from shopkeeper.events.rules.patience import next_try
from shopkeeper.events.rules.privacy import described
from shopkeeper.events.shapes import Dispatched, Heard, Hearer, Origin, Patience
from shopkeeper.events.store import Row, Wait
from shopkeeper.ops.monitoring import public as monitoring

Reactions = Mapping[type[Fact], Sequence[Hearer]]

PATIENCE = Patience()

LEASE = timedelta(seconds=60)
"""How long a round may stand still with its facts claimed. The claim is a transaction: the server ends one in which nothing is said for so
long, others take the facts over, and whatever the paused dispatcher still says is refused with the transaction it no longer has."""

NOBODY = "*"
"""Stands for all hearers of a fact whose kind the program does not know: it is parked at once, so that it is seen."""

IDLE_S = 0.25
"""How long an idle dispatcher sleeps. Polling, because NOTIFY takes a lock that every committing transaction would queue for."""

log = logging.getLogger(__name__)


def dispatch_once(
    reactions: Reactions, *, now: datetime, limit: int = 500, patience: Patience = PATIENCE, lease: timedelta = LEASE
) -> Dispatched:
    """Hand out one batch of waiting and one of new facts; return what was done. Safe to run in several processes at once."""
    with transaction.atomic():
        again = _Round(reactions, now, patience, lease)
        retried = again.retry(limit)
    with transaction.atomic():
        fresh = _Round(reactions, now, patience, lease)
        heard = fresh.hand_out(limit)
    monitoring.facts_told(fresh.told)
    return Dispatched(heard=heard, retried=retried, failed=again.failed + fresh.failed)


def dispatch_all(reactions: Reactions, *, now: datetime, limit: int = 2_000) -> int:
    """Hand out facts until none is left that can be heard at `now`; return how many were handed out for the first time."""
    total = 0
    while not (done := dispatch_once(reactions, now=now, limit=limit)).is_idle:
        total += done.heard
    return total


def run(
    reactions: Reactions, *, stop: threading.Event, clock: Callable[[], datetime] = lambda: datetime.now(UTC), limit: int = 2_000
) -> None:
    """Dispatch until `stop` is set: at once while there is work, every quarter of a second while there is none."""
    while not stop.is_set():
        try:
            close_old_connections()
            done = dispatch_once(reactions, now=clock(), limit=limit)
        except Exception:
            # Nothing is lost: the round was one transaction. The server may be restarting, so come back with a fresh connection.
            log.exception("A round of dispatch failed and will be repeated")
            monitoring.round_failed("facts")
            connection.close()
            stop.wait(1)
            continue
        if done.heard < limit and done.retried < limit:
            stop.wait(IDLE_S)


class _Round:
    """One transaction's worth of dispatch, and what it has to write down at the end."""

    def __init__(self, reactions: Reactions, now: datetime, patience: Patience, lease: timedelta) -> None:
        self.hearers = {kind.__name__: hearers for kind, hearers in reactions.items()}
        self.named = {(hearer.name, kind): hearer for kind, hearers in self.hearers.items() for hearer in hearers}
        self.now = now
        self.patience = patience
        self.lease = lease
        self.waits: list[Wait] = []
        self.failed = 0
        self.told: Counter[str] = Counter()

    def hand_out(self, limit: int) -> int:
        claimed = store.claim(limit)
        if not claimed:
            return 0
        store.limit_silence(self.lease)
        ids = [row.id for row in claimed]
        # Asked after the claim, in a later statement: whoever was before us has either committed by now or is seen here.
        ready = order.not_overtaking(claimed, ids, store.unheard_elsewhere(ids))
        blocked = store.waited_for({row.entity for row in ready})
        for name, rows in self._by_hearer(ready).items():
            self._let_hear(name, rows, {entity for hearer, entity in blocked if hearer == name})
        store.save_waits(self.waits, self.now)
        store.mark_heard([row.id for row in ready], self.now)
        self.told.update(row.kind for row in ready if row.origin is Origin.LIVE)
        return len(ready)

    def retry(self, limit: int) -> int:
        due = store.claim_due(self.now, limit)
        if due:
            store.limit_silence(self.lease)
        for name, rows in due.items():
            known = [row for row in rows if (name, row.kind) in self.named]
            self.waits += [self._given_up(row, name, f"{name!r} does not hear {row.kind} any more") for row in rows if row not in known]
            taken = self._let_hear(name, known, set())
            store.forget_waits(name, [row.id for row in taken])
        store.save_waits(self.waits, self.now)
        return sum(map(len, due.values()))

    def _by_hearer(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        wanted: dict[str, list[Row]] = {}
        for row in rows:
            if row.kind not in self.hearers and row.kind not in codec.kinds():
                self.waits.append(self._given_up(row, NOBODY, f"{row.kind}: no such kind of fact"))
            for hearer in self.hearers.get(row.kind, ()):
                if row.origin is Origin.LIVE or hearer.hears_history:
                    wanted.setdefault(hearer.name, []).append(row)
        return wanted

    def _let_hear(self, name: str, rows: Sequence[Row], stuck: set[str]) -> list[Row]:
        """Give a hearer its facts in batches of one kind, except of entities that are stuck; return those it took."""
        taken: list[Row] = []
        for batch in order.in_order(rows):
            free = self._free(name, batch, stuck)
            if len(free) > 1 and self._takes(name, free) is None:
                taken += free
            else:
                taken += self._one_by_one(name, free, stuck)
        return taken

    def _one_by_one(self, name: str, rows: Sequence[Row], stuck: set[str]) -> list[Row]:
        taken = []
        for row in rows:
            if not self._free(name, [row], stuck):
                continue
            if error := self._takes(name, [row]):
                self._write_down(name, row, error)
                stuck.add(row.entity)
            else:
                taken.append(row)
        return taken

    def _free(self, name: str, rows: Sequence[Row], stuck: set[str]) -> list[Row]:
        """Return the rows that stand behind nothing; the others queue up, to be tried when they are first."""
        self.waits += [Wait(row.id, name, row.entity, row.tries, self.now, "") for row in rows if row.entity in stuck]
        return [row for row in rows if row.entity not in stuck]

    def _takes(self, name: str, rows: Sequence[Row]) -> Exception | None:
        """Let a hearer take facts of one kind, all or none of them; return the error where it does not."""
        try:
            heard = [Heard(row.id, codec.decode(row.kind, row.body), row.occurred_at, row.origin) for row in rows]
            with monitoring.binding(hearer=name, facts=_ids(rows)), transaction.atomic():
                self.named[name, rows[0].kind].function(heard)
                # Django checks foreign keys at commit: a broken one would fail the whole round there, and every repetition of it.
                connection.check_constraints()
        except Exception as error:  # noqa: BLE001 - whatever a hearer raises, the others must hear; the error is written down
            return error
        # An order's story is told line by line; what was taken over from before, and a rush, are not stories anybody follows in a log.
        level = logging.INFO if any(row.origin is Origin.LIVE for row in rows) else logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "Heard", extra={"fields": {"hearer": name, "kind": rows[0].kind, **_told_of(rows)}})
        return None

    def _write_down(self, name: str, row: Row, error: Exception) -> None:
        self.failed += 1
        tries = row.tries + 1
        at = next_try(self.patience, tries=tries, now=self.now)
        self.waits.append(Wait(row.id, name, row.entity, tries, at, described(error)))
        monitoring.hearing_failed(name)
        # The error's words stay where staff read them: in a log they might name a person.
        log.warning("%s failed to hear fact %s (%s), try %s", name, row.id, row.kind, tries, exc_info=error)

    def _given_up(self, row: Row, hearer: str, error: str) -> Wait:
        return Wait(row.id, hearer, row.entity, row.tries, None, error)


_MOST_NAMED = 8


def _ids(rows: Sequence[Row]) -> list[int]:
    """Return the first ids of a batch, for the log."""
    return [row.id for row in rows[:_MOST_NAMED]]


def _told_of(rows: Sequence[Row]) -> dict[str, object]:
    """Return which facts a batch holds, for the log: their ids and what they are about (`order:17`), of a long one its ends and length."""
    if len(rows) > _MOST_NAMED:
        return {"count": len(rows), "first": rows[0].id, "last": rows[-1].id}
    return {"facts": _ids(rows), "about": [row.entity for row in rows]}
