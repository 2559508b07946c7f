"""The face of search: words in, product ids out, best first. It knows the texts it was told, nothing else.

Nothing is known here of who searches: the same words find the same goods in the same order for everybody.
"""

from collections.abc import Sequence

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import ProductId
from shopkeeper.selling.search import chinese, finding, steering_store, store
from shopkeeper.selling.search.counting import asked, count, opened, tidy
from shopkeeper.selling.search.rules import literals, readings, tokens
from shopkeeper.selling.search.shapes import EVERYTHING, Document, Found, Mark, Narrowed, Order, Suggestions
from shopkeeper.selling.search.steering import (
    pin,
    pin_by_id,
    redirect,
    remove_pin,
    remove_redirect,
    remove_synonyms,
    save_synonyms,
)
from shopkeeper.selling.search.telling import build as build_server
from shopkeeper.selling.search.telling import noted as server_noted
from shopkeeper.selling.search.telling import soon as _tell_soon
from shopkeeper.selling.search.telling import standing as server_standing
from shopkeeper.selling.search.telling import tell as tell_server

__all__ = [
    "asked", "build_server", "count", "find", "forget", "index", "mark", "opened", "pin", "pin_by_id", "recount", "redirect", "remove_pin",
    "remove_redirect", "remove_synonyms", "save_synonyms", "server_noted", "server_standing", "suggest", "tell_server", "tidy",
]  # fmt: skip

MOST_ON_A_PAGE = 200
MOST_SUGGESTED = 10


def find(
    text: str,
    *,
    number: int = 1,
    size: int = 24,
    narrowed: Narrowed = EVERYTHING,
    bands: Sequence[int] = (),
    order: Order = Order.BEST,
) -> Found:
    """Return one page of the products that hold every word of the text, in any language; the last word may be unfinished.

    Where none does, the words are taken as they were probably meant (a reading of Chinese, a slip of the finger); where none does
    then, those that lack one of them, and at last those that hold any. Nothing typed finds nothing. `bands` are rising prices
    between which goods are counted. Raises OutOfRange.
    """
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    asking = finding.Asking(narrowed=narrowed, bands=tuple(bands), order=order, number=number, size=size)
    return finding.find(text, asking)


def suggest(text: str, *, size: int = 6) -> Suggestions:
    """Return how what is being typed may go on: queries with the last word finished, and the goods found so far, at most `size` of each."""
    checks.whole(size, field="size", least=1, most=MOST_SUGGESTED)
    pieces = tokens.pieces(tokens.fold(text[: tokens.MOST_QUERY_LETTERS]))
    if not pieces:
        return Suggestions()
    begun = pieces[-1]
    ways = [] if tokens.is_cjk(begun) or text[-1:].isspace() else store.words_from(begun, size + 1)
    queries = tuple(" ".join([*pieces[:-1], word]) for word in ways if word != begun)[:size]
    # One Latin letter begins a fourth of all names: nobody means goods by it yet.
    is_enough = len(pieces) > 1 or len(begun) > 1 or tokens.is_cjk(begun)
    return Suggestions(queries=queries, product_ids=find(text, size=size).items if is_enough else ())


@transaction.atomic
def index(documents: Sequence[Document]) -> None:
    """Put documents in place of what was known of their products: the same again writes nothing."""
    if not documents:
        return
    store.put([(each.product_id, _tokens(each), each.rank, _facets(each), each.price_minor, each.is_in_stock) for each in documents])
    texts = {text for each in documents for text in (*each.names, *each.categories, *each.texts)}
    store.learn({word for text in texts for word in tokens.plain_words(text) if len(word) <= tokens.LONGEST_TOKEN})
    _tell_soon()


@transaction.atomic
def mark(marks: Sequence[Mark]) -> int:
    """Write what changed of products without their texts, their least price and whether they are there, and return how many changed."""
    changed = store.mark(marks) if marks else 0
    if changed:
        _tell_soon()
    return changed


@transaction.atomic
def forget(product_ids: Sequence[ProductId]) -> None:
    """Find these products no more (taken out of the shop); unknown ids are passed over."""
    store.remove(product_ids)
    _tell_soon()


@transaction.atomic
def recount() -> None:
    """Count anew how many goods hold each word, which decides what is suggested first and which words are common; forget those of none."""
    if store.recount():
        steering_store.moved()


def _tokens(document: Document) -> str:
    runs = [(weight, run) for weight, texts in (("A", document.names), ("C", document.texts)) for text in texts for run in _runs(text)]
    also = {
        "A": [word for weight, run in runs if weight == "A" for word in chinese.words(run)],
        "C": [word for weight, run in runs if weight == "C" for word in chinese.words(run)],
        "D": [token for weight, run in runs if weight == "A" for token in readings.tokens(chinese.syllables(run))],
    }
    return literals.tsvector({"A": document.names, "B": document.categories, "C": document.texts}, also)


def _runs(text: str) -> list[str]:
    return [piece for piece in tokens.pieces(tokens.fold(text)) if tokens.is_cjk(piece)]


def _facets(document: Document) -> str:
    """Return what a product is narrowed down by as “name=value”, a line each."""
    return "\n".join(sorted({f"{name}={value}" for name, values in document.values.items() for value in values}))
