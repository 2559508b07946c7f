"""The built-in test provider: a shop can be tried out, and tested, with every misbehaviour of a real one, and no money moves.

What it does is chosen by the method:

test-ok         authorises at once
test-declined   declines at once
test-slow       the first answer is lost on the way; asked again, it has authorised
test-silent     says nothing; authorises two minutes later, told by `find` and by a webhook
test-duplicate  authorises at once and sends every webhook twice
test-late       says nothing, and its webhook comes after the order has expired

It remembers in two tables of its own, so that processes may die and keys be repeated, and signs its webhooks.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from shopkeeper.kit.ids import new_token
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.models import FakeAnswer, FakeCharge
from shopkeeper.selling.payments.shapes import Acknowledgement, BadSignature, EventKind, Method, Webhook

SIGNATURE = "X-Test-Signature"
SILENT_FOR = timedelta(minutes=2)
LATE_BY = timedelta(minutes=45)
METHODS = ("test-ok", "test-declined", "test-slow", "test-silent", "test-duplicate", "test-late")
_DELAY = {"test-silent": SILENT_FOR, "test-late": LATE_BY}
_FIRST_ANSWER_LOST = ("test-slow", "test-silent", "test-late")


class FakeProvider:
    """A faithful fake of a provider; see the module's text and `provider.py`."""

    code = "test"

    def methods(self) -> tuple[Method, ...]:
        return tuple(Method(code=method, provider=self.code, is_test=True) for method in METHODS)

    @transaction.atomic
    def _charge(self, ask: Ask) -> FakeAnswer:
        charge, _ = FakeCharge.objects.select_for_update().get_or_create(
            payment_name=ask.payment_name,
            defaults={
                "reference": "ch_" + new_token(),
                "method": ask.method,
                "currency": ask.currency,
                "amount_minor": ask.amount_minor,
                "opened_at": ask.at,
            },
        )
        known = charge.answers.filter(key=ask.key).first()
        if known:
            return known
        is_declined = charge.method == "test-declined"
        if not is_declined:
            charge.authorized_minor = ask.amount_minor
            charge.save(update_fields=["authorized_minor"])
        kind = EventKind.DECLINED if is_declined else EventKind.AUTHORIZED
        return self._answer(charge, ask, kind, reason="declined" if is_declined else "")

    def authorize(self, ask: Ask) -> Answer:
        answer = self._charge(ask)
        is_first = not answer.is_asked_again
        FakeAnswer.objects.filter(id=answer.pk).update(is_asked_again=True)
        if answer.known_at > ask.at or (is_first and answer.charge.method in _FIRST_ANSWER_LOST):
            raise ProviderSilent(f"{answer.charge.method}: no answer within {ask.timeout_s} s")
        return _told(answer)

    @transaction.atomic
    def capture(self, ask: Ask) -> Answer:
        charge, known = self._open(ask)
        if known:
            return _told(known)
        if charge.is_voided or charge.captured_minor + ask.amount_minor > charge.authorized_minor:
            return _told(self._answer(charge, ask, EventKind.FAILED, reason="too_much"))
        charge.captured_minor += ask.amount_minor
        charge.save(update_fields=["captured_minor"])
        return _told(self._answer(charge, ask, EventKind.CAPTURED))

    @transaction.atomic
    def void(self, ask: Ask) -> Answer:
        charge, known = self._open(ask)
        if known:
            return _told(known)
        if charge.is_voided or charge.captured_minor:
            return _told(self._answer(charge, ask, EventKind.FAILED, reason="too_much"))
        charge.is_voided = True
        charge.save(update_fields=["is_voided"])
        return _told(self._answer(charge, ask, EventKind.VOIDED))

    @transaction.atomic
    def refund(self, ask: Ask) -> Answer:
        charge, known = self._open(ask)
        if known:
            return _told(known)
        if charge.refunded_minor + ask.amount_minor > charge.captured_minor:
            return _told(self._answer(charge, ask, EventKind.REFUND_FAILED, reason="too_much"))
        charge.refunded_minor += ask.amount_minor
        charge.save(update_fields=["refunded_minor"])
        return _told(self._answer(charge, ask, EventKind.REFUNDED))

    def origins(self) -> tuple[str, ...]:
        return ()

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        answers = FakeAnswer.objects.filter(charge__payment_name=payment_name, known_at__lte=at).select_related("charge").order_by("id")
        return tuple(_told(answer) for answer in answers)

    def acknowledgement(self) -> Acknowledgement | None:
        return None

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        given = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE.lower(), "")
        if not constant_time_compare(given, _signature(body)):
            raise BadSignature("The webhook's signature does not match its body", field=SIGNATURE)
        try:
            told = json.loads(body)["answers"]
            return tuple(_read(answer) for answer in told)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Malformed("body", body[:80].decode("utf-8", "replace"), expected="webhook") from error

    def webhooks_due(self, *, at: datetime, limit: int = 100) -> list[Webhook]:
        """Take the webhooks that should go out by now; the caller carries them to the shop. What is taken is not sent again."""
        due = self._take_due(at, limit)
        answers = FakeAnswer.objects.filter(id__in=[answer_id for answer_id, _ in due]).select_related("charge").in_bulk()
        return [webhook(_told(answers[answer_id])) for answer_id, times in due for _ in range(times)]

    def _take_due(self, at: datetime, limit: int) -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                """WITH due AS (SELECT id, webhooks_due FROM payments_fakeanswer WHERE webhooks_due > 0 AND known_at <= %s
                               ORDER BY known_at, id LIMIT %s FOR UPDATE SKIP LOCKED),
                        sent AS (UPDATE payments_fakeanswer a SET webhooks_due = 0 FROM due WHERE a.id = due.id RETURNING a.id)
                   SELECT due.id, due.webhooks_due FROM due JOIN sent ON sent.id = due.id ORDER BY due.id""",
                [at, limit],
            )
            return [(answer_id, times) for answer_id, times in cursor.fetchall()]

    def _open(self, ask: Ask) -> tuple[FakeCharge, FakeAnswer | None]:
        charge = FakeCharge.objects.select_for_update().filter(payment_name=ask.payment_name).first()
        if charge is None:
            raise ProviderSilent(f"payment {ask.payment_name} is not known here")
        return charge, charge.answers.filter(key=ask.key).select_related("charge").first()

    def _answer(self, charge: FakeCharge, ask: Ask, kind: EventKind, reason: str = "") -> FakeAnswer:
        delay = _DELAY.get(charge.method, timedelta()) if kind is EventKind.AUTHORIZED else timedelta()
        return FakeAnswer.objects.create(
            charge=charge,
            key=ask.key,
            kind=kind.value,
            amount_minor=ask.amount_minor,
            reference="op_" + new_token(),
            reason=reason,
            known_at=ask.at + delay,
            webhooks_due={"test-duplicate": 2, "test-slow": 0}.get(charge.method, 1),
        )


def webhook(*answers: Answer) -> Webhook:
    """Return a signed webhook that tells these answers."""
    told = [{name: getattr(answer, name) for name in Answer.__dataclass_fields__} for answer in answers]
    body = json.dumps({"answers": told}, default=datetime.isoformat).encode()
    return Webhook(provider=FakeProvider.code, body=body, headers={SIGNATURE: _signature(body)})


def _read(told: Mapping[str, Any]) -> Answer:
    due = told.get("due_at")
    return Answer(**{**told, "kind": EventKind(told["kind"]), "due_at": datetime.fromisoformat(due) if due else None})


def _signature(body: bytes) -> str:
    return salted_hmac("shopkeeper.payments.test-provider.webhook", body, algorithm="sha256").hexdigest()


def _told(row: FakeAnswer) -> Answer:
    return Answer(
        kind=EventKind(row.kind),
        payment_name=row.charge.payment_name,
        key=row.key,
        reference=row.charge.reference,
        operation=row.reference,
        amount_minor=row.amount_minor,
        reason=row.reason,
    )
