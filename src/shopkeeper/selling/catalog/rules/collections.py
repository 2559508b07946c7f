"""What a collection's rule may say: tidied, refused where nothing could ever meet it, and kept as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shopkeeper.kit import checks
from shopkeeper.kit.ids import AttributeId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.catalog.shapes_collections import (
    MOST_CONDITIONS,
    MOST_IDS,
    Condition,
    ConditionKind,
    Match,
    Rule,
    RuleContradicts,
    RuleIsEmpty,
)

MOST_DAYS = 3650
TEXT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to ask for: each category with itself and the shelves below it, brands, each attribute with its answers."""

    categories: Mapping[int, frozenset[int]]
    brands: frozenset[int]
    answers: Mapping[int, frozenset[int]]


def tidy(rule: Rule, known: Known) -> Rule:
    """Return a rule with tidy conditions. Raises RuleIsEmpty, RuleContradicts, NotFound, Malformed, OutOfRange."""
    if not rule.conditions:
        raise RuleIsEmpty
    if len(rule.conditions) > MOST_CONDITIONS:
        raise OutOfRange("rule", len(rule.conditions), least=1, most=MOST_CONDITIONS)
    found = replace(rule, conditions=tuple(dict.fromkeys(_tidy(each, known) for each in rule.conditions)))
    if found.match is Match.ALL:
        _refuse_contradiction(found.conditions, known)
    return found


def _tidy(condition: Condition, known: Known) -> Condition:
    kind = condition.kind
    plain = Condition(kind=kind)
    if kind is ConditionKind.CATEGORY:
        return replace(plain, ids=_ids(condition.ids, known.categories, "category"))
    if kind is ConditionKind.BRAND:
        return replace(plain, ids=_ids(condition.ids, known.brands, "brand"))
    if kind is ConditionKind.ANSWER:
        return _tidy_answer(condition, known)
    if kind is ConditionKind.NAME:
        return replace(plain, text=checks.line(condition.text, field="text", least=1, most=TEXT))
    if kind is ConditionKind.NEW:
        return replace(plain, days=checks.whole(condition.days or 0, field="days", least=1, most=MOST_DAYS))
    return _tidy_price(condition) if kind is ConditionKind.PRICE else plain


def _ids(wanted: Sequence[int], known: Iterable[int], called: str) -> tuple[int, ...]:
    there = frozenset(known)
    for each in wanted:
        if each not in there:
            raise NotFound(called, each)
    if not 1 <= len(wanted) <= MOST_IDS:
        raise OutOfRange(called, len(wanted), least=1, most=MOST_IDS)
    return tuple(sorted(set(wanted)))


def _tidy_answer(condition: Condition, known: Known) -> Condition:
    if condition.attribute_id is None or condition.attribute_id not in known.answers:
        raise NotFound("attribute", condition.attribute_id)
    ids = _ids(condition.ids, known.answers[condition.attribute_id], "choice")
    return Condition(kind=condition.kind, attribute_id=condition.attribute_id, ids=ids)


def _tidy_price(condition: Condition) -> Condition:
    least, most = condition.least_minor, condition.most_minor
    if least is None and most is None:
        raise Malformed("price", "", expected="range")
    if least is not None:
        checks.whole(least, field="price", least=0, most=MOST_MINOR)
    if most is not None:
        checks.whole(most, field="price", least=least or 0, most=MOST_MINOR)
    return Condition(kind=condition.kind, least_minor=least, most_minor=most)


def _refuse_contradiction(conditions: Sequence[Condition], known: Known) -> None:
    """Refuse what no product can meet: it stands on one shelf, has one brand and one least price."""
    shelves = [frozenset().union(*(known.categories[each] for each in one.ids)) for one in _of(conditions, ConditionKind.CATEGORY)]
    _refuse_apart(shelves, ConditionKind.CATEGORY)
    _refuse_apart([frozenset(one.ids) for one in _of(conditions, ConditionKind.BRAND)], ConditionKind.BRAND)
    prices = _of(conditions, ConditionKind.PRICE)
    floor = max((each.least_minor for each in prices if each.least_minor is not None), default=0)
    if any(each.most_minor is not None and each.most_minor < floor for each in prices):
        raise RuleContradicts(ConditionKind.PRICE)


def _of(conditions: Sequence[Condition], kind: ConditionKind) -> list[Condition]:
    return [each for each in conditions if each.kind is kind]


def _refuse_apart(sets: Sequence[frozenset[int]], about: ConditionKind) -> None:
    if sets and not frozenset.intersection(*sets):
        raise RuleContradicts(about)


def to_json(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is kept; what a condition does not say is left out."""
    return {"match": rule.match.value, "conditions": [_condition_to_json(each) for each in rule.conditions]}


def _condition_to_json(each: Condition) -> dict[str, Any]:
    said = {
        "ids": list(each.ids), "attribute_id": each.attribute_id, "least_minor": each.least_minor, "most_minor": each.most_minor,
        "days": each.days, "text": each.text,
    }  # fmt: skip
    return {"kind": each.kind.value} | {name: value for name, value in said.items() if value not in (None, [], "")}


def of_json(kept: Mapping[str, Any]) -> Rule:
    """Return the rule that was kept; the empty one where none was."""
    return Rule(
        match=Match(kept.get("match", Match.ALL.value)),
        conditions=tuple(
            Condition(
                kind=ConditionKind(each["kind"]), ids=tuple(each.get("ids", ())), least_minor=each.get("least_minor"),
                attribute_id=None if each.get("attribute_id") is None else AttributeId(each["attribute_id"]),
                most_minor=each.get("most_minor"), days=each.get("days"), text=each.get("text", ""),
            )
            for each in kept.get("conditions", ())
        ),
    )  # fmt: skip
