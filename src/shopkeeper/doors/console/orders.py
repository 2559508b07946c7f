"""An order's page, and what staff do to an order: ship, cancel, refund. Several rooms meet here, so it stands in the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame, people, reading, waiting, words
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.refusals import explain
from shopkeeper.flows import cancel_order, settle_payment, ship_order
from shopkeeper.growth.messages import public as mails
from shopkeeper.kit import divisions, together
from shopkeeper.kit.console import Command, Done, Fact, SeenField, UnitsField, pill, word
from shopkeeper.kit.ids import LineId, OrderId, UserId, WarehouseId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.imports import public as imports
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.console import warehouse_choices
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import CANCEL_REASONS, CHANNELS, REFUND_REASONS, REFUND_STATES, STATES
from shopkeeper.selling.orders.console_requests import KINDS as REQUEST_KINDS
from shopkeeper.selling.orders.console_requests import STATES as REQUEST_STATES
from shopkeeper.selling.orders.shapes import (
    CancelReason,
    NoInvoice,
    Order,
    OrderLine,
    OrderState,
    PieceRun,
    Request,
    RequestKind,
    RequestState,
    unpacked,
)
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.console import DISPUTES, way_of_paying
from shopkeeper.selling.payments.console import STATES as PAYMENT_STATES

REFUNDABLE = (OrderState.PAID, OrderState.SHIPPING, OrderState.SHIPPED, OrderState.CANCELLED)
"""A cancelled order still owes money where its own refund failed at the provider."""

TRACK = ("placed", "paid", "shipping", "shipped")


@frame.guarded("orders.view")
@frame.at_once(
    lambda pk: payments.payments_of(OrderId(pk)),
    lambda pk: orders.timeline(OrderId(pk)),
    lambda _pk: list(warehouse_choices()),
    lambda pk: approvals.waiting_about(f"order:{pk}", frame.began()),
    lambda pk: orders.requests_of(OrderId(pk)),
    lambda pk: orders.particulars_of_order(OrderId(pk)),
)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one order: what was bought, where it goes, what was paid, what happened, and what can be done now."""
    try:
        order = orders.order(OrderId(pk))
    except NotFound as refusal:
        return missing(request, refusal)
    paid_by = payments.payments_of(order.id) if frame.may(request, "payments.view") else ()
    context = {
        "order": order,
        "buyer": people.buyer_names([order])[order.id],
        "channel": word(CHANNELS, order.channel),
        "state": pill(STATES, order.state.value),
        "track": _track(order),
        "timeline": _timeline(order),
        "refunds": [(each, pill(REFUND_STATES, each.state.value), REFUND_REASONS.get(each.reason, each.reason)) for each in order.refunds],
        "payments": [(each, pill(PAYMENT_STATES, each.state.value), way_of_paying(each.provider, each.method)) for each in paid_by],
        "money": payments.money_of(made.balance for made in paid_by) if paid_by else None,
        "disputes": [(made.id, each, pill(DISPUTES, each.state.value)) for made in paid_by for each in made.disputes],
        "warehouses": dict(warehouse_choices()),
        "acts": {name for name, can in possible(order).items() if can and frame.may(request, f"orders.{name}")},
        "has_slip": _has_slip(order),
        "may_give_back": frame.may(request, "orders.refund") and settle_payment.refused_give_back(order.id) is not None,
        "lines": {line.id: line for line in order.lines},
        "parcels": [(each, *unpacked(order.lines, each)) for each in order.shipments],
        "origin": _origin(order) if order.is_imported else None,
        "waits": waiting.about(request, f"order:{order.id}"),
        "requests": [
            (each, word(REQUEST_KINDS, each.kind.value), pill(REQUEST_STATES, each.state.value)) for each in orders.requests_of(order.id)
        ],
        "added": orders.particulars_of_order(order.id),
        "goes_to": divisions.lines(
            name=order.address.name,
            line1=order.address.line1,
            line2=order.address.line2,
            city=order.address.city,
            region=order.address.region,
            postcode=order.address.postcode,
            country=order.address.country,
        ),
        "standing": mails.standings([order.contact.email])[order.contact.email],
        "may_tell_arrival": frame.may(request, "orders.ship"),
    }
    return TemplateResponse(request, "console/order.html", context)


