"""Which backups may go: a pure decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shopkeeper.ops.backup.shapes import Kept


def to_drop(backups: Sequence[Kept], *, keep: int, keep_for: timedelta, now: datetime) -> list[Kept]:
    """Return the backups, oldest first, that are neither among the newest `keep` nor younger than `keep_for`.

    Never the newest one, and never the newest that was restored and found right: `keep` below 1 changes nothing about that.
    """
    newest_first = sorted(backups, key=lambda kept: kept.point.at, reverse=True)
    proven = next((kept for kept in newest_first if kept.proof and kept.proof.is_good), None)
    safe = {kept.name for kept in (*newest_first[: max(1, keep)], *([proven] if proven else []))}
    return [kept for kept in reversed(newest_first) if kept.name not in safe and now - kept.point.at > keep_for]
