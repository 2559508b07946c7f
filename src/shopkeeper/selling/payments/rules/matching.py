"""A statement's lines against what the provider told us: each of their acts is one of ours, and each of ours one of theirs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.selling.payments.shapes import LineKind, Outcome, StatementLine

_NOT_COMPARED = {LineKind.OTHER: Outcome.NOT_COMPARED, LineKind.UNREADABLE: Outcome.UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class OurAct:
    """Money taken or given back as our events have it; `event_id` is the event, `at` when we heard of it."""

    event_id: int
    payment_id: PaymentId
    order_id: OrderId
    kind: LineKind
    name: str
    key: str
    reference: str
    operation: str
    amount_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A line and the act of ours it tells of, if any."""

    line: StatementLine
    outcome: Outcome
    act: OurAct | None


def compare(lines: Sequence[StatementLine], ours: Iterable[OurAct]) -> list[Compared]:
    """Return what becomes of each line, in order; an act of ours answers for one line only.

    A line is ours by the name of the act itself, else by the payment's name (and the refund's key), else by the provider's name for the
    payment. Acts that no line took are left to the caller, who knows which of them the statement should have told.
    """
    acts = _Acts(ours)
    return [_compared(line, acts) for line in lines]


def _compared(line: StatementLine, acts: "_Acts") -> Compared:
    if line.kind in _NOT_COMPARED:
        return Compared(line=line, outcome=_NOT_COMPARED[line.kind], act=None)
    act = acts.take(line)
    if act is None:
        return Compared(line=line, outcome=Outcome.REPEATED if acts.was_taken(line) else Outcome.THEIRS_ONLY, act=None)
    is_same = act.amount_minor == line.amount_minor and act.currency == line.currency
    return Compared(line=line, outcome=Outcome.MATCHED if is_same else Outcome.AMOUNT_DIFFERS, act=act)


class _Acts:
    """Our acts by everything a line may call them; each is given out once."""

    def __init__(self, ours: Iterable[OurAct]) -> None:
        self._called: dict[tuple[str, ...], list[OurAct]] = defaultdict(list)
        self._taken: set[int] = set()
        for act in ours:
            for call in _calls(act.kind, act.operation, act.name, act.key, act.reference):
                self._called[call].append(act)

    def take(self, line: StatementLine) -> OurAct | None:
        for call in _calls(line.kind, line.operation, line.name, line.key, line.reference):
            for act in self._called.get(call, ()):
                if act.event_id not in self._taken:
                    self._taken.add(act.event_id)
                    return act
        return None

    def was_taken(self, line: StatementLine) -> bool:
        return any(call in self._called for call in _calls(line.kind, line.operation, line.name, line.key, line.reference))


def _calls(kind: LineKind, operation: str, name: str, key: str, reference: str) -> list[tuple[str, ...]]:
    """Return the ways to call an act, the surest first. A payment's own name does not tell one refund of it from another: its key must."""
    found: list[tuple[str, ...]] = [(kind, "operation", operation)] if operation else []
    if kind is LineKind.REFUND:
        return found + ([(kind, "key", name, key)] if name and key else [])
    return found + ([(kind, "name", name)] if name else []) + ([(kind, "reference", reference)] if reference else [])
