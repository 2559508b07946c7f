"""Pages compressed once and answered many times: gzip put together from pieces that were pressed before and what is filled in between.

What is filled in stands uncompressed (stored blocks), and no piece refers to another: a secret never shares a dictionary with words
that somebody else may choose, so the length of an answer tells nothing of it (BREACH).
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_POLYNOMIAL = 0xEDB88320
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_MOST_STORED = 65_535


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page: raw deflate blocks, and how its length moves a checksum (`shift`) and its own checksum."""

    blocks: bytes
    crc: int
    shift: int
    length: int


def press(text: bytes, *, is_last: bool) -> Piece:
    """Return a piece of a page, compressed on its own."""
    machine = zlib.compressobj(6, zlib.DEFLATED, -15)
    blocks = machine.compress(text) + machine.flush(zlib.Z_FINISH if is_last else zlib.Z_FULL_FLUSH)
    return Piece(blocks, zlib.crc32(text), _shift(len(text)), len(text))


def unpress(piece: Piece) -> bytes:
    """Return a piece as it was before it was pressed."""
    return zlib.decompressobj(-15).decompress(piece.blocks)


def gzip(pieces: Sequence[Piece], filled: Sequence[bytes]) -> bytes:
    """Return pieces with what is filled in between them as one gzip file; `filled` has one text fewer than there are pieces."""
    parts = [_HEAD, pieces[0].blocks]
    crc, length = pieces[0].crc, pieces[0].length
    for text, piece in zip(filled, pieces[1:], strict=True):
        parts += (_stored(text), piece.blocks)
        crc = _times(piece.shift, zlib.crc32(text, crc)) ^ piece.crc
        length += len(text) + piece.length
    parts.append(struct.pack("<II", crc, length & 0xFFFFFFFF))
    return b"".join(parts)


def _stored(text: bytes) -> bytes:
    if len(text) > _MOST_STORED:
        raise ValueError(f"What is filled in has {len(text)} bytes; a stored block holds {_MOST_STORED}")
    return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text


def _shift(length: int) -> int:
    """Return x^(8·length) modulo the checksum's polynomial: what appending so many bytes does to a checksum (as zlib's crc32_combine)."""
    result, base, power = 1 << 31, 1 << 30, 8 * length
    while power:
        if power & 1:
            result = _times(base, result)
        base = _times(base, base)
        power >>= 1
    return result


def _times(one: int, other: int) -> int:
    product, bit = 0, 1 << 31
    while one:
        if one & bit:
            product ^= other
            one ^= bit
        bit >>= 1
        other = (other >> 1) ^ _POLYNOMIAL if other & 1 else other >> 1
    return product
