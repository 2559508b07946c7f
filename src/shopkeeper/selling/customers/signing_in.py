"""Codes of six digits, by mail or by phone: asked for, read by their owner, given once. And what the shop ruled about them.

The code is kept nowhere. It follows, under the shop's secret key, from a nonce that changes with each asking, so whoever holds a copy of
the database can neither read one nor look one up. Asking costs one write for every address, whatever is behind it; a worker finds out
later whom there is to write to.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId, UserId, new_token
from shopkeeper.kit.refusals import Malformed, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import sign_in_models as models
from shopkeeper.selling.customers.rules import checked
from shopkeeper.selling.customers.shapes_signing_in import (
    AGAIN_AFTER,
    DIGITS,
    LASTS,
    MOST_TRIES,
    MOST_TRIES_OF_DAY,
    AskedCode,
    Channel,
    CodeJustSent,
    Purpose,
    SignInRule,
    WrongSignInCode,
)

KEPT_FOR = timedelta(days=1)
COUNTED_FOR = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=1)

_ASK = """
INSERT INTO customers_signincode
       (key, channel, purpose, address, customer_id, name, language, nonce, asked_at, until, tries, answer_at, counted_from)
VALUES (%(key)s, %(channel)s, %(purpose)s, %(address)s, %(customer)s, %(name)s, %(language)s, %(nonce)s, %(now)s, %(until)s, 0, %(now)s,
        %(now)s)
ON CONFLICT (key) DO UPDATE
SET purpose = CASE WHEN {joining} THEN customers_signincode.purpose ELSE excluded.purpose END,
    name = CASE WHEN {joining} THEN customers_signincode.name ELSE excluded.name END,
    tries_before = CASE WHEN {counts} THEN customers_signincode.tries_before + customers_signincode.tries ELSE 0 END,
    counted_from = CASE WHEN {counts} THEN customers_signincode.counted_from ELSE excluded.counted_from END,
    language = excluded.language, nonce = excluded.nonce, asked_at = excluded.asked_at,
    until = excluded.until, tries = 0, used_at = NULL, answer_at = excluded.answer_at
WHERE customers_signincode.asked_at <= %(earlier)s
RETURNING id
""".format(
    # Somebody is opening an account with the code that is out: asked for as if to sign in, the next one opens it as well.
    joining="excluded.purpose = 'sign_in' AND customers_signincode.purpose = 'join'"
    " AND customers_signincode.used_at IS NULL AND customers_signincode.until > %(now)s",
    # A new code takes the guesses at it back, never those of the day.
    counts="customers_signincode.counted_from > %(a_day_ago)s",
)

# One guarded write: of any number of guesses at once no more than the code bears are looked at.
_TRY = """
UPDATE customers_signincode SET tries = tries + 1
WHERE key = %s AND purpose = ANY(%s) AND used_at IS NULL AND until > %s AND tries < %s AND tries_before + tries < %s
RETURNING id, nonce
"""

_DUE = """
UPDATE customers_signincode SET answer_at = %s WHERE id IN (
    SELECT id FROM customers_signincode WHERE answer_at <= %s ORDER BY answer_at, id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING id
"""


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_code(
    *,
    channel: Channel,
    purpose: Purpose,
    address: str,
    customer_id: CustomerId | None = None,
    name: str = "",
    language: str,
    now: datetime,
) -> None:
    """Note that a code was asked for; it ends the one before. One write, whatever is behind the address.

    `address` is a mail address, or a number in E.164; `customer_id` is whose number is to be proven. Raises CodeJustSent, Malformed,
    OutOfRange.
    """
    tidy = checks.email(address) if channel is Channel.MAIL else address
    found = _row(
        _ASK,
        {
            "key": _key(channel, purpose, tidy, customer_id), "channel": channel.value, "purpose": purpose.value, "address": tidy,
            "customer": customer_id, "name": checked.name(name), "language": checks.language(language), "nonce": new_token(), "now": now,
            "until": now + LASTS, "earlier": now - AGAIN_AFTER, "a_day_ago": now - COUNTED_FOR,
        },
    )  # fmt: skip
    if found is None:
        raise CodeJustSent(int(AGAIN_AFTER.total_seconds()))


def take_due_codes(*, now: datetime, limit: int = 100) -> tuple[AskedCode, ...]:
    """Return what was asked and not answered yet, oldest first, each to one caller only; again after a minute where it failed."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now + RETRY_AFTER, now, limit])
        ids = [number for (number,) in cursor.fetchall()]
    return tuple(_asked(row) for row in models.SignInCode.objects.filter(pk__in=ids).order_by("asked_at", "pk"))


def code_answered(asked: AskedCode) -> bool:
    """Note, in the transaction of the answer, that this asking is answered; False where somebody did, or it was asked anew meanwhile."""
    mine = models.SignInCode.objects.filter(pk=asked.id, asked_at=asked.asked_at, answer_at__isnull=False)
    return mine.update(answer_at=None) == 1


def digits_of(code_id: int, now: datetime) -> str | None:
    """Return the digits for the letter or message that carries them to their owner; None once they open nothing any more."""
    good = models.SignInCode.objects.filter(pk=code_id, used_at=None, until__gt=now, tries__lt=MOST_TRIES)
    row = good.filter(tries_before__lt=MOST_TRIES_OF_DAY - F("tries")).first()
    return None if row is None else _digits(row.nonce)


def forget_codes(now: datetime) -> int:
    """Erase codes that ended a day ago, with the addresses they were asked for; return how many."""
    return models.SignInCode.objects.filter(until__lt=now - KEPT_FOR).delete()[0]


# ── giving ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def give_code(
    *, channel: Channel, purposes: tuple[Purpose, ...], address: str, customer_id: CustomerId | None = None, given: str, now: datetime
) -> AskedCode:
    """Return what the code was asked for, and spend it: of any number of people who give it at once, one enters.

    Call it outside transactions: a guess counts whatever becomes of it. Raises WrongSignInCode.
    """
    key = _key(channel, purposes[0], address.strip().lower(), customer_id)
    found = _row(_TRY, [key, [each.value for each in purposes], now, MOST_TRIES, MOST_TRIES_OF_DAY])
    nonce = "" if found is None else str(found[1])
    # Compared also where there is nothing to compare with: the answer takes as long.
    is_right = constant_time_compare(_digits(nonce), "".join(given.split())[: DIGITS + 1])
    if found is None:
        raise WrongSignInCode(is_over=True)
    mine = models.SignInCode.objects.filter(pk=found[0], nonce=nonce, used_at=None)
    if not is_right:
        raise WrongSignInCode(is_over=not mine.filter(tries__lt=MOST_TRIES).exists())
    if mine.update(used_at=now, answer_at=None) != 1:
        raise WrongSignInCode(is_over=True)
    return _asked(models.SignInCode.objects.get(pk=found[0]))


