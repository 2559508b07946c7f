"""`shopkeeper doctor` looks the shop over; `shopkeeper config` shows the settings. Neither starts or changes anything."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.texts import _, language
from shopkeeper.kit.configuration import Configuration, InForce, SettingRefused, Source
from shopkeeper.kit.reference import reference
from shopkeeper.kit.settings import SETTINGS
from shopkeeper.ops.database import public as database
from shopkeeper.ops.database.shapes import gettext_noop
from shopkeeper.ops.health.shapes import NAMES, Finding, State, failed, is_well

NOWHERE = "postgresql:///shopkeeper?host=/nonexistent"
"""Where no server is found: without it the settings would name the machine's own."""
SIGNS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗", State.UNKNOWN: "?"}
CALLED = {**NAMES, "shop": gettext_noop("Shop")}
"""What each check is called, with the one that only the command line can make: elsewhere a shop is asked about itself."""


def doctor(words: argparse.Namespace) -> int:
    """Look the shop over and say what was found; status 1 where something failed or could not be looked at."""
    refused = Configuration(SETTINGS, os.environ).check()
    findings = _unreadable(refused) if refused else _found()
    if words.json:
        print(json.dumps(_as_data(findings), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(findings)))
    return 0 if is_well(findings) else 1


def _found() -> Sequence[Finding]:
    folder, given, is_any = place.data_dir(), dict(os.environ), place.is_any_here()
    url = place.database_url() or database.found_url(folder) or NOWHERE
    # No place.shop(): it would make the folder, start the server and bring the tables up to date, and so hide what is wrong.
    os.environ.update(DATABASE_URL=url, DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE=place.SETTINGS)
    import django

    django.setup()
    from shopkeeper.flows import checkup

    findings = checkup.run(now=datetime.now(UTC), environ=given)
    return findings if is_any else [_no_shop(folder), *map(_left_to_the_first, findings)]


def _no_shop(folder: Path) -> Finding:
    return failed(
        "shop",
        gettext_noop("There is no shop in %(folder)s"),
        gettext_noop(
            "Name the folder of yours, as DATA_DIR or with --data-dir before the command. Or begin a shop there: make up, or "
            "“shopkeeper up”."
        ),
        folder=folder,
    )


def _left_to_the_first(finding: Finding) -> Finding:
    """Return a finding without a remedy where nothing could be looked at: to name or begin a shop is the remedy of all of these."""
    return replace(finding, remedy="") if finding.state is State.UNKNOWN else finding


def _unreadable(refused: Sequence[SettingRefused]) -> Sequence[Finding]:
    return [
        Finding(
            name="settings", state=State.FAILED, said="%(problem)s", remedy="%(remedy)s",
            values={"problem": f"{each.setting.name}: {each.problem.pick(language())}", "remedy": each.remedy.pick(language())},
        )
        for each in refused
    ]  # fmt: skip


def _lines(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.state]} {_(CALLED[finding.name])}: {_(finding.said) % finding.values}")
        if finding.remedy and finding.state is not State.OK:
            lines.append(f"    → {_(finding.remedy) % finding.values}")
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    lines.append(
        _("%(ok)s ok, %(warning)s to look at, %(failed)s failed, %(unknown)s unknown")
        % {state.value: number for state, number in counts.items()}
    )
    return lines


def _as_data(findings: Sequence[Finding]) -> dict[str, object]:
    """Return what was found for programs: states and names in English, as they are called in the code."""
    return {
        "well": is_well(findings),
        "checks": [
            {
                "name": finding.name,
                "state": finding.state.value,
                "said": finding.said % finding.values,
                "remedy": "" if finding.state is State.OK else finding.remedy % finding.values,
            }
            for finding in findings
        ],
    }


def config(words: argparse.Namespace) -> int:
    """Show every setting with its value and where that comes from, secrets hidden; status 1 where one cannot be read."""
    if words.docs:
        print(reference(SETTINGS, words.docs), end="")
        return 0
    configuration = Configuration(SETTINGS, os.environ)
    for found in configuration.in_force():
        print(f"{found.setting.name}={found.shown}  # {_remark(found)}")
    refused = configuration.check()
    for refusal in refused:
        print(refusal.told(language()))
    return 1 if refused else 0


def _remark(found: InForce) -> str:
    """Return where a value comes from, or what is so while there is none."""
    if not found.shown:
        return _("not set: %s") % found.setting.default_is.pick(language())
    return {Source.ENVIRONMENT: _("environment"), Source.DEFAULT: _("default")}[found.source]