def _origin(order: Order) -> tuple[str, str] | None:
    """Return the file that an order was taken over from and its lines there, runs of numbers told by their ends."""
    found = imports.origin(kind="order", code=order.number)
    if found is None:
        return None
    runs: list[list[int]] = []
    for line in sorted(found.lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return found.file_name, ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def possible(order: Order) -> dict[str, bool]:
    """Return which acts the order's state allows, so that a page offers no button that will be refused; flows have the last word."""
    return {
        "ship": order.state in (OrderState.PAID, OrderState.SHIPPING) and order.has_units_to_ship,
        "cancel": order.state in (OrderState.PLACED, OrderState.PAID),
        "refund": order.state in REFUNDABLE and order.paid_at is not None and _has_more_to_give_back(order),
    }


def _has_slip(order: Order) -> bool:
    """Return whether a parcel was sent or may be sent: only then a delivery note lies in one."""
    was_sent = bool(order.shipments) or order.state is OrderState.SHIPPED
    return order.paid_at is not None and (was_sent or possible(order)["ship"])


def _has_more_to_give_back(order: Order) -> bool:
    return order.refundable_minor > 0 or any(line.units_to_refund for line in order.lines)


@frame.guarded("orders.view")
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the order's invoice as PDF, in the reader's language or the one asked for; of an unpaid order, its page and why not."""
    language = request.GET.get("language", "zh-hans" if reading.is_chinese() else "en")
    try:
        order = orders.order(OrderId(pk))
        document = orders.invoice_pdf(order.id, language if language in ("en", "zh-hans") else "en")
    except NotFound as refusal:
        return missing(request, refusal)
    except NoInvoice as refusal:
        messages.error(request, str(explain(refusal)))
        return redirect("console_orders:page", pk)
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{order.number}.pdf"'
    return answer


def _track(order: Order) -> list[tuple[str, str, datetime | None]]:
    """Return the steps of an order's way, each with whether it was reached and when."""
    if order.state in (OrderState.CANCELLED, OrderState.EXPIRED):
        reached = [("placed", "on", order.placed_at)] + ([("paid", "on", order.paid_at)] if order.paid_at else [])
        return [(str(_STEPS[code]), css, at) for code, css, at in reached] + [
            (str(STATES[order.state.value][0]), "stop", order.cancelled_at)
        ]
    sent = [each.shipped_at for each in order.shipments]
    times = {"placed": order.placed_at, "paid": order.paid_at, "shipping": sent[0] if sent else None}
    times["shipped"] = sent[-1] if sent and order.state is OrderState.SHIPPED else None
    now = TRACK.index(order.state.value)
    return [(str(_STEPS[code]), "on" if index <= now else "", times[code]) for index, code in enumerate(TRACK)]


_STEPS = {
    "placed": gettext_lazy("Placed"),
    "paid": gettext_lazy("Paid"),
    "shipping": gettext_lazy("First parcel"),
    "shipped": gettext_lazy("All sent"),
}


def _timeline(order: Order) -> list[tuple[datetime, str, str, str]]:
    entries = orders.timeline(order.id)
    people = access.people({UserId(each.actor_id) for each in entries if each.actor_id})
    found = []
    for each in entries:
        text, tone = words.happened(each, order.currency)
        person = people.get(UserId(each.actor_id)) if each.actor_id else None
        found.append((each.at, text, tone, (person.name or person.email) if person else ""))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line in a form: its field, its “put back” box where there is one, and what each piece left of it would give back."""

    line: OrderLine
    field: BoundField
    restock: BoundField | None
    gives: tuple[PieceRun, ...]

    @property
    def runs(self) -> str:
        """What each piece gives back for the page's script, which only adds it up: `2:1251 3:1250`."""
        return " ".join(f"{run.units}:{run.each_minor}" for run in self.gives)


class OrderCommand(Command):
    """What every act on an order shares: the order, and what is true of it now."""

    def prepare(self) -> None:
        self.order = orders.order(OrderId(self.target_id or 0))

    def name(self) -> str:
        return self.order.number

    def facts(self) -> Sequence[Fact]:
        order = self.order
        return [
            Fact(_("State"), pill(STATES, order.state.value), "pill"),
            Fact(_("Buyer"), people.buyer_names([order])[order.id]),
            Fact(_("Total"), order.total_minor, "money"),
            Fact(_("Paid"), order.paid_minor, "money"),
            Fact(_("Refunded"), order.refunded_minor, "money"),
        ]

    def unit_fields(self, most: dict[LineId, int], *, full: bool) -> None:
        """Add one field per line for how many of its pieces the act is about; none where there is nothing left."""
        for line in self.order.lines:
            if most[line.id]:
                self.fields[f"units_{line.id}"] = UnitsField(
                    label=line.name.pick(self.setting.language),
                    least=0,
                    most=most[line.id],
                    required=False,
                    initial=most[line.id] if full else 0,
                    widget=forms.NumberInput(attrs={"class": "sk-units", "min": 0, "max": most[line.id]}),
                )

    def chosen(self) -> list[tuple[LineId, int]]:
        """Return the lines and pieces as they were answered, lines with none left out."""
        found = [(line.id, self.cleaned_data.get(f"units_{line.id}") or 0) for line in self.order.lines]
        return [(line_id, units) for line_id, units in found if units]

    def plain_names(self) -> list[Any]:
        """Return the fields that are about the whole act."""
        return [field for field in self.visible_fields() if not field.name.startswith(("units_", "restock_"))]

    def rows(self) -> list[LineRow]:
        """Return each line that has a field."""
        return [
            LineRow(
                line=line,
                field=self[f"units_{line.id}"],
                restock=self[f"restock_{line.id}"] if f"restock_{line.id}" in self.fields else None,
                gives=orders.piece_runs(line),
            )
            for line in self.order.lines
            if f"units_{line.id}" in self.fields
        ]


class Ship(OrderCommand):
    """A parcel leaves: whole orders by default, any pieces of any lines on request."""

    act = "orders.ship"
    title = gettext_lazy("Ship")
    submit = gettext_lazy("Ship the parcel")
    caption = gettext_lazy("The buyer gets a mail with the tracking number. What you leave out can follow in another parcel.")
    template = "console/order_lines.html"
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=100)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=100, required=False)
    warehouse = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int, empty_value=None, required=False)
    known = SeenField()

    def prepare(self) -> None:
        order_id = OrderId(self.target_id or 0)
        # One statement for what this form and what stands beside it are made from.
        together.read(
            super().prepare, lambda: orders.promised_back([order_id]), lambda: inventory.held(order_id),
            lambda: orders.requests_of(order_id),
        )  # fmt: skip
        self.asked_to_cancel = cancels_asked(order_id)
        self.button, self.is_held_up = str(self.submit), False
        self.fields["warehouse"].choices = [("", _("Where the pieces are held")), *warehouse_choices()]  # type: ignore[attr-defined]
        self.unit_fields(self.may_go(), full=True)
        for line in self.order.lines:
            left = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=line.units_to_ship)
            self.fields[f"left_{line.id}"] = left

    def is_seen(self) -> bool:
        """Whether nobody asks to cancel, or the reader was told who does and ships all the same."""
        mark = "-".join(str(each.id) for each in self.asked_to_cancel)
        if not mark or self.cleaned_data["known"] == mark:
            return True
        self.fields["known"].show(mark)  # type: ignore[attr-defined]
        self.button, self.is_held_up = _("Ship all the same"), True
        return False

    def may_go(self) -> dict[LineId, int]:
        """Return how many pieces of each line may be sent: not those the shop has agreed to cancel."""
        kept = orders.promised_back([self.order.id])
        return {line.id: max(0, line.units_to_ship - kept.get(line.id, 0)) for line in self.order.lines}

    def seen(self) -> dict[LineId, int]:
        """Return how many pieces of each line were left when the form was first shown: sent twice, it sends one parcel."""
        found = {line.id: self.cleaned_data.get(f"left_{line.id}") for line in self.order.lines}
        return {line_id: units for line_id, units in found.items() if units is not None}

    def facts(self) -> Sequence[Fact]:
        names = dict(warehouse_choices())
        held: dict[int, int] = {}
        for each in inventory.held(self.order.id):
            held[each.warehouse_id] = held.get(each.warehouse_id, 0) + each.units
        lying = [Fact(_("Held in %(where)s") % {"where": names.get(str(key), key)}, units, "number") for key, units in held.items()]
        return [*super().facts(), *lying]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        whole = all(found.get(f"units_{line_id}") == units for line_id, units in self.may_go().items() if units)
        ship_order.ship(
            order_id=self.order.id,
            warehouse_id=WarehouseId(found["warehouse"]) if found["warehouse"] else None,
            carrier=found["carrier"],
            tracking_number=found["tracking_number"],
            lines=None if whole else self.chosen(),
            left=self.seen(),
            cancels_seen=[each.id for each in self.asked_to_cancel],
            actor=actor,
            now=now,
        )
        return Done(_("The parcel of order %(number)s is on its way.") % {"number": self.order.number}, self.order.id)


