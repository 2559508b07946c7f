"""A provider is set up whole or not at all: half of its settings stops every start and names what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

READ = "from shopkeeper.wiring import settings as s; print(s.STRIPE_SECRET_KEY, s.STRIPE_API_URL, s.TEST_PAYMENTS)"


def started(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "TEST_PAYMENTS"))}
    return subprocess.run(
        [sys.executable, "-c", READ], env={**plain, "DATA_DIR": str(folder), **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("given", "missing"), [("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"), ("STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY")]
)
def test_half_a_provider_stops_the_start_and_names_what_is_missing(tmp_path: Path, given: str, missing: str) -> None:
    stopped = started(tmp_path, **{given: "sk_test_of_nobody"})

    assert stopped.returncode != 0
    assert f"{missing}: It is missing: {given} is set" in stopped.stderr
    assert "sk_test_of_nobody" not in stopped.stderr


def test_a_whole_provider_or_none_starts(tmp_path: Path) -> None:
    both = started(tmp_path, STRIPE_SECRET_KEY="sk_test_1", STRIPE_WEBHOOK_SECRET="whsec_1")
    none = started(tmp_path)

    assert both.stdout.split() == ["sk_test_1", "https://api.stripe.com", "False"]
    assert none.stdout.split() == ["https://api.stripe.com", "False"]
