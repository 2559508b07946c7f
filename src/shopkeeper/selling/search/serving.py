"""Which machine answers a search: this database, or a search server of its own where SEARCH_URL names one.

The database always knows everything, so whenever the server gives no whole answer, or one that would be too old, the database answers; that
is counted and shows in the shop's health. A server that kept somebody waiting, or is down, is not asked again for a while: nobody waits for
it twice. One that answers at once, only not this question, costs nobody time and is asked the next.
"""

import time
from dataclasses import replace
from functools import cache

from django.conf import settings

from shopkeeper.ops.monitoring import public as monitoring
from shopkeeper.selling.search import remembered, server_store, store
from shopkeeper.selling.search.adapters import opensearch, wire
from shopkeeper.selling.search.adapters.wire import Address
from shopkeeper.selling.search.shapes import ServerSilent
from shopkeeper.selling.search.store import Answer, Question

PAUSE_S = 15.0
_PAUSES = ("slow", "unreachable")
_BUSY = 429

_asked_again_at = 0.0


def server() -> Address | None:
    """Return where the search server is, None where the database alone answers."""
    return _address(settings.SEARCH_URL, settings.SEARCH_CA_FILE) if settings.SEARCH_URL else None


@cache
def _address(url: str, ca_file: str) -> Address:
    return wire.address(url, ca_file=ca_file)


def find(question: Question) -> Answer:
    """Return the answer to a question, from the server or, where it has none, from the database."""
    where = server()
    # Further down than a server leads: nothing is wrong with it.
    if where is None or question.skip + question.size > opensearch.MOST_DEEP:
        return remembered.find(question)
    try:
        return _from(where, question)
    except ServerSilent as silent:
        monitoring.search_fell_back(silent.reason)
        return remembered.find(question)


def _from(where: Address, question: Question) -> Answer:
    global _asked_again_at  # noqa: PLW0603 - one value, replaced whole
    if time.monotonic() < _asked_again_at:
        raise ServerSilent("pausing")
    edition, index, is_late = server_store.marks(where.shown)
    if not index:
        raise ServerSilent("not built")
    if is_late:
        raise ServerSilent("late")
    try:
        answer = opensearch.find(where, question, made=index)
    except ServerSilent as silent:
        if silent.reason in _PAUSES or silent.status == _BUSY or silent.status >= 500:
            _asked_again_at = time.monotonic() + PAUSE_S
        raise
    helped = store.help_with(question.lookup) if question.lookup and not answer.held else None
    return replace(answer, edition=edition, help=helped)


def ask_again() -> None:
    """Ask the server again at once: something was mended."""
    global _asked_again_at  # noqa: PLW0603 - one value, replaced whole
    _asked_again_at = 0.0
