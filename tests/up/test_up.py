"""`shopkeeper up` from nothing to a shop that answers, and back to nothing."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.postgres import free_port
from tests.up.builders import PATIENCE_S, ROOT, Started, clean_environment, command, eventually, one_time_password, page, running, slowness


def signs_in(port: int, email: str, password: str) -> str:
    """Return the address a person ends at after signing in to the console."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = opener.open(f"http://127.0.0.1:{port}/console/login/", timeout=20)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.read().decode())
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "username": email, "password": password}
    return str(opener.open(form.url, urllib.parse.urlencode(fields).encode(), timeout=20).url)


def test_the_first_start_opens_a_shop_with_one_owner_and_the_second_finds_it_again(start):
    first = start("journey")
    first.until_open()

    email, password = one_time_password(first.output)
    assert first.page("/") == 200
    assert first.page("/console/") == 200
    assert f"http://127.0.0.1:{first.port}/console/" in first.output
    assert "/login/" not in signs_in(first.port, email, password)
    assert stat.S_IMODE(first.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((first.data_dir / "secret_key").stat().st_mode) == 0o600
    status, output = first.stop()
    assert status == 0, output
    assert first.running() == []

    second = start("journey", port=first.port)
    took = second.until_open()

    assert took < 10 * slowness(), f"the second start took {took:.1f} s"
    # Nobody has signed in yet, so the password that may have been lost is replaced by a fresh one.
    assert one_time_password(second.output)[0] == email
    assert one_time_password(second.output)[1] != password
    assert second.page("/") == 200
    assert second.stop(signal.SIGTERM)[0] == 0
    assert second.running() == []


def test_static_files_come_from_the_web_server_itself(open_shop):
    collected = open_shop.data_dir / "static"
    name = next(path for path in sorted(collected.rglob("*.css"))).relative_to(collected)

    with urllib.request.urlopen(f"http://127.0.0.1:{open_shop.port}/static/{name}", timeout=20) as answer:
        assert answer.status == 200
        assert answer.read() == (collected / name).read_bytes()
        assert "max-age" in answer.headers["cache-control"]


def test_it_listens_on_this_machine_only(open_shop):
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    places = {row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == open_shop.port}

    assert {place.split(":")[0] for place in places} == {"0100007F"}


def test_a_killed_supervisor_takes_everything_with_it_and_a_start_finds_everything_again(start):
    first = start()
    first.until_open()
    port = first.port
    assert len(first.running()) > 5

    first.process.kill()
    first.process.wait()

    assert eventually(lambda: first.running() == [], seconds=10), [(pid, running) for pid in first.running()]
    second = start(port=port)
    assert second.until_open() < 10 * slowness()
    assert second.page("/") == 200


@pytest.mark.parametrize("part", ["web", "web worker", "worker", "postgres"])
def test_a_killed_part_is_started_again(open_shop, part):
    before = open_shop.children()

    os.kill(before[part], signal.SIGKILL)

    def is_whole() -> bool:
        now = open_shop.children()
        return now.keys() == before.keys() and before[part] not in open_shop.running() and page(open_shop.port, "/") == 200

    assert eventually(is_whole, seconds=60), open_shop.output


@pytest.mark.parametrize("moment", ["initdb", "--boot", "--single", "postgres -D", "shopkeeper up"])
def test_it_stops_cleanly_at_any_moment_of_its_first_start(start, moment):
    shop = start(f"interrupted {moment.strip('-')}".replace(" ", "-"))
    if moment == "shopkeeper up":
        assert eventually(lambda: "empty shop" in shop.output, seconds=60), shop.output
    else:
        assert eventually(lambda: any(moment in command(pid) for pid in shop.running()), seconds=60, every_s=0.003), shop.output

    status, output = shop.stop(signal.SIGTERM)

    assert shop.running() == [], [command(pid) for pid in shop.running()]
    assert status == 0, output


def test_it_opens_after_a_start_that_was_interrupted(start):
    interrupted = start("interrupted")
    assert eventually(lambda: "database" in interrupted.output, seconds=60)
    interrupted.stop(signal.SIGTERM)

    again = start("interrupted")
    again.until_open()
    assert again.page("/") == 200


def test_it_ends_with_the_make_that_started_it(folder):
    data_dir, port = folder / "made", free_port()
    script = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'shopkeeper', 'up', '--empty', '--end-with-parent'])"
    with (folder / "make.log").open("wb") as log:
        environment = clean_environment(data_dir=data_dir, port=port)
        make = subprocess.Popen([sys.executable, "-c", script], env=environment, cwd=folder, stdout=log, stderr=log)
    assert eventually(lambda: page(port, "/") == 200, seconds=PATIENCE_S), (folder / "make.log").read_text()

    make.kill()
    make.wait()

    assert eventually(lambda: running(data_dir) == [], seconds=30)


