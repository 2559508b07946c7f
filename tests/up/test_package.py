"""The package as somebody installs it: built as a wheel, unpacked away from the checkout, and started there."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.postgres import free_port
from tests.up.builders import ROOT, Started, clean_environment

SOURCE = ROOT / "src" / "shopkeeper"


@pytest.fixture(scope="session")
def wheel(folder: Path) -> Path:
    """The wheel of this checkout, built by the pinned tools without a connection to anywhere."""
    made = folder / "wheel"
    build = ["wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "-w", str(made)]
    done = subprocess.run([sys.executable, "-m", "pip", *build], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def unpacked(wheel: Path, folder: Path) -> Path:
    """The folder in which the wheel's files lie, as `pip install` would lay them out."""
    place = folder / "package"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(place)
    return place


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as packed:
        inside = {name for name in packed.namelist() if name.startswith("shopkeeper/")}
    files = (path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)

    missing = {path.relative_to(SOURCE.parent).as_posix() for path in files} - inside

    assert missing == set()
    # What a shop cannot open without, by name: a rule that leaves out more than it should would leave it out here too.
    for needed in (
        "ops/database/schema.sql", "flows/sample_shop/transactions.parquet", "flows/sample_shop/goods.csv",
        "doors/storefront/locale/zh_Hans/LC_MESSAGES/django.mo", "doors/console/locale/zh_Hans/LC_MESSAGES/django.mo",
    ):  # fmt: skip
        assert f"shopkeeper/{needed}" in inside


def test_the_wheel_brings_the_command(wheel):
    with zipfile.ZipFile(wheel) as packed:
        (entries,) = (name for name in packed.namelist() if name.endswith(".dist-info/entry_points.txt"))
        assert "shopkeeper = shopkeeper.doors.cli.main:main" in packed.read(entries).decode()


def test_the_unpacked_package_opens_a_shop_gives_its_pages_and_stops_clean(unpacked, start, folder):
    environment = clean_environment(data_dir=folder / "packaged", port=free_port(), PYTHONPATH=str(unpacked))
    asked = [sys.executable, "-c", "import shopkeeper; print(shopkeeper.__file__)"]
    where = subprocess.run(asked, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(where) == unpacked / "shopkeeper" / "__init__.py"

    shop = start("packaged", PYTHONPATH=str(unpacked))
    shop.until_open()

    assert "My shop" in _read(shop, "/en/")
    assert "即将开张" in _read(shop, "/zh-hans/")
    assert "csrfmiddlewaretoken" in _read(shop, "/console/login/")
    assert shop.page("/api/v1/docs") == 200
    assert shop.page("/static/storefront/" + next((unpacked / "shopkeeper/doors/storefront/static/storefront").glob("*.css")).name) == 200
    status, output = shop.stop()
    assert status == 0, output
    assert "Traceback" not in output
    assert shop.running() == []


def _read(shop: Started, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{shop.port}{path}", timeout=20) as answer:
        return str(answer.read().decode())
