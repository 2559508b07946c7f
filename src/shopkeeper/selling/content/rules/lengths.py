"""How much of a title or a description an engine shows: estimated from the width of its letters, in Latin and Chinese alike.

Engines cut by width, not by count. The widths are those of Arial in thousandths of the size of its letters, the face of the results
page on most desks; a Chinese character is as wide as its size. A title is set at 20 px and cut at about 580 px, a description at 14 px
and cut at about 920 px, which is two lines. An estimate: engines say neither number, and change both.
"""

import unicodedata

TITLE_PX, DESCRIPTION_PX = 580, 920
LEAST_TITLE_PX, LEAST_DESCRIPTION_PX = 140, 280
"""Below these a title says hardly more than one word, and a description less than one line of a phone."""

_TITLE_SIZE, _DESCRIPTION_SIZE = 20, 14
_WIDE, _OTHER = 1_000, 556
_WIDTHS = {
    **dict.fromkeys("ijl'|", 222),
    **dict.fromkeys(" .,:;!fI/\\t[]·", 278),
    **dict.fromkeys("()-r`", 333),
    **dict.fromkeys("ckJsvxyz", 500),
    **dict.fromkeys("FTZ", 611),
    **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("mM", 833),
    **dict.fromkeys("W%—", 944),
    "…": 1_000,
    "@": 1_015,
}


def title_px(text: str) -> int:
    """Return how wide a title is in a list of results, in pixels."""
    return _wide(text, _TITLE_SIZE)


def description_px(text: str) -> int:
    """Return how wide a description is in a list of results, all its lines together, in pixels."""
    return _wide(text, _DESCRIPTION_SIZE)


def cut(text: str, *, title: bool) -> str:
    """Return what is shown of a title or a description, with three dots where it is cut, at a word's end where there is one near."""
    width, most = (title_px, TITLE_PX) if title else (description_px, DESCRIPTION_PX)
    if width(text) <= most:
        return text
    kept = text
    while kept and width(f"{kept} …") > most:
        kept = kept[:-1]
    word = kept.rpartition(" ")[0]
    return f"{(word if len(word) > len(kept) * 0.8 else kept).rstrip(' ,;:，；：、')} …"


def _wide(text: str, size: int) -> int:
    return round(sum(_of(char) for char in text) * size / 1_000)


def _of(char: str) -> int:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.combining(char):
        return 0
    return _WIDE if unicodedata.east_asian_width(char) in "WF" else _OTHER
