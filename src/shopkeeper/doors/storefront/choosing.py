"""Choosing among the options of a product: what each answer comes to, what was sent, and measures by size as pages show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopkeeper.flows.browse import Choice, Shown
from shopkeeper.kit.ids import OptionValueId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, Variant
from shopkeeper.selling.catalog.shapes_options import MOST_OPTIONS, NotMade, Option, SizeTable

NAMES = tuple(f"opt{slot}" for slot in range(1, MOST_OPTIONS + 1))
"""What the answers are called in a form and in an address, by the option's slot."""

State = Literal["there", "gone", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One value of an option: `state` is what would come of it with the other options as they are (gone: sold out; none: not made)."""

    id: OptionValueId
    name: Bilingual
    swatch: str
    is_chosen: bool
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An option with its answers; `field` is its name in the form."""

    field: str
    name: Bilingual
    answers: tuple[Answer, ...]

    @property
    def chosen(self) -> Answer | None:
        return next((each for each in self.answers if each.is_chosen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """All options of a product as they are answered now: `choice` is the variant that stands for it, None where there is none."""

    questions: tuple[Question, ...]
    choice: Choice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """A size table as pages show it: each cell with what it says in inches, empty where that is the same. `has_inches`: any does."""

    table: SizeTable
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    has_inches: bool


def picker(shown: Shown, asked: Callable[[str], str]) -> Picker | None:
    """Return a product's options as an address or a form answers them (`asked` by the field's name); None where it has none.

    Without an answer those of the variant asked for hold, else those of the first one that can be bought.
    """
    options = shown.extras.options
    if not options or not shown.choices:
        return None
    begun = _begun(shown.choices, asked("variant"))
    chosen = [_chosen(each, asked(f"opt{each.slot}"), begun) for each in options]
    by_values = {frozenset(each.variant.value_ids): each for each in shown.choices}
    return Picker(
        questions=tuple(
            Question(
                field=f"opt{option.slot}",
                name=option.name,
                answers=tuple(
                    Answer(
                        id=value.id,
                        name=value.name,
                        swatch=value.swatch,
                        is_chosen=value.id == chosen[place],
                        state=_state(by_values.get(frozenset([*chosen[:place], value.id, *chosen[place + 1 :]]))),
                    )
                    for value in option.values
                ),
            )
            for place, option in enumerate(options)
        ),
        choice=by_values.get(frozenset(chosen)),
    )


def _begun(choices: Sequence[Choice], variant: str) -> Choice:
    known = {str(each.variant.id): each for each in choices}
    return known.get(variant) or next((each for each in choices if each.can_be_bought), choices[0])


def _chosen(option: Option, asked: str, begun: Choice) -> OptionValueId:
    own = {str(each.id): each.id for each in option.values}
    return own.get(asked) or next((each.id for each in option.values if each.id in begun.variant.value_ids), option.values[0].id)


def _state(choice: Choice | None) -> State:
    if choice is None:
        return "none"
    return "there" if choice.can_be_bought else "gone"


def sent(form: Mapping[str, str]) -> list[str]:
    """Return the answers a form was sent with, empty where it asked no options."""
    return [form[name] for name in NAMES if name in form]


def variant_of(product: Product, answers: Sequence[str]) -> Variant:
    """Return the variant on sale that stands for these answers. Raises NotMade."""
    wanted = set(answers)
    for each in product.variants:
        if each.is_sellable and each.value_ids and {str(value) for value in each.value_ids} == wanted:
            return each
    raise NotMade("No variant stands for these answers", field="variant", value=", ".join(answers)[:40])


def sizes(table: SizeTable | None) -> Sizes | None:
    """Return a size table with its centimetres told in inches too; None where there is none."""
    if table is None:
        return None
    units = [each.unit for each in table.columns]
    rows = tuple(
        (row.size, tuple((cell, catalog.inches(cell) if unit == "cm" else "") for cell, unit in zip(row.cells, units, strict=True)))
        for row in table.rows
    )
    return Sizes(table=table, rows=rows, has_inches="cm" in units)
