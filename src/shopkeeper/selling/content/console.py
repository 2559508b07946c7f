"""How staff see and publish the shop's texts."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Choice, Column, Command, Done, Fact, Listing, Pill, both, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content import models
from shopkeeper.selling.content import public as content

KINDS = {
    "terms": gettext_lazy("Terms of sale"),
    "privacy": gettext_lazy("Privacy"),
    "returns": gettext_lazy("Returns"),
    "consent": gettext_lazy("Consent banner"),
}


def _rows() -> QuerySet[Any]:
    newest = models.ShopText.objects.order_by("kind", "-version").distinct("kind").values("pk")
    return models.ShopText.objects.annotate(is_newest=Q(pk__in=newest))


TEXTS = Listing(
    name="texts",
    title=gettext_lazy("Shop texts"),
    caption=gettext_lazy("What shoppers agree to. Publishing adds a version; every earlier one is kept and can be read here."),
    empty=gettext_lazy("Opening a shop installs first versions of its texts."),
    see="content.view",
    rows=_rows,
    order=("kind", "-version"),
    columns=(
        Column(
            name="kind",
            label=gettext_lazy("Text"),
            value=lambda row: word(KINDS, row.kind),
            note=lambda row: both(row, "title"),
            url=lambda row: reverse("console_texts:publish", args=[row.pk]),
        ),
        Column(name="version", label=gettext_lazy("Version"), kind="number"),
        Column(
            name="state",
            label=gettext_lazy("State"),
            value=lambda row: Pill(_("In force"), "good") if row.is_newest else Pill(_("Replaced"), "quiet"),
            kind="pill",
        ),
        Column(name="published_at", label=gettext_lazy("Published"), kind="moment"),
    ),
    filters=(
        Choice(
            name="kind", label=gettext_lazy("Text"), choices=lambda: list(KINDS.items()), apply=lambda rows, value: rows.filter(kind=value)
        ),
    ),
)


class PublishText(Command):
    """The next version of a text, beginning with the version it was opened from."""

    act = "content.publish"
    title = gettext_lazy("Publish a new version")
    submit = gettext_lazy("Publish")
    caption = gettext_lazy(
        "Shoppers see it at once. Paragraphs are set apart by empty lines, headings begin with ##, list lines with a hyphen."
    )
    RENAMED: ClassVar = {"title": "title_en", "body": "body_en"}
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=120)
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=120, required=False)
    body_en = forms.CharField(label=gettext_lazy("Text in English"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 14}))
    body_zh = forms.CharField(
        label=gettext_lazy("Text in Chinese"), max_length=60_000, required=False, widget=forms.Textarea(attrs={"rows": 14})
    )

    def prepare(self) -> None:
        row = models.ShopText.objects.filter(pk=self.target_id or 0).first()
        if row is None:
            raise NotFound("text", self.target_id)
        self.row = row
        self.start(title_en=row.title_en, title_zh=row.title_zh, body_en=row.body_en, body_zh=row.body_zh)

    def name(self) -> str:
        return word(KINDS, self.row.kind)

    def facts(self) -> list[Fact]:
        now = content.text(self.row.kind)
        return [
            Fact(_("Version shown here"), self.row.version, "number"),
            Fact(_("Version in force"), now.version, "number"),
            Fact(_("Published"), now.published_at, "moment"),
        ]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        saved = content.publish_text(
            kind=self.row.kind,
            title=Bilingual(found["title_en"], found["title_zh"]),
            body=Bilingual(found["body_en"], found["body_zh"]),
            actor=actor,
            now=now,
        )
        return Done(_("Version %(version)d of “%(name)s” is in force.") % {"version": saved.version, "name": self.name()})
