"""Questions read together: the same answers, in fewer statements, and nothing written by the way."""

import asyncio
import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit import statements, together

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


def test_what_stands_in_for_the_cursor_is_gone_whatever_ends_the_reading() -> None:
    class Stop(BaseException):
        pass

    def stopped() -> None:
        asked("SELECT 1")
        raise Stop

    for ends in (stopped, lambda: asked("SELECT 1 / 0")):
        with pytest.raises((Stop, DataError)), transaction.atomic():
            together.read(ends, lambda: asked("SELECT 2"))
        assert not together.is_reading()
        assert "cursor" not in vars(connection._connections[connection._alias])
        assert asked("SELECT 3") == [(3,)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE auth_group SET name = name || 'x'",
        "DELETE FROM auth_group WHERE false",
        "INSERT INTO auth_group (name) VALUES ('y')",
        "SELECT id FROM auth_group FOR UPDATE",
        "SELECT id FROM auth_group FOR SHARE",
        "SET LOCAL work_mem = '4MB'",
        "SAVEPOINT here",
    ],
)
def test_what_does_more_than_read_never_travels_with_others(sql: str) -> None:
    def alone() -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return 1

    seen: list[str] = []

    def watch(execute: Any, text: Any, *more: Any) -> Any:
        seen.append(str(text))
        return execute(text, *more)

    with connection.execute_wrapper(watch):
        assert together.read(lambda: asked("SELECT 5"), alone) == ([(5,)], 1)

    assert seen.count(sql) == 1
    assert not any(sql in each for each in seen if each != sql)


def test_a_question_that_opens_a_transaction_and_writes_is_put_once_and_whole() -> None:
    puts = []

    @transaction.atomic
    def written() -> int:
        puts.append(1)
        asked("SELECT 1")
        return Group.objects.filter(pk=Group.objects.create(name="Night").pk).count()

    assert together.read(written, lambda: asked("SELECT 4")) == (1, [(4,)])
    assert Group.objects.filter(name="Night").count() == 1


def test_one_that_writes_within_a_nested_reading_sends_the_whole_question_by_itself() -> None:
    outer, still = together.read(
        lambda: together.read(lambda: Group.objects.create(name="Night").name, lambda: asked("SELECT 1")), lambda: asked("SELECT 2")
    )

    assert outer == ("Night", [(1,)])
    assert still == [(2,)]
    assert Group.objects.filter(name="Night").count() == 1


def test_statements_of_the_hot_path_travel_along_and_are_sent_once() -> None:
    number = 0

    def count(execute: Any, *more: Any) -> Any:
        nonlocal number
        number += 1
        return execute(*more)

    with connection.execute_wrapper(count):
        found = together.read(lambda: statements.row("SELECT %s::bigint + 1, 'x'", [41]), lambda: statements.rows("SELECT 7", []))

    assert found == ((42, "x"), [(7,)])
    assert number == 1


def test_another_thread_reads_for_itself() -> None:
    inside: list[object] = []

    def elsewhere() -> None:
        inside.append(together.is_reading())
        connection.close()

    def question() -> list[Any]:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return asked("SELECT 6")

    assert together.read(question) == ([(6,)],)
    assert set(inside) == {False}


def test_on_the_loop_of_an_async_view_it_is_refused_as_any_other_question_is() -> None:
    async def view() -> None:
        together.read(lambda: asked("SELECT 1"))

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(view())

    assert not together.is_reading()
    assert asked("SELECT 3") == [(3,)]


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_meets_its_own_error_and_the_others_their_answer() -> None:
    def broken() -> str:
        try:
            asked("SELECT 1 / 0")
        except DataError as error:
            return type(error).__name__
        return "none"

    assert together.read(broken, lambda: asked("SELECT 8")) == ("DataError", [(8,)])


def test_what_is_remembered_is_not_asked_again_and_what_is_new_is() -> None:
    known: dict[str, Any] = {}
    together.read(lambda: asked("SELECT 1"), remembered=known)

    with CaptureQueriesContext(connection) as seen:
        assert together.read(lambda: asked("SELECT 1"), remembered=known) == ([(1,)],)
        assert together.read(lambda: asked("SELECT 2"), remembered=known) == ([(2,)],)

    assert len(seen) == 1
