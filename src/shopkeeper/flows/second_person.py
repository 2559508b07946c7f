"""Acts that one person alone does not do: what was asked is frozen, and waits for another person who may do it too.

Whoever is the only one who may, acts alone: there is nobody to ask, and the trace says so.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.ops.approvals.shapes import Approval, ApprovalOver, ApprovalState, Limits, WaitingForApproval
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.shop import public as shops

DECIDE = "approvals.decide"


def limits() -> Limits:
    """Return from where on this shop asks for a second person."""
    return approvals.limits(shops.shop().currency)


def others(*, act: str, actor: UserId | None, about: UserId | None = None) -> frozenset[UserId]:
    """Return who could approve an act: everyone else who may do it and may decide; never the person it is about."""
    return access.who_may(act, DECIDE) - {actor, about}


def ask(
    *,
    act: str,
    subject: str,
    values: Mapping[str, object],
    actor: UserId,
    key: str | None,
    now: datetime,
    about: UserId | None = None,
) -> None:
    """Put an act before a second person; return only where nobody else could approve, so that the act goes on.

    Everything else is a refusal: WaitingForApproval while it waits, ApprovalOver where it was done, refused, withdrawn or ran out.
    Call it outside a transaction: what was asked must stay when the refusal is raised.
    """
    if not others(act=act, actor=actor, about=about):
        _alone(act, subject, actor, now)
        return
    found = _asked(act=act, subject=subject, values=values, actor=actor, key=key, now=now)
    if found.state in (ApprovalState.WAITING, ApprovalState.GIVEN):
        raise WaitingForApproval(found)
    raise ApprovalOver(found.id, found.state)


def require_on_machine(*, act: str, subject: str, values: Mapping[str, object], now: datetime) -> Approval | None:
    """Return the approval given for exactly this act on these values, good once; else ask for it and raise WaitingForApproval.

    For the command line, where nobody is signed in: any one person who may do the act approves it in the console, then the command is
    given again. Returns None where nobody could approve. Call it outside a transaction.
    """
    given = approvals.take(act=act, subject=subject, values=values, now=now)
    if given is not None:
        audit.record(actor=None, act=act, subject=subject, before=None, after={"approval_id": given.id}, at=now)
        return given
    if not others(act=act, actor=None):
        _alone(act, subject, None, now)
        return None
    raise WaitingForApproval(_asked(act=act, subject=subject, values=values, actor=None, key=None, now=now))


@transaction.atomic
def _asked(*, act: str, subject: str, values: Mapping[str, object], actor: UserId | None, key: str | None, now: datetime) -> Approval:
    found, is_new = approvals.ask(act=act, subject=subject, values=values, actor=actor, key=key, now=now)
    if is_new:
        after = {"act": act, "subject": subject}
        audit.record(actor=actor, act="approvals.ask", subject=f"approval:{found.id}", before=None, after=after, at=now)
        events.record(facts.ApprovalAsked(approval_id=found.id, act=act), at=now)
    return found


def _alone(act: str, subject: str, actor: UserId | None, now: datetime) -> None:
    audit.record(actor=actor, act="approvals.nobody_else", subject=subject, before=None, after={"act": act}, at=now)


@transaction.atomic
def save_limits(*, refund_over_minor: int | None, price_drop_percent: int | None, actor: UserId, now: datetime) -> Limits:
    """Set from where on a second person is needed; None: no limit. Raises NotAllowed, OutOfRange."""
    access.require(actor, "approvals.save_limits")
    before = limits()
    after = approvals.save_limits(refund_over_minor=refund_over_minor, price_drop_percent=price_drop_percent)
    if after != before:
        audit.record(actor=actor, act="approvals.save_limits", subject="limits:1", before=_plain(before), after=_plain(after), at=now)
    return after


def _plain(found: Limits) -> dict[str, object]:
    return {"refund_over_minor": found.refund_over_minor, "price_drop_percent": found.price_drop_percent}
