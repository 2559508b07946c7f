"""How people join the staff, change their role and leave: each step with its trace, its fact and, where somebody is written to, its mail.

The access room stands below facts and mails, so the whole of an act is put together here, in one transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.flows import second_person
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Invitation, NoFactor, OwnRole, RoleCode
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.requests import public as requests


@transaction.atomic
def invite(*, email: str, role: RoleCode | str, actor: UserId, now: datetime, language: str = "en") -> Invitation:
    """Invite a person to the staff by mail and return the invitation. Raises NotAllowed, Malformed, UnknownRole, EmailTaken."""
    access.require(actor, "staff.invite")
    made = access.invite(email=email, role=role, actor=actor, now=now, language=language)
    audit.record(actor=actor, act="staff.invite", subject=f"invitation:{made.id}", before=None, after={"role": made.role.value}, at=now)
    events.record(facts.StaffInvited(invitation_id=made.id, role=made.role.value), at=now)
    messages.invitation_mail(invitation_id=made.id, language=made.language, now=now)
    return made


@transaction.atomic
def withdraw(*, invitation_id: int, actor: UserId, now: datetime) -> None:
    """Make an open invitation worthless. Raises NotAllowed, NotFound."""
    access.require(actor, "staff.invite")
    access.withdraw_invitation(invitation_id=invitation_id, now=now)
    audit.record(actor=actor, act="staff.withdraw_invitation", subject=f"invitation:{invitation_id}", before=None, after=None, at=now)


@transaction.atomic
def accept(*, token: str, name: str, password: str, now: datetime) -> UserId:
    """Join the staff by an invitation's link and return the new member's id. Raises LinkSpent, WeakPassword, OutOfRange, Malformed."""
    user_id = access.accept(token=token, name=name, password=password, now=now)
    role = access.user(user_id).role
    assert role is not None
    audit.record(actor=user_id, act="staff.join", subject=f"user:{user_id}", before=None, after={"role": role.value}, at=now)
    events.record(facts.StaffJoined(user_id=user_id, role=role.value), at=now)
    return user_id


@transaction.atomic
def change_role(*, user_id: UserId, role: RoleCode | str, actor: UserId, now: datetime) -> None:
    """Give a member of staff another role; their sessions end. Raises NotAllowed, NotFound, UnknownRole, LastOwner."""
    access.require(actor, "staff.change_role")
    before, after = access.change_role(user_id=user_id, role=role), str(role)
    if before == after:
        return
    audit.record(
        actor=actor, act="staff.change_role", subject=f"user:{user_id}", before={"role": before.value}, after={"role": after}, at=now
    )
    events.record(facts.StaffRoleChanged(user_id=user_id, role=after), at=now)


@transaction.atomic
def deactivate(*, user_id: UserId, actor: UserId, now: datetime) -> None:
    """Keep a member of staff from signing in, from the next click on. Raises NotAllowed, NotFound, LastOwner."""
    access.require(actor, "staff.deactivate")
    access.deactivate(user_id=user_id)
    audit.record(
        actor=actor, act="staff.deactivate", subject=f"user:{user_id}", before={"is_active": True}, after={"is_active": False}, at=now
    )
    events.record(facts.StaffRoleChanged(user_id=user_id, role="none"), at=now)


@transaction.atomic
def reactivate(*, user_id: UserId, actor: UserId, now: datetime) -> None:
    """Let a deactivated member of staff sign in again, in the old role. Raises NotAllowed, NotFound."""
    access.require(actor, "staff.deactivate")
    access.reactivate(user_id=user_id)
    role = access.role_of(user_id)
    assert role is not None
    audit.record(
        actor=actor, act="staff.reactivate", subject=f"user:{user_id}", before={"is_active": False}, after={"is_active": True}, at=now
    )
    events.record(facts.StaffRoleChanged(user_id=user_id, role=role.value), at=now)


# ── roles of the shop's own ───────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def save_role(*, code: str | None, name: Bilingual, acts: Collection[str], actor: UserId, now: datetime) -> OwnRole:
    """Make (`code` None) or change a role of the shop's own, which holds from the next click on.

    Raises NotAllowed, RoleNameTaken, ActNotForRoles, UnknownRole, OutOfRange, Malformed.
    """
    access.require(actor, "staff.save_role")
    before, after = access.save_own_role(code=code, name=name, acts=acts, now=now)
    if before is None or _plain(before) != _plain(after):
        old = None if before is None else _plain(before)
        audit.record(actor=actor, act="staff.save_role", subject=f"role:{after.code}", before=old, after=_plain(after), at=now)
    return after


@transaction.atomic
def remove_role(*, code: str, actor: UserId, now: datetime) -> None:
    """Remove a role of the shop's own that nobody carries. Raises NotAllowed, RoleInUse, UnknownRole."""
    access.require(actor, "staff.save_role")
    removed = access.remove_own_role(code=code)
    audit.record(actor=actor, act="staff.remove_role", subject=f"role:{code}", before=_plain(removed), after=None, at=now)


