"""Keeping facts and asking for them, with real files, a real manifest and DuckDB."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import transaction

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPlaced, ShopSaved
from shopkeeper.events.shapes import Hearer, Origin
from shopkeeper.insight.lake import files, jobs, reader
from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.lake import reactions as lake_reactions
from shopkeeper.insight.lake.keep import keep
from shopkeeper.insight.lake.models import Segment
from shopkeeper.insight.lake.shapes import LakeDamaged, QueryRefused, QueryTooSlow
from shopkeeper.insight.lake.tests.builders import NOON, heard, line, paid, placed
from shopkeeper.kit.time import to_microseconds

pytestmark = pytest.mark.django_db

COUNT = "SELECT count(*), count(DISTINCT fact_id) FROM order_placed"


@pytest.fixture(autouse=True)
def lake_folder(tmp_path, settings):
    settings.LAKE_DIR = tmp_path / "lake"
    return settings.LAKE_DIR


def test_an_empty_lake_answers_with_nothing():
    assert lake.query("SELECT order_id, lines.sku FROM order_placed JOIN order_lines AS lines USING (order_id)").rows == ()
    assert lake.span("order_placed") is None


def test_a_fact_comes_back_with_its_lines_and_its_moment():
    keep([heard(7, placed(1, line(1, units=2, gross_minor=900), line(2)), origin=Origin.IMPORT), heard(8, placed(2))], NOON)

    orders = lake.query("SELECT fact_id, ts_us, is_history, order_id, total_minor FROM order_placed ORDER BY fact_id")
    lines = lake.query("SELECT order_id, buyer_id, sku, units, category_id FROM order_lines ORDER BY line_id")

    assert orders.rows == ((7, to_microseconds(NOON), True, 1, 1400), (8, to_microseconds(NOON), False, 2, 0))
    assert lines.dicts() == [
        {"order_id": 1, "buyer_id": 1, "sku": "SKU1", "units": 2, "category_id": None},
        {"order_id": 1, "buyer_id": 1, "sku": "SKU2", "units": 1, "category_id": None},
    ]


def test_files_are_on_the_disk_before_the_manifest_names_them(monkeypatch):
    durable: list[str] = []

    def made_durable(paths):
        assert not Segment.objects.exists()
        durable.extend(paths)

    monkeypatch.setattr(files, "make_durable", made_durable)

    keep([heard(1, placed(1, line(1))), heard(2, placed(2), at=NOON + timedelta(days=1))], NOON)

    assert sorted(durable) == sorted(Segment.objects.values_list("path", flat=True))
    assert len(durable) == 3


def test_texts_and_parameters_pass_unharmed():
    keep([heard(1, ShopSaved(shop_id=1, fields=("name", "茶 'x' 🫖")))], NOON)

    answer = lake.query("SELECT fields FROM shop_saved WHERE list_contains(fields, ?)", ["茶 'x' 🫖"])

    assert answer.rows == ((["name", "茶 'x' 🫖"],),)


def test_days_lie_in_files_of_their_own(lake_folder):
    keep([heard(1, paid(1)), heard(2, paid(2), at=NOON + timedelta(days=1)), heard(3, paid(3))], NOON)

    days = sorted(path.relative_to(lake_folder).parent.as_posix() for path in lake_folder.rglob("*.parquet"))
    assert days == ["order_paid/2026/03/02", "order_paid/2026/03/03"]
    assert lake.span("order_paid").last_us == to_microseconds(NOON + timedelta(days=1))


def test_history_is_filed_by_month(lake_folder):
    year_later = NOON + timedelta(days=365)

    keep([heard(number, paid(number), at=NOON + timedelta(days=number)) for number in range(1, 40)], year_later)

    months = sorted(path.relative_to(lake_folder).parent.as_posix() for path in lake_folder.rglob("*.parquet"))
    assert months == ["order_paid/2026/03/01", "order_paid/2026/04/01"]
    assert lake.query("SELECT count(*), min(ts_us) FROM order_paid").rows == ((39, to_microseconds(NOON + timedelta(days=1))),)


def test_a_fact_heard_again_is_kept_once():
    keep([heard(5, placed(1, line(1))), heard(9, placed(2, line(2)))], NOON)

    assert keep([heard(5, placed(1, line(1))), heard(6, placed(3)), heard(6, placed(3))], NOON) == 1
    assert keep([heard(9, placed(2, line(2)))], NOON) == 0

    assert lake.query(COUNT).rows == ((3, 3),)
    assert lake.query("SELECT count(*) FROM order_lines").rows == ((2,),)


def test_files_of_a_round_that_was_undone_are_not_part_of_the_lake(lake_folder):
    with transaction.atomic():
        keep([heard(1, placed(1))], NOON)
        transaction.set_rollback(True)

    assert len(list(lake_folder.rglob("*.parquet"))) == 1
    assert lake.query(COUNT).rows == ((0, 0),)
    assert jobs.tidy(now=now_after(minutes=10)).removed == 0
    assert jobs.tidy(now=now_after(minutes=70)).removed == 1
    assert list(lake_folder.rglob("*.parquet")) == []


def test_many_small_files_become_one_and_readers_never_miss_one(lake_folder):
    for number in range(1, 13):
        keep([heard(number, placed(number, line(number)))], NOON)
    shown_before = lake.query(COUNT).rows

    done = jobs.tidy(now=NOON)

    assert (done.merged, done.written) == (24, 2)
    assert lake.query(COUNT).rows == shown_before == ((12, 12),)
    assert lake.query("SELECT sum(gross_minor) FROM order_lines").rows == ((6000,),)
    assert len(list(lake_folder.rglob("*.parquet"))) == 26  # a reader that looked them up a moment ago still finds them
    assert jobs.tidy(now=NOON + timedelta(minutes=11)).removed == 24
    assert len(list(lake_folder.rglob("*.parquet"))) == 2
    assert keep([heard(5, placed(5, line(5)))], NOON) == 0
    assert lake.audit() == ()


def test_files_from_before_a_fact_gained_a_field_are_read_with_the_field_empty(monkeypatch):
    keep([heard(1, placed(1))], NOON)
    whole = reader.all_tables()
    old = files.arrow_schema(whole["order_placed"].columns).names
    rows = files.read([Segment.objects.get().path], whole["order_placed"].columns).drop_columns(["country"])
    path, _ = files.write("order_placed", NOON.date(), rows)
    Segment.objects.update(path=path, columns=[name for name in old if name != "country"])
    assert lake.query("SELECT country, channel FROM order_placed").rows == ((None, "web"),)

    keep([heard(2, placed(2))], NOON)

    assert lake.query("SELECT country FROM order_placed ORDER BY order_id").rows == ((None,), ("GB",))


@pytest.mark.parametrize(
    "sql",
    [
        "DROP VIEW order_placed",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO 'x.parquet'",
        "SET threads = 1",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
    ],
)
def test_the_lake_only_answers_reading_questions(sql):
    with pytest.raises(QueryRefused):
        lake.query(sql)


def test_the_lake_reads_no_file_but_its_own():
    with pytest.raises(Exception, match="disabled by configuration"):
        lake.query("SELECT * FROM read_text('/etc/hostname')")


def test_a_question_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(reader, "LONGEST_S", 0.2)

    with pytest.raises(QueryTooSlow):
        lake.query("SELECT sum(a.range * b.range % 7) FROM range(1000000) AS a, range(1000000) AS b")

    assert lake.query("SELECT 1").rows == ((1,),)


def test_a_lost_file_is_reported_and_never_passed_over():
    keep([heard(1, placed(1))], NOON)
    path = Segment.objects.get().path
    files.remove(path)

    with pytest.raises(LakeDamaged):
        lake.query(COUNT)
    assert lake.audit() == (f"{path} is missing or unreadable",)


def test_a_manifest_that_says_more_than_its_file_is_reported():
    keep([heard(1, placed(1))], NOON)
    Segment.objects.update(rows=2)

    assert "has 1 rows, the manifest says 2" in lake.audit()[0]


def test_threads_ask_side_by_side():
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(reader._engine())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(engine) for engine in answers}) == 3


@pytest.mark.django_db(transaction=True)
def test_an_emptied_lake_holds_nothing_and_keeps_its_files_if_the_emptying_is_undone(lake_folder):
    keep([heard(1, placed(1, line(1)))], NOON)
    with transaction.atomic():
        lake.forget_all()
        transaction.set_rollback(True)
    assert lake.query(COUNT).rows == ((1, 1),)

    assert lake.forget_all() == 2

    assert lake.query(COUNT).rows == ((0, 0),)
    assert list(lake_folder.rglob("*.parquet")) == []
    assert keep([heard(1, placed(1))], NOON) == 1


CRASH = """
import os, signal, sys
import django; django.setup()
from django.conf import settings
from pathlib import Path
settings.LAKE_DIR = Path(sys.argv[1])
from datetime import UTC, datetime
from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPlaced
from shopkeeper.events.shapes import Hearer
from shopkeeper.insight.lake import reactions, store
if sys.argv[2] == "before":
    store.add = lambda segments: os.kill(os.getpid(), signal.SIGKILL)
def hear(batch):
    reactions.keep(batch)
    if sys.argv[2] == "after":
        os.kill(os.getpid(), signal.SIGKILL)
events.dispatch_all({OrderPlaced: [Hearer("lake", hear)]}, now=datetime.now(UTC))
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_between_file_and_commit_neither_loses_nor_doubles_a_fact(when, lake_folder, shop_environment):
    with transaction.atomic():
        events.record_many([placed(1, line(1)), placed(2, line(2))], at=NOON)
    killed = subprocess.run([sys.executable, "-c", CRASH, str(lake_folder), when], env=shop_environment, check=False)
    assert killed.returncode == -9
    assert len(list(lake_folder.rglob("*.parquet"))) == 2
    assert lake.query(COUNT).rows == ((0, 0),)

    events.dispatch_all({OrderPlaced: [Hearer("lake", lake_reactions.keep)]}, now=NOON)

    assert lake.query(COUNT).rows == ((2, 2),)
    assert lake.query("SELECT count(*) FROM order_lines").rows == ((2,),)


def now_after(*, minutes: int):
    from django.utils import timezone

    return timezone.now() + timedelta(minutes=minutes)
