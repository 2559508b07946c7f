"""What staff may say of a promotion: every number within bounds, every limit possible. Refuses what could never apply or never end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shopkeeper.kit import checks
from shopkeeper.kit.money import BASIS_POINTS, MOST_MINOR
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.selling.promotions.shapes import (
    Amount,
    BuyGet,
    Draft,
    Every,
    Fixed,
    FreeDelivery,
    Gift,
    Limits,
    Percent,
    Rule,
    Several,
    Terms,
    Tiers,
    Together,
)

MOST_UNITS = 1_000
MOST_STEPS = 10
MOST_PARTS = 20
MOST_NAMED = 5_000
MOST_USES = 10**9


def checked(draft: Draft) -> Draft:
    """Return the draft tidied. Raises Malformed and OutOfRange, naming the field."""
    if draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        raise OutOfRange("ends_at", draft.ends_at, least=draft.starts_at)
    _CHECKS[type(draft.rule)](draft.rule)
    _terms(draft.terms)
    _limits(draft.limits)
    named = sum(len(getattr(draft.scope, each)) for each in draft.scope.__slots__)
    checks.whole(named, field="scope", least=0, most=MOST_NAMED)
    return replace(
        draft,
        code=checks.code(draft.code),
        name=checks.both_lines(draft.name, field="name", least=1, most=200),
        most_minor=_minor(draft.most_minor, "most_minor", least=0),
    )


def _minor(value: int, field: str, *, least: int = 1) -> int:
    return checks.whole(value, field=field, least=least, most=MOST_MINOR)


def _share(value: int) -> int:
    return checks.whole(value, field="share_off", least=1, most=BASIS_POINTS)


def _percent(rule: Percent) -> None:
    _share(rule.basis_points)


def _amount(rule: Amount) -> None:
    _minor(rule.off_minor, "off_minor")


def _fixed(rule: Fixed) -> None:
    _minor(rule.unit_minor, "unit_minor", least=0)


def _buy_get(rule: BuyGet) -> None:
    checks.whole(rule.buy, field="buy", least=1, most=MOST_UNITS)
    checks.whole(rule.get, field="get", least=1, most=MOST_UNITS)
    _share(rule.basis_points)


def _several(rule: Several) -> None:
    checks.whole(rule.units, field="units", least=2, most=MOST_UNITS)
    _minor(rule.price_minor, "price_minor", least=0)


def _together(rule: Together) -> None:
    checks.whole(len(rule.parts), field="together", least=2, most=MOST_PARTS)
    if len({variant for variant, _ in rule.parts}) < len(rule.parts):
        raise Malformed("together", rule.parts, expected="each_once")
    for _, units in rule.parts:
        checks.whole(units, field="units", least=1, most=MOST_UNITS)
    _minor(rule.price_minor, "price_minor", least=0)


def _every(rule: Every) -> None:
    _minor(rule.step_minor, "step_minor")
    # More off than was spent would only be cut to nothing.
    checks.whole(rule.off_minor, field="off_minor", least=1, most=rule.step_minor)
    checks.whole(rule.most_times, field="most_times", least=0, most=MOST_USES)


def _tiers(rule: Tiers) -> None:
    checks.whole(len(rule.steps), field="tiers", least=1, most=MOST_STEPS)
    before = (0, 0)
    for step in rule.steps:
        _minor(step.from_minor, "from_minor", least=0)
        checks.whole(step.from_units, field="from_units", least=0, most=MOST_UNITS)
        if (step.from_minor, step.from_units) == (0, 0) or step.from_minor < before[0] or step.from_units < before[1]:
            raise Malformed("tiers", step.from_minor or step.from_units, expected="rising")
        before = (step.from_minor, step.from_units)
        if bool(step.off_minor) == bool(step.basis_points):
            raise Malformed("tiers", step.off_minor, expected="amount_or_share")
        if step.off_minor:
            _minor(step.off_minor, "off_minor")
        else:
            _share(step.basis_points)


def _gift(rule: Gift) -> None:
    checks.whole(rule.units, field="units", least=1, most=MOST_UNITS)


def _nothing(_rule: FreeDelivery) -> None:
    pass


_CHECKS: dict[type[Rule], Callable[[Any], None]] = {
    Percent: _percent, Amount: _amount, Fixed: _fixed, BuyGet: _buy_get, Several: _several, Together: _together, Every: _every,
    Tiers: _tiers, Gift: _gift, FreeDelivery: _nothing,
}  # fmt: skip


def _terms(terms: Terms) -> None:
    _minor(terms.least_minor, "least_minor", least=0)
    checks.whole(terms.least_units, field="least_units", least=0, most=MOST_UNITS)


def _limits(limits: Limits) -> None:
    for field in ("uses", "uses_a_buyer", "uses_a_day"):
        value = getattr(limits, field)
        if value is not None:
            checks.whole(value, field=field, least=1, most=MOST_USES)
    if limits.budget_minor is not None:
        _minor(limits.budget_minor, "budget_minor")
