"""How long to wait before a dead part is started again: pure arithmetic."""

from __future__ import annotations

_FIRST_S = 0.25
_LONGEST_S = 30.0
_STEADY_S = 60.0


def failures_after(failures: int, *, ran_for_s: float) -> int:
    """Return the count of failures in a row after one more: a part that ran for a minute starts from the beginning."""
    return 1 if ran_for_s >= _STEADY_S else failures + 1


def pause_s(failures: int) -> float:
    """Return the seconds to wait before the next start: a quarter of a second, doubling up to half a minute."""
    return min(_FIRST_S * 2.0 ** max(0, failures - 1), _LONGEST_S)
