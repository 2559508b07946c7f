"""Goods that stand first in a search: staff name them by SKU or web name, search knows them by their ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.flows import searching
from shopkeeper.kit.console import Column, Command, Done
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.console import PINS


def _also(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return, for each row on the page, what its goods are called: one query for all of them."""
    known = {each.id: each for each in searching.pinned([ProductId(each) for row in rows for each in row.product_ids])}
    language = get_language() or "en"
    return {row.pk: ", ".join(known[each].name.pick(language) for each in row.product_ids if each in known) for row in rows}


_ASKED, *_REST = PINS.columns
LISTING = PINS.but(
    also=_also,
    columns=(_ASKED, Column(name="names", label=gettext_lazy("Goods"), value=lambda row: row.also or "–"), *_REST),
)


class SavePin(Command):
    """Goods that stand first for a query: the form for a new row and for changing one."""

    act = "search.save_pin"
    title = gettext_lazy("New goods that stand first")
    submit = gettext_lazy("Save")
    RENAMED: ClassVar = {"asked": "asked_words", "products": "goods", "product": "goods"}

    asked_words = forms.CharField(
        label=gettext_lazy("Searched for"),
        max_length=100,
        help_text=gettext_lazy("Exactly these words; capitals, plural endings and punctuation do not count."),
    )
    goods = forms.CharField(
        label=gettext_lazy("Goods"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("SKUs or web names, one to a line, the first on top; at most 24."),
    )

    def prepare(self) -> None:
        self.start(asked_words=self.asked.get("words", "").split("\n")[0])
        if self.target_id:
            row = search.pin_by_id(self.target_id)
            self.title = gettext_lazy("Change goods that stand first")
            self.start(asked_words=row.asked, goods="\n".join(each.slug for each in searching.pinned(row.product_ids)))

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        goods = [line.strip() for line in found["goods"].splitlines() if line.strip()]
        saved = searching.pin(pin_id=self.target_id, asked=found["asked_words"], goods=goods, actor=actor, now=now)
        return Done(_("These goods stand first for “%(words)s” now.") % {"words": saved.asked}, saved.id)
