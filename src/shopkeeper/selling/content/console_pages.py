"""How staff see what was found on the shop's pages."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Listing, Pill, Tone
from shopkeeper.kit.text import LANGUAGES
from shopkeeper.selling.content import models

BANDS: dict[str, tuple[int, int, Tone]] = {
    "90-100": (90, 100, "good"),
    "70-89": (70, 89, "info"),
    "50-69": (50, 69, "warn"),
    "0-49": (0, 49, "bad"),
}
"""How scores are parted for people: first, last, and how they are coloured."""

SPOKEN = {"en": "English", "zh-hans": "简体中文"}


def scored(score: int) -> Pill:
    """Return a score as a pill of its band."""
    return Pill(str(score), next(tone for first, last, tone in BANDS.values() if first <= score <= last))


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(title__icontains=text) | Q(address__icontains=text))


def _in_band(rows: QuerySet[Any], band: str) -> QuerySet[Any]:
    first, last, _tone = BANDS[band]
    return rows.filter(score__range=(first, last))


def with_finding(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Return the pages on which one thing was found."""
    return rows.filter(findings__contains=[{"code": code}])


PAGES = Listing(
    name="engine-pages",
    title=gettext_lazy("Search optimisation"),
    caption=gettext_lazy(
        "The shop’s own pages as engines read them, worst first. "
        "Every night the changed ones and those not looked at for longest are read anew."
    ),
    empty=gettext_lazy("Nobody has looked yet: look at one page now, or wait for the night."),
    see="content.view",
    rows=models.PageLook.objects.all,
    order=("score", "pk"),
    search=_find,
    search_hint=gettext_lazy("Title or address"),
    columns=(
        Column(
            name="title",
            label=pgettext_lazy("of the shop", "Page"),
            value=lambda row: row.title or row.address,
            note=lambda row: row.address,
            url=lambda row: reverse("console_engine_pages:page", args=[row.pk]),
        ),
        Column(name="score", label=gettext_lazy("Score"), value=lambda row: scored(row.score), kind="pill", sort="score"),
        Column(
            name="change",
            label=gettext_lazy("Since the look before"),
            value=lambda row: None if row.score_before is None else row.score - row.score_before,
            kind="change",
            is_minor=True,
        ),
        Column(
            name="findings",
            label=pgettext_lazy("on a page", "Found"),
            value=lambda row: ", ".join(each["code"] for each in row.findings),
            kind="long",
        ),
        Column(name="kind", label=gettext_lazy("Kind"), is_minor=True),
        Column(name="language", label=gettext_lazy("Language"), value=lambda row: SPOKEN[row.language], is_minor=True),
        Column(name="took_ms", label=gettext_lazy("First byte, ms"), kind="number", sort="took_ms", is_minor=True),
        Column(name="size", label=gettext_lazy("Bytes"), kind="number", sort="size", is_minor=True),
        Column(name="looked_at", label=gettext_lazy("Looked at"), kind="moment", sort="looked_at"),
    ),
    filters=(
        Choice(
            name="score",
            label=gettext_lazy("Score"),
            choices=lambda: [(band, band.replace("-", "–")) for band in BANDS],
            apply=_in_band,
        ),
        Choice(
            name="language",
            label=gettext_lazy("Language"),
            choices=lambda: [(each, SPOKEN[each]) for each in LANGUAGES],
            apply=lambda rows, value: rows.filter(language=value),
        ),
    ),
)
