"""Payments as they cross their room's face. Money in minor units of the book currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.kit.refusals import Refusal


class EventKind(StrEnum):
    """What happened to a payment. A request is our word; every other kind is the provider's."""

    AUTHORIZE_ASKED = "authorize_asked"
    AUTHORIZED = "authorized"
    DECLINED = "declined"
    CAPTURE_ASKED = "capture_asked"
    CAPTURED = "captured"
    VOID_ASKED = "void_asked"
    VOIDED = "voided"
    REFUND_ASKED = "refund_asked"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    FAILED = "failed"


class PaymentState(StrEnum):
    """Derived from events: pending (asked, no answer yet), authorized, captured, declined, voided."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    kind: EventKind
    amount_minor: int
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Sums over a payment's events: settled by the provider, or asked and still pending."""

    authorized_minor: int
    captured_minor: int
    voided_minor: int
    refunded_minor: int
    capture_pending_minor: int
    refund_pending_minor: int

    @property
    def refundable_minor(self) -> int:
        return self.captured_minor - self.refunded_minor - self.refund_pending_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    id: PaymentId
    order_id: OrderId
    provider: str
    method: str
    amount_minor: int
    currency: str
    state: PaymentState
    balance: Balance
    reference: str
    decline_reason: str
    events: tuple[PaymentEvent, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to pay that checkout offers. `code` goes back to `payments.start`."""

    code: str
    provider: str
    is_test: bool


class PaymentRefused(Refusal):
    """The provider declined; `reason` is its word in our terms (declined, insufficient_funds, expired_card, fraud_suspected)."""

    code = "payment_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Payment refused: {reason}", field="payment", value=reason)
        self.reason = reason


class TooMuch(Refusal):
    """More money asked back, or captured, than there is; `most` is what is left."""

    code = "too_much"

    def __init__(self, field: str, asked: int, most: int) -> None:
        super().__init__(f"{field}: {asked} asked, {most} left", field=field, value=asked)
        self.most = most


class BadSignature(Refusal):
    """A webhook whose signature does not match; it was not read."""

    code = "bad_signature"
