"""How staff see what is searched for, and tell search what it cannot know."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import F, FloatField, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Bulk, Choice, Column, Command, Done, Lead, Listing
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.search import models
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.rules.steering import MOST_IN_A_GROUP

SELDOM_OPENED = 0.2
"""Of a query whose results are opened less often than this share of its searches, something is probably wrong."""
ENOUGH = 5
"""From so many searches a day on a share means something."""

LANGUAGES = {"en": gettext_lazy("English"), "zh-hans": gettext_lazy("Chinese")}


def _asked() -> QuerySet[Any]:
    return models.Asked.objects.annotate(share=Cast(F("opened"), FloatField()) / F("searches"))


def _told_of(row: Any) -> str:
    return row.words or _("one of a kind, not kept in words")


def _opened(row: Any) -> str:
    return f"{min(round(100 * row.share), 100)} %" if row.searches > row.in_vain else "–"


def _what(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == "vain":
        return rows.filter(in_vain__gt=0)
    return rows.filter(searches__gte=ENOUGH, share__lt=SELDOM_OPENED, in_vain__lt=F("searches"))


def _leads(desk: str) -> Callable[[Sequence[int]], str]:
    def url(ids: Sequence[int]) -> str:
        words = models.Asked.objects.filter(pk__in=list(ids)).exclude(words="").order_by("-searches").values_list("words", flat=True)
        return reverse(f"console_{desk}:new") + "?" + urlencode({"words": "\n".join(dict.fromkeys(words))})

    return url


ASKED = Listing(
    name="searches",
    title=gettext_lazy("Searches"),
    caption=gettext_lazy(
        "What shoppers looked for, by day. Words stand here once goods hold them or several days asked for them; never a mail address "
        "or a long number, and never who asked."
    ),
    empty=gettext_lazy("Nobody has searched yet."),
    see="search.view",
    rows=_asked,
    order=("-day", "-searches", "pk"),
    search=lambda rows, text: rows.filter(words__icontains=text),
    search_hint=gettext_lazy("Words or phrases"),
    columns=(
        Column(
            name="words",
            label=gettext_lazy("Searched for"),
            value=_told_of,
            note=lambda row: str(LANGUAGES.get(row.language, row.language)),
        ),
        Column(name="day", label=gettext_lazy("Day"), value=lambda row: row.day.isoformat(), sort="day"),
        Column(name="searches", label=gettext_lazy("How often"), kind="number", sort="searches"),
        Column(name="in_vain", label=gettext_lazy("Found nothing"), kind="number", sort="in_vain"),
        Column(name="opened", label=gettext_lazy("Results opened"), kind="number", sort="opened", is_minor=True),
        Column(name="share", label=gettext_lazy("Opened per search"), value=_opened, sort="share", is_minor=True),
    ),
    filters=(
        Choice(
            name="what",
            label=gettext_lazy("What went wrong"),
            choices=lambda: [("vain", _("Found nothing")), ("seldom", _("Seldom opened"))],
            apply=_what,
        ),
        Choice(
            name="language",
            label=gettext_lazy("Language"),
            choices=lambda: list(LANGUAGES.items()),
            apply=lambda rows, value: rows.filter(language=value),
        ),
    ),
    bulk=(
        Lead(name="synonyms", label=gettext_lazy("Say what means the same"), act="search.save_synonyms", url=_leads("synonyms")),
        Lead(name="redirect", label=gettext_lazy("Lead elsewhere"), act="search.save_redirect", url=_leads("redirects")),
        Lead(name="pin", label=gettext_lazy("Put goods first"), act="search.save_pin", url=_leads("pins")),
    ),
)


def _remove_synonyms(pk: int, actor: UserId, now: datetime) -> None:
    search.remove_synonyms(synonyms_id=pk, actor=actor, now=now)


def _remove_redirect(pk: int, actor: UserId, now: datetime) -> None:
    search.remove_redirect(redirect_id=pk, actor=actor, now=now)


def _remove_pin(pk: int, actor: UserId, now: datetime) -> None:
    search.remove_pin(pin_id=pk, actor=actor, now=now)


def _removal(act: str, run: Callable[[int, UserId, datetime], None]) -> Bulk:
    return Bulk(
        name="remove", label=gettext_lazy("Remove"), act=act, ask=gettext_lazy("Searches answer without it at once."),
        done=gettext_lazy("Removed"), run=run,
    )  # fmt: skip


_CHANGED = Column(name="changed_at", label=gettext_lazy("Changed"), kind="moment", sort="changed_at", is_minor=True)

SYNONYMS = Listing(
    name="synonyms",
    title=gettext_lazy("Words that mean the same"),
    caption=gettext_lazy("Whoever searches for one of them finds the goods of all. Both languages may stand in one group."),
    empty=gettext_lazy("Add a group: “sofa”, “couch”, “沙发”."),
    see="search.view",
    rows=models.Synonyms.objects.all,
    order=("words", "pk"),
    search=lambda rows, text: rows.filter(words__icontains=text),
    search_hint=gettext_lazy("Word"),
    columns=(
        Column(
            name="words",
            label=gettext_lazy("Words or phrases"),
            value=lambda row: " · ".join(row.words.splitlines()),
            url=lambda row: reverse("console_synonyms:edit", args=[row.pk]),
        ),
        _CHANGED,
    ),
    bulk=(_removal("search.save_synonyms", _remove_synonyms),),
)

REDIRECTS = Listing(
    name="redirects",
    title=gettext_lazy("Searches that lead elsewhere"),
    caption=gettext_lazy("Whoever searches for exactly these words comes to a page of the shop instead of a list of goods."),
    empty=gettext_lazy("Add one: “returns” leads to the text about returns."),
    see="search.view",
    rows=models.Redirect.objects.all,
    order=("asked", "pk"),
    search=lambda rows, text: rows.filter(Q(asked__icontains=text) | Q(address__icontains=text)),
    search_hint=gettext_lazy("Words or address"),
    columns=(
        Column(
            name="asked", label=gettext_lazy("Searched for"), sort="asked", url=lambda row: reverse("console_redirects:edit", args=[row.pk])
        ),
        Column(name="address", label=pgettext_lazy("of a page", "Address"), kind="code"),
        _CHANGED,
    ),
    bulk=(_removal("search.save_redirect", _remove_redirect),),
)

PINS = Listing(
    name="pins",
    title=gettext_lazy("Goods that stand first"),
    caption=gettext_lazy("Whoever searches for exactly these words sees these goods before all others."),
    empty=gettext_lazy("Add one: for “gift”, what you would recommend."),
    see="search.view",
    rows=models.Pin.objects.all,
    order=("asked", "pk"),
    search=lambda rows, text: rows.filter(asked__icontains=text),
    search_hint=gettext_lazy("Words or phrases"),
    columns=(
        Column(name="asked", label=gettext_lazy("Searched for"), sort="asked", url=lambda row: reverse("console_pins:edit", args=[row.pk])),
        Column(name="goods", label=gettext_lazy("Products"), kind="number", value=lambda row: len(row.product_ids)),
        _CHANGED,
    ),
    bulk=(_removal("search.save_pin", _remove_pin),),
)


class SaveSynonyms(Command):
    """Words that mean the same: the form for a new group and for changing one."""

    act = "search.save_synonyms"
    title = gettext_lazy("New group of words")
    submit = gettext_lazy("Save words")
    caption = gettext_lazy("The next search knows them.")

    words = forms.CharField(
        label=gettext_lazy("Words or phrases"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One to a line, at most %(most)d; a line may be several words, in English or Chinese."),
    )

    def prepare(self) -> None:
        self.fields["words"].help_text = str(self.fields["words"].help_text) % {"most": MOST_IN_A_GROUP}
        self.start(words=self.asked.get("words", ""))
        if self.target_id:
            row = models.Synonyms.objects.filter(pk=self.target_id).first()
            if row is None:
                raise NotFound("synonyms", self.target_id)
            self.title = gettext_lazy("Change words")
            self.start(words=row.words)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        saved = search.save_synonyms(synonyms_id=self.target_id, words=self.cleaned_data["words"], actor=actor, now=now)
        return Done(_("%(words)s mean the same to search now.") % {"words": " · ".join(saved.words)}, saved.id)


class SaveRedirect(Command):
    """Where a query leads: the form for a new one and for changing one."""

    act = "search.save_redirect"
    title = gettext_lazy("New search that leads elsewhere")
    submit = gettext_lazy("Save")
    RENAMED: ClassVar = {"asked": "asked_words"}

    asked_words = forms.CharField(
        label=gettext_lazy("Searched for"),
        max_length=100,
        help_text=gettext_lazy("Exactly these words; capitals, plural endings and punctuation do not count."),
    )
    address = forms.CharField(
        label=pgettext_lazy("of a page", "Address"),
        max_length=300,
        help_text=gettext_lazy("A page of this shop, from its first slash on: /en/about/returns/"),
    )

    def prepare(self) -> None:
        self.start(asked_words=self.asked.get("words", "").split("\n")[0])
        if self.target_id:
            row = models.Redirect.objects.filter(pk=self.target_id).first()
            if row is None:
                raise NotFound("redirect", self.target_id)
            self.title = gettext_lazy("Change where a search leads")
            self.start(asked_words=row.asked, address=row.address)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = search.redirect(redirect_id=self.target_id, asked=found["asked_words"], address=found["address"], actor=actor, now=now)
        return Done(_("“%(words)s” leads to %(address)s now.") % {"words": saved.asked, "address": saved.address}, saved.id)
