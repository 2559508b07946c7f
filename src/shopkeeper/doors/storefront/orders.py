"""The order page: whoever has the link sees where the order stands, takes the invoice, cancels while that is possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import errors, frame, limits, qr, reading
from shopkeeper.doors.storefront.basket import Bill
from shopkeeper.flows import cancel_order, pay_order, write_review
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, NoInvoice, Order, OrderState
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
    carrier: str
    tracking_number: str
    shipped_at: datetime
    lines: tuple[tuple[str, int], ...]


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
    """Show the order behind a link. Raises NotFound."""
    found = orders.by_token(token)
    return frame.page(
        request,
        "order",
        order=found,
        currency=found.currency,
        steps=steps(found),
        bill=_bill(found),
        parcels=_parcels(found),
        places=write_review.places(found),
        can_cancel=found.state in _BUYER_MAY_CANCEL,
        is_new="thanks" in request.GET,
        is_waiting=found.state is OrderState.PLACED,
        paying=_paying(found) if found.state is OrderState.PLACED else None,
    )


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


def _parcels(found: Order) -> Sequence[Parcel]:
    names = {line.id: reading.pick(line.name) for line in found.lines}
    return [
        Parcel(
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            shipped_at=each.shipped_at,
            lines=tuple((names.get(line.line_id, ""), line.units) for line in each.lines),
        )
        for each in found.shipments
    ]
