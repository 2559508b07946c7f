"""How texts become tokens: Latin words by their stems, Chinese by single characters and pairs. Pure, and the same for index and query.

PostgreSQL's own text configurations know no Chinese and differ between servers, so the words are made here and stored as they are.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopkeeper.selling.search.rules.stems import deep_stem, light_stem

MOST_QUERY_LETTERS = 200
MOST_TERMS = 12
LONGEST_TOKEN = 60
# Han (with extensions), kana and hangul are written without blanks between words; runs of them are cut into pairs.
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+(?:['’](?:(?![{_CJK}])[^\W_])+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_COMPOUND = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_APOSTROPHE = re.compile(r"['’]")


# Words that say nothing of the goods; a query is asked without them where other words remain.
_IDLE = frozenset("a an and for from in my of on or that the to with".split())
_IDLE_CJK = "的"

READING = "~"
"""Begins the tokens that tell how a Chinese name is read: “~hongchahu”, “~hch”. No word as typed begins so."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query: the text must hold one of `words`, a word that begins with `prefix`, or all terms of one of `instead`.

    `prefix` is empty where the word is finished; `instead` are the synonyms; `reading` begins the reading of a Chinese name.
    """

    words: tuple[str, ...]
    prefix: str = ""
    instead: tuple[tuple["Term", ...], ...] = ()
    reading: str = ""


def index_tokens(text: str) -> list[str]:
    """Return the tokens under which a text is found, in reading order, repeats included."""
    return [token for token, _is_stem in tokens_of(text)]


@lru_cache(maxsize=2_000)
def tokens_of(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the tokens under which a text is found, each with whether it is only the stem of what stands there."""
    # Kept: the names of a shelf come back with every product on it.
    found: list[tuple[str, bool]] = []
    plain = fold(text)
    for piece in pieces(plain):
        if is_cjk(piece):
            found.extend((token, False) for token in cjk_tokens(piece))
        else:
            forms = word_forms(piece)
            found.extend((form, place > 0 and form == forms[-1] and form != _light(piece)) for place, form in enumerate(forms))
    # "t-light" is also looked for as "tlight".
    found.extend((compound.replace("-", "")[:LONGEST_TOKEN], False) for compound in _COMPOUND.findall(plain))
    return tuple(found)


def query_terms(text: str) -> list[Term]:
    """Return the conditions of what somebody typed, at most MOST_TERMS; none for an empty text or mere punctuation.

    The last Latin word may be unfinished: it also stands for every word that begins with it. Idle words (“for”, “的”) are not asked for.
    """
    return terms_of(query_pieces(text))


def query_pieces(text: str) -> list[str]:
    """Return the words and the runs of Chinese that somebody typed, folded, in order, without those that say nothing of the goods."""
    found: list[str] = []
    for piece in pieces(fold(text[:MOST_QUERY_LETTERS])):
        parts = [part for part in piece.split(_IDLE_CJK) if part] if is_cjk(piece) else [piece]
        found.extend(parts or [piece])
    telling = [piece for piece in found if piece not in _IDLE]
    return telling or found


def terms_of(found: Sequence[str], *, is_open: bool = True) -> list[Term]:
    """Return pieces as conditions; `is_open`: the last one, where it is Latin, may be unfinished."""
    terms: list[Term] = []
    for place, piece in enumerate(found):
        if is_cjk(piece):
            terms.extend(Term((token,)) for token in (pairs(piece) or [piece]))
        else:
            terms.append(Term(word_forms(piece), _joined(piece) if is_open and place == len(found) - 1 else ""))
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def is_cjk(piece: str) -> bool:
    """Return whether a piece is a run of Chinese, Japanese or Korean."""
    return bool(_IS_CJK.match(piece))


def fold(text: str) -> str:
    """Return a text in small letters, wide forms narrowed and accents taken off: “Ｃａｆé” becomes “cafe”."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn"))


def pieces(folded: str) -> list[str]:
    """Return the words and the runs of Chinese of a folded text, in reading order."""
    return _PIECE.findall(folded)


def cjk_tokens(run: str) -> list[str]:
    """Return the single characters of a run of Chinese and each pair of neighbours."""
    return [*run, *pairs(run)]


def pairs(run: str) -> list[str]:
    """Return each pair of neighbours: “红茶壶” gives “红茶”, “茶壶”; nothing for one character."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=20_000)
def word_forms(word: str) -> tuple[str, ...]:
    """Return a Latin word as it stands and, where they differ, without its plural ending and by its stem, each cut to LONGEST_TOKEN."""
    light = _light(word)
    return tuple(dict.fromkeys((_joined(word), light, deep_stem(light))))


def _light(word: str) -> str:
    return light_stem(_joined(_without_possessive(word)))


def plain_words(text: str) -> list[str]:
    """Return the Latin words of a text that somebody may type or mistype: folded, in the singular and as they stand, no codes."""
    words = [_joined(_without_possessive(piece)) for piece in pieces(fold(text)) if not is_cjk(piece)]
    return [form for word in words if word.isalpha() for form in dict.fromkeys((word, light_stem(word)))]


def _joined(word: str) -> str:
    return _APOSTROPHE.sub("", word)[:LONGEST_TOKEN]


def _without_possessive(word: str) -> str:
    return re.sub(r"['’]s$", "", word) if _APOSTROPHE.search(word) else word
