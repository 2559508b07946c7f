"""A local fake of Stripe: its API over HTTP, the page on which a buyer pays, signed webhooks, and misbehaviour on request.

It speaks version 2024-10-28.acacia of the published protocol as far as `adapters/stripe.py` uses it, keeps everything in memory, and moves
no money. For trying a shop out by hand, with PUBLIC_URL where the shop answers:

    python -m shopkeeper.selling.payments.adapters.fakes.stripe --port 8123 --webhook http://127.0.0.1:8000/api/v1/webhooks/stripe
    STRIPE_SECRET_KEY=sk_test_fake STRIPE_WEBHOOK_SECRET=whsec_fake STRIPE_API_URL=http://127.0.0.1:8123 shopkeeper up

Misbehaviour (`misbehave`, or POST /_fake/misbehave with `what` and `path`), each for the next request whose path holds `path`:

slow           does the thing, and answers after `slow_s` seconds
lost           does the thing, and breaks the line instead of answering
error_after    does the thing, and answers 500, now and whenever the key comes again
error_before   answers 500 and does nothing
busy           answers 429 and does nothing
conflict       answers 409 and does nothing
nonsense       does the thing, and answers something that is no JSON
wrong_amount   the buyer's bank reserves one unit less than was asked
wrong_currency the buyer's bank reserves in another currency
duplicate      every webhook goes out twice from now on
out_of_order   webhooks wait and go out the newest first from now on
bad_signature  webhooks are signed with another secret from now on
"""

import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import ThreadingHTTPServer
from typing import Any, cast

from shopkeeper.kit.ids import new_token
from shopkeeper.selling.payments.adapters import wire
from shopkeeper.selling.payments.adapters.provider import ProviderSilent
from shopkeeper.selling.payments.shapes import Webhook

VERSIONS = ("2024-10-28.acacia",)
SHORTEST_S, LONGEST_S = 1_800, 86_400
LEAST_AMOUNT = 30
LASTING = ("duplicate", "out_of_order", "bad_signature")
DECLINES = ("insufficient_funds", "expired_card", "stolen_card", "generic_decline")

Json = dict[str, Any]


