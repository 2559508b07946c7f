"""The second factor of the staff: codes of an authenticator app and recovery codes, kept by allauth, taken once and not tried for ever."""

from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.access import roles, sessions
from shopkeeper.ops.access.models import FactorUse, Rule, StaffSession, User
from shopkeeper.ops.access.rules import factor, permissions
from shopkeeper.ops.access.shapes import (
    FactorRequired,
    FactorSetUpAlready,
    NoFactor,
    SecondFactor,
    TooManyCodes,
    WrongCode,
    role_code,
)

MOST_GRACE = 60
MOST_CODE = 40


def second_factor(user_id: UserId) -> SecondFactor:
    """Return what second factor a person has, and whether their role needs one. Raises NotFound."""
    user, rows, use, is_set_up, grace = together.read(
        lambda: _user(user_id),
        lambda: list(Authenticator.objects.filter(user_id=user_id)),
        lambda: FactorUse.objects.filter(pk=user_id).first(),
        lambda: _is_set_up(user_id),
        grace_days,
    )
    kept = {row.type: row for row in rows}
    codes = kept.get(Authenticator.Type.RECOVERY_CODES)
    return SecondFactor(
        is_set_up=is_set_up,
        set_up_at=kept[Authenticator.Type.TOTP].created_at if Authenticator.Type.TOTP in kept else None,
        passkeys=(),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        is_required=_is_required(user),
        due_at=factor.due_at(use.asked_at if use else None, grace),
    )


def with_second_factor() -> frozenset[UserId]:
    """Return everyone who has set up a second factor."""
    return frozenset(UserId(pk) for pk in Authenticator.objects.filter(type__in=sessions.FACTORS).values_list("user_id", flat=True))


def grace_days() -> int:
    """Return for how many days an owner or a manager may put off setting up a second factor."""
    rule = Rule.objects.first()
    return factor.GRACE_DAYS if rule is None else rule.grace_days


def save_grace_days(days: int) -> int:
    """Set for how many days the second factor may be put off, 0 to 60, and return what it was. Raises OutOfRange."""
    checks.whole(days, field="grace_days", least=0, most=MOST_GRACE)
    before = grace_days()
    Rule.objects.update_or_create(pk=1, defaults={"grace_days": days})
    return before


def new_secret() -> str:
    """Return a fresh secret to be shown to a person who sets up an authenticator app; it is kept only once a code of it came back."""
    return str(generate_totp_secret())


def secret_address(*, user_id: UserId, secret: str, issuer: str) -> str:
    """Return the otpauth address an app reads from the picture; the person's mail address and the shop's name stand in it."""
    from urllib.parse import quote, urlencode

    label = f"{issuer}:{_user(user_id).email}"
    return f"otpauth://totp/{quote(label)}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def secret_picture(address: str) -> str:
    """Return the picture of an otpauth address, as SVG made on this machine."""
    picture = str(get_adapter().build_totp_svg(address))
    return picture[picture.index("<svg") :]


@transaction.atomic
def set_up(*, user_id: UserId, session_id: int, secret: str, code: str, now: datetime) -> tuple[str, ...]:
    """Set up an authenticator app by a code of it, count it as given in this session, and return the recovery codes, shown this once.

    Every other session of the person has to give it from the next click on. Raises FactorSetUpAlready, WrongCode, Malformed.
    """
    _lock(user_id)
    if _is_set_up(user_id):
        raise FactorSetUpAlready
    return _keep(user_id, session_id, secret, code, now)


def replace(*, user_id: UserId, session_id: int, present: str, secret: str, code: str, now: datetime) -> tuple[str, ...]:
    """Put another authenticator app in the place of the present one, against a code of the present one or a recovery code.

    The old recovery codes end. Raises NoFactor, WrongCode, TooManyCodes, Malformed.
    """
    give(user_id=user_id, session_id=session_id, code=present, now=now)
    with transaction.atomic():
        _lock(user_id)
        _forget(user_id)
        return _keep(user_id, session_id, secret, code, now)


def new_codes(*, user_id: UserId, session_id: int, code: str, now: datetime) -> tuple[str, ...]:
    """Make fresh recovery codes against a code, and return them; those before end. Raises NoFactor, WrongCode, TooManyCodes."""
    give(user_id=user_id, session_id=session_id, code=code, now=now)
    with transaction.atomic():
        user = _lock(user_id)
        Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.RECOVERY_CODES).delete()
        return tuple(RecoveryCodes.activate(user).get_unused_codes())


