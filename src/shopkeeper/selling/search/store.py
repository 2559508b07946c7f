"""What goods hold and how it is found: every query of search on documents and words. What staff tell is in `steering_store`."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search.rules import typos
from shopkeeper.selling.search.shapes import Mark, Narrowed, Order

if TYPE_CHECKING:
    import polars as pl

_PUT = """
    INSERT INTO search_document (product_id, tokens, rank, facets, price_minor, is_in_stock)
    SELECT DISTINCT ON (product_id) product_id, tokens::tsvector, rank, string_to_array(facets, E'\\n'), price_minor, is_in_stock
    FROM intake_document ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET tokens = excluded.tokens, rank = excluded.rank, facets = excluded.facets,
        price_minor = excluded.price_minor, is_in_stock = excluded.is_in_stock
    WHERE (search_document.tokens, search_document.rank, search_document.facets, search_document.price_minor, search_document.is_in_stock)
        IS DISTINCT FROM (excluded.tokens, excluded.rank, excluded.facets, excluded.price_minor, excluded.is_in_stock)
"""

_MARK = """
    UPDATE search_document d SET price_minor = m.price_minor, is_in_stock = m.is_in_stock
    FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS m (product_id, price_minor, is_in_stock)
    WHERE d.product_id = m.product_id AND (d.price_minor, d.is_in_stock) IS DISTINCT FROM (m.price_minor, m.is_in_stock)
"""

# One statement for a page. What was found is put into cells of the same facets, price band and stock, and all counts are taken from
# those, which are few. `misses` counts the narrowings a product does not meet, `missed` names one of them: a value of a name is counted
# over what all other narrowings leave, so that a second value of the same name can be added.
_FIND = """
    WITH {found}, cell AS MATERIALIZED (
        SELECT facets, width_bucket(price_minor, %(bands)s::bigint[]) AS band, is_in_stock, {misses}, count(*) AS goods
        FROM hit GROUP BY 1, 2, 3, misses, missed
    )
    SELECT (SELECT token FROM search_edition),
        (SELECT coalesce(sum(goods), 0)::bigint FROM cell),
        (SELECT coalesce(sum(goods), 0)::bigint FROM cell WHERE misses = 0),
        {page},
        (SELECT coalesce(jsonb_object_agg(value, goods), '{{}}') FROM (
            SELECT value, sum(goods) AS goods FROM cell, unnest(facets) value
            WHERE misses = 0 OR (misses = 1 AND missed = split_part(value, '=', 1)) GROUP BY value
        ) counted),
        (SELECT coalesce(jsonb_object_agg(band, goods), '{{}}') FROM (
            SELECT band, sum(goods) AS goods FROM cell
            WHERE band IS NOT NULL AND (misses = 0 OR (misses = 1 AND missed = '<price')) GROUP BY band
        ) banded),
        (SELECT coalesce(sum(goods), 0)::bigint FROM cell WHERE is_in_stock AND (misses = 0 OR (misses = 1 AND missed = '<stock'))),
        {is_loose}, {help}
"""

_HIT = "SELECT product_id, rank, price_minor, is_in_stock, facets, {misses} FROM search_document WHERE tokens @@ %(asked)s::tsquery"

# Those that hold all of it; only where there are none those that lack one term, only where there are none of these those that hold any.
# What need not be looked for is not: PostgreSQL asks NOT EXISTS once, before it scans.
_LOOSELY = """
    every AS MATERIALIZED ({hit}),
    but_one AS MATERIALIZED ({but_one} AND NOT EXISTS (SELECT FROM every)),
    a_few AS MATERIALIZED ({some} AND NOT EXISTS (SELECT FROM every) AND NOT EXISTS (SELECT FROM but_one)),
    hit AS MATERIALIZED (SELECT * FROM every UNION ALL SELECT * FROM but_one UNION ALL SELECT * FROM a_few)
"""

# What is known of Latin words that found nothing: how many goods hold each, words near them, which read Chinese, which begin a word.
_HELP = """
    CASE WHEN NOT EXISTS (SELECT FROM hit) THEN jsonb_build_array(
        coalesce((SELECT jsonb_object_agg(word, goods) FROM search_word WHERE word = ANY(%(words)s)), '{}'),
        coalesce((SELECT jsonb_object_agg(word, goods) FROM (
            SELECT DISTINCT w.word, w.goods FROM search_slip s JOIN search_word w ON w.word = s.word_id WHERE s.key = ANY(%(keys)s)
        ) near), '{}'),
        to_jsonb(ARRAY(SELECT typed FROM unnest(%(typed)s::text[]) typed
            WHERE EXISTS (SELECT FROM search_document WHERE tokens @@ (quote_literal('~' || typed) || ':*')::tsquery))),
        to_jsonb(ARRAY(SELECT typed FROM unnest(%(typed)s::text[]) typed
            WHERE EXISTS (SELECT FROM search_word WHERE word >= typed COLLATE "C" AND word < (typed || chr(1114111)) COLLATE "C"
                AND starts_with(word, typed))))
    ) END