def test_a_second_start_on_the_same_folder_is_refused_and_the_first_goes_on(open_shop):
    second = Started(data_dir=open_shop.data_dir, port=free_port())
    status, output = second.ended()

    assert status == 2
    assert output.count("\n") == 1
    assert str(open_shop.data_dir) in output
    assert str(open_shop.process.pid) in output
    assert open_shop.page("/") == 200


def test_a_taken_port_is_refused_by_number_with_another_to_try(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        shop = start("refused", port=port)
        status, output = shop.ended()

    assert status == 2
    assert f"Port {port} " in output
    assert f"PORT={port + 1}" in output
    assert shop.running() == []
    assert not shop.data_dir.exists(), "a start that was refused has made a data folder"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０００"])
def test_a_port_that_is_none_is_refused(start, port):
    status, output = start("unused", PORT=port).ended()

    assert status == 2
    assert port in output
    assert "Traceback" not in output


def test_an_unwritable_folder_is_refused_with_the_reason(start, folder):
    (folder / "file").write_text("")

    status, output = start("file", DATA_DIR=str(folder / "file" / "shop")).ended()

    assert status == 2
    assert "Not a directory" in output
    assert "DATA_DIR=" in output
    assert "Traceback" not in output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_a_folder_inside_a_closed_one_is_refused_by_name(start, folder):
    (folder / "closed").mkdir(mode=0o700, exist_ok=True)

    status, output = start("unused", DATA_DIR=str(folder / "closed" / "shop")).ended()

    assert status == 2
    assert f"inside {folder / 'closed'}," in output
    assert list((folder / "closed").iterdir()) == []


def test_refusals_speak_the_language_of_the_terminal(start):
    status, output = start("unused", PORT="http", LANG="zh_CN.UTF-8").ended()

    assert status == 2
    assert "PORT 必须是" in output


def test_a_database_server_of_the_operators_own_is_used_and_ours_is_not_started(start, other_server):
    shop = start("elsewhere", DATABASE_URL=other_server)
    shop.until_open()

    assert shop.page("/") == 200
    assert "postgres" not in shop.children()
    assert not (shop.data_dir / "postgres").exists()
    assert shop.stop()[0] == 0


def test_an_unreachable_database_server_is_refused_without_its_password(start):
    status, output = start("elsewhere-2", DATABASE_URL="postgresql://me:hush@127.0.0.1:1/shop").ended()

    assert status == 2
    assert "127.0.0.1:1/shop" in output
    assert "hush" not in output


def test_a_command_joins_the_running_database_or_starts_and_stops_it_itself(start):
    words = ("manage", "shell", "-c", "from shopkeeper.selling.shop.public import is_open; print('open:', is_open())")
    shop = start()
    shop.until_open()

    beside = start(words=words).ended()
    assert shop.page("/") == 200
    shop.stop()
    alone = start(words=words).ended()

    assert beside[0] == alone[0] == 0
    assert "open: True" in beside[1]
    assert "open: True" in alone[1]
    assert shop.running() == []


def test_the_books_of_an_empty_shop_are_right(open_shop, start):
    status, output = start("open", words=("audit", "books")).ended()

    assert status == 0, output
    assert "The books are right." in output


def test_a_second_start_where_the_shop_runs_already_is_told_so_and_not_that_its_port_is_taken(open_shop):
    status, output = Started(data_dir=open_shop.data_dir, port=open_shop.port).ended()

    assert status == 2
    assert str(open_shop.process.pid) in output
    assert "PORT=" not in output


def test_emptying_asks_first_and_refuses_a_shop_that_is_not_the_sample(open_shop, start):
    unasked = start("open", words=("empty",)).ended()
    asked = start("open", words=("empty", "--yes")).ended()

    assert unasked[0] == 2
    assert "--yes" in unasked[1]
    assert asked[0] == 2
    assert "not the sample shop" in asked[1]
    assert "real trade" not in asked[1]
    assert "Traceback" not in asked[1]
    assert open_shop.page("/") == 200


def test_an_import_of_a_missing_file_is_refused_before_anything_is_started(start):
    status, output = start("unused", words=("import", "online-retail", "/nowhere/trade.parquet")).ended()

    assert status == 2
    assert "/nowhere/trade.parquet" in output
    assert not (ROOT / "unused").exists()


def test_web_and_worker_share_what_the_supervisor_imported(open_shop):
    rollup = Path(f"/proc/{open_shop.children()['web worker']}/smaps_rollup").read_text()
    shared = sum(int(size) for size in re.findall(r"^Shared_\w+:\s+(\d+)", rollup, re.MULTILINE))
    resident = int(re.findall(r"^Rss:\s+(\d+)", rollup, re.MULTILINE)[0])

    assert shared > resident / 3, f"{shared} kB of {resident} kB are shared"
