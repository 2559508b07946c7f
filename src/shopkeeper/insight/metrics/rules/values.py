"""From sums to values and changes: whole numbers, halves away from zero, and unknown where there is nothing to divide by."""

from shopkeeper.insight.metrics.shapes import Metric, Missing, Unit, Value
from shopkeeper.kit.money import BASIS_POINTS


def value_of(metric: Metric, numerator: int, denominator: int | None) -> Value:
    """Return a metric's value from its sums; `denominator` is None for a metric that is a sum itself."""
    if denominator is None:
        return Value(numerator)
    if denominator == 0:
        return Value(None, Missing.NOTHING_SOLD)
    scale = BASIS_POINTS if metric.unit is Unit.RATIO else 1
    return Value(rounded(numerator * scale, denominator))


def change(metric: Metric, now: Value, before: Value) -> int | None:
    """Return how far `now` lies from `before`: basis points of `before`, or the plain difference where both are ratios.

    None where one is unknown, or where the earlier one is 0 and the growth therefore has no number.
    """
    if now.amount is None or before.amount is None:
        return None
    if metric.unit is Unit.RATIO:
        return now.amount - before.amount
    if before.amount == 0:
        return None
    return rounded((now.amount - before.amount) * BASIS_POINTS, abs(before.amount))


def share(part: Value, whole: Value) -> int | None:
    """Return a part in basis points of the whole, None where that has no meaning."""
    if part.amount is None or not whole.amount:
        return None
    return rounded(part.amount * BASIS_POINTS, whole.amount)


def rounded(numerator: int, denominator: int) -> int:
    """Return a quotient as a whole number, halves away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
