"""How texts become tokens: Latin words by their stem, Chinese by single characters and pairs. Pure, and the same for index and query.

PostgreSQL's own text configurations know no Chinese and differ between servers, so the words are made here and stored as they are.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_QUERY_LETTERS = 200
MOST_TERMS = 12
LONGEST_TOKEN = 60
MOST_POSITIONS = 8_000
"""More words of one text are not indexed: PostgreSQL counts positions up to 16,383 in one document."""
MOST_PLACES = 255
"""PostgreSQL keeps no more places of one word."""

# Han (with extensions), kana and hangul are written without blanks between words; runs of them are cut into pairs.
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+(?:['’](?:(?![{_CJK}])[^\W_])+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_COMPOUND = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_APOSTROPHE = re.compile(r"['’]")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query: the text must hold one of `words`, or a word that begins with `prefix` where that is not empty."""

    words: tuple[str, ...]
    prefix: str = ""


def index_tokens(text: str) -> list[str]:
    """Return the tokens under which a text is found, in reading order, repeats included."""
    found: list[str] = []
    plain = fold(text)
    for piece in pieces(plain):
        found.extend(cjk_tokens(piece) if _IS_CJK.match(piece) else word_forms(piece))
    # "t-light" is also looked for as "tlight".
    found.extend(compound.replace("-", "")[:LONGEST_TOKEN] for compound in _COMPOUND.findall(plain))
    return found


@lru_cache(maxsize=2_000)
def _tokens(text: str) -> tuple[str, ...]:
    # The names of a shelf come back with every product on it.
    return tuple(index_tokens(text))


def query_terms(text: str) -> list[Term]:
    """Return the conditions of what somebody typed, at most MOST_TERMS; none for an empty text or mere punctuation.

    The last Latin word may be unfinished: it also stands for every word that begins with it.
    """
    plain = fold(text[:MOST_QUERY_LETTERS])
    found = pieces(plain)
    terms: list[Term] = []
    for place, piece in enumerate(found):
        if _IS_CJK.match(piece):
            terms.extend(Term((token,)) for token in (pairs(piece) or [piece]))
        else:
            is_last = place == len(found) - 1
            terms.append(Term(word_forms(piece), _joined(piece) if is_last else ""))
    return list(dict.fromkeys(terms))[:MOST_TERMS]


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
    """Return a Latin word as it stands and, where it differs, its stem, each cut to LONGEST_TOKEN."""
    joined, stem = _joined(word), light_stem(_joined(_without_possessive(word)))
    return (joined,) if joined == stem else (joined, stem)


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


def _joined(word: str) -> str:
    return _APOSTROPHE.sub("", word)[:LONGEST_TOKEN]


def _without_possessive(word: str) -> str:
    return re.sub(r"['’]s$", "", word) if _APOSTROPHE.search(word) else word


# ── as PostgreSQL reads them ──────────────────────────────────────────────────────────────────────────────────────────


def tsvector(weighed: Mapping[str, Iterable[str]]) -> str:
    """Return texts by weight letter (A, B, C) as the literal of a tsvector, e.g. `'tea':1A 'pot':2A`."""
    marks: dict[str, list[str]] = {}
    at = 0
    for weight, texts in weighed.items():
        found = [token for text in texts for token in _tokens(text)][: MOST_POSITIONS - at]
        for place, token in enumerate(found, start=at + 1):
            marks.setdefault(token, []).append(f"{place}{weight}")
        at += len(found)
    return " ".join(f"{_quoted(token)}:{','.join(places[:MOST_PLACES])}" for token, places in marks.items())


def tsquery(terms: Sequence[Term], *, joined_by: str = "&") -> str:
    """Return conditions as the literal of a tsquery; `&`: all must hold, `|`: any."""
    return f" {joined_by} ".join(_condition(term) for term in terms)


def _condition(term: Term) -> str:
    words = [_quoted(word) for word in term.words]
    if term.prefix:
        words.append(f"{_quoted(term.prefix)}:*")
    return f"({' | '.join(words)})"


def _quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
