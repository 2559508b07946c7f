"""How staff read the audit trail."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.kit.console import Choice, Column, Days, Listing
from shopkeeper.ops.audit import models
from shopkeeper.ops.audit import public as audit


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(subject__istartswith=text) | Q(act__istartswith=text))


def _who(row: models.Record) -> str:
    if row.actor is None:
        return _("the shop itself")
    return row.actor.get_full_name() or row.actor.email


AUDIT = Listing(
    name="audit",
    title=gettext_lazy("Audit trail"),
    caption=gettext_lazy("Who did what, and what it was before and after. Rows are only added, and hold no personal data of customers."),
    empty=gettext_lazy("The first act of staff will stand here."),
    see="audit.view",
    rows=lambda: models.Record.objects.select_related("actor"),
    order=("-at", "-pk"),
    search=_find,
    search_hint=gettext_lazy("What it was about, for example order:12"),
    columns=(
        Column(name="at", label=gettext_lazy("When"), kind="moment", sort="at"),
        Column(name="actor", label=gettext_lazy("Who"), value=_who),
        Column(
            name="act", label=gettext_lazy("Act"), kind="code", sort="act", url=lambda row: reverse("console_audit:page", args=[row.pk])
        ),
        Column(name="subject", label=gettext_lazy("About"), kind="code", sort="subject"),
    ),
    filters=(
        Choice(
            name="act",
            label=gettext_lazy("Act"),
            choices=lambda: [(act, act) for act in audit.acts()],
            apply=lambda rows, value: rows.filter(act=value),
        ),
        Days(name="day", label=gettext_lazy("Done"), moment="at"),
    ),
)
