"""Common words answered by bits: counted without looking at the goods, ordered by looking at no more of them than are weighed.

Which goods hold a common word, an answer, a price, how well they sell: all of it is kept as rows of 2,048 bits (`search_held`). What holds
no common word is looked for as ever and put beside them. The answer is the one `store.find` gives, to the last good and count.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from shopkeeper.selling.search.rules import literals
from shopkeeper.selling.search.rules.steering import Common
from shopkeeper.selling.search.rules.tokens import READING, Term
from shopkeeper.selling.search.shapes import Narrowed, Order

LEAST = 600
"""Fewer goods are found and counted sooner one by one."""

_STARTS = frozenset({0, *(factor * 10**power for power in range(19) for factor in (1, 2, 5))})
"""Prices at which goods are parted in `search_price_answer` (sql/0004_ranking.sql)."""

# One condition of the query: rows of bits of its common words, and beside them the goods that hold another of its words.
_LEAF = """
    {name} AS MATERIALIZED (
        SELECT chunk, bit_or(goods) AS goods FROM (
            SELECT chunk, goods FROM search_held WHERE kind = 1 AND facet = ANY(%({name}_common)s)
            UNION ALL
            SELECT (product_id >> 11)::int, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product_id & 2047)::int, 1))
            FROM search_document WHERE tokens @@ %({name}_rest)s::tsquery GROUP BY 1
        ) both_kinds GROUP BY 1
    )"""

_COMMON = """
    {name} AS MATERIALIZED (
        SELECT chunk, bit_or(goods) AS goods FROM search_held WHERE kind = 1 AND facet = ANY(%({name}_common)s) GROUP BY 1
    )"""

_ANSWERS = """
    {name} AS MATERIALIZED (
        SELECT chunk, bit_or(goods) AS goods FROM search_held WHERE kind = 0 AND facet = ANY(%({name}_facets)s) GROUP BY 1
    )"""

_PINS = """
    {name} AS MATERIALIZED (
        SELECT (product_id >> 11)::int AS chunk, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product_id & 2047)::int, 1)) AS goods
        FROM search_document WHERE product_id = ANY(%(pins)s) GROUP BY 1
    )"""

# Every row of bits that some table has, each condition and narrowing as bits of it; then the goods by what they do not meet.
_FOUND = """{tables},
    each_chunk AS MATERIALIZED (SELECT chunk, {held} AS held{met} FROM ({chunks}) every_chunk {joins}),
    row_of_2048 AS MATERIALIZED (SELECT * FROM ({rows}) parts WHERE bit_count(goods) > 0)"""
_CHUNKS = "SELECT chunk FROM {name}"
_ROWS = "SELECT chunk, {name}::text AS missed, {bits} AS goods FROM each_chunk"

_NONE = "repeat('0', 2048)::bit(2048)"


@dataclass(slots=True)
class _Plan:
    """The tables of a statement and what they are filled with."""

    named: dict[str, Any]
    tables: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def add(self, sql: str, **filled: object) -> str:
        """Put a table in and return what stands for its bits."""
        name = f"bits_{next(self.numbers)}"
        self.tables.append(sql.format(name=name))
        self.names.append(name)
        self.named |= {f"{name}_{key}": value for key, value in filled.items()}
        return f"coalesce({name}.goods, {_NONE})"


def is_for(terms: Sequence[Term], common: Common) -> bool:
    """Return whether bits answer these conditions sooner than the index of words: probably thousands of goods meet them."""
    if not terms or not common.words:
        return False
    shares = (min(_goods(term, common) / common.goods, 1.0) for term in terms)
    return math.prod(shares) * common.goods >= LEAST


def _goods(term: Term, common: Common) -> int:
    """Return how many goods hold one of a condition's words, at most: those of words that are not common left out of account."""
    others = sum(min((_goods(each, common) for each in instead), default=0) for instead in term.instead)
    return sum(common.words[word] for word in _common_of(term, common)) + others


def _common_of(term: Term, common: Common) -> list[str]:
    begun = tuple(each for each in (term.prefix, READING + term.reading if term.reading else "") if each)
    return sorted(word for word in common.words if word in term.words or (begun and word.startswith(begun)))


