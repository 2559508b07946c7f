"""What crosses the events room's face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shopkeeper.events.facts import Fact
from shopkeeper.kit.ids import FactId
from shopkeeper.kit.refusals import Refusal


class Origin(StrEnum):
    """Where a fact comes from: it happened here, or it was taken over as history from another system."""

    LIVE = "live"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Heard:
    """One fact as a hearer gets it. `id` is the same however often the fact is heard."""

    id: FactId
    fact: Fact
    occurred_at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody who reacts to facts: `function` takes a batch of one kind, in order, inside a savepoint, and must be idempotent.

    `name` is stored with every failure, so it must not change. `hears_history` asks for facts taken over from another system too.
    """

    name: str
    function: Callable[[Sequence[Heard]], None]
    hears_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a failing fact is tried: waits of `first`, doubled each time, at most `longest`; parked after `tries` failures."""

    tries: int = 8
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One fact that one hearer failed to take as often as patience lasts; `behind` facts of the same entity wait for it."""

    fact_id: FactId
    hearer: str
    kind: str
    entity: str
    occurred_at: datetime
    tries: int
    error: str
    parked_at: datetime
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far hearers are behind: facts nobody heard yet, facts waiting for another try, facts parked, and since when."""

    unheard: int
    retrying: int
    parked: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far one hearer is behind: facts that wait for it, facts set aside, and since when the oldest of both. `*`: for all hearers."""

    hearer: str
    behind: int
    parked: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """What one round did: facts handed out for the first time, deliveries tried again, and tries that failed in either."""

    heard: int
    retried: int
    failed: int

    @property
    def is_idle(self) -> bool:
        return not (self.heard or self.retried)


class OutsideTransaction(RuntimeError):
    """A fact was recorded outside a transaction: it could be told though what it tells of was never saved. A bug, not a refusal."""


class UnknownFact(ValueError):
    """A stored fact cannot be read: its kind does not exist any more, or its body does not fit the kind's fields."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(f"{kind}: {problem}")
        self.kind = kind


class NotWaiting(Refusal):
    """The hearer is not waiting for the fact: it heard it already, or neither of them exists."""

    code = "not_waiting"

    def __init__(self, fact_id: FactId, hearer: str) -> None:
        super().__init__(f"Fact {fact_id} does not wait for {hearer!r}", field="fact", value=fact_id)
        self.hearer = hearer
