"""What the catalogue says of goods, as search is told it: by ids, so that new names and codes change nothing of what is indexed."""

from collections.abc import Iterable, Mapping, Sequence

from shopkeeper.selling.catalog.shapes import BRAND, Attribute, Brand, Narrowing

_TRAIT = "trait-"


def held(answers: Iterable[tuple[int, int]]) -> dict[str, list[str]]:
    """Return what a product is narrowed down by: its brand, and the answers that hold for it, by question."""
    found: dict[str, list[str]] = {}
    for question, answer in answers:
        found.setdefault(f"{_TRAIT}{question}" if question else BRAND, []).append(str(answer))
    return found


def wanted(narrowing: Narrowing, attributes: Sequence[Attribute], brands: Sequence[Brand]) -> dict[str, list[str]]:
    """Return what a shopper wants as search is asked for it."""
    ids = {(BRAND, each.slug): str(each.id) for each in brands}
    ids |= {(each.code, choice.code): str(choice.id) for each in attributes for choice in each.choices}
    names = {each.code: f"{_TRAIT}{each.id}" for each in attributes} | {BRAND: BRAND}
    return {
        names[question]: [ids[question, answer] for answer in answers if (question, answer) in ids]
        for question, answers in narrowing.wanted
        if question in names
    }


def counts(values: Mapping[str, Mapping[str, int]]) -> dict[tuple[int, int], int]:
    """Return what search counted as the catalogue counts: by question (an attribute's id, 0 the brand) and answer."""
    found = {(0, int(answer)): goods for answer, goods in values.get(BRAND, {}).items()}
    for name, answers in values.items():
        if name.startswith(_TRAIT):
            found |= {(int(name.removeprefix(_TRAIT)), int(answer)): goods for answer, goods in answers.items()}
    return found
