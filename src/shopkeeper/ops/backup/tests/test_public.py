"""Backups of a real server by real processes: one point for database and files, any moment after it, damage named, kills survived."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from shopkeeper.ops.backup import public as backup
from shopkeeper.ops.backup import store, trees
from shopkeeper.ops.backup.rules import manifest
from shopkeeper.ops.backup.shapes import (
    BackupUnderWay,
    BadName,
    Damaged,
    FilesVanished,
    NameTaken,
    NoSuchBackup,
    NothingReachable,
    PointNotReached,
    Proof,
    TargetNotEmpty,
    TargetRunning,
    Tree,
    Unfinished,
)
from shopkeeper.ops.backup.tests.builders import HASTE, NOON, Shop, contents, make, one, restored
from shopkeeper.ops.database import public as database
from tests.share import share

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="shopkeeper-rooms-"))
    folder.chmod(0o755)
    make(folder / "shop")
    yield folder / "shop"
    shutil.rmtree(folder)


@pytest.fixture
def shop(made) -> Iterator[Shop]:
    folder = Path(tempfile.mkdtemp(prefix="shopkeeper-rooms-"))
    folder.chmod(0o755)
    subprocess.run(["cp", "-a", str(made), str(folder / "shop")], check=True)
    with database.running(data_dir=folder / "shop", extra_settings=HASTE) as server:
        yield Shop(data_dir=folder / "shop", folder=folder / "backups", server=server)
    shutil.rmtree(folder)


@pytest.fixture
def target(shop) -> Path:
    return shop.data_dir.with_name("restored")


def numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM kept ORDER BY number")]


def test_what_was_there_at_the_point_is_there_again_and_nothing_later(shop, target):
    shop.write(1, 2)
    shop.file("lake/a/b.parquet", "facts")
    shop.file("media/cup.png", "a cup")

    kept = shop.back_up("one")
    shop.write(3)
    shop.file("media/late.png", "later")
    with restored(shop, target, name="one") as found:
        assert numbers(found.url) == [1, 2]
        assert one(found.url, "SELECT pg_is_in_recovery()") is False

    assert contents(target / "lake") == {"a/b.parquet": "facts"}
    assert contents(target / "media") == {"cup.png": "a cup"}
    assert (target / "secret_key").read_text() == (shop.data_dir / "secret_key").read_text()
    assert kept.point.name == "one"
    with database.running(data_dir=target, extra_settings=HASTE) as server:
        assert numbers(server.url) == [1, 2], "it starts again as any shop does"


def test_nobody_else_can_read_a_backup(shop):
    shop.back_up("one")

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [shop.folder, *shop.folder.rglob("*")] if "/wal/" not in str(path)}

    assert {path for path, mode in modes.items() if mode & 0o077} == set()
    assert (shop.folder / "one" / "secret_key").read_text() == (shop.data_dir / "secret_key").read_text()


def test_the_secret_key_stays_out_where_it_is_not_given(shop):
    kept = backup.take(
        folder=shop.folder, name="one", data_dir=shop.data_dir, database_url=shop.server.url, trees=[], versions={}, secret_key=None,
        keeps_log=False, now=NOON,
    )  # fmt: skip

    assert not kept.has_secret_key
    assert not (shop.folder / "one" / "secret_key").exists()


def test_a_moment_between_two_backups_is_reached_through_the_log(shop, target):
    shop.write(1)
    stop = threading.Event()
    receiver = threading.Thread(
        target=backup.receive_log, kwargs={"folder": shop.folder, "data_dir": shop.data_dir, "database_url": shop.server.url, "stop": stop}
    )
    receiver.start()
    try:
        shop.back_up("one")
        shop.write(2)
        moment = one(shop.server.url, "SELECT clock_timestamp()")
        shop.one("DELETE FROM kept RETURNING number")
        shop.back_up("two")
    finally:
        stop.set()
        receiver.join(20)

    with restored(shop, target, at=moment) as found:
        assert found.kept.name == "one"
        assert numbers(found.url) == [1, 2]


def test_the_log_is_whole_though_nobody_received_it_for_a_while(shop, target):
    """No worker runs between two backups taken by hand: the slot keeps what they missed."""
    shop.back_up("one")
    for number in range(3):
        shop.write(number)
        _switch(shop)
    moment = one(shop.server.url, "SELECT clock_timestamp()")
    shop.write(99)
    shop.back_up("two")

    assert backup.shelf(shop.folder).gaps == ()
    with restored(shop, target, at=moment) as found:
        assert numbers(found.url) == [0, 1, 2]


def _switch(shop: Shop) -> None:
    one(str(shop.server.admin_url), "SELECT pg_switch_wal()")


def test_a_gap_in_the_log_is_noticed_and_moments_behind_it_are_refused(shop, target):
    shop.back_up("one")
    for number in range(4):
        shop.write(number)
        _switch(shop)
    moment = one(shop.server.url, "SELECT clock_timestamp()")
    shop.write(99)
    shop.back_up("two")
    (stretch,) = (shop.folder / "wal").glob("*-*")
    point = backup.shelf(shop.folder).backups[-1].last_segment
    later = sorted(path for path in stretch.iterdir() if path.name[:24] > point)
    for path in sorted(stretch.iterdir()):
        os.utime(path, (moment.timestamp() - 60, moment.timestamp() - 60))
    later[1].unlink()

    assert len(backup.shelf(shop.folder).gaps) == 1
    with pytest.raises(NothingReachable, match="gap"), restored(shop, target, at=moment):
        pass
    assert not target.exists()


def test_a_moment_the_log_does_not_reach_is_refused_with_the_servers_words(shop, target):
    shop.back_up("one")

    with pytest.raises(PointNotReached, match="recovery target"), restored(shop, target, at=NOON + timedelta(days=36500)):
        pass
    assert not target.exists()


def test_a_moment_before_the_oldest_backup_is_refused(shop, target):
    shop.back_up("one")

    with pytest.raises(NothingReachable, match="the oldest backup"), restored(shop, target, at=NOON - timedelta(days=36500)):
        pass


def test_where_the_log_was_lost_the_next_backup_begins_another_stretch(shop):
    shop.back_up("one")
    with psycopg.connect(str(shop.server.admin_url), autocommit=True) as connection:
        connection.execute("SELECT pg_drop_replication_slot('shopkeeper_archive')")
    shop.write(1)
    _switch(shop)
    shop.write(2)
    _switch(shop)
    # A new slot holds the log from the last checkpoint on: with one here, what lies before it is gone.
    one(str(shop.server.admin_url), "CHECKPOINT")

    shop.back_up("two")

    assert len(list((shop.folder / "wal").glob("*-*"))) == 2
    assert len(backup.shelf(shop.folder).gaps) == 1


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = {
    "a flipped byte in the base": (lambda one_: spoil(one_ / "base.tar.gz"), "base.tar.gz was changed"),
    "a flipped byte in the log": (lambda one_: spoil(next((one_ / "wal").iterdir())), "wal/.* was changed"),
    "a flipped byte in the manifest": (lambda one_: spoil(one_ / "manifest.json"), "its manifest"),
    "a flipped byte in the list of files": (lambda one_: spoil(one_ / "trees.json"), "trees.json was changed"),
    "a missing base": (lambda one_: (one_ / "base.tar.gz").unlink(), "base.tar.gz is missing"),
    "a missing key": (lambda one_: (one_ / "secret_key").unlink(), "secret_key is missing"),
    "a surplus file": (lambda one_: (one_ / "wal" / "surplus").write_text(""), "wal/surplus does not belong to it"),
    "a flipped byte in media": (lambda one_: spoil(next((one_.parent / "files").glob("??/*"))), "media/cup.png was changed"),
    "a missing file of media": (lambda one_: next((one_.parent / "files").glob("??/*")).unlink(), "media/cup.png is missing"),
}


def test_every_damage_is_named_and_refused(shop, target):
    shop.file("media/cup.png", "a cup")
    shop.back_up("one")
    whole = shop.folder.with_name("whole")
    shop.folder.rename(whole)

    for damage, (do, named) in DAMAGES.items():
        shutil.rmtree(shop.folder, ignore_errors=True)
        shutil.copytree(whole, shop.folder)
        do(shop.folder / "one")

        with pytest.raises(Damaged, match=named), restored(shop, target, name="one"):
            pytest.fail(damage)
        assert not target.exists(), damage
        assert not list(target.parent.glob("*.unfinished")), damage


def test_a_backup_without_its_manifest_is_unfinished_and_refused(shop, target):
    shop.back_up("one")
    (shop.folder / "one" / "manifest.json").unlink()

    with pytest.raises(Unfinished), restored(shop, target, name="one"):
        pass
    assert backup.shelf(shop.folder).unfinished == ("one",)
    assert backup.shelf(shop.folder).newest is None


def test_names_are_checked_and_never_used_twice(shop, target):
    with pytest.raises(BadName):
        shop.back_up("../escape")
    shop.back_up("one")
    with pytest.raises(NameTaken):
        shop.back_up("one")
    with pytest.raises(NoSuchBackup, match="It has: one"), restored(shop, target, name="two"):
        pass


def test_a_restore_never_writes_over_anything(shop, target):
    shop.back_up("one")
    target.mkdir()
    (target / "letter").write_text("mine")

    with pytest.raises(TargetNotEmpty), restored(shop, target, name="one"):
        pass
    with pytest.raises(TargetRunning), restored(shop, shop.data_dir, name="one"):
        pass
    assert contents(target) == {"letter": "mine"}


def test_two_backups_into_one_folder_do_not_meet(shop):
    store.prepare(shop.folder)

    with store.held(shop.folder), pytest.raises(BackupUnderWay):
        shop.back_up("one")


def test_two_restores_of_one_backup_are_equal(shop, target):
    shop.write(*range(50))
    shop.file("lake/a", "facts")
    shop.back_up("one")
    told = []

    for folder in (target, target.with_name("again")):
        with restored(shop, folder, name="one") as found:
            told.append(dumped(found.url))

    assert told[0] == told[1]
    assert contents(target / "lake") == contents(target.with_name("again") / "lake") == {"a": "facts"}


def dumped(url: str) -> str:
    made = subprocess.run([database.programs().program("pg_dump"), url], capture_output=True, text=True, check=True)
    return "\n".join(line for line in made.stdout.splitlines() if "restrict" not in line)


def test_what_is_there_already_is_not_copied_again(shop, monkeypatch):
    shop.file("media/cup.png", "a cup")
    shop.back_up("one")
    shop.file("media/bowl.png", "a bowl")
    copied: list[str] = []
    copy = store.keep_content
    monkeypatch.setattr(store, "keep_content", lambda folder, path: (copied.append(path.name), copy(folder, path))[1])

    shop.back_up("two")

    assert copied == ["bowl.png"]
    assert len(list((shop.folder / "files").glob("??/*"))) == 2


def test_a_listed_file_that_went_away_moves_the_point(shop, target):
    """A file merged away between the point and its copy: another point is named, to which it does not belong any more."""
    shop.file("lake/a", "facts")
    asked = []

    def listed() -> list[dict[str, object]]:
        asked.append(len(asked))
        return [{"path": "a" if len(asked) > 1 else "gone", "is_live": True}]

    kept = shop.back_up("one", trees=[Tree(name="lake", root=shop.data_dir / "lake", listed=listed)])

    assert kept.point.name == "one.2"
    with restored(shop, target, name="one"):
        pass
    assert contents(target / "lake") == {"a": "facts"}


def test_a_listed_file_that_is_lost_for_good_fails_the_backup(shop):
    with pytest.raises(FilesVanished, match="gone"):
        shop.back_up("one", trees=[Tree(name="lake", root=shop.data_dir / "lake", listed=lambda: [{"path": "gone", "is_live": True}])])

    assert backup.shelf(shop.folder).newest is None
    assert shop.one("SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'shopkeeper_backup%'") == 0


def test_a_file_that_changes_while_it_is_copied_is_kept_as_its_hash_says(shop):
    copier = trees.Copier(shop.folder, {})
    store.prepare(shop.folder)
    shop.file("media/cup.png", "a cup")
    tree = Tree(name="media", root=shop.data_dir / "media")
    copier.copy(tree)
    shop.file("media/cup.png", "another cup")

    (entry,) = copier.settle(tree)

    assert store.content_path(shop.folder, entry["sha256"]).read_text() == "another cup"


def test_clearing_takes_what_nothing_kept_needs_and_nothing_else(shop, target):
    for day, name in enumerate(("old", "older-proven", "new")):
        shop.file(f"media/{name}", name)
        shop.write(day)
        _switch(shop)
        shop.back_up(name)
        (shop.data_dir / "media" / name).unlink()
    backup.record_proof(folder=shop.folder, name="older-proven", proof=Proof(at=NOON, seconds=1.0, problems=()))
    now = backup.shelf(shop.folder).backups[0].point.at + timedelta(days=1)

    would = backup.to_drop(folder=shop.folder, keep=1, keep_for=timedelta(0), now=now)
    before = contents(shop.folder / "proofs"), sorted(path.name for path in shop.folder.rglob("*"))
    assert [kept.name for kept in would] == ["old"]
    assert (contents(shop.folder / "proofs"), sorted(path.name for path in shop.folder.rglob("*"))) == before, "a dry run changes nothing"

    gone = backup.drop(folder=shop.folder, keep=1, keep_for=timedelta(0), now=now)

    assert gone == would
    assert sorted(path.read_text() for path in (shop.folder / "files").glob("??/*")) == ["new", "older-proven"]
    first = min(kept.first_segment for kept in backup.shelf(shop.folder).backups)
    (stretch,) = (shop.folder / "wal").glob("*-*")
    assert min(path.name[:24] for path in stretch.iterdir()) == first
    for name in ("older-proven", "new"):
        assert backup.problems(folder=shop.folder, name=name) == ()
    with restored(shop, target, name="older-proven") as found:
        assert numbers(found.url) == [0, 1]


def test_while_a_backup_cannot_be_read_its_files_are_not_cleared(shop):
    for name in ("old", "middle", "new"):
        shop.file("media/cup.png", name)
        shop.back_up(name)
    spoil(shop.folder / "middle" / "manifest.json")
    now = backup.shelf(shop.folder).backups[0].point.at + timedelta(days=1)

    backup.drop(folder=shop.folder, keep=1, keep_for=timedelta(0), now=now)

    assert sorted(path.read_text() for path in (shop.folder / "files").glob("??/*")) == ["middle", "new", "old"]


BACKUP_DEATHS = {
    "while files are copied": "trees.Copier.copy = lambda self, tree: stand('here')",
    "before the point": "taking._make_point = lambda *a: stand('here')",
    "after the point": "real = archive.receiving\narchive.receiving = "
    "lambda *a, **k: stand('here') if 'backup' in k['slot'] else real(*a, **k)",
    "before the manifest": "real = store.write_whole\nstore.write_whole = "
    "lambda path, text: stand('here') if path.name == 'manifest.json' else real(path, text)",
}


def test_a_backup_killed_anywhere_is_known_as_unfinished_and_the_next_one_works(shop, target):
    shop.write(1)
    shop.file("media/cup.png", "a cup")

    for death in share("kills of a backup", list(BACKUP_DEATHS.values()), at_most=2):
        process = shop.apart(f"{death}\ntake('killed')")
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "here", death
        process.kill()
        process.wait()
        process.stdout.close()

        assert backup.shelf(shop.folder).unfinished == ("killed",), death
        with pytest.raises(Unfinished), restored(shop, target, name="killed"):
            pass
    shop.back_up("next")

    assert backup.shelf(shop.folder).unfinished == ()
    assert shop.one("SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'shopkeeper_backup%'") == 0
    with restored(shop, target, name="next") as found:
        assert numbers(found.url) == [1]


RESTORE_DEATHS = {
    "before the server runs": "restoring._until_promoted = lambda *a: stand('here')",
    "before files": "restoring._pour_files = lambda *a: stand('here')",
    "before it gets its name": "restoring._settle = lambda *a: stand('here')",
}


def test_a_restore_killed_anywhere_leaves_no_shop_and_the_next_one_works(shop, target):
    shop.write(1)
    shop.file("media/cup.png", "a cup")
    shop.back_up("one")

    for death in share("kills of a restore", list(RESTORE_DEATHS.values()), at_most=1):
        process = shop.apart(f"{death}\nwith backup.restoring_to(folder=folder, data_dir=Path(given['target'])): pass", target=str(target))
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "here", death
        process.kill()
        process.wait()
        process.stdout.close()

        assert not target.exists(), death
        assert target.with_name("restored.unfinished").exists(), death
    with restored(shop, target) as found:
        assert numbers(found.url) == [1]
    assert not target.with_name("restored.unfinished").exists()


def test_a_trial_leaves_nothing_behind(shop, target):
    shop.back_up("one")

    with restored(shop, target, is_trial=True) as found:
        assert found.folder.exists()

    assert not target.exists()
    assert not found.folder.exists()


def test_a_restore_that_fails_while_it_is_settled_leaves_nothing_behind(shop, target):
    shop.back_up("one")

    with pytest.raises(ZeroDivisionError), restored(shop, target) as found:
        print(1 / 0)

    assert not target.exists()
    assert not found.folder.exists()


def test_a_proof_is_written_down_and_shown_beside_its_backup(shop):
    shop.back_up("one")
    backup.record_proof(folder=shop.folder, name="one", proof=Proof(at=NOON, seconds=2.5, problems=()))
    shelf = backup.shelf(shop.folder)

    assert shelf.newest_proven == shelf.newest
    backup.record_proof(folder=shop.folder, name="one", proof=Proof(at=NOON, seconds=2.5, problems=("the books differ",)))
    assert backup.shelf(shop.folder).newest_proven is None
    assert backup.shelf(shop.folder).newest == replace(shelf.backups[0], proof=Proof(at=NOON, seconds=2.5, problems=("the books differ",)))


def test_a_server_of_the_operators_own_is_dumped_and_restored_to_its_point(shop, target, other_server):
    with psycopg.connect(other_server, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (number integer PRIMARY KEY)")
        connection.execute("INSERT INTO kept VALUES (7)")
    shop.file("media/cup.png", "a cup")
    kept = replace_url(shop, other_server).back_up("one")

    with restored(shop, target, name="one") as found:
        assert numbers(found.url) == [7]
    assert kept.kind == "dump"
    assert contents(target / "media") == {"cup.png": "a cup"}
    with psycopg.connect(other_server, autocommit=True) as connection:
        connection.execute("DROP TABLE kept")


def replace_url(shop: Shop, url: str) -> Shop:
    return replace(shop, server=replace(shop.server, url=url))


def test_an_unreadable_manifest_is_an_error_of_its_own(shop):
    shop.back_up("one")
    (shop.folder / "one" / "manifest.json").write_bytes(b"\xff\xfe")

    with pytest.raises(manifest.Unreadable):
        store.read_manifest(shop.folder / "one")
    with pytest.raises(Damaged):
        backup.problems(folder=shop.folder, name="one")
