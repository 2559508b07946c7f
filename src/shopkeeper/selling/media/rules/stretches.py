"""Which bytes of a file are asked for, and in which pieces they lie."""

import re

from shopkeeper.selling.media.shapes import MOST_VIDEO_BYTES, BeyondTheEnd

_ASKED = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")

PIECE = 1_000_000
"""So many bytes of a film lie in one row."""

MOST_AT_ONCE = 4 * PIECE
"""So much is answered at once; a browser asks on from there."""

MOST_PIECES = -(-MOST_VIDEO_BYTES // PIECE)


def asked(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of what a Range header asks for; None where it asks for nothing one piece can answer.

    Raises BeyondTheEnd where nothing of it is within the file.
    """
    found = _ASKED.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0:
            raise BeyondTheEnd(size)
        first, last = max(0, size - length), size - 1
    else:
        first, last = int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)
    if found[1] and found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise BeyondTheEnd(size)
    return first, min(last, first + MOST_AT_ONCE - 1)


def pieces(content: bytes) -> list[bytes]:
    """Return a file in pieces."""
    return [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
