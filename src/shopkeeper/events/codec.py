"""Facts to JSON and back, typed by their annotations."""

import inspect
from functools import cache

import msgspec

from shopkeeper.events import facts
from shopkeeper.events.facts import Fact
from shopkeeper.events.shapes import UnknownFact


@cache
def kinds() -> dict[str, type[Fact]]:
    """Return every kind of fact by its name, as listed in `facts.py`."""
    classes = (value for value in vars(facts).values() if inspect.isclass(value))
    return {found.__name__: found for found in classes if issubclass(found, Fact) and found is not Fact}


def entity_of(fact: Fact) -> str:
    """Return the name of the entity whose facts stay in order: `order:12` for a fact whose ENTITY is `order_id`."""
    return f"{fact.ENTITY.removesuffix('_id')}:{getattr(fact, fact.ENTITY)}"


def encode(fact: Fact) -> bytes:
    """Return the fact as JSON. Raises UnknownFact where a value does not fit its annotation, so that nothing unreadable is stored."""
    try:
        body = msgspec.json.encode(fact)
    except TypeError as error:
        raise UnknownFact(type(fact).__name__, str(error)) from error
    decode(type(fact).__name__, body)
    return body


def decode(kind: str, body: bytes | str) -> Fact:
    """Return the fact that a stored body tells. Fields that its kind no longer has are left out; a missing one must have a default.

    Raises UnknownFact for a kind that does not exist or a value of the wrong type, naming the field.
    """
    found = kinds().get(kind)
    if found is None:
        raise UnknownFact(kind, "no such kind of fact")
    try:
        return _decoder(kind).decode(body)
    except msgspec.MsgspecError as error:
        raise UnknownFact(kind, str(error)) from error


@cache
def _decoder(kind: str) -> "msgspec.json.Decoder[Fact]":
    return msgspec.json.Decoder(kinds()[kind])
