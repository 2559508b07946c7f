"""Which square is cut out of a picture, and under which name a cut is known."""

from hashlib import sha256

MAKING = 1
"""Raised where pictures are made in another way: what is made then gets other addresses, so that no browser keeps the former ones."""


def square_box(width: int, height: int, focus: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the largest square of a picture whose middle is as near the focus as its edges allow."""
    side = min(width, height)
    left = _start(width, side, focus[0])
    top = _start(height, side, focus[1])
    return left, top, left + side, top + side


def _start(length: int, side: int, per_cent: int) -> int:
    wanted = (2 * length * per_cent - 100 * side + 100) // 200
    return max(0, min(wanted, length - side))


def whole_key(sha: str) -> str:
    """Return the name of an original as a whole; 32 hexadecimal digits."""
    return _key(sha, "whole")


def square_key(sha: str, focus: tuple[int, int]) -> str:
    """Return the name of the square around a focus; 32 hexadecimal digits."""
    return _key(sha, f"square {focus[0]} {focus[1]}")


def _key(sha: str, what: str) -> str:
    return sha256(f"{MAKING} {sha} {what}".encode()).hexdigest()[:32]
