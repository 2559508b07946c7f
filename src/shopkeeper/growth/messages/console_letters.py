"""What staff read of letters: their placeholders in words, and the mails that came back."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy

from shopkeeper.growth.messages import models
from shopkeeper.growth.messages.console import KINDS
from shopkeeper.growth.messages.placeholders import PLACEHOLDERS
from shopkeeper.growth.messages.rules.language import Placeholder
from shopkeeper.growth.messages.shapes import LANGUAGES, MailKind
from shopkeeper.kit.console import Choice, Column, Days, Listing, States, pill, word
from shopkeeper.kit.refusals import NotFound

LETTERS = tuple(MailKind)

MEANINGS = {
    "shop": gettext_lazy("Name of the shop"),
    "name": gettext_lazy("Name of the buyer; without one the mail says “Hello,”"),
    "number": gettext_lazy("Number of the order"),
    "total": gettext_lazy("The sum this mail is about"),
    "day": gettext_lazy("The day this mail is about"),
    "order_link": gettext_lazy("Link to the order"),
    "returns_link": gettext_lazy("Link to the terms of returns and withdrawal"),
    "lines": gettext_lazy("Table of the goods"),
    "totals": gettext_lazy("Table of the sums"),
    "address": gettext_lazy("Delivery address"),
    "parcel": gettext_lazy("Carrier and tracking number, as a block"),
    "carrier": gettext_lazy("Carrier"),
    "tracking_number": gettext_lazy("Tracking number"),
    "still_to_come": gettext_lazy("A sentence, where pieces follow in another parcel"),
    "reason": gettext_lazy("A sentence: why the order ended"),
    "money_back": gettext_lazy("A sentence: what becomes of the money"),
    "product": gettext_lazy("Name of the goods"),
    "product_link": gettext_lazy("Link to the goods"),
    "next_step": gettext_lazy("A sentence: what the reader does next"),
    "invitation": gettext_lazy("A sentence: who invites to what"),
    "inviter": gettext_lazy("Who invites"),
    "code": gettext_lazy("The code to sign in with"),
    "role": gettext_lazy("The role offered"),
    "unsubscribe_link": gettext_lazy("Link that ends mails of this kind"),
}
"""What each placeholder stands for."""

TYPES = {
    "text": gettext_lazy("words"),
    "money": gettext_lazy("amount"),
    "date": gettext_lazy("date"),
    "link": gettext_lazy("link"),
    "block": gettext_lazy("block, on a line of its own"),
}

BOUNCE_KINDS: States = {
    "permanent": (gettext_lazy("For good"), "bad"),
    "temporary": (gettext_lazy("For now"), "warn"),
    "complaint": (gettext_lazy("Called spam"), "bad"),
}
SOURCES = {
    "http": gettext_lazy("told over HTTP"),
    "mailbox": gettext_lazy("found in the mailbox"),
    "server": gettext_lazy("said by the mail server"),
}


def number_of(letter: MailKind, language: str) -> int:
    """Return the number under which the console keeps a letter in a language."""
    return LETTERS.index(letter) * len(LANGUAGES) + LANGUAGES.index(language) + 1


def numbered(number: int) -> tuple[MailKind, str]:
    """Return the letter and the language behind a number. Raises NotFound."""
    place = number - 1
    if not 0 <= place < len(LETTERS) * len(LANGUAGES):
        raise NotFound("letter", number)
    return LETTERS[place // len(LANGUAGES)], LANGUAGES[place % len(LANGUAGES)]


def placeholders(letter: MailKind) -> tuple[Placeholder, ...]:
    """Return the placeholders of a letter, those first that must stay."""
    return tuple(sorted(PLACEHOLDERS[letter], key=lambda each: not each.is_required))


def _bounced() -> QuerySet[Any]:
    stopped = models.Reader.objects.filter(mark=OuterRef("reader")).values("stopped_for")[:1]
    mail = models.Outgoing.objects.filter(pk=OuterRef("message_id"))
    kind, wait = mail.values("kind")[:1], mail.values("wait_id")[:1]
    return models.Bounce.objects.annotate(stopped_for=Subquery(stopped), letter=Subquery(kind), wait_id=Subquery(wait))


def _can_be_lifted(row: Any) -> bool:
    return bool(row.stopped_for and (row.order_id or row.user_id or row.wait_id))


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    number = text.removeprefix("#")
    return rows.filter(order_id=int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else rows.filter(status=text)


BOUNCES = Listing(
    name="bounces",
    title=gettext_lazy("Returned mails"),
    caption=gettext_lazy(
        "Mails that came back, and complaints. After a return for good or a complaint only necessary mail goes to that address, until "
        "somebody has put the address right or says that it is right."
    ),
    empty=gettext_lazy("No mail has come back."),
    see="messages.view",
    rows=_bounced,
    order=("-pk",),
    search=_find,
    search_hint=gettext_lazy("Order’s internal number, or a code such as 5.1.1"),
    columns=(
        Column(name="heard_at", label=gettext_lazy("News came"), kind="moment", sort="heard_at"),
        Column(
            name="letter",
            label=gettext_lazy("Mail"),
            value=lambda row: word(KINDS, row.letter or ""),
            url=lambda row: reverse("console_messages:page", args=[row.message_id]) if row.letter else None,
        ),
        Column(
            name="about",
            label=gettext_lazy("Order"),
            value=lambda row: getattr(row, "also", None) or (f"#{row.order_id}" if row.order_id else None),
            url=lambda row: reverse("console_orders:page", args=[row.order_id]) if row.order_id else None,
        ),
        Column(
            name="kind", label=gettext_lazy("Came back"), kind="pill", value=lambda row: pill(BOUNCE_KINDS, row.kind), sort="kind",
            note=lambda row: row.status,
        ),
        Column(name="source", label=gettext_lazy("How it is known"), value=lambda row: word(SOURCES, row.source), is_minor=True),
        Column(
            name="stopped",
            label=gettext_lazy("Now"),
            value=lambda row: gettext_lazy("Only necessary mail") if row.stopped_for else gettext_lazy("All mail"),
            url=lambda row: reverse("console_bounces:write-again", args=[row.pk]) if _can_be_lifted(row) else None,
        ),
    ),
    filters=(
        Choice(
            name="kind", label=gettext_lazy("Came back"), choices=lambda: [(code, said) for code, (said, _tone) in BOUNCE_KINDS.items()],
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        Days(name="day", label=gettext_lazy("News came"), moment="heard_at"),
    ),
)  # fmt: skip
