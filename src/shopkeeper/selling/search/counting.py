"""How often a day something is searched for: counted under a mark that tells nothing of the words, kept only where they may be."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from shopkeeper.selling.search import steering_store
from shopkeeper.selling.search.rules import asked as rules
from shopkeeper.selling.search.rules import steering
from shopkeeper.selling.search.shapes import AskedOn

DAYS_KEPT = 400
DAYS_WITHOUT_WORDS = 30


def count(text: str, *, found: int, holds_goods: bool, language: str, day: date) -> None:
    """Count a search of a day; `found`: how many goods, `holds_goods`: they hold every word as typed. Mere punctuation is not counted."""
    key = steering.key(text)
    if not key:
        return
    now, later = (key if rules.may_be_kept(text, holds_goods=holds_goods, days=days) else "" for days in (1, rules.DAYS))
    steering_store.count(
        day=day, language=language, mark=_mark(key), is_in_vain=found == 0, words_now=now[: rules.MOST_LETTERS],
        words_later=later[: rules.MOST_LETTERS], days=rules.DAYS,
    )  # fmt: skip


def opened(text: str, *, language: str, day: date) -> None:
    """Count that somebody opened a result of a search of that day; of what nobody searched for, nothing is counted."""
    key = steering.key(text)
    if key:
        steering_store.opened(day=day, language=language, mark=_mark(key))


def asked(*, since: date) -> Sequence[AskedOn]:
    """Return what was searched for from a day on, newest day first, most asked first."""
    return steering_store.asked(since=since)


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Forget what was counted too long ago, sooner where no words are kept, and return how many rows went."""
    return steering_store.forget_asked(today=now.date(), days=DAYS_KEPT, days_without_words=DAYS_WITHOUT_WORDS)


def _mark(key: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"search asked " + key.encode(), sha256).digest()[:16]
