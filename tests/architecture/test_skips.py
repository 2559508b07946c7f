"""No test is skipped unseen: it is named, and fails a run in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PLANTED = """
import pytest
@pytest.mark.skipif(True, reason="looks at processes through /proc")
def test_seen(): raise AssertionError
def test_run(): pass
"""


@pytest.mark.parametrize(("where", "status", "workers"), [("true", 1, "1"), ("", 0, "0")])
def test_a_skipped_test_is_named_and_fails_in_ci(tmp_path: Path, where: str, status: int, workers: str) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-n", workers, "--rootdir", str(tmp_path), "-c", os.devnull]

    done = subprocess.run(
        [*command, str(tmp_path)], env={**os.environ, "CI": where, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
        timeout=120, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == status, done.stdout + done.stderr
    assert "test_seen: looks at processes through /proc" in done.stdout
