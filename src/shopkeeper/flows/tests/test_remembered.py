"""What a builder remembers is what it made: the same rows, numbers that nobody else gets, and never over somebody else's rows."""

import pytest
from django.db import connection

from shopkeeper.flows.tests.builders import SmallShop, product, small_shop
from shopkeeper.kit.tests import remembered
from shopkeeper.selling.catalog import models as catalog

_TABLES = "SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY 1"


def rows() -> dict[str, list[str]]:
    """Return every row of every table as text."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


seen: dict[str, dict[str, list[str]]] = {}


@pytest.fixture
def kept(db: None) -> SmallShop:
    return small_shop()


@pytest.mark.parametrize("time", ["first", "again"])
def test_every_row_is_the_same_when_put_back(kept: SmallShop, time: str) -> None:
    found = rows()

    assert sum(map(len, found.values())) > 50
    assert seen.setdefault("rows", found) == found


def test_it_is_put_back_and_no_number_is_given_twice(kept: SmallShop) -> None:
    before = remembered.counts()
    assert before["put back"] > 0 or before["built"] > 0

    new = product("NEW")

    assert new not in kept.variants.values()
    assert kept.available("TEA") == 10
    assert kept.buy(TEA=2).lines[0].units == 2
    assert kept.available("TEA") == 8


def test_the_second_time_it_is_put_back(kept: SmallShop) -> None:
    with_kept = remembered.counts()["put back"]
    assert with_kept > 0


def test_over_rows_of_somebody_else_it_builds(db: None) -> None:
    product("OTHER")
    before = remembered.counts()

    made = small_shop()

    assert remembered.counts() == before
    assert catalog.Variant.objects.count() == 3
    assert made.available("CUP") == 5


def test_what_a_test_changes_in_the_answer_stays_with_it(kept: SmallShop) -> None:
    kept.variants.clear()


def test_the_answer_is_whole_again(kept: SmallShop) -> None:
    assert set(kept.variants) == {"TEA", "CUP"}
