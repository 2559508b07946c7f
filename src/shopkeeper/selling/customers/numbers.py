"""The phone number a member proved to hold: one each, and nobody else's."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from shopkeeper.kit.ids import CustomerId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.customers import sign_in_models as models
from shopkeeper.selling.customers.rules import numbers as rules
from shopkeeper.selling.customers.shapes_signing_in import CountryNotServed, Number, NumberTaken, ProvenNumber
from shopkeeper.selling.customers.signing_in import sign_in_rule


def phone_number(text: str, *, country: str) -> Number:
    """Return a mobile number as E.164, one without a country's code taken for one of `country`. Raises OddNumber, CountryNotServed."""
    found = rules.number(text, country=country)
    if found.country not in sign_in_rule().countries:
        raise CountryNotServed(found.country)
    return found


def proven_numbers(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, ProvenNumber]:
    """Return the proven numbers of these members, by customer; who has none is left out. One query."""
    rows = models.VerifiedNumber.objects.filter(customer_id__in=list(customer_ids))
    return {CustomerId(row.pk): _shape(row) for row in rows}


def by_number(number: str) -> CustomerId | None:
    """Return whose proven number this is (E.164). A door must not let strangers learn the answer."""
    found = models.VerifiedNumber.objects.filter(number=number).values_list("pk", flat=True).first()
    return None if found is None else CustomerId(found)


def keep_number(*, customer_id: CustomerId, number: str, now: datetime) -> ProvenNumber:
    """Keep the number a member just proved to hold, in place of the one before. Raises NumberTaken where it is another's."""
    try:
        with transaction.atomic():
            row, _ = models.VerifiedNumber.objects.update_or_create(
                customer_id=customer_id, defaults={"number": number, "verified_at": now}
            )
            audit.record(
                actor=None,
                act="customers.keep_number",
                subject=f"customer:{customer_id}",
                before=None,
                after={"fields": ["number"]},
                at=now,
            )
    except IntegrityError as error:
        raise NumberTaken from error
    return _shape(row)


@transaction.atomic
def remove_number(*, customer_id: CustomerId, actor: UserId | None, now: datetime) -> None:
    """Forget a member's proven number; `actor` None: the member did it. Raises NotFound where there is none."""
    removed, _ = models.VerifiedNumber.objects.filter(pk=customer_id).delete()
    if not removed:
        raise NotFound("number", "")
    models.SignInCode.objects.filter(customer_id=customer_id).delete()
    # That it is gone, never what it was.
    audit.record(
        actor=actor, act="customers.remove_number", subject=f"customer:{customer_id}", before=None, after={"fields": ["number"]}, at=now
    )


def _shape(row: models.VerifiedNumber) -> ProvenNumber:
    return ProvenNumber(customer_id=CustomerId(row.pk), number=row.number, verified_at=row.verified_at)
