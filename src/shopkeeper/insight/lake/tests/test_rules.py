"""Which tables the lake has, and which files it merges."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.events import public as events
from shopkeeper.events.facts import ConsentRecorded, Fact, OrderPlaced, PriceSet
from shopkeeper.insight.lake.rules.compaction import MANY, MOST_ROWS, Piece, merges
from shopkeeper.insight.lake.rules.tables import OTHER_NAMES, Column, NotForTheLake, table_name, tables
from shopkeeper.kit.time import to_microseconds

DAY_US = 86_400_000_000


def test_every_fact_has_its_tables_and_their_names_differ():
    names = [table.name for kind in events.kinds().values() for table in tables(kind)]

    assert len(names) == len(set(names)) >= len(events.kinds())
    assert set(OTHER_NAMES.values()) <= set(names)


def test_lines_become_a_table_that_repeats_the_facts_own_columns():
    order, lines = tables(OrderPlaced)

    assert (order.name, lines.name) == ("order_placed", "order_placed_lines")
    assert "lines" not in [column.name for column in order.columns]
    assert lines.columns[: len(order.columns)] == order.columns
    assert lines.columns[-1] == Column("tax_minor", "int")


def test_types_follow_the_annotations():
    (price,) = tables(PriceSet)
    (consent,) = tables(ConsentRecorded)

    assert Column("before_minor", "int") in price.columns
    assert Column("given", "list") in consent.columns
    assert price.columns[:3] == (Column("fact_id", "int"), Column("ts_us", "int"), Column("is_history", "bool"))


@pytest.mark.parametrize("hint", [float, dict[str, int], tuple[int, int]])
def test_a_field_the_lake_cannot_hold_is_named(hint):
    odd = dataclass(frozen=True)(type("Odd", (Fact,), {"__annotations__": {"weight": hint}}))

    with pytest.raises(NotForTheLake, match=r"Odd\.weight"):
        tables(odd)


def test_two_fields_that_would_share_a_column_are_named():
    item = dataclass(frozen=True)(type("Item", (), {"__annotations__": {"order_id": int}}))
    odd = dataclass(frozen=True)(type("Odd", (Fact,), {"__annotations__": {"order_id": int, "items": tuple[item, ...]}}))

    with pytest.raises(NotForTheLake, match=r"odd_items: order_id"):
        tables(odd)


def test_names_are_snake_case():
    assert [table_name(name) for name in ("OrderPlaced", "PaymentEventHeard")] == ["order_placed", "payment_event_heard"]


def piece(piece_id: int, day: date, *, table: str = "a", rows: int = 10) -> Piece:
    start = to_microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return Piece(piece_id, table, start, start + DAY_US - 1, rows)


def test_settled_days_of_a_month_become_one_file_and_a_running_day_waits_for_many():
    today = date(2026, 3, 10)
    old = [piece(n, date(2026, 2, n)) for n in range(1, 4)] + [piece(4, date(2026, 3, 7)), piece(5, date(2026, 1, 7))]
    running = [piece(10 + n, today) for n in range(MANY - 1)]

    assert [[p.id for p in group] for group in merges(old + running, today=today)] == [[1, 2, 3]]
    assert [[p.id for p in group] for group in merges([*running, piece(99, today)], today=today)] == [[*range(10, 17), 99]]


def test_tables_stay_apart_and_full_files_alone():
    today = date(2026, 3, 10)
    pieces = [piece(1, date(2026, 2, 1)), piece(2, date(2026, 2, 1), table="b"), piece(3, date(2026, 2, 2), rows=MOST_ROWS // 2)]

    assert merges(pieces, today=today) == []


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, MOST_ROWS)), max_size=40))
def test_no_merge_outgrows_memory_and_nothing_is_merged_twice(drawn):
    pieces = [piece(number, date(2026, 2, day), rows=rows) for number, (day, rows) in enumerate(drawn)]

    groups = merges(pieces, today=date(2026, 3, 10))

    merged = [p.id for group in groups for p in group]
    assert len(merged) == len(set(merged))
    assert all(sum(p.rows for p in group) <= MOST_ROWS and len(group) > 1 for group in groups)
