"""How a query is asked: as typed; where that finds nothing, as it was probably meant, and at last by some of its words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shopkeeper.selling.search import serving, steering_store, store
from shopkeeper.selling.search.rules import literals, readings, steering, tokens, typos
from shopkeeper.selling.search.rules.steering import NONE_COMMON, Common, Steering
from shopkeeper.selling.search.rules.tokens import Term
from shopkeeper.selling.search.shapes import Found, Narrowed, Order
from shopkeeper.selling.search.store import Answer, Lookup, Question

MOST_LONGER_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked beside the words: how it is narrowed down, counted, ordered and cut into pages."""

    narrowed: Narrowed
    bands: tuple[int, ...]
    order: Order
    number: int
    size: int


def find(text: str, asking: Asking) -> Found:
    """Return what a text finds: one statement where goods hold it as typed, two where it must be helped."""
    pieces = tokens.query_pieces(text)
    if not pieces:
        return Found(items=(), total=0, number=asking.number, size=asking.size)
    answer, told = _as_typed(text, pieces, asking)
    leads_to = told.redirects.get(steering.key(text), "")
    # A narrowing that leaves nothing is no reason to look for something else: its counts say what it would leave without.
    if answer.held or leads_to:
        return _found(answer, asking, leads_to=leads_to)
    meant = _meant(pieces, answer.help)
    terms = _terms(meant, told)
    is_mended = meant != [_Meant(piece) for piece in pieces]
    if len(terms) == 1 and not is_mended:
        return _found(answer, asking)
    answer = _ask_meant(terms, asking, answer, told)
    instead = " ".join(each.piece for each in meant)
    return _found(answer, asking, instead=instead if answer.held and instead != " ".join(pieces) else "")


def _as_typed(text: str, pieces: Sequence[str], asking: Asking) -> tuple[Answer, Steering]:
    """Ask for the words as typed; what staff told is read anew only where the answer comes with another edition than is remembered."""
    edition, told = steering_store.kept()
    answer = _ask_steered(text, pieces, told, asking)
    if answer.edition != edition:
        edition, told = steering_store.read()
        answer = _ask_steered(text, pieces, told, asking)
    if answer.edition != edition:
        # Changed under way once more: which words are common is left out of it, what staff told a moment ago may stand.
        answer = _ask_steered(text, pieces, replace(told, common=NONE_COMMON), asking)
    return answer, told


def _ask_meant(terms: Sequence[Term], asking: Asking, before: Answer, told: Steering) -> Answer:
    """Ask for what was probably meant; where the common words changed since what was typed was asked for, without them."""
    answer = _ask(terms, asking, longer=(), is_loose=len(terms) > 1, common=told.common)
    if answer.edition != before.edition:
        return _ask(terms, asking, longer=(), is_loose=len(terms) > 1)
    return answer


def _ask_steered(text: str, pieces: Sequence[str], told: Steering, asking: Asking) -> Answer:
    terms = [replace(term, reading=_reading(term)) for term in steering.terms(pieces, told.synonyms)]
    pins = told.pins.get(steering.key(text), ())
    return _ask(terms, asking, longer=_longer(pieces), pins=pins, lookup=_lookup(pieces), common=told.common)


def _reading(term: Term) -> str:
    return term.words[0] if term.words and not tokens.is_cjk(term.words[0]) and readings.is_likely(term.words[0]) else ""


def _longer(pieces: Sequence[str]) -> tuple[Term, ...]:
    """Return the longer words that runs of Chinese may hold: none has to be there, each that is raises the rank."""
    runs = [piece for piece in pieces if tokens.is_cjk(piece)]
    parts = [run[at : at + length] for run in runs for length in (4, 3) for at in range(len(run) - length + 1)]
    return tuple(Term((part,)) for part in parts[:MOST_LONGER_WORDS])


