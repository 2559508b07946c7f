"""A test that was skipped has shown nothing: each is named at the end of a run, and in CI a run with one of them has failed."""

from __future__ import annotations

import os
from typing import Any

import pytest

_skipped: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[report.nodeid] = told.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name, why in sorted(_skipped.items()):
        terminalreporter.write_line(f"not run: {name}: {why}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
