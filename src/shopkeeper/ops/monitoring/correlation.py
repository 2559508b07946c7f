"""What the work under way belongs to: a request, a job, a batch of facts. Every line of the log written meanwhile carries it."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token

_EMPTY: Mapping[str, object] = {}
_bound: ContextVar[Mapping[str, object]] = ContextVar("shopkeeper_bound", default=_EMPTY)

# Hexadecimal digits and hyphens with at least one letter: what proxies make. No name, mail address or card number has this form.
# Forked processes would otherwise count on from the same number.
os.register_at_fork(after_in_child=random.seed)
_WELL_FORMED = re.compile(r"(?=[0-9-]*[a-fA-F])[0-9a-fA-F][0-9a-fA-F-]{14,62}[0-9a-fA-F]")


def accepted(given: str | None) -> str:
    """Return the request id that came with a request if it is well-formed, else a new one."""
    if given is not None and _WELL_FORMED.fullmatch(given):
        return given
    # Not a secret, only unlike all others: the system need not be asked for it.
    return f"{random.getrandbits(128):032x}"


def bound() -> Mapping[str, object]:
    """Return what the work under way belongs to."""
    return _bound.get()


def bind(values: Mapping[str, object]) -> Token[Mapping[str, object]]:
    """Begin work that belongs to `values` alone; hand the result to `unbind`."""
    return _bound.set(values)


def unbind(token: Token[Mapping[str, object]]) -> None:
    """Return to what was bound before."""
    _bound.reset(token)


@contextmanager
def binding(**values: object) -> Iterator[None]:
    """Add to what the work under way belongs to, until the block ends."""
    token = _bound.set({**_bound.get(), **values})
    try:
        yield
    finally:
        _bound.reset(token)
