"""How Chinese names are read in Latin letters (pinyin), and whether something typed could be such a reading. Pure."""

import re
from collections.abc import Sequence

from shopkeeper.selling.search.rules.tokens import READING

MOST_SYLLABLES = 12
"""So many syllables of a name from each of its characters onwards: nobody types more."""
LONGEST = 60
MOST_TYPED = 30
LEAST_TYPED = 5

_SYLLABLE = (
    "(?:(?:zh|ch|sh)(?:ang|eng|ong|uai|uan|uang|ai|an|ao|en|ei|ou|ua|ui|un|uo|a|e|i|u)"
    "|[bpmfdtnlgkhjqxrzcsyw](?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
    "|ang|eng|ai|an|ao|ei|en|er|ou|a|e|o)"
)
_ONE = re.compile(_SYLLABLE)
_SEVERAL = re.compile(rf"{_SYLLABLE}{{2,}}(?:[bpmfdtnlgkhjqxrzcsyw]h?)?")


def tokens(syllables: Sequence[str]) -> list[str]:
    """Return the tokens under which a run of Chinese is found by its reading: from each character onwards whole, and by its initials.

    “红茶壶” gives “~hongchahu”, “~hch”, “~chahu”, “~ch”, “~hu”, “~h”; ü is written v and u. A token is looked for by its beginning.
    """
    found: list[str] = []
    for at in range(len(syllables)):
        part = syllables[at : at + MOST_SYLLABLES]
        whole = "".join(part)
        found += [whole, whole.replace("v", "u"), "".join(each[:1] for each in part)]
    return [READING + token[:LONGEST] for token in dict.fromkeys(found) if token]


def is_likely(word: str) -> bool:
    """Return whether a Latin word is long enough and made of two or more syllables of pinyin, the last perhaps unfinished: “hongcha”.

    Some English words are too (“bunting”): it is asked for beside the word as typed, and no Chinese name is read like them.
    """
    return len(word) >= LEAST_TYPED and _SEVERAL.fullmatch(word) is not None


def is_perhaps(word: str) -> bool:
    """Return whether a Latin word could be a syllable or initials of a Chinese name: letters only, not too many."""
    return word.isascii() and word.isalpha() and len(word) <= MOST_TYPED
