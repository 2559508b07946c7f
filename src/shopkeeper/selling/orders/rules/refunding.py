"""What a refund of so many units gives back, from the shares stored with the order; nothing is ever prorated again."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.orders.shapes import NothingToDo, Order, OrderLine, RefundLine, RefundWish, TooManyUnits


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPlan:
    """The lines and the delivery money of one refund; `total_minor` is what the buyer gets."""

    lines: tuple[RefundLine, ...]
    delivery_minor: int

    @property
    def goods_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.delivery_minor

    @property
    def drops_units(self) -> bool:
        return any(line.dropped_units for line in self.lines)


def share_of_first(total: int, units: int, count: int) -> int:
    """Return what the first `count` of `units` equal shares of `total` add up to, in minor units.

    Largest remainder with equal weights: the first `total mod units` shares are one larger. Refunding unit by unit therefore
    gives back the whole, to the penny, in whatever portions it is done.
    """
    return count * (total // units) + min(count, total % units)


def line_refund(line: OrderLine, units: int, *, is_restocked: bool) -> RefundLine:
    """Return what refunding `units` more of a line gives back. Units not sent yet are given up first, since nothing need come back.

    Raises OutOfRange for less than one unit, TooManyUnits for more than the line has left.
    """
    if units < 1:
        raise OutOfRange("units", units, least=1, most=line.units_to_refund)
    if units > line.units_to_refund:
        raise TooManyUnits(line.id, units, line.units_to_refund)
    before, after = line.refunded_units, line.refunded_units + units
    dropped = min(units, line.units_to_ship)
    return RefundLine(
        line_id=line.id,
        units=units,
        dropped_units=dropped,
        gross_minor=share_of_first(line.gross_minor, line.units, after) - share_of_first(line.gross_minor, line.units, before),
        tax_minor=share_of_first(line.tax_minor, line.units, after) - share_of_first(line.tax_minor, line.units, before),
        is_restocked=is_restocked and dropped < units,
    )


def plan(order: Order, wishes: Sequence[RefundWish], *, with_delivery: bool) -> RefundPlan:
    """Return the refund of the wished lines and, if asked, of the delivery price not given back yet.

    Raises NotFound for a line of another order, Malformed for a line named twice, OutOfRange, TooManyUnits, NothingToDo.
    """
    lines = {line.id: line for line in order.lines}
    seen = set()
    planned = []
    for wish in wishes:
        if wish.line_id not in lines:
            raise NotFound("line", wish.line_id)
        if wish.line_id in seen:
            raise Malformed("line", wish.line_id, expected="line_once")
        seen.add(wish.line_id)
        planned.append(line_refund(lines[wish.line_id], wish.units, is_restocked=wish.restock))
    delivery = order.delivery_minor - order.refunded_delivery_minor if with_delivery else 0
    found = RefundPlan(lines=tuple(planned), delivery_minor=delivery)
    # Pieces that cost nothing go along with others; alone they are no refund, and no provider pays out nothing.
    if not found.total_minor:
        raise NothingToDo("Name at least one line that cost something, or the delivery, to refund", field="lines")
    return found


def plan_rest(order: Order) -> RefundPlan:
    """Return the refund of all that is left of an order: every unit and the delivery. It may be empty."""
    lines = tuple(line_refund(line, line.units_to_refund, is_restocked=False) for line in order.lines if line.units_to_refund)
    return RefundPlan(lines=lines, delivery_minor=order.delivery_minor - order.refunded_delivery_minor)
