"""Routes for what buyers ask: particulars of a basket, requests about an order, and what staff decide."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.baskets import open_basket_of
from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Flag, LineNumber, Name, Number, Sent, Text
from shopkeeper.flows import ask_order
from shopkeeper.kit.ids import LineId, RequestId
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT, Try
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import (
    MOST_GIFT_NOTE,
    MOST_NOTE,
    InvoiceKind,
    InvoiceWish,
    Particulars,
    Request,
    RequestKind,
    RequestReason,
    RequestState,
)

router = Router(tags=["orders"])
staff_router = Router(tags=["staff"])

Words = Annotated[str, Field(max_length=MOST_NOTE)]


class InvoiceWishIn(Sent):
    kind: InvoiceKind
    title: Text
    tax_number: Annotated[str, Field(max_length=40)] = ""
    email: Text


class ParticularsIn(Sent):
    __doc__ = gettext_noop("What is added to a basket. `country` is where it goes: a tax number is checked by its rules.")

    country: Annotated[str, Field(min_length=2, max_length=2)]
    is_gift: Flag = False
    gift_note: Annotated[str, Field(max_length=MOST_GIFT_NOTE)] = ""
    invoice: InvoiceWishIn | None = None


class InvoiceWishOut(Schema):
    kind: InvoiceKind
    title: str
    tax_number: str
    email: str


class ParticularsOut(Schema):
    is_gift: bool
    gift_note: str
    invoice: InvoiceWishOut | None


class AskedLine(Schema):
    line_id: LineNumber
    units: Annotated[int, Field(ge=1, le=9_999)]


class RequestIn(Sent):
    __doc__ = gettext_noop("What a buyer asks for. `lines` left out: all pieces there are.")

    kind: RequestKind
    reason: RequestReason
    note: Words = ""
    lines: Annotated[list[AskedLine], Field(min_length=1, max_length=100)] | None = None


class RequestOut(Schema):
    __doc__ = gettext_noop("A buyer's request. `basis`: what it rests on; `answer`: what the shop said.")

    id: int
    kind: RequestKind
    state: RequestState
    reason: RequestReason
    basis: str
    note: str
    lines: list[AskedLine]
    made_at: datetime
    decided_at: datetime | None
    answer: str


class RequestsOut(Schema):
    __doc__ = gettext_noop(
        "What was asked about an order, and what may be asked now. `free_until`: the last day on which no reason is needed."
    )

    requests: list[RequestOut]
    may_cancel: list[AskedLine]
    may_return: list[AskedLine]
    free_until: date | None
    return_address: str


class RequestDecisionIn(Sent):
    accept: Flag
    answer: Words = ""


@router.put(
    "/baskets/{token}/particulars",
    response=ParticularsOut,
    openapi_extra=also(409),
    summary=gettext_noop("Add a gift note or an invoice to a basket"),
)
def save_particulars(request: HttpRequest, token: Name, data: ParticularsIn) -> ParticularsOut:
    open_basket_of(token)
    wish = data.invoice
    invoice = InvoiceWish(kind=wish.kind, title=wish.title, tax_number=wish.tax_number, email=wish.email) if wish else None
    wanted = Particulars(is_gift=data.is_gift, gift_note=data.gift_note, invoice=invoice)
    return _particulars(orders.save_particulars(token=token, value=wanted, country=data.country.upper(), now=timezone.now()))


@router.get("/orders/{token}/requests", response=RequestsOut, summary=gettext_noop("What was and may be asked about an order"))
def list_requests(request: HttpRequest, token: Name) -> RequestsOut:
    look = ask_order.look(orders.by_token(token), timezone.now())
    return RequestsOut(
        requests=[_request(each) for each in look.requests],
        may_cancel=[AskedLine(line_id=line, units=units) for line, units in look.may.to_cancel.items()],
        may_return=[AskedLine(line_id=line, units=units) for line, units in look.may.to_return.items()],
        free_until=look.may.window.last_day if look.may.window.is_open else None,
        return_address=look.return_address,
    )


@router.post(
    "/orders/{token}/requests",
    response={201: RequestOut},
    openapi_extra=also(409, 429),
    summary=gettext_noop("Ask to cancel the rest of an order, or to send goods back"),
)
def ask_about_order(request: HttpRequest, token: Name, data: RequestIn, idempotency_key: RepeatKey = None) -> RequestOut:
    limits.take(Try(WORDS_OF_CLIENT, request.META.get("REMOTE_ADDR", "")), now=timezone.now())
    wishes = None if data.lines is None else [(LineId(line.line_id), line.units) for line in data.lines]
    found = orders.by_token(token)
    made = ask_order.ask(
        order_id=found.id, kind=data.kind.value, reason=data.reason.value, note=data.note, wishes=wishes, now=timezone.now(),
        key=idempotency_key,
    )  # fmt: skip
    return _request(made)


@staff_router.post(
    "/requests/{asked}/decisions",
    auth=StaffSession("orders.decide_request"),
    response=RequestOut,
    openapi_extra=also(409),
    summary=gettext_noop("Accept a buyer's request, or refuse it for a reason the buyer reads"),
)
def decide_request(request: HttpRequest, asked: Number, data: RequestDecisionIn) -> RequestOut:
    found = orders.decide_request(
        request_id=RequestId(asked), accept=data.accept, answer=data.answer, actor=actor(request), now=timezone.now()
    )
    return _request(found)


def _particulars(found: Particulars) -> ParticularsOut:
    wish = found.invoice
    invoice = InvoiceWishOut(kind=wish.kind, title=wish.title, tax_number=wish.tax_number, email=wish.email) if wish else None
    return ParticularsOut(is_gift=found.is_gift, gift_note=found.gift_note, invoice=invoice)


def _request(found: Request) -> RequestOut:
    return RequestOut(
        id=found.id, kind=found.kind, state=found.state, reason=found.reason, basis=found.basis.value, note=found.note,
        lines=[AskedLine(line_id=line.line_id, units=line.units) for line in found.lines], made_at=found.made_at,
        decided_at=found.decided_at, answer=found.answer,
    )  # fmt: skip
