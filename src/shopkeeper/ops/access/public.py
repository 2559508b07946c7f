"""The face of the access room: who can sign in, what the staff may do, invitations, passwords, second factors, sessions, roles."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotAllowed, NotFound
from shopkeeper.ops.access import passwords, roles, sessions, store, tokens
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.roles import (
    acts_of_built_in,
    acts_of_role,
    offered_acts,
    own_role,
    own_roles,
    remove_own_role,
    save_own_role,
)
from shopkeeper.ops.access.rules import links, staffing
from shopkeeper.ops.access.second_factor import (
    give,
    grace_days,
    new_codes,
    new_secret,
    replace,
    reset,
    save_grace_days,
    second_factor,
    secret_address,
    secret_picture,
    set_up,
    take_away,
    with_second_factor,
)
from shopkeeper.ops.access.sessions import arrive, end_session, end_sessions, forget_old_sessions, put_off, sessions_of, standing
from shopkeeper.ops.access.shapes import (
    Asked,
    AskedKind,
    EmailTaken,
    Invitation,
    LinkSpent,
    OneTimePassword,
    Person,
    Role,
    RoleCode,
    Standing,
    WrongPassword,
    role_code,
)
from shopkeeper.ops.access.shoppers import has_password, is_unconfirmed, note_session, open_account, session_moved, session_seen, shopper

__all__ = [
    "accept", "acts_of", "acts_of_built_in", "acts_of_role", "acts_of_standing", "arrive", "asked_answered", "change_password",
    "change_role", "create_first_staff", "deactivate", "end_session", "end_sessions", "finish_joining", "forget_asked",
    "forget_old_sessions", "forget_unconfirmed", "give", "grace_days", "has_password", "invitation_by_token", "invite", "is_unconfirmed",
    "joining_person", "joining_token", "may", "new_codes", "new_secret", "note_asked", "note_session", "offered_acts", "open_account",
    "open_invitation", "open_invitations", "own_role", "own_roles", "people", "put_off", "reactivate", "register_shopper",
    "remove_own_role", "renew_first_password", "replace", "require", "reset", "reset_password", "reset_person", "reset_token", "role_of",
    "save_grace_days", "save_own_role", "second_factor", "secret_address", "secret_picture", "session_moved", "session_seen",
    "sessions_of", "set_language", "set_up", "shopper", "sign_in", "staff", "standing", "start_joining", "take_asked", "take_away",
    "user", "user_by_email", "who_may", "with_second_factor", "withdraw_invitation",
]  # fmt: skip

MOST_NAME = 150
ASKED_AGAIN_AFTER = timedelta(minutes=1)


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


def role_of(user_id: UserId) -> RoleCode | None:
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
    return roles.may_as(None if user_id is None else store.active_role(user_id), act)


def require(user_id: UserId | None, act: str) -> None:
    """Return quietly where this person's role includes the act. Raises NotAllowed, or UnknownAct for an act no table names."""
    role = None if user_id is None else store.active_role(user_id)
    if not roles.may_as(role, act):
        raise NotAllowed(act, role=role)


def acts_of(user_id: UserId) -> frozenset[str]:
    """Return every act this person may do, in one query; for pages that show only what can be used."""
    return roles.acts_of_person(user_id)


def acts_of_standing(found: Standing) -> frozenset[str]:
    """Return what `acts_of` returns for a person of whom `standing` was asked: no query."""
    return roles.acts_of_standing(found)


def who_may(*acts: str) -> frozenset[UserId]:
    """Return every active member of staff whose role includes all these acts."""
    staff = store.active_staff()
    able = {role for role in set(staff.values()) if all(roles.may_as(role, act) for act in acts)}
    return frozenset(user_id for user_id, role in staff.items() if role in able)


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
def invite(*, email: str, role: RoleCode | str, actor: UserId | None, now: datetime, language: str = "en") -> Invitation:
    """Invite a person to the staff for seven days; an open invitation to the same address is withdrawn.

    Raises Malformed, UnknownRole, EmailTaken; the last
    only where the address belongs to a member of staff already: a shopper may become one.
    """
    store.lock_staffing()
    address = checks.email(email)
    present = store.by_email(address)
    if present is not None and present.role:
        raise EmailTaken(address)
    store.withdraw_open_invitations(address, now)
    return store.add_invitation(
        email=address,
        role=roles.existing(role),
        language=checks.language(language),
        actor=actor,
        now=now,
        until=now + links.INVITATION_LASTS,
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
def change_role(*, user_id: UserId, role: RoleCode | str) -> RoleCode:
    """Give a member of staff another role, end their sessions, and return the role before.

    Raises NotFound for anyone else, UnknownRole, LastOwner.
    """
    store.lock_staffing()
    row = _staff_row(user_id)
    before, after = role_code(row.role), roles.existing(role)
    staffing.check_an_owner_stays(user_id=user_id, role=after, owners=store.owners())
    if before != after:
        store.save_staff(row, after)
        sessions.end_sessions(user_id=user_id)
    return before


@transaction.atomic
def deactivate(*, user_id: UserId) -> None:
    """Keep a member of staff from signing in and end their sessions; the role and the traces stay.

    Raises NotFound for anyone else, LastOwner.
    """
    store.lock_staffing()
    row = _staff_row(user_id)
    staffing.check_an_owner_stays(user_id=user_id, role=None, owners=store.owners())
    row.is_active = False
    row.save(update_fields=["is_active"])
    sessions.end_sessions(user_id=user_id)


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


def note_asked(*, kind: AskedKind, email: str, name: str = "", language: str, now: datetime) -> None:
    """Note that somebody entered an address to register or for a new password: one row, whatever is behind the address.

    `take_asked` hands it out to whoever writes to the address's owner. Raises Malformed, OutOfRange for what is wrong with the words.
    """
    tidy = checks.line(name, field="name", most=MOST_NAME)
    store.add_asked(kind=kind, email=checks.email(email), name=tidy, language=checks.language(language), now=now)


def take_asked(*, now: datetime, limit: int = 100) -> tuple[Asked, ...]:
    """Return what was asked and not answered yet, oldest first, each to one caller only; again after a minute where it failed."""
    return store.take_asked(now=now, again_at=now + ASKED_AGAIN_AFTER, limit=limit)


def asked_answered(asked_id: int) -> bool:
    """Erase what was asked, in the transaction of the answer; False where somebody else has answered it meanwhile."""
    return store.erase_asked(asked_id)


def forget_asked(now: datetime) -> int:
    """Erase what was asked more than two days ago and could never be answered; return how many."""
    return store.forget_asked(now - links.JOINING_LASTS)


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
def change_password(*, user_id: UserId, present: str, password: str, session_id: int | None = None) -> None:
    """Set a new password for a person who knows the present one; a one-time password is replaced the same way.

    Raises WrongPassword, WeakPassword. The door keeps the person signed in (`update_session_auth_hash`); sessions other than `session_id`
    end.
    """
    row = _row(user_id, locked=True)
    if not row.check_password(present[: passwords.MOST_PASSWORD]):
        raise WrongPassword
    passwords.check(password, email=row.email, name=row.get_full_name())
    _set_password(row, password)
    sessions.forget_others(user_id, but=session_id)


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
    sessions.forget_others(UserId(row.pk))
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
