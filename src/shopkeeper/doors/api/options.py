"""Options, size tables and goods beside a product, as the door shows them."""

from django.utils.translation import gettext_noop
from ninja import Schema

from shopkeeper.doors.api.values import Both, both
from shopkeeper.selling.catalog.shapes import Attribute
from shopkeeper.selling.catalog.shapes_options import Option, SizeTable


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
