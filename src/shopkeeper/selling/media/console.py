"""What lists of goods can ask of their pictures."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice
from shopkeeper.selling.media import models

NONE, SOME = "none", "some"


def _by_pictures(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    pictured = models.Picture.objects.values("product_id")
    return rows.filter(pk__in=pictured) if value == SOME else rows.exclude(pk__in=pictured)


PICTURED = Choice(
    name="pictures",
    label=gettext_lazy("Pictures"),
    choices=lambda: [(NONE, gettext_lazy("Without pictures")), (SOME, pgettext_lazy("filter of products", "With pictures"))],
    apply=_by_pictures,
)
"""The filter of a list of products by whether they show pictures."""
