"""The face of the requests room: a request that carries an idempotency key is carried out once, however often it is sent."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from shopkeeper.kit.refusals import KeyReused, OutOfRange
from shopkeeper.ops.requests.models import Answered

MOST_KEY = 100

STAFF = "staff"
"""The one asker that all staff are: whoever of them repeats a request repeats the same one."""

Answer = Mapping[str, Any]


@transaction.atomic
def once(*, key: str | None, asker: str, act: str, asked: Mapping[str, Any], work: Callable[[], dict[str, Any]], now: datetime) -> Answer:
    """Do `work` in one transaction with the key and return its answer; the key again returns that answer and does nothing.

    Without a key it is done each time. Where two come at once, the second waits for the first. A refusal frees the key.
    `asker` parts keys of different people (`STAFF`, `order:12`); `asked` and the answer are JSON of ids and plain values, no personal
    data in the answer. Raises OutOfRange for a key that is empty or longer than 100 characters, KeyReused where it came before with
    another act or other content.
    """
    if key is None:
        return work()
    if not 1 <= len(key) <= MOST_KEY:
        raise OutOfRange("idempotency_key", key[:MOST_KEY], least=1, most=MOST_KEY)
    key_digest, asked_digest = _digest([asker, key]), _digest([act, asked])
    _wait_for_turn(key_digest)
    before = Answered.objects.filter(key=key_digest).first()
    if before is None:
        answer = work()
        Answered.objects.create(key=key_digest, asked=asked_digest, act=act, answer=answer, answered_at=now)
        return answer
    if before.asked != asked_digest:
        raise KeyReused("This idempotency key was used for another request", field="idempotency_key")
    return dict(before.answer)


def _wait_for_turn(key_digest: str) -> None:
    # Taken before any row is locked, and held to the end of the transaction: nobody who waits here holds what the first one needs.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"requests:{key_digest}"])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
