"""What crosses the health room's face: one finding for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; marks it for translation by the door that shows it."""
    return text


class State(StrEnum):
    """How a thing is. Unknown is never well: nobody could look."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `said` and `remedy` are English texts that can be translated; `values` fill both in. No secrets."""

    name: str
    state: State
    said: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done at once: ok or a warning."""
        return self.state in (State.OK, State.WARNING)


Check = Callable[[], Finding]

NAMES: Mapping[str, str] = {
    "settings": gettext_noop("Settings"),
    "python": gettext_noop("Python"),
    "packages": gettext_noop("Packages"),
    "database": gettext_noop("Database"),
    "durability": gettext_noop("Durability"),
    "migrations": gettext_noop("Tables"),
    "disk": gettext_noop("Disk space"),
    "folder": gettext_noop("Data folder"),
    "secret_key": gettext_noop("Secret key"),
    "clock": gettext_noop("Clock"),
    "worker": gettext_noop("Worker"),
    "facts": gettext_noop("Facts on their way"),
    "parked": gettext_noop("Facts set aside"),
    "jobs": gettext_noop("Jobs"),
    "mails": gettext_noop("Mails"),
    "waiting": gettext_noop("Payments that wait"),
    "payments": gettext_noop("Payments"),
    "search": gettext_noop("Search"),
    "backup": gettext_noop("Backup"),
    "addresses": gettext_noop("Addresses"),
    "debug": gettext_noop("Debugging"),
    "tls": gettext_noop("Encrypted connections"),
}
"""What each check is called, by its name in JSON."""


def ok(name: str, said: str, **values: object) -> Finding:
    """Return that a thing is as it should be."""
    return Finding(name=name, state=State.OK, said=said, values=values)


def warning(name: str, said: str, remedy: str, **values: object) -> Finding:
    """Return that a thing should be put right one day."""
    return Finding(name=name, state=State.WARNING, said=said, remedy=remedy, values=values)


def failed(name: str, said: str, remedy: str, **values: object) -> Finding:
    """Return that a thing must be put right now."""
    return Finding(name=name, state=State.FAILED, said=said, remedy=remedy, values=values)


def unknown(name: str, said: str, remedy: str = "", **values: object) -> Finding:
    """Return that nobody could look."""
    return Finding(name=name, state=State.UNKNOWN, said=said, remedy=remedy, values=values)


def is_well(findings: Sequence[Finding]) -> bool:
    """Return whether something was looked at and nothing of it failed or stayed unknown."""
    return bool(findings) and all(finding.is_well for finding in findings)
