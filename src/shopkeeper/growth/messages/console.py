"""How staff see the mails on their way out, and let a parked one try again."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.growth.messages import models
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, States, state_choice, state_column, word
from shopkeeper.kit.ids import MessageId, UserId

STATES: States = {
    "waiting": (gettext_lazy("On its way"), "info"),
    "sent": (gettext_lazy("Sent"), "good"),
    "parked": (gettext_lazy("Parked"), "bad"),
    "skipped": (gettext_lazy("Not needed"), "quiet"),
}
KINDS = {
    "placed": gettext_lazy("Order received"),
    "paid": gettext_lazy("Payment received"),
    "shipped": gettext_lazy("Parcel on its way"),
    "delivered": gettext_lazy("Parcel arrived"),
    "cancelled": gettext_lazy("Order cancelled"),
    "refunded": gettext_lazy("Money back"),
    "review_request": gettext_lazy("Asking for a review"),
    "wait_asked": gettext_lazy("Asked to be told when goods are back"),
    "back_in_stock": gettext_lazy("Goods are back"),
    "invitation": gettext_lazy("Invitation to the staff"),
    "password_reset": gettext_lazy("New password"),
    "joining": gettext_lazy("Confirm the address"),
    "known_already": gettext_lazy("Account exists already"),
    "sign_in_code": gettext_lazy("Code to sign in"),
}


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = text.removeprefix("#")
    return (
        rows.filter(order_id=int(number))
        if number.isascii() and number.isdigit() and len(number) < 19
        else rows.filter(Q(key__istartswith=text))
    )


def stuck() -> int:
    """Return how many mails were given up."""
    return models.Outgoing.objects.filter(state="parked").count()


MESSAGES = Listing(
    name="messages",
    title=gettext_lazy("Mails"),
    caption=gettext_lazy("What the shop wrote to people, about what, and whether it went. Addresses and contents are not kept here."),
    empty=gettext_lazy("The first mail goes with the first order."),
    see="messages.view",
    rows=models.Outgoing.objects.all,
    order=("-pk",),
    search=_find,
    search_hint=gettext_lazy("Order's internal number"),
    columns=(
        Column(name="queued_at", label=gettext_lazy("Queued"), kind="moment", sort="queued_at"),
        Column(
            name="kind",
            label=gettext_lazy("Mail"),
            value=lambda row: word(KINDS, row.kind),
            note=lambda row: {"en": "English", "zh-hans": "简体中文"}.get(row.language),
            url=lambda row: reverse("console_messages:page", args=[row.pk]),
        ),
        Column(
            name="about",
            label=gettext_lazy("Order"),
            value=lambda row: getattr(row, "also", None) or (f"#{row.order_id}" if row.order_id else None),
        ),
        Column(name="sent_at", label=gettext_lazy("Sent"), kind="moment", sort="sent_at", is_minor=True),
        Column(name="tries", label=gettext_lazy("Tries"), kind="number", is_minor=True),
        state_column(gettext_lazy("State"), STATES, note=lambda row: row.error),
    ),
    filters=(
        state_choice(gettext_lazy("State"), STATES),
        Choice(
            name="kind", label=gettext_lazy("Mail"), choices=lambda: list(KINDS.items()), apply=lambda rows, value: rows.filter(kind=value)
        ),
        Days(name="day", label=gettext_lazy("Queued"), moment="queued_at"),
    ),
)


class Retry(Command):
    """A parked mail tries again."""

    act = "messages.resend"
    title = gettext_lazy("Send again")
    submit = gettext_lazy("Send again")
    caption = gettext_lazy("The mail goes out with the next round, within a minute.")

    def prepare(self) -> None:
        self.message = messages.message(MessageId(self.target_id or 0))

    def name(self) -> str:
        return word(KINDS, self.message.kind)

    def facts(self) -> list[Fact]:
        return [Fact(_("Tries"), self.message.tries, "number"), Fact(_("Error"), self.message.error, "long")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        messages.retry(message_id=self.message.id, actor=actor, now=now)
        return Done(_("The mail will be tried again."), self.message.id)
