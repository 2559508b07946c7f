"""Staff say that a parcel has arrived, for nothing in the shop hears of it by itself."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.flows import tell_arrival
from shopkeeper.kit.console import Command, Done, Fact
from shopkeeper.kit.ids import OrderId, ShipmentId, UserId
from shopkeeper.selling.orders import public as orders


class Arrived(Command):
    """A parcel has arrived at its reader's."""

    act = "orders.ship"
    title = gettext_lazy("Mark a parcel as arrived")
    submit = gettext_lazy("Mark as arrived")
    caption = gettext_lazy(
        "The buyer gets a mail that it has arrived, once for each parcel. Nothing in the shop hears of arrivals by itself."
    )
    shipment = forms.TypedChoiceField(label=gettext_lazy("Parcel"), coerce=int)

    def prepare(self) -> None:
        self.order = orders.order(OrderId(self.target_id or 0))
        parcels = [(int(each.id), " ".join((each.carrier, each.tracking_number)).strip()) for each in self.order.shipments]
        self.fields["shipment"].choices = parcels  # type: ignore[attr-defined]

    def name(self) -> str:
        return self.order.number

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Parcel"), f"{each.carrier} {each.tracking_number}".strip()) for each in self.order.shipments]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        is_new = tell_arrival.tell(order_id=self.order.id, shipment_id=ShipmentId(self.cleaned_data["shipment"]), actor=actor, now=now)
        if not is_new:
            return Done(_("That parcel was marked as arrived before; nothing was done."), self.order.id, "warn")
        return Done(_("The buyer is told that the parcel has arrived."), self.order.id)
