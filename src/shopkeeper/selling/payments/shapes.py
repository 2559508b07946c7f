"""Payments as they cross their room's face. Money in minor units of the book currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from shopkeeper.kit.ids import OrderId, PaymentId
from shopkeeper.kit.refusals import Malformed, Refusal


class EventKind(StrEnum):
    """What happened to a payment. A request is our word; every other kind is the provider's.

    confirmation_needed: the buyer must do something first. disputed: money withdrawn by the buyer's bank. mismatched: money in another
    currency than the payment's, or of no use as money for it; it counts for nothing here.
    """

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
    CONFIRMATION_NEEDED = "confirmation_needed"
    MISMATCHED = "mismatched"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


ASKS = frozenset({EventKind.AUTHORIZE_ASKED, EventKind.CAPTURE_ASKED, EventKind.VOID_ASKED, EventKind.REFUND_ASKED})
"""Our own words in the stream; the rest are the provider's."""

NO_ANSWERS = frozenset({EventKind.CONFIRMATION_NEEDED, EventKind.MISMATCHED})
"""Words of the provider that leave a request open."""

_CONFIRMED = frozenset({EventKind.AUTHORIZED, EventKind.CAPTURED, EventKind.DECLINED, EventKind.VOIDED})

ABANDONED = "abandoned"
"""Our own word on a payment that nobody waits for any more; the provider may still be paid."""


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
    provider's name for what it did; `reason` its word for a refusal, in our terms; `due_at` until when a dispute may be answered."""

    kind: EventKind
    amount_minor: int
    key: str
    reference: str
    reason: str
    at: datetime
    due_at: datetime | None = None


