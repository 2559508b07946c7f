"""Rows about one product, done at once: it is saved with all its choices each time, so row by row would cost their square."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from django.db import transaction

from shopkeeper.flows.sheets.products import Products
from shopkeeper.flows.sheets.rows import Kind, Wish
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.imports.shapes import Line, LineState

T = TypeVar("T")


def at_once(kind: Kind, rows: Sequence[tuple[Line, Wish]], do: Callable[[Line, Wish], Line]) -> list[Line]:
    """Do every row and return what became of each: rows of one product at once, all others by themselves, in their order."""
    if not isinstance(kind, Products):
        return [do(line, wish) for line, wish in rows]
    done: list[Line] = []
    for group in _groups(rows, [kind.product_of(wish) for _line, wish in rows]):
        done += _whole_or_halves(kind, group, lambda pair: do(*pair), is_ready=lambda pair: kind.is_known(pair[1]))
    return done


def back_at_once(kind: Kind, lines: Sequence[Line], do: Callable[[Line], Line]) -> list[Line]:
    """Take every row back and return what became of each, as `at_once` does."""
    if not isinstance(kind, Products):
        return [do(line) for line in lines]
    done: list[Line] = []
    for group in _groups(lines, kind.products_of(lines)):
        done += _whole_or_halves(kind, group, do, is_ready=lambda _line: True)
    return done


def _groups(rows: Sequence[T], keys: Iterable[str]) -> list[list[T]]:
    """Return rows that share a key together, where the first of them stands; each without a key by itself."""
    found: dict[object, list[T]] = {}
    for place, (row, key) in enumerate(zip(rows, keys, strict=True)):
        found.setdefault(key or place, []).append(row)
    return list(found.values())


def _whole_or_halves(kind: Products, rows: Sequence[T], do: Callable[[T], Line], *, is_ready: Callable[[T], bool]) -> list[Line]:
    """Do rows of one product and save it once; where that is refused, each half by itself, so that only rows at fault are refused."""
    done: list[Line] = []
    # The product itself may be brought by the first of its rows.
    while len(rows) > 1 and not is_ready(rows[0]):
        done.append(do(rows[0]))
        rows = rows[1:]
    if len(rows) < 2:
        return [*done, *(do(row) for row in rows)]
    try:
        with transaction.atomic(), kind.gathering():
            gathered = [do(row) for row in rows]
    except Refusal:
        middle = len(rows) // 2
        halves = (rows[:middle], rows[middle:])
        return [*done, *(line for half in halves for line in _whole_or_halves(kind, half, do, is_ready=is_ready))]
    return [*done, *(_named(kind, line) for line in gathered)]


def _named(kind: Products, line: Line) -> Line:
    """Return a row with the id of the choice it brought, which nobody knew before its product was saved."""
    is_new = line.state is LineState.NEW and line.subject is None
    return replace(line, subject=kind.id_of_sku(str(line.changes["sku"][1]))) if is_new else line
