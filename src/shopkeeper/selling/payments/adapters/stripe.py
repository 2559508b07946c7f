"""Stripe, by its published protocol: a hosted checkout page, a payment intent captured by hand, refunds, disputes, signed webhooks.

The buyer pays on Stripe's page: card data never comes here and no page of the shop loads anything from there. What we asked for is kept
as metadata beside what it became (`payment_name`, `capture_key`, `void_key`, `key`), so that `find` and webhooks tell it by our keys.
Stripe repeats the stored answer of a key for a day, a server error included; such a request stays silent and `find` settles it.

Source: Stripe API reference, version 2024-10-28.acacia (Checkout Sessions, PaymentIntents, Refunds, Disputes, webhook signatures,
idempotent requests, currencies).
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.payments.adapters import stripe_reading as reading
from shopkeeper.selling.payments.adapters import wire
from shopkeeper.selling.payments.adapters.provider import TIMEOUT_S, Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import Acknowledgement, EventKind, Method

VERSION = "2024-10-28.acacia"
API_URL = "https://api.stripe.com"
PAGE_ORIGIN = "https://checkout.stripe.com"
METHOD = "stripe-card"
LIVES_LONGER = timedelta(minutes=35)
"""Stripe keeps a page open for half an hour at least; the shop closes it when the order's time is up."""

PAGES_LOOKED_THROUGH = 20
_LOCALES = {"en": "en-GB", "zh-hans": "zh"}
log = logging.getLogger(__name__)


