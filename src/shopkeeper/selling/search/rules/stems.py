"""English words without their endings, in two steps. Pure.

Own rules, and few: the words of goods are nouns and what was done to them (“painted”, “hanging”, “decorative”), and a stem needs no
meaning, only to be the same for words that mean the same. Why no library: docs/decisions/0014.
"""

_SHORTEST = 3
"""A stem keeps at least so many letters."""

_ENDINGS = ("ations", "ation", "ative", "ating", "ated", "ate", "ings", "ing", "ed", "ement", "ments", "ment", "ly")
"""Taken off where a vowel and _SHORTEST letters remain; the first that fits."""

_VOWELS = frozenset("aeiouy")
_STAY = frozenset(
    "ceiling evening morning pudding string spring sterling wedding red bed shed sled plate slate chocolate bleed feed seed".split()
)
"""Words whose ending is none."""


def light_stem(word: str) -> str:
    """Return an English word without its plural ending; short words and words in -ss, -us, -is stay.

    Light on purpose: “berries” meets “berry” and “boxes” meets “box”, but “paper” never meets “papered”.
    After Harman, How effective is suffixing?, JASIS 42 (1991), the S stemmer, with the sibilant plural added.
    """
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]


def deep_stem(word: str) -> str:
    """Return an English word without what makes it a doing or a done: “painting”, “painted” and “paints” meet in “paint”.

    A final e falls and y becomes i, so that “making” meets “make” and “cosy” meets “cosies”; a doubled consonant is halved: “knitted”.
    """
    if not word.isalpha() or not word.isascii() or len(word) <= _SHORTEST or word in _STAY:
        return word
    stem = _without_ending(word)
    if stem.endswith("e") and len(stem) > _SHORTEST:
        stem = stem[:-1]
    elif stem.endswith("y") and stem[-2] not in _VOWELS:
        stem = stem[:-1] + "i"
    return stem


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST and set(stem) & _VOWELS:
            return _halved(stem) if ending in ("ing", "ings", "ed") else stem
    return word


def _halved(stem: str) -> str:
    return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "aeioulsz" else stem
