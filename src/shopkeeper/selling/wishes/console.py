"""How staff see what people wait and wish for: how many, never who."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Listing
from shopkeeper.selling.wishes import models


def _wanted(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(waiting__gt=0) if value == "waiting" else rows.filter(wished__gt=0)


WANTED = Listing(
    name="wanted",
    title=pgettext_lazy("goods", "Wanted"),
    caption=gettext_lazy(
        "What people wait for because it is sold out, and what stands on wish lists: a hint what to order again. Only numbers are shown, "
        "not who."
    ),
    empty=gettext_lazy("The first thing somebody waits or wishes for will stand here."),
    see="inventory.view",
    rows=models.Demand.objects.all,
    order=("-waiting", "-wished", "variant_id"),
    search_hint=gettext_lazy("Goods or SKU"),
    columns=(
        Column(name="goods", label=gettext_lazy("Goods"), value=lambda row: str(row.variant_id)),
        Column(name="waiting", label=gettext_lazy("Wait for it"), kind="number", sort="waiting"),
        Column(name="wished", label=gettext_lazy("Wish for it"), kind="number", sort="wished"),
        Column(name="since", label=gettext_lazy("Waiting since"), kind="moment", sort="since", is_minor=True),
    ),
    filters=(
        Choice(
            name="wanted",
            label=pgettext_lazy("goods", "Wanted"),
            choices=lambda: [("waiting", gettext_lazy("Waited for")), ("wished", gettext_lazy("Wished for"))],
            apply=_wanted,
        ),
    ),
)
