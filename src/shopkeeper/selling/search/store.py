"""What goods hold and how it is found: every query of search on documents and words. What staff tell is in `steering_store`."""

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search import bits
from shopkeeper.selling.search.rules import typos
from shopkeeper.selling.search.rules.steering import NONE_COMMON, Common
from shopkeeper.selling.search.rules.tokens import Term
from shopkeeper.selling.search.shapes import Mark, Narrowed, Order

Written = tuple[int, str, int, str, int | None, bool]
"""A document as it is written: product, tokens as a literal of a tsvector, rank, facets a line each, least price, whether it is there."""

_PUT = """
    INSERT INTO search_document (product_id, tokens, rank, facets, price_minor, is_in_stock)
    SELECT DISTINCT ON (product_id) product_id, tokens::tsvector, rank, string_to_array(facets, E'\\n'), price_minor, is_in_stock
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::boolean[])
        AS intake (product_id, tokens, rank, facets, price_minor, is_in_stock)
    ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET tokens = excluded.tokens, rank = excluded.rank, facets = excluded.facets,
        price_minor = excluded.price_minor, is_in_stock = excluded.is_in_stock
    WHERE (search_document.tokens, search_document.rank, search_document.facets, search_document.price_minor, search_document.is_in_stock)
        IS DISTINCT FROM (excluded.tokens, excluded.rank, excluded.facets, excluded.price_minor, excluded.is_in_stock)
"""

# Taken before any row: the triggers on the documents take it too, and would wait for each other else (sql/0003_held.sql).
ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('search_held'))"

_MARK = """
    UPDATE search_document d SET price_minor = m.price_minor, is_in_stock = m.is_in_stock
    FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS m (product_id, price_minor, is_in_stock)
    WHERE d.product_id = m.product_id AND (d.price_minor, d.is_in_stock) IS DISTINCT FROM (m.price_minor, m.is_in_stock)
"""

# One statement for a page. What was found is put into cells of the same price band and stock, and those are counted. `misses` counts the
# narrowings a product does not meet, `missed` names one of them: a value of a name is counted over what all other narrowings leave, so that
# a second value of the same name can be added; one that leaves nothing is told with 0, so that a question stays where it stands. Values
# of a few goods are counted good by good; of many as bits: 64 goods are put into a number, 32 numbers into a row like those of
# search_held, and then the bits that both have are counted.
_FIND = """
    WITH {found}, cell AS MATERIALIZED (
        SELECT width_bucket(price_minor, %(bands)s::bigint[]) AS band, is_in_stock, misses, missed, count(*) AS goods
        FROM hit GROUP BY 1, 2, 3, 4
    ), tally AS MATERIALIZED (
        SELECT coalesce(sum(goods), 0)::bigint AS goods FROM cell
    ), row_of_64 AS MATERIALIZED (
        SELECT product_id >> 6 AS place, CASE WHEN misses > 1 THEN '<several' ELSE missed END AS missed,
            bit_or(1::bigint << (63 - (product_id & 63))::int) AS goods
        FROM hit WHERE (SELECT goods >= %(many)s FROM tally) GROUP BY 1, 2
    ), row_of_2048 AS MATERIALIZED (
        SELECT place >> 5 AS chunk, missed, bit_or(goods::bit(64)::bit(2048) >> (64 * (place & 31))::int) AS goods
        FROM row_of_64 GROUP BY 1, 2
    )
    SELECT (SELECT token FROM search_edition), (SELECT coalesce(sum(mark), 0)::bigint FROM search_moved),
        (SELECT goods FROM tally),
        (SELECT coalesce(sum(goods), 0)::bigint FROM cell WHERE misses = 0),
        {page},
        (SELECT coalesce(jsonb_object_agg(value, goods), '{{}}') FROM (
            SELECT facet AS value,
                coalesce(sum(both_have) FILTER (WHERE missed IS NULL OR missed = split_part(facet, '=', 1)), 0)::bigint AS goods
            FROM row_of_2048 found JOIN search_held known USING (chunk), bit_count(found.goods & known.goods) AS both_have
            WHERE known.kind = 0 AND known.facet NOT LIKE '<%%'
            GROUP BY 1 HAVING sum(both_have) > 0
            UNION ALL
            SELECT value, count(*) FILTER (WHERE misses = 0 OR (misses = 1 AND missed = split_part(value, '=', 1)))
            FROM hit, unnest(facets) value WHERE (SELECT goods < %(many)s FROM tally) GROUP BY 1
        ) counted),
        (SELECT coalesce(jsonb_object_agg(band, goods), '{{}}') FROM (
            SELECT band, sum(goods) AS goods FROM cell
            WHERE band IS NOT NULL AND (misses = 0 OR (misses = 1 AND missed = '<price')) GROUP BY band
        ) banded),
        (SELECT coalesce(sum(goods), 0)::bigint FROM cell WHERE is_in_stock AND (misses = 0 OR (misses = 1 AND missed = '<stock'))),
        {is_loose}, {help}
"""