class Cancel(OrderCommand):
    """The order ends before its goods leave; money and pieces go back."""

    act = "orders.cancel"
    title = gettext_lazy("Cancel")
    submit = gettext_lazy("Cancel the order")
    is_grave = True
    caption = gettext_lazy("The pieces are free for others at once, and what was paid goes back. This cannot be undone.")
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))

    def prepare(self) -> None:
        super().prepare()
        offered = (CancelReason.BUYER, CancelReason.OUT_OF_STOCK, CancelReason.FRAUD, CancelReason.MISTAKE, CancelReason.OTHER)
        self.fields["reason"].choices = [(each.value, CANCEL_REASONS[each.value]) for each in offered]  # type: ignore[attr-defined]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        cancel_order.cancel(order_id=self.order.id, reason=CancelReason(self.cleaned_data["reason"]), actor=actor, now=now)
        return Done(_("Order %(number)s is cancelled.") % {"number": self.order.number}, self.order.id)


def cancels_asked(order_id: OrderId) -> tuple[Request, ...]:
    """Return the buyer's requests to cancel that nobody has decided yet."""
    return tuple(each for each in orders.requests_of(order_id) if each.kind is RequestKind.CANCEL and each.state is RequestState.WAITING)


def ship_whole(pk: int, actor: UserId, now: datetime) -> None:
    """Ship all that is left of an order with the carrier of its delivery option, without a tracking number.

    Raises CancelAsked where its buyer asks to cancel: such an order is shipped from its own page, where one reads so first.
    """
    order = orders.order(OrderId(pk))
    carrier = order.delivery_name.en or order.delivery_name.zh or "–"
    ship_order.ship(order_id=order.id, warehouse_id=None, carrier=carrier[:100], tracking_number="", lines=None, actor=actor, now=now)
