"""Versions of a product: how one is written down, when two say the same, and what one says otherwise than another."""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, ChoiceId, OptionId, OptionValueId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import TraitDraft
from shopkeeper.selling.catalog.shapes_drafts import Difference, Names, Piece, Version, VersionVariant
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft

FORM = 1
"""The form in which versions are written down now. A later form keeps reading this one."""

WORDS = frozenset({"name_en", "name_zh", "text_en", "text_zh"})
"""The fields of which each word is compared."""

_TOKENS = re.compile(r"[A-Za-z0-9À-ɏ'’_-]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^.!?。！？；\n]*[.!?。！？；\n]+|[^.!?。！？；\n]+")
MOST_TOKENS = 3_000
"""Texts of more words together are compared by the sentence: looking for the best fit grows with their product."""

MANY_MARKS = 0.9
"""From this share of changed words on, a text was written anew: old and new stand one after the other."""


# ── written down and read ─────────────────────────────────────────────────────────────────────────────────────────────


def written(version: Version) -> dict[str, Any]:
    """Return a version as plain values, in the order they are kept."""
    return {
        "form": FORM,
        "slug": version.slug,
        "name": _pair(version.name),
        "text": _pair(version.text),
        "category_id": version.category_id,
        "brand_id": version.brand_id,
        "photo_url": version.photo_url,
        "options": [_option(each) for each in version.options],
        "variants": [_variant(each) for each in version.variants],
        "traits": [_trait(each) for each in sorted(version.traits, key=lambda each: each.attribute_id)],
    }


def read(kept: Mapping[str, Any]) -> Version:
    """Return the version that was written down."""
    return Version(
        slug=kept["slug"],
        name=Bilingual(*kept["name"]),
        text=Bilingual(*kept["text"]),
        category_id=None if kept["category_id"] is None else CategoryId(kept["category_id"]),
        brand_id=None if kept["brand_id"] is None else BrandId(kept["brand_id"]),
        photo_url=kept["photo_url"],
        options=tuple(_read_option(each) for each in kept["options"]),
        variants=tuple(_read_variant(each) for each in kept["variants"]),
        traits=tuple(_read_trait(each) for each in kept["traits"]),
    )


