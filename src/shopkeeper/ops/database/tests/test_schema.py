"""The dump of the tables against the migrations, on both servers."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.db import connection

from shopkeeper.ops.database import dump, schema
from shopkeeper.ops.database.rules import address, dump_text


def tables(url: str) -> set[tuple[str, str, str]]:
    with psycopg.connect(url) as own:
        return set(own.execute("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"))


@pytest.mark.processes
def test_the_dump_loads_on_the_oldest_server_and_gives_the_same_tables(other_server, database_server, database_template):
    other = address.with_name(other_server, "dump_alone")
    with psycopg.connect(other_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE dump_alone")
    with psycopg.connect(other) as own:
        own.execute(schema.DUMP.read_text())  # type: ignore[call-overload]

    here = tables(address.with_name(database_server, database_template))
    assert tables(other) == here
    with psycopg.connect(other) as own:
        assert own.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 200  # type: ignore[index]


def test_the_kept_dump_was_made_from_exactly_these_migrations():
    named = dict(dump_text._LINE.findall(schema.DUMP.read_text().partition("\n\n")[0]))

    assert named == schema.migration_files(), "run “make schema” and commit the file"


def test_a_planted_difference_between_dump_and_migrations_is_found(monkeypatch):
    kept = schema.DUMP.read_text()
    monkeypatch.setattr(dump, "make", lambda *, url: kept)
    assert dump.check(url="") == []

    monkeypatch.setattr(
        dump, "make", lambda *, url: kept.replace("CREATE TABLE public.access_user (", "CREATE TABLE public.access_person (", 1)
    )
    found = dump.check(url="")

    assert any(line.startswith("-") and "access_user" in line for line in found)
    assert any(line.startswith("+") and "access_person" in line for line in found)


def test_a_missing_dump_differs_from_every_migration(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "DUMP", tmp_path / "none.sql")
    monkeypatch.setattr(dump, "make", lambda *, url: "CREATE TABLE one ();")

    assert dump.check(url="") != []


@pytest.mark.django_db
def test_a_database_of_this_code_is_current_and_one_of_other_migrations_is_not():
    assert schema.is_current()

    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE django_migrations IS 'migration set 0000'")
    assert not schema.is_current()


@pytest.mark.django_db(transaction=True)
def test_a_current_database_is_left_alone_and_a_stale_mark_is_put_right(monkeypatch):
    from django.core import management

    ran: list[str] = []
    real = management.call_command
    monkeypatch.setattr(management, "call_command", lambda name, **options: (ran.append(name), real(name, **options)))
    schema.bring_up_to_date()
    assert ran == []

    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE django_migrations IS 'migration set 0000'")
    schema.bring_up_to_date()

    assert ran == ["migrate"]
    assert schema.is_current()


def test_an_app_whose_migration_changes_changes_the_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "sql").mkdir()
    (tmp_path / "migrations" / "0001_initial.py").write_text("one")
    (tmp_path / "sql" / "0001.sql").write_text("SELECT 1")
    monkeypatch.setattr(schema, "_migration_folders", lambda: [("shop", tmp_path / "migrations")])
    before = schema.fingerprint()

    (tmp_path / "sql" / "0001.sql").write_text("SELECT 2")
    after_sql = schema.fingerprint()
    (tmp_path / "migrations" / "0001_initial.py").write_text("two")

    assert len({before, after_sql, schema.fingerprint()}) == 3


def test_tests_really_run_on_the_server_that_was_asked_for(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])

    if not os.environ.get("TEST_DATABASE_URL") and os.environ.get("SHOPKEEPER_OTHER_SERVER") != "1":
        assert version // 10000 == 18
    assert version >= 150000
