"""The face of the access room: who can sign in, what the staff may do, invitations, passwords."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotAllowed, NotFound
from shopkeeper.ops.access import passwords, store, tokens
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.rules import links, permissions, staffing
from shopkeeper.ops.access.shapes import EmailTaken, Invitation, LinkSpent, OneTimePassword, Person, Role, WrongPassword

__all__ = [
    "accept",
    "acts_of",
    "change_password",
    "change_role",
    "create_first_staff",
    "deactivate",
    "finish_joining",
    "forget_unconfirmed",
    "invitation_by_token",
    "invite",
    "joining_person",
    "joining_token",
    "may",
    "open_invitation",
    "open_invitations",
    "people",
    "reactivate",
    "register_shopper",
    "renew_first_password",
    "require",
    "reset_password",
    "reset_person",
    "reset_token",
    "role_of",
    "set_language",
    "sign_in",
    "staff",
    "start_joining",
    "user",
    "user_by_email",
    "withdraw_invitation",
]

MOST_NAME = 150


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────────────


def user(user_id: UserId) -> Person:
    """Return one person who can sign in. Raises NotFound."""
    found = store.person(user_id)
    if found is None:
        raise NotFound("user", user_id)
    return found


def people(user_ids: Iterable[UserId]) -> dict[UserId, Person]:
    """Return the people with these ids, by id, in one query; unknown ids are left out."""
    return store.people(user_ids)


def user_by_email(email: str) -> Person | None:
    """Return the person who signs in with a mail address. For flows and staff; a door must not let strangers learn the answer."""
    row = store.by_email(email.strip())
    return None if row is None else store.person(row.pk)


def staff() -> tuple[Person, ...]:
    """Return everyone with a role, the active first, then by name."""
    return store.staff()


def role_of(user_id: UserId) -> Role | None:
    """Return the role of an active member of staff; None for shoppers, the deactivated and the unknown."""
    return store.active_role(user_id)


def sign_in(*, email: str, password: str) -> Person | None:
    """Return who signs in with this address and password, or None; None takes as long and says nothing about why."""
    if len(password) > passwords.MOST_PASSWORD or "\x00" in password + email:
        password, email = "-", "-"
    row = authenticate(request=None, username=email.strip().lower(), password=password)
    return None if row is None else store.person(row.pk)


def set_language(*, user_id: UserId, language: str) -> None:
    """Keep the language a person reads the console and mails in. Raises Malformed, NotFound."""
    row = _row(user_id)
    row.language = checks.language(language)
    row.save(update_fields=["language"])


# ── what the staff may do ─────────────────────────────────────────────────────────────────────────────────────────────


def may(user_id: UserId | None, act: str) -> bool:
    """Return whether this person's role includes the act. Raises UnknownAct for an act no table names."""
    return permissions.may(None if user_id is None else store.active_role(user_id), act)


def require(user_id: UserId | None, act: str) -> None:
    """Return quietly where this person's role includes the act. Raises NotAllowed, or UnknownAct for an act no table names."""
    role = None if user_id is None else store.active_role(user_id)
    if not permissions.may(role, act):
        raise NotAllowed(act, role=role)


def acts_of(user_id: UserId) -> frozenset[str]:
    """Return every act this person may do, in one query; for pages that show only what can be used."""
    role = store.active_role(user_id)
    return frozenset() if role is None else frozenset(permissions.acts_of(role))


# ── the staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def create_first_staff(*, email: str = "owner@shop.local", now: datetime) -> OneTimePassword | None:
    """Make the first owner, with a password good for the first sign-in, and return it; None where the shop has staff already."""
    store.lock_staffing()
    if store.any_staff():
        return None
    address = email.strip().lower()
    password = passwords.one_time()
    row = store.add_user(email=address, name="", language="en", password=password, now=now, must_change_password=True)
    store.save_staff(row, Role.OWNER)
    return OneTimePassword(user_id=UserId(row.pk), email=address, password=password)


@transaction.atomic
def renew_first_password(*, now: datetime) -> OneTimePassword | None:
    """Give the first owner a fresh one-time password while nobody has replaced the first one yet, and return it; None afterwards.

    Whoever can start the shop may open it: without this, a lost first line of output would lock everybody out.
    """
    store.lock_staffing()
    row = store.only_staff()
    if row is None or not row.must_change_password:
        return None
    password = passwords.one_time()
    row.set_password(password)
    row.save(update_fields=["password"])
    return OneTimePassword(user_id=UserId(row.pk), email=row.email, password=password)


