"""Frames into PostgreSQL: every value arrives as it left."""

from datetime import UTC, datetime

import polars as pl
import pytest
from django.db import connection, transaction

from shopkeeper.kit import bulk
from shopkeeper.kit.refusals import Malformed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)


def test_every_value_arrives_as_it_left() -> None:
    texts = ["plain", "", None, 'quo"te, comma\nand line', "茶 🫖", "\\N", "NULL"]
    frame = pl.DataFrame(
        {
            "t": texts,
            "n": [1, None, -3, 2**53 + 1, 0, 9, 9],
            "b": [True, False, None, True, True, True, True],
            "f": [0.1, None, -1e300, 1.0, 2.0, 3.0, 4.0],
            "m": [NOON, None, *[NOON] * 5],
        }
    )

    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_test", frame)
        cursor.execute("SELECT t, n, b, f, m FROM intake_test")
        rows = cursor.fetchall()

    assert rows == frame.rows()


def test_a_staged_table_can_be_staged_again_and_ends_with_the_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        bulk.stage(cursor, "intake_test", pl.DataFrame({"n": [1, 2]}))
        bulk.stage(cursor, "intake_test", pl.DataFrame({"n": [3]}))
        cursor.execute("SELECT n FROM intake_test")
        assert cursor.fetchall() == [(3,)]


def test_an_empty_frame_is_fine() -> None:
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_test", pl.DataFrame(schema={"n": pl.Int64, "t": pl.String}))
        cursor.execute("SELECT count(*) FROM intake_test")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("frame", "needed", "field"),
    [
        (pl.DataFrame({"a": [1]}), ("b",), "b"),
        (pl.DataFrame({"a": [1, None]}), ("a",), "a"),
        (pl.DataFrame({"a": ["nul\x00"]}), (), "a"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_column(frame: pl.DataFrame, needed: tuple[str, ...], field: str) -> None:
    with pytest.raises(Malformed) as refusal:
        bulk.refuse_missing(frame, *needed)

    assert refusal.value.field == field


def test_a_column_of_another_kind_is_refused() -> None:
    with connection.cursor() as cursor, pytest.raises(Malformed) as refusal:
        bulk.stage(cursor, "intake_test", pl.DataFrame({"a": [[1, 2]]}))

    assert refusal.value.field == "a"
