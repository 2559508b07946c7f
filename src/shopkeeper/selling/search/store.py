"""Every query of search."""

from collections.abc import Sequence

from django.db import connection

from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.page import Page

_PUT = """
    INSERT INTO search_document (product_id, tokens, rank)
    SELECT DISTINCT ON (product_id) product_id, tokens::tsvector, rank FROM intake_document ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET tokens = excluded.tokens, rank = excluded.rank
    WHERE (search_document.tokens, search_document.rank) IS DISTINCT FROM (excluded.tokens, excluded.rank)
"""

# Words decide, trade breaks near-ties: a good ranked 1,000th keeps about half the score of the best seller with the same words.
_FIND = """
    SELECT product_id
    FROM search_document, (SELECT %s::tsquery AS asked) AS question
    WHERE tokens @@ asked
    ORDER BY ts_rank('{0.05, 0.1, 0.4, 1.0}', tokens, asked) / (1 + ln(greatest(rank, 1)) / 7) DESC, rank, product_id
    LIMIT %s OFFSET %s
"""


def put(documents: Sequence[tuple[int, str, int]]) -> None:
    """Write documents as (product_id, tsvector literal, rank); one that is the same already is not touched."""
    import polars as pl

    from shopkeeper.kit import bulk

    frame = pl.DataFrame(documents, schema={"product_id": pl.Int64, "tokens": pl.String, "rank": pl.Int64}, orient="row")
    with connection.cursor() as cursor:
        bulk.stage(cursor, "intake_document", frame)
        cursor.execute(_PUT)


def remove(product_ids: Sequence[ProductId]) -> None:
    """Forget these products."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_document WHERE product_id = ANY(%s)", [list(product_ids)])


def find(asked: str, number: int, size: int) -> Page[ProductId]:
    """Return one page of the products that a tsquery finds, best first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_document WHERE tokens @@ %s::tsquery", [asked])
        total = cursor.fetchone()[0]
        cursor.execute(_FIND, [asked, size, (number - 1) * size])
        return Page(items=tuple(ProductId(row[0]) for row in cursor.fetchall()), total=total, number=number, size=size)
