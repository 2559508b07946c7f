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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from shopkeeper.kit import statements
from shopkeeper.kit.ids import new_token
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import Acknowledgement, BadSignature, EventKind, Method, Webhook

SIGNATURE = "X-Test-Signature"
SILENT_FOR = timedelta(minutes=2)
LATE_BY = timedelta(minutes=45)
METHODS = ("test-ok", "test-declined", "test-slow", "test-silent", "test-duplicate", "test-late")
_DELAY = {"test-silent": SILENT_FOR, "test-late": LATE_BY}
_WEBHOOKS = {"test-duplicate": 2, "test-slow": 0}
_FIRST_ANSWER_LOST = ("test-slow", "test-silent", "test-late")


class FakeProvider:
    """A faithful fake of a provider; see the module's text and `provider.py`."""

    code = "test"

    def methods(self) -> tuple[Method, ...]:
        return tuple(Method(code=method, provider=self.code, is_test=True) for method in METHODS)

    def authorize(self, ask: Ask) -> Answer:
        did = self._do("authorize", ask)
        if did.known_at > ask.at or (not did.was_asked and did.method in _FIRST_ANSWER_LOST):
            raise ProviderSilent(f"{did.method}: no answer within {ask.timeout_s} s")
        return did.answer

    def capture(self, ask: Ask) -> Answer:
        return self._do("capture", ask).answer

    def void(self, ask: Ask) -> Answer:
        return self._do("void", ask).answer

    def refund(self, ask: Ask) -> Answer:
        return self._do("refund", ask).answer

    def _do(self, act: str, ask: Ask) -> "_Did":
        """Do what is asked, once per key. Raises ProviderSilent for a payment that was never begun here."""
        delay = _DELAY.get(ask.method, timedelta()) if act == "authorize" else timedelta()
        kind, charge, operation, amount, reason, method, known_at, was_asked = statements.row(
            "SELECT kind, charge, operation, amount_minor, reason, method, known_at, was_asked "
            "FROM payments_fake(%s, %s, %s, %s, %s, %s::bigint, %s, %s, %s, %s, %s::integer)",
            [
                act, ask.payment_name, ask.key, ask.method, ask.currency, ask.amount_minor, "ch_" + new_token(), "op_" + new_token(),
                ask.at, ask.at + delay, _WEBHOOKS.get(ask.method, 1),
            ],
        )  # fmt: skip
        if kind is None:
            raise ProviderSilent(f"payment {ask.payment_name} is not known here")
        answer = Answer(
            kind=EventKind(kind), payment_name=ask.payment_name, key=ask.key, reference=charge, operation=operation, amount_minor=amount,
            reason=reason,
        )  # fmt: skip
        return _Did(answer=answer, method=method, known_at=known_at, was_asked=was_asked)

    def origins(self) -> tuple[str, ...]:
        return ()

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        return bool(payment_name)

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        told = statements.rows(
            """SELECT a.kind, c.payment_name, a.key, c.reference, a.reference, a.amount_minor, a.reason
               FROM payments_fakeanswer a JOIN payments_fakecharge c ON c.id = a.charge_id
               WHERE c.payment_name = %s AND a.known_at <= %s ORDER BY a.id""",
            [payment_name, at],
        )
        return tuple(_as_told(each) for each in told)

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
        due = statements.rows(
            """WITH due AS (SELECT id, webhooks_due FROM payments_fakeanswer WHERE webhooks_due > 0 AND known_at <= %s
                           ORDER BY known_at, id LIMIT %s::integer FOR UPDATE SKIP LOCKED),
                    sent AS (UPDATE payments_fakeanswer a SET webhooks_due = 0 FROM due WHERE a.id = due.id
                             RETURNING a.id, due.webhooks_due AS times, a.charge_id, a.kind, a.key, a.reference, a.amount_minor, a.reason)
               SELECT sent.times, sent.kind, c.payment_name, sent.key, c.reference, sent.reference, sent.amount_minor, sent.reason
               FROM sent JOIN payments_fakecharge c ON c.id = sent.charge_id ORDER BY sent.id""",
            [at, limit],
        )
        return [webhook(_as_told(told)) for times, *told in due for _ in range(times)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Did:
    """What came of a request; `known_at`: from when on it is told; `was_asked`: it was asked before."""

    answer: Answer
    method: str
    known_at: datetime
    was_asked: bool


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


def _as_told(told: Sequence[Any]) -> Answer:
    kind, payment_name, key, reference, operation, amount, reason = told
    return Answer(
        kind=EventKind(kind), payment_name=payment_name, key=key, reference=reference, operation=operation, amount_minor=amount,
        reason=reason,
    )  # fmt: skip
