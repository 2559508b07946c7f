"""Names of backups: pure checks."""

from __future__ import annotations

import re
from datetime import datetime

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
RESERVED = frozenset({"files", "wal", "proofs"})
"""Folders beside the backups."""


def is_name(text: str) -> bool:
    """Return whether a text can name a backup: a folder, and a point in the write-ahead log (63 bytes at most)."""
    return _NAME.fullmatch(text) is not None and text not in RESERVED


def by_moment(at: datetime) -> str:
    """Return the name of a backup that was given none: its moment in UTC, to the second."""
    return f"{at:%Y-%m-%dt%H%M%Sz}"