class _Refused(Exception):
    """A clear no; `error` is Stripe's own word on it."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(str(error.get("code") or error.get("type") or "refused"))
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripe:
    """The adapter; see the module's text and `provider.py`."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_url: str = API_URL
    clock: Callable[[], float] = time.time
    code: str = "stripe"

    def methods(self) -> tuple[Method, ...]:
        is_test = self.secret_key.startswith(("sk_test_", "rk_test_"))
        return (Method(code=METHOD, provider=self.code, is_test=is_test),)

    def origins(self) -> tuple[str, ...]:
        parts = urlsplit(self.api_url)
        return (PAGE_ORIGIN if self.api_url == API_URL else f"{parts.scheme}://{parts.netloc}",)

    # ── ask ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def authorize(self, ask: Ask) -> Answer:
        try:
            session = self._post("checkout/sessions", _session_form(ask), key=ask.key, timeout_s=ask.timeout_s)
        except _Refused as refused:
            return _no(ask, EventKind.DECLINED, refused.error)
        except ValueError:
            return _no(ask, EventKind.DECLINED, {})
        return _first(_told(reading.of_session, session), ask, EventKind.CONFIRMATION_NEEDED)

    def capture(self, ask: Ask) -> Answer:
        form = {"amount_to_capture": str(reading.in_stripe_units(ask.amount_minor, ask.currency)), "metadata[capture_key]": ask.key}
        intent_id = self._intent_id(ask)
        return self._act_on_intent(ask, f"payment_intents/{quote(intent_id)}/capture", form, EventKind.CAPTURED)

    def void(self, ask: Ask) -> Answer:
        if not ask.amount_minor:
            return self._close(ask)
        path = f"payment_intents/{quote(self._intent_id(ask))}"
        try:
            # Noted first, so that the cancellation is told under this key whoever tells it.
            self._post(path, {"metadata[void_key]": ask.key}, key=f"{ask.key}:note", timeout_s=ask.timeout_s)
        except _Refused as refused:
            return _no(ask, EventKind.FAILED, refused.error)
        return self._act_on_intent(ask, f"{path}/cancel", {}, EventKind.VOIDED)

    def refund(self, ask: Ask) -> Answer:
        form = {
            "payment_intent": self._intent_id(ask),
            "amount": str(reading.in_stripe_units(ask.amount_minor, ask.currency)),
            "metadata[key]": ask.key,
            "metadata[payment_name]": ask.payment_name,
        }
        try:
            refund = self._post("refunds", form, key=ask.key, timeout_s=ask.timeout_s)
        except _Refused as refused:
            return _no(ask, EventKind.REFUND_FAILED, refused.error)
        # One that is under way has no answer yet.
        return _first(_told(reading.of_refund, refund), ask, EventKind.REFUNDED, EventKind.REFUND_FAILED)

    def _act_on_intent(self, ask: Ask, path: str, form: Mapping[str, str], done: EventKind) -> Answer:
        try:
            intent = self._post(path, form, key=ask.key, timeout_s=ask.timeout_s)
        except _Refused as refused:
            # What it is by now: done already under this very key, or not to be done.
            known = refused.error.get("payment_intent")
            story = _told(reading.of_intent, known) if isinstance(known, Mapping) else []
            did = next((answer for answer in story if answer.kind is done and answer.key == ask.key), None)
            return did or _no(ask, EventKind.FAILED, refused.error)
        return _first(_told(reading.of_intent, intent), ask, done)

    def _close(self, ask: Ask) -> Answer:
        """Close the page of an attempt that nobody has confirmed."""
        session = self._session(ask.payment_name, ask.reference, ask.at - timedelta(days=1), ask.timeout_s)
        if session is None:
            raise ProviderSilent(f"payment {ask.payment_name} is not known there")
        path = f"checkout/sessions/{quote(session['id'])}"
        try:
            self._post(path, {"metadata[void_key]": ask.key}, key=f"{ask.key}:note", timeout_s=ask.timeout_s)
            session = self._post(f"{path}/expire", {}, key=ask.key, timeout_s=ask.timeout_s)
        except _Refused as refused:
            session = self._get(path, {}, ask.timeout_s)
            if session["status"] != "expired":
                return _no(ask, EventKind.FAILED, refused.error)
        return _first(_told(reading.of_session, session), ask, EventKind.VOIDED, EventKind.DECLINED)

    # ── find ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def can_be_asked(self, *, payment_name: str, reference: str) -> bool:
        return bool(payment_name) or reference.startswith(("pi_", "cs_"))

    def find(self, *, payment_name: str, reference: str, started_at: datetime, at: datetime) -> tuple[Answer, ...]:
        told: list[Answer] = []
        try:
            if reference.startswith("pi_"):
                intent_id = reference
            else:
                session = self._session(payment_name, reference, started_at, TIMEOUT_S)
                told += reading.of_session(session) if session else []
                intent_id = str(session.get("payment_intent") or "") if session else ""
            if not intent_id:
                return tuple(told)
            intent = self._get(f"payment_intents/{quote(intent_id)}", {}, TIMEOUT_S)
            told += reading.of_intent(intent)
            if intent["status"] == "succeeded":
                about = {"payment_intent": intent["id"]}
                told += [answer for each in self._all("refunds", about) for answer in reading.of_refund(each)]
                told += [answer for each in self._all("disputes", about) for answer in reading.of_dispute(each)]
            return tuple(told)
        except _Refused as refused:
            raise ProviderSilent(f"find: {refused}") from refused
        except (KeyError, TypeError, ValueError, AttributeError) as broken:
            raise ProviderSilent("find: an answer that makes no sense") from broken

    def _session(self, payment_name: str, reference: str, started_at: datetime, timeout_s: float) -> dict[str, Any] | None:
        """Return the checkout session of a payment, or None. Where its name was never heard, those of that time are looked through."""
        if reference.startswith("cs_"):
            return self._get(f"checkout/sessions/{quote(reference)}", {}, timeout_s)
        since = {"created[gte]": str(int((started_at - timedelta(minutes=5)).timestamp()))}
        if reference.startswith("pi_"):
            since = {"payment_intent": reference}
        return next((each for each in self._all("checkout/sessions", since) if each.get("client_reference_id") == payment_name), None)

    def _intent_id(self, ask: Ask) -> str:
        if ask.reference.startswith("pi_"):
            return ask.reference
        session = self._session(ask.payment_name, ask.reference, ask.at - timedelta(days=1), ask.timeout_s)
        if session is None or not session.get("payment_intent"):
            raise ProviderSilent(f"payment {ask.payment_name} has no money there yet")
        return str(session["payment_intent"])

    def _all(self, path: str, about: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield every object of a list, the newest first. Raises ProviderSilent for one too long to look through."""
        after: dict[str, str] = {}
        for _ in range(PAGES_LOOKED_THROUGH):
            page = self._get(path, {**about, "limit": "100", **after}, TIMEOUT_S)
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}
        raise ProviderSilent(f"{path}: more than could be looked through")

    # ── hear ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def acknowledgement(self) -> Acknowledgement | None:
        return None

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, ...]:
        given = {name.lower(): value for name, value in headers.items()}.get(reading.SIGNATURE.lower(), "")
        reading.check_signature(body, given, self.webhook_secret, self.clock())
        try:
            thing = json.loads(body)["data"]["object"]
            return tuple(_READERS.get(thing["object"], _nothing)(thing))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Malformed("body", body[:80].decode("utf-8", "replace"), expected="webhook") from error

    # ── the line ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _post(self, path: str, form: Mapping[str, str], *, key: str, timeout_s: float) -> dict[str, Any]:
        headers = {"Idempotency-Key": key, "Content-Type": "application/x-www-form-urlencoded"}
        return self._read(
            wire.send("POST", self._url(path), timeout_s=timeout_s, body=urlencode(form).encode(), headers=self._signed(headers))
        )

    def _get(self, path: str, params: Mapping[str, str], timeout_s: float) -> dict[str, Any]:
        return self._read(wire.send("GET", self._url(path), timeout_s=timeout_s, params=params, headers=self._signed({})))

    def _url(self, path: str) -> str:
        return f"{self.api_url}/v1/{path}"

    def _signed(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, "Authorization": f"Bearer {self.secret_key}", "Stripe-Version": VERSION}

    def _read(self, reply: wire.Reply) -> dict[str, Any]:
        """Return what a reply says. Raises _Refused for a clear no, ProviderSilent for anything that leaves it open."""
        try:
            said = json.loads(reply.body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise ProviderSilent(f"status {reply.status} and no answer that could be read")
        if reply.status == 200:
            return said
        error = said.get("error")
        error = error if isinstance(error, dict) else {}
        if reply.status in (401, 403):
            log.error("Stripe refuses the shop's key (status %d): look at STRIPE_SECRET_KEY", reply.status)
        if reply.status in (400, 402, 404) and error.get("type") != "idempotency_error":
            raise _Refused(error)
        raise ProviderSilent(f"status {reply.status}: {str(error.get('code') or error.get('type') or '')[:60]}")


def _session_form(ask: Ask) -> dict[str, str]:
    form = {
        "mode": "payment",
        "client_reference_id": ask.payment_name,
        "payment_method_types[0]": "card",
        "locale": _LOCALES.get(ask.language, "auto"),
        "success_url": ask.return_url,
        "cancel_url": ask.return_url,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": ask.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(reading.in_stripe_units(ask.amount_minor, ask.currency)),
        "line_items[0][price_data][product_data][name]": ask.description or ask.payment_name,
        "metadata[payment_name]": ask.payment_name,
        "payment_intent_data[capture_method]": "manual",
        "payment_intent_data[description]": ask.description or ask.payment_name,
        "payment_intent_data[metadata][payment_name]": ask.payment_name,
    }
    if ask.expires_at:
        form["expires_at"] = str(int((ask.expires_at + LIVES_LONGER).timestamp()))
    return form


def _told(read: Callable[[Mapping[str, Any]], list[Answer]], thing: Mapping[str, Any]) -> list[Answer]:
    try:
        return read(thing)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        # It was done or it was not: an answer that makes no sense says neither.
        raise ProviderSilent("an answer that makes no sense") from broken


def _first(told: list[Answer], ask: Ask, *kinds: EventKind) -> Answer:
    """Return the answer of one of these kinds. Raises ProviderSilent where there is none: then nothing is certain."""
    for answer in told:
        if answer.kind in kinds:
            return answer
    raise ProviderSilent(f"payment {ask.payment_name}: no word yet")


def _no(ask: Ask, kind: EventKind, error: Mapping[str, Any]) -> Answer:
    return Answer(
        kind=kind, payment_name=ask.payment_name, key=ask.key, reference=ask.reference, operation=f"no:{ask.key}",
        amount_minor=ask.amount_minor, reason=reading.reason(error), currency=ask.currency,
    )  # fmt: skip


def _of_charge(charge: Mapping[str, Any]) -> list[Answer]:
    # Where an endpoint of an older version is kept, a charge carries its refunds.
    refunds = (charge.get("refunds") or {}).get("data") or []
    return [answer for each in refunds for answer in reading.of_refund(each)]


def _nothing(thing: Mapping[str, Any]) -> list[Answer]:
    return []


_READERS: Mapping[str, Callable[[Mapping[str, Any]], list[Answer]]] = {
    "checkout.session": reading.of_session,
    "payment_intent": reading.of_intent,
    "refund": reading.of_refund,
    "dispute": reading.of_dispute,
    "charge": _of_charge,
}