@transaction.atomic
def invite(*, email: str, role: Role, actor: UserId | None, now: datetime, language: str = "en") -> Invitation:
    """Invite a person to the staff for seven days; an open invitation to the same address is withdrawn. Raises Malformed, EmailTaken.

    EmailTaken only where the address belongs to a member of staff already: a shopper may become one.
    """
    store.lock_staffing()
    address = checks.email(email)
    present = store.by_email(address)
    if present is not None and present.role:
        raise EmailTaken(address)
    store.withdraw_open_invitations(address, now)
    return store.add_invitation(
        email=address, role=Role(role), language=checks.language(language), actor=actor, now=now, until=now + links.INVITATION_LASTS
    )


def open_invitations(now: datetime) -> tuple[Invitation, ...]:
    """Return the invitations that can still be accepted, newest first."""
    return store.open_invitations(now)


def open_invitation(invitation_id: int, now: datetime) -> Invitation | None:
    """Return an invitation while it can be accepted, else None."""
    return store.open_invitation(invitation_id, now)


def invitation_by_token(token: str, now: datetime) -> Invitation:
    """Return the invitation behind a link, for the page that asks for name and password. Raises LinkSpent."""
    row_id, nonce = tokens.read_invitation(token)
    found = store.open_invitation(row_id, now, nonce=nonce)
    if found is None:
        raise LinkSpent
    return found


@transaction.atomic
def accept(*, token: str, name: str, password: str, now: datetime) -> UserId:
    """Join the staff by the link of an invitation and return the new member's id. Raises LinkSpent, WeakPassword, OutOfRange, Malformed."""
    store.lock_staffing()
    found = invitation_by_token(token, now)
    tidy = checks.line(name, field="name", least=1, most=MOST_NAME)
    passwords.check(password, email=found.email, name=tidy)
    row = store.by_email(found.email) or User(email=found.email, date_joined=now)
    row.first_name, row.last_name, row.language = tidy, "", found.language
    row.is_active = row.is_confirmed = True
    row.must_change_password = False
    row.set_password(password)
    row.save()
    store.save_staff(row, found.role)
    if not store.spend_invitation(found.id, row.pk, now):
        raise LinkSpent
    return UserId(row.pk)


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, now: datetime) -> None:
    """Make an open invitation worthless. Raises NotFound where it is not open any more."""
    if not store.withdraw_invitation(invitation_id, now):
        raise NotFound("invitation", invitation_id)


@transaction.atomic
def change_role(*, user_id: UserId, role: Role) -> Role:
    """Give a member of staff another role and return the one before. Raises NotFound for anyone else, LastOwner."""
    store.lock_staffing()
    row = _staff_row(user_id)
    before = Role(row.role)
    staffing.check_an_owner_stays(user_id=user_id, role=Role(role), owners=store.owners())
    store.save_staff(row, Role(role))
    return before


@transaction.atomic
def deactivate(*, user_id: UserId) -> None:
    """Keep a member of staff from signing in; the role and the traces stay. Raises NotFound for anyone else, LastOwner."""
    store.lock_staffing()
    row = _staff_row(user_id)
    staffing.check_an_owner_stays(user_id=user_id, role=None, owners=store.owners())
    row.is_active = False
    row.save(update_fields=["is_active"])


@transaction.atomic
def reactivate(*, user_id: UserId) -> None:
    """Let a deactivated member of staff sign in again. Raises NotFound for anyone else."""
    row = _staff_row(user_id)
    row.is_active = True
    row.save(update_fields=["is_active"])


# ── shoppers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def register_shopper(*, email: str, password: str, name: str, language: str, now: datetime) -> UserId:
    """Make an account for a person whose address is known to be theirs. Raises EmailTaken, WeakPassword, Malformed, OutOfRange.

    For imports, tests and staff. Strangers register through `flows/join.py`, which confirms the address first and lets nobody probe.
    """
    address = checks.email(email)
    tidy = checks.line(name, field="name", most=MOST_NAME)
    passwords.check(password, email=address, name=tidy)
    if store.by_email(address) is not None:
        raise EmailTaken(address)
    return UserId(store.add_user(email=address, name=tidy, language=checks.language(language), password=password, now=now).pk)


