"""How staff see what was done to many products at once, and take the last of it back."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.kit.console import Choice, Column, Command, Days, Done, Fact, Listing, Pill, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import collection_models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes_collections import EditKind

MOST_WEIGHT_G = limits.MOST_WEIGHT_G

EDITS_CALLED = {
    EditKind.PUBLISH.value: gettext_lazy("Show in the shop"),
    EditKind.UNPUBLISH.value: gettext_lazy("Take off sale"),
    EditKind.CATEGORY.value: gettext_lazy("Put on a shelf"),
    EditKind.BRAND.value: gettext_lazy("Set the brand"),
    EditKind.ANSWER.value: gettext_lazy("Say an answer"),
    EditKind.NO_ANSWER.value: gettext_lazy("Take an answer away"),
    EditKind.COLLECT.value: gettext_lazy("Put into a collection"),
    EditKind.DROP.value: gettext_lazy("Take out of a collection"),
    EditKind.WEIGHT.value: gettext_lazy("Set the weight"),
}


def _state(row: collection_models.BulkEdit) -> Pill | None:
    return Pill(_("Taken back"), "quiet") if row.undone_at else None


EDITS = Listing(
    name="edits",
    title=gettext_lazy("Changes of many"),
    caption=gettext_lazy("What was done to many products at once. The last of it can be taken back within a day."),
    empty=gettext_lazy("Tick products in their list and choose “Change many”."),
    see="catalog.view",
    rows=collection_models.BulkEdit.objects.all,
    order=("-at", "-pk"),
    columns=(
        Column(
            name="kind",
            label=gettext_lazy("What was done"),
            value=lambda row: word(EDITS_CALLED, row.kind),
            note=lambda row: row.reason,
            url=lambda row: reverse("console_edits:undo", args=[row.pk]),
        ),
        Column(name="products", label=gettext_lazy("Products"), kind="number", sort="products"),
        Column(name="state", label=gettext_lazy("State"), value=_state, kind="pill"),
        Column(name="at", label=gettext_lazy("When"), kind="moment", sort="at"),
    ),
    filters=(
        Choice(
            name="kind",
            label=gettext_lazy("What was done"),
            choices=lambda: list(EDITS_CALLED.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        Days(name="days", label=gettext_lazy("When"), moment="at"),
    ),
)


class TakeBack(Command):
    """The last edit of many products set back, where nobody changed them since."""

    act = "catalog.undo_edit"
    title = gettext_lazy("Take back")
    submit = gettext_lazy("Take it back")
    caption = gettext_lazy("Each product says again what it said before. What somebody changed since stays as it is.")

    def prepare(self) -> None:
        row = collection_models.BulkEdit.objects.filter(pk=self.target_id or 0).first()
        if row is None:
            raise NotFound("edit", self.target_id)
        self.row = row

    def name(self) -> str:
        return word(EDITS_CALLED, self.row.kind)

    def facts(self) -> list[Fact]:
        found: list[tuple[str, Any, Any]] = [
            (_("What was done"), self.name(), "text"), (_("Products"), self.row.products, "number"), (_("Reason"), self.row.reason, "long"),
            (_("When"), self.row.at, "moment"),
        ]  # fmt: skip
        if self.row.undone_at:
            found += [(_("Taken back"), self.row.undone_at, "moment"), (_("Set back"), self.row.set_back, "number")]
        return [Fact(*each) for each in found]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = catalog.undo_edit(edit_id=self.row.pk, actor=actor, now=now)
        told = ngettext("%(n)d product is as it was before.", "%(n)d products are as they were before.", found.set_back)
        words = [told % {"n": found.set_back}]
        if found.left:
            left = ngettext("%(n)d was changed since and stays.", "%(n)d were changed since and stay.", found.left)
            words.append(left % {"n": found.left})
        return Done(" ".join(words), tone="warn" if found.left else "good")
