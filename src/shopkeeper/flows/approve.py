"""A second person decides; what was frozen is then carried out once, however often a dying process makes it begin again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.flows import drafts, refund_order, set_price, settle_strays, staff
from shopkeeper.kit.ids import ApprovalId, UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import Approval, ApprovalStale, ApprovalState
from shopkeeper.ops.audit import public as audit

DECIDE = "approvals.decide"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """How an act that waits is seen anew and carried out.

    `frozen` returns what the same wish would come to now: where that differs from what was asked, it is stale. `do` carries it out under a
    key that makes repeating it harmless and returns plain ids.
    """

    frozen: Callable[[Values, datetime], Mapping[str, object]]
    do: Callable[[Values, str, UserId | None, datetime], Mapping[str, object]]


DEEDS: Mapping[str, Deed] = {
    "orders.refund": Deed(
        frozen=lambda wish, _now: refund_order.frozen(wish),
        do=lambda wish, key, actor, now: refund_order.refund_approved(wish=wish, key=key, actor=actor, now=now),
    ),
    settle_strays.GIVE_BACK: Deed(
        frozen=lambda wish, _now: settle_strays.frozen(wish),
        do=lambda wish, _key, actor, now: settle_strays.give_back_approved(wish=wish, actor=actor, now=now),
    ),
    "pricing.set_price": Deed(
        frozen=set_price.frozen,
        do=lambda wish, key, actor, now: set_price.set_approved(wish=wish, key=key, actor=actor, now=now),
    ),
    drafts.ACT: Deed(
        frozen=drafts.frozen,
        do=lambda wish, key, actor, now: drafts.publish_approved(wish=wish, key=key, actor=actor, now=now),
    ),
    "staff.reset_second_factor": Deed(
        frozen=lambda wish, _now: staff.frozen_reset(wish),
        do=lambda wish, key, actor, now: staff.reset_approved(wish=wish, key=key, actor=actor, now=now),
    ),
}
"""Every act that is carried out here; any other that waits (a restore) is carried out by whoever asked, once it is approved."""


def approve(*, approval_id: ApprovalId, seen_digest: str, actor: UserId, now: datetime) -> Approval:
    """Approve what waits, as another person who may do it, and carry it out; return what became of it.

    Raises NotAllowed, OwnApproval, ApprovalOver, NotFound; ApprovalStale where it would come to something else by now, or who asked may
    not do it any more; and what the act itself raises, after which it counts as failed.
    """
    asked = approvals.approval(approval_id)
    access.require(actor, DECIDE)
    access.require(actor, asked.act)
    if asked.state is ApprovalState.WAITING and not _is_fresh(asked):
        _end_as_stale(asked, now)
        raise ApprovalStale(approval_id)
    with transaction.atomic():
        given = approvals.give(approval_id=approval_id, seen_digest=seen_digest, by=actor, now=now)
        _trace(given, actor, "approvals.give", now)
        events.record(facts.ApprovalDecided(approval_id=given.id, act=given.act, is_given=True), at=now)
    return carry_out(approval_id, now=now)


def carry_out(approval_id: ApprovalId, *, now: datetime) -> Approval:
    """Do what was approved and is not done, and return it; safe to repeat, and outside transactions. Raises what the act raises."""
    given = approvals.approval(approval_id)
    deed = DEEDS.get(given.act)
    if given.state is not ApprovalState.GIVEN or deed is None:
        return given
    try:
        outcome = deed.do(given.values, given.key, given.asked_by, now)
    except Refusal as refusal:
        approvals.failed(approval_id=approval_id, code=refusal.code, now=now)
        raise
    approvals.done(approval_id=approval_id, outcome=outcome, now=now)
    return approvals.approval(approval_id)


@transaction.atomic
def refuse(*, approval_id: ApprovalId, note: str, actor: UserId, now: datetime) -> Approval:
    """Refuse what waits, as another person who may do it. Raises NotAllowed, OwnApproval, ApprovalOver, NotFound, OutOfRange, Malformed."""
    access.require(actor, DECIDE)
    access.require(actor, approvals.approval(approval_id).act)
    refused = approvals.refuse(approval_id=approval_id, by=actor, note=note, now=now)
    _trace(refused, actor, "approvals.refuse", now)
    events.record(facts.ApprovalDecided(approval_id=refused.id, act=refused.act, is_given=False), at=now)
    return refused


@transaction.atomic
def withdraw(*, approval_id: ApprovalId, actor: UserId, now: datetime) -> Approval:
    """Take back what one asked for oneself. Raises NotFound for anyone else, ApprovalOver."""
    withdrawn = approvals.withdraw(approval_id=approval_id, by=actor, now=now)
    _trace(withdrawn, actor, "approvals.withdraw", now)
    return withdrawn


def finish(now: datetime) -> int:
    """Carry out what was approved and left by a process that died, end what waited too long, and return how many were carried out."""
    approvals.expire(now)
    found = approvals.unfinished(now)
    for approval_id in found:
        try:
            carry_out(approval_id, now=now)
        except Refusal:
            # It counts as failed and is shown as that; the others still have to be done.
            continue
    return len(found)


def _is_fresh(asked: Approval) -> bool:
    if asked.asked_by is not None and not access.may(asked.asked_by, asked.act):
        return False
    deed = DEEDS.get(asked.act)
    if deed is None:
        return True
    try:
        # As of when it was asked: what only grew old since has not changed, and what was done since counts.
        present = deed.frozen(asked.values, asked.asked_at)
    except Refusal:
        return False
    return approvals.digest_of(act=asked.act, subject=asked.subject, values=present) == asked.digest


@transaction.atomic
def _end_as_stale(asked: Approval, now: datetime) -> None:
    if approvals.stale(approval_id=asked.id, now=now):
        audit.record(actor=None, act="approvals.stale", subject=f"approval:{asked.id}", before=None, after={"act": asked.act}, at=now)


def _trace(found: Approval, actor: UserId, act: str, now: datetime) -> None:
    after = {"act": found.act, "subject": found.subject, "state": found.state.value}
    audit.record(actor=actor, act=act, subject=f"approval:{found.id}", before={"state": "waiting"}, after=after, at=now)
