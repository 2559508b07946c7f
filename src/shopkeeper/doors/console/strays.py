"""Money without an order: its page, and what staff do about it: give it back, or say where it was settled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.commanding import missing
from shopkeeper.flows import settle_strays
from shopkeeper.kit.console import Command, Done, Fact, pill, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.console import EVENTS, PROVIDERS, STRAY_STATES, WHY_NOT
from shopkeeper.selling.payments.shapes import Stray, StrayState

MOST_DIGITS = 19


def amounts(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return how much of each stray is still there, or is on its way back, in its own currency."""
    return {row.pk: _amount(row.kept_minor + row.reserved_minor + row.pending_minor, row) for row in rows}


def _amount(there: int, row: Any) -> str:
    # Told by a statement alone, or in no amount that can be: nothing, and not a sum of nothing.
    is_open = row.state in (StrayState.HEARD, StrayState.UNCLAIMED)
    return str(_("none counted")) if is_open and not there else money(there, row.currency)


def money(minor: int, currency: str) -> str:
    """Return an amount in words; a provider that tells no currency means the shop's."""
    return reading.money(minor, currency or frame.setting().currency)


def called(found: Stray) -> str:
    """Return what a stray is called: by the provider's own name, else by the one it was begun under."""
    return found.reference or found.name


@frame.guarded("payments.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a provider told of a payment that is not the shop's, how it stands, and what can be done."""
    try:
        found = payments.stray(pk)
    except NotFound as refusal:
        return missing(request, refusal)
    events = [
        (each, pill(EVENTS, each.kind.value), money(each.amount_minor, found.currency), word(WHY_NOT, each.reason)) for each in found.events
    ]
    context = {
        "stray": found,
        "called": called(found),
        "provider": word(PROVIDERS, found.provider),
        "state": pill(STRAY_STATES, found.state.value),
        "events": events,
        "sums": [
            (_("With the provider"), money(found.kept_minor, found.currency)),
            (_("Reserved, not taken"), money(found.reserved_minor, found.currency)),
            (_("Asked back, no answer yet"), money(found.pending_minor, found.currency)),
        ],
        "acts": {verb for verb, can in possible(found).items() if can and frame.may(request, COMMANDS[verb].act)},
    }
    return TemplateResponse(request, "console/stray.html", context)


def possible(found: Stray) -> dict[str, bool]:
    """Return what can be done about a stray as it stands; the flow has the last word."""
    waits = found.state in (StrayState.HEARD, StrayState.UNCLAIMED)
    return {
        "give-back": found.state is StrayState.GIVING_BACK or (waits and found.open_minor > 0),
        "elsewhere": waits or payments.is_silent(found, timezone.now()),
    }


class StrayCommand(Command):
    """What both acts share: the stray, and what is true of it now."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=MOST_DIGITS, required=False)
    """The sum the reader saw: nobody decides on another than they looked at."""

    def prepare(self) -> None:
        self.stray = payments.stray(self.target_id or 0)
        self.start(seen=self.at_stake())

    def at_stake(self) -> int:
        return self.stray.open_minor

    def seen_minor(self) -> int:
        """Return the sum that was sent with the form; -1, which is none, where it is no number."""
        sent = self.cleaned_data["seen"]
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < MOST_DIGITS else -1

    def name(self) -> str:
        return called(self.stray)

    def facts(self) -> Sequence[Fact]:
        found = self.stray
        return [
            Fact(_("State"), pill(STRAY_STATES, found.state.value), "pill"),
            Fact(_("Provider"), word(PROVIDERS, found.provider)),
            Fact(_("With the provider"), money(found.kept_minor, found.currency)),
            Fact(_("Reserved, not taken"), money(found.reserved_minor, found.currency)),
            Fact(_("Since"), found.first_at, "moment"),
        ]


class GiveBack(StrayCommand):
    """The provider gives the money back to whoever paid it."""

    act = settle_strays.GIVE_BACK
    title = gettext_lazy("Give the money back")
    submit = gettext_lazy("Have the provider give it back")
    caption = gettext_lazy(
        "The provider gives it back to whoever paid, all of it and once. This cannot be undone. If another shop of yours was paid, it is "
        "not yours to give back: say that it was settled elsewhere."
    )
    is_grave = True

    def run(self, *, actor: UserId, now: datetime) -> Done:
        seen = self.seen_minor()
        given = settle_strays.give_back(stray_id=self.stray.id, seen_minor=seen, actor=actor, now=now)
        values = {"amount": money(seen, given.currency), "payment": called(given)}
        if given.state is StrayState.GIVING_BACK:
            words = _(
                "Giving back payment %(payment)s is asked for; the provider has not answered yet. It is asked again by itself: the page "
                "shows how it ends."
            )
            return Done(words % values, given.id, "warn")
        if given.state is not StrayState.GIVEN_BACK:
            words = _(
                "The provider refused to give back %(amount)s of payment %(payment)s. The page shows why; clear it up with the provider."
            )
            return Done(words % values, given.id, "bad")
        return Done(_("%(amount)s of payment %(payment)s was given back.") % values, given.id)


class Elsewhere(StrayCommand):
    """Somebody settled it outside the shop and says where."""

    act = "payments.settle_elsewhere"
    title = gettext_lazy("Settled elsewhere")
    submit = gettext_lazy("It was settled elsewhere")
    caption = gettext_lazy("No money moves. It waits no longer; should more money come under this payment, it waits again.")
    reason = forms.CharField(
        label=gettext_lazy("Where, and how"),
        max_length=settle_strays.MOST_REASON,
        help_text=gettext_lazy(
            "For example: belongs to our second shop; given back in the provider’s own console. Write no names of buyers."
        ),
    )

    def at_stake(self) -> int:
        return self.stray.open_minor + self.stray.pending_minor

    def run(self, *, actor: UserId, now: datetime) -> Done:
        settle_strays.settle_elsewhere(
            stray_id=self.stray.id, seen_minor=self.seen_minor(), reason=self.cleaned_data["reason"], actor=actor, now=now
        )
        return Done(_("Payment %(payment)s was settled elsewhere.") % {"payment": self.name()}, self.stray.id)


COMMANDS: Mapping[str, type[Command]] = {"give-back": GiveBack, "elsewhere": Elsewhere}


def told(values: Mapping[str, Any]) -> list[Fact]:
    """Return what a giving back that waits for a second person would do."""
    return [
        Fact(_("Gives back"), money(values["total_minor"], values["currency"])),
        Fact(_("Payment"), values["reference"], "reference"),
        Fact(_("Provider"), word(PROVIDERS, values["provider"])),
    ]
