"""What a buyer may still ask of an order: the rest cancelled, pieces sent back; until when without a reason; what settles a request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shopkeeper.kit.ids import LineId, RequestId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.orders.shapes import (
    DEFECTS,
    AskedUnits,
    Basis,
    NeedsDefect,
    NothingToDo,
    NotToBeAsked,
    Order,
    OrderState,
    Possible,
    RefundState,
    Request,
    RequestDecided,
    RequestKind,
    RequestReason,
    RequestState,
    SentMeanwhile,
    TooManyUnits,
    Window,
)

MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset({RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.ACCEPTED: frozenset({RequestState.DONE}),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.DONE: frozenset(),
}
"""Every move of a request; the table's own trigger knows the same."""

UNKNOWN_WAY = 14
"""Days a parcel is thought to travel where the way it went is not known any more: rather too many than too few."""

_EUROPE = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split()
)  # fmt: skip

FREE_DAYS: Mapping[str, tuple[int, str]] = {
    **dict.fromkeys(_EUROPE, (14, "eu")),
    "GB": (14, "gb"),
    "CN": (7, "cn"),
    "TW": (7, "tw"),
    "KR": (7, "kr"),
    "BR": (7, "br"),
    "TR": (14, "tr"),
}
"""Days after receipt in which goods bought at a distance go back without a reason, and the law that says so.

Sources: Directive 2011/83/EU, article 9 (in force in the EEA too) · Consumer Contracts Regulations 2013 (SI 2013/3134), regulation 30 ·
消费者权益保护法 article 25 · 消費者保護法 (TW) article 19 · Act on the Consumer Protection in Electronic Commerce (KR), article 17 ·
Código de Defesa do Consumidor, article 49 · Law 6502 (TR), article 48. Where no row stands only the shop's own word holds.
"""


def after(state: RequestState, wanted: RequestState) -> RequestState:
    """Return the state a request moves to. Raises RequestDecided where it cannot."""
    if wanted not in MOVES[state]:
        raise RequestDecided(state)
    return wanted


def window(
    order: Order, *, way_days: int | None, shop_days: int, left_on: date | None, today: date, arrived_on: date | None = None
) -> Window:
    """Return until when goods of an order may go back without a reason.

    `way_days`: the most days its way of delivery takes, None where it is not known any more; `left_on`: the day its last parcel left, in
    the shop's zone, None where none did; `arrived_on`: the last day a parcel was said to have come, None where nobody said so. The latest
    day promised counts, and a later arrival where one is known; the days begin after it, and only once nothing is left to send.
    The shop may give more days than the law (`shop_days`), never fewer.
    """
    days, law = FREE_DAYS.get(order.address.country, (0, ""))
    days = max(days, shop_days)
    if left_on is None or order.has_units_to_ship:
        return Window(days=days, last_day=None, is_open=days > 0, law=law)
    way = UNKNOWN_WAY if way_days is None else way_days
    came = left_on + timedelta(days=way)
    last = (came if arrived_on is None else max(came, arrived_on)) + timedelta(days=days)
    return Window(days=days, last_day=last, is_open=days > 0 and today <= last, law=law)


def promised_back(requests: Iterable[Request]) -> dict[LineId, int]:
    """Return how many pieces of each line the shop has agreed to cancel and not given back yet: they are not sent any more."""
    found: dict[LineId, int] = defaultdict(int)
    for each in requests:
        if each.kind is RequestKind.CANCEL and each.state is RequestState.ACCEPTED:
            for line in each.lines:
                found[line.line_id] += line.open_units
    return dict(found)


def refuse_what_has_left(asked: Request, order: Order, requests: Iterable[Request]) -> None:
    """Refuse to agree that pieces are cancelled which were sent since they were asked for. Raises SentMeanwhile.

    Pieces of a refund under way stay here, for this request or for another one the shop agreed to (`requests`).
    """
    if asked.kind is not RequestKind.CANCEL:
        return
    kept = promised_back(requests)
    here = {line.id: line.units_to_ship - kept.get(line.id, 0) for line in order.lines}
    for refund in order.refunds:
        if refund.state is RefundState.ASKED:
            for line in refund.lines:
                here[line.line_id] += line.dropped_units
    gone = sum(max(0, line.open_units - max(0, here[line.line_id])) for line in asked.lines)
    if gone:
        raise SentMeanwhile(gone)


