"""Buyers of another system: the frame is checked as a whole before a row is written."""

from datetime import datetime

import polars as pl

from shopkeeper.kit.checks import COUNTRIES
from shopkeeper.kit.refusals import Malformed

COLUMNS = ("external_code", "country", "is_guest", "joined_at")
MOST_CODE = 80


def checked(frame: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """Return the four columns, sorted by code. Raises Malformed naming the column and the first value that is wrong."""
    for column in COLUMNS:
        if column not in frame.columns or frame[column].null_count():
            raise Malformed(column, None, expected="column")
    tidy = frame.select(COLUMNS).sort("external_code")
    _refuse(tidy, "external_code", tidy["external_code"].is_duplicated(), "unique_code")
    _refuse(tidy, "external_code", ~tidy["external_code"].str.len_chars().is_between(1, MOST_CODE), "code")
    _refuse(tidy, "country", ~tidy["country"].is_in(["", *sorted(COUNTRIES)]), "country")
    _refuse(tidy, "joined_at", tidy["joined_at"] > now, "past_moment")
    return tidy


def _refuse(frame: pl.DataFrame, column: str, is_wrong: pl.Series, expected: str) -> None:
    wrong = frame.filter(is_wrong)
    if wrong.height:
        raise Malformed(column, wrong[column][0], expected=expected)
