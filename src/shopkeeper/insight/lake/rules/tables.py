"""Which tables the lake has: derived from the fact classes, so that a new fact needs no word here."""

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from shopkeeper.events.facts import Fact
from shopkeeper.insight.lake.shapes import Column, Table

COMMON = (Column("fact_id", "int"), Column("ts_us", "int"), Column("is_history", "bool"))
"""What every table begins with: the fact's id, when it happened in microseconds since 1970 (UTC), whether it was taken over as history."""

_COMMON_NAMES = {column.name for column in COMMON}

OTHER_NAMES: Mapping[str, str] = {
    "order_lines": "order_placed_lines",
    "refund_lines": "order_refunded_lines",
    "credit_note_lines": "credit_note_issued_lines",
    "shipment_lines": "order_shipped_lines",
}
"""Shorter names under which some tables can be queried too."""

_PLAIN = {int: "int", str: "str", bool: "bool"}


class NotForTheLake(TypeError):
    """A fact class has a field the lake cannot hold, or two fields that would share a column."""


@cache
def table_name(kind: str) -> str:
    """Return the table of a kind of fact: `order_placed` for OrderPlaced."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower()


def tables(kind: type[Fact]) -> tuple[Table, ...]:
    """Return the tables of one kind of fact: its own, then one for each field that holds lines.

    A table of lines repeats the fact's own columns beside each line's, so that a question about lines needs no join.
    Raises NotForTheLake.
    """
    own, nested = list(COMMON), {}
    for name, hint in _hints(kind).items():
        if line := _line_class(hint):
            nested[name] = [Column(field, _type(kind, field, its)) for field, its in _hints(line).items()]
        else:
            own.append(Column(f"its_{name}" if name in _COMMON_NAMES else name, _type(kind, name, hint)))
    name = table_name(kind.__name__)
    found = [Table(name, tuple(own)), *(Table(f"{name}_{field}", (*own, *columns)) for field, columns in nested.items())]
    for table in found:
        names = [column.name for column in table.columns]
        if twice := {name for name in names if names.count(name) > 1}:
            raise NotForTheLake(f"{table.name}: {', '.join(sorted(twice))} named twice")
    return tuple(found)


def nested_fields(kind: type[Fact]) -> tuple[str, ...]:
    """Return the fields of a kind of fact that hold lines, in the order of `tables`."""
    return tuple(name for name, hint in _hints(kind).items() if _line_class(hint))


def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _line_class(hint: Any) -> type | None:
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and len(parts) == 2 and parts[1] is Ellipsis and is_dataclass(parts[0]):
        return typing.cast(type, parts[0])
    return None


def _type(kind: type, field: str, hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        (hint,) = [part for part in typing.get_args(hint) if part is not types.NoneType] or [None]
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint == tuple[str, ...]:
        return "list"
    raise NotForTheLake(f"{kind.__name__}.{field} is {hint}; the lake holds int, str, bool, tuples of str and tuples of lines")
