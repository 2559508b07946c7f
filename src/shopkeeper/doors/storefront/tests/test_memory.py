"""What a process remembers of the catalogue is bounded by bytes, whatever stands in it."""

from array import array

import pytest

from shopkeeper.doors.storefront import kept
from shopkeeper.doors.storefront.kept import MISSING, Memory, weigh
from shopkeeper.kit.text import Bilingual


def test_a_value_weighs_what_it_holds() -> None:
    assert weigh(array("q", range(10_000))) >= 80_000
    assert weigh(("x" * 5_000, Bilingual("y" * 5_000))) >= 10_000

    same = "z" * 5_000
    assert weigh([same] * 100) < 10_000


def test_the_longest_unasked_go_first_and_never_more_is_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 100_000)
    memory = Memory()

    for name in ("first", "second", "third"):
        memory.put(name, 1, "x" * 30_000)
    assert memory.get("first", 1) != MISSING
    memory.put("fourth", 1, "x" * 30_000)

    assert memory.get("second", 1) is MISSING
    assert [memory.get(name, 1) is MISSING for name in ("first", "third", "fourth")] == [False, False, False]
    assert memory.size <= 100_000


def test_many_small_values_stay_where_few_large_ones_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 1_000_000)
    memory = Memory()

    for number in range(2_000):
        memory.put(number, 1, number)
    assert len(memory) == 2_000

    memory.put("alone too large", 1, "x" * 1_000_001)
    assert memory.get("alone too large", 1) is MISSING
    assert len(memory) == 2_000


def test_a_value_under_another_mark_is_missing_and_takes_no_room_twice() -> None:
    memory = Memory()
    memory.put("listing", 1, "x" * 10_000)

    assert memory.get("listing", 2) is MISSING
    memory.put("listing", 2, "y" * 10_000)

    assert memory.get("listing", 2) == "y" * 10_000
    assert memory.size < 20_000
