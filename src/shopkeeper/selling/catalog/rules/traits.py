"""What the catalogue takes of attributes and of what they say: forms of codes and colours, how much of each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import BRAND, Attribute, ChoiceDraft, CodeTaken, Narrowing, TraitDraft, TraitKind

MOST_CHOICES = 200
MOST_WANTED = 40
"""Answers a shopper may ask for at once; more is nobody's wish."""
TEXT = 500
UNIT = 20
MOST_NUMBER = Decimal("9999999999.9999")
PLACES = Decimal("0.0001")

RESERVED = frozenset({BRAND, "sort", "page", "size", "variant", "q", "price", "stock", "category", "lang"})
"""Words an address uses for something else: a shelf narrowed down by an attribute carries its code."""

_SWATCH = re.compile(r"#[0-9a-f]{6}")


def code(value: str) -> str:
    """Return an attribute's code: small letters, digits and hyphens. Raises Malformed, OutOfRange; CodeTaken for a word addresses use."""
    tidy = checks.slug(value, field="code", most=40)
    if tidy in RESERVED:
        raise CodeTaken(tidy)
    return tidy


def tidy_choices(kind: TraitKind, drafts: Sequence[ChoiceDraft]) -> list[ChoiceDraft]:
    """Return the answers of an attribute with tidy texts. Raises Malformed, OutOfRange; CodeTaken where two share a code.

    A choice needs one answer at least, a number or a text has none.
    """
    least, most = (1, MOST_CHOICES) if kind is TraitKind.CHOICE else (0, 0)
    if not least <= len(drafts) <= most:
        raise OutOfRange("choices", len(drafts), least=least, most=most)
    tidy = [_tidy_choice(draft) for draft in drafts]
    named = [draft.id for draft in drafts if draft.id is not None]
    if len(set(named)) < len(named):
        raise Malformed("choices", str(next(each for each in named if named.count(each) > 1)), expected="choice_once")
    seen: set[str] = set()
    for draft in tidy:
        if draft.code in seen:
            raise CodeTaken(draft.code)
        seen.add(draft.code)
    return tidy


def _tidy_choice(draft: ChoiceDraft) -> ChoiceDraft:
    swatch = draft.swatch.strip().lower()
    if swatch and not _SWATCH.fullmatch(swatch):
        raise Malformed("swatch", checks.shown(draft.swatch), expected="colour")
    return replace(
        draft,
        code=checks.slug(draft.code, field="code", most=40),
        name=checks.both_lines(draft.name, field="name", least=1, most=limits.NAME),
        swatch=swatch,
    )


def tidy_traits(drafts: Sequence[TraitDraft], known: Mapping[int, Attribute]) -> list[TraitDraft]:
    """Return what is said of a product, checked against its attributes; what says nothing is left out.

    Raises NotFound (an attribute or an answer that is not one of its own), Malformed (said in another kind), OutOfRange.
    """
    return [tidy for draft in drafts if (tidy := _tidy_trait(draft, known)) is not None]


def _tidy_trait(draft: TraitDraft, known: Mapping[int, Attribute]) -> TraitDraft | None:
    attribute = known.get(draft.attribute_id)
    if attribute is None:
        raise NotFound("attribute", draft.attribute_id)
    said = {
        TraitKind.CHOICE: bool(draft.choice_ids),
        TraitKind.NUMBER: draft.number is not None,
        TraitKind.TEXT: bool(draft.text.en.strip() or draft.text.zh.strip()),
    }
    for kind, is_said in said.items():
        if is_said and kind is not attribute.kind:
            raise Malformed("trait", attribute.code, expected=f"trait_{attribute.kind.value}")
    if not said[attribute.kind]:
        return None
    return replace(
        draft,
        choice_ids=tuple(sorted(set(draft.choice_ids))) if _are_known(draft, attribute) else (),
        number=None if draft.number is None else _number(draft.number),
        text=checks.both_lines(draft.text, field="trait", most=TEXT) if said[TraitKind.TEXT] else Bilingual(),
    )


def _are_known(draft: TraitDraft, attribute: Attribute) -> bool:
    own = {each.id for each in attribute.choices}
    for each in draft.choice_ids:
        if each not in own:
            raise NotFound("choice", each)
    return True


def _number(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > MOST_NUMBER:
        raise OutOfRange("trait", value if value.is_finite() else str(value), least=-MOST_NUMBER, most=MOST_NUMBER)
    return value.quantize(PLACES).normalize()


def narrowing(asked: Mapping[str, Sequence[str]], attributes: Sequence[Attribute], brands: Sequence[str]) -> Narrowing:
    """Return what an address asks of a shelf, of the questions and answers there are; anything else in it is passed over.

    An old link keeps working when an answer went: it asks for less.
    """
    known = {each.code: {choice.code for choice in each.choices} for each in attributes if each.is_filter} | {BRAND: set(brands)}
    found = {
        name: tuple(sorted({answer for answer in answers if answer in known[name]})) for name, answers in asked.items() if name in known
    }
    wanted = tuple(sorted((name, answers) for name, answers in found.items() if answers))
    return Narrowing(wanted if sum(len(answers) for _, answers in wanted) <= MOST_WANTED else ())
