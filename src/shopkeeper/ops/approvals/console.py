"""How staff see what waits for a second person."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.kit.console import Choice, Column, Days, Listing, States, pill, word
from shopkeeper.kit.naming import thing
from shopkeeper.ops.approvals import models

DEEDS_CALLED = {
    "orders.refund": gettext_lazy("Refund"),
    "payments.give_back": gettext_lazy("Give money without an order back"),
    "pricing.set_price": gettext_lazy("Set a price"),
    "catalog.publish_draft": gettext_lazy("Let a draft go live"),
    "staff.reset_second_factor": gettext_lazy("Reset a second factor"),
    "backup.restore": gettext_lazy("Restore a backup"),
}
"""What each act that can wait is called."""

STATES: States = {
    "waiting": (pgettext_lazy("second person", "Waits"), "warn"),
    "given": (pgettext_lazy("second person", "Approved"), "info"),
    "done": (pgettext_lazy("second person", "Approved and done"), "good"),
    "refused": (pgettext_lazy("second person", "Refused"), "bad"),
    "withdrawn": (pgettext_lazy("second person", "Withdrawn"), "quiet"),
    "expired": (pgettext_lazy("second person", "Ran out"), "quiet"),
    "stale": (pgettext_lazy("second person", "Had changed"), "quiet"),
    "failed": (pgettext_lazy("second person", "Could not be done"), "bad"),
}


def rows() -> QuerySet[Any]:
    """Return what waits and what waited, with who asked and who decided."""
    return models.Approval.objects.select_related("asked_by", "decided_by")


def state_of(row: Any) -> str:
    """Return where an approval stands; one whose time is up has run out, also before somebody wrote that down."""
    return "expired" if row.state == "waiting" and row.expires_at <= datetime.now(UTC) else str(row.state)


def person(user: Any) -> str:
    """Return who asked or decided; nobody is the command line."""
    return str(user.get_full_name() or user.email) if user else str(gettext_lazy("the command line"))


def _search(found: QuerySet[Any], text: str) -> QuerySet[Any]:
    return found.filter(Q(subject__istartswith=text) | Q(asked_by__first_name__icontains=text) | Q(asked_by__email__istartswith=text))


APPROVALS = Listing(
    name="approvals",
    title=gettext_lazy("Second person"),
    caption=gettext_lazy("Acts that one person alone does not do: somebody asks, another person approves, then it is done once."),
    empty=gettext_lazy("Nothing was asked of a second person yet. The limits stand in the shop settings."),
    see="approvals.view",
    rows=rows,
    search=_search,
    search_hint=gettext_lazy("Who asked"),
    order=("-asked_at", "-id"),
    columns=(
        Column(name="asked_at", label=gettext_lazy("Asked"), kind="moment", sort="asked_at", note=lambda row: person(row.asked_by)),
        Column(
            name="act",
            label=gettext_lazy("What"),
            value=lambda row: word(DEEDS_CALLED, row.act),
            url=lambda row: reverse("console_approvals:page", args=[row.pk]),
        ),
        Column(name="subject", label=gettext_lazy("About"), value=lambda row: getattr(row, "also", None) or thing(row.subject)),
        Column(name="state", label=gettext_lazy("State"), value=lambda row: pill(STATES, state_of(row)), kind="pill", sort="state"),
        Column(
            name="decided_at",
            label=gettext_lazy("Decided"),
            kind="moment",
            note=lambda row: person(row.decided_by) if row.decided_at else None,
            is_minor=True,
        ),
    ),
    filters=(
        Choice(
            name="state",
            label=gettext_lazy("State"),
            choices=lambda: [(code, words) for code, (words, _tone) in STATES.items()],
            apply=lambda found, value: found.filter(state=value),
        ),
        Days(name="day", label=gettext_lazy("Asked"), moment="asked_at"),
    ),
)