MANY = 1_000
"""From so many goods on answers are counted by bits."""

_HIT = """
    SELECT product_id, rank, price_minor, is_in_stock, facets, ctid AS place, {misses} FROM search_document
    WHERE tokens @@ %(asked)s::tsquery
"""

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
    CASE WHEN NOT EXISTS (SELECT FROM {found}) THEN jsonb_build_array(
        coalesce((SELECT jsonb_object_agg(word, goods) FROM search_word WHERE word = ANY(%(words)s)), '{{}}'),
        coalesce((SELECT jsonb_object_agg(word, goods) FROM (
            SELECT DISTINCT w.word, w.goods FROM search_slip s JOIN search_word w ON w.word = s.word_id WHERE s.key = ANY(%(keys)s)
        ) near), '{{}}'),
        to_jsonb(ARRAY(SELECT typed FROM unnest(%(typed)s::text[]) typed
            WHERE EXISTS (SELECT FROM search_document WHERE tokens @@ (quote_literal('~' || typed) || ':*')::tsquery))),
        to_jsonb(ARRAY(SELECT typed FROM unnest(%(typed)s::text[]) typed
            WHERE EXISTS (SELECT FROM search_word WHERE word >= typed COLLATE "C" AND word < (typed || chr(1114111)) COLLATE "C"
                AND starts_with(word, typed))))
    ) END
"""

WEIGHED = 1_000
"""Of more goods than these the best sellers are weighed by their words; what comes after them is ordered by trade alone."""

# Words decide, trade breaks near-ties: a good ranked 1,000th keeps about half the score of the best seller with the same words. A row is
# met again where it was found: within one statement it stays there.
_BEST = """
    ARRAY(SELECT product_id FROM (
        SELECT product_id, rank, ts_rank('{{0.05, 0.1, 0.4, 1.0}}', {tokens}, %(rated)s::tsquery)
            / (1 + ln(greatest(rank, 1)) / 7) AS score
        FROM (SELECT * FROM hit {met} ORDER BY {pinned} rank, product_id LIMIT %(weighed)s) near
    ) weighed ORDER BY {pinned} score DESC, rank, product_id LIMIT %(size)s OFFSET %(skip)s)
