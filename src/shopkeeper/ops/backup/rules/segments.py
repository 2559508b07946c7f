"""Segments of the write-ahead log by name: 8 hexadecimal digits of the timeline, then 16 of the place. Pure arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_NAME = re.compile(r"[0-9A-F]{24}")
_PER_HIGH = 0x1_0000_0000


def is_segment(name: str) -> bool:
    """Return whether a file's bare name is that of a segment."""
    return _NAME.fullmatch(name) is not None


def bare(name: str) -> str:
    """Return a segment's name without what says that it is compressed or still being written."""
    return name.removesuffix(".partial").removesuffix(".gz")


def timeline(name: str) -> int:
    """Return the timeline a segment belongs to."""
    return int(name[:8], 16)


def number(name: str, *, segment_bytes: int) -> int:
    """Return a segment's place in its timeline, counted from 0."""
    return int(name[8:16], 16) * (_PER_HIGH // segment_bytes) + int(name[16:], 16)


def holding(lsn: str, *, timeline: int, segment_bytes: int) -> str:
    """Return the name of the segment that holds the byte before `lsn` (`0/3000090`): the end of a record lies there."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    place = max(0, high * _PER_HIGH + low - 1) // segment_bytes
    per_high = _PER_HIGH // segment_bytes
    return f"{timeline:08X}{place // per_high:08X}{place % per_high:08X}"


def reach(first: str, have: Iterable[str], *, segment_bytes: int) -> list[str]:
    """Return the segments of one timeline that follow each other without a gap, beginning with `first`; empty where that is missing."""
    line = timeline(first)
    places = {number(name, segment_bytes=segment_bytes): name for name in have if timeline(name) == line}
    found = []
    place = number(first, segment_bytes=segment_bytes)
    while place in places:
        found.append(places[place])
        place += 1
    return found


def gaps(have: Sequence[str], *, segment_bytes: int) -> list[tuple[str, str]]:
    """Return each pair of segments between which others of the same timeline are missing."""
    ordered = sorted(set(have))
    return [
        (before, after)
        for before, after in pairwise(ordered)
        if timeline(before) == timeline(after)
        and number(after, segment_bytes=segment_bytes) != number(before, segment_bytes=segment_bytes) + 1
    ]
