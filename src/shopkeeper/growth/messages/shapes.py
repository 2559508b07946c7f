"""Mails as they cross the room's face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import MessageId, OrderId
from shopkeeper.kit.refusals import Refusal


class MailKind(StrEnum):
    """What a mail is about. The first five go to a buyer about an order, the others to a person about signing in."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of mail
    JOINING = "joining"
    KNOWN_ALREADY = "known_already"


ORDER_KINDS = frozenset({MailKind.PLACED, MailKind.PAID, MailKind.SHIPPED, MailKind.CANCELLED, MailKind.REFUNDED})


class MailState(StrEnum):
    """waiting → sent; waiting → parked after too many tries or a final refusal; waiting → skipped where it no longer says anything true."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """A mail to queue about an order. `key` names its reason once and for all; `detail_id` is the shipment or refund it tells of."""

    key: str
    kind: MailKind
    order_id: OrderId
    detail_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail as the console lists it. The recipient is not kept here: it is looked up when the mail is sent."""

    id: MessageId
    key: str
    kind: MailKind
    state: MailState
    order_id: OrderId | None
    tries: int
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    mime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail ready to go: the same words twice, as HTML and as plain text; `sender` is the shop's name in the reader's language."""

    sender: str
    to: str
    subject: str
    html: str
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one run over the waiting mails did."""

    sent: int = 0
    failed: int = 0
    parked: int = 0
    skipped: int = 0


class NotParked(Refusal):
    """Only a parked mail can be tried again by hand."""

    code = "not_parked"

    def __init__(self, message_id: MessageId, state: str) -> None:
        super().__init__(f"Mail {message_id} is {state}", field="message", value=state)
        self.state = state
