"""Every query of the access room."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Q

from shopkeeper.kit import statements
from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import tokens
from shopkeeper.ops.access.models import Asked as AskedRow
from shopkeeper.ops.access.models import Invitation as InvitationRow
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import Asked, AskedKind, Invitation, Person, Role, RoleCode, role_code

# One lock for every change of who is on the staff: they are rare, and "an owner stays" is a rule over all of them.
_STAFFING_LOCK = 0x5348_4F50_0001


def lock_staffing() -> None:
    """Wait for, and hold until the transaction ends, the right to change who is on the staff."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STAFFING_LOCK])


def person(user_id: int) -> Person | None:
    row = User.objects.filter(pk=user_id).first()
    return None if row is None else _person(row)


def people(user_ids: Iterable[int]) -> dict[UserId, Person]:
    return {UserId(row.pk): _person(row) for row in User.objects.filter(pk__in=list(user_ids))}


def staff() -> tuple[Person, ...]:
    return tuple(_person(row) for row in User.objects.exclude(role="").order_by("-is_active", "first_name", "email"))


def owners() -> frozenset[UserId]:
    """Return every active owner."""
    return frozenset(UserId(pk) for pk in User.objects.filter(role=Role.OWNER, is_active=True).values_list("pk", flat=True))


def active_role(user_id: int) -> RoleCode | None:
    role = User.objects.filter(pk=user_id, is_active=True).values_list("role", flat=True).first()
    return role_code(role) if role else None


def active_role_and_acts(user_id: int) -> tuple[RoleCode, list[str]] | None:
    """Return the role a person carries and what it includes where it is the shop's own; None for who has no role: one query."""
    found = statements.row(
        """SELECT u.role, (SELECT own.acts::text FROM access_ownrole own WHERE u.role = 'own-' || own.id)
           FROM access_user u WHERE u.id = %s AND u.is_active""",
        [user_id],
    )
    return None if found is None or not found[0] else (role_code(found[0]), json.loads(found[1]) if found[1] else [])


def active_staff() -> dict[UserId, RoleCode]:
    """Return everyone who may sign in with a role, and which."""
    rows = User.objects.filter(is_active=True).exclude(role="").values_list("pk", "role")
    return {UserId(pk): role_code(role) for pk, role in rows}


def by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def row(user_id: int, *, locked: bool = False) -> User | None:
    rows = User.objects.select_for_update(of=("self",)) if locked else User.objects
    return rows.filter(pk=user_id).first()


def any_staff() -> bool:
    return User.objects.exclude(role="").exists()


def only_staff() -> User | None:
    """Return the one member of staff, locked; None where there are none or several."""
    rows = list(User.objects.select_for_update().exclude(role="")[:2])
    return rows[0] if len(rows) == 1 else None


def save_staff(user: User, role: RoleCode | None) -> None:
    """Give the user a role, and with it the way into Wagtail's admin; no role takes the way in away."""
    user.role = role or ""
    user.is_staff = role is not None
    user.save()
    user.groups.set([] if role is None else [_group(role)])


def _group(role: RoleCode) -> Group:
    group, made = Group.objects.get_or_create(name=f"shop {role.value}" if isinstance(role, Role) else "shop own role")
    if made:
        group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    return group


def add_user(*, email: str, name: str, language: str, password: str | None, now: datetime, **fields: Any) -> User:
    return User.objects.create_user(email, password, first_name=name, language=language, date_joined=now, **fields)


def forget_unconfirmed(before: datetime) -> int:
    """Erase addresses that were entered to register before a moment and never confirmed; return how many."""
    erased, _ = User.objects.filter(is_confirmed=False, date_joined__lt=before, role="").delete()
    return erased


# ── what strangers asked for ──────────────────────────────────────────────────────────────────────────────────────────


def add_asked(*, kind: AskedKind, email: str, name: str, language: str, now: datetime) -> None:
    AskedRow.objects.create(kind=kind.value, email=email, name=name, language=language, asked_at=now, next_try_at=now)


def take_asked(*, now: datetime, again_at: datetime, limit: int) -> tuple[Asked, ...]:
    """Return what is due, oldest first, and put each off until `again_at`: of several callers one gets it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE access_asked SET next_try_at = %s WHERE id IN (
                SELECT id FROM access_asked WHERE next_try_at <= %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING id, kind, email, name, language, asked_at
            """,
            [again_at, now, limit],
        )
        rows = sorted(cursor.fetchall())
    return tuple(
        Asked(id=number, kind=AskedKind(kind), email=email, name=name, language=language, asked_at=at)
        for number, kind, email, name, language, at in rows
    )


def erase_asked(asked_id: int) -> bool:
    return AskedRow.objects.filter(pk=asked_id).delete()[0] == 1


def forget_asked(before: datetime) -> int:
    return AskedRow.objects.filter(asked_at__lt=before).delete()[0]


# ── invitations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def withdraw_open_invitations(email: str, now: datetime) -> None:
    InvitationRow.objects.filter(email__iexact=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)


def withdraw_invitation(invitation_id: int, now: datetime) -> int:
    return InvitationRow.objects.filter(pk=invitation_id, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)


def add_invitation(*, email: str, role: RoleCode, language: str, actor: UserId | None, now: datetime, until: datetime) -> Invitation:
    row = InvitationRow.objects.create(
        email=email,
        role=role.value,
        language=language,
        nonce=secrets.token_urlsafe(20),
        invited_by_id=actor,
        invited_at=now,
        expires_at=until,
    )
    return _invitation(row)


def open_invitations(now: datetime) -> tuple[Invitation, ...]:
    rows = InvitationRow.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now).order_by("-invited_at", "-id")
    return tuple(_invitation(row) for row in rows)


def open_invitation(invitation_id: int, now: datetime, *, nonce: str | None = None) -> Invitation | None:
    asked = Q(pk=invitation_id, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    if nonce is not None:
        asked &= Q(nonce=nonce)
    row = InvitationRow.objects.filter(asked).first()
    return None if row is None else _invitation(row)


def spend_invitation(invitation_id: int, user_id: int, now: datetime) -> int:
    """Mark an open invitation as accepted and return 1; 0 where somebody was faster."""
    return InvitationRow.objects.filter(pk=invitation_id, accepted_at=None, withdrawn_at=None, expires_at__gt=now).update(
        accepted_at=now, accepted_by_id=user_id
    )


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.pk,
        email=row.email,
        role=role_code(row.role),
        language=row.language,
        token=tokens.invitation(row),
        invited_by=None if row.invited_by_id is None else UserId(row.invited_by_id),
        invited_at=row.invited_at,
        expires_at=row.expires_at,
    )


def _person(row: User) -> Person:
    return Person(
        id=UserId(row.pk),
        email=row.email,
        name=row.get_full_name(),
        language=row.language,
        role=role_code(row.role) if row.role else None,
        is_active=row.is_active,
        must_change_password=row.must_change_password,
        joined_at=row.date_joined,
        last_seen_at=row.last_login,
    )
