"""What Stripe's objects mean here: sessions, payment intents, refunds and disputes as answers, and its amounts in our minor units. Pure."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from shopkeeper.kit import money
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.shapes import BadSignature, EventKind

SIGNATURE = "Stripe-Signature"
TOLERANCE_S = 300
"""How old a signed message may be: an older one may have been recorded on its way and sent again."""

_ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())

_REASONS = {
    "insufficient_funds": "insufficient_funds",
    "withdrawal_count_limit_exceeded": "insufficient_funds",
    "card_velocity_exceeded": "insufficient_funds",
    "expired_card": "expired_card",
    "fraudulent": "fraud_suspected",
    "lost_card": "fraud_suspected",
    "stolen_card": "fraud_suspected",
    "pickup_card": "fraud_suspected",
    "restricted_card": "fraud_suspected",
    "security_violation": "fraud_suspected",
    "merchant_blacklist": "fraud_suspected",
    "highest_risk_level": "fraud_suspected",
    "amount_too_large": "too_much",
    "amount_too_small": "declined",
    "charge_already_refunded": "too_much",
    "charge_disputed": "disputed",
    "charge_expired_for_capture": "expired",
    "capture_charge_authorization_expired": "expired",
    "lost_or_stolen_card": "declined",
    "expired_or_canceled_card": "expired_card",
}
"""Stripe's codes for refusals in our terms; any other is `declined`."""

_INQUIRIES = {
    "warning_needs_response": EventKind.DISPUTED,
    "warning_under_review": EventKind.DISPUTED,
    "warning_closed": EventKind.DISPUTE_WON,
}
_DISPUTES = {
    "needs_response": EventKind.DISPUTED,
    "under_review": EventKind.DISPUTED,
    "won": EventKind.DISPUTE_WON,
    "lost": EventKind.DISPUTE_LOST,
}


