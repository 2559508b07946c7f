"""Every check is well where things are well, and says so where they are not; a check that cannot look never says well."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from shopkeeper.kit.configuration import Configuration
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.ops.health import installation, machine, server
from shopkeeper.ops.health import public as health
from shopkeeper.ops.health.server import Answer
from shopkeeper.ops.health.shapes import NAMES, State, is_well, ok, unknown, warning

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAFE = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "data_checksums"), "on")
UP = Answer(version=180004, now=NOON, keeps=SAFE, migrations="abc", worker_silent_s=3.0)
DOWN = Answer(error="OperationalError")


def settings(**environ):
    return installation.settings(Configuration(SETTINGS, environ), environ)


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (lambda: settings(PORT="8000"), State.OK),
        (lambda: settings(PORT="abc"), State.FAILED),
        (lambda: settings(DATBASE_URL="x"), State.WARNING),
        (lambda: installation.python((3, 11, 2)), State.OK),
        (lambda: installation.python((3, 10, 9)), State.FAILED),
        (lambda: installation.addresses(public_url="https://a.example", allowed_hosts=["a.example"]), State.OK),
        (lambda: installation.addresses(public_url="https://www.a.example", allowed_hosts=[".a.example"]), State.OK),
        (lambda: installation.addresses(public_url="http://[::1]:8000", allowed_hosts=["[::1]"]), State.OK),
        (lambda: installation.addresses(public_url="https://b.example", allowed_hosts=["a.example"]), State.FAILED),
        (lambda: installation.addresses(public_url="https://a.example", allowed_hosts=["*"]), State.FAILED),
        (lambda: installation.debug(False), State.OK),
        (lambda: installation.debug(True), State.FAILED),
        (lambda: installation.tls("http://127.0.0.1:8000"), State.OK),
        (lambda: installation.tls("https://a.example"), State.OK),
        (lambda: installation.tls("http://a.example"), State.FAILED),
        (lambda: machine.clock(NOON, database_now=NOON), State.OK),
        (lambda: machine.clock(datetime(1970, 1, 2, tzinfo=UTC), database_now=NOON), State.FAILED),
        (lambda: machine.clock(NOON, database_now=NOON + timedelta(minutes=1)), State.FAILED),
        (lambda: machine.clock(NOON, database_now=None), State.UNKNOWN),
        (lambda: server.database(UP), State.OK),
        (lambda: server.database(DOWN), State.FAILED),
        (lambda: server.database(Answer(version=140010)), State.FAILED),
        (lambda: server.durability(UP), State.OK),
        (lambda: server.durability(Answer(keeps={**SAFE, "fsync": "off"})), State.FAILED),
        (lambda: server.durability(Answer(keeps={**SAFE, "full_page_writes": "off"})), State.FAILED),
        (lambda: server.durability(Answer(keeps={**SAFE, "synchronous_commit": "off"})), State.FAILED),
        (lambda: server.durability(Answer(keeps={})), State.FAILED),
        (lambda: server.durability(Answer(keeps={**SAFE, "data_checksums": "off"})), State.WARNING),
        (lambda: server.durability(DOWN), State.UNKNOWN),
        (lambda: server.migrations(UP, wanted="abc"), State.OK),
        (lambda: server.migrations(UP, wanted="abd"), State.FAILED),
        (lambda: server.migrations(DOWN, wanted="abc"), State.UNKNOWN),
        (lambda: server.worker(UP), State.OK),
        (lambda: server.worker(Answer(worker_silent_s=None)), State.FAILED),
        (lambda: server.worker(Answer(worker_silent_s=46.0)), State.FAILED),
        (lambda: server.worker(DOWN), State.UNKNOWN),
    ],
)
def test_a_check_tells_well_from_not_well(finding, state):
    found = finding()

    assert found.state is state
    assert found.name in NAMES
    assert found.said % found.values
    assert found.remedy or state in (State.OK, State.UNKNOWN)
    assert found.remedy % found.values is not None


def test_the_disk_is_full_before_it_is_full(tmp_path):
    assert machine.disk(tmp_path, free_bytes=10 * 2**30).state is State.OK
    assert machine.disk(tmp_path, free_bytes=2**30).state is State.WARNING
    assert machine.disk(tmp_path, free_bytes=100 * 2**20).state is State.FAILED
    assert machine.disk(tmp_path / "missing").state is State.UNKNOWN


def test_a_folder_open_to_others_is_seen(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "postgres").mkdir(mode=0o700)
    assert machine.folder_modes(tmp_path).state is State.OK

    (tmp_path / "postgres").chmod(0o750)
    assert machine.folder_modes(tmp_path).state is State.FAILED
    (tmp_path / "postgres").chmod(0o700)
    tmp_path.chmod(0o755)
    assert machine.folder_modes(tmp_path).state is State.FAILED
    assert machine.folder_modes(tmp_path / "missing").state is State.FAILED


def test_a_folder_of_another_user_is_seen(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setattr(machine.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    assert "another user" in machine.folder_modes(tmp_path).said


def test_a_key_that_is_short_open_or_missing_is_seen(tmp_path):
    key = tmp_path / "secret_key"
    assert machine.secret_key(tmp_path, given="").state is State.FAILED

    key.write_text("k" * 50)
    key.chmod(0o600)
    assert machine.secret_key(tmp_path, given="").state is State.OK
    key.chmod(0o644)
    assert machine.secret_key(tmp_path, given="").state is State.FAILED
    key.chmod(0o600)
    key.write_text("short")
    assert machine.secret_key(tmp_path, given="").state is State.FAILED
    assert machine.secret_key(tmp_path, given="short").state is State.FAILED
    assert machine.secret_key(tmp_path, given="g" * 50).state is State.OK


def test_packages_are_held_against_the_lock(tmp_path):
    lock = tmp_path / "requirements.lock"
    import django

    lock.write_text(f"django=={django.__version__} \\\n    --hash=sha256:0\nnowhere==1 ; sys_platform == 'win32'\n")
    assert installation.packages(lock).state is State.OK
    lock.write_text("django==1.0 \\\n    --hash=sha256:0\n")
    assert installation.packages(lock).state is State.FAILED
    lock.write_text("never-installed==1.0\n")
    assert "never-installed" in str(installation.packages(lock).values["names"])


def test_packages_without_a_lock_are_those_that_the_installed_package_names(tmp_path, monkeypatch):
    nothing = tmp_path / "none"
    installed = {"shopkeeper": "0.1.0", "django": "5"}
    monkeypatch.setattr(installation, "_version", installed.get)
    monkeypatch.setattr(installation, "_required", lambda: ["django"])
    assert installation.packages(nothing).state is State.WARNING
    monkeypatch.setattr(installation, "_required", lambda: ["django", "polars"])
    assert installation.packages(nothing).state is State.FAILED

    # A clone that lost its lock: nothing says what it needs, so nothing is known to be there.
    installed.clear()
    assert installation.packages(nothing).state is State.UNKNOWN


def test_a_check_that_breaks_is_unknown_and_the_others_are_made():
    def broken():
        raise RuntimeError("for Ann Shopper")

    first, second = health.looked_at([("disk", broken), ("debug", lambda: installation.debug(False))])

    assert first.state is State.UNKNOWN
    assert "Ann" not in first.said % first.values
    assert second.state is State.OK


def test_unknown_is_never_well_and_nothing_looked_at_is_not_either():
    assert is_well([ok("disk", ""), warning("tls", "", "")])
    assert not is_well([ok("disk", ""), unknown("tls", "")])
    assert not is_well([])


@pytest.mark.django_db
def test_a_server_says_how_it_is(transactional_db):
    answer = health.ask(connection.settings_dict)

    assert answer.is_reached
    assert answer.version >= 150000
    assert answer.now is not None
    assert set(answer.keeps) == set(SAFE)
    assert len(answer.migrations) == 64
    assert answer.worker_silent_s is None


def test_a_server_that_is_not_there_or_hangs_is_told_in_time():
    import socket
    import threading
    import time

    assert health.ask({"NAME": "x", "HOST": "/nonexistent", "PASSWORD": "hunter2"}).error == "OperationalError"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        taken = threading.Thread(target=silent.accept, daemon=True)
        taken.start()
        began = time.monotonic()
        answer = health.ask({"NAME": "x", "HOST": "127.0.0.1", "PORT": silent.getsockname()[1]})

    assert not answer.is_reached
    # A hang, not a speed: without its limit it would wait for ever.
    assert time.monotonic() - began < 30
