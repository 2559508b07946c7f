"""What waits for somebody: the counts in the menu and on the first page."""

from dataclasses import dataclass

from django.http import HttpRequest

from shopkeeper.doors.console import frame
from shopkeeper.events import public as events
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailState
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import money_kept
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments.console import pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many orders wait: those whose late money did not go back, to be shipped, to be paid; payments for their provider, facts and
    mails for a second try."""

    money_kept: int = 0
    to_ship: int = 0
    unpaid: int = 0
    payments_pending: int = 0
    facts_parked: int = 0
    facts_behind: int = 0
    mails_stuck: int = 0

    @property
    def anything(self) -> bool:
        return any((self.money_kept, self.to_ship, self.unpaid, self.payments_pending, self.facts_parked, self.mails_stuck))


def waiting(request: HttpRequest) -> Waiting:
    """Return what waits, as far as the reader's role may see it; counted once per request."""
    if not hasattr(request, "_console_waiting"):
        request._console_waiting = _count(request)  # type: ignore[attr-defined]
    return request._console_waiting  # type: ignore[attr-defined, no-any-return]


def _count(request: HttpRequest) -> Waiting:
    states = orders.counts() if frame.may(request, "orders.view") else {}
    backlog = events.backlog() if frame.may(request, "events.view") else None
    return Waiting(
        money_kept=money_kept() if frame.may(request, "orders.refund") else 0,
        to_ship=states.get(OrderState.PAID, 0) + states.get(OrderState.SHIPPING, 0),
        unpaid=states.get(OrderState.PLACED, 0),
        payments_pending=pending() if frame.may(request, "payments.view") else 0,
        facts_parked=backlog.parked if backlog else 0,
        facts_behind=backlog.unheard + backlog.retrying if backlog else 0,
        mails_stuck=messages.counts().get(MailState.PARKED, 0) if frame.may(request, "messages.view") else 0,
    )
