"""How Chinese is cut into words and read aloud, by dictionaries that are loaded when the first Chinese text is indexed.

They take half a second and some 80 MB, so a process that only searches never loads them: a query is matched by pairs of characters.
"""

from functools import lru_cache

LEAST_IN_A_WORD = 3
"""Shorter words are found by pairs of characters already."""


@lru_cache(maxsize=20_000)
def words(run: str) -> tuple[str, ...]:
    """Return the words of three characters and more in a run of Chinese, as a dictionary cuts it: “维多利亚风” gives “维多利亚”."""
    if len(run) < LEAST_IN_A_WORD:
        return ()
    import rjieba

    return tuple(dict.fromkeys(word for word in rjieba.cut_for_search(run) if len(word) >= LEAST_IN_A_WORD))


@lru_cache(maxsize=20_000)
def syllables(run: str) -> tuple[str, ...]:
    """Return how a run of Chinese is read, a syllable for each character, without tones; what cannot be read is left out."""
    import pypinyin

    return tuple(each for each in pypinyin.lazy_pinyin(run, errors="ignore", v_to_u=False) if each.isascii() and each.isalpha())