"""

WEIGHED = 1_000
"""Of more goods than these the best sellers are weighed by their words; what comes after them is ordered by trade alone."""

# Words decide, trade breaks near-ties: a good ranked 1,000th keeps about half the score of the best seller with the same words.
_BEST = """
    ARRAY(SELECT product_id FROM (
        SELECT product_id, rank, (
            SELECT ts_rank('{{0.05, 0.1, 0.4, 1.0}}', d.tokens, %(rated)s::tsquery)
            FROM search_document d WHERE d.product_id = near.product_id
        ) / (1 + ln(greatest(rank, 1)) / 7) AS score
        FROM (SELECT product_id, rank FROM hit WHERE misses = 0 ORDER BY {pinned} rank, product_id LIMIT %(weighed)s) near
    ) weighed ORDER BY {pinned} score DESC, rank, product_id LIMIT %(size)s OFFSET %(skip)s)
"""
_ORDERED = "ARRAY(SELECT product_id FROM hit WHERE misses = 0 ORDER BY {order} LIMIT %(size)s OFFSET %(skip)s)"
_PINNED = "array_position(%(pins)s::bigint[], product_id),"

_ORDERS = {
    Order.BEST: "{pinned} rank, product_id",
    Order.PRICE_UP: "price_minor NULLS LAST, rank, product_id",
    Order.PRICE_DOWN: "price_minor DESC NULLS LAST, rank, product_id",
    Order.NEWEST: "product_id DESC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What is looked up where nothing is found: Latin words as `typed`, other `words`, and `keys`, their letters left out."""

    typed: tuple[str, ...]
    words: frozenset[str]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What is known of words that found nothing: how many goods hold each, words near them, which read Chinese, which begin a word."""

    known: dict[str, int]
    near: dict[str, int]
    readings: frozenset[str]
    beginnings: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the documents: a tsquery they must meet and one that rates them.

    `but_one` and `some` are met by documents that lack one term, or hold any: asked for where they are given and nothing meets `asked`.
    """

    asked: str
    rated: str
    but_one: str = ""
    some: str = ""
    lookup: Lookup | None = None
    pins: tuple[int, ...] = ()
    narrowed: Narrowed
    bands: tuple[int, ...] = ()
    order: Order
    number: int
    size: int

    @property
    def skip(self) -> int:
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the documents answer: `edition` is that of what staff told, `held` counts the goods before they are narrowed down.

    `values` are counted by “name=value”.
    """

    edition: UUID | None
    held: int
    total: int
    ids: tuple[ProductId, ...]
    values: dict[str, int]
    bands: tuple[int, ...]
    in_stock: int
    is_loose: bool
    help: Help | None


def find(question: Question) -> Answer:
    """Return what the documents answer: one statement."""
    named: dict[str, Any] = {
        "asked": question.asked, "rated": question.rated, "but_one": question.but_one, "some": question.some, "pins": list(question.pins),
        "bands": list(question.bands), "size": question.size, "weighed": WEIGHED, "skip": question.skip,
    }  # fmt: skip
    if question.lookup:
        named |= {"typed": list(question.lookup.typed), "words": list(question.lookup.words), "keys": list(question.lookup.keys)}
    found, misses = _hits(question, named)
    is_loose = "NOT EXISTS (SELECT FROM every)" if question.some else "false"
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND.format(found=found, misses=misses, page=_page(question), is_loose=is_loose, help=_HELP if question.lookup else "NULL"),
            named,
        )
        edition, held, total, ids, values, bands, in_stock, loose, helped = cursor.fetchone()
    counted = tuple(_json(bands).get(str(band), 0) for band in range(len(question.bands) + 1))
    return Answer(
        edition=edition, held=held, total=total, ids=tuple(ids), values=_json(values), bands=counted, in_stock=in_stock, is_loose=loose,
        help=_help(helped),
    )  # fmt: skip


def _help(told: Any) -> Help | None:
    if told is None:
        return None
    known, near, readings, beginnings = json.loads(told) if isinstance(told, str) else told
    return Help(known=known, near=near, readings=frozenset(readings), beginnings=frozenset(beginnings))


def _hits(question: Question, named: dict[str, Any]) -> tuple[str, str]:
    """Return the tables that hold what was found, and what the cells are told of narrowings."""
    conditions = _conditions(question.narrowed, named)
    if conditions:
        missed = "coalesce(" + ", ".join(f"CASE WHEN NOT {each} THEN {name} END" for name, each in conditions) + ")"
        told = " + ".join(f"(NOT {each})::int" for _, each in conditions) + f" AS misses, {missed} AS missed"
    else:
        told = "0 AS misses, NULL::text AS missed"
    hit = _HIT.format(misses=told)
    if question.some:
        but_one, some = (hit.replace("%(asked)s", f"%({name})s") for name in ("but_one", "some"))
        return _LOOSELY.format(hit=hit, but_one=but_one, some=some), "misses, missed"
    also = " OR product_id = ANY(%(pins)s)" if question.pins else ""
    return f"hit AS MATERIALIZED ({hit}{also})", "misses, missed"


def _page(question: Question) -> str:
    pinned = _PINNED if question.pins else ""
    if question.order is Order.BEST and question.skip + question.size <= WEIGHED:
        return _BEST.format(pinned=pinned)
    return _ORDERED.format(order=_ORDERS[question.order].format(pinned=pinned))


def _json(value: Any) -> dict[str, int]:
    # Django's cursors leave JSON as text.
    return json.loads(value) if isinstance(value, str) else dict(value)


def _conditions(narrowed: Narrowed, named: dict[str, Any]) -> list[tuple[str, str]]:
    """Return by what is narrowed down, each with its name as a literal and its condition; a missing price fits no band."""
    found: list[tuple[str, str]] = []
    for place, (name, values) in enumerate(narrowed.values.items()):
        named |= {f"name_{place}": name, f"values_{place}": [f"{name}={value}" for value in values]}
        found.append((f"%(name_{place})s", f"(facets && %(values_{place})s::text[])"))
    ranges = []
    for place, (least, below) in enumerate(narrowed.prices):
        named |= {f"least_{place}": least, f"below_{place}": below}
        upper = f" AND price_minor < %(below_{place})s" if below is not None else ""
        ranges.append(f"price_minor >= %(least_{place})s{upper}")
    if ranges:
        found.append(("'<price'", f"coalesce({' OR '.join(ranges)}, false)"))
    if narrowed.in_stock:
        found.append(("'<stock'", "is_in_stock"))
    return found


def put(documents: "pl.DataFrame") -> None:
    """Write documents, columns as in search_document with tokens as a literal and facets a line each; the same again touches nothing."""
    from shopkeeper.kit import bulk

    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_document", documents)
        cursor.execute(_PUT)


def mark(marks: Sequence[Mark]) -> int:
    """Write prices and stock of known products and return how many changed."""
    columns: list[Any] = [[each.product_id for each in marks], [each.price_minor for each in marks], [each.is_in_stock for each in marks]]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, columns)
        return int(cursor.rowcount)


def remove(product_ids: Sequence[ProductId]) -> None:
    """Forget these products."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_document WHERE product_id = ANY(%s)", [list(product_ids)])


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_LEARN = """
    INSERT INTO search_word (word, goods) SELECT word, 1 FROM unnest(%s::text[]) word ORDER BY word COLLATE "C" ON CONFLICT DO NOTHING
    RETURNING word
"""
_SLIPS = "INSERT INTO search_slip (key, word_id) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING"