@transaction.atomic
def start_joining(*, email: str, name: str, language: str, now: datetime) -> Person:
    """Note that somebody entered this address to register, and return the account: a new one that cannot sign in yet, or the one there is.

    The caller tells the address's owner by mail and the visitor nothing. Raises Malformed, OutOfRange.
    """
    address = checks.email(email)
    tidy = checks.line(name, field="name", most=MOST_NAME)
    known = checks.language(language)
    row = store.by_email(address)
    if row is None:
        row = store.add_user(email=address, name=tidy, language=known, password=None, now=now, is_active=False, is_confirmed=False)
    elif not row.is_confirmed:
        row.first_name, row.language, row.date_joined = tidy, known, now
        row.save(update_fields=["first_name", "language", "date_joined"])
    return user(UserId(row.pk))


def joining_token(user_id: UserId, now: datetime) -> str | None:
    """Return the secret with which the address's owner finishes registering, good for two days; None once the account is confirmed."""
    row = _row(user_id)
    return None if row.is_confirmed else tokens.joining(row, now)


def joining_person(token: str, now: datetime) -> Person:
    """Return whose registration a link finishes, for the page that asks for a password. Raises LinkSpent."""
    user_id, made_at, mark = tokens.read_joining(token)
    row = tokens.check(store.row(user_id), made_at=made_at, mark=mark, lasts=links.JOINING_LASTS, now=now)
    if row.is_confirmed:
        raise LinkSpent
    return user(UserId(row.pk))


@transaction.atomic
def finish_joining(*, token: str, password: str, now: datetime) -> Person:
    """Open the account behind a confirmed address, with the password chosen now. Raises LinkSpent, WeakPassword."""
    user_id, made_at, mark = tokens.read_joining(token)
    row = tokens.check(store.row(user_id, locked=True), made_at=made_at, mark=mark, lasts=links.JOINING_LASTS, now=now)
    if row.is_confirmed:
        raise LinkSpent
    passwords.check(password, email=row.email, name=row.first_name)
    row.is_active = row.is_confirmed = True
    row.date_joined = now
    row.set_password(password)
    row.save()
    return user(UserId(row.pk))


def forget_unconfirmed(now: datetime) -> int:
    """Erase addresses entered to register and not confirmed within a week; return how many."""
    return store.forget_unconfirmed(now - links.JOINING_FORGOTTEN_AFTER)


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def change_password(*, user_id: UserId, present: str, password: str) -> None:
    """Set a new password for a person who knows the present one; a one-time password is replaced the same way.

    Raises WrongPassword, WeakPassword. The door keeps the person signed in (`update_session_auth_hash`); other sessions end.
    """
    row = _row(user_id, locked=True)
    if not row.check_password(present[: passwords.MOST_PASSWORD]):
        raise WrongPassword
    passwords.check(password, email=row.email, name=row.get_full_name())
    _set_password(row, password)


def reset_token(user_id: UserId, now: datetime) -> str | None:
    """Return the secret with which a person who forgot the password sets a new one, good for two hours; None for who cannot sign in."""
    row = _row(user_id)
    return tokens.reset(row, now) if row.is_active else None


def reset_person(token: str, now: datetime) -> Person:
    """Return whose password a link resets, for the page that asks for a new one. Raises LinkSpent."""
    user_id, made_at, mark = tokens.read_reset(token)
    row = tokens.check(store.row(user_id), made_at=made_at, mark=mark, lasts=links.RESET_LASTS, now=now)
    if not row.is_active:
        raise LinkSpent
    return user(UserId(row.pk))


@transaction.atomic
def reset_password(*, token: str, password: str, now: datetime) -> UserId:
    """Set a new password by the link of a reset mail; the link is spent by it. Raises LinkSpent, WeakPassword."""
    user_id, made_at, mark = tokens.read_reset(token)
    row = tokens.check(store.row(user_id, locked=True), made_at=made_at, mark=mark, lasts=links.RESET_LASTS, now=now)
    if not row.is_active:
        raise LinkSpent
    passwords.check(password, email=row.email, name=row.get_full_name())
    _set_password(row, password)
    return UserId(row.pk)


def _set_password(row: User, password: str) -> None:
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])


def _row(user_id: UserId, *, locked: bool = False) -> User:
    row = store.row(user_id, locked=locked)
    if row is None:
        raise NotFound("user", user_id)
    return row


def _staff_row(user_id: UserId) -> User:
    row = store.row(user_id, locked=True)
    if row is None or not row.role:
        raise NotFound("staff", user_id)
    return row
