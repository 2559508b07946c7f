"""How staff see, make and change tracked links."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.growth.links import public as links
from shopkeeper.growth.links import store
from shopkeeper.growth.links.shapes import MOST_ADDRESS, MOST_CODE, MOST_NOTE, MOST_WORD, WAY, LinkDraft
from shopkeeper.kit.console import Choice, Column, Command, Done, Listing, Pill
from shopkeeper.kit.ids import LinkId, UserId

STATES = {"on": (pgettext_lazy("of a link", "On"), "good"), "off": (pgettext_lazy("of a link", "Off"), "quiet")}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None of them is mistaken for another on paper."""


def whole(code: str) -> str:
    """Return the whole address of a link, as it is printed and drawn."""
    return f"{settings.PUBLIC_URL}{WAY}{code}"


def state(is_active: bool) -> Pill:
    """Return whether a link leads somewhere, as a pill."""
    words, tone = STATES["on" if is_active else "off"]
    return Pill(str(words), tone)  # type: ignore[arg-type]


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    names = ("code", "address", "source", "medium", "campaign", "note")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": text})
    return rows.filter(found)


LINKS = Listing(
    name="tracked-links",
    title=gettext_lazy("Tracked links"),
    caption=gettext_lazy("Short addresses for posters, letters and other sites. Each leads to a page of this shop and is counted by day."),
    empty=gettext_lazy("Make the first one: “spring” for the poster in the window, leading to the spring collection."),
    see="links.view",
    rows=store.counted,
    order=("-pk",),
    search=_find,
    search_hint=gettext_lazy("Code, page, source, campaign or note"),
    columns=(
        Column(
            name="code", label=pgettext_lazy("of a link", "Link"), value=lambda row: f"{WAY}{row.code}", kind="code", sort="code",
            url=lambda row: reverse("console_tracked_links:page", args=[row.pk]), note=lambda row: row.note,
        ),
        Column(name="address", label=gettext_lazy("Leads to"), kind="code", sort="address"),
        Column(name="source", label=pgettext_lazy("of a visit", "Source"), sort="source", note=lambda row: row.medium),
        Column(name="campaign", label=gettext_lazy("Campaign"), sort="campaign", is_minor=True),
        Column(name="visits", label=gettext_lazy("Visits"), kind="number", sort="visits"),
        Column(name="people", label=gettext_lazy("People who agreed to be told apart"), kind="number", sort="people", is_minor=True),
        Column(name="is_active", label=gettext_lazy("State"), value=lambda row: state(row.is_active), kind="pill", sort="is_active"),
        Column(name="made_at", label=pgettext_lazy("of a link", "Made"), kind="moment", sort="made_at", is_minor=True),
    ),
    filters=(
        Choice(
            name="state", label=gettext_lazy("State"), choices=lambda: [(code, words) for code, (words, _tone) in STATES.items()],
            apply=lambda rows, value: rows.filter(is_active=value == "on"),
        ),
    ),
)  # fmt: skip


class _Saves(Command):
    act = "links.save_link"
    submit = gettext_lazy("Save link")

    address = forms.CharField(
        label=gettext_lazy("Leads to"),
        max_length=MOST_ADDRESS + 100,
        help_text=gettext_lazy(
            "A page of this shop: copy its address, or write it from its first slash on. Without the language (/goods/lamp/ instead of "
            "/en/goods/lamp/) it opens in the visitor’s own."
        ),
    )
    source = forms.CharField(
        label=pgettext_lazy("of a visit", "Source"),
        max_length=MOST_WORD,
        help_text=gettext_lazy("Where the link stands: poster, newsletter, a partner’s name. It goes along as utm_source."),
    )
    medium = forms.CharField(
        label=pgettext_lazy("of a visit", "Medium"),
        max_length=MOST_WORD,
        required=False,
        help_text=gettext_lazy("What kind of place that is: print, mail, social. It goes along as utm_medium."),
    )
    campaign = forms.CharField(
        label=gettext_lazy("Campaign"),
        max_length=MOST_WORD,
        required=False,
        help_text=gettext_lazy("What it belongs to: spring-2027. It goes along as utm_campaign."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=MOST_NOTE, required=False, help_text=gettext_lazy("For staff only: where exactly it hangs.")
    )

    def draft(self, *, is_active: bool) -> LinkDraft:
        """Return what was typed."""
        words = {name: self.cleaned_data[name] for name in ("address", "source", "medium", "campaign", "note")}
        return LinkDraft(**words, is_active=is_active)


class MakeLink(_Saves):
    """A new tracked link."""

    title = gettext_lazy("New link")
    field_order = ("code", "address", "source", "medium", "campaign", "note")

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=MOST_CODE,
        required=False,
        help_text=gettext_lazy(
            "What stands after /go/: small letters, digits and hyphens. It stays for good, because it gets printed. Left empty, one is "
            "drawn."
        ),
    )

    def run(self, *, actor: UserId, now: datetime) -> Done:
        code = self.cleaned_data["code"] or get_random_string(6, _LETTERS)
        made = links.make_link(code=code, draft=self.draft(is_active=True), actor=actor, now=now)
        return Done(_("The link %(address)s works from now on.") % {"address": whole(made.code)}, made.id)


class ChangeLink(_Saves):
    """What a tracked link says, and whether it leads anywhere."""

    title = gettext_lazy("Change link")

    is_active = forms.BooleanField(
        label=gettext_lazy("The link works"),
        required=False,
        help_text=gettext_lazy("Switched off it leads nowhere: visitors read that there is nothing at this address. Its counts stay."),
    )

    def prepare(self) -> None:
        self.link = links.link(LinkId(self.target_id or 0))
        said = self.link.draft
        self.start(
            address=said.address, source=said.source, medium=said.medium, campaign=said.campaign, note=said.note, is_active=said.is_active
        )

    def name(self) -> str:
        return self.link.way

    def run(self, *, actor: UserId, now: datetime) -> Done:
        draft = self.draft(is_active=self.cleaned_data["is_active"])
        saved = links.change_link(link_id=self.link.id, draft=draft, actor=actor, now=now)
        if not saved.draft.is_active:
            return Done(_("The link %(address)s leads nowhere from now on.") % {"address": saved.way}, saved.id)
        return Done(_("The link %(address)s leads to %(page)s now.") % {"address": saved.way, "page": saved.draft.address}, saved.id)
