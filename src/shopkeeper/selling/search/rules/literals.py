"""Texts and conditions as PostgreSQL reads them: the literals of a tsvector and of a tsquery. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from shopkeeper.selling.search.rules.tokens import READING, Term, tokens_of

MOST_POSITIONS = 8_000
"""More words of one product are not indexed: PostgreSQL counts positions up to 16,383 in one document."""
MOST_PLACES = 255
"""PostgreSQL keeps no more places of one word."""


def tsvector(weighed: Mapping[str, Iterable[str]], also: Mapping[str, Iterable[str]] | None = None) -> str:
    """Return texts by weight letter (A, B, C) as the literal of a tsvector, e.g. `'tea':1A 'pot':2A`.

    Stems that differ from the word count least (D), whatever they come from. `also` are tokens made elsewhere, by weight.
    """
    marks: dict[str, list[str]] = {}
    for at, (token, weight) in enumerate(islice(_weighed(weighed, also or {}), MOST_POSITIONS), start=1):
        marks.setdefault(token, []).append(f"{at}{weight}")
    return " ".join(f"{quoted(token)}:{','.join(places[:MOST_PLACES])}" for token, places in marks.items())


def _weighed(texts: Mapping[str, Iterable[str]], also: Mapping[str, Iterable[str]]) -> Iterable[tuple[str, str]]:
    for weight, found in texts.items():
        for text in found:
            yield from ((token, "D" if is_stem else weight) for token, is_stem in tokens_of(text))
    for weight, made in also.items():
        yield from ((token, weight) for token in made)


def tsquery(terms: Sequence[Term], *, joined_by: str = "&") -> str:
    """Return conditions as the literal of a tsquery; `&`: all must hold, `|`: any."""
    return f" {joined_by} ".join(condition(term) for term in terms)


def condition(term: Term) -> str:
    """Return one condition as the literal of a tsquery, in brackets."""
    words = [quoted(word) for word in term.words]
    if term.prefix:
        words.append(f"{quoted(term.prefix)}:*")
    if term.reading:
        words.append(f"{quoted(READING + term.reading)}:*")
    words += [f"({tsquery(instead)})" for instead in term.instead]
    return f"({' | '.join(words)})"


def quoted(token: str) -> str:
    """Return a token as both literals take it."""
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
