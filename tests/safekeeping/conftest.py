"""A shop on a server of its own, in a folder that the server may enter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import Server
from tests.safekeeping.builders import Shop, shopkeeper

HASTE = {"fsync": "off", "shared_buffers": "64MB"}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="shopkeeper-safe-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder) -> Iterator[Server]:
    (folder / "shop").mkdir(mode=0o700)
    (folder / "shop" / "secret_key").write_text("k" * 60)
    with database.running(data_dir=folder / "shop", extra_settings=HASTE) as running:
        done = shopkeeper("migrate", data_dir=folder / "shop")
        assert done.returncode == 0, done.stderr
        yield running


@pytest.fixture
def shops(folder, server) -> Iterator[list[Shop]]:
    made = [Shop(data_dir=folder / "shop", url=server.url) for _ in range(2)]
    opened = made[0]("open")
    made[1]("join", opened)
    yield made
    for each in made:
        each.end()
