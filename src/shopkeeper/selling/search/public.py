"""The face of search: words in, product ids out, best first. It knows the texts it was told, nothing else."""

from collections.abc import Sequence

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.page import Page
from shopkeeper.selling.search import store
from shopkeeper.selling.search.rules import tokens
from shopkeeper.selling.search.shapes import Document

MOST_ON_A_PAGE = 200


def find(text: str, *, number: int = 1, size: int = 24) -> Page[ProductId]:
    """Return one page of the products that hold every word of the text, in any language; the last word may be unfinished.

    Where none holds them all, those that hold any of them. Nothing typed finds nothing. Raises OutOfRange for a page that cannot be.
    """
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    terms = tokens.query_terms(text)
    if not terms:
        return Page(items=(), total=0, number=number, size=size)
    found = store.find(tokens.tsquery(terms), number, size)
    if found.total or len(terms) == 1:
        return found
    return store.find(tokens.tsquery(terms, joined_by="|"), number, size)


@transaction.atomic
def index(documents: Sequence[Document]) -> None:
    """Put documents in place of what was known of their products: 4,000 at once take about a second; the same again writes nothing."""
    if documents:
        store.put([(each.product_id, _words(each), each.rank) for each in documents])


@transaction.atomic
def forget(product_ids: Sequence[ProductId]) -> None:
    """Find these products no more (taken out of the shop); unknown ids are passed over."""
    store.remove(product_ids)


def _words(document: Document) -> str:
    return tokens.tsvector({"A": document.names, "B": document.categories, "C": document.texts})