def _key(channel: Channel, purpose: Purpose, address: str, customer_id: CustomerId | None) -> str:
    # A number that somebody wants to prove for their account does not end the code with which its owner signs in.
    use = "number" if purpose is Purpose.NUMBER else "enter"
    return _keyed("code", f"{channel.value}:{use}:{customer_id or ''}:{address}")


def _digits(nonce: str) -> str:
    # 256 bits down to 20: no figure is likelier than another by more than one in 10^70.
    return f"{int(_keyed('digits', nonce), 16) % 10**DIGITS:0{DIGITS}d}"


def _keyed(use: str, told: str) -> str:
    return salted_hmac(f"shopkeeper.customers.{use}", told, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def _row(statement: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def number_mark(number: str) -> str:
    """Return the keyed fingerprint by which messages to one number are counted without keeping it."""
    return _keyed("number", number)


def asker_mark(asked: AskedCode) -> str:
    """Return the keyed fingerprint by which messages a member asked for are counted; empty where the code is to sign in with."""
    return "" if asked.purpose is not Purpose.NUMBER else member_mark(asked.customer_id)


def member_mark(customer_id: CustomerId | None) -> str:
    """Return the keyed fingerprint of a member who proves numbers."""
    return _keyed("asker", str(customer_id))


def session_secret() -> str:
    """Return a fresh secret for what must come back to the browser it was given to."""
    return secrets.token_urlsafe(32)


def _asked(row: models.SignInCode) -> AskedCode:
    return AskedCode(
        id=row.pk, channel=Channel(row.channel), purpose=Purpose(row.purpose), address=row.address,
        customer_id=None if row.customer_id is None else CustomerId(row.customer_id), name=row.name, language=row.language,
        asked_at=row.asked_at,
    )  # fmt: skip


# ── what the shop ruled ───────────────────────────────────────────────────────────────────────────────────────────────


def sign_in_rule() -> SignInRule:
    """Return what the shop ruled about signing in by codes; before it ruled anything: by mail yes, by phone no."""
    row = models.SignInRule.objects.first()
    return SignInRule() if row is None else _rule(row)


@transaction.atomic
def save_sign_in_rule(*, rule: SignInRule, actor: UserId | None, now: datetime) -> SignInRule:
    """Save what the shop rules about signing in by codes, and return it. Raises OutOfRange, Malformed."""
    _within("most_per_number", rule.most_per_number, most=50)
    _within("most_per_country", rule.most_per_country, most=100_000)
    _within("most_per_shop", rule.most_per_shop, most=1_000_000)
    countries = tuple(sorted({checks.country(each, field="countries") for each in rule.countries}))
    if rule.phone_codes and not countries:
        raise Malformed("countries", "", expected="some_countries")
    before = sign_in_rule()
    row, _ = models.SignInRule.objects.update_or_create(pk=1, defaults=_values(rule) | {"countries": list(countries)})
    after = _rule(row)
    if before != after:
        audit.record(
            actor=actor, act="customers.save_sign_in", subject="shop:1", before=_told(before), after=_told(after), at=now
        )  # fmt: skip
    return after


def locked_rule() -> SignInRule:
    """Return the rule and hold its row until the transaction ends: whoever counts what went out today counts alone."""
    models.SignInRule.objects.get_or_create(pk=1)
    return _rule(models.SignInRule.objects.select_for_update().get(pk=1))


def _within(field: str, value: int, *, most: int) -> None:
    if not 1 <= value <= most:
        raise OutOfRange(field, value, least=1, most=most)


def _values(rule: SignInRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in SignInRule.__dataclass_fields__}


def _told(rule: SignInRule) -> dict[str, object]:
    return _values(rule) | {"countries": list(rule.countries)}


def _rule(row: models.SignInRule) -> SignInRule:
    return SignInRule(**{name: getattr(row, name) for name in SignInRule.__dataclass_fields__} | {"countries": tuple(row.countries)})