def are_counted(narrowed: Narrowed, bands: Sequence[int]) -> bool:
    """Return whether bits tell these prices apart."""
    edges = {edge for each in narrowed.prices for edge in each if edge is not None}
    return edges | set(bands) <= _STARTS


def found(terms: Sequence[Term], narrowed: Narrowed, *, common: Common, pins: Sequence[int], named: dict[str, Any]) -> str:
    """Return the tables that hold what was found, `row_of_2048`: which goods meet every narrowing (`missed` NULL), one, or several not."""
    plan = _Plan(named)
    held = " & ".join(_condition(term, common, plan) for term in terms)
    if pins:
        held = f"({held} | {plan.add(_PINS)})"
    said = _narrowings(narrowed, plan)
    parts = [("NULL", " & ".join(["held", *(f"met_{place}" for place in range(len(said)))]))]
    for place, (name, _bits) in enumerate(said):
        others = [f"met_{each}" for each in range(len(said)) if each != place]
        parts.append((name, " & ".join(["held", *others, f"~met_{place}"])))
    if len(said) > 1:
        # Those that miss two or more: all that was found, without those above.
        parts.append(("'<several'", "held & ~(" + " | ".join(f"({bits})" for _, bits in parts) + ")"))
    return _FOUND.format(
        tables=",".join(plan.tables),
        held=held,
        met="".join(f", {bits} AS met_{place}" for place, (_, bits) in enumerate(said)),
        chunks=" UNION ".join(_CHUNKS.format(name=name) for name in plan.names),
        joins=" ".join(f"LEFT JOIN {name} USING (chunk)" for name in plan.names),
        rows=" UNION ALL ".join(_ROWS.format(name=name, bits=bits) for name, bits in parts),
    )


def _condition(term: Term, common: Common, plan: _Plan) -> str:
    own = _common_of(term, common)
    rest = _rest(term, own)
    parts = [plan.add(_LEAF if rest else _COMMON, common=own, rest=rest)] if own or rest else []
    for instead in term.instead:
        parts.append("(" + " & ".join(_condition(each, common, plan) for each in instead) + ")")
    return f"({' | '.join(parts)})"


def _rest(term: Term, own: Sequence[str]) -> str:
    """Return what must be looked for beside the bits of common words: other words, and beginnings, of goods that hold none of those."""
    words = tuple(word for word in term.words if word not in own)
    if not (words or term.prefix or term.reading):
        return ""
    # The index alone leaves them out: no good is looked at that holds a common word.
    return " & ".join([literals.condition(Term(words, term.prefix, (), term.reading)), *(f"!{literals.quoted(word)}" for word in own)])


def _narrowings(narrowed: Narrowed, plan: _Plan) -> list[tuple[str, str]]:
    """Return by what is narrowed down: each with its name as a literal and what stands for the bits that meet it."""
    said: list[tuple[str, str]] = []
    for name, values in narrowed.values.items():
        bits = plan.add(_ANSWERS, facets=[f"{name}={value}" for value in values])
        plan.named[f"named_{len(said)}"] = name
        said.append((f"%(named_{len(said)})s", bits))
    if narrowed.prices:
        starts = sorted(_STARTS)
        within = [start for start in starts if any(least <= start and (below is None or start < below) for least, below in narrowed.prices)]
        said.append(("'<price'", plan.add(_ANSWERS, facets=[f"<price={start}" for start in within])))
    if narrowed.in_stock:
        said.append(("'<stock'", plan.add(_ANSWERS, facets=["<stock"])))
    return said


_COUNTED = """
    SELECT (SELECT token FROM search_edition), (SELECT coalesce(sum(mark), 0)::bigint FROM search_moved),
        (SELECT coalesce(sum(bit_count(goods)), 0)::bigint FROM row_of_2048),
        (SELECT coalesce(sum(bit_count(goods)), 0)::bigint FROM row_of_2048 WHERE missed IS NULL),
        {page},
        (SELECT coalesce(jsonb_object_agg(facet, both_have), '{{}}') FROM (
            SELECT facet, sum(both_have) AS held,
                coalesce(sum(both_have) FILTER (WHERE missed IS NULL OR missed = split_part(facet, '=', 1)), 0) AS both_have
            FROM (
                SELECT facet, missed, bit_count(found.goods & known.goods)::int AS both_have
                FROM row_of_2048 found JOIN search_held known USING (chunk) WHERE known.kind = 0
            ) each_row GROUP BY facet
        ) counted WHERE held > 0),
        {help}
"""

