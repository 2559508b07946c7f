"""What waits for somebody on the first page."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopkeeper.doors.console import frame, people, reading, waiting
from shopkeeper.kit.console import pill
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import STATES
from shopkeeper.selling.orders.shapes import OrderFilter
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.console import dispute_due_at
from shopkeeper.selling.shop import public as shop

ORDERS_SHOWN = 6

Need = tuple[int, str, str, str]


def payment_warning() -> str:
    """Return the warning of a real shop that can only be paid in play, empty where there is nothing to warn of."""
    home = frame.home() or shop.shop()
    if home.is_sample or not all(method.is_test for method in payments.methods()):
        return ""
    return _(
        "No real money comes in: every way to pay at the checkout is a test, so anyone can order without paying. "
        "Connect a payment provider before the first sale."
    )


def needs(request: HttpRequest) -> list[Need]:
    """Return what waits for somebody: how many, what, why, and where to go; what nothing waits for is left out."""
    found = waiting.waiting(request)
    rows = (
        _need(
            found.books_differ,
            ngettext("place where the books differ", "places where the books differ", found.books_differ),
            _("Look what differs, and tell the engineer before you correct anything."),
            "console_books",
            "differ",
        ),
        _need(
            found.strays,
            ngettext("payment without an order", "payments without an order", found.strays),
            _("A provider tells of money this shop does not know. Give it back, or say where it was settled."),
            "console_strays:index",
            "open",
        ),
        _need(
            found.mismatched,
            ngettext("payment that cannot pay its order", "payments that cannot pay their orders", found.mismatched),
            _("The money came in another currency, or its amount is none. Give it back, or say where it was settled."),
            "console_strays:index",
            "mismatched",
        ),
        _need(
            found.disputed,
            ngettext("payment disputed by the buyer’s bank", "payments disputed by the buyers’ banks", found.disputed),
            _dispute_words(),
            "console_payments:index",
            "disputed",
        ),
        _need(
            found.approvals,
            ngettext("act for a second person", "acts for a second person", found.approvals),
            _("Somebody asked. Another person looks, then approves or refuses."),
            "console_approvals:index",
            "waiting",
        ),
        _need(
            found.money_kept,
            ngettext("order whose money did not go back", "orders whose money did not go back", found.money_kept),
            _("It came too late and the provider refused to give it back. Open the order, then ask again."),
            "console_orders:index",
            "money_kept",
        ),
        _need(
            found.to_ship,
            ngettext("order to ship", "orders to ship", found.to_ship),
            _("Paid, and the pieces are held."),
            "console_orders:index",
            "to_ship",
        ),
        _need(
            found.unpaid,
            ngettext("order awaits payment", "orders await payment", found.unpaid),
            _("Their pieces are held for a while, then go free."),
            "console_orders:index",
            "placed",
        ),
        _need(
            found.payments_pending,
            ngettext("payment without an answer", "payments without an answer", found.payments_pending),
            _("The provider is asked again by itself."),
            "console_payments:index",
            "pending",
        ),
        _need(
            found.requests,
            ngettext("request of a buyer", "requests of buyers", found.requests),
            _("Somebody wants to cancel or to send back, and waits for an answer."),
            "console_buyer_requests:index",
            "waiting",
        ),
        _need(
            found.drafts_failed,
            ngettext(
                "product that did not go live when it was due", "products that did not go live when they were due", found.drafts_failed
            ),
            _("Nothing was changed. Open it: it says why. Then change the draft, or set another moment."),
            "console_products:index",
            "failed",
        ),
        _need(
            found.reviews,
            ngettext("review to read", "reviews to read", found.reviews),
            _("Nobody sees it before somebody here has read it."),
            "console_reviews:index",
            "waiting",
        ),
        _need(
            found.questions,
            ngettext("question about goods", "questions about goods", found.questions),
            _("Answer it, and it is shown with the answer."),
            "console_questions:index",
            "waiting",
        ),
        _need(
            found.replies,
            ngettext("answer of a buyer to read", "answers of buyers to read", found.replies),
            _("Nobody sees it before somebody here has read it."),
            "console_questions:index",
            "answers",
        ),
        _need(
            found.facts_parked,
            ngettext("fact parked", "facts parked", found.facts_parked),
            _("A hearer gave up. Look why, then let it try again."),
            "console_facts:index",
            "parked",
        ),
        _need(
            found.mails_stuck,
            ngettext("mail stuck", "mails stuck", found.mails_stuck),
            _("It could not be sent after several tries."),
            "console_messages:index",
            "parked",
        ),
    )
    return [row for row in rows if row[0]]


def _dispute_words() -> str:
    due_at = dispute_due_at()
    if due_at is None:
        return _("Answer at the payment provider, with what proves the purchase. What is not answered is lost.")
    moment = reading.moment(due_at, frame.setting().zone)
    return _("Answer at the payment provider by %(moment)s, with what proves the purchase. What is not answered is lost.") % {
        "moment": moment
    }


def _need(number: int, what: str, why: str, page: str, state: str) -> Need:
    return number, what, why, f"{reverse(page)}?state={state}"


def to_ship(request: HttpRequest, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Return the orders that wait to be shipped, newest first, each with how long it has waited."""
    if not frame.may(request, "orders.view"):
        return []
    today = now.astimezone(ZoneInfo(zone)).date()
    found = orders.list_orders(OrderFilter(needs_shipping=True), size=ORDERS_SHOWN)
    buyers = people.buyer_names(found.items)
    return [
        {
            "order": each,
            "buyer": buyers[each.id],
            "state": pill(STATES, each.state.value),
            "placed": reading.short_moment(each.placed_at, zone, today),
            "why": _waits_since(each.placed_at, now),
        }
        for each in found
    ]


def _waits_since(at: datetime, now: datetime) -> str:
    hours = int((now - at).total_seconds() // 3600)
    if hours < 1:
        return _("placed within the hour")
    if hours < 48:
        return ngettext("waits for %(n)d hour", "waits for %(n)d hours", hours) % {"n": hours}
    return ngettext("waits for %(n)d day", "waits for %(n)d days", hours // 24) % {"n": hours // 24}
