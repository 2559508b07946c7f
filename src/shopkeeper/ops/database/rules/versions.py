"""Versions of the package: pure comparison."""

from __future__ import annotations

import re


def is_newer(found: str, *, than: str) -> bool:
    """Return whether a version such as 1.10.0 comes after another; one that cannot be read comes after none."""
    return bool(_numbers(found)) and bool(_numbers(than)) and _numbers(found) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
