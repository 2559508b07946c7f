"""One shop for all journeys of `up`: made once, then started, stopped and killed many times."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import free_port
from tests.up.builders import Started, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests look at processes through /proc."""
    for item in items:
        if "tests/up/" in str(item.path):
            item.add_marker(pytest.mark.processes)
            item.add_marker(pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can pass through."""
    made = Path(tempfile.mkdtemp(prefix="shopkeeper-up-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def open_shop(folder: Path) -> Iterator[Started]:
    """An empty shop that is open, for the tests that leave it so."""
    shop = Started(data_dir=folder / "open", port=free_port())
    shop.until_open()
    yield shop
    _end(shop)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Started]]:
    """A function that starts a shop; whatever still runs at the end of the test is killed."""
    started: list[Started] = []

    def begin(name: str = "shop", **options: object) -> Started:
        shop = Started(data_dir=folder / name, port=int(options.pop("port", 0) or free_port()), **options)  # type: ignore[arg-type, call-overload]
        started.append(shop)
        return shop

    yield begin
    for shop in started:
        _end(shop)


def _end(shop: Started) -> None:
    shop.process.kill()
    shop.process.wait()
    # A command that worked beside an open shop must not take the shop with it.
    for pid in running(shop.data_dir) if shop.is_supervisor else ():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