def mark(version: Version) -> str:
    """Return a version's fingerprint: two that would put the same before shoppers have the same.

    What only follows from something else is left out: what an attribute's choice is called, and what a variant is called by its answers.
    """
    plain = replace(
        version,
        options=tuple(
            replace(
                option,
                values=tuple(each if each.choice_id is None else replace(each, name=Bilingual(), swatch="") for each in option.values),
            )
            for option in version.options
        ),
        variants=tuple(replace(each, option=Bilingual()) if version.options else each for each in version.variants),
    )
    text = json.dumps(written(plain), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def at_home(version: Version, live: Version) -> Version:
    """Return an older version as a draft for today: options and answers that went since are new ones again, variants keep theirs."""
    known = {each.id for each in live.options}
    answers = {(option.id, value.id) for option in live.options for value in option.values}
    options = tuple(
        replace(
            option,
            id=option.id if option.id in known else None,
            values=tuple(replace(each, id=each.id if (option.id, each.id) in answers else None) for each in option.values),
        )
        for option in version.options
    )
    return replace(version, options=options)


def _pair(text: Bilingual) -> list[str]:
    return [text.en, text.zh]


def _option(option: OptionDraft) -> dict[str, Any]:
    values = [{"id": each.id, "name": _pair(each.name), "swatch": each.swatch, "choice_id": each.choice_id} for each in option.values]
    return {"id": option.id, "name": _pair(option.name), "attribute_id": option.attribute_id, "values": values}


def _read_option(kept: Mapping[str, Any]) -> OptionDraft:
    return OptionDraft(
        id=_id(OptionId, kept["id"]),
        name=Bilingual(*kept["name"]),
        attribute_id=_id(AttributeId, kept["attribute_id"]),
        values=tuple(
            OptionValueDraft(
                id=_id(OptionValueId, each["id"]),
                name=Bilingual(*each["name"]),
                swatch=each["swatch"],
                choice_id=_id(ChoiceId, each["choice_id"]),
            )
            for each in kept["values"]
        ),
    )


def _variant(variant: VersionVariant) -> dict[str, Any]:
    return {
        "id": variant.id, "sku": variant.sku, "option": _pair(variant.option), "weight_g": variant.weight_g,
        "is_sellable": variant.is_sellable, "stands": [list(each) for each in sorted(variant.stands)],
    }  # fmt: skip


def _read_variant(kept: Mapping[str, Any]) -> VersionVariant:
    return VersionVariant(
        id=_id(VariantId, kept["id"]),
        sku=kept["sku"],
        option=Bilingual(*kept["option"]),
        weight_g=kept["weight_g"],
        is_sellable=kept["is_sellable"],
        stands=tuple((option, value) for option, value in kept["stands"]),
    )


def _trait(trait: TraitDraft) -> dict[str, Any]:
    number = None if trait.number is None else f"{trait.number.normalize():f}"
    choices = sorted(trait.choice_ids)
    return {"attribute_id": trait.attribute_id, "choice_ids": choices, "number": number, "text": _pair(trait.text)}


def _read_trait(kept: Mapping[str, Any]) -> TraitDraft:
    return TraitDraft(
        attribute_id=AttributeId(kept["attribute_id"]),
        choice_ids=tuple(ChoiceId(each) for each in kept["choice_ids"]),
        number=None if kept["number"] is None else Decimal(kept["number"]),
        text=Bilingual(*kept["text"]),
    )


def _id(kind: Any, value: int | None) -> Any:
    return None if value is None else kind(value)


# ── compared ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def compare(before: Version, after: Version, *, names: Names, language: str) -> tuple[Difference, ...]:
    """Return what the later version says otherwise, field by field, in the order of a product's form; texts with their changed words."""
    was, says = _lines(before, names, language), _lines(after, names, language)
    found = [
        Difference(field=name, about=about, before=was.get((name, about)), after=says.get((name, about)), pieces=_pieces(name, was, says))
        for name, about in [*says, *(each for each in was if each not in says)]
        if was.get((name, about)) != says.get((name, about))
    ]
    found.sort(key=lambda each: _ORDER.index(each.field))
    return (*found, *_variants(before, after, names, language))


_ORDER = ("name_en", "name_zh", "slug", "category", "brand", "text_en", "text_zh", "photo_url", "trait", "option")
Lines = Mapping[tuple[str, str], str]
"""What a version says by field, and by the attribute or option it is about: empty where it is the product's own."""


def _lines(version: Version, names: Names, language: str) -> dict[tuple[str, str], str]:
    said: dict[tuple[str, str], str] = {
        ("name_en", ""): version.name.en,
        ("name_zh", ""): version.name.zh,
        ("slug", ""): version.slug,
        ("category", ""): _called(names.categories, version.category_id),
        ("brand", ""): _called(names.brands, version.brand_id),
        ("text_en", ""): version.text.en,
        ("text_zh", ""): version.text.zh,
        ("photo_url", ""): version.photo_url,
    }
    for trait in version.traits:
        said["trait", _called(names.attributes, trait.attribute_id)] = _answer(trait, names)
    for option in version.options:
        said["option", option.name.pick(language)] = " · ".join(_swatched(each, names, language) for each in option.values)
    return said


def _pieces(name: str, was: Lines, says: Lines) -> tuple[Piece, ...]:
    return words(was.get((name, ""), ""), says.get((name, ""), "")) if name in WORDS else ()


def _variants(before: Version, after: Version, names: Names, language: str) -> list[Difference]:
    was, says = _keyed(before), _keyed(after, like=before)
    found: list[Difference] = []
    for key, new in says.items():
        old = was.get(key)
        if old is None:
            found.append(Difference(field="variant", about=new.sku, before=None, after=_stands_for(new, after.options, names, language)))
            continue
        # A variant that has another SKU now is the same one: it is called as it was before.
        told, tells = _told(old, before, names, language), _told(new, after, names, language)
        found += [Difference(field=name, about=old.sku, before=told[name], after=tells[name]) for name in told if told[name] != tells[name]]
    for key, old in was.items():
        if key not in says:
            found.append(Difference(field="variant", about=old.sku, before=_stands_for(old, before.options, names, language), after=None))
    return found + _order(was, says)


def _keyed(version: Version, like: Version | None = None) -> dict[int | str, VersionVariant]:
    skus = {each.sku.upper(): each.id for each in like.variants if each.id is not None} if like else {}
    return {each.id or skus.get(each.sku.upper()) or each.sku.upper(): each for each in version.variants}


def _told(variant: VersionVariant, version: Version, names: Names, language: str) -> dict[str, str]:
    return {
        "sku": variant.sku,
        "choice": _stands_for(variant, version.options, names, language),
        "weight_g": str(variant.weight_g),
        "is_sellable": "yes" if variant.is_sellable else "no",
    }


def _order(was: Mapping[int | str, VersionVariant], says: Mapping[int | str, VersionVariant]) -> list[Difference]:
    old, new = [each for each in was if each in says], [each for each in says if each in was]
    if old == new:
        return []
    return [Difference(field="order", before=", ".join(was[each].sku for each in old), after=", ".join(says[each].sku for each in new))]


def _answer(trait: TraitDraft, names: Names) -> str:
    if trait.number is not None:
        return f"{trait.number.normalize():f}"
    if trait.choice_ids:
        return " · ".join(_called(names.choices, each) for each in sorted(trait.choice_ids))
    return " / ".join(filter(None, (trait.text.en, trait.text.zh)))


def _value(value: OptionValueDraft, names: Names, language: str) -> str:
    if value.choice_id is not None:
        return names.choices.get(value.choice_id) or value.name.pick(language) or f"#{value.choice_id}"
    return value.name.pick(language)


def _swatched(value: OptionValueDraft, names: Names, language: str) -> str:
    called = _value(value, names, language)
    return f"{called} ({value.swatch})" if value.swatch and value.choice_id is None else called


def _stands_for(variant: VersionVariant, options: Sequence[OptionDraft], names: Names, language: str) -> str:
    if not options:
        return variant.option.pick(language)
    return ", ".join(_value(options[option].values[value], names, language) for option, value in sorted(variant.stands))


def _called(names: Mapping[int, str], number: int | None) -> str:
    return "" if number is None else names.get(number) or f"#{number}"


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Return a text as runs of words that stayed, went and came; Chinese by the sign. Joined without “out”, it is the later text."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(old) + len(new) > MOST_TOKENS:
        old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[start:end])))
            continue
        found += [Piece("out", "".join(old[start:end]))] * (end > start) + [Piece("in", "".join(new[begin:stop]))] * (stop > begin)
    return tuple(found) if matcher.ratio() > 1 - MANY_MARKS else _anew(before, after)


def _anew(before: str, after: str) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in (("out", before), ("in", after)) if text)


def places(options: Iterable[OptionDraft]) -> dict[OptionValueId, tuple[int, int]]:
    """Return where each answer that has an id stands in these options."""
    return {
        value.id: (place, number)
        for place, option in enumerate(options)
        for number, value in enumerate(option.values)
        if value.id is not None
    }
