"""Options, size tables and goods beside a product, as the door shows them; and options as staff send them, for good or in a draft."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from django.utils.translation import gettext_noop
from ninja import Field, Schema

from shopkeeper.doors.api.values import Both, LineNumber, Name, Sent, Text, Words, bilingual, both
from shopkeeper.kit import checks
from shopkeeper.kit.ids import OptionId, OptionValueId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Attribute
from shopkeeper.selling.catalog.shapes_options import (
    MOST_VALUES,
    Option,
    OptionDraft,
    OptionValue,
    OptionValueDraft,
    SizeTable,
)

T = TypeVar("T", Option, OptionValue)


class OptionValueOut(Schema):
    __doc__ = gettext_noop("One answer to an option. `code` is that of the attribute’s choice it stands for, else null.")

    id: int
    code: str | None
    name: Both
    swatch: str | None


class OptionOut(Schema):
    __doc__ = gettext_noop("What shoppers choose by. A variant names the `id` of one value of each option; `attribute` is a code or null.")

    name: Both
    attribute: str | None
    values: list[OptionValueOut]


class SizeColumnOut(Schema):
    __doc__ = gettext_noop("A measure. Under a `unit` stand numbers or spans, like “86–90”.")

    name: Both
    unit: str | None


class SizeRowOut(Schema):
    __doc__ = gettext_noop("A size, and one cell for each column; an empty one says nothing.")

    size: str
    cells: list[str]


class SizeTableOut(Schema):
    __doc__ = gettext_noop("Measures by size: a product’s own table, else that of its shelf.")

    name: Both
    note: Both
    columns: list[SizeColumnOut]
    rows: list[SizeRowOut]


def option_out(option: Option, codes: dict[int, str]) -> OptionOut:
    """Return an option as this door shows it; `codes` are those of the attributes by id."""
    return OptionOut(
        name=both(option.name),
        attribute=codes.get(option.attribute_id) if option.attribute_id else None,
        values=[
            OptionValueOut(id=each.id, code=each.code or None, name=both(each.name), swatch=each.swatch or None) for each in option.values
        ],
    )


def codes_of(attributes: tuple[Attribute, ...]) -> dict[int, str]:
    """Return the codes of attributes by id."""
    return {each.id: each.code for each in attributes}


def size_table_out(table: SizeTable | None) -> SizeTableOut | None:
    """Return a size table as this door shows it."""
    if table is None:
        return None
    return SizeTableOut(
        name=both(table.name),
        note=both(table.note),
        columns=[SizeColumnOut(name=both(each.name), unit=each.unit or None) for each in table.columns],
        rows=[SizeRowOut(size=each.size, cells=list(each.cells)) for each in table.rows],
    )


# ── as staff send them ────────────────────────────────────────────────────────────────────────────────────────────────


class OptionAnswer(Sent):
    __doc__ = gettext_noop(
        "An answer to an option. `choice` is the code of the attribute’s answer it stands for and is called by, else null. Without `id` it "
        "is new, or the live option’s answer of that name."
    )

    id: LineNumber | None = None
    name: Words = Words()
    swatch: Text = ""
    choice: Name | None = None


class ProductOption(Sent):
    __doc__ = gettext_noop(
        "What shoppers choose by. `attribute` is the code of the attribute it stands for, else null. Without `id` it is new, or the live "
        "product’s option of that name. Values that are left out go."
    )

    id: LineNumber | None = None
    name: Words = Words()
    attribute: Name | None = None
    values: Annotated[list[OptionAnswer], Field(max_length=MOST_VALUES)]


def option_drafts(
    sent: Sequence[ProductOption], *, attributes: Mapping[str, Attribute], present: Sequence[Option] = ()
) -> list[OptionDraft]:
    """Return options as they were sent; `present` are those that may be meant by their names.

    Raises NotFound for an attribute or an answer of it that is not there.
    """
    return [_draft(each, present, attributes) for each in sent]


def _draft(sent: ProductOption, present: Sequence[Option], attributes: Mapping[str, Attribute]) -> OptionDraft:
    if sent.attribute is not None and sent.attribute not in attributes:
        raise NotFound("attribute", checks.shown(sent.attribute))
    attribute = attributes[sent.attribute] if sent.attribute is not None else None
    name = bilingual(sent.name)
    if attribute is not None and not (name.en or name.zh):
        name = attribute.name
    known = _found(sent.id, name, present)
    number = sent.id if sent.id is not None or known is None else known.id
    return OptionDraft(
        id=None if number is None else OptionId(number), name=name, attribute_id=attribute.id if attribute else None,
        values=tuple(_value(each, known, attribute) for each in sent.values),
    )  # fmt: skip


def _value(sent: OptionAnswer, option: Option | None, attribute: Attribute | None) -> OptionValueDraft:
    name, swatch, choice_id = bilingual(sent.name), sent.swatch.strip(), None
    if sent.choice is not None:
        answer = next((each for each in attribute.choices if each.code == sent.choice), None) if attribute else None
        if answer is None:
            raise NotFound("choice", checks.shown(sent.choice))
        name, swatch, choice_id = answer.name, answer.swatch, answer.id
    known = _found(sent.id, name, option.values if option else ())
    number = sent.id if sent.id is not None or known is None else known.id
    return OptionValueDraft(id=None if number is None else OptionValueId(number), name=name, swatch=swatch, choice_id=choice_id)


def _found(number: int | None, name: Bilingual, present: Sequence[T]) -> T | None:
    """Return what is meant: by its number, else what is called so already; None where it is new."""
    if number is not None:
        return next((each for each in present if each.id == number), None)
    return next((each for each in present if each.name == name), None)
