"""Telling a search server of its own what the shop holds: all of it beside what is in use, every night; what changed, as it changes.

What a server has to be told is written down by the database with every change. So nothing is lost where it does not answer, and how much
it does not know is known. One process at a time tells it.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from shopkeeper.kit.ids import ProductId
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.search import server_store, serving
from shopkeeper.selling.search.adapters import opensearch
from shopkeeper.selling.search.adapters.wire import Address
from shopkeeper.selling.search.shapes import ServerSilent, ServerStanding

log = logging.getLogger(__name__)

JOB = "tell_search_server"
"""The job of `wiring/schedule.py` that does `tell`."""
AT_ONCE = 500
MOST_AT_A_TIME = 100
PATIENCE_S = 60.0
"""So long a build waits for whoever is just telling what changed."""


def soon() -> None:
    """Have the server told of what changed as soon as the caller's transaction is done; nothing where there is none."""
    if serving.server() is not None:
        jobs.defer(JOB, once=JOB)


def build(*, now: datetime) -> int:
    """Build the server's index anew beside the one in use, put it in its place and return how many goods it holds; 0 without a server.

    Where it cannot be built whole, the one in use stays. Raises ServerSilent.
    """
    where = serving.server()
    if where is None:
        server_store.use_none()
        return 0
    with _alone(patience_s=PATIENCE_S) as is_alone:
        if not is_alone:
            raise ServerSilent("busy")
        # From here on what changes is written down, so nothing is missed between reading a good and using the new index.
        known = server_store.use(where.shown)
        number = _build(where, now, known)
        serving.ask_again()
    tell()
    return number


def _build(where: Address, now: datetime, known: int) -> int:
    index = f"{where.name}-{now:%Y%m%d%H%M%S%f}"
    opensearch.create(where, index)
    try:
        number = _fill(where, index)
        if opensearch.goods(where, index) != number:
            raise ServerSilent("partial")
        opensearch.swap(where, index)
    except ServerSilent:
        _tidy(where, [index])
        raise
    server_store.built(where.shown, index, now, known=known)
    _tidy(where, [each for each in opensearch.indexes(where) if each != index])
    return number


def _fill(where: Address, index: str) -> int:
    number, last = 0, -1
    while goods := server_store.kept_after(last, AT_ONCE):
        written = opensearch.write(where, index, made=index, goods=goods)
        _log_refused(written.refused)
        if len(written.done) != len(goods):
            raise ServerSilent("refused" if written.refused else "partial")
        number, last = number + len(goods), goods[-1].product_id
    return number


def _tidy(where: Address, indexes: list[str]) -> None:
    for each in indexes:
        try:
            opensearch.remove(where, each)
        except ServerSilent:
            # Left over: the next build finds it.
            continue


def tell() -> int:
    """Tell the server what changed and return of how many goods it was told. What it does not take stays written down.

    A good it refuses for good is not told again until it changes and keeps nothing else back. Raises ServerSilent where others are left.
    """
    where = serving.server()
    if where is None:
        return 0
    index = server_store.standing(where.shown).index
    number = left = last = 0
    with _alone() as is_alone:
        for _round in range(MOST_AT_A_TIME if is_alone and index else 0):
            if not (notes := server_store.waiting(AT_ONCE, after=last)):
                break
            written = _tell_some(where, index, notes)
            number, last = number + len(written.done), notes[-1][0]
            left += len(notes) - len(written.done) - len(written.refused)
            if not written.done and not written.refused:
                # It takes nothing at all: more of it is of no use.
                break
    if left:
        raise ServerSilent("refused")
    return number


def _tell_some(where: Address, index: str, notes: Sequence[tuple[int, ProductId]]) -> opensearch.Written:
    numbers = {product_id: number for number, product_id in notes}
    goods = server_store.kept(sorted(numbers))
    gone = sorted(numbers.keys() - {each.product_id for each in goods})
    written = opensearch.write(where, where.name, made=index, goods=goods, gone=gone)
    server_store.told([numbers[each] for each in written.done])
    server_store.refused({numbers[each]: status for each, status in written.refused.items()})
    _log_refused(written.refused)
    return written


def _log_refused(refused: Mapping[ProductId, int]) -> None:
    for product_id, status in sorted(refused.items()):
        log.warning("The search server refuses product %s for good: status %s", product_id, status)


@contextmanager
def _alone(patience_s: float = 0.0) -> Iterator[bool]:
    until = time.monotonic() + patience_s
    while not (is_alone := server_store.take_alone()) and time.monotonic() < until:
        time.sleep(0.5)
    try:
        yield is_alone
    finally:
        if is_alone:
            server_store.give_back()


def noted() -> ServerStanding | None:
    """Return how the search server stands as is written down here, without asking it; None where there is none."""
    where = serving.server()
    if where is None:
        return None
    known = server_store.standing(where.shown)
    return ServerStanding(
        address=where.shown, built_at=known.built_at if known.index else None, waiting=known.waiting, oldest_s=known.oldest_s,
        goods=known.goods, refused=known.refused, is_late=known.oldest_s > server_store.LATE_S,
    )  # fmt: skip


def standing() -> ServerStanding | None:
    """Return how the search server stands, as is written down and as it says itself (for `LOOK_S` at most); None where there is none."""
    where, known = serving.server(), noted()
    if where is None or known is None or known.built_at is None:
        return known
    try:
        return replace(known, goods_there=opensearch.look(where))
    except ServerSilent as silent:
        return replace(known, problem=silent.reason)
