"""What postmaster.pid says: pure reading of its lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Postmaster:
    """The server a postmaster.pid speaks of: its process id, and whether it says that it takes connections."""

    process: int
    is_ready: bool


def read(text: str) -> Postmaster | None:
    """Return what a postmaster.pid says, or None where a crash left it empty or cut off before a usable process id."""
    lines = text.splitlines()
    if not lines or not lines[0].strip().lstrip("-").isdigit():
        return None
    status = lines[7].strip() if len(lines) > 7 else ""
    # A server started in single-user mode writes its process id as a negative number.
    return Postmaster(process=abs(int(lines[0])), is_ready=status == "ready")
