"""The web server starts with a secret of its own or not at all."""

import subprocess
import sys

import pytest

START = "import shopkeeper.wiring.wsgi"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY", raising=False)


def started() -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=False, timeout=60)


def test_without_a_secret_key_nothing_is_served(environment):
    done = started()

    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr.splitlines()[-1]


def test_with_the_key_of_its_data_folder_it_starts(environment, tmp_path):
    (tmp_path / "secret_key").write_text("k" * 50)

    assert started().returncode == 0
