"""How people join the staff, change their role and leave: each step with its trace, its fact and, where somebody is written to, its mail.

The access room stands below facts and mails, so the whole of an act is put together here, in one transaction.
"""

from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Invitation, Role
from shopkeeper.ops.audit import public as audit


@transaction.atomic
def invite(*, email: str, role: Role, actor: UserId, now: datetime, language: str = "en") -> Invitation:
    """Invite a person to the staff by mail and return the invitation. Raises NotAllowed, Malformed, EmailTaken."""
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
def change_role(*, user_id: UserId, role: Role, actor: UserId, now: datetime) -> None:
    """Give a member of staff another role. Raises NotAllowed, NotFound, LastOwner."""
    access.require(actor, "staff.change_role")
    before = access.change_role(user_id=user_id, role=role)
    if before is role:
        return
    audit.record(
        actor=actor, act="staff.change_role", subject=f"user:{user_id}", before={"role": before.value}, after={"role": role.value}, at=now
    )
    events.record(facts.StaffRoleChanged(user_id=user_id, role=role.value), at=now)


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
