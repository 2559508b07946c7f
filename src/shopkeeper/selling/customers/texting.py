"""Short messages with codes: admitted under the shop's limits, sent without a transaction, settled by what their provider reports.

Every message costs money, and strangers can ask for them: so none is sent that was not admitted, and one row is locked while counting.
Rows hold no number and no text. Reports may come twice, in any order, before the provider's own answer, or never.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from shopkeeper.kit.ids import CustomerId, new_token
from shopkeeper.selling.customers import sign_in_models as models
from shopkeeper.selling.customers.adapters import installed
from shopkeeper.selling.customers.adapters.texting import Texting, TextRefused, TextSilent
from shopkeeper.selling.customers.rules import numbers as rules
from shopkeeper.selling.customers.rules import text_reports
from shopkeeper.selling.customers.shapes_signing_in import (
    KEPT_TO_ENTER,
    MOST_PROVING,
    AskedCode,
    CountryNotServed,
    SignInRule,
    Texted,
    TextsSpent,
    TextState,
)
from shopkeeper.selling.customers.signing_in import asker_mark, digits_of, locked_rule, member_mark, number_mark, sign_in_rule

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
LEASE = timedelta(seconds=30)
MOST_SENT_TRIES = 3
KEPT_FOR = timedelta(days=90)


def can_text() -> bool:
    """Return whether codes by phone are on and there is something they go out by: no query where nothing could carry them."""
    return installed.texting() is not None and sign_in_rule().phone_codes


def carrier() -> str:
    """Return what carries short messages: `gateway`, `terminal`, or an empty text where nothing does."""
    found = installed.texting()
    return "" if found is None else found.code


@transaction.atomic
def admit_text(asked: AskedCode, now: datetime) -> int:
    """Queue one short message with a code, where the day's limits allow, and return its id. Raises CountryNotServed, TextsSpent."""
    rule, country = locked_rule(), rules.country_of(asked.address)
    if country not in rule.countries:
        raise CountryNotServed(country)
    mark, asker = number_mark(asked.address), asker_mark(asked)
    _refuse_beyond(rule, mark, country, now)
    if asker:
        _refuse_proving(rule, mark=mark, asker=asker, country=country, now=now)
    row = models.ShortMessage.objects.create(
        key=new_token(), code_id=asked.id, mark=mark, asker=asker, country=country, queued_at=now, next_try_at=now
    )  # fmt: skip
    return int(row.pk)


def _refuse_beyond(rule: SignInRule, mark: str, country: str, now: datetime) -> None:
    today = models.ShortMessage.objects.filter(queued_at__gt=now - DAY)
    if today.filter(mark=mark).count() >= rule.most_per_number:
        raise TextsSpent("number")
    if today.filter(country=country).count() >= rule.most_per_country:
        raise TextsSpent("country")
    if today.count() >= rule.most_per_shop:
        raise TextsSpent("shop")


def _refuse_proving(rule: SignInRule, *, mark: str, asker: str, country: str, now: datetime) -> None:
    """Proving numbers has limits of its own, so that members who try many leave messages for those who sign in."""
    today = list(models.ShortMessage.objects.filter(queued_at__gt=now - DAY).exclude(asker="").values_list("asker", "mark", "country"))
    if sum(each[0] == asker for each in today) >= MOST_PROVING:
        raise TextsSpent("member")
    if sum(each[1] == mark for each in today) >= rule.most_per_number:
        raise TextsSpent("number")
    if sum(each[2] == country for each in today) >= _to_prove(rule.most_per_country):
        raise TextsSpent("country")
    if len(today) >= _to_prove(rule.most_per_shop):
        raise TextsSpent("shop")


def _to_prove(most: int) -> int:
    return most - most // KEPT_TO_ENTER


def refuse_spent(*, customer_id: CustomerId, number: str, now: datetime) -> None:
    """Return quietly where a member may have one more number proven, holding nothing. Raises CountryNotServed, TextsSpent.

    Only messages to prove numbers are looked at: those with which somebody signs in would tell whether a number is somebody's.
    """
    rule, country = sign_in_rule(), rules.country_of(number)
    if country not in rule.countries:
        raise CountryNotServed(country)
    _refuse_proving(rule, mark=number_mark(number), asker=member_mark(customer_id), country=country, now=now)


