"""Where money stands that belongs to no payment known here: what its events amount to, and what of it must be looked at."""

import hmac
import re
from collections.abc import Collection, Sequence
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

OWN = "pay_"
_OWN = re.compile(OWN + r"[A-Za-z0-9_-]{27}")
"""A payment's name as `payments.start` makes it: random, so that it says nothing of anybody."""

_OWN_KEY = re.compile(_OWN.pattern + r"(:[A-Za-z0-9_:-]{1,80})?")
_OTHER = "other_"
ASKED = frozenset({EventKind.REFUND_ASKED, EventKind.VOID_ASKED})
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


def is_own(name: str) -> bool:
    """Return whether a name is one that a shop of this make gives a payment: only by such a name is a provider asked."""
    return bool(_OWN.fullmatch(name))


def name_to_keep(told: str, *, provider: str, secret: str) -> str:
    """Return a name as it may be kept: one of our making as it is, of any other, which could be a person's, a hash under `secret`.

    The same name has the same hash, so that news of one payment stays together. Empty for an empty one.
    """
    if not told or is_own(told):
        return told
    return _OTHER + hmac.digest(secret.encode(), f"{provider}:{told}".encode(), "sha256").hex()[:24]


def key_to_keep(told: str, asked: Collection[str]) -> str:
    """Return the key of a request as it may be kept: one of those that were `asked`, or of our making; nothing of any other.

    A provider that knows the payment by another name than we asked by may tell our key under that one: its end says which it is.
    """
    if told in asked or _OWN_KEY.fullmatch(told):
        return told
    begun, _, end = told.rpartition(":")
    return next((key for key in asked if begun and key.rpartition(":")[2] == end), "")


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
    if not events:
        # Nobody has said that there is none.
        return StrayState.UNCLAIMED
    asked = {event.key for event in events if event.kind in ASKED}
    if any(event.kind in _GAVE and event.key in asked for event in events):
        return StrayState.GIVEN_BACK
    # Money in no amount, or in a statement alone: nothing is counted, and somebody should look all the same.
    is_odd = all(event.kind is EventKind.MISMATCHED for event in events)
    return StrayState.UNCLAIMED if is_odd else StrayState.NO_MONEY
