"""What staff tell search: words that mean the same, where a query leads, which goods stand first."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.search import models, steering_store
from shopkeeper.selling.search.rules import steering as rules
from shopkeeper.selling.search.shapes import OneWordOnly, Pin, Redirect, Synonyms

MOST_QUERY = 100
MOST_ADDRESS = 300
MOST_PINS = 24
MOST_GROUPS = rules.MOST_GROUPS
MOST_TEXT = 1_000


def pin_by_id(pin_id: int) -> Pin:
    """Return which products stand first, by the id of the row. Raises NotFound."""
    row = models.Pin.objects.filter(pk=pin_id).first()
    if row is None:
        raise NotFound("pin", pin_id)
    return Pin(id=row.pk, asked=row.asked, product_ids=tuple(ProductId(each) for each in row.product_ids))


@transaction.atomic
def save_synonyms(*, synonyms_id: int | None, words: str, actor: UserId | None, now: datetime) -> Synonyms:
    """Write words that mean the same, a line each, and return them. Raises OneWordOnly, OutOfRange, NotFound, AlreadySteered."""
    checks.paragraphs(words, field="words", least=1, most=MOST_TEXT)
    group = rules.groups(words)
    if len(group) < 2:
        raise OneWordOnly("A group needs two words", field="words", value=words.strip())
    if len(group) > rules.MOST_IN_A_GROUP:
        raise OutOfRange("words", len(group), least=2, most=rules.MOST_IN_A_GROUP)
    tidy = "\n".join(dict.fromkeys(line.strip() for line in words.splitlines() if line.strip()))
    before = _before(models.Synonyms, synonyms_id, "synonyms", "words")
    saved = steering_store.save(models.Synonyms, synonyms_id, now=now, words=tidy)
    audit.record(actor=actor, act="search.save_synonyms", subject=f"synonyms:{saved}", before=before, after={"words": tidy}, at=now)
    return Synonyms(id=saved, words=tuple(tidy.splitlines()))


@transaction.atomic
def redirect(*, redirect_id: int | None, asked: str, address: str, actor: UserId | None, now: datetime) -> Redirect:
    """Lead a query to an address of this shop, and return it. Raises Malformed, OutOfRange, NotFound, AlreadySteered."""
    key = _key(asked)
    tidy = _address(address)
    before = _before(models.Redirect, redirect_id, "redirect", "asked", "address")
    saved = steering_store.save(models.Redirect, redirect_id, now=now, asked=key, address=tidy)
    after = {"asked": key, "address": tidy}
    audit.record(actor=actor, act="search.save_redirect", subject=f"redirect:{saved}", before=before, after=after, at=now)
    return Redirect(id=saved, asked=key, address=tidy)


@transaction.atomic
def pin(*, pin_id: int | None, asked: str, product_ids: Sequence[ProductId], actor: UserId | None, now: datetime) -> Pin:
    """Put products first for a query, in this order, and return it. Raises OutOfRange, Malformed, NotFound, AlreadySteered."""
    key = _key(asked)
    ids = tuple(dict.fromkeys(product_ids))
    checks.whole(len(ids), field="products", least=1, most=MOST_PINS)
    before = _before(models.Pin, pin_id, "pin", "asked", "product_ids")
    saved = steering_store.save(models.Pin, pin_id, now=now, asked=key, product_ids=list(ids))
    after = {"asked": key, "product_ids": list(ids)}
    audit.record(actor=actor, act="search.save_pin", subject=f"pin:{saved}", before=before, after=after, at=now)
    return Pin(id=saved, asked=key, product_ids=ids)


def remove_synonyms(*, synonyms_id: int, actor: UserId | None, now: datetime) -> None:
    """Take a group of words back. Raises NotFound."""
    _remove(models.Synonyms, synonyms_id, "synonyms", ("words",), actor=actor, now=now)


def remove_redirect(*, redirect_id: int, actor: UserId | None, now: datetime) -> None:
    """Lead a query nowhere again. Raises NotFound."""
    _remove(models.Redirect, redirect_id, "redirect", ("asked", "address"), actor=actor, now=now)


def remove_pin(*, pin_id: int, actor: UserId | None, now: datetime) -> None:
    """Put nothing first for a query any more. Raises NotFound."""
    _remove(models.Pin, pin_id, "pin", ("asked", "product_ids"), actor=actor, now=now)


_ACTS = {"synonyms": "search.save_synonyms", "redirect": "search.save_redirect", "pin": "search.save_pin"}
_Steered = type[models.Synonyms | models.Redirect | models.Pin]


@transaction.atomic
def _remove(model: _Steered, row_id: int, kind: str, names: Sequence[str], *, actor: UserId | None, now: datetime) -> None:
    before = _before(model, row_id, kind, *names)
    model.objects.filter(pk=row_id).delete()
    steering_store.moved()
    audit.record(actor=actor, act=_ACTS[kind], subject=f"{kind}:{row_id}", before=before, after=None, at=now)


def _before(model: _Steered, row_id: int | None, kind: str, *names: str) -> dict[str, object] | None:
    if row_id is None:
        return None
    found = model.objects.filter(pk=row_id).values(*names).first()
    if found is None:
        raise NotFound(kind, row_id)
    return dict(found)


def _key(asked: str) -> str:
    key = rules.key(checks.line(asked, field="asked", least=1, most=MOST_QUERY))
    if not key:
        raise Malformed("asked", asked, expected="words")
    return key


def _address(address: str) -> str:
    """Return a path of this shop: nothing that leaves its own host."""
    tidy = checks.line(address, field="address", least=1, most=MOST_ADDRESS)
    if not tidy.startswith("/") or tidy.startswith(("//", "/\\")) or any(letter in tidy for letter in "\\ \t"):
        raise Malformed("address", address, expected="local_address")
    return tidy
