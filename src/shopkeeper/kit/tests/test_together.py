"""Questions read together: the same answers, in fewer statements, and nothing written by the way."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit import together

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def asked(sql: str, params: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def test_answers_are_the_same_as_asked_one_by_one_in_one_statement() -> None:
    Group.objects.create(name="Night 100% ü'\"")
    get_user_model().objects.create_user("ann@example.com", "secret", first_name="Ann", date_joined=NOON)
    questions = (
        lambda: [each.__dict__ | {"_state": None} for each in Group.objects.filter(name__contains="100%")],
        lambda: [each.__dict__ | {"_state": None} for each in get_user_model().objects.all()],
        lambda: list(Group.objects.values("id", "name", "id")),
        Group.objects.count,
        lambda: Group.objects.filter(name="none").exists(),
        lambda: Group.objects.filter(name="none").first(),
        lambda: [each.pk for each in Group.objects.iterator()],
        lambda: asked("SELECT 1.50::numeric, NULL, 'x', '{\"a\": [1]}'::jsonb, ARRAY['a', NULL], DATE '2026-03-02', 1, 1 % 2"),
        lambda: asked("SELECT %s, %s::interval, %s::bigint[]", ["50%", "1 day", [1, 2]]),
        lambda: asked("SELECT 1 WHERE false"),
    )
    alone = tuple(each() for each in questions)

    with CaptureQueriesContext(connection) as seen:
        found = together.read(*questions)

    assert found == alone
    assert found[7][0][0] == Decimal("1.50")
    assert len(seen) == 1


def test_a_question_that_goes_on_asks_with_the_next_round_and_a_nested_one_with_it() -> None:
    def chain(*, steps: int) -> int:
        value = 0
        for _step in range(steps):
            value = asked("SELECT %s + 1", [value])[0][0]
        return value

    with CaptureQueriesContext(connection) as seen:
        found = together.read(lambda: chain(steps=3), lambda: chain(steps=2), lambda: together.read(lambda: chain(steps=1), lambda: 7))

    assert found == (3, 2, (1, 7))
    assert len(seen) == 3


def test_a_question_that_writes_is_put_once_by_itself() -> None:
    def write() -> int:
        return int(Group.objects.create(name="Night").pk)

    made, count = together.read(write, lambda: asked("SELECT 5"))

    assert Group.objects.get(name="Night").pk == made
    assert count == [(5,)]


def test_a_refusal_reaches_the_asker_and_the_connection_is_as_before() -> None:
    def refuse() -> None:
        asked("SELECT 1")
        raise LookupError("none here")

    with pytest.raises(LookupError, match="none here"):
        together.read(refuse, lambda: asked("SELECT 2"))

    assert asked("SELECT 3") == [(3,)]


def test_a_question_that_asks_something_new_each_time_is_put_by_itself_in_the_end() -> None:
    numbers = iter(range(1000))

    moving, still = together.read(lambda: asked("SELECT %s + 1000", [next(numbers)])[0][0], lambda: asked("SELECT 7"))

    assert moving == together.MOST_ROUNDS + 1000
    assert still == [(7,)]
