"""How staff see the facts, and let a hearer try a parked one again."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.events import codec, models
from shopkeeper.events import public as events
from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, Pill
from shopkeeper.kit.ids import FactId, UserId
from shopkeeper.kit.refusals import NotFound


def _rows() -> QuerySet[Any]:
    waits = models.Waiting.objects.filter(fact=OuterRef("pk"))
    return models.OutboxFact.objects.annotate(is_waiting=Exists(waits), is_parked=Exists(waits.filter(parked_at__isnull=False)))


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else Q()
    return rows.filter(Q(entity=text) | number) if number else rows.filter(Q(entity__istartswith=text) | Q(kind__istartswith=text))


def state_of(row: Any) -> Pill:
    """Return how far a fact has come: parked, to be tried again, not heard yet, or heard."""
    if row.is_parked:
        return Pill(_("Parked"), "bad")
    if row.is_waiting:
        return Pill(_("Will be tried again"), "warn")
    return Pill(_("Heard"), "good") if row.heard_at else Pill(_("Not heard yet"), "info")


def _in_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return {
        "parked": rows.filter(is_parked=True),
        "waiting": rows.filter(is_waiting=True, is_parked=False),
        "unheard": rows.filter(heard_at=None),
        "heard": rows.filter(heard_at__isnull=False),
    }[value]


FACTS = Listing(
    name="facts",
    title=gettext_lazy("Facts"),
    caption=gettext_lazy(
        "Everything that happened, and whether all who should know have heard it. A parked fact waits for you to try it again."
    ),
    empty=gettext_lazy("Nothing has happened yet."),
    see="events.view",
    rows=_rows,
    order=("-pk",),
    search=_find,
    search_hint=gettext_lazy("About what, for example order:12"),
    columns=(
        Column(name="occurred_at", label=gettext_lazy("Happened"), kind="moment", sort="occurred_at"),
        Column(name="kind", label=gettext_lazy("Fact"), url=lambda row: reverse("console_facts:page", args=[row.pk])),
        Column(name="entity", label=gettext_lazy("About"), kind="code"),
        Column(
            name="origin",
            label=gettext_lazy("Origin"),
            value=lambda row: Pill(_("history"), "quiet") if row.origin == "import" else None,
            kind="pill",
            is_minor=True,
        ),
        Column(name="state", label=gettext_lazy("State"), value=state_of, kind="pill"),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [
                ("parked", _("Parked")),
                ("waiting", _("Will be tried again")),
                ("unheard", _("Not heard yet")),
                ("heard", _("Heard")),
            ],
            apply=_in_state,
        ),
        Choice(
            name="kind",
            label=gettext_lazy("Fact"),
            choices=lambda: [(kind, kind) for kind in sorted(codec.kinds())],
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        Days(name="day", label=gettext_lazy("Happened"), moment="occurred_at"),
    ),
)


def waiting_for(fact_id: int) -> list[models.Waiting]:
    """Return who still waits for a fact, and why."""
    return list(models.Waiting.objects.filter(fact=fact_id).order_by("hearer"))


class Replay(Command):
    """One hearer tries one fact again, with fresh patience."""

    act = "events.replay"
    title = gettext_lazy("Try again")
    submit = gettext_lazy("Try again")
    caption = gettext_lazy("The hearer gets this fact at once, and whatever of the same entity waits behind it.")
    hearer = forms.ChoiceField(label=gettext_lazy("Hearer"))

    def prepare(self) -> None:
        row = models.OutboxFact.objects.filter(pk=self.target_id or 0).first()
        if row is None:
            raise NotFound("fact", self.target_id)
        self.row, self.waits = row, waiting_for(row.pk)
        self.fields["hearer"].choices = [(each.hearer, each.hearer) for each in self.waits]  # type: ignore[attr-defined]

    def name(self) -> str:
        return f"{self.row.kind} {self.row.pk}"

    def facts(self) -> list[Fact]:
        return [Fact(each.hearer, each.error, "long") for each in self.waits]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        events.replay(fact_id=FactId(self.row.pk), hearer=self.cleaned_data["hearer"], actor=actor, now=now)
        return Done(_("%(hearer)s will try it again at once.") % {"hearer": self.cleaned_data["hearer"]}, self.row.pk)
