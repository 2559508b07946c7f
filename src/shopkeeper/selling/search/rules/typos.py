"""What somebody meant who mistyped a word: near words by the letters left out, told apart by counting the slips. Pure.

After Garbe's symmetric deletes (2012): a word and what was typed meet where leaving letters out of both makes them the same, so plain
equality in a table finds every near word. Swapped neighbours count as one slip (Damerau).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

SHORTEST = 4
"""Shorter words have too many neighbours: “cup” and “cap” are both right."""
LONG = 8
"""From so many letters on two slips are forgiven, else one."""
LONGEST = 24


def forgiven(word: str) -> int:
    """Return how many slips are forgiven in a word of this length."""
    if not SHORTEST <= len(word) <= LONGEST:
        return 0
    return 2 if len(word) >= LONG else 1


def keys(word: str) -> frozenset[str]:
    """Return a word with each choice of letters left out that could be slips, itself included; nothing for words too short or too long."""
    most = forgiven(word)
    if not most:
        return frozenset()
    return frozenset(
        "".join(letter for at, letter in enumerate(word) if at not in left_out)
        for slips in range(most + 1)
        for left_out in combinations(range(len(word)), slips)
    )


def slips(typed: str, meant: str, *, most: int = 3) -> int:
    """Return how many letters were left out, added, changed or swapped with their neighbour; `most` + 1 where there are more."""
    if abs(len(typed) - len(meant)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for at, letter in enumerate(typed, start=1):
        earlier, before, row = before, row, [at, *([0] * len(meant))]
        for there, wanted in enumerate(meant, start=1):
            row[there] = min(before[there] + 1, row[there - 1] + 1, before[there - 1] + (letter != wanted))
            if at > 1 and there > 1 and letter == meant[there - 2] and typed[at - 2] == wanted:
                row[there] = min(row[there], earlier[there - 2] + 1)
    return min(row[-1], most + 1)


def meant(typed: str, near: Mapping[str, int]) -> str:
    """Return the word that was probably meant, of near words with how many goods hold each; empty where none is near enough.

    Fewest slips first, then the same first letter, then the word of most goods.
    """
    most = forgiven(typed)
    counted = [(slips(typed, word, most=most), word) for word in near]
    fit = [(number, word[:1] != typed[:1], -near[word], word) for number, word in counted if number <= min(most, forgiven(word) or most)]
    return min(fit)[-1] if fit else ""


def cuts(word: str, *, shortest: int = 3) -> list[tuple[str, str]]:
    """Return each way to cut a word in two: “nightlight” may be “night light”."""
    return [(word[:at], word[at:]) for at in range(shortest, len(word) - shortest + 1)]


def cut(word: str, known: Mapping[str, int]) -> tuple[str, str] | None:
    """Return the cut of a word whose parts are both known, that of most goods, None where there is none."""
    fit = [(min(known[first], known[second]), first, second) for first, second in cuts(word) if first in known and second in known]
    return max(fit)[1:] if fit else None


def joined(words: Sequence[str], known: Iterable[str]) -> list[str]:
    """Return words with neighbours written together where only that is known: “door mat” becomes “doormat”."""
    have, found, at = set(known), [], 0
    while at < len(words):
        together = "".join(words[at : at + 2])
        if at + 1 < len(words) and together in have:
            found.append(together)
            at += 2
        else:
            found.append(words[at])
            at += 1
    return found