# The goods that come first, as many as are wanted and some more: whole classes of them, so that only these have to be looked at and put
# in order. Of those that nobody ranked yet the number decides, so there a class is one row. A row of bits written as text and parted at
# each 1 tells where the ones stand.
_FIRST = """,
    classed AS MATERIALIZED (
        SELECT {grade} AS grade, {part} AS part, chunk, both_have, bit_count(both_have)::int AS number
        FROM row_of_2048 found JOIN search_held known USING (chunk), LATERAL (SELECT found.goods & known.goods AS both_have) b
        WHERE found.missed IS NULL AND {classes}
    ), chosen AS (
        SELECT grade, part, sum(sum(number)) OVER (ORDER BY grade, part) - sum(number) AS before FROM classed GROUP BY 1, 2
    ), first_rows AS MATERIALIZED (
        SELECT chunk, bit_or(both_have) AS goods FROM classed JOIN chosen USING (grade, part) WHERE before < %(enough)s GROUP BY chunk
    ), first_goods AS MATERIALIZED (
        SELECT product_id FROM (
            SELECT chunk::bigint * 2048 + sum(length(gap)) OVER (PARTITION BY chunk ORDER BY nth) + nth - 1 AS product_id, nth, ones
            FROM (SELECT chunk, goods, bit_count(goods) AS ones FROM first_rows) rows_of_bits,
                string_to_table(goods::text, '1') WITH ORDINALITY AS parted (gap, nth)
        ) places WHERE nth <= ones
        {pins}
    ), hit AS MATERIALIZED (
        SELECT product_id, rank, price_minor, tokens FROM first_goods, LATERAL (
            SELECT rank, price_minor, tokens FROM search_document d WHERE d.product_id = first_goods.product_id OFFSET 0
        ) known
    )
"""

_PINNED = """UNION
        SELECT product_id FROM unnest(%(pins)s::bigint[]) product_id
            JOIN row_of_2048 ON missed IS NULL AND chunk = product_id >> 11 AND get_bit(goods, (product_id & 2047)::int) = 1"""

_BY_RANK = {"grade": "facet::int", "part": "CASE WHEN facet = '40' THEN chunk ELSE 0 END", "classes": "known.kind = 2"}
_BY_PRICE = {
    "grade": "coalesce(nullif(split_part(facet, '=', 2), ''), 'infinity')::numeric",
    "part": "0",
    "classes": "known.kind = 0 AND known.facet >= '<price' AND known.facet < '<pricf'",
}
_CLASSES = {
    Order.BEST: _BY_RANK,
    Order.PRICE_UP: _BY_PRICE,
    # What has no price comes last either way.
    Order.PRICE_DOWN: _BY_PRICE | {"grade": "coalesce(-nullif(split_part(facet, '=', 2), '')::numeric, 'infinity')"},
    Order.NEWEST: _BY_RANK | {"grade": "-chunk", "part": "0"},
}


def asking(found: str, *, order: Order, has_pins: bool, page: str, helped: str) -> str:
    """Return the statement that counts what `found` holds and reads its `page` of the goods that come first in this order."""
    first = _FIRST.format(pins=_PINNED if has_pins else "", **_CLASSES[order])
    return f"WITH {found}{first}{_COUNTED.format(page=page, help=helped)}"


def prices(values: dict[str, int], bands: Sequence[int]) -> tuple[int, ...]:
    """Take what was counted by price out of `values` and return it by band, from below the first on."""
    counted = [0] * (len(bands) + 1)
    for value in [each for each in values if each.startswith("<price")]:
        start = value.partition("=")[2]
        if start:
            counted[bisect_right(bands, int(start))] += values[value]
        del values[value]
    return tuple(counted)
