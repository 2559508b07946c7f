"""The data folder: refused with a reason, and nobody else's folder is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from shopkeeper.ops.database import folders
from shopkeeper.ops.database.identity import database_identity
from shopkeeper.ops.database.shapes import FolderNotOurs, FolderNotWritable, FolderUnreachable
from shopkeeper.ops.database.tests.builders import open_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its folder to another user")


@pytest.fixture
def place():
    with open_folder() as folder:
        yield folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_closed_to_everybody_else_and_its_parents_stay_passable(place):
    before = os.umask(0o077)
    try:
        folders.prepare(place / "a" / "b" / "shop", identity=database_identity())
    finally:
        os.umask(before)

    assert mode(place / "a" / "b" / "shop") == 0o700
    assert mode(place / "a" / "b") == 0o755


def test_a_folder_that_holds_something_else_is_refused_and_left_as_it_was(place):
    (place / "letters.txt").write_text("private")
    place.chmod(0o750)

    with pytest.raises(FolderNotOurs) as refusal:
        folders.prepare(place, identity=None)

    assert str(place) in str(refusal.value)
    assert mode(place) == 0o750
    assert [path.name for path in place.iterdir()] == ["letters.txt"]


def test_a_folder_that_cannot_be_made_is_refused_with_the_reason(place):
    (place / "file").write_text("")

    with pytest.raises(FolderNotWritable, match="Not a directory"):
        folders.prepare(place / "file" / "shop", identity=None)


@as_root
def test_a_folder_inside_a_closed_one_is_refused_by_name_and_the_closed_one_stays_closed(place):
    closed = place / "home"
    closed.mkdir(mode=0o700)

    with pytest.raises(FolderUnreachable) as refusal:
        folders.prepare(closed / "shop", identity=database_identity())

    assert refusal.value.values["parent"] == closed
    assert mode(closed) == 0o700
    assert list(closed.iterdir()) == [], "nothing was made there"


def test_data_dir_is_honoured_and_every_clone_has_a_default_of_its_own(monkeypatch, tmp_path):
    assert folders.default_data_dir({"DATA_DIR": str(tmp_path)}) == tmp_path

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(folders, "_home_of_the_code", lambda: Path("/srv/first"))
    first = folders.default_data_dir({"XDG_STATE_HOME": "/state"})
    monkeypatch.setattr(folders, "_home_of_the_code", lambda: Path("/srv/second"))
    second = folders.default_data_dir({"XDG_STATE_HOME": "/state"})
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    as_system = folders.default_data_dir({})

    assert first.parent == second.parent == Path("/state/shopkeeper")
    assert first != second
    assert as_system == Path("/var/lib/shopkeeper") / second.name


def test_the_secret_key_is_made_once_and_readable_by_nobody_else(place):
    folders.ensure_secret_key(place)
    first = (place / "secret_key").read_text()
    folders.ensure_secret_key(place)

    assert (place / "secret_key").read_text() == first
    assert len(first) >= 64
    assert mode(place / "secret_key") == 0o600
    assert [path.name for path in place.iterdir()] == ["secret_key"], "no draft is left"


def test_a_path_too_long_for_a_socket_gets_a_short_folder_elsewhere(place):
    deep = place / ("x" * 100)
    deep.mkdir()

    short = folders.socket_folder(deep, identity=database_identity())

    assert len(str(short)) < 80
    assert mode(short) == 0o700
    short.rmdir()


def test_a_lock_is_held_by_one_and_names_its_holder(place):
    first, second = folders.Lock(place / "shop.lock"), folders.Lock(place / "shop.lock")

    assert first.take()
    first.sign()
    assert not second.take()
    assert second.holder() == str(os.getpid())
    first.release()
    assert second.take()
    second.release()
