"""The refund form: what each piece gives back, the sum before it is sent, and afterwards what the provider answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors import refusals
from shopkeeper.doors.console import reading
from shopkeeper.doors.console.orders import OrderCommand
from shopkeeper.flows import refund_order, settle_payment
from shopkeeper.kit import money
from shopkeeper.kit.console import Done, Fact
from shopkeeper.kit.ids import UserId, new_token
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import REFUND_REASONS
from shopkeeper.selling.orders.shapes import Refund as MadeRefund
from shopkeeper.selling.orders.shapes import RefundPlan, RefundReason, RefundState, RefundWish, SumChanged

MOST_DIGITS = 19
"""A sum with as many digits is none."""


class Refund(OrderCommand):
    """Money goes back for pieces of lines, and for delivery. It is sent once the reader has seen the sum; a script shows it at once."""

    act = "orders.refund"
    title = gettext_lazy("Refund")
    submit = gettext_lazy("Pay the money back")
    caption = gettext_lazy("Each piece gives back exactly its share of what was paid for its line, tax and discounts included.")
    template = "console/refund.html"
    once = forms.CharField(widget=forms.HiddenInput, required=False)
    """Names this form, so that sending it twice pays once; made when it is first shown."""
    sum = forms.CharField(widget=forms.HiddenInput, required=False)
    """The sum the reader was shown, in minor units; another one is shown before it is paid."""
    delivery = forms.BooleanField(label=gettext_lazy("Also the price of delivery"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=lambda: [(each.value, REFUND_REASONS[each.value]) for each in RefundReason]
    )

    def prepare(self) -> None:
        super().prepare()
        self.start(once=new_token())
        self.plan: RefundPlan | None = None
        # A form that was sent before is read as it was then, to be answered as it was then; it changes nothing.
        self.again = self.is_bound and orders.was_refunded_under(str(self.data.get("once", "")))
        most = {line.id: line.units if self.again else line.units_to_refund for line in self.order.lines}
        self.unit_fields(most, full=False)
        for line in self.order.lines:
            if most[line.id] and line.shipped_units:
                label = _("back on the shelf")
                self.fields[f"restock_{line.id}"] = forms.BooleanField(label=label, required=False)
        left = self.order.delivery_minor - self.order.refunded_delivery_minor
        if left or self.again:
            self.fields["delivery"].widget.attrs["data-gives"] = left
            self.fields["delivery"].help_text = self.money(left)
        else:
            del self.fields["delivery"]

    def facts(self) -> Sequence[Fact]:
        return [*super().facts(), Fact(_("Can still go back"), self.order.refundable_minor, "money")]

    def money(self, minor: int) -> str:
        """Return an amount in the order's currency."""
        return reading.money(minor, self.order.currency)

    @property
    def script(self) -> dict[str, Any]:
        """What the page's script needs to write an amount as the page does."""
        currency = self.order.currency
        return {"currency": currency, "digits": money.exponent(currency), "locale": "zh-CN" if reading.is_chinese() else "en-GB"}

    @property
    def back_by_line(self) -> dict[int, int]:
        """What the pieces chosen of each line give back, once that is known."""
        return {line.line_id: line.gross_minor for line in self.plan.lines} if self.plan else {}

    def wishes(self) -> list[RefundWish]:
        """Return the lines and pieces as they were answered."""
        return [RefundWish(line_id, units, bool(self.cleaned_data.get(f"restock_{line_id}"))) for line_id, units in self.chosen()]

    def is_seen(self) -> bool:
        if self.again:
            return True
        self.look()
        assert self.plan is not None
        seen = self.seen_minor
        if seen is not None and seen != self.plan.total_minor:
            self.add_error(None, str(refusals.explain(SumChanged(seen, self.plan.total_minor, self.order.currency))))
        return seen == self.plan.total_minor

    def look(self) -> None:
        """Find what the answers give back now, for the page to show."""
        self.plan = refund_order.preview(order_id=self.order.id, lines=self.wishes(), delivery=bool(self.cleaned_data.get("delivery")))

    @property
    def seen_minor(self) -> int | None:
        """The sum the reader was shown; None where none was, or what came is none."""
        sent = self.cleaned_data["sum"]
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < MOST_DIGITS else None

    def hidden_fields(self) -> list[BoundField]:
        # The page writes the sum it shows, not the one it was sent.
        return [field for field in super().hidden_fields() if field.name != "sum"]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        try:
            made = refund_order.refund(
                order_id=self.order.id,
                lines=self.wishes(),
                delivery=bool(found.get("delivery")),
                reason=RefundReason(found["reason"]),
                key=found["once"] or None,
                seen_minor=self.seen_minor,
                actor=actor,
                now=now,
            )
        except SumChanged:
            self.order = orders.order(self.order.id)
            self.look()
            raise
        return self.done(made)

    def done(self, made: MadeRefund) -> Done:
        """Return what became of it: done, still with the provider, or refused by the provider."""
        values = {"amount": self.money(made.total_minor), "number": self.order.number}
        match made.state:
            case RefundState.FAILED:
                words = _(
                    "The payment provider refused to pay back %(amount)s of order %(number)s. Nothing went back, and the pieces count as "
                    "not refunded. See under Payments why, then try again, or pay the buyer another way."
                )
                return Done(words % values, self.order.id, "bad")
            case RefundState.ASKED:
                words = _(
                    "Paying back %(amount)s of order %(number)s is asked for; the payment provider has not answered yet. It is asked again "
                    "by itself: the order shows how it ends. Do not send it a second time."
                )
                return Done(words % values, self.order.id, "warn")
        if not made.total_minor:
            return Done(_("The pieces of order %(number)s are taken back. They cost nothing, so no money moves.") % values, self.order.id)
        return Done(_("%(amount)s of order %(number)s was paid back.") % values, self.order.id)


class GiveBack(OrderCommand):
    """Money that came for an order already at its end, and that the provider refused to give back, is asked back once more."""

    act = "orders.refund"
    title = gettext_lazy("Give the money back again")
    submit = gettext_lazy("Ask the provider again")
    caption = gettext_lazy(
        "Money came after the order had ended, and the payment provider refused to give it back. See under Payments why. It is asked once "
        "more; if it refuses again, clear it up with the provider."
    )

    def prepare(self) -> None:
        super().prepare()
        self.kept = settle_payment.refused_give_back(self.order.id)

    def facts(self) -> Sequence[Fact]:
        kept = self.kept.balance.refundable_minor if self.kept else 0
        return [*super().facts(), Fact(_("Should go back"), kept, "money")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        kept = self.kept.balance.refundable_minor if self.kept else 0
        asked = settle_payment.give_back_again(order_id=self.order.id, actor=actor, now=now)
        values = {"amount": reading.money(kept, self.order.currency), "number": self.order.number}
        if settle_payment.refused_give_back(self.order.id):
            words = _(
                "The payment provider refused again to give back %(amount)s of order %(number)s. Nothing went back. See under Payments "
                "why, and clear it up with the provider."
            )
            return Done(words % values, self.order.id, "bad")
        if asked.balance.refund_pending_minor:
            words = _(
                "Giving back %(amount)s of order %(number)s is asked for; the payment provider has not answered yet. It is asked again by "
                "itself: the order shows how it ends."
            )
            return Done(words % values, self.order.id, "warn")
        return Done(_("%(amount)s of order %(number)s was paid back.") % values, self.order.id)