def _plain(role: OwnRole) -> dict[str, object]:
    return {"name_en": role.name.en, "name_zh": role.name.zh, "acts": sorted(role.acts)}


# ── second factor and sessions ────────────────────────────────────────────────────────────────────────────────────────


def reset_second_factor(*, user_id: UserId, actor: UserId, now: datetime) -> None:
    """Take a lost second factor from another person, once a second owner agrees; their sessions end.

    Raises NotAllowed, NotFound, NoFactor, WaitingForApproval. For oneself it is NotFound: who has the device replaces it by a code.
    """
    access.require(actor, RESET)
    wish = frozen_reset({"user_id": user_id})
    if user_id == actor:
        raise NotFound("staff", user_id)
    second_person.ask(act=RESET, subject=f"user:{user_id}", values=wish, actor=actor, key=None, now=now, about=user_id)
    _reset(user_id, actor, now)


RESET = "staff.reset_second_factor"
OWN_FACTOR = ("staff.set_up_factor", "staff.replace_factor", "staff.new_codes_factor", "staff.take_away_factor")


def frozen_reset(wish: Mapping[str, Any]) -> dict[str, object]:
    """Return all that decides a reset that waits: whose factor, and which one. Raises NotFound, NoFactor."""
    user_id = UserId(wish["user_id"])
    if access.user(user_id).role is None:
        raise NotFound("staff", user_id)
    factor = access.second_factor(user_id)
    if not factor.is_set_up:
        raise NoFactor
    return {"user_id": user_id, "set_up_at": factor.set_up_at.isoformat() if factor.set_up_at else ""}


@transaction.atomic
def reset_approved(*, wish: Mapping[str, Any], key: str, actor: UserId | None, now: datetime) -> dict[str, object]:
    """Take the second factor a second person agreed to take, once under this key. Raises NoFactor, NotFound."""

    def work() -> dict[str, Any]:
        _reset(UserId(wish["user_id"]), actor, now)
        return {}

    return dict(requests.once(key=key, asker=requests.STAFF, act=RESET, asked=dict(wish), work=work, now=now))


@transaction.atomic
def reset_on_machine(*, email: str, now: datetime) -> None:
    """Take the second factor of a member of staff away from the machine's command line. Raises NotFound, NoFactor.

    For the last owner, whom nobody in the console can help: whoever commands the machine holds the shop's data already.
    """
    person = access.user_by_email(email)
    if person is None or person.role is None:
        raise NotFound("staff", email)
    _reset(person.id, None, now)


@transaction.atomic
def _reset(user_id: UserId, actor: UserId | None, now: datetime) -> None:
    access.reset(user_id=user_id, now=now)
    audit.record(actor=actor, act=RESET, subject=f"user:{user_id}", before={"has_factor": True}, after={"has_factor": False}, at=now)


@transaction.atomic
def note_factor(*, user_id: UserId, act: str, now: datetime) -> None:
    """Leave the trace of what a person did with their own second factor; `act` is one of `OWN_FACTOR`."""
    assert act in OWN_FACTOR
    audit.record(actor=user_id, act=act, subject=f"user:{user_id}", before=None, after=None, at=now)


@transaction.atomic
def save_grace_days(*, days: int, actor: UserId, now: datetime) -> None:
    """Set for how many days owners and managers may put a second factor off. Raises NotAllowed, OutOfRange."""
    access.require(actor, "approvals.save_limits")
    before = access.save_grace_days(days)
    if before != days:
        old, new = {"grace_days": before}, {"grace_days": days}
        audit.record(actor=actor, act="staff.save_grace_days", subject="rule:1", before=old, after=new, at=now)


@transaction.atomic
def end_session_of(*, user_id: UserId, session_id: int | None, actor: UserId, now: datetime) -> None:
    """End one session of another person, or all of them (None). Raises NotAllowed, NotFound."""
    access.require(actor, "staff.end_sessions")
    if access.user(user_id).role is None:
        raise NotFound("staff", user_id)
    if session_id is None:
        access.end_sessions(user_id=user_id)
    else:
        access.end_session(user_id=user_id, session_id=session_id)
    audit.record(actor=actor, act="staff.end_sessions", subject=f"user:{user_id}", before=None, after=None, at=now)