# Each lexeme with how many documents hold it; counted over all of them, so it is done once for many changes.
_RECOUNT = """
    WITH held AS (SELECT word COLLATE "C" AS word, ndoc FROM ts_stat('SELECT tokens FROM search_document'))
    UPDATE search_word w SET goods = coalesce(h.ndoc, 0)
    FROM search_word k LEFT JOIN held h USING (word)
    WHERE w.word = k.word AND w.goods IS DISTINCT FROM coalesce(h.ndoc, 0)
"""

_GOES_ON = """
    SELECT word FROM search_word
    WHERE word >= %s COLLATE "C" AND word < (%s || chr(1114111)) COLLATE "C" AND starts_with(word, %s) AND goods > 0
    ORDER BY goods DESC, length(word), word LIMIT %s
"""


def learn(words: Collection[str]) -> None:
    """Know these words from now on: two statements, one where none is new."""
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [list(words)])
        new = [row[0] for row in cursor.fetchall()]
        pairs = [(key, word) for word in new for key in typos.keys(word)]
        if pairs:
            cursor.execute(_SLIPS, [[key for key, _ in pairs], [word for _, word in pairs]])


def recount() -> None:
    """Count the goods of every word anew, and forget words that none holds."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        cursor.execute("DELETE FROM search_slip s USING search_word w WHERE s.word_id = w.word AND w.goods = 0")
        cursor.execute("DELETE FROM search_word WHERE goods = 0")


def words_from(beginning: str, size: int) -> list[str]:
    """Return the words that begin so, that of most goods first."""
    with connection.cursor() as cursor:
        cursor.execute(_GOES_ON, [beginning, beginning, beginning, size])
        return [row[0] for row in cursor.fetchall()]
