"""The face of the metrics room: what a figure means, what it is, what it was, and where it comes from."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from shopkeeper.insight.metrics.catalogue import CATALOGUE
from shopkeeper.insight.metrics.exports import export_csv, export_xlsx
from shopkeeper.insight.metrics.known import foresee, known_days
from shopkeeper.insight.metrics.question import Only, ask
from shopkeeper.insight.metrics.rules import periods
from shopkeeper.insight.metrics.rules.coverage import Days, reaches, unknown_within
from shopkeeper.insight.metrics.rules.periods import Stretch
from shopkeeper.insight.metrics.rules.values import change, share
from shopkeeper.insight.metrics.shapes import (
    Against,
    Compared,
    Dimension,
    DimensionNotAllowed,
    Figure,
    Figures,
    Gap,
    Grain,
    Metric,
    Missing,
    Period,
    Point,
    Series,
    Top,
    TopRow,
    UnknownMetric,
    Value,
)
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.kit.time import day_of, from_microseconds, to_microseconds
from shopkeeper.selling.shop import public as selling_shop

__all__ = ["coverage", "export_csv", "export_xlsx", "figures", "foresee", "metric", "metrics", "series", "today", "top"]

MOST_STEPS = 10_000
MOST_ROWS = 1_000
LONGEST_DAYS = 3_700
ALL: tuple[Against, ...] = tuple(Against)
NOTHING_ELSE: Only = {}


def metrics() -> tuple[Metric, ...]:
    """Return every metric of the catalogue, in the order in which people read them."""
    return tuple(CATALOGUE.values())


def metric(metric_id: str) -> Metric:
    """Return one metric. Raises UnknownMetric."""
    found = CATALOGUE.get(metric_id)
    if found is None:
        raise UnknownMetric(metric_id, tuple(CATALOGUE))
    return found


def coverage() -> date | None:
    """Return the first day, in the shop's zone, for which there is data; None for a shop that has sold nothing yet."""
    known = known_days(selling_shop.shop().zone)
    return known[0].first if known else None


def today(*, now: datetime) -> Period:
    """Return the shop's day so far. Compared with other days, those too are cut at this time of day."""
    zone = selling_shop.shop().zone
    day = day_of(now, zone)
    return Period(day, day, periods.local_time(now, zone))


def figures(
    *,
    period: Period,
    metrics: Sequence[str] = tuple(CATALOGUE),
    compare: Sequence[Against] = ALL,
    only: Mapping[Dimension, Sequence[str | int]] = NOTHING_ELSE,
) -> Figures:
    """Return metrics of a period beside the same metrics of the periods it is compared with, from one query.

    `only` narrows all of them, e.g. to some countries. A value is missing, never 0, on days without data: before all of it, or between
    the trade of a file and the shop's own days. One to compare with is missing where a single day of its period is.
    Raises UnknownMetric, DimensionNotAllowed, OutOfRange.
    """
    wanted = [_allowed(metric(metric_id), only) for metric_id in metrics]
    _check_length(period)
    shop = selling_shop.shop()
    known = known_days(shop.zone)
    asked = [period, *(periods.earlier(period, against) for against in compare)]
    found = ask(wanted, [periods.stretch(each, shop.zone) for each in asked], only=only)
    result = []
    for each in wanted:
        # A period that reaches into the data has a value, though it begins before; one to compare with must lie in the data whole.
        value = found.value(each, 0) if reaches(period, known) else _unknown(unknown_within(period, known))
        compared = []
        for slot, (against, then) in enumerate(zip(compare, asked[1:], strict=True), start=1):
            gap = unknown_within(then, known)
            before = found.value(each, slot) if gap is None else _unknown(gap)
            compared.append(Compared(against=against, period=then, value=before, change=change(each, value, before)))
        result.append(Figure(metric=each, value=value, compared=tuple(compared)))
    narrowed = tuple((dimension, tuple(keys)) for dimension, keys in only.items())
    return Figures(
        period=period, zone=shop.zone, currency=shop.currency, first_day=known[0].first if known else None, only=narrowed,
        figures=tuple(result),
    )  # fmt: skip


def series(
    *,
    metric_id: str,
    period: Period,
    grain: Grain,
    now: datetime | None = None,
    only: Mapping[Dimension, Sequence[str | int]] = NOTHING_ELSE,
) -> Series:
    """Return a metric step by step through a period; steps before the first day with data, or after `now`, are missing, not 0.

    Raises UnknownMetric, DimensionNotAllowed, OutOfRange for a period of too many steps.
    """
    wanted = _allowed(metric(metric_id), only)
    _check_length(period)
    shop = selling_shop.shop()
    known = known_days(shop.zone)
    steps = periods.steps(period, grain, shop.zone)
    if len(steps) > MOST_STEPS:
        raise OutOfRange("period", period.days, least=1, most=MOST_STEPS // 24)
    found = ask([wanted], steps, only=only) if steps else None
    points = []
    for slot, step in enumerate(steps):
        value = _missing(step, known, shop.zone, now) or (found.value(wanted, slot) if found else Value(None, Missing.BEFORE_DATA))
        points.append(Point(periods.starts_at(step, shop.zone), value))
    return Series(metric=wanted, period=period, grain=grain, zone=shop.zone, currency=shop.currency, points=tuple(points))


def top(
    *,
    metric_id: str,
    dimension: Dimension,
    period: Period,
    limit: int = 10,
    only: Mapping[Dimension, Sequence[str | int]] = NOTHING_ELSE,
) -> Top:
    """Return the keys of a dimension with the largest values, largest first, with their share of the whole.

    Raises UnknownMetric, DimensionNotAllowed, OutOfRange.
    """
    wanted = _allowed(metric(metric_id), {**only, dimension: ()})
    _check_length(period)
    if not 1 <= limit <= MOST_ROWS:
        raise OutOfRange("limit", limit, least=1, most=MOST_ROWS)
    shop = selling_shop.shop()
    found = ask([wanted], [periods.stretch(period, shop.zone)], only=only, by=dimension)
    total = found.value(wanted, 0)
    parts = {key: values[wanted.id] for (_, key), values in found.parts.items()}
    ranked = sorted(parts.items(), key=lambda item: (-(item[1].amount if item[1].amount is not None else -(10**18)), str(item[0])))
    rows = tuple(TopRow(key, value, share(value, total)) for key, value in ranked[:limit] if value.amount != 0)
    return Top(metric=wanted, dimension=dimension, period=period, zone=shop.zone, currency=shop.currency, rows=rows, total=total)


def _allowed(wanted: Metric, only: Only) -> Metric:
    for dimension in only:
        if dimension not in wanted.dimensions:
            raise DimensionNotAllowed(wanted.id, dimension, sorted(wanted.dimensions))
    return wanted


def _check_length(period: Period) -> None:
    if period.days > LONGEST_DAYS:
        raise OutOfRange("period", period.days, least=1, most=LONGEST_DAYS)


def _missing(step: Stretch, known: Sequence[Days], zone: str, now: datetime | None) -> Value | None:
    if now is not None and step.start_us > to_microseconds(now):
        return Value(None, Missing.NOT_YET)
    days = Period(day_of(from_microseconds(step.start_us), zone), day_of(from_microseconds(step.end_us - 1), zone))
    return None if reaches(days, known) else _unknown(unknown_within(days, known))


def _unknown(gap: Gap | None) -> Value:
    is_between = gap is not None and gap.first is not None
    return Value(None, Missing.BETWEEN_DATA, gap) if is_between else Value(None, Missing.BEFORE_DATA)
