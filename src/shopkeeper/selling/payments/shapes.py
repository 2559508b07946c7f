"""Payments as they cross their room's face. Money in minor units of the book currency."""

from collections.abc import Mapping
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


ASKS = frozenset({EventKind.AUTHORIZE_ASKED, EventKind.CAPTURE_ASKED, EventKind.VOID_ASKED, EventKind.REFUND_ASKED})
"""Our own words in the stream; the rest are the provider's."""


class PaymentState(StrEnum):
    """Derived from events: pending (asked, no answer yet), authorized, captured, declined, voided."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """`key` is the idempotency key of the request this event is, or answers (empty where nobody asked); `reference` the
    provider's name for what it did; `reason` its word for a refusal, in our terms."""

    kind: EventKind
    amount_minor: int
    key: str
    reference: str
    reason: str
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

    @property
    def capturable_minor(self) -> int:
        return max(0, self.authorized_minor - self.captured_minor - self.capture_pending_minor - self.voided_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to pay an order. `name` is what the provider knows it by; keys of further requests are made from it."""

    id: PaymentId
    order_id: OrderId
    name: str
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
    redirect_url: str = ""

    def is_asked(self, key: str) -> bool:
        """Return whether a request was made under `key`."""
        return any(event.key == key and event.kind in ASKS for event in self.events)

    def answer_to(self, key: str) -> EventKind | None:
        """Return the provider's word on the request made under `key`; None while it is silent."""
        told = [event.kind for event in self.events if event.key == key and event.kind not in ASKS]
        return told[-1] if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A message from a provider as it came over the wire."""

    provider: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure of the payments' books that does not fit its events; `subject` is like `payment:12`."""

    check: str
    subject: str
    expected: int | str
    found: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """What the providers hold and gave back for one order, over all its payments; not settled: some news is not acted on yet."""

    order_id: OrderId
    authorized_minor: int
    captured_minor: int
    voided_minor: int
    refunded_minor: int
    refund_pending_minor: int
    is_settled: bool

    @property
    def reserved_minor(self) -> int:
        return max(0, self.authorized_minor - self.captured_minor - self.voided_minor)

    @property
    def kept_minor(self) -> int:
        return self.captured_minor - self.refunded_minor - self.refund_pending_minor


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


class CapturePending(Refusal):
    """Money cannot be let go of while the provider has not said whether it took it; `amount_minor` is what was asked to be taken."""

    code = "capture_pending"

    def __init__(self, amount_minor: int) -> None:
        super().__init__(f"{amount_minor} is being taken: what became of it is not known yet", field="void", value=amount_minor)
        self.amount_minor = amount_minor


class BadSignature(Refusal):
    """A webhook whose signature does not match; it was not read."""

    code = "bad_signature"


class UnknownProvider(Refusal):
    """No adapter of that name is installed."""

    code = "unknown_provider"
