"""Options of a product: what staff may write, for which values each variant stands, which combinations are missing and how to call them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product as every
from math import prod

from shopkeeper.kit import checks
from shopkeeper.kit.ids import AttributeId, OptionValueId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.shapes import Attribute, TraitKind, Variant
from shopkeeper.selling.catalog.shapes_options import (
    MOST_COMBINATIONS,
    MOST_OPTIONS,
    MOST_VALUES,
    CombinationTaken,
    CombinationUnclear,
    NameTwice,
    NewVariant,
    Option,
    OptionDraft,
    OptionIsUsed,
    OptionValueDraft,
    TooManyCombinations,
)

NAME = 60
BETWEEN = Bilingual(", ", "、")
SLOTS = range(1, MOST_OPTIONS + 1)

_SWATCH = re.compile(r"#[0-9a-f]{6}")
_PARTS = re.compile(r"\s*[,，、/;；·|]\s*")
_CODE = 10

Values = tuple[OptionValueId, ...]


# ── what staff write ──────────────────────────────────────────────────────────────────────────────────────────────────


def tidy(drafts: Sequence[OptionDraft], known: Mapping[AttributeId, Attribute]) -> list[OptionDraft]:
    """Return options as they will be kept, names filled in from their attributes.

    Raises OutOfRange (too many, or a combination with too long a name), NameTwice, NotFound (a stranger's attribute or choice), Malformed.
    """
    if len(drafts) > MOST_OPTIONS:
        raise OutOfRange("options", len(drafts), least=0, most=MOST_OPTIONS)
    found = [_tidy_option(each, known) for each in drafts]
    _refuse_twice([each.name for each in found], "options")
    attributes = [each.attribute_id for each in found if each.attribute_id is not None]
    for each in found:
        if each.attribute_id is not None and attributes.count(each.attribute_id) > 1:
            raise NameTwice(known[each.attribute_id].name.en, field="options")
    _refuse_long([[_called(value, option, known) for value in option.values] for option in found])
    return found


def _tidy_option(draft: OptionDraft, known: Mapping[AttributeId, Attribute]) -> OptionDraft:
    attribute = None
    if draft.attribute_id is not None:
        attribute = known.get(draft.attribute_id)
        if attribute is None or attribute.kind is not TraitKind.CHOICE:
            raise NotFound("attribute", draft.attribute_id)
    name = checks.both_lines(draft.name, field="option_name", most=NAME)
    if attribute is not None and not (name.en or name.zh):
        name = Bilingual(attribute.name.en[:NAME], attribute.name.zh[:NAME])
    if not (name.en or name.zh):
        raise OutOfRange("option_name_en", "", least=1, most=NAME)
    if not 1 <= len(draft.values) <= MOST_VALUES:
        raise OutOfRange("values", len(draft.values), least=1, most=MOST_VALUES)
    tidy_option = replace(draft, name=name, values=tuple(_tidy_value(each, attribute) for each in draft.values))
    chosen = [each.choice_id for each in tidy_option.values if each.choice_id is not None]
    if len(set(chosen)) < len(chosen):
        twice = next(each for each in tidy_option.values if each.choice_id is not None and chosen.count(each.choice_id) > 1)
        raise NameTwice(_called(twice, tidy_option, known).pick("en"), field="values")
    # Names of choices are the attribute's own affair.
    _refuse_twice([each.name for each in tidy_option.values], "values")
    return tidy_option


def _tidy_value(draft: OptionValueDraft, attribute: Attribute | None) -> OptionValueDraft:
    if draft.choice_id is not None:
        if attribute is None or draft.choice_id not in {each.id for each in attribute.choices}:
            raise NotFound("choice", draft.choice_id)
        return replace(draft, name=Bilingual(), swatch="")
    swatch = draft.swatch.strip().lower()
    if swatch and not _SWATCH.fullmatch(swatch):
        raise Malformed("swatch", checks.shown(draft.swatch), expected="colour")
    return replace(draft, name=checks.both_lines(draft.name, field="value_name", least=1, most=NAME), swatch=swatch)


def _called(draft: OptionValueDraft, option: OptionDraft, known: Mapping[AttributeId, Attribute]) -> Bilingual:
    if draft.choice_id is None or option.attribute_id is None:
        return draft.name
    return next(each.name for each in known[option.attribute_id].choices if each.id == draft.choice_id)


def _refuse_twice(names: Sequence[Bilingual], field: str) -> None:
    for texts in ([each.en for each in names], [each.zh for each in names]):
        seen: set[str] = set()
        for text in filter(None, texts):
            if text.casefold() in seen:
                raise NameTwice(text, field=field)
            seen.add(text.casefold())


def _refuse_long(named: Sequence[Sequence[Bilingual]]) -> None:
    for language, between in (("en", BETWEEN.en), ("zh", BETWEEN.zh)):
        longest = between.join(max((each.pick(language) for each in names), key=len) for names in named)
        if len(longest) > limits.OPTION:
            raise OutOfRange("option", longest, least=1, most=limits.OPTION)


# ── for which values a variant stands ─────────────────────────────────────────────────────────────────────────────────


def of_option(option: Option, values: Iterable[OptionValueId]) -> OptionValueId | None:
    """Return which of these values answers an option, None where none does."""
    own = {each.id for each in option.values}
    return next((each for each in values if each in own), None)


def is_whole(options: Sequence[Option], values: Sequence[OptionValueId]) -> bool:
    """Return whether these are one value of each option and nothing else."""
    return len(values) == len(options) and all(of_option(each, values) is not None for each in options)


def called(options: Sequence[Option], values: Iterable[OptionValueId]) -> Bilingual:
    """Return what stands for these values, in the order of the options: “Red, Large”, “红色、大号”. As catalog_compose_options does."""
    held = set(values)
    names = [value.name for option in options for value in option.values if value.id in held]
    return Bilingual(BETWEEN.en.join(each.pick("en") for each in names), BETWEEN.zh.join(each.pick("zh") for each in names))


def assign(before: Sequence[Option], after: Sequence[Option], variants: Sequence[Variant]) -> dict[VariantId, Values]:
    """Return for which values each variant stands once a product's options are no longer those `before`; empty: for none.

    A new option is answered by its first value; where there were no options, by the values a variant's own words name, or by the first ones
    where only one variant is on sale. A variant off sale whose values went stands for none. Raises OptionIsUsed, CombinationUnclear,
    CombinationTaken where variants on sale could not be told apart.
    """
    if not after:
        return {each.id: () for each in variants}
    on_sale = [each for each in variants if each.is_sellable]
    found: dict[VariantId, Values] = {}
    holders: dict[Values, Variant] = {}
    for each in sorted(variants, key=lambda variant: not variant.is_sellable):
        values = _answer(each, before, after, is_only=on_sale == [each])
        if each.is_sellable and not values:
            raise CombinationUnclear(each.sku, each.option.en or each.option.zh)
        if values and values in holders:
            if each.is_sellable:
                raise _same(before, after, [holders[values].sku, each.sku])
            values = ()
        found[each.id] = values
        if values:
            holders[values] = each
    return found


def _answer(variant: Variant, before: Sequence[Option], after: Sequence[Option], *, is_only: bool) -> Values:
    former = {each.id: of_option(each, variant.value_ids) for each in before}
    if variant.value_ids:
        answers = [former[each.id] if each.id in former else each.values[0].id for each in after]
        kept = {value.id for option in after for value in option.values}
        return tuple(each for each in answers if each is not None and each in kept) if set(answers) <= kept else ()
    if not variant.is_sellable:
        return ()
    named = _named(variant.option, after)
    return named or (tuple(each.values[0].id for each in after) if is_only else ())


def _named(text: Bilingual, options: Sequence[Option]) -> Values:
    words = {part.casefold() for language in (text.en, text.zh) for part in (*_PARTS.split(language), language.strip()) if part}
    found: list[OptionValueId] = []
    for option in options:
        fitting = [each.id for each in option.values if {each.name.en.casefold(), each.name.zh.casefold()} & words]
        if len(fitting) != 1:
            return ()
        found += fitting
    return tuple(found)


def _same(before: Sequence[Option], after: Sequence[Option], skus: Sequence[str]) -> OptionIsUsed | CombinationTaken:
    stays = {each.id for each in after}
    gone = next((each for each in before if each.id not in stays), None)
    return OptionIsUsed(gone.name.en or gone.name.zh, skus) if gone else CombinationTaken(skus[1], skus[0])


# ── combinations nobody stands for yet ────────────────────────────────────────────────────────────────────────────────


def missing(options: Sequence[Option], variants: Sequence[Variant], *, slug: str) -> list[NewVariant]:
    """Return the combinations for which no variant stands, on sale or off, each with a SKU made from its values.

    Raises TooManyCombinations where a product cannot have that many variants.
    """
    if not options:
        return []
    count = prod(len(each.values) for each in options)
    if count > MOST_COMBINATIONS:
        raise TooManyCombinations(count)
    held = {frozenset(each.value_ids) for each in variants}
    parts = {value_id: part for each in options for value_id, part in _parts(each).items()}
    begin = _begin(variants, parts, slug)
    weight = variants[0].weight_g if variants else 0
    return [
        NewVariant(value_ids=values, sku=_sku(begin, [parts[each] for each in values]), option=called(options, values), weight_g=weight)
        for values in every(*([value.id for value in each.values] for each in options))
        if frozenset(values) not in held
    ]


def numbered(skus: Iterable[str]) -> list[str]:
    """Return each SKU with the ones that take its place where it is taken: “TEE-RED”, “TEE-RED-2”, …"""
    return [each for sku in skus for each in _numbered(sku)]


def _numbered(sku: str) -> list[str]:
    return [sku, *(sku[: limits.SKU - 2] + f"-{number}" for number in range(2, 10))]


def untaken(proposed: Sequence[NewVariant], taken: Iterable[str]) -> list[NewVariant]:
    """Return proposals whose SKUs are neither taken nor proposed twice, capitals and small letters the same."""
    used = {each.upper() for each in taken}
    found = []
    for each in proposed:
        sku = next((sku for sku in _numbered(each.sku) if sku.upper() not in used), each.sku)
        used.add(sku.upper())
        found.append(replace(each, sku=sku))
    return found


def _parts(option: Option) -> dict[OptionValueId, str]:
    found: dict[OptionValueId, str] = {}
    for number, each in enumerate(option.values, 1):
        part = _letters(each.code) or _letters(each.name.en) or str(number)
        found[each.id] = part if part not in found.values() else f"{part[: _CODE - 3]}{number}"
    return found


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "", plain.upper())[:_CODE]


def _begin(variants: Sequence[Variant], parts: Mapping[OptionValueId, str], slug: str) -> str:
    if len(variants) == 1 and not variants[0].value_ids:
        return variants[0].sku
    for each in variants:
        ending = "-" + "-".join(parts[value] for value in each.value_ids if value in parts)
        if each.value_ids and each.sku.upper().endswith(ending) and len(each.sku) > len(ending):
            return each.sku[: -len(ending)]
    return variants[0].sku if len(variants) == 1 else slug.upper()


def _sku(begin: str, parts: Sequence[str]) -> str:
    ending = "-" + "-".join(parts)
    return begin[: limits.SKU - len(ending)].rstrip("-") + ending