def possible(order: Order, requests: Iterable[Request], window: Window) -> Possible:
    """Return what may be asked for now, by line: to cancel of what is still here once a parcel left, to return of what was sent.

    Pieces that are asked for already, or were refunded, are not counted again. Before the first parcel the buyer cancels at once. While
    one request to cancel waits there is nothing more to cancel.
    """
    known = tuple(requests)
    spoken, is_asked = _spoken_for(known), waiting_to_cancel(known) is not None
    to_cancel, to_return = {}, {}
    for line in order.lines:
        here = line.units_to_ship - spoken[RequestKind.CANCEL, line.id]
        gone = line.shipped_units - max(0, line.refunded_units - line.dropped_units) - spoken[RequestKind.RETURN, line.id]
        if order.state is OrderState.SHIPPING and here > 0 and not is_asked:
            to_cancel[line.id] = here
        if order.state in (OrderState.SHIPPING, OrderState.SHIPPED) and gone > 0:
            to_return[line.id] = gone
    return Possible(to_cancel=to_cancel, to_return=to_return, window=window)


def waiting_to_cancel(requests: Iterable[Request]) -> Request | None:
    """Return the request to cancel nobody has decided yet, None where there is none; the table holds that there is one at most."""
    return next((each for each in requests if each.kind is RequestKind.CANCEL and each.state is RequestState.WAITING), None)


def _spoken_for(requests: Iterable[Request]) -> dict[tuple[RequestKind, LineId], int]:
    spoken: dict[tuple[RequestKind, LineId], int] = defaultdict(int)
    for each in requests:
        if each.holds_units:
            for line in each.lines:
                spoken[each.kind, line.line_id] += line.open_units
    return spoken


def basis(kind: RequestKind, reason: RequestReason, window: Window) -> Basis:
    """Return what a request rests on. Raises NeedsDefect where the days without a reason are over and nothing is wrong with the goods."""
    if kind is RequestKind.CANCEL:
        return Basis.BEFORE
    if reason in DEFECTS:
        return Basis.DEFECT
    if not window.is_open:
        raise NeedsDefect(reason, window)
    return Basis.FREE


def wanted(kind: RequestKind, wishes: Sequence[tuple[LineId, int]] | None, order: Order, may: Possible) -> tuple[AskedUnits, ...]:
    """Return the pieces a request is about; `wishes` None asks for all there are.

    Raises NotToBeAsked, NothingToDo, NotFound for a line of another order, TooManyUnits, Malformed for a line named twice.
    """
    most = may.to_cancel if kind is RequestKind.CANCEL else may.to_return
    if not most:
        raise NotToBeAsked(kind)
    asked = list(most.items()) if wishes is None else [(line_id, units) for line_id, units in wishes if units != 0]
    if not asked:
        raise NothingToDo("The request names no pieces", field="units")
    known = {line.id for line in order.lines}
    for index, (line_id, units) in enumerate(asked):
        if line_id not in known:
            raise NotFound("line", line_id)
        if line_id in [other for other, _units in asked[:index]]:
            raise Malformed("line", str(line_id), expected="line_once")
        if not 1 <= units <= most.get(line_id, 0):
            raise TooManyUnits(line_id, units, most.get(line_id, 0))
    return tuple(AskedUnits(line_id=line_id, units=units) for line_id, units in asked)


@dataclass(frozen=True, slots=True)
class Settled:
    """So many more pieces of a line of a request were refunded."""

    request_id: RequestId
    line_id: LineId
    units: int


def settled(requests: Sequence[Request], refunded: Iterable[tuple[LineId, RequestKind, int]]) -> list[Settled]:
    """Return which requests a refund answers, of pieces (line, whether they came back or were never sent, how many).

    What was accepted comes before what still waits, the older before the newer.
    """
    order = sorted(
        (each for each in requests if each.holds_units), key=lambda each: (each.state is RequestState.WAITING, each.made_at, each.id)
    )
    found: list[Settled] = []
    for line_id, kind, units in refunded:
        left = units
        for each in order:
            for line in each.lines:
                if each.kind is kind and line.line_id == line_id and left > 0 and line.open_units:
                    found.append(Settled(each.id, line_id, min(left, line.open_units)))
                    left -= found[-1].units
    return found
