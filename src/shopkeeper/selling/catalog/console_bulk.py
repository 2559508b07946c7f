"""How staff see what was done to many products at once; the page of one, and taking it back, stand in `doors/console/edits.py`."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Choice, Column, Days, Listing, Pill, Tone, pill, word
from shopkeeper.selling.catalog import collection_models
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes_collections import EditKind, RunState

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
    EditKind.PRICE.value: gettext_lazy("Change the prices"),
}


RUNS: Mapping[str, tuple[Any, Tone]] = {
    RunState.RUNNING.value: (gettext_lazy("Under way"), "info"),
    RunState.STOPPED.value: (gettext_lazy("Stopped"), "warn"),
    RunState.DONE.value: (gettext_lazy("Done"), "good"),
    RunState.UNDOING.value: (gettext_lazy("Being taken back"), "info"),
    RunState.UNDONE.value: (gettext_lazy("Taken back"), "quiet"),
}


def _state(row: collection_models.BulkEdit) -> Pill:
    return pill(RUNS, row.state)


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
            url=lambda row: reverse("console_edits:page", args=[row.pk]),
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
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [(code, label) for code, (label, _tone) in RUNS.items()],
            apply=lambda rows, value: rows.filter(state=value),
        ),
        Days(name="days", label=gettext_lazy("When"), moment="at"),
    ),
)
