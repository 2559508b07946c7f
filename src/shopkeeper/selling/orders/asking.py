"""What a buyer asks for beside goods, as it crosses the room's face (`shapes` names it all): particulars, requests, arrangements."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shopkeeper.kit.ids import BasketId, LineId, OrderId, RequestId
from shopkeeper.kit.refusals import Refusal

__all__ = [
    "DEFECTS",
    "MOST_GIFT_NOTE",
    "MOST_NOTE",
    "NO_PARTICULARS",
    "Arrangement",
    "AskedAlready",
    "AskedUnits",
    "Basis",
    "BasketClosed",
    "CancelAsked",
    "CarrierLink",
    "InvoiceAsked",
    "InvoiceKind",
    "InvoiceWish",
    "NeedsDefect",
    "News",
    "NotToBeAsked",
    "Particulars",
    "Possible",
    "Request",
    "RequestDecided",
    "RequestKind",
    "RequestReason",
    "RequestState",
    "SentMeanwhile",
    "Window",
]

MOST_GIFT_NOTE = 300
MOST_NOTE = 500


# ── with the order: a gift, an invoice ────────────────────────────────────────────────────────────────────────────────


class InvoiceKind(StrEnum):
    """To whom an invoice is written: a person, or a company with its tax number."""

    PERSONAL = "personal"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceWish:
    """The invoice a buyer asks for: whose name stands on it, and where it is sent. `tax_number` is a company's."""

    kind: InvoiceKind
    title: str
    tax_number: str = ""
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a buyer adds to a basket. `gift_note` travels with the goods of a gift, whose prices the slip in the parcel does not tell."""

    is_gift: bool = False
    gift_note: str = ""
    invoice: InvoiceWish | None = None

    def __bool__(self) -> bool:
        return self.is_gift or self.invoice is not None


NO_PARTICULARS = Particulars()


# ── after the order: cancel the rest, send back ───────────────────────────────────────────────────────────────────────


class RequestKind(StrEnum):
    CANCEL = "cancel"
    RETURN = "return"


class RequestState(StrEnum):
    """waiting → accepted, refused or withdrawn; accepted → done, once the pieces were refunded or the shop closed it."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class RequestReason(StrEnum):
    """Why a buyer asks. Facts carry it, so it is a word of this list."""

    CHANGED_MIND = "changed_mind"
    ORDERED_WRONG = "ordered_wrong"
    TOO_LATE = "too_late"
    DAMAGED = "damaged"
    FAULTY = "faulty"
    WRONG_GOODS = "wrong_goods"
    NOT_AS_SHOWN = "not_as_shown"


DEFECTS = frozenset({RequestReason.DAMAGED, RequestReason.FAULTY, RequestReason.WRONG_GOODS, RequestReason.NOT_AS_SHOWN})
"""Reasons for which the shop answers also after the days in which no reason is needed."""


class Basis(StrEnum):
    """What a request rests on: the days in which no reason is needed, a defect, or that the goods have not left yet."""

    FREE = "free"
    DEFECT = "defect"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedUnits:
    """Pieces of a line a request is about; `settled` of them were refunded since."""

    line_id: LineId
    units: int
    settled: int = 0

    @property
    def open_units(self) -> int:
        return self.units - self.settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    id: RequestId
    order_id: OrderId
    kind: RequestKind
    state: RequestState
    reason: RequestReason
    basis: Basis
    note: str
    lines: tuple[AskedUnits, ...]
    made_at: datetime
    decided_at: datetime | None
    answer: str
    actor_id: int | None

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def holds_units(self) -> bool:
        """Whether its pieces are spoken for: nobody can ask for them a second time."""
        return self.state in (RequestState.WAITING, RequestState.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Until when goods may go back without a reason. `law` names the rule, None where only the shop's own word holds."""

    days: int
    last_day: date | None
    is_open: bool
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """What the buyer of an order may ask for now: pieces of each line, and until when no reason is needed."""

    to_cancel: dict[LineId, int]
    to_return: dict[LineId, int]
    window: Window

    @property
    def anything(self) -> bool:
        return bool(self.to_cancel or self.to_return)


# ── how the shop does it ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierLink:
    """`address` holds {number} where the tracking number goes."""

    id: int
    carrier: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How the shop takes orders and goods back. `return_days` 0: as the law says; an empty `return_address`: the shop's own."""

    is_in_steps: bool = False
    return_address: str = ""
    return_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAsked:
    """An invoice that a buyer asked for, with the order it is for: what an accountant needs to write it."""

    order_id: OrderId
    basket_id: BasketId
    wish: InvoiceWish


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that happened to a member: `code` and `subject` are told by doors, `at` decides whether it was read.

    `is_seen`: it was read on the order's own page.
    """

    at: datetime
    code: str
    order_id: OrderId
    number: str
    token: str
    values: dict[str, str | int]
    is_seen: bool = False


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class BasketClosed(Refusal):
    """The basket became an order: what was said with it stays."""

    code = "basket_closed"

    def __init__(self) -> None:
        super().__init__("The basket became an order already", field="basket")


class NotToBeAsked(Refusal):
    """The order is in a state in which there is nothing of that kind to ask for."""

    code = "not_to_be_asked"

    def __init__(self, kind: RequestKind) -> None:
        super().__init__(f"There is nothing to {kind} in this order", field="kind", value=kind.value)
        self.kind = kind


class AskedAlready(Refusal):
    """The buyer asked to cancel, and nobody has decided yet: of an order one such request waits at a time."""

    code = "asked_already"

    def __init__(self, request_id: RequestId) -> None:
        super().__init__(f"Request {request_id} to cancel waits already", field="kind", value=RequestKind.CANCEL.value)
        self.request_id = request_id


class CancelAsked(Refusal):
    """The buyer asks to cancel, and nobody has decided yet: what is done to many orders at once leaves this one out."""

    code = "cancel_asked"

    def __init__(self, number: str, request_id: RequestId) -> None:
        super().__init__(f"Order {number}: its buyer asks to cancel, request {request_id}", field="request", value=request_id)
        self.number = number
        self.request_id = request_id


class NeedsDefect(Refusal):
    """Only what is wrong with the goods counts: the days without a reason are over, or there are none where the goods went."""

    code = "needs_defect"

    def __init__(self, reason: RequestReason, window: Window) -> None:
        super().__init__(f"{reason} is no reason any more, after {window.last_day}", field="reason", value=reason.value)
        self.window = window


class RequestDecided(Refusal):
    """The request is not in the state that the act needs; `state` is the one it is in."""

    code = "request_decided"

    def __init__(self, state: RequestState) -> None:
        super().__init__(f"The request is {state} already", field="state", value=state.value)
        self.state = state


class SentMeanwhile(Refusal):
    """The shop cannot agree to keep pieces that have left: `units` of those the buyer asked to cancel."""

    code = "sent_meanwhile"

    def __init__(self, units: int) -> None:
        super().__init__(f"{units} pieces of the request have left meanwhile", field="request", value=units)
        self.units = units
