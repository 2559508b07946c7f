"""What is known of a search server beside this database: which index it answers from, and which goods it has to be told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search import models, store
from shopkeeper.selling.search.store import Kept

LATE_S = 300
"""What waits for so long to be told to the server makes its answers too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is written of the server: its index (empty: none was built for this address), when, and what it has to be told."""

    index: str
    built_at: datetime | None
    waiting: int
    oldest_s: float
    goods: int
    refused: tuple[ProductId, ...]


_MARKS = """
    SELECT (SELECT token FROM search_edition), coalesce((SELECT index FROM search_server WHERE address = %s), ''),
        EXISTS (SELECT FROM search_waiting WHERE refused = 0 AND since < now() - make_interval(secs => %s))
"""

_STANDING = """
    SELECT coalesce((SELECT index FROM search_server WHERE address = %s), ''), (SELECT built_at FROM search_server WHERE address = %s),
        (SELECT count(*) FROM search_waiting WHERE refused = 0),
        coalesce((SELECT extract(epoch FROM now() - min(since)) FROM search_waiting WHERE refused = 0), 0)::float8,
        (SELECT count(*) FROM search_document), ARRAY(SELECT product_id FROM search_waiting WHERE refused > 0 ORDER BY product_id)
"""

# Whoever is just changing a good holds its note, which gets a new number then: such a note is neither waited for nor struck out.
_STRIKE_OUT = "DELETE FROM search_waiting WHERE id IN (SELECT id FROM search_waiting WHERE {which} FOR UPDATE SKIP LOCKED)"

_REFUSED = """
    UPDATE search_waiting w SET refused = said.status FROM (
        SELECT id, status FROM search_waiting JOIN unnest(%s::bigint[], %s::smallint[]) AS told (id, status) USING (id)
        FOR UPDATE OF search_waiting SKIP LOCKED
    ) said WHERE said.id = w.id
"""

_KEPT = """
    SELECT product_id, rank, string_to_array(array_to_string(facets, E'\\n'), E'\\n'), price_minor, is_in_stock, tsvector_to_array(tokens),
        ARRAY(SELECT lexeme FROM unnest(tokens) WHERE 'A' = ANY(weights)),
        ARRAY(SELECT lexeme FROM unnest(tokens) WHERE 'B' = ANY(weights)),
        ARRAY(SELECT lexeme FROM unnest(tokens) WHERE 'C' = ANY(weights)),
        ARRAY(SELECT lexeme FROM unnest(tokens) WHERE 'D' = ANY(weights))
    FROM search_document WHERE {which}
"""


def marks(address: str) -> tuple[UUID | None, str, bool]:
    """Return the edition of what staff told, the index of the server at this address, and whether it was told too little lately."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [address, LATE_S])
        edition, index, is_late = cursor.fetchone()
    return edition, index, is_late


def standing(address: str) -> Standing:
    """Return how the server at this address stands."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [address, address])
        index, built_at, waiting, oldest_s, goods, refused = cursor.fetchone()
    return Standing(index=index, built_at=built_at, waiting=waiting, oldest_s=oldest_s, goods=goods, refused=tuple(map(ProductId, refused)))


@transaction.atomic
def use(address: str) -> int:
    """Note from here on what the server at this address has to be told; of another than before nothing is known.

    Returns the number of the last note: whoever reads the goods after this knows what all notes up to it tell.
    """
    models.Server.objects.exclude(address=address).delete()
    models.Server.objects.get_or_create(id=1, defaults={"address": address})
    with connection.cursor() as cursor:
        # A change under way that saw no server yet notes nothing: it is done when this is passed. The next one sees the server.
        cursor.execute(store.ONE_WRITER)
        cursor.execute("SELECT coalesce(max(id), 0) FROM search_waiting")
        return int(cursor.fetchone()[0])


@transaction.atomic
def built(address: str, index: str, now: datetime, *, known: int) -> None:
    """Write down that the server at this address answers from this index, which knows what the notes up to number `known` tell."""
    models.Server.objects.filter(address=address).update(index=index, built_at=now)
    with connection.cursor() as cursor:
        cursor.execute(_STRIKE_OUT.format(which="id <= %s"), [known])


@transaction.atomic
def use_none() -> None:
    """Note nothing any more."""
    if models.Server.objects.exists():
        models.Server.objects.all().delete()
        models.Waiting.objects.all().delete()


def waiting(size: int, *, after: int = 0) -> list[tuple[int, ProductId]]:
    """Return what the server has to be told after this note: the number of the note, and the product. What it refused is left out."""
    rows = models.Waiting.objects.filter(id__gt=after, refused=0).order_by("id")
    return [(number, ProductId(product_id)) for number, product_id in rows.values_list("id", "product_id")[:size]]


def told(numbers: Sequence[int]) -> None:
    """Strike out these notes."""
    with connection.cursor() as cursor:
        cursor.execute(_STRIKE_OUT.format(which="id = ANY(%s)"), [list(numbers)])


def refused(statuses: Mapping[int, int]) -> None:
    """Write to these notes, by number, with which status the server refused the good: it is not told of it until the good changes."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [list(statuses), list(statuses.values())])


def kept(product_ids: Sequence[ProductId]) -> list[Kept]:
    """Return what is kept of these products; those that are gone are left out."""
    return _kept("product_id = ANY(%s)", [list(product_ids)])


def kept_after(product_id: int, size: int) -> list[Kept]:
    """Return what is kept of the next products by number."""
    return _kept("product_id > %s ORDER BY product_id LIMIT %s", [product_id, size])


def _kept(which: str, params: Sequence[Any]) -> list[Kept]:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT.format(which=which), params)
        rows = cursor.fetchall()
    return [
        Kept(
            product_id=ProductId(row[0]), rank=row[1], facets=tuple(row[2] or ()), price_minor=row[3], is_in_stock=row[4],
            tokens=tuple(row[5]), weighed={letter: tuple(row[6 + place]) for place, letter in enumerate("abcd")},
        )
        for row in rows
    ]  # fmt: skip


def take_alone() -> bool:
    """Return whether this session is the only one from now on that tells the server anything; `give_back` ends it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('search_server'))")
        return bool(cursor.fetchone()[0])


def give_back() -> None:
    """Let others tell the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtext('search_server'))")
