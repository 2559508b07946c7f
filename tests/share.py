"""Which of many races and kills a run takes: all with SHOPKEEPER_DEEP=1, otherwise a seeded share that the report names."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

Case = TypeVar("Case")

IS_DEEP = os.environ.get("SHOPKEEPER_DEEP") == "1"
# The seed changes with the day's run unless it is given, so that in time every case is met; the report says how to repeat a run.
SEED = int(os.environ.get("SHOPKEEPER_SEED") or random.SystemRandom().randrange(1_000_000))
# Workers of one run inherit it: all of them must collect the same tests.
os.environ["SHOPKEEPER_SEED"] = str(SEED)
_taken: list[str] = []


def share(name: str, cases: Sequence[Case], *, at_most: int) -> list[Case]:
    """Return the cases this run takes: all of them in a deep run, else `at_most`, chosen by the seed and in their own order."""
    chosen = range(len(cases))
    if not IS_DEEP and len(cases) > at_most:
        chosen = sorted(random.Random(f"{SEED} {name}").sample(range(len(cases)), at_most))  # type: ignore[assignment]
    _taken.append(f"{name}: {len(chosen)} of {len(cases)}")
    return [cases[place] for place in chosen]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker took to the process that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["share"] = list(_taken)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker what it took; all of them took the same."""
    _taken[:] = getattr(node, "workeroutput", {}).get("share", _taken)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the share and the seed before the closing line."""
    if _taken:
        repeat = f"seed {SEED}; repeat with SHOPKEEPER_SEED={SEED}, all with make deep"
        terminalreporter.write_line(f"share of races and kills ({repeat}): " + "; ".join(_taken))
