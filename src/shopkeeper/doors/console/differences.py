"""What two versions of a product say differently, line by line and in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import NOTHING_YET
from shopkeeper.selling.catalog.shapes_drafts import Difference, Version, Working

FIELDS: Mapping[str, Any] = {
    "name_en": gettext_lazy("Name in English"),
    "name_zh": gettext_lazy("Name in Chinese"),
    "slug": gettext_lazy("Web name"),
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "text_en": gettext_lazy("Description in English"),
    "text_zh": gettext_lazy("Description in Chinese"),
    "photo_url": gettext_lazy("Photo"),
    "trait": gettext_lazy("What is said of it"),
    "option": gettext_lazy("Option"),
    "variant": gettext_lazy("Variant"),
    "sku": gettext_lazy("SKU of the variant"),
    "choice": gettext_lazy("Choice"),
    "weight_g": gettext_lazy("Weight in grams"),
    "is_sellable": gettext_lazy("On sale"),
    "order": gettext_lazy("Order of the variants"),
}
"""What each field of a comparison is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a comparison, in the reader's words; `pieces` are the words of a text that stayed, went and came."""

    label: str
    about: str
    before: str
    after: str
    pieces: tuple[Any, ...] = ()


def changes(before: Version, after: Version) -> list[Change]:
    """Return what a later version says otherwise, line by line."""
    return [_told(each) for each in catalog.compare_versions(before, after, language=get_language() or "en")]


def seen_now(work: Working) -> Version:
    """Return what shoppers see of a product now: nothing at all, where it is not shown."""
    return work.live if work.is_published else NOTHING_YET


def _told(each: Difference) -> Change:
    before, after = each.before or "", each.after or ""
    if each.field == "is_sellable":
        words = {"yes": _("yes"), "no": _("no")}
        before, after = words[before], words[after]
    if each.field == "variant":
        # One without a choice of its own still has to be seen to come or go.
        before = "" if each.before is None else each.before or _("there")
        after = "" if each.after is None else each.after or _("new")
    return Change(label=str(FIELDS[each.field]), about=each.about, before=before, after=after, pieces=each.pieces)
