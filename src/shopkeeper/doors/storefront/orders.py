"""The order page: whoever has the link sees where the order stands, takes the invoice, cancels while that is possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.drawings import qr
from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import errors, frame, limits, news, reading, visitor, words_requests
from shopkeeper.doors.storefront.basket import Bill
from shopkeeper.flows import ask_order, cancel_order, pay_order, pictures, tell_member, write_review
from shopkeeper.growth.links import public as tracked
from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.time import day_of
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, CarrierLink, Happening, NoInvoice, Order, OrderState, Shipment, unpacked
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Method, PaymentRefused
from shopkeeper.selling.pricing.shapes import TaxMode

_BUYER_MAY_CANCEL = (OrderState.PLACED, OrderState.PAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of an order's way: `state` is done, now or next."""

    name: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel on its way; `parts` are pieces of bundles that leave in several.

    `address` is its carrier's page about it, empty where none is known; it arrives from `first` to `last`.
    """

    carrier: str
    tracking_number: str
    shipped_at: datetime
    lines: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, int], ...]
    address: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """How the buyer of an unpaid order can go on paying: at the provider's `address` or by its QR `code`, or by one of `methods`.

    `why_not` is why the last try failed, in our terms; `until` is when the goods go back on the shelf, None where they may go any time.
    """

    method: str
    address: str
    code: qr.Code | None
    why_not: str
    until: datetime | None
    methods: Sequence[Method]


@never_cache
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """Show the order behind a link; who reads it, not a machine that looks ahead, has read its news. Raises NotFound."""
    found = orders.by_token(token)
    now = timezone.now()
    may_write, shots, look, added, links, happened, seen, read = together.read(
        lambda: write_review.places(found),
        lambda: pictures.of_lines({VariantId(line.variant_id): ProductId(line.product_id) for line in found.lines}),
        lambda: ask_order.look(found, now),
        lambda: orders.particulars(found.basket_id),
        orders.carrier_links,
        lambda: orders.timeline(found.id),
        lambda: orders.news_seen_until(found.id),
        lambda: orders.news_read_until(found.buyer_id),
    )
    news_left = _seen(request, found, happened, [each for each in (seen, read) if each])
    response = frame.page(
        request,
        "order",
        order=found,
        currency=found.currency,
        steps=steps(found),
        bill=_bill(found),
        parcels=_parcels(found, links, look.days, frame.shop(request).zone),
        places=may_write,
        shots=shots,
        look=look,
        names={line.id: reading.pick(line.name) for line in found.lines},
        asking=words_requests,
        added=added,
        happened=_happened(found, happened),
        can_cancel=found.state in _BUYER_MAY_CANCEL,
        is_new="thanks" in request.GET,
        is_waiting=found.state is OrderState.PLACED,
        paying=_paying(found) if found.state is OrderState.PLACED else None,
    )
    if news_left is not None:
        visitor.remember_news(response, news_left)
    return response


def _seen(request: HttpRequest, found: Order, happened: Sequence[Happening], before: Sequence[datetime]) -> int | None:
    """Remember that what happened to an order is read now, unless a machine looks ahead.

    Return how much is still new to the buyer, where something was read and it is the buyer who is signed in: whoever else holds the
    link has a count of their own, or none.
    """
    if not tracked.counts(request.method or "", request.headers):
        return None
    if not tell_member.seen_on_its_page(found.id, happened, before=max(before, default=None)):
        return None
    member = visitor.member(request)
    if member is None or member.id != found.buyer_id:
        return None
    left = news.unread(member)
    visitor.show_news(request, left)
    return left


@never_cache
@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Return the order's invoice as a PDF in the page's language, or why there is none. Raises NotFound."""
    found = orders.by_token(token)
    try:
        document = orders.invoice_pdf(found.id, request.LANGUAGE_CODE)
    except NoInvoice as refusal:
        return errors.no_invoice(request, refusal, order_address=reverse("storefront:order", kwargs={"token": token}))
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response


