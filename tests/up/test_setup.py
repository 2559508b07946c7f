"""What `make setup` relies on: locked packages with hashes, no index address, and a stamp that knows when nothing is to be done."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from tests.up.builders import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, set[str]]:
    """Return the pinned versions in a lock file, by package; a package may have one version for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return found


def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "deploy" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_no_index_is_named(lock):
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text().strip())

    assert len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in (ROOT / lock).read_text()
    assert "index" not in (ROOT / lock).read_text()


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", []), ("requirements-dev.lock", ["dev"])])
def test_the_lock_satisfies_every_range_in_pyproject(lock, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    pinned = pins(lock)

    unmet = [
        str(need)
        for need in map(Requirement, wanted)
        if not any(need.specifier.contains(version) for version in pinned.get(need.name.lower().replace("_", "-"), ()))
    ]

    assert unmet == []


def test_tests_and_shops_run_on_the_same_versions():
    shop, tests = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: versions for name, versions in shop.items() if tests.get(name) != versions} == {}


def test_a_changed_lock_makes_the_stamp_void_and_one_for_development_serves_a_shop(tmp_path, monkeypatch):
    module = environment()
    for lock in LOCKS:
        (tmp_path / lock).write_text(f"{lock} one")
    (tmp_path / "python").write_text("")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp")
    shop, dev = (module._stamp(tmp_path / lock) for lock in LOCKS)

    (tmp_path / "stamp").write_text(dev)
    assert module._has_stamp(dev=True, wanted=dev)
    assert module._has_stamp(dev=False, wanted=shop)
    (tmp_path / "stamp").write_text(shop)
    assert module._has_stamp(dev=False, wanted=shop)
    assert not module._has_stamp(dev=True, wanted=dev)
    (tmp_path / "requirements.lock").write_text("two")
    assert not module._has_stamp(dev=False, wanted=module._stamp(tmp_path / "requirements.lock"))


def test_a_missing_part_of_the_system_fails_in_ci_and_is_named_elsewhere(monkeypatch, capsys):
    module = environment()
    monkeypatch.setattr(module, "_has", lambda name: name != "chromium")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)

    monkeypatch.setenv("CI", "true")
    assert module.system() == 1
    monkeypatch.delenv("CI")
    assert module.system() == 0
    assert capsys.readouterr().err.count("Missing: chromium") == 2


def test_make_lists_its_words():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)

    for word in ("up", "setup", "test", "check", "bench", "deep", "shell", "pictures", "schema", "clean"):
        assert re.search(rf"^  make {word} ", done.stdout, re.MULTILINE), word


def test_make_without_a_python_new_enough_says_what_is_missing():
    done = subprocess.run(["make", "--no-print-directory", "setup", "PYTHON="], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr
