"""Mails as they cross the room's face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import MessageId, OrderId, UserId, WaitId
from shopkeeper.kit.refusals import Refusal


class MailKind(StrEnum):
    """What a mail is about: an order, goods somebody waits for, or signing in."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    REVIEW_REQUEST = "review_request"
    WAIT_ASKED = "wait_asked"
    BACK_IN_STOCK = "back_in_stock"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of mail
    JOINING = "joining"
    KNOWN_ALREADY = "known_already"
    SIGN_IN_CODE = "sign_in_code"


ORDER_KINDS = frozenset(
    {
        MailKind.PLACED, MailKind.PAID, MailKind.SHIPPED, MailKind.DELIVERED, MailKind.CANCELLED, MailKind.REFUNDED,
        MailKind.REVIEW_REQUEST,
    }
)  # fmt: skip
WAIT_KINDS = frozenset({MailKind.WAIT_ASKED, MailKind.BACK_IN_STOCK})
WELCOME_KINDS = frozenset({MailKind.REVIEW_REQUEST, MailKind.BACK_IN_STOCK})
"""Mails that are a courtesy and can be refused; all others must go, for they tell what a person has to know."""
LANGUAGES = ("en", "zh-hans")


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
    language: str = ""
    text_version: int | None = None
    words: str = ""


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
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says, before its placeholders are filled. `preview` is what a mailbox shows beside the subject."""

    subject: str
    preview: str
    heading: str
    greeting: str
    body: str
    button: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """One version of the words of a letter in a language; `words` None: from here on the program's own."""

    id: int
    letter: MailKind
    language: str
    version: int
    words: Words | None
    published_at: datetime
    published_by: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The words a letter goes out with now: those of `text`, or the program's own where that is None or says so."""

    letter: MailKind
    language: str
    words: Words
    text: LetterText | None

    @property
    def is_own(self) -> bool:
        """Return whether these are the program's own words."""
        return self.text is None or self.text.words is None

    @property
    def version(self) -> int:
        """Return the version in force, 0 before anything was published."""
        return 0 if self.text is None else self.text.version


class BounceKind(StrEnum):
    """permanent: the address takes no mail; temporary: it may later; complaint: its reader called it spam."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """News about one mail as an adapter reads it: `mark` is the secret part of its Message-ID, `event` names the news once and for all."""

    mark: str
    kind: BounceKind
    status: str
    event: str
    happened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """One piece of news about a mail of ours. `status` is the code of RFC 3463, such as 5.1.1, where one was told; `wait_id` is known where
    one piece of news was asked for alone.
    """

    id: int
    message_id: MessageId
    order_id: OrderId | None
    user_id: UserId | None
    kind: BounceKind
    status: str
    happened_at: datetime
    heard_at: datetime
    wait_id: WaitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardBack:
    """What became of a batch of news: kept, known already, about no mail of ours."""

    kept: int = 0
    known: int = 0
    foreign: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How mail to an address fares. `stopped_for` says why only necessary mail goes there; empty: everything goes."""

    permanent: int = 0
    temporary: int = 0
    complaints: int = 0
    stopped_for: str = ""
    stopped_at: datetime | None = None
    unwanted: tuple[str, ...] = ()


class ReviewGround(StrEnum):
    """On what ground buyers are asked for reviews: never, with their consent, or as customers who can refuse (soft opt-in)."""

    OFF = "off"
    CONSENT = "consent"
    SOFT_OPT_IN = "soft_opt_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSettings:
    review_ground: ReviewGround = ReviewGround.CONSENT
    review_days: int = 14


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


class UnknownPlaceholder(Refusal):
    """A letter has no such placeholder; `allowed` are those it has, `meant` the one most like it."""

    code = "unknown_placeholder"

    def __init__(self, field: str, value: str, *, allowed: tuple[str, ...], meant: str) -> None:
        super().__init__(f"No placeholder {value!r}", field=field, value=value)
        self.allowed, self.meant = allowed, meant


class BrokenPlaceholder(Refusal):
    """A brace without its other half."""

    code = "broken_placeholder"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"A single brace at {value!r}", field=field, value=value)


class MisplacedPlaceholder(Refusal):
    """A link in a line, or a table within a sentence."""

    code = "misplaced_placeholder"

    def __init__(self, field: str, name: str, kind: str) -> None:
        super().__init__(f"{{{name}}} cannot stand there", field=field, value=f"{{{name}}}")
        self.kind = kind


class MissingPlaceholder(Refusal):
    """What the letter must say was left out."""

    code = "missing_placeholder"

    def __init__(self, field: str, name: str) -> None:
        super().__init__(f"{{{name}}} must stand in the letter", field=field, value=f"{{{name}}}")


class UnsafeAddress(Refusal):
    """A link that leads nowhere a mail may lead."""

    code = "unsafe_address"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{value!r} is no address for a mail", field=field, value=value)


class TextChanged(Refusal):
    """Somebody else published since the form was opened."""

    code = "letter_text_changed"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(f"Version {now} is in force, not {seen}", field="version", value=seen)
        self.now = now


class ForgedNews(Refusal):
    """News of a mail that is not signed as agreed."""

    code = "forged_news"

    def __init__(self) -> None:
        super().__init__("The signature is not right", field="signature")


class NothingToShow(Refusal):
    """The order has nothing this letter could tell of."""

    code = "nothing_to_show"

    def __init__(self, number: str) -> None:
        super().__init__(f"Order {number} has nothing to tell of in this letter", field="order", value=number)


class NotSent(Refusal):
    """A test mail did not go: `value` is the kind of error, and the mail server's code where it gave one."""

    code = "mail_not_sent"

    def __init__(self, said: str) -> None:
        super().__init__(f"The mail did not go: {said}", field="mail", value=said)
