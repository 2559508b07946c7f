"""Where members of staff are signed in: each session seen, what stands before it, and how it ends at once."""

import json
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from shopkeeper.kit import statements
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access.models import FactorUse, StaffSession, User
from shopkeeper.ops.access.rules import browsers, factor, permissions
from shopkeeper.ops.access.shapes import Arrival, Role, SignedInPlace, Standing, role_code

SEEN_EVERY = timedelta(minutes=1)
"""A session that is in use is written down no more often than this."""

FORGOTTEN_AFTER = timedelta(days=60)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def standing(*, user_id: UserId, session_id: int | None) -> Standing | None:
    """Return what `arrive` asks about a person and their session: one query, nothing noted. None for who cannot sign in."""
    # In its own words: asked at every page of the console, where putting a query together costs more than its answer.
    found = statements.row(
        """SELECT u.role, (SELECT own.acts::text FROM access_ownrole own WHERE u.role = 'own-' || own.id),
                  EXISTS (SELECT FROM mfa_authenticator factor WHERE factor.user_id = u.id AND factor.type = ANY(%s)),
                  (SELECT used.asked_at FROM access_factoruse used WHERE used.user_id = u.id),
                  (SELECT rule.grace_days FROM access_rule rule LIMIT 1),
                  seen.session_key, seen.seen_at, seen.factor_at IS NOT NULL, seen.later_at IS NOT NULL
           FROM access_user u LEFT JOIN access_staffsession seen ON seen.id = %s AND seen.user_id = u.id
           WHERE u.id = %s AND u.is_active""",
        [[kind.value for kind in FACTORS], session_id, user_id],
    )
    if found is None:
        return None
    role, own_acts, is_set_up, asked_at, grace_days, session_key, seen_at, is_factor_given, is_put_off = found
    return Standing(
        role=role, own_acts=tuple(json.loads(own_acts)) if own_acts else (), is_set_up=is_set_up, asked_at=asked_at, grace_days=grace_days,
        session_id=session_id, session_key=session_key or "", seen_at=seen_at, is_factor_given=is_factor_given, is_put_off=is_put_off,
    )  # fmt: skip


def arrive(
    *, user_id: UserId, session_id: int | None, session_key: str, browser: str, now: datetime, found: Standing | None = None
) -> Arrival | None:
    """Note that a member of staff is here, and return what stands before the console; None where this session was ended.

    `session_id` is what an earlier arrival returned, kept in the session; `browser` is the User-Agent, of which only the family is kept;
    `found` is what `standing` returned for the two within this request, read here where it is None.
    """
    known = found or standing(user_id=user_id, session_id=session_id)
    if known is None:
        return None
    number = _seen(known, user_id=user_id, session_key=session_key, browser=browser, now=now)
    if number is None:
        return None
    is_required = bool(known.role) and _requires(known)
    asked_at = known.asked_at
    if is_required and not known.is_set_up and asked_at is None:
        asked_at = now
        FactorUse.objects.update_or_create(user_id=user_id, defaults={"asked_at": now})
    gate = factor.gate(
        is_set_up=known.is_set_up,
        is_given=known.is_factor_given,
        is_required=is_required,
        due=factor.due_at(asked_at, known.grace_days if known.grace_days is not None else factor.GRACE_DAYS),
        is_put_off=known.is_put_off,
        now=now,
    )
    return Arrival(session_id=number, gate=gate)


def put_off(*, user_id: UserId, session_id: int, now: datetime) -> None:
    """Ask this session no more for setting up a second factor; once the time is up that opens nothing."""
    StaffSession.objects.filter(pk=session_id, user_id=user_id).update(later_at=now)


def sessions_of(user_id: UserId) -> tuple[SignedInPlace, ...]:
    """Return where a member of staff is signed in now, the last seen first."""
    # Sessions are kept in the database, with or without a cache before it: asked there for all of them at once.
    going_on = _store().get_model_class().objects.filter(expire_date__gt=Now()).values("session_key")
    rows = StaffSession.objects.filter(user_id=user_id, session_key__in=going_on).order_by("-seen_at", "-id")
    return tuple(
        SignedInPlace(
            id=row.pk, user_id=UserId(row.user_id), browser=row.browser, started_at=row.started_at, seen_at=row.seen_at,
            has_second_factor=row.factor_at is not None,
        )
        for row in rows
    )  # fmt: skip


@transaction.atomic
def end_session(*, user_id: UserId, session_id: int) -> None:
    """End one session of a person at once. Raises NotFound where it is not theirs, or over already."""
    row = StaffSession.objects.select_for_update().filter(pk=session_id, user_id=user_id).first()
    if row is None:
        raise NotFound("session", session_id)
    _end([row])


@transaction.atomic
def end_sessions(*, user_id: UserId, but: int | None = None) -> int:
    """End every session of a person at once and return how many were known; `but` stays, if the door renews its mark.

    Also those end that were never seen at the console: the mark every session is checked against changes.
    """
    User.objects.filter(pk=user_id).update(session_generation=F("session_generation") + 1)
    return forget_others(user_id, but=but)


def forget_others(user_id: UserId, *, but: int | None = None) -> int:
    """Remove the known sessions of a person but one, and return how many those were."""
    rows = list(StaffSession.objects.filter(user_id=user_id).exclude(pk=but or 0))
    _end(rows)
    return len(rows)


def forget_old_sessions(now: datetime) -> int:
    """Erase what is known of sessions nobody used for two months; return how many."""
    erased, _ = StaffSession.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
    return erased


def _end(rows: list[StaffSession]) -> None:
    for row in rows:
        _store()(row.session_key).delete()
        row.delete()


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _requires(known: Standing) -> bool:
    role = role_code(known.role)
    if isinstance(role, Role):
        return permissions.needs_second_factor(role, ())
    return permissions.needs_second_factor(None, permissions.given_acts(known.own_acts))


def _seen(known: Standing, *, user_id: int, session_key: str, browser: str, now: datetime) -> int | None:
    """Note that a session is in use, a new one where none is named; return its number, None where it was ended."""
    if known.session_id is None:
        family = browsers.family(browser)
        return StaffSession.objects.create(user_id=user_id, session_key=session_key, browser=family, started_at=now, seen_at=now).pk
    if known.seen_at is None:
        return None
    if now - known.seen_at >= SEEN_EVERY or known.session_key != session_key:
        # Written with a condition: a session ended meanwhile must not come back.
        StaffSession.objects.filter(pk=known.session_id).update(seen_at=max(now, known.seen_at), session_key=session_key)
    return known.session_id
