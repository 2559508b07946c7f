"""Looking for words in the names of goods, as the source of the sample shop writes them: in capitals, with and without apostrophes."""

import re


def plain(text: str) -> str:
    """Return a text in capitals with single spaces and no apostrophes, since the source writes CHILDRENS and CHILDREN'S alike."""
    return " ".join(text.upper().replace("’", "").replace("'", "").split())


def any_of(words: str, *, ending: str = "") -> re.Pattern[str]:
    """Return what finds one of these words, commas between, as a whole word, longest first; `ending` is a pattern that may follow it."""
    known = sorted((plain(word) for word in words.split(",")), key=len, reverse=True)
    return re.compile(r"(?<![A-Z0-9])(?:" + "|".join(map(re.escape, known)) + rf"){ending}(?![A-Z0-9])")