class Refused(Exception):
    """An answer other than 200: a status and Stripe's error object."""

    def __init__(self, status: int, message: str, **error: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": "invalid_request_error", "message": message, **error}}


@dataclass
class FakeStripe:
    """The provider's side: what it knows, and what it does. `notify_url` empty: webhooks wait for `webhooks()`."""

    secret_key: str = "sk_test_fake"  # noqa: S105 - of a fake
    webhook_secret: str = "whsec_fake"  # noqa: S105 - of a fake
    notify_url: str = ""
    slow_s: float = 2.0
    clock: Callable[[], float] = time.time
    sessions: dict[str, Json] = field(default_factory=dict)
    intents: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    answered: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._outbox: list[Webhook] = []
        self._awaited: list[tuple[str, str]] = []
        self._lasting: set[str] = set()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    # ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, port: int = 0) -> "FakeStripe":
        """Listen on the loopback address and return itself."""
        from shopkeeper.selling.payments.adapters.fakes.stripe_door import Door

        handler = type("FakeStripeDoor", (Door,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # ── on request ────────────────────────────────────────────────────────────────────────────────────────────────────

    def misbehave(self, what: str, path: str = "") -> None:
        """Do `what` at the next request whose path holds `path`, or from now on; see the module's text."""
        with self._lock:
            if what in LASTING:
                self._lasting.add(what)
            else:
                self._awaited.append((what, path))

    def behave(self) -> None:
        """Forget all misbehaviour that was asked for."""
        with self._lock:
            self._lasting.clear()
            self._awaited.clear()

    def misbehaves(self, what: str, path: str) -> bool:
        with self._lock:
            found = next((each for each in self._awaited if each[0] == what and each[1] in path), None)
            if found:
                self._awaited.remove(found)
            return found is not None

    def webhooks(self) -> list[Webhook]:
        """Take the messages that wait to go out, in the order in which they go."""
        with self._lock:
            taken, self._outbox = self._outbox, []
        return taken[::-1] if "out_of_order" in self._lasting else taken

    def deliver(self) -> int:
        """Send the messages that wait to the shop and return how many it took; one it refuses is lost."""
        taken = 0
        for message in self.webhooks():
            with suppress(ProviderSilent):
                reply = wire.send("POST", self.notify_url, timeout_s=20, body=message.body, headers=dict(message.headers))
                taken += reply.status == 200
        return taken

    def session_of(self, payment_name: str) -> Json:
        return next(each for each in reversed(self.sessions.values()) if each["client_reference_id"] == payment_name)

    def intent_of(self, payment_name: str) -> Json:
        return next(each for each in reversed(self.intents.values()) if each["metadata"].get("payment_name") == payment_name)

    # ── the buyer ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def pay(self, session_id: str) -> Json:
        """The buyer pays on the page: the bank reserves the money."""
        with self._lock:
            session = self._open_session(session_id)
            intent = self._intent_for(session)
            if self.misbehaves("wrong_amount", session_id):
                intent["amount"] -= 1
            if self.misbehaves("wrong_currency", session_id):
                intent["currency"] = "usd" if intent["currency"] != "usd" else "eur"
            intent |= {
                "status": "requires_capture", "amount_capturable": intent["amount"], "latest_charge": _new("ch"),
                "last_payment_error": None,
            }  # fmt: skip
            session |= {"status": "complete", "url": None}
            self._tell("payment_intent.amount_capturable_updated", intent)
            self._tell("checkout.session.completed", session)
            return session

    def decline(self, session_id: str, code: str = "insufficient_funds") -> Json:
        """The buyer's bank says no; the page stays open."""
        with self._lock:
            session = self._open_session(session_id)
            intent = self._intent_for(session)
            charge = _new("ch")
            error = {"type": "card_error", "code": "card_declined", "decline_code": code, "charge": charge, "message": "Declined."}
            intent |= {"status": "requires_payment_method", "latest_charge": charge, "last_payment_error": error}
            self._tell("payment_intent.payment_failed", intent)
            return session

    def expire(self, session_id: str) -> Json:
        """The page's time is up."""
        with self._lock:
            session = self._open_session(session_id)
            session |= {"status": "expired", "url": None}
            self._tell("checkout.session.expired", session)
            return session

    def _intent_for(self, session: Json) -> Json:
        if session["payment_intent"]:
            return self.intents[session["payment_intent"]]
        data = session["_intent_data"]
        intent = {
            "id": _new("pi"), "object": "payment_intent", "amount": session["amount_total"], "amount_capturable": 0, "amount_received": 0,
            "currency": session["currency"], "status": "requires_payment_method", "capture_method": data.get("capture_method", "automatic"),
            "description": data.get("description"), "metadata": dict(data.get("metadata", {})), "latest_charge": None,
            "created": self._now(), "last_payment_error": None, "cancellation_reason": None, "livemode": False,
        }  # fmt: skip
        self.intents[intent["id"]] = intent
        session["payment_intent"] = intent["id"]
        return intent

    def _open_session(self, session_id: str) -> Json:
        session = self._known(self.sessions, session_id, "checkout.session")
        if session["status"] == "open" and session["expires_at"] <= self._now():
            session |= {"status": "expired", "url": None}
            self._tell("checkout.session.expired", session)
        if session["status"] != "open":
            raise Refused(400, f'Only Checkout Sessions with a status in ["open"] can be used. This one is {session["status"]}.')
        return session

    # ── the bank, and the merchant's own console ──────────────────────────────────────────────────────────────────────

    def dispute(self, payment_name: str, *, amount: int | None = None, due_by: int | None = None, status: str = "needs_response") -> Json:
        """The buyer's bank takes the money back, or with a `warning_…` status only asks."""
        with self._lock:
            intent = self.intent_of(payment_name)
            dispute = {
                "id": _new("dp"), "object": "dispute", "amount": intent["amount_received"] if amount is None else amount,
                "currency": intent["currency"], "charge": intent["latest_charge"], "payment_intent": intent["id"], "status": status,
                "reason": "fraudulent", "created": self._now(), "evidence_details": {"due_by": due_by}, "metadata": {},
            }  # fmt: skip
            self.disputes[dispute["id"]] = dispute
            self._tell("charge.dispute.created", dispute)
            if not status.startswith("warning_"):
                self._tell("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def decide(self, dispute_id: str, status: str) -> Json:
        """The bank decides: won, lost, warning_closed; needs_response turns a question into a dispute."""
        with self._lock:
            dispute = self.disputes[dispute_id]
            dispute["status"] = status
            self._tell("charge.dispute.updated" if status == "needs_response" else "charge.dispute.closed", dispute)
            return dispute

    def refund_by_hand(self, payment_name: str, amount: int) -> Json:
        """The merchant refunds in Stripe's own console: nothing of ours is noted on it."""
        with self._lock:
            return self._refunded(self.intent_of(payment_name), amount, {})

    def pay_elsewhere(self, amount: int, currency: str = "gbp", name: str = "", *, is_told: bool = True) -> Json:
        """Somebody else who uses the account is paid: another shop under a name of its own, or the merchant in Stripe's console."""
        with self._lock:
            marks = {"payment_name": name} if name else {}
            session = {"payment_intent": None, "amount_total": amount, "currency": currency, "_intent_data": {"metadata": marks}}
            intent = self._intent_for(session)
            intent |= {"status": "succeeded", "amount_received": amount, "latest_charge": _new("ch")}
            if is_told:
                self._tell("payment_intent.succeeded", intent)
            return intent

    def bounce(self, refund_id: str) -> Json:
        """The buyer's bank sends a refund back."""
        with self._lock:
            refund = self.refunds[refund_id]
            refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
            self._tell("refund.failed", refund)
            return refund

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, method: str, path: str, form: Mapping[str, str], key: str) -> tuple[int, Json]:
        """Do what a request asks for, once per key, and return the status and the body."""
        with self._lock:
            self.requests.append((method, path, key))
            said = f"{path}?{sorted(form.items())}"
            if key in self.answered and method == "POST":
                asked, status, body = self.answered[key]
                if asked != said:
                    return 400, {"error": {"type": "idempotency_error", "message": "Keys can only be used with the same parameters."}}
                return status, body
            try:
                status, body = 200, self._do(method, path.removeprefix("/v1/").split("/"), _nested(form))
            except Refused as refused:
                status, body = refused.status, refused.body
            if self.misbehaves("error_after", path):
                status, body = 500, {"error": {"type": "api_error", "message": "Something went wrong."}}
            body = json.loads(json.dumps(_public(body)))
            if key and method == "POST":
                self.answered[key] = (said, status, body)
            return status, body

    def _do(self, method: str, parts: list[str], form: Json) -> Json:  # noqa: PLR0911 - a table of routes
        match [method, *parts]:
            case ["POST", "checkout", "sessions"]:
                return self._make_session(form)
            case ["GET", "checkout", "sessions"]:
                return self._list(self.sessions, form)
            case ["GET", "checkout", "sessions", session_id]:
                return self._known(self.sessions, session_id, "checkout.session")
            case ["POST", "checkout", "sessions", session_id]:
                return self._mark(self._known(self.sessions, session_id, "checkout.session"), form)
            case ["POST", "checkout", "sessions", session_id, "expire"]:
                return self.expire(session_id)
            case ["GET", "payment_intents", intent_id]:
                return self._known(self.intents, intent_id, "payment_intent")
            case ["POST", "payment_intents", intent_id]:
                return self._mark(self._known(self.intents, intent_id, "payment_intent"), form)
            case ["POST", "payment_intents", intent_id, "capture"]:
                return self._capture(self._known(self.intents, intent_id, "payment_intent"), form)
            case ["POST", "payment_intents", intent_id, "cancel"]:
                return self._cancel(self._known(self.intents, intent_id, "payment_intent"))
            case ["POST", "refunds"]:
                return self._refund(form)
            case ["GET", "refunds"]:
                return self._list(self.refunds, form)
            case ["GET", "disputes"]:
                return self._list(self.disputes, form)
        raise Refused(404, f"Unrecognized request URL ({method}: {'/'.join(parts)}).")

    def _make_session(self, form: Json) -> Json:
        (item,) = form["line_items"].values()
        price, now = item["price_data"], self._now()
        amount, expires_at = int(price["unit_amount"]) * int(item["quantity"]), int(form.get("expires_at", now + LONGEST_S))
        if amount < LEAST_AMOUNT:
            raise Refused(400, "The Checkout Session's total amount is too small.", code="amount_too_small")
        if not now + SHORTEST_S <= expires_at <= now + LONGEST_S:
            raise Refused(400, "`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
        session = {
            "id": _new("cs_test"), "object": "checkout.session", "mode": form["mode"], "status": "open", "payment_status": "unpaid",
            "amount_total": amount, "currency": price["currency"], "client_reference_id": form.get("client_reference_id"),
            "success_url": form["success_url"], "cancel_url": form["cancel_url"], "expires_at": expires_at, "created": now,
            "locale": form.get("locale", "auto"), "metadata": dict(form.get("metadata", {})), "payment_intent": None, "livemode": False,
            "_intent_data": form.get("payment_intent_data", {}), "_name": price["product_data"]["name"],
        }  # fmt: skip
        session["url"] = f"{self.url}/c/pay/{session['id']}"
        self.sessions[session["id"]] = session
        return session

    def _mark(self, thing: Json, form: Json) -> Json:
        thing["metadata"] |= form.get("metadata", {})
        return thing

    def _capture(self, intent: Json, form: Json) -> Json:
        amount = int(form.get("amount_to_capture") or intent["amount_capturable"])
        if intent["status"] != "requires_capture":
            raise self._unexpected(intent, "captured")
        if amount > intent["amount_capturable"]:
            raise Refused(400, "The amount is greater than what can be captured.", code="amount_too_large", payment_intent=intent)
        self._mark(intent, form)
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        self._tell("payment_intent.succeeded", intent)
        self._tell("charge.captured", self._charge(intent))
        return intent

    def _cancel(self, intent: Json) -> Json:
        if intent["status"] in ("succeeded", "canceled"):
            raise self._unexpected(intent, "canceled")
        intent |= {"status": "canceled", "amount_capturable": 0}
        self._tell("payment_intent.canceled", intent)
        return intent

    def _unexpected(self, intent: Json, act: str) -> Refused:
        said = f"This PaymentIntent could not be {act} because it has a status of {intent['status']}."
        return Refused(400, said, code="payment_intent_unexpected_state", payment_intent=intent)

    def _refund(self, form: Json) -> Json:
        intent = self._known(self.intents, form["payment_intent"], "payment_intent")
        return self._refunded(intent, int(form["amount"]), dict(form.get("metadata", {})))

    def _refunded(self, intent: Json, amount: int, metadata: Json) -> Json:
        lost = sum(
            each["amount"] for each in self._of(self.disputes, intent) if each["status"] in ("needs_response", "under_review", "lost")
        )
        gone = sum(each["amount"] for each in self._of(self.refunds, intent) if each["status"] != "failed")
        if lost:
            raise Refused(400, "The charge has been charged back.", code="charge_disputed")
        if gone + amount > intent["amount_received"]:
            raise Refused(400, "The refund is greater than what is left.", code="charge_already_refunded")
        refund = {
            "id": _new("re"), "object": "refund", "amount": amount, "currency": intent["currency"], "charge": intent["latest_charge"],
            "payment_intent": intent["id"], "status": "succeeded", "metadata": metadata, "created": self._now(), "failure_reason": None,
        }  # fmt: skip
        self.refunds[refund["id"]] = refund
        self._tell("refund.created", refund)
        self._tell("charge.refunded", self._charge(intent))
        return refund

    def _charge(self, intent: Json) -> Json:
        return {
            "id": intent["latest_charge"], "object": "charge", "amount": intent["amount"], "amount_captured": intent["amount_received"],
            "amount_refunded": sum(each["amount"] for each in self._of(self.refunds, intent)), "currency": intent["currency"],
            "payment_intent": intent["id"], "metadata": intent["metadata"], "status": "succeeded", "captured": True,
        }  # fmt: skip

    def _of(self, things: Mapping[str, Json], intent: Json) -> list[Json]:
        return [each for each in things.values() if each["payment_intent"] == intent["id"]]

    def _list(self, things: Mapping[str, Json], form: Json) -> Json:
        since = int(form.get("created", {}).get("gte", 0))
        intent, limit, after = form.get("payment_intent"), int(str(form.get("limit", 10))), form.get("starting_after")
        found = [each for each in reversed(list(things.values())) if each["created"] >= since and intent in (None, each["payment_intent"])]
        if after:
            found = found[[each["id"] for each in found].index(after) + 1 :]
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}

    def _known(self, things: Mapping[str, Json], thing_id: str, kind: str) -> Json:
        if thing_id not in things:
            raise Refused(404, f"No such {kind}: '{thing_id}'", code="resource_missing")
        return things[thing_id]

    def _now(self) -> int:
        return int(self.clock())

    # ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell(self, kind: str, thing: Json) -> None:
        event = {
            "id": _new("evt"), "object": "event", "type": kind, "created": self._now(), "livemode": False, "api_version": VERSIONS[0],
            "data": {"object": _public(thing)},
        }  # fmt: skip
        message = self.signed(json.dumps(event).encode())
        self._outbox += [message] * (2 if "duplicate" in self._lasting else 1)
        if self.notify_url and "out_of_order" not in self._lasting:
            threading.Thread(target=self.deliver, daemon=True).start()

    def signed(self, body: bytes, *, at: float | None = None) -> Webhook:
        """Return a body as a signed message."""
        secret = "whsec_of_another" if "bad_signature" in self._lasting else self.webhook_secret
        stamp = int(time.time() if at is None else at)
        sign = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={stamp},v1={sign}", "Content-Type": "application/json; charset=utf-8"}
        return Webhook(provider="stripe", body=body, headers=headers)


def _new(kind: str) -> str:
    return f"{kind}_{new_token()}"


def _public(thing: Any) -> Any:
    """Return a copy of an object as it goes over the wire: what only the fake needs to know is left out."""
    if isinstance(thing, dict):
        return {name: _public(value) for name, value in thing.items() if not name.startswith("_")}
    return [_public(each) for each in thing] if isinstance(thing, list) else thing


def _nested(form: Mapping[str, str]) -> Json:
    """Return `a[b][c]=d` as nested dictionaries."""
    found: Json = {}
    for name, value in form.items():
        *ways, last = name.replace("]", "").split("[")
        inner = found
        for way in ways:
            inner = inner.setdefault(way, {})
        inner[last] = value
    return found


def main() -> None:
    """Run the fake by itself until it is stopped."""
    import argparse

    parser = argparse.ArgumentParser(description="A fake of Stripe on the loopback address; no money moves.")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--webhook", default="", help="where the shop hears webhooks")
    given = parser.parse_args()
    fake = FakeStripe(notify_url=cast(str, given.webhook)).start(given.port)
    print(f"Fake of Stripe at {fake.url}, key {fake.secret_key}, webhook secret {fake.webhook_secret}")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    fake.stop()


if __name__ == "__main__":
    # By its own name, or the door would know other classes than this module run by hand.
    from shopkeeper.selling.payments.adapters.fakes import stripe  # noqa: PLW0406 - see above

    stripe.main()