"""
_ORDERED = "ARRAY(SELECT product_id FROM hit {met} ORDER BY {order} LIMIT %(size)s OFFSET %(skip)s)"
_WHERE_FOUND = {"met": "WHERE misses = 0", "tokens": "(SELECT d.tokens FROM search_document d WHERE d.ctid = near.place)"}
_OF_BITS = {"met": "", "tokens": "tokens"}
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

    `terms` are the conditions of `asked`, `longer` what else is rated, `common` the words whose goods are kept as bits.
    `but_one` and `some` are met by documents that lack one term, or hold any: asked for where they are given and nothing meets `asked`.
    """

    asked: str
    rated: str
    terms: tuple[Term, ...] = field(default=(), repr=False)
    common: Common = field(default=NONE_COMMON, repr=False)
    but_one: str = ""
    some: str = ""
    lookup: Lookup | None = None
    pins: tuple[int, ...] = ()
    narrowed: Narrowed
    bands: tuple[int, ...] = ()
    order: Order
    number: int
    size: int

    longer: tuple[Term, ...] = field(default=(), repr=False)

    @property
    def skip(self) -> int:
        return (self.number - 1) * self.size

    @property
    def all_rated(self) -> tuple[Term, ...]:
        return (*self.terms, *self.longer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the documents answer: `held` counts the goods before they are narrowed down, `values` are counted by “name=value”.

    `edition` is that of what staff told, `moved` the mark of the documents: while both stand, the same question has the same answer.
    """

    edition: UUID | None
    moved: int
    held: int
    total: int
    ids: tuple[ProductId, ...]
    values: dict[str, int]
    bands: tuple[int, ...]
    in_stock: int
    is_loose: bool
    help: Help | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a product: its tokens, and which of them stand in its names (a), shelves (b), texts (c), or are stems (d)."""

    product_id: ProductId
    rank: int
    facets: tuple[str, ...]
    price_minor: int | None
    is_in_stock: bool
    tokens: tuple[str, ...]
    weighed: dict[str, tuple[str, ...]]

    def told(self) -> dict[str, Any]:
        """Return it as a search server is told; `trade` is by what the weight of words is multiplied, as in _BEST."""
        return {
            "product_id": self.product_id, "tokens": self.tokens, **self.weighed, "rank": self.rank, "facets": self.facets,
            "trade": 1 / (1 + math.log(max(self.rank, 1)) / 7), "price_minor": self.price_minor, "is_in_stock": self.is_in_stock,
        }  # fmt: skip


def find(question: Question) -> Answer:
    """Return what the documents answer: one statement."""
    named: dict[str, Any] = {
        "asked": question.asked, "rated": question.rated, "but_one": question.but_one, "some": question.some, "pins": list(question.pins),
        "bands": list(question.bands), "size": question.size, "weighed": WEIGHED, "skip": question.skip,
        "many": MANY, "enough": max(WEIGHED if question.order is Order.BEST else 0, question.skip + question.size),
    }  # fmt: skip
    if question.lookup:
        named |= {"typed": list(question.lookup.typed), "words": list(question.lookup.words), "keys": list(question.lookup.keys)}
    if not question.some and bits.is_for(question.terms, question.common) and bits.are_counted(question.narrowed, question.bands):
        return _by_bits(question, named)
    found = _hits(question, named)
    is_loose = "NOT EXISTS (SELECT FROM every)" if question.some else "false"
    helped = _HELP.format(found="hit") if question.lookup else "NULL"
    sql = _FIND.format(found=found, page=_page(question, _WHERE_FOUND), is_loose=is_loose, help=helped)
    edition, moved, held, total, ids, values, bands, in_stock, loose, told = _asked(sql, named)
    counted = tuple(_json(bands).get(str(band), 0) for band in range(len(question.bands) + 1))
    return Answer(
        edition=edition, moved=moved, held=held, total=total, ids=tuple(ids), values=_json(values), bands=counted, in_stock=in_stock,
        is_loose=loose, help=_help(told),
    )  # fmt: skip


def _by_bits(question: Question, named: dict[str, Any]) -> Answer:
    found = bits.found(question.terms, question.narrowed, common=question.common, pins=question.pins, named=named)
    helped = _HELP.format(found="row_of_2048") if question.lookup else "NULL"
    sql = bits.asking(found, order=question.order, has_pins=bool(question.pins), page=_page(question, _OF_BITS), helped=helped)
    edition, moved, held, total, ids, values, told = _asked(sql, named)
    counted = _json(values)
    bands, in_stock = bits.prices(counted, question.bands), counted.pop("<stock", 0)
    return Answer(
        edition=edition, moved=moved, held=held, total=total, ids=tuple(ids), values=counted, bands=bands, in_stock=in_stock,
        is_loose=False, help=_help(told),
    )  # fmt: skip


def _asked(sql: str, named: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _help(told: Any) -> Help | None:
    if told is None:
        return None
    known, near, readings, beginnings = json.loads(told) if isinstance(told, str) else told
    return Help(known=known, near=near, readings=frozenset(readings), beginnings=frozenset(beginnings))


def marks() -> tuple[UUID | None, int]:
    """Return the edition of what staff told and the mark of the documents, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT token FROM search_edition), (SELECT coalesce(sum(mark), 0)::bigint FROM search_moved)")
        edition, moved = cursor.fetchone()
    return edition, moved


def _hits(question: Question, named: dict[str, Any]) -> str:
    """Return the tables that hold what was found, each good with the narrowings it does not meet."""
    conditions = _conditions(question.narrowed, named)
    if conditions:
        missed = "coalesce(" + ", ".join(f"CASE WHEN NOT {each} THEN {name} END" for name, each in conditions) + ")"
        told = " + ".join(f"(NOT {each})::int" for _, each in conditions) + f" AS misses, {missed} AS missed"
    else:
        told = "0 AS misses, NULL::text AS missed"
    hit = _HIT.format(misses=told)
    if question.some:
        but_one, some = (hit.replace("%(asked)s", f"%({name})s") for name in ("but_one", "some"))
        return _LOOSELY.format(hit=hit, but_one=but_one, some=some)
    also = " OR product_id = ANY(%(pins)s)" if question.pins else ""
    return f"hit AS MATERIALIZED ({hit}{also})"


def _page(question: Question, hit: dict[str, str]) -> str:
    pinned = _PINNED if question.pins else ""
    if question.order is Order.BEST and question.skip + question.size <= WEIGHED:
        return _BEST.format(pinned=pinned, **hit)
    return _ORDERED.format(order=_ORDERS[question.order].format(pinned=pinned), met=hit["met"])


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


def put(documents: Sequence[Written]) -> None:
    """Write documents, by product; the same again touches nothing."""
    columns: list[Any] = [list(column) for column in zip(*documents, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(ONE_WRITER)
        cursor.execute(_PUT, columns)


def mark(marks: Sequence[Mark]) -> int:
    """Write prices and stock of known products and return how many changed."""
    columns: list[Any] = [[each.product_id for each in marks], [each.price_minor for each in marks], [each.is_in_stock for each in marks]]
    with connection.cursor() as cursor:
        cursor.execute(ONE_WRITER)
        cursor.execute(_MARK, columns)
        return int(cursor.rowcount)


def remove(product_ids: Sequence[ProductId]) -> None:
    """Forget these products."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_WRITER)
        cursor.execute("DELETE FROM search_document WHERE product_id = ANY(%s)", [list(product_ids)])


def help_with(lookup: Lookup) -> Help | None:
    """Return what is known of words that found nothing: one statement."""
    named: dict[str, Any] = {"typed": list(lookup.typed), "words": list(lookup.words), "keys": list(lookup.keys)}
    return _help(_asked(f"SELECT {_HELP.format(found='(SELECT WHERE false) AS nothing')}", named)[0])


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_LEARN = """
    INSERT INTO search_word (word, goods) SELECT word, 1 FROM unnest(%s::text[]) word ORDER BY word COLLATE "C" ON CONFLICT DO NOTHING
    RETURNING word
"""
_SLIPS = "INSERT INTO search_slip (key, word_id) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING"

# Each token with how many documents hold it; counted over all of them, so it is done once for many changes.
_RECOUNT = """
    WITH held AS MATERIALIZED (
        SELECT word COLLATE "C" AS word, ndoc FROM ts_stat('SELECT tokens FROM search_document')
    ), counted AS (
        UPDATE search_word w SET goods = coalesce(h.ndoc, 0)
        FROM search_word k LEFT JOIN held h USING (word)
        WHERE w.word = k.word AND w.goods IS DISTINCT FROM coalesce(h.ndoc, 0)
    )
    SELECT word FROM held LEFT JOIN search_common c USING (word)
    WHERE ndoc >= CASE WHEN c.word IS NULL THEN %(common)s ELSE %(common)s / 2 END ORDER BY ndoc DESC, word LIMIT %(most)s
"""

COMMON = 1_000
"""From so many goods on which hold a word is kept as bits; given up again where it is not half as many."""
MOST_COMMON = 2_000

_HOLD_COMMON = """
    INSERT INTO search_held (kind, facet, chunk, goods)
    SELECT 1, word, (product_id >> 11)::int, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product_id & 2047)::int, 1))
    FROM search_document, unnest(tsvector_to_array(tokens)) said JOIN unnest(%s::text[]) word ON word = said GROUP BY 2, 3
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


def recount() -> bool:
    """Count the goods of every word anew, forget words that none holds, and return whether other words are common from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"common": COMMON, "most": MOST_COMMON})
        words = {row[0] for row in cursor.fetchall()}
        # From here on whoever writes documents is done, or waits and then sees which words are common.
        cursor.execute(ONE_WRITER)
        cursor.execute("DELETE FROM search_slip s USING search_word w WHERE s.word_id = w.word AND w.goods = 0")
        cursor.execute("DELETE FROM search_word WHERE goods = 0")
        cursor.execute("DELETE FROM search_held WHERE bit_count(goods) = 0")
        return words != _common(cursor) and _hold(cursor, words)


def _common(cursor: Any) -> set[str]:
    cursor.execute("SELECT word FROM search_common")
    return {row[0] for row in cursor.fetchall()}


def _hold(cursor: Any, words: set[str]) -> bool:
    """Keep as bits which goods hold these words, and give up all others."""
    known = _common(cursor)
    gone, come = sorted(known - words), sorted(words - known)
    cursor.execute("DELETE FROM search_common WHERE word = ANY(%s)", [gone])
    cursor.execute("DELETE FROM search_held WHERE kind = 1 AND facet = ANY(%s)", [gone])
    cursor.execute("INSERT INTO search_common (word) SELECT unnest(%s::text[])", [come])
    cursor.execute(_HOLD_COMMON, [come])
    return bool(gone or come)


def words_from(beginning: str, size: int) -> list[str]:
    """Return the words that begin so, that of most goods first."""
    with connection.cursor() as cursor:
        cursor.execute(_GOES_ON, [beginning, beginning, beginning, size])
        return [row[0] for row in cursor.fetchall()]
