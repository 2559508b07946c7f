"""Answers that took long to find, as long as nothing moved: common words are asked again and again, and thousands of goods hold them.

An answer comes with the marks it rests on. Before it is given again they are read anew, one small statement; where they moved, it is found
anew. So nobody is ever shown what no longer stands.
"""

from threading import Lock

from django.db import connection

from shopkeeper.selling.search import store
from shopkeeper.selling.search.store import Answer, Question

MOST = 256

_lock = Lock()
_kept: dict[str, Answer] = {}


def find(question: Question) -> Answer:
    """Return what the documents answer: one statement, two where what was remembered no longer stands."""
    # Inside a transaction others do not see what this one sees, and it may be undone.
    if connection.in_atomic_block:
        return store.find(question)
    key = repr(question)
    with _lock:
        kept = _kept.get(key)
    if kept is not None and store.marks() == (kept.edition, kept.moved):
        return kept
    answer = store.find(question)
    if answer.held >= store.MANY:
        _keep(key, answer)
    return answer


def _keep(key: str, answer: Answer) -> None:
    with _lock:
        _kept.pop(key, None)
        while len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept[key] = answer


def forget() -> None:
    """Find everything anew from here on."""
    with _lock:
        _kept.clear()
