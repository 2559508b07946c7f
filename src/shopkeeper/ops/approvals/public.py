"""The face of the approvals room: what waits for a second person, from which sums on, and each step until it is done."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import ApprovalId, UserId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import KeyReused, NotFound
from shopkeeper.ops.approvals import store
from shopkeeper.ops.approvals.rules import limits as rules
from shopkeeper.ops.approvals.rules.limits import price_needs_two, refund_needs_two
from shopkeeper.ops.approvals.shapes import Approval, ApprovalOver, ApprovalState, Limits, OwnApproval

__all__ = [
    "approval",
    "approved",
    "ask",
    "digest_of",
    "done",
    "expire",
    "failed",
    "give",
    "limits",
    "price_needs_two",
    "refund_needs_two",
    "refuse",
    "save_limits",
    "stale",
    "take",
    "under",
    "unfinished",
    "waiting",
    "waiting_about",
    "withdraw",
]

LASTS = timedelta(days=3)
BEGUN_AGAIN_AFTER = timedelta(minutes=1)
"""What was approved and is not done after this long was left by a process that died."""

CARRIED_OUT_ELSEWHERE = ("backup.restore",)
"""Acts that whoever asked carries out, once the approval is there: a restore needs the shop stopped."""

MOST_KEY = 100
MOST_NOTE = 200


def approval(approval_id: ApprovalId) -> Approval:
    """Return one approval. Raises NotFound."""
    found = store.one(approval_id)
    if found is None:
        raise NotFound("approval", approval_id)
    return found


def waiting(now: datetime) -> int:
    """Return how many acts wait for a second person."""
    return store.count_waiting(now)


def waiting_about(subject: str, now: datetime) -> tuple[Approval, ...]:
    """Return what waits for a second person about one thing, the longest waiting first."""
    return tuple(store.waiting_about(subject, now))


def digest_of(*, act: str, subject: str, values: Mapping[str, object]) -> str:
    """Return the fingerprint of what would be done; it changes with the least of it."""
    text = json.dumps([act, subject, values], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def ask(
    *,
    act: str,
    subject: str,
    values: Mapping[str, object],
    actor: UserId | None,
    key: str | None,
    now: datetime,
    lasts: timedelta = LASTS,
) -> tuple[Approval, bool]:
    """Put an act before a second person and return it, and whether that is new; `values` is plain JSON that decides all that will be done.

    The same act on the same values waits only once, whoever asks. With a key (1 to 100 characters) what was asked under it is returned,
    whatever became of it; raises KeyReused where that was something else, OutOfRange for a key of another length.
    """
    digest = digest_of(act=act, subject=subject, values=values)
    store.expire(now)
    code = secrets.token_hex(32) if key is None else _named(act, key)
    known = store.by_key(code) or store.waiting_with(digest)
    made = known or store.add(
        act=act, subject=subject, values=dict(values), digest=digest, key=code, asked_by_id=actor, asked_at=now, expires_at=now + lasts
    )
    # Somebody asked for the same at the same moment: theirs is the one.
    found = made or store.by_key(code) or store.waiting_with(digest)
    if found is None:
        raise NotFound("approval", subject)
    if found.digest != digest:
        raise KeyReused("This idempotency key was used for another request", field="idempotency_key")
    return found, known is None and made is not None


def approved(*, act: str, subject: str) -> tuple[Approval, ...]:
    """Return every act of that kind on a subject that a second person approved and that was done, newest first."""
    return tuple(store.approved(act, subject))


def under(*, act: str, key: str) -> Approval | None:
    """Return what was asked under a key, whatever became of it; None where nothing was. Raises OutOfRange for a key of another length."""
    return store.by_key(_named(act, key))


def _named(act: str, key: str) -> str:
    return hashlib.sha256(f"{act}:{checks.line(key, field='idempotency_key', least=1, most=MOST_KEY)}".encode()).hexdigest()


@transaction.atomic
def give(*, approval_id: ApprovalId, seen_digest: str, by: UserId, now: datetime) -> Approval:
    """Approve what waits, as another person than asked, and return it as given; of two at once one succeeds.

    Raises OwnApproval, ApprovalOver where it does not wait (any more) or is not what was seen, NotFound.
    """
    found = _for_another(approval_id, by)
    if found.digest != seen_digest:
        raise ApprovalOver(approval_id, found.state)
    if not store.step(approval_id, before=ApprovalState.WAITING, after=ApprovalState.GIVEN, now=now, decided_by_id=by, decided_at=now):
        raise _over(approval_id, now)
    return approval(approval_id)


@transaction.atomic
def refuse(*, approval_id: ApprovalId, by: UserId, note: str, now: datetime) -> Approval:
    """Refuse what waits, as another person than asked, with a word why. Raises OwnApproval, ApprovalOver, NotFound, OutOfRange."""
    _for_another(approval_id, by)
    why = checks.line(note, field="note", most=MOST_NOTE)
    fields = {"decided_by_id": by, "decided_at": now, "ended_at": now, "note": why}
    if not store.step(approval_id, before=ApprovalState.WAITING, after=ApprovalState.REFUSED, now=now, **fields):
        raise _over(approval_id, now)
    return approval(approval_id)


@transaction.atomic
def withdraw(*, approval_id: ApprovalId, by: UserId, now: datetime) -> Approval:
    """Take back what one asked for and return it. Raises NotFound where somebody else asked, ApprovalOver."""
    if approval(approval_id).asked_by != by:
        raise NotFound("approval", approval_id)
    if not store.step(approval_id, before=ApprovalState.WAITING, after=ApprovalState.WITHDRAWN, now=now, ended_at=now):
        raise _over(approval_id, now)
    return approval(approval_id)


def stale(*, approval_id: ApprovalId, now: datetime) -> bool:
    """End what waits because it is not about the same any more; return whether it still waited."""
    return store.step(approval_id, before=ApprovalState.WAITING, after=ApprovalState.STALE, ended_at=now)


def done(*, approval_id: ApprovalId, outcome: Mapping[str, object], now: datetime) -> bool:
    """Note that what was approved is done, and what it led to (plain ids); return whether nobody had noted it before."""
    return store.step(approval_id, before=ApprovalState.GIVEN, after=ApprovalState.DONE, ended_at=now, outcome=dict(outcome))


def failed(*, approval_id: ApprovalId, code: str, now: datetime) -> bool:
    """Note that what was approved could not be done, with the refusal's code; nothing was changed then."""
    return store.step(approval_id, before=ApprovalState.GIVEN, after=ApprovalState.FAILED, ended_at=now, outcome={"refusal": code})


