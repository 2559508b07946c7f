"""A limit holds however many try at once and in however many processes; what is kept names nobody and goes when its time is over."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.models import Tally
from shopkeeper.ops.limits.shapes import Limit, TooOften, Try

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THREE = Limit("knocking", 3, 60)
ANN = Try(THREE, "ann@example.org")


def taken(each: Try = ANN, *, now: datetime = NOON) -> bool:
    try:
        limits.take(each, now=now)
    except TooOften:
        return False
    return True


@pytest.mark.django_db
def test_so_many_tries_are_let_through_and_then_none_until_the_next_stretch():
    assert [taken() for _ in range(5)] == [True] * 3 + [False] * 2
    assert not taken(now=NOON + timedelta(seconds=59))
    assert taken(now=NOON + timedelta(seconds=60))


@pytest.mark.django_db
def test_everybody_and_everything_is_counted_apart_but_not_by_case_or_space():
    assert [taken(Try(THREE, whose)) for whose in ("ann@example.org", " Ann@Example.ORG ", "ANN@example.org", "ann@EXAMPLE.org")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert taken(Try(THREE, "bob@example.org"))
    assert taken(Try(Limit("ringing", 3, 60), "ann@example.org"))
    assert taken(Try(THREE, "\ud800"))


@pytest.mark.django_db
def test_a_try_given_back_does_not_count_and_none_is_given_twice():
    for _ in range(10):
        assert taken()
        limits.give_back(ANN, now=NOON)
    limits.give_back(ANN, now=NOON)

    assert [taken() for _ in range(4)] == [True] * 3 + [False]


@pytest.mark.django_db
def test_checking_counts_nothing():
    for _ in range(10):
        limits.check(ANN, now=NOON)
    assert not Tally.objects.exists()

    assert [taken() for _ in range(3)] == [True] * 3
    with pytest.raises(TooOften) as refused:
        limits.check(ANN, now=NOON)
    assert refused.value.wait_s == 60


@pytest.mark.django_db
def test_a_tally_above_its_limit_cannot_be_kept():
    assert taken()

    with pytest.raises(IntegrityError), transaction.atomic():
        Tally.objects.update(times=4)


@pytest.mark.django_db
def test_what_is_over_goes_and_what_counts_stays():
    assert taken()
    assert taken(now=NOON + timedelta(seconds=60))

    assert limits.forget_over(NOON + timedelta(seconds=61)) == 1
    assert Tally.objects.count() == 1


@pytest.mark.django_db
def test_strangers_write_no_write_ahead_log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'limits_tally'")
        assert cursor.fetchone() == ("u",)


_KNOCK = """
import sys
from datetime import datetime
import django
django.setup()
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import Limit, TooOften, Try
let_in = 0
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
for _ in range(40):
    try:
        limits.take(Try(Limit("knocking", 30, 60), "ann@example.org"), now=datetime.fromisoformat("2026-03-02T12:00:00+00:00"))
        let_in += 1
    except TooOften:
        pass
print(let_in)
"""


@pytest.mark.django_db(transaction=True)
def test_a_limit_holds_across_processes(shop_environment: Mapping[str, str]):
    knocking = [
        subprocess.Popen([sys.executable, "-c", _KNOCK], env=shop_environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in knocking:
        assert process.stdout.readline() == "ready\n"
    for process in knocking:
        process.stdin.write("go\n")
        process.stdin.flush()
    let_in = [int(process.communicate(timeout=60)[0]) for process in knocking]

    assert sum(let_in) == 30
    assert Tally.objects.get().times == 30
