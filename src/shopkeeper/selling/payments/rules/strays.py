"""Where money stands that belongs to no payment known here: what its events amount to, and what of it must be looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.selling.payments.rules import balance
from shopkeeper.selling.payments.shapes import EventKind, PaymentEvent, StrayState

MONEY = frozenset(
    {
        EventKind.AUTHORIZED, EventKind.CAPTURED, EventKind.VOIDED, EventKind.REFUNDED, EventKind.REFUND_FAILED, EventKind.MISMATCHED,
        EventKind.DISPUTED, EventKind.DISPUTE_WON, EventKind.DISPUTE_LOST,
    }
)  # fmt: skip
"""Words that speak of money. A page that was opened, or a card that was refused, is not kept of a payment that is not ours."""

_NAME = re.compile(r"[A-Za-z0-9_:.\-]+")
_GAVE = frozenset({EventKind.REFUNDED, EventKind.VOIDED})


@dataclass(frozen=True, slots=True)
class Sums:
    """What the provider keeps (less what is asked back already), has reserved, and was asked to give back, in minor units."""

    kept_minor: int
    reserved_minor: int
    pending_minor: int

    @property
    def open_minor(self) -> int:
        return self.kept_minor + self.reserved_minor


def name_to_keep(told: str, most: int) -> str:
    """Return a name or a key as it may be kept; nothing of one that could be a person's, such as a mail address, or of one too long."""
    return told if len(told) <= most and _NAME.fullmatch(told) else ""


def sums(events: Sequence[PaymentEvent]) -> Sums:
    """Return what a stray's events amount to, by the same fold as a payment's."""
    found = balance.balance(events)
    is_let_go = any(event.kind is EventKind.VOID_ASKED for event in balance.unanswered(events))
    return Sums(
        kept_minor=found.refundable_minor,
        reserved_minor=0 if is_let_go else found.capturable_minor,
        pending_minor=found.refund_pending_minor + (found.capturable_minor if is_let_go else 0),
    )


def state(events: Sequence[PaymentEvent], *, is_linked: bool, is_looked_at: bool, settled_minor: int | None) -> StrayState:
    """Return where a stray stands.

    `is_looked_at`: the provider was asked what became of it. `settled_minor`: the sum that staff said is settled elsewhere; more than that
    has to be looked at again.
    """
    if is_linked:
        return StrayState.LINKED
    if balance.unanswered(events):
        return StrayState.GIVING_BACK
    left = sums(events).open_minor
    if settled_minor is not None and left <= settled_minor:
        return StrayState.ELSEWHERE
    if not is_looked_at:
        return StrayState.HEARD
    return StrayState.UNCLAIMED if left else _without_money(events)


def _without_money(events: Sequence[PaymentEvent]) -> StrayState:
    asked = {event.key for event in events if event.kind in (EventKind.REFUND_ASKED, EventKind.VOID_ASKED)}
    if any(event.kind in _GAVE and event.key in asked for event in events):
        return StrayState.GIVEN_BACK
    # Money in no amount, or in a statement alone: nothing is counted, and somebody should look all the same.
    is_odd = bool(events) and all(event.kind is EventKind.MISMATCHED for event in events)
    return StrayState.UNCLAIMED if is_odd else StrayState.NO_MONEY
