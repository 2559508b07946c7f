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
from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, Pill, word
from shopkeeper.kit.ids import FactId, UserId
from shopkeeper.kit.naming import thing
from shopkeeper.kit.refusals import NotFound

FACTS_CALLED = {
    "AdjustmentBooked": gettext_lazy("Adjustment booked"),
    "ApprovalAsked": gettext_lazy("Second person asked"),
    "ApprovalDecided": gettext_lazy("Second person decided"),
    "AttributeSaved": gettext_lazy("Attribute saved"),
    "BrandSaved": gettext_lazy("Brand saved"),
    "CategorySaved": gettext_lazy("Category saved"),
    "CollectionSaved": gettext_lazy("Collection saved"),
    "ConsentRecorded": gettext_lazy("Consent recorded"),
    "CreditNoteIssued": gettext_lazy("Credit note issued"),
    "CustomerGroupSaved": gettext_lazy("Customer group saved"),
    "CustomerRegistered": gettext_lazy("Customer registered"),
    "CustomerSaved": gettext_lazy("Customer saved"),
    "CustomersMerged": gettext_lazy("Customers merged"),
    "CustomersParted": gettext_lazy("Merge undone"),
    "DeliveryOptionSaved": gettext_lazy("Delivery option saved"),
    "FactReplayed": gettext_lazy("Fact tried again"),
    "LetterBounced": gettext_lazy("Mail came back"),
    "LetterTextPublished": gettext_lazy("Mail’s text published"),
    "TrackedLinkFollowed": gettext_lazy("Tracked link followed"),
    "OrderCancelled": gettext_lazy("Order cancelled"),
    "OrderPaid": gettext_lazy("Order paid"),
    "OrderPlaced": gettext_lazy("Order placed"),
    "OrderRefunded": gettext_lazy("Order refunded"),
    "OrderRequestDecided": gettext_lazy("Buyer’s request decided"),
    "OrderRequestMade": gettext_lazy("Buyer’s request made"),
    "OrderShipped": gettext_lazy("Order shipped"),
    "PaymentEventHeard": gettext_lazy("Payment provider answered"),
    "PicturesChanged": gettext_lazy("Pictures changed"),
    "PriceListSaved": gettext_lazy("Price list saved"),
    "PriceSet": gettext_lazy("Price set"),
    "PromotionChanged": gettext_lazy("Promotion changed"),
    "CouponsMade": gettext_lazy("Codes made"),
    "ProductSaved": gettext_lazy("Product saved"),
    "ProductDrafted": gettext_lazy("Draft of a product kept"),
    "QuestionAnswered": gettext_lazy("Question answered"),
    "QuestionAsked": gettext_lazy("Question asked"),
    "ReviewAnswered": gettext_lazy("Review answered"),
    "ReviewDecided": gettext_lazy("Review decided"),
    "ReviewWritten": gettext_lazy("Review written"),
    "SheetTakenOver": gettext_lazy("File taken over"),
    "SheetUndone": gettext_lazy("Taking over undone"),
    "ShopSaved": gettext_lazy("Shop settings saved"),
    "ShopTextPublished": gettext_lazy("Shop text published"),
    "StaffInvited": gettext_lazy("Staff invited"),
    "StaffJoined": gettext_lazy("Staff joined"),
    "StaffRoleChanged": gettext_lazy("Staff role changed"),
    "StockHeld": gettext_lazy("Stock held"),
    "StockMoved": gettext_lazy("Stock moved"),
    "StockReleased": gettext_lazy("Stock released"),
    "StockWaitAsked": gettext_lazy("Asked to be told of new stock"),
    "StockWaitEnded": gettext_lazy("Wait for new stock ended"),
    "TaxRateSaved": gettext_lazy("Tax rate saved"),
    "WarehouseSaved": gettext_lazy("Warehouse saved"),
    "WishDropped": gettext_lazy("Wish dropped"),
    "WishMade": gettext_lazy("Wish made"),
}
"""What each kind of fact is called: the one place for it."""

HEARERS_CALLED = {
    "lake": gettext_lazy("Data lake"),
    "mails": gettext_lazy("Mails"),
    "review-requests": gettext_lazy("Requests for reviews"),
    "reviews": gettext_lazy("Reviews"),
    "search": gettext_lazy("Search"),
    "waits": gettext_lazy("Who waits for goods"),
}


def _rows() -> QuerySet[Any]:
    waits = models.Waiting.objects.filter(fact=OuterRef("pk"))
    return models.OutboxFact.objects.annotate(is_waiting=Exists(waits), is_parked=Exists(waits.filter(parked_at__isnull=False)))


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else Q()
    called = [kind for kind, name in FACTS_CALLED.items() if text.casefold() in str(name).casefold()]
    kinds = Q(kind__in=called) | Q(kind__istartswith=text)
    return rows.filter(Q(entity=text) | number) if number else rows.filter(Q(entity__istartswith=text) | kinds)


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
    search_hint=gettext_lazy("What happened, an order's number, or order:12"),
    columns=(
        Column(name="occurred_at", label=gettext_lazy("Happened"), kind="moment", sort="occurred_at"),
        Column(
            name="kind",
            label=gettext_lazy("Fact"),
            value=lambda row: word(FACTS_CALLED, row.kind),
            url=lambda row: reverse("console_facts:page", args=[row.pk]),
        ),
        Column(name="entity", label=gettext_lazy("About"), value=lambda row: getattr(row, "also", None) or thing(row.entity)),
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
            choices=lambda: sorted(((kind, word(FACTS_CALLED, kind)) for kind in codec.kinds()), key=lambda pair: pair[1]),
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
        self.fields["hearer"].choices = [(each.hearer, word(HEARERS_CALLED, each.hearer)) for each in self.waits]  # type: ignore[attr-defined]

    def name(self) -> str:
        return f"{word(FACTS_CALLED, self.row.kind)} · {self.row.pk}"

    def facts(self) -> list[Fact]:
        return [Fact(word(HEARERS_CALLED, each.hearer), each.error, "long") for each in self.waits]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        events.replay(fact_id=FactId(self.row.pk), hearer=self.cleaned_data["hearer"], actor=actor, now=now)
        hearer = word(HEARERS_CALLED, self.cleaned_data["hearer"])
        return Done(_("%(hearer)s will try it again at once.") % {"hearer": hearer}, self.row.pk)
