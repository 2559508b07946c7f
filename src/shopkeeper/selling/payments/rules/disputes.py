"""What became of money that the buyer's bank withdrew, from the provider's words in whatever order they came."""

from collections.abc import Sequence

from shopkeeper.selling.payments.shapes import Dispute, DisputeState, EventKind, PaymentEvent

INQUIRY = ":inquiry"
"""Ends the name of a dispute while the bank only asks; see `adapters/provider.py`."""

_WORDS = frozenset({EventKind.DISPUTED, EventKind.DISPUTE_WON, EventKind.DISPUTE_LOST})


def disputes(events: Sequence[PaymentEvent]) -> tuple[Dispute, ...]:
    """Return the disputes of a payment, the first to be heard of first.

    A question that became a dispute is that dispute: what was said of the question counts no more.
    """
    told: dict[str, list[PaymentEvent]] = {}
    for event in events:
        if event.kind in _WORDS:
            told.setdefault(event.reference.removesuffix(INQUIRY), []).append(event)
    return tuple(_dispute(name, said) for name, said in told.items())


def _dispute(name: str, said: Sequence[PaymentEvent]) -> Dispute:
    withdrawn = [event for event in said if not event.reference.endswith(INQUIRY)]
    counting = withdrawn or said
    kinds = {event.kind for event in counting}
    due = [event.due_at for event in counting if event.due_at]
    if EventKind.DISPUTE_LOST in kinds:
        state = DisputeState.LOST
    elif EventKind.DISPUTE_WON in kinds:
        state = DisputeState.WON
    else:
        state = DisputeState.OPEN if withdrawn else DisputeState.ASKED
    return Dispute(
        name=name,
        state=state,
        amount_minor=max(event.amount_minor for event in counting),
        opened_at=min(event.at for event in said),
        due_at=max(due) if due else None,
    )