def _ask(
    terms: Sequence[Term],
    asking: Asking,
    *,
    longer: Sequence[Term],
    pins: tuple[int, ...] = (),
    lookup: Lookup | None = None,
    is_loose: bool = False,
    common: Common = NONE_COMMON,
) -> Answer:
    but_one = [" & ".join(literals.condition(other) for other in terms if other is not term) for term in terms]
    return serving.find(
        Question(
            asked=literals.tsquery(terms),
            rated=literals.tsquery([*terms, *longer], joined_by="|"),
            terms=tuple(terms),
            longer=tuple(longer),
            common=common,
            but_one=" | ".join(f"({each})" for each in but_one) if is_loose else "",
            some=literals.tsquery(terms, joined_by="|") if is_loose else "",
            lookup=lookup,
            pins=pins,
            narrowed=asking.narrowed,
            bands=asking.bands,
            order=asking.order,
            number=asking.number,
            size=asking.size,
        )
    )


def _found(answer: Answer, asking: Asking, *, instead: str = "", leads_to: str = "") -> Found:
    values: dict[str, dict[str, int]] = {}
    for both, goods in answer.values.items():
        name, _, value = both.partition("=")
        values.setdefault(name, {})[value] = goods
    return Found(
        items=answer.ids, total=answer.total, number=asking.number, size=asking.size, instead=instead, is_loose=answer.is_loose,
        values=values, bands=answer.bands, in_stock=answer.in_stock, leads_to=leads_to,
    )  # fmt: skip


# ── what was meant ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Meant:
    """A piece as it was probably meant; `is_reading`: it tells how a Chinese name is read."""

    piece: str
    is_reading: bool = False


def _terms(meant: Sequence[_Meant], told: Steering) -> list[Term]:
    """Return pieces as meant as conditions: readings by themselves, what stands between them with its synonyms."""
    found: list[Term] = []
    plain: list[str] = []
    for each in (*meant, _Meant("", is_reading=True)):
        if not each.is_reading:
            plain.append(each.piece)
            continue
        found += steering.terms(plain, told.synonyms)
        plain = []
        if each.piece:
            found.append(Term(tokens.word_forms(each.piece), reading=each.piece))
    return found[: tokens.MOST_TERMS]


def _lookup(pieces: Sequence[str]) -> Lookup | None:
    """Return what must be known of Latin pieces to say what was meant, None where there are none: read along where nothing is found."""
    typed = [piece for piece in pieces if not tokens.is_cjk(piece) and readings.is_perhaps(piece)]
    if not typed:
        return None
    cuts = {part for word in typed for pair in typos.cuts(word) for part in pair}
    keys = {key for word in typed for key in typos.keys(word)}
    return Lookup(typed=tuple(typed), words=frozenset({*typed, *cuts, *_joins(pieces)}), keys=frozenset(keys))


def _joins(pieces: Sequence[str]) -> set[str]:
    return {first + second for first, second in pairwise(pieces) if readings.is_perhaps(first) and readings.is_perhaps(second)}


def _meant(pieces: Sequence[str], helped: store.Help | None) -> list[_Meant]:
    """Return pieces as they were probably meant: as the reading of a name, cut or joined, mended; the rest as typed."""
    if helped is None:
        return [_Meant(piece) for piece in pieces]
    parts = typos.joined(pieces, _joins(pieces) & helped.known.keys())
    return [each for place, part in enumerate(parts) for each in _help(part, helped, is_last=place == len(parts) - 1)]


def _help(piece: str, helped: store.Help, *, is_last: bool) -> list[_Meant]:
    is_known = piece in helped.known or (is_last and piece in helped.beginnings)
    if tokens.is_cjk(piece) or not readings.is_perhaps(piece):
        return [_Meant(piece)]
    if piece in helped.readings and (not is_known or len(piece) < typos.SHORTEST):
        return [_Meant(piece, is_reading=True)]
    if is_known:
        return [_Meant(piece)]
    parts = typos.cut(piece, helped.known)
    mended = typos.meant(piece, helped.near)
    if parts and not mended:
        return [_Meant(part) for part in parts]
    return [_Meant(mended or piece)]