class DisputeState(StrEnum):
    """asked (the bank asks, no money has gone), open (the money is withdrawn), won (it came back), lost (it is gone)."""

    ASKED = "asked"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Money the buyer's bank withdrew, or may; `name` is the provider's. Derived from events; `due_at`: until when it may be answered."""

    name: str
    state: DisputeState
    amount_minor: int
    opened_at: datetime
    due_at: datetime | None

    @property
    def is_to_answer(self) -> bool:
        return self.state in (DisputeState.ASKED, DisputeState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Sums over a payment's events: settled by the provider, or asked and still pending.

    `disputed_minor`: withdrawn by the buyer's bank, not decided yet; `lost_minor`: withdrawn for good.
    """

    authorized_minor: int
    captured_minor: int
    voided_minor: int
    refunded_minor: int
    capture_pending_minor: int
    refund_pending_minor: int
    disputed_minor: int = 0
    lost_minor: int = 0

    @property
    def refundable_minor(self) -> int:
        # What the bank has withdrawn is with the buyer already.
        withdrawn = self.disputed_minor + self.lost_minor
        return max(0, self.captured_minor - self.refunded_minor - self.refund_pending_minor - withdrawn)

    @property
    def settled_minor(self) -> int:
        """What the provider has for the shop by its own words: taken, less what it gave back and what banks withdrew."""
        return self.captured_minor - self.refunded_minor - self.disputed_minor - self.lost_minor

    @property
    def pending_minor(self) -> int:
        """What may still come: reserved and neither taken nor let go of, a request to take it included."""
        return max(0, self.authorized_minor - self.captured_minor - self.voided_minor)

    @property
    def capturable_minor(self) -> int:
        return max(0, self.authorized_minor - self.captured_minor - self.capture_pending_minor - self.voided_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to pay an order. `name` is what the provider knows it by; keys of further requests are made from it.

    `redirect_url`, `qr_text`: where, or by what QR code, the buyer confirms it; `expires_at`: until when that is of use.
    `description`, `language`, `return_url`: what the provider's page says and where it leads back to. `is_awake`: something of it may be
    left to do, so that the sweeper looks at it.
    """

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
    qr_text: str = ""
    expires_at: datetime | None = None
    disputes: tuple[Dispute, ...] = ()
    description: str = ""
    language: str = "en"
    return_url: str = ""
    is_awake: bool = False

    @property
    def awaits_buyer(self) -> bool:
        """Whether the buyer was asked to confirm and the provider may still be paid: it has said neither yes nor no, nor closed it."""
        kinds = {event.kind for event in self.events}
        is_refused = any(event.kind is EventKind.FAILED and event.key == self.name and event.reason != ABANDONED for event in self.events)
        return EventKind.CONFIRMATION_NEEDED in kinds and not kinds & _CONFIRMED and not is_refused

    @property
    def last_refusal(self) -> str:
        """Why the buyer's last try to confirm failed, in our terms; empty where none did."""
        tries = [event.reason for event in self.events if event.kind is EventKind.CONFIRMATION_NEEDED and event.reason]
        return tries[-1] if tries else ""

    def is_asked(self, key: str) -> bool:
        """Return whether a request was made under `key`."""
        return any(event.key == key and event.kind in ASKS for event in self.events)

    @property
    def has_mismatched(self) -> bool:
        """Whether money came for it that cannot pay it: another currency, or no amount."""
        return any(event.kind is EventKind.MISMATCHED for event in self.events)

    def answer_to(self, key: str) -> EventKind | None:
        """Return the provider's word on the request made under `key`; None while it is silent."""
        told = [event.kind for event in self.events if event.key == key and event.kind not in ASKS | NO_ANSWERS]
        return told[-1] if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is about to be asked of a provider, under a key that makes repeating it safe. `kind` is one of ours (`…_asked`)."""

    kind: EventKind
    amount_minor: int
    key: str


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
    """What the providers hold and gave back for one order, over all its payments; not settled: some news is not acted on yet.

    `withdrawn_minor`: what the buyers' banks took back, decided or not: the providers do not keep it, and the order did not give it.
    """

    order_id: OrderId
    authorized_minor: int
    captured_minor: int
    voided_minor: int
    refunded_minor: int
    refund_pending_minor: int
    is_settled: bool
    withdrawn_minor: int = 0

    @property
    def reserved_minor(self) -> int:
        return max(0, self.authorized_minor - self.captured_minor - self.voided_minor)

    @property
    def kept_minor(self) -> int:
        return self.captured_minor - self.refunded_minor - self.refund_pending_minor - self.withdrawn_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyInAll:
    """What payments amount to together, derived from their events: with the providers, still to come, asked back without an answer."""

    settled_minor: int
    pending_minor: int
    refund_pending_minor: int


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


class MoneyDisputed(Refusal):
    """Money the buyer's bank has withdrawn cannot be given back as well; `most` is what is left, `withdrawn_minor` what is not here."""

    code = "money_disputed"

    def __init__(self, asked: int, most: int, withdrawn_minor: int, currency: str) -> None:
        super().__init__(f"{asked} asked back, {most} left: {withdrawn_minor} withdrawn by the bank", field="refund", value=asked)
        self.most, self.withdrawn_minor, self.currency = most, withdrawn_minor, currency


class CapturePending(Refusal):
    """Money cannot be let go of while the provider has not said whether it took it; `amount_minor` is what was asked to be taken."""

    code = "capture_pending"

    def __init__(self, amount_minor: int) -> None:
        super().__init__(f"{amount_minor} is being taken: what became of it is not known yet", field="void", value=amount_minor)
        self.amount_minor = amount_minor


class BadSignature(Refusal):
    """A webhook whose signature does not match; it was not read."""

    code = "bad_signature"


class ProviderBusy(Refusal):
    """A message cannot be taken in now: the provider has to be asked about it and keeps silent. It will send it again."""

    code = "provider_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a provider wants to read once its message has been taken in."""

    status: int
    content_type: str
    body: bytes


class UnknownProvider(Refusal):
    """No adapter of that name is installed."""

    code = "unknown_provider"


class NoStatement(Malformed):
    """A file is no statement of its provider: it lacks `columns`, in the order in which they are looked for; where empty, it is no text."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__("file", ", ".join(columns), expected="statement")
        self.columns = tuple(columns)


class UnusableKey(Exception):
    """A key that a setting names cannot be used; the text names the file or the setting and what is wrong, never the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOffered:
    """A provider that stands in the settings and takes no payments all the same. `value`: the currency it needs, or what is wrong."""

    UNUSABLE_KEY: ClassVar[str] = "unusable_key"
    WRONG_CURRENCY: ClassVar[str] = "wrong_currency"

    provider: str
    reason: str
    value: str


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────────


class LineKind(StrEnum):
    """What a line of a provider's statement is about; other: a fee, a payout, something still under way."""

    PAYMENT = "payment"
    REFUND = "refund"
    OTHER = "other"
    UNREADABLE = "unreadable"


class Outcome(StrEnum):
    """What became of a line. repeated: the act it tells answers for another line already; ours_only: no line tells of our act."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    THEIRS_ONLY = "theirs_only"
    OURS_ONLY = "ours_only"
    REPEATED = "repeated"
    NOT_COMPARED = "not_compared"
    UNREADABLE = "unreadable"


DIFFERENCES = frozenset({Outcome.AMOUNT_DIFFERS, Outcome.THEIRS_ONLY, Outcome.OURS_ONLY, Outcome.REPEATED, Outcome.UNREADABLE})
"""The outcomes that somebody should look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line as the provider wrote it. `name` is the payment's, `key` the refund's, as far as it tells them; `reference` its own name
    for the payment, `operation` for the very act. Amounts of payments and refunds are positive; `reason` says why it cannot be read."""

    number: int
    kind: LineKind
    name: str = ""
    key: str = ""
    reference: str = ""
    operation: str = ""
    amount_minor: int = 0
    fee_minor: int = 0
    currency: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A statement compared with our events: how many lines of each outcome, and its sums in minor units.

    `first_at` and `last_at` bound its lines; `was_known`: the same file was read before, so nothing was added.
    """

    statement_id: int
    provider: str
    file_name: str
    counts: Mapping[Outcome, int]
    paid_minor: int
    refunded_minor: int
    fees_minor: int
    first_at: datetime | None
    last_at: datetime | None
    was_known: bool

    @property
    def differences(self) -> int:
        return sum(count for outcome, count in self.counts.items() if outcome in DIFFERENCES)

    @property
    def is_right(self) -> bool:
        return not self.differences


class StrayState(StrEnum):
    """heard: nobody has looked yet. linked: its payment is known by now. no_money: none is there. unclaimed: of no payment of the shop's,
    staff decide. giving_back: asked of the provider, not answered yet. given_back, elsewhere: settled by staff."""

    HEARD = "heard"
    UNCLAIMED = "unclaimed"
    GIVING_BACK = "giving_back"
    LINKED = "linked"
    NO_MONEY = "no_money"
    GIVEN_BACK = "given_back"
    ELSEWHERE = "elsewhere"


# The states in which money still has to find its place.
OPEN_STRAYS = (StrayState.HEARD.value, StrayState.UNCLAIMED.value, StrayState.GIVING_BACK.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Money a provider tells of under a name this shop does not know. `balance` is derived from `events`, as a payment's is.
    `payment_id`: the one it turned out to be, or, where it `is_mismatched`, came for without being able to pay it; `reason`: where staff
    settled it. `kept_minor`: with the provider, less what is asked back (`pending_minor`); `reserved_minor`: not taken yet.
    """

    id: int
    provider: str
    name: str
    reference: str
    currency: str
    state: StrayState
    balance: Balance
    events: tuple[PaymentEvent, ...]
    first_at: datetime
    last_at: datetime
    heard: int
    payment_id: PaymentId | None
    is_mismatched: bool
    reason: str
    kept_minor: int
    reserved_minor: int
    pending_minor: int

    @property
    def is_open(self) -> bool:
        return self.state.value in OPEN_STRAYS

    @property
    def open_minor(self) -> int:
        return self.kept_minor + self.reserved_minor


class StrayClosed(Refusal):
    """Money without an order that cannot be settled so: it is settled, is being given back, or comes to another sum by now."""

    code = "stray_closed"

    def __init__(self, state: str, open_minor: int) -> None:
        super().__init__(f"The money without an order is {state}, {open_minor} left", field="stray", value=state)
        self.state, self.open_minor = state, open_minor


class StrayRefused(StrayClosed):
    """The provider refused to give money without an order back."""

    code = "stray_refused"


class StrayUnaskable(Refusal):
    """Money without an order that its provider cannot be asked about: it tells no name to ask by, or is not installed any more."""

    code = "stray_unaskable"

    def __init__(self, provider: str, open_minor: int) -> None:
        super().__init__(f"{provider} cannot be asked for this money", field="stray", value=provider)
        self.provider, self.open_minor = provider, open_minor