def in_stripe_units(minor: int, currency: str) -> int:
    """Return an amount as Stripe counts it. Raises ValueError where its unit is too coarse for the amount."""
    shift = _digits(currency) - money.exponent(currency)
    if shift < 0 and minor % 10**-shift:
        raise ValueError(f"{minor} minor units of {currency} cannot be said in Stripe's units")
    return int(minor * 10**shift) if shift >= 0 else int(minor // 10**-shift)


def in_minor_units(amount: int, currency: str) -> int:
    """Return Stripe's amount in our minor units; -1, which is no amount, where it is not a whole number of them."""
    shift = _digits(currency) - money.exponent(currency)
    if shift > 0 and amount % 10**shift:
        return -1
    return int(amount // 10**shift) if shift >= 0 else int(amount * 10**-shift)


def _digits(currency: str) -> int:
    if currency in _ZERO_DECIMAL:
        return 0
    # ISK and UGX have no hundredths any more; Stripe counts in them all the same.
    return 3 if currency in _THREE_DECIMAL else 2


def reason(error: Mapping[str, Any]) -> str:
    """Return Stripe's refusal in our terms; the bank's own code says more than Stripe's."""
    for code in (error.get("decline_code"), error.get("code")):
        if code in _REASONS:
            return _REASONS[str(code)]
    return "declined"


def check_signature(body: bytes, header: str, secret: str, now: float) -> None:
    """Return if one of the header's signatures is the body's and it was signed lately. Raises BadSignature."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [text for name, _, text in parts if name == "t"]
    signed_at = times[0] if times and times[0].isascii() and times[0].isdigit() and len(times[0]) < 13 else ""
    expected = hmac.new(secret.encode(), signed_at.encode() + b"." + body, sha256).hexdigest().encode()
    given = [text.encode("utf-8", "surrogateescape") for name, _, text in parts if name == "v1"]
    # Every one is compared, so that the time it takes tells nothing. While a secret is being changed there are two.
    is_signed = sum(hmac.compare_digest(expected, each) for each in given) > 0
    if not signed_at or not is_signed:
        raise BadSignature("The webhook's signature does not match its body", field=SIGNATURE)
    if abs(now - int(signed_at)) > TOLERANCE_S:
        raise BadSignature("The webhook was signed too long ago, or by a clock that goes wrong", field=SIGNATURE, value=signed_at)


def of_session(session: Mapping[str, Any]) -> list[Answer]:
    """Return what a checkout session says by itself; a completed one leaves the word to its payment intent."""
    name = str(session["client_reference_id"] or "")
    marks = session.get("metadata") or {}
    say = _speaker(session, "amount_total", name=name, reference=str(session.get("payment_intent") or session["id"]))
    if session["status"] == "open":
        return [say(EventKind.CONFIRMATION_NEEDED, key=name, operation=session["id"], redirect_url=session["url"])]
    if session["status"] == "expired" and marks.get("void_key"):
        return [say(EventKind.VOIDED, key=marks["void_key"], operation=session["id"], amount_minor=0)]
    if session["status"] == "expired":
        return [say(EventKind.DECLINED, key=name, operation=session["id"], reason="expired")]
    return []


def of_intent(intent: Mapping[str, Any]) -> list[Answer]:
    """Return what a payment intent says, oldest first."""
    marks = intent.get("metadata") or {}
    name, status = str(marks.get("payment_name", "")), intent["status"]
    say = _speaker(intent, "amount", name=name, reference=intent["id"])
    if status == "requires_capture":
        return [say(EventKind.AUTHORIZED, key=name, operation=intent["id"], amount=intent["amount_capturable"])]
    if status == "succeeded":
        taken, charge = intent["amount_received"], _id(intent.get("latest_charge")) or intent["id"]
        told = [say(EventKind.AUTHORIZED, key=name, operation=intent["id"])]
        told.append(say(EventKind.CAPTURED, key=marks.get("capture_key", ""), operation=charge, amount=taken))
        if taken < intent["amount"]:
            # Stripe takes once; what was not taken then is let go of.
            told.append(say(EventKind.VOIDED, key="", operation=f"{intent['id']}:rest", amount=intent["amount"] - taken))
        return told
    if status == "canceled":
        return [say(EventKind.VOIDED, key=marks.get("void_key", ""), operation=intent["id"])]
    error = intent.get("last_payment_error")
    if status == "requires_payment_method" and error:
        # The page stays open: the buyer may try another card there.
        failed = _id(error.get("charge")) or _id(intent.get("latest_charge")) or intent["id"]
        return [say(EventKind.CONFIRMATION_NEEDED, key=name, operation=failed, reason=reason(error))]
    return []


def of_refund(refund: Mapping[str, Any]) -> list[Answer]:
    """Return what became of a refund; nothing while it is under way."""
    marks = refund.get("metadata") or {}
    say = _speaker(refund, "amount", name=str(marks.get("payment_name", "")), reference=_id(refund.get("payment_intent")))
    key = str(marks.get("key", ""))
    if refund["status"] == "succeeded":
        return [say(EventKind.REFUNDED, key=key, operation=refund["id"])]
    if refund["status"] in ("failed", "canceled"):
        why = reason({"code": refund.get("failure_reason")})
        return [say(EventKind.REFUND_FAILED, key=key, operation=refund["id"], reason=why)]
    return []


def of_dispute(dispute: Mapping[str, Any]) -> list[Answer]:
    """Return what became of a dispute, or of a bank's inquiry that has withdrawn nothing yet."""
    status, due = dispute["status"], (dispute.get("evidence_details") or {}).get("due_by")
    say = _speaker(dispute, "amount", name="", reference=_id(dispute.get("payment_intent")))
    due_at = datetime.fromtimestamp(due, UTC) if due else None
    if status in _INQUIRIES:
        return [say(_INQUIRIES[status], key="", operation=f"{dispute['id']}:inquiry", amount_minor=0, due_at=due_at)]
    if status in _DISPUTES:
        return [say(_DISPUTES[status], key="", operation=dispute["id"], due_at=due_at)]
    return []


def _speaker(thing: Mapping[str, Any], amount_field: str, *, name: str, reference: str) -> Callable[..., Answer]:
    """Return how to say something of this object: by default with its own amount, in its currency."""
    currency = str(thing["currency"]).upper()

    def say(kind: EventKind, *, amount: int | None = None, amount_minor: int | None = None, **told: Any) -> Answer:
        stated = int(thing[amount_field]) if amount is None else amount
        minor = in_minor_units(stated, currency) if amount_minor is None else amount_minor
        return Answer(kind=kind, payment_name=name, reference=reference, amount_minor=minor, currency=currency, **told)

    return say


def _id(thing: Any) -> str:
    """Return the id of what may stand there in full or by its id alone."""
    return str(thing["id"] if isinstance(thing, Mapping) else thing or "")
