"""What waits for somebody: the counts in the menu and on the first page."""

from dataclasses import dataclass, fields, replace

from django.http import HttpRequest

from shopkeeper.doors.console import frame
from shopkeeper.events import public as events
from shopkeeper.flows import audit_books
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit import together
from shopkeeper.kit.console import word
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.console import DEEDS_CALLED
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import money_kept
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.payments.console import disputed, mismatched_open, pending, strays_open
from shopkeeper.selling.reviews import public as reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many orders wait: those whose late money did not go back, to be shipped, to be paid; payments for their provider, facts and
    mails for a second try; acts for a second person; differences in the books; money without an order, and money that
    cannot pay the order it came for; reviews, questions and buyers' answers that nobody has read yet; requests of buyers;
    products that did not go live, or off, at their moment."""

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
    reviews: int = 0
    questions: int = 0
    replies: int = 0
    requests: int = 0
    drafts_failed: int = 0

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
                self.reviews,
                self.questions,
                self.replies,
                self.requests,
                self.drafts_failed,
            )
        )


def waiting(request: HttpRequest) -> Waiting:
    """Return what waits, as far as the reader's role may see it; counted once per request."""
    if not hasattr(request, "_console_waiting"):
        show(request, read())
    return request._console_waiting  # type: ignore[attr-defined, no-any-return]


def read() -> Waiting:
    """Return all that waits, whoever reads."""
    now = frame.began()
    (
        states,
        backlog,
        in_dispute,
        kept_money,
        pending_payments,
        mails,
        differ,
        asked,
        strays,
        mismatched,
        unread,
        (unanswered, replies),
        requests,
        drafts_failed,
    ) = together.read(
        lambda: orders.counts(OrderState.PLACED, OrderState.PAID, OrderState.SHIPPING),
        events.backlog,
        disputed,
        money_kept,
        pending,
        messages.parked,
        audit_books.differences_found,
        lambda: approvals.waiting(now),
        strays_open,
        mismatched_open,
        reviews.waiting,
        reviews.questions_waiting,
        orders.requests_waiting,
        catalog.drafts_failed,
    )
    return Waiting(
        disputed=in_dispute,
        money_kept=kept_money,
        to_ship=states[OrderState.PAID] + states[OrderState.SHIPPING],
        unpaid=states[OrderState.PLACED],
        payments_pending=pending_payments,
        facts_parked=backlog.parked,
        facts_behind=backlog.unheard + backlog.retrying,
        mails_stuck=mails,
        approvals=asked,
        books_differ=differ,
        strays=strays,
        mismatched=mismatched,
        reviews=unread,
        questions=unanswered,
        replies=replies,
        requests=requests,
        drafts_failed=drafts_failed,
    )


_SEEN_BY = {
    "disputed": "payments.view",
    "money_kept": "orders.refund",
    "to_ship": "orders.view",
    "unpaid": "orders.view",
    "payments_pending": "payments.view",
    "facts_parked": "events.view",
    "facts_behind": "events.view",
    "mails_stuck": "messages.view",
    "approvals": "approvals.view",
    "books_differ": "audit.view",
    "strays": "payments.view",
    "mismatched": "payments.view",
    "reviews": "reviews.view",
    "questions": "reviews.view",
    "replies": "reviews.view",
    "requests": "orders.view",
    "drafts_failed": "catalog.view",
}
"""The act that lets somebody see each of the counts."""


def show(request: HttpRequest, found: Waiting) -> None:
    """Let `waiting` return, of what was found, what the reader's role may see."""
    # Every count by name: one that no act stands for is shown to nobody, and breaks every page of the console.
    hidden = {each.name: 0 for each in fields(Waiting) if not frame.may(request, _SEEN_BY[each.name])}
    request._console_waiting = replace(found, **hidden)  # type: ignore[attr-defined]


def about(request: HttpRequest, subject: str) -> list[tuple[int, str]]:
    """Return what waits for a second person about one thing, by number and name, as far as the reader may see it."""
    if not frame.may(request, "approvals.view"):
        return []
    return [(found.id, word(DEEDS_CALLED, found.act)) for found in approvals.waiting_about(subject, frame.began())]