@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Begin another attempt to pay the order, and lead the buyer on to where it is confirmed, or back. Raises NotFound."""
    found = orders.by_token(token)
    back = reverse("storefront:order", kwargs={"token": token}) + "?thanks=1"
    try:
        begun = pay_order.pay_again(order_id=found.id, method=request.POST.get("payment", "")[:100], now=timezone.now())
    except Refusal as refusal:
        if isinstance(refusal, PaymentRefused):
            limits.payment_refused(request)
        messages.error(request, str(explain(refusal)))
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(begun.redirect_url if begun.awaits_buyer and begun.redirect_url else back)


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel the order if its goods are still here, and show it again. Raises NotFound."""
    found = orders.by_token(token)
    try:
        cancel_order.cancel(order_id=found.id, reason=CancelReason.BUYER, actor=None, now=timezone.now())
        messages.success(request, _("The order is cancelled."))
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
    return HttpResponseRedirect(reverse("storefront:order", kwargs={"token": token}))


def _paying(found: Order) -> Paying:
    now = timezone.now()
    newest = next(reversed(payments.payments_of(found.id)), None)
    is_open = pay_order.may_pay(found, now)
    is_led = is_open and newest is not None and newest.awaits_buyer
    return Paying(
        method=newest.method if newest else "",
        address=newest.redirect_url if newest and is_led else "",
        code=qr.drawn(newest.qr_text) if newest and is_led and newest.qr_text else None,
        why_not=newest.last_refusal if newest and is_led else "",
        until=found.hold_until if is_open else None,
        methods=payments.methods() if is_open else (),
    )


def steps(found: Order) -> list[Step]:
    """Return the stages of an order's way; none for an order that ended early."""
    if found.state in (OrderState.CANCELLED, OrderState.EXPIRED):
        return []
    sent_at = found.shipments[-1].shipped_at if found.shipments else None
    is_paid = found.state is not OrderState.PLACED
    is_sent = found.state is OrderState.SHIPPED
    sending = _("Partly sent") if found.state is OrderState.SHIPPING else _("Sent")
    return [
        Step(name=_("Placed"), state="done", at=found.placed_at),
        Step(name=_("Paid") if is_paid else _("Payment"), state="done" if is_paid else "now", at=found.paid_at),
        Step(name=_("Packed") if is_sent else _("Packing"), state="done" if is_sent else "now" if is_paid else "next", at=None),
        Step(name=sending, state="done" if is_sent else "next", at=sent_at),
    ]


def _bill(found: Order) -> Bill:
    is_added = str(found.tax_mode) == TaxMode.ADDED
    return Bill(
        goods_minor=found.goods_minor,
        discount_minor=found.discount_minor,
        delivery_name=found.delivery_name,
        delivery_minor=found.delivery_minor - (found.delivery_tax_minor if is_added else 0),
        tax_minor=found.tax_minor,
        total_minor=found.total_minor,
        is_tax_added=is_added,
    )


def _happened(found: Order, entries: Sequence[Happening]) -> list[tuple[datetime, str]]:
    """Return what happened to the order in sentences, the newest first."""
    told = [(each.at, words_requests.news(each.code, {"number": found.number, **each.values})) for each in entries]
    return [(at, said) for at, said in reversed(told) if said]


def _parcels(found: Order, links: Sequence[CarrierLink], days: tuple[int, int] | None, zone: str) -> Sequence[Parcel]:
    pages = {link.carrier.casefold(): link.address for link in links}

    def arrives(sent: datetime, count: int) -> date:
        return day_of(sent, zone) + timedelta(days=count)

    return [
        Parcel(
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            shipped_at=each.shipped_at,
            **_inside(found, each),
            address=_followed(pages.get(each.carrier.casefold(), ""), each.tracking_number),
            first=arrives(each.shipped_at, days[0]) if days else None,
            last=arrives(each.shipped_at, days[1]) if days else None,
        )
        for each in found.shipments
    ]


def _inside(found: Order, parcel: Shipment) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return what lies in a parcel by name: whole lines, and pieces of bundles whose other pieces came in another."""
    whole, loose = unpacked(found.lines, parcel)
    return {
        "lines": tuple((reading.pick(line.name), units) for line, units in whole),
        "parts": tuple((reading.pick(part.name), units) for part, units in loose),
    }


def _followed(address: str, number: str) -> str:
    """Return the carrier's page about a parcel, empty where the carrier has none or the parcel no number."""
    return address.replace("{number}", quote(number, safe="")) if address and number else ""
