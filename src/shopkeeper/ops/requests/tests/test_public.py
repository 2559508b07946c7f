"""A key keeps its promise: once, the same answer, nothing for a refusal, and no text of anybody's in the table."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shopkeeper.kit.refusals import KeyReused, OutOfRange, Refusal
from shopkeeper.ops.requests import models
from shopkeeper.ops.requests import public as requests

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Work:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        return {"number": self.times}


def once(work: Any, *, key: str | None = "k", asker: str = requests.STAFF, act: str = "orders.ship", **asked: Any) -> Any:
    return requests.once(key=key, asker=asker, act=act, asked=asked, work=work, now=NOON)


def test_the_key_again_returns_the_first_answer_and_does_nothing() -> None:
    work = Work()

    assert [once(work, a=1, b=[2]), once(work, b=[2], a=1)] == [{"number": 1}, {"number": 1}]
    assert work.times == 1


def test_without_a_key_it_is_done_each_time_and_nothing_is_kept() -> None:
    work = Work()

    assert [once(work, key=None), once(work, key=None)] == [{"number": 1}, {"number": 2}]
    assert models.Answered.objects.count() == 0


@pytest.mark.parametrize("change", [{"act": "orders.cancel"}, {"a": 2}, {"b": None}])
def test_a_key_with_another_act_or_content_is_refused(change: dict[str, Any]) -> None:
    work = Work()
    once(work, a=1)

    with pytest.raises(KeyReused) as refused:
        once(work, **{"a": 1, **change})

    assert refused.value.field == "idempotency_key"
    assert work.times == 1


def test_another_asker_may_use_the_same_key() -> None:
    work = Work()

    assert [once(work, asker="order:1"), once(work, asker="order:2")] == [{"number": 1}, {"number": 2}]


def test_a_refusal_frees_the_key() -> None:
    work = Work()

    def refuse() -> dict[str, Any]:
        raise Refusal("no")

    with pytest.raises(Refusal):
        once(refuse, a=1)

    assert once(work, a=2) == {"number": 1}


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_a_key_that_is_empty_or_too_long_is_refused(key: str) -> None:
    work = Work()

    with pytest.raises(OutOfRange) as refused:
        once(work, key=key)

    assert (refused.value.field, work.times) == ("idempotency_key", 0)


def test_what_was_asked_is_kept_as_a_digest_only() -> None:
    once(Work(), key="Ann's own 🔑 \ud800", note="for Ann")

    row = models.Answered.objects.get()
    assert (len(row.key), len(row.asked)) == (64, 64)
    assert "Ann" not in f"{row.key}{row.asked}{row.answer}"
