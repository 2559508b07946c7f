"""What staff tell search, applied to a query: words that mean the same, a place where a query leads, goods that stand first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopkeeper.selling.search.rules import tokens
from shopkeeper.selling.search.rules.stems import light_stem
from shopkeeper.selling.search.rules.tokens import Term

MOST_IN_A_GROUP = 12
MOST_GROUPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Words that very many goods hold, each with how many, and how many goods there are in all, as of the night."""

    words: Mapping[str, int]
    goods: int


NONE_COMMON = Common(words={}, goods=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """Everything staff told: groups of phrases that mean the same, and by a query's key where it leads and what stands first.

    `common` goes with the same edition.
    """

    synonyms: tuple[tuple[tuple[str, ...], ...], ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    common: Common = NONE_COMMON


def key(text: str) -> str:
    """Return a query as it is compared with what staff wrote: folded, in the singular, without punctuation."""
    return " ".join(piece if tokens.is_cjk(piece) else light_stem(piece) for piece in tokens.pieces(tokens.fold(text)))


def groups(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the phrases of a group, a line each, as pieces; empty lines and repeats fall away."""
    found = {key(line): tuple(tokens.pieces(tokens.fold(line))) for line in reversed(text.splitlines())}
    return tuple(pieces for pieces in reversed(found.values()) if pieces)


def terms(pieces: Sequence[str], synonyms: Sequence[Sequence[Sequence[str]]]) -> list[Term]:
    """Return pieces of a query as conditions in which whatever has synonyms may also be said otherwise; at most MOST_TERMS."""
    found: list[Term] = []
    parted = _parted(pieces, synonyms)
    at = 0
    while at < len(parted):
        length, others = _others(parted, at, synonyms)
        part = parted[at : at + length]
        own = tokens.terms_of(part, is_open=at + length == len(parted))
        found += _with(own, [tuple(tokens.terms_of(other, is_open=False)) for other in others]) if others else own
        at += length
    return list(dict.fromkeys(found))[: tokens.MOST_TERMS]


def _with(own: Sequence[Term], others: Sequence[tuple[Term, ...]]) -> list[Term]:
    if len(own) == 1:
        return [Term(own[0].words, own[0].prefix, tuple(others))]
    return [Term((), "", (tuple(own), *others))]


def _others(pieces: Sequence[str], at: int, synonyms: Sequence[Sequence[Sequence[str]]]) -> tuple[int, list[Sequence[str]]]:
    """Return how many pieces from here on are the longest phrase that has synonyms, and those; one piece and none where none has."""
    length = 1
    others: list[Sequence[str]] = []
    for group in synonyms:
        for phrase in group:
            if len(phrase) >= length and _same(pieces[at : at + len(phrase)], phrase):
                found = [other for other in group if not _same(other, phrase)]
                others = [*others, *found] if others and len(phrase) == length else found
                length = len(phrase)
    return length, others


def _same(pieces: Sequence[str], phrase: Sequence[str]) -> bool:
    return len(pieces) == len(phrase) and all(light_stem(a) == light_stem(b) for a, b in zip(pieces, phrase, strict=True))


def _parted(pieces: Sequence[str], synonyms: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Return pieces with the runs of Chinese cut round the phrases that have synonyms: longest first, nothing lost."""
    phrases = sorted({p[0] for group in synonyms for p in group if len(p) == 1 and tokens.is_cjk(p[0])}, key=len, reverse=True)
    found: list[str] = []
    for piece in pieces:
        found.extend(_cut(piece, phrases) if tokens.is_cjk(piece) else [piece])
    return found


def _cut(run: str, phrases: Sequence[str]) -> list[str]:
    for phrase in phrases:
        before, there, after = run.partition(phrase)
        if there:
            return [*(_cut(before, phrases) if before else []), phrase, *(_cut(after, phrases) if after else [])]
    return [run]
