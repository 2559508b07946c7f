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
_counted: dict[str, list[int]] = {}
_told: list[str] = []


def share(name: str, cases: Sequence[Case], *, at_most: int) -> list[Case]:
    """Return the cases this run takes: all of them in a deep run, else `at_most`, chosen by the seed and in their own order."""
    chosen = range(len(cases))
    if not IS_DEEP and len(cases) > at_most:
        chosen = sorted(random.Random(f"{SEED} {name}").sample(range(len(cases)), at_most))  # type: ignore[assignment]
    _taken.append(f"{name}: {len(chosen)} of {len(cases)}")
    return [cases[place] for place in chosen]


def count(name: str, done: int, of: int) -> None:
    """Add to what a run did where only the test itself finds out how many cases there are; parts of one whole add up."""
    _counted[name] = [_counted.get(name, [0, 0])[0] + done, of]


def tell(line: str) -> None:
    """Have the report of the run say this line."""
    _told.append(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker took to the process that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["share"], output["counted"], output["told"] = list(_taken), dict(_counted), list(_told)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker what it took, the same for all of them, and what it counted, each its own part."""
    output = getattr(node, "workeroutput", {})
    _taken[:] = output.get("share", _taken)
    for name, (done, of) in output.get("counted", {}).items():
        count(name, done, of)
    _told.extend(output.get("told", ()))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the share and the seed before the closing line."""
    if _taken:
        repeat = f"seed {SEED}; repeat with SHOPKEEPER_SEED={SEED}, all with make deep"
        terminalreporter.write_line(f"share of races and kills ({repeat}): " + "; ".join(_taken))
    if _counted:
        done, of = (sum(each[place] for each in _counted.values()) for place in (0, 1))
        each = "; ".join(f"{name}: {done} of {of}" for name, (done, of) in sorted(_counted.items()))
        terminalreporter.write_line(f"counted (seed {SEED}): {done} of {of} in all; {each}")
    for line in sorted(_told):
        terminalreporter.write_line(f"{line} (seed {SEED})")