def take_away(*, user_id: UserId, session_id: int, code: str, now: datetime) -> None:
    """Take one's own second factor away, against a code, where the role does not need one.

    Raises FactorRequired, NoFactor, WrongCode, TooManyCodes.
    """
    if _is_required(_user(user_id)):
        raise FactorRequired
    give(user_id=user_id, session_id=session_id, code=code, now=now)
    with transaction.atomic():
        _lock(user_id)
        _forget(user_id)


@transaction.atomic
def reset(*, user_id: UserId, now: datetime) -> None:
    """Take a person's second factor away because the device is lost, end all their sessions, and begin the days of grace anew.

    Raises NoFactor, NotFound.
    """
    _lock(user_id)
    if not _is_set_up(user_id):
        raise NoFactor
    _forget(user_id)
    FactorUse.objects.filter(pk=user_id).update(asked_at=now, failures=0, failing_since=None)
    sessions.end_sessions(user_id=user_id)


def give(*, user_id: UserId, session_id: int, code: str, now: datetime) -> None:
    """Take a code of the app or a recovery code, once, and open this session with it. Raises NoFactor, WrongCode, TooManyCodes."""
    if not _is_set_up(user_id):
        raise NoFactor
    with transaction.atomic():
        _lock(user_id)
        use = FactorUse.objects.select_for_update().get(pk=user_id)
        closed = factor.closed_until(failures=use.failures, failing_since=use.failing_since, now=now)
        is_good = closed is None and _take(use, code, now)
        if is_good:
            use.failures, use.failing_since = 0, None
            StaffSession.objects.filter(pk=session_id, user_id=user_id).update(factor_at=now)
        elif closed is None:
            use.failures, use.failing_since = factor.after_failure(failures=use.failures, failing_since=use.failing_since, now=now)
        use.save()
    # Refused after the transaction: the failure must stay counted.
    if closed is not None:
        raise TooManyCodes(closed)
    if not is_good:
        raise WrongCode


def _take(use: FactorUse, code: str, now: datetime) -> bool:
    typed = code[:MOST_CODE]
    kept = {row.type: row for row in Authenticator.objects.filter(user_id=use.pk)}
    totp = kept.get(Authenticator.Type.TOTP)
    if totp is not None:
        step = factor.fresh_step(_matching(str(decrypt(totp.data["secret"])), typed, now), last_step=use.last_step)
        if step is not None:
            use.last_step = step
            totp.record_usage()
            return True
    codes = kept.get(Authenticator.Type.RECOVERY_CODES)
    return codes is not None and bool(codes.wrap().validate_code(typed))


def _matching(secret: str, code: str, now: datetime) -> list[int]:
    return [step for step in factor.steps(now) if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))]


def _keep(user_id: UserId, session_id: int, secret: str, code: str, now: datetime) -> tuple[str, ...]:
    if not (16 <= len(secret) <= 64 and secret.isascii() and secret.isalnum()):
        raise Malformed("secret", "", expected="token")
    try:
        step = factor.fresh_step(_matching(secret, code[:MOST_CODE], now), last_step=0)
    except ValueError as error:
        raise Malformed("secret", "", expected="token") from error
    if step is None:
        raise WrongCode
    user = _user(user_id)
    TOTP.activate(user, secret)
    FactorUse.objects.update_or_create(user_id=user_id, defaults={"last_step": step, "failures": 0, "failing_since": None})
    StaffSession.objects.filter(pk=session_id, user_id=user_id).update(factor_at=now)
    return tuple(RecoveryCodes.activate(user).get_unused_codes())


def _forget(user_id: UserId) -> None:
    Authenticator.objects.filter(user_id=user_id).delete()
    StaffSession.objects.filter(user_id=user_id).update(factor_at=None)


def _is_set_up(user_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=sessions.FACTORS).exists())


def _is_required(user: User) -> bool:
    return bool(user.role) and permissions.needs_second_factor(*roles.as_rule(role_code(user.role)))


def _user(user_id: UserId) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("user", user_id)
    return user


def _lock(user_id: UserId) -> User:
    """Return the person with their use of the factor locked: two codes of one person are looked at one after the other."""
    user = _user(user_id)
    FactorUse.objects.get_or_create(user_id=user_id)
    FactorUse.objects.select_for_update().get(pk=user_id)
    return user
