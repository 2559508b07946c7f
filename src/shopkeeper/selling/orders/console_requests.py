"""How staff see and decide what buyers ask for, the invoices buyers want, and how the shop arranges both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, States, pill, state_choice, state_column, word
from shopkeeper.kit.ids import RequestId, UserId
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import STATES as ORDER_STATES
from shopkeeper.selling.orders.shapes import (
    MOST_NOTE,
    Arrangement,
    Basis,
    InvoiceKind,
    RequestKind,
    RequestReason,
    RequestState,
)

STATES: States = {
    RequestState.WAITING.value: (pgettext_lazy("request", "Waits for an answer"), "warn"),
    RequestState.ACCEPTED.value: (pgettext_lazy("request", "Accepted"), "info"),
    RequestState.REFUSED.value: (pgettext_lazy("request", "Refused"), "quiet"),
    RequestState.WITHDRAWN.value: (pgettext_lazy("request", "Taken back"), "quiet"),
    RequestState.DONE.value: (pgettext_lazy("request", "Done"), "good"),
}

KINDS = {
    RequestKind.CANCEL.value: pgettext_lazy("request", "Cancel what is not sent"),
    RequestKind.RETURN.value: pgettext_lazy("request", "Send goods back"),
}

REASONS = {
    RequestReason.CHANGED_MIND.value: pgettext_lazy("why asked", "changed their mind"),
    RequestReason.ORDERED_WRONG.value: pgettext_lazy("why asked", "ordered the wrong thing"),
    RequestReason.TOO_LATE.value: pgettext_lazy("why asked", "it comes too late"),
    RequestReason.DAMAGED.value: pgettext_lazy("why asked", "it arrived damaged"),
    RequestReason.FAULTY.value: pgettext_lazy("why asked", "it does not work"),
    RequestReason.WRONG_GOODS.value: pgettext_lazy("why asked", "something else came"),
    RequestReason.NOT_AS_SHOWN.value: pgettext_lazy("why asked", "it is not as shown"),
}

BASES = {
    Basis.FREE.value: pgettext_lazy("ground", "no reason needed: within the days for it"),
    Basis.DEFECT.value: pgettext_lazy("ground", "something is wrong with the goods"),
    Basis.BEFORE.value: pgettext_lazy("ground", "not sent yet"),
}

INVOICE_KINDS = {
    InvoiceKind.PERSONAL.value: pgettext_lazy("invoice", "A person"),
    InvoiceKind.COMPANY.value: pgettext_lazy("invoice", "A company"),
}


def _requests() -> QuerySet[Any]:
    return models.Request.objects.select_related("order").annotate(pieces=Sum("lines__units")).defer("order__quote", "order__address")


REQUESTS = Listing(
    name="buyer-requests",
    title=gettext_lazy("Buyers’ requests"),
    caption=gettext_lazy("What buyers ask to cancel or to send back. Each gets an answer that the buyer reads; none is ever dropped."),
    empty=gettext_lazy("The first request will stand here. Buyers ask from the page of their order."),
    see="orders.view",
    export="orders.export",
    rows=_requests,
    order=("-made_at", "-pk"),
    search=lambda rows, text: rows.filter(
        Q(order__number__istartswith=text) | Q(order__contact_name__icontains=text) | Q(note__icontains=text)
    ),
    search_hint=gettext_lazy("Order’s number, buyer or words"),
    columns=(
        Column(
            name="kind",
            label=gettext_lazy("Request"),
            value=lambda row: word(KINDS, row.kind),
            note=lambda row: word(REASONS, row.reason),
            url=lambda row: reverse("console_buyer_requests:page", args=[row.pk]),
        ),
        Column(name="order", label=gettext_lazy("Order"), kind="reference", value=lambda row: row.order.number),
        Column(name="buyer", label=gettext_lazy("Buyer"), value=lambda row: row.order.contact_name, is_minor=True),
        Column(name="pieces", label=gettext_lazy("Pieces"), kind="number"),
        state_column(gettext_lazy("State"), STATES),
        Column(name="made_at", label=pgettext_lazy("request", "Asked"), kind="moment", sort="made_at"),
    ),
    filters=(
        state_choice(gettext_lazy("State"), STATES),
        Choice(
            name="kind",
            label=gettext_lazy("Request"),
            choices=lambda: list(KINDS.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        Days(name="day", label=pgettext_lazy("request", "Asked"), moment="made_at"),
    ),
)


class _Deciding(Command):
    """What the acts about a request share."""

    act = "orders.decide_request"

    def prepare(self) -> None:
        self.request = orders.request(RequestId(self.target_id or 0))
        self.order = orders.order(self.request.order_id)

    def name(self) -> str:
        return f"{self.order.number} · {word(KINDS, self.request.kind.value)}"

    def facts(self) -> Sequence[Fact]:
        found = self.request
        names = {line.id: line.name.pick(self.setting.language) for line in self.order.lines}
        return [
            Fact(_("State"), pill(STATES, found.state.value), "pill"),
            Fact(_("Reason"), word(REASONS, found.reason.value)),
            Fact(_("It rests on"), word(BASES, found.basis.value)),
            *(Fact(names.get(line.line_id, ""), line.units, "number") for line in found.lines),
            Fact(_("Words"), found.note or "–", "long"),
        ]


class Accept(_Deciding):
    """The shop agrees: the buyer reads where the goods go, and staff give the money back by a refund."""

    title = gettext_lazy("Accept the request")
    submit = gettext_lazy("Accept")
    caption = gettext_lazy(
        "The buyer reads that you agree, and for a return where the goods go. The money goes back by a refund, which you make once the "
        "goods are here; it ends the request by itself."
    )
    answer = forms.CharField(label=gettext_lazy("Words to the buyer"), max_length=MOST_NOTE, widget=forms.Textarea, required=False)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        orders.decide_request(request_id=self.request.id, accept=True, answer=self.cleaned_data["answer"], actor=actor, now=now)
        return Done(_("The request is accepted, and the buyer reads it."), self.request.id)


class Refuse(_Deciding):
    """The shop does not agree, for a reason the buyer reads."""

    title = gettext_lazy("Refuse the request")
    submit = gettext_lazy("Refuse")
    caption = gettext_lazy(
        "The buyer reads your reason as you write it. What the law gives a buyer cannot be refused: look at what the request rests on "
        "first."
    )
    is_grave = True
    answer = forms.CharField(label=gettext_lazy("Reason the buyer reads"), max_length=MOST_NOTE, widget=forms.Textarea)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        orders.decide_request(request_id=self.request.id, accept=False, answer=self.cleaned_data["answer"], actor=actor, now=now)
        return Done(_("The request is refused, and the buyer reads why."), self.request.id)


class Close(_Deciding):
    """An accepted request ends without a refund."""

    title = gettext_lazy("Close the request")
    submit = gettext_lazy("Close")
    caption = gettext_lazy("For goods that never came back, or a matter settled in another way. A refund closes its request by itself.")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        orders.close_request(request_id=self.request.id, actor=actor, now=now)
        return Done(_("The request is closed."), self.request.id)


class Arrange(Command):
    """How checkout is walked through, and where goods go back to."""

    act = "orders.arrange"
    title = gettext_lazy("Checkout and returns")
    submit = gettext_lazy("Save")
    caption = gettext_lazy("Every answer has one that goes without saying, so you need not change anything here.")
    is_in_steps = forms.BooleanField(
        label=gettext_lazy("Checkout in steps"),
        required=False,
        help_text=gettext_lazy("Contact, address, delivery and payment on a page each, instead of all on one."),
    )
    return_address = forms.CharField(
        label=gettext_lazy("Goods go back to"),
        max_length=500,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Whoever may send something back reads this address. Empty: the shop’s own address."),
    )
    return_days = forms.IntegerField(
        label=gettext_lazy("Days to change one’s mind"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy(
            "Where the law gives buyers more days, as 7 in China or 14 in the EU and the UK, the law counts. 0: only the law."
        ),
    )

    def prepare(self) -> None:
        found = orders.arrangement()
        self.start(is_in_steps=found.is_in_steps, return_address=found.return_address, return_days=found.return_days)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        said = self.cleaned_data
        wanted = Arrangement(is_in_steps=said["is_in_steps"], return_address=said["return_address"], return_days=said["return_days"])
        orders.save_arrangement(wanted=wanted, actor=actor, now=now)
        return Done(_("Saved."), None)


# ── where carriers tell how far a parcel is ───────────────────────────────────────────────────────────────────────────

CARRIERS = Listing(
    name="carriers",
    title=gettext_lazy("Carriers’ pages"),
    caption=gettext_lazy("Where a buyer follows a parcel at its carrier. Without an address the order’s page shows the number alone."),
    empty=gettext_lazy("No carrier’s page is known yet."),
    see="orders.view",
    rows=models.CarrierLink.objects.all,
    order=("carrier",),
    search=lambda rows, text: rows.filter(carrier__icontains=text),
    search_hint=gettext_lazy("Carrier"),
    columns=(
        Column(
            name="carrier",
            label=gettext_lazy("Carrier"),
            sort="carrier",
            url=lambda row: reverse("console_carriers:edit", args=[row.pk]),
        ),
        Column(name="address", label=gettext_lazy("Address"), kind="code"),
    ),
)


class SaveCarrier(Command):
    """Where a carrier tells how far a parcel is."""

    act = "orders.arrange"
    title = gettext_lazy("Carrier’s page")
    submit = gettext_lazy("Save")
    caption = gettext_lazy("Parcels that leave with this carrier link there.")
    carrier = forms.CharField(
        label=gettext_lazy("Carrier"), max_length=100, help_text=gettext_lazy("As it is written when a parcel leaves, capital or small.")
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy("With {number} where the tracking number goes, such as https://example.com/track?id={number}"),
    )

    def prepare(self) -> None:
        found = next((each for each in orders.carrier_links() if each.id == self.target_id), None)
        if found:
            self.start(carrier=found.carrier, address=found.address)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        said = self.cleaned_data
        orders.save_carrier_link(link_id=self.target_id, carrier=said["carrier"], address=said["address"], actor=actor, now=now)
        return Done(_("Saved."), None)


# ── invoices that buyers asked for ────────────────────────────────────────────────────────────────────────────────────


def _invoices() -> QuerySet[Any]:
    def own(field: str) -> Subquery:
        orders_of = models.Order.objects.filter(basket=OuterRef("basket")).exclude(state__in=models.DEAD_STATES)
        return Subquery(orders_of.values(field)[:1])

    rows = models.Particulars.objects.exclude(invoice_kind="").annotate(
        order_id=own("id"), number=own("number"), placed_at=own("placed_at"), order_state=own("state"),
        total_minor=own("total_minor"), refunded_minor=own("refunded_minor"),
    )  # fmt: skip
    return rows.filter(order_id__isnull=False)


INVOICES = Listing(
    name="invoices-asked",
    title=gettext_lazy("Invoices asked for"),
    caption=gettext_lazy("To whom buyers want their invoice written. Take the list away as a file for whoever writes them."),
    empty=gettext_lazy("The first invoice that a buyer asks for will stand here."),
    see="orders.view",
    export="orders.export",
    rows=_invoices,
    order=("-placed_at", "-pk"),
    search=lambda rows, text: rows.filter(
        Q(number__istartswith=text) | Q(invoice_title__icontains=text) | Q(tax_number__iexact=text) | Q(invoice_email__icontains=text)
    ),
    search_hint=gettext_lazy("Order’s number, name or tax number"),
    columns=(
        Column(
            name="number",
            label=gettext_lazy("Order"),
            kind="reference",
            sort="number",
            url=lambda row: reverse("console_orders:page", args=[row.order_id]),
        ),
        Column(name="placed_at", label=gettext_lazy("Ordered"), kind="moment", sort="placed_at"),
        Column(name="invoice_kind", label=gettext_lazy("Written to"), value=lambda row: word(INVOICE_KINDS, row.invoice_kind)),
        Column(name="invoice_title", label=gettext_lazy("Name on the invoice"), sort="invoice_title"),
        Column(name="tax_number", label=gettext_lazy("Tax number"), kind="code", value=lambda row: row.tax_number or None),
        Column(name="invoice_email", label=gettext_lazy("Mail address"), is_minor=True),
        Column(name="total_minor", label=gettext_lazy("Total"), kind="money", sort="total_minor"),
        Column(
            name="refunded_minor", label=gettext_lazy("Refunded"), kind="money", value=lambda row: row.refunded_minor or None, is_minor=True
        ),
        Column(
            name="order_state",
            label=gettext_lazy("State"),
            kind="pill",
            value=lambda row: pill(ORDER_STATES, row.order_state),
            is_minor=True,
        ),
    ),
    filters=(
        Choice(
            name="kind",
            label=gettext_lazy("Written to"),
            choices=lambda: list(INVOICE_KINDS.items()),
            apply=lambda rows, value: rows.filter(invoice_kind=value),
        ),
        Days(name="placed", label=gettext_lazy("Ordered"), moment="placed_at"),
    ),
)
