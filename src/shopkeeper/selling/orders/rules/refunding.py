"""What a refund of so many units gives back, from the shares stored with the order; nothing is ever prorated again."""

from collections.abc import Sequence

from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.orders.shapes import NothingToDo, Order, OrderLine, PieceRun, RefundLine, RefundPlan, RefundWish, TooManyUnits


def share_of_first(total: int, units: int, count: int) -> int:
    """Return what the first `count` of `units` equal shares of `total` add up to, in minor units.

    Largest remainder with equal weights: the first `total mod units` shares are one larger. Refunding unit by unit therefore
    gives back the whole, to the penny, in whatever portions it is done.
    """
    return count * (total // units) + min(count, total % units)


def piece_runs(line: OrderLine) -> tuple[PieceRun, ...]:
    """Return what each piece still to be refunded gives back, in the order they go, equal ones together: two runs at the most.

    The first n pieces of the runs add up to what `line_refund` gives back for n units.
    """
    each, dear = divmod(line.gross_minor, line.units)
    first = min(max(dear - line.refunded_units, 0), line.units_to_refund)
    runs = (PieceRun(units=first, each_minor=each + 1), PieceRun(units=line.units_to_refund - first, each_minor=each))
    return tuple(run for run in runs if run.units)


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
    # Pieces that cost nothing can be given back too: they are counted, and no money moves.
    if not found.lines and not found.delivery_minor:
        raise NothingToDo("Name at least one line, or a delivery that cost something, to refund", field="lines")
    return found


def plan_rest(order: Order) -> RefundPlan:
    """Return the refund of all that is left of an order: every unit and the delivery. It may be empty."""
    lines = tuple(line_refund(line, line.units_to_refund, is_restocked=False) for line in order.lines if line.units_to_refund)
    return RefundPlan(lines=lines, delivery_minor=order.delivery_minor - order.refunded_delivery_minor)
