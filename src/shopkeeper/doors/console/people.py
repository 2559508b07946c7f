"""Pages about a payment, a fact, a mail and an entry of the trail."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from shopkeeper.doors.console import frame, subjects, traces
from shopkeeper.doors.console.commanding import missing
from shopkeeper.events import console as fact_pages
from shopkeeper.growth.messages import console as mail_pages
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import Mail
from shopkeeper.kit.console import pill, word
from shopkeeper.kit.ids import MessageId, OrderId, PaymentId
from shopkeeper.kit.naming import customer_name
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.ops.audit.console import ACTS_CALLED, AUDIT
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderSummary
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.console import DISPUTES, EVENTS, STATES, WHY_NOT, way_of_paying
from shopkeeper.selling.shop import public as shop


def order_numbers(ids: Sequence[int | None]) -> dict[int, str]:
    """Return the numbers of orders by id, for lists of rooms that know only the id."""
    wanted = [OrderId(each) for each in ids if each]
    return {int(key): found.number for key, found in orders.orders(wanted).items()}


def payments_also(rows: Sequence[Any]) -> Mapping[int, Any]:
    """Return the order's number for each payment on the page."""
    numbers = order_numbers([row.order_id for row in rows])
    return {row.pk: numbers.get(row.order_id) for row in rows}


mails_also = payments_also


def buyer_names(found: Sequence[Order | OrderSummary]) -> dict[OrderId, str]:
    """Return what staff call the buyer of each order: by name, else as a customer taken over; one query for all without a name."""
    nameless = {each.buyer_id for each in found if not _name(each)}
    known = customers.customers(nameless) if nameless else {}
    names = {key: customer_name(each.name, each.external_code) or each.email for key, each in known.items()}
    return {each.id: _name(each) or names.get(each.buyer_id, "") or _("Customer") for each in found}


def _name(order: Order | OrderSummary) -> str:
    return (order.contact.name or order.contact.email) if isinstance(order, Order) else order.buyer_name


@frame.guarded("payments.view")
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one payment and every word said about it."""
    try:
        found = payments.payment(PaymentId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    context = {
        "payment": found,
        "way": way_of_paying(found.provider, found.method),
        "state": pill(STATES, found.state.value),
        "events": [(each, *_event(each.kind.value), word(WHY_NOT, each.reason)) for each in found.events],
        "number": order_numbers([found.order_id]).get(found.order_id, ""),
        "disputes": [(each, pill(DISPUTES, each.state.value)) for each in found.disputes],
    }
    return TemplateResponse(request, "console/payment.html", context)


def _event(code: str) -> tuple[str, str]:
    shown = pill(EVENTS, code)
    return shown.label, shown.tone


@frame.guarded("events.view")
def fact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one fact as it is kept, and who still waits for it."""
    row = fact_pages.FACTS.rows().filter(pk=pk).first()
    if row is None:
        return missing(request, NotFound("fact", pk))
    context = {
        "fact": row,
        "title": word(fact_pages.FACTS_CALLED, row.kind),
        "about": subjects.named([row.entity])[row.entity],
        "place": subjects.place(row.entity),
        "state": fact_pages.state_of(row),
        "body": json.dumps(row.body, ensure_ascii=False, indent=2),
        "waits": [(each, word(fact_pages.HEARERS_CALLED, each.hearer)) for each in fact_pages.waiting_for(pk)],
        "may_replay": frame.may(request, "events.replay"),
    }
    return TemplateResponse(request, "console/fact.html", context)


@frame.guarded("audit.view")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry of the trail: what each field was before and is after."""
    row = AUDIT.rows().filter(pk=pk).first()
    if row is None:
        return missing(request, NotFound("entry", pk))
    sees_costs = frame.may(request, "pricing.view_costs")
    context = {
        "entry": row,
        "title": word(ACTS_CALLED, row.act),
        "about": subjects.named([row.subject])[row.subject],
        "place": subjects.place(row.subject),
        "changes": traces.changes(row, sees_costs=sees_costs),
        "is_cut": traces.is_about_costs(row) and not sees_costs,
    }
    return TemplateResponse(request, "console/entry.html", context)


def _as_it_would_go(pk: int) -> Mail | None:
    """Return an order's mail as it would go out now, None where it would not or is shown to nobody."""
    try:
        return messages.preview(message_id=MessageId(pk), now=frame.began())
    except Refusal:
        return None


@frame.guarded("messages.view")
@frame.at_once(_as_it_would_go, lambda _pk: shop.shop())
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of one mail, and an order's mail as it would go out now."""
    try:
        found = messages.message(MessageId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    context = {
        "mail": found,
        "title": word(mail_pages.KINDS, found.kind.value),
        "state": pill(mail_pages.STATES, found.state.value),
        "shown": _as_it_would_go(pk),
        "number": order_numbers([found.order_id]).get(found.order_id or 0, ""),
        "may_retry": found.state.value == "parked" and frame.may(request, "messages.resend"),
    }
    return TemplateResponse(request, "console/mail.html", context)