def expire(now: datetime) -> int:
    """End what waited for longer than it may; return how many."""
    return len(store.expire(now))


def unfinished(now: datetime) -> list[ApprovalId]:
    """Return what was approved a minute ago or more and is not done: a process died in between."""
    return store.given_before(now - BEGUN_AGAIN_AFTER, but_acts=CARRIED_OUT_ELSEWHERE)


def take(*, act: str, subject: str, values: Mapping[str, object], now: datetime) -> Approval | None:
    """Take the approval given for exactly this act on these values, and return it; it is good once. None: there is none.

    For acts of the machine's command line, which are carried out by whoever asked: `flows/second_person.require_on_machine`.
    """
    given = store.given_with(act, digest_of(act=act, subject=subject, values=values))
    if given is None or given.expires_at <= now:
        return None
    return given if done(approval_id=given.id, outcome={}, now=now) else None


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def limits(currency: str) -> Limits:
    """Return from where on a second person is needed: as the owner set it, else the standard for the currency."""
    return store.limits() or rules.standard(currency)


def save_limits(*, refund_over_minor: int | None, price_drop_percent: int | None) -> Limits:
    """Set from where on a second person is needed and return it; None: no limit. Raises OutOfRange."""
    if refund_over_minor is not None:
        checks.whole(refund_over_minor, field="amount", least=0, most=MOST_MINOR)
    if price_drop_percent is not None:
        checks.whole(price_drop_percent, field="price_drop", least=1, most=99)
    found = Limits(refund_over_minor=refund_over_minor, price_drop_percent=price_drop_percent)
    store.save_limits(found)
    return found


def _for_another(approval_id: ApprovalId, by: UserId) -> Approval:
    found = approval(approval_id)
    if found.asked_by == by or found.subject == f"user:{by}":
        raise OwnApproval(approval_id)
    return found


def _over(approval_id: ApprovalId, now: datetime) -> ApprovalOver:
    found = approval(approval_id)
    is_late = found.state is ApprovalState.WAITING and found.expires_at <= now
    return ApprovalOver(approval_id, ApprovalState.EXPIRED if is_late else found.state)