def due_texts(now: datetime, *, limit: int = 20) -> tuple[int, ...]:
    """Return the short messages that are due, the longest waiting first."""
    rows = models.ShortMessage.objects.filter(state=TextState.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def asked_of(text_id: int) -> tuple[int, str] | None:
    """Return the code a message carries, and in which language its reader asked; None where it was erased."""
    row = models.ShortMessage.objects.filter(pk=text_id).first()
    code = None if row is None else models.SignInCode.objects.filter(pk=row.code_id).first()
    return None if code is None else (code.pk, code.language)


def send_text(*, text_id: int, text: str, now: datetime) -> TextState | None:
    """Send one due message and return what became of it; None where somebody else has it. Call it outside transactions.

    Where the provider is silent it is asked again with the same key, a few times; after that the person asks for a new code.
    """
    taken = models.ShortMessage.objects.filter(pk=text_id, state=TextState.WAITING, next_try_at__lte=now)
    if taken.update(next_try_at=now + LEASE, tries=F("tries") + 1) != 1:
        return None
    row = models.ShortMessage.objects.get(pk=text_id)
    code = models.SignInCode.objects.filter(pk=row.code_id).first()
    carrier = installed.texting()
    if code is None or digits_of(code.pk, now) is None:
        return _settle(row, TextState.FAILED, now, error="too late")
    if carrier is None:
        return _settle(row, TextState.FAILED, now, error="nothing carries it")
    return _sent(row, carrier, code.address, text, now)


def _sent(row: models.ShortMessage, carrier: Texting, number: str, text: str, now: datetime) -> TextState:
    try:
        provider_id = carrier.send(number=number, text=text, key=row.key)
    except TextRefused as refusal:
        log.warning("Short message %s was not taken: %s", row.pk, refusal.reason)
        return _settle(row, TextState.FAILED, now, error=refusal.reason)
    except TextSilent as silence:
        log.warning("Short message %s, try %s: %s", row.pk, row.tries, silence)
        if row.tries >= MOST_SENT_TRIES:
            return _settle(row, TextState.FAILED, now, error=str(silence))
        models.ShortMessage.objects.filter(pk=row.pk, tries=row.tries, state=TextState.WAITING).update(error=str(silence)[:60])
        return TextState.WAITING
    # A report may have been faster than this answer: then the message is settled, and only its id is noted.
    models.ShortMessage.objects.filter(pk=row.pk).update(provider=carrier.code, provider_id=provider_id, sent_at=now)
    models.ShortMessage.objects.filter(pk=row.pk, state=TextState.WAITING).update(state=TextState.SENT, error="")
    return TextState.SENT


def _settle(row: models.ShortMessage, state: TextState, now: datetime, *, error: str) -> TextState:
    waiting = models.ShortMessage.objects.filter(pk=row.pk, state=TextState.WAITING)
    waiting.update(state=state, error=error[:60], settled_at=now)
    return state


def hear_text_report(*, body: bytes, signature: str, now: datetime) -> int:
    """Take in what the gateway reports of messages and return how many changed. Raises ForgedReport, Malformed.

    A message that arrived stays so, whatever is reported later; one reported as failed may still turn out to have arrived.
    """
    from django.conf import settings

    changed = 0
    for report in text_reports.read(body, signature=signature, secret=settings.SMS_GATEWAY_KEY, now=now):
        rows = models.ShortMessage.objects.filter(key=report.key) if report.key else models.ShortMessage.objects.filter(
            provider="gateway", provider_id=report.provider_id
        )  # fmt: skip
        if report.is_delivered:
            changed += rows.exclude(state=TextState.DELIVERED).update(state=TextState.DELIVERED, settled_at=now, error="")
        else:
            changed += rows.exclude(state__in=(TextState.DELIVERED, TextState.FAILED)).update(
                state=TextState.FAILED, settled_at=now, error="not delivered"
            )
    return changed


def texts_of_day(now: datetime) -> dict[TextState, int]:
    """Return how many short messages of the last 24 hours are in each state."""
    states = models.ShortMessage.objects.filter(queued_at__gt=now - DAY).values_list("state", flat=True)
    found = [TextState(each) for each in states]
    return {state: found.count(state) for state in TextState}


def forget_texts(now: datetime) -> int:
    """Erase what is known of short messages after three months; return how many."""
    return models.ShortMessage.objects.filter(queued_at__lt=now - KEPT_FOR).delete()[0]


def text(text_id: int) -> Texted | None:
    """Return one short message as it stands; None where there is none."""
    row = models.ShortMessage.objects.filter(pk=text_id).first()
    if row is None:
        return None
    return Texted(
        id=row.pk, state=TextState(row.state), country=row.country, tries=row.tries, queued_at=row.queued_at, error=row.error
    )  # fmt: skip
