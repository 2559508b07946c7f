"""What waits for somebody: the counts in the menu and on the first page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from shopkeeper.doors.console import frame
from shopkeeper.events import public as events
from shopkeeper.flows import audit_books
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailState
from shopkeeper.kit import together
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import money_kept
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments.console import disputed, mismatched_open, pending, strays_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many orders wait: those whose late money did not go back, to be shipped, to be paid; payments for their provider, facts and
    mails for a second try; acts for a second person; differences in the books; money without an order, and money that
    cannot pay the order it came for."""

    disputed: int = 0
    money_kept: int = 0
    to_ship: int = 0
    unpaid: int = 0
    payments_pending: int = 0
    facts_parked: int = 0
    facts_behind: int = 0
    mails_stuck: int = 0
    approvals: int = 0
    books_differ: int = 0
    strays: int = 0
    mismatched: int = 0

    @property
    def anything(self) -> bool:
        return any(
            (
                self.disputed,
                self.money_kept,
                self.to_ship,
                self.unpaid,
                self.payments_pending,
                self.facts_parked,
                self.mails_stuck,
                self.approvals,
                self.books_differ,
                self.strays,
                self.mismatched,
            )
        )


def waiting(request: HttpRequest) -> Waiting:
    """Return what waits, as far as the reader's role may see it; counted once per request."""
    if not hasattr(request, "_console_waiting"):
        request._console_waiting = _count(request)  # type: ignore[attr-defined]
    return request._console_waiting  # type: ignore[attr-defined, no-any-return]


def foresee() -> None:
    """Ask all that `waiting` may ask, while it is not known yet who reads: for one who reads it together with that."""
    _read(lambda _act: True)


def _read(may: Callable[[str], bool]) -> tuple[Any, ...]:
    now = frame.began()

    def of(act: str, count: Callable[[], Any], otherwise: Any = 0) -> Callable[[], Any]:
        return count if may(act) else lambda: otherwise

    return together.read(
        of("orders.view", orders.counts, {}),
        of("events.view", events.backlog, None),
        of("payments.view", disputed),
        of("orders.refund", money_kept),
        of("payments.view", pending),
        of("messages.view", messages.counts, {}),
        of("audit.view", audit_books.differences_found),
        of("approvals.view", lambda: approvals.waiting(now)),
        of("payments.view", strays_open),
        of("payments.view", mismatched_open),
    )


def _count(request: HttpRequest) -> Waiting:
    states, backlog, in_dispute, kept_money, pending_payments, mails, differ, waiting_approvals, strays, mismatched = _read(
        lambda act: frame.may(request, act)
    )
    return Waiting(
        disputed=in_dispute,
        money_kept=kept_money,
        to_ship=states.get(OrderState.PAID, 0) + states.get(OrderState.SHIPPING, 0),
        unpaid=states.get(OrderState.PLACED, 0),
        payments_pending=pending_payments,
        facts_parked=backlog.parked if backlog else 0,
        facts_behind=backlog.unheard + backlog.retrying if backlog else 0,
        mails_stuck=mails.get(MailState.PARKED, 0),
        books_differ=differ,
        approvals=waiting_approvals,
        strays=strays,
        mismatched=mismatched,
    )
