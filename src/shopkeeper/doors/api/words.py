"""Refusals in the words of this door: those shared by all doors, but for the few that speak of pages and forms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from shopkeeper.doors.refusals import Explained, explain, name_of, shown
from shopkeeper.insight.metrics.shapes import DimensionNotAllowed, UnknownMetric, UnusablePeriod
from shopkeeper.kit.refusals import KeyReused, Refusal
from shopkeeper.selling.orders.shapes import BasketOrdered, WrongState

__all__ = ["explained", "name_of", "shown"]


def explained(refusal: Refusal) -> Explained:
    """Return a refusal in the reader's language, for somebody who writes a program."""
    said = explain(refusal)
    ours = _OURS.get(type(refusal))
    if ours is None:
        return said
    problem, remedy = ours(refusal)
    return replace(said, problem=problem, remedy=remedy)


def _key_reused(refusal: KeyReused) -> tuple[str, str]:
    return _("This idempotency key came before, with another request."), _(
        "Use a fresh key for every request, and the same one to repeat it."
    )


def _wrong_state(refusal: WrongState) -> tuple[str, str]:
    return _("The order is “%(state)s”, so this is no longer possible.") % {"state": refusal.state}, _("Read the order again.")


def _basket_ordered(refusal: BasketOrdered) -> tuple[str, str]:
    return _("This basket was ordered already."), _("Open a new one with POST /api/v1/baskets.")


def _unknown_metric(refusal: UnknownMetric) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "known": ", ".join(refusal.known)}
    return _("There is no metric “%(value)s”.") % values, _("Use one of: %(known)s.") % values


def _dimension_not_allowed(refusal: DimensionNotAllowed) -> tuple[str, str]:
    values = {"metric": refusal.metric_id, "value": shown(refusal.value), "known": ", ".join(refusal.allowed)}
    return _("%(metric)s has no honest meaning by %(value)s.") % values, _("Use one of: %(known)s.") % values


def _unusable_period(refusal: UnusablePeriod) -> tuple[str, str]:
    return _("The period ends before it begins."), _("Send the earlier day as “first” and the later one as “last”.")


_OURS: dict[type[Refusal], Callable[[Any], tuple[str, str]]] = {
    KeyReused: _key_reused,
    WrongState: _wrong_state,
    BasketOrdered: _basket_ordered,
    UnknownMetric: _unknown_metric,
    DimensionNotAllowed: _dimension_not_allowed,
    UnusablePeriod: _unusable_period,
}
