"""The face of the health room: what can be looked at without knowing what the shop sells. `flows/checkup.py` adds the rooms' own checks."""

from __future__ import annotations

from collections.abc import Iterable

from shopkeeper.ops.health.installation import addresses, debug, is_public, packages, python, settings, tls
from shopkeeper.ops.health.machine import clock, disk, folder_modes, secret_key
from shopkeeper.ops.health.server import Answer, ask, database, durability, migrations, worker
from shopkeeper.ops.health.shapes import Check, Finding, State, gettext_noop

__all__ = [
    "Answer", "addresses", "ask", "clock", "database", "debug", "disk", "durability", "folder_modes", "is_public", "looked_at",
    "migrations", "packages", "python", "secret_key", "settings", "tls", "worker",
]  # fmt: skip


def looked_at(checks: Iterable[tuple[str, Check]]) -> tuple[Finding, ...]:
    """Return what each check found; a check that itself breaks is unknown, never well, and the others are still made."""
    return tuple(_made(name, check) for name, check in checks)


def _made(name: str, check: Check) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever one check runs into, the others must be made
        said = gettext_noop("Could not be looked at (%(error)s)")
        return Finding(name=name, state=State.UNKNOWN, said=said, values={"error": type(error).__name__})
