"""Routes for the figures of the shop: the same metrics, computed by the same functions, as the console's first page."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession
from shopkeeper.doors.api.values import Both, Day, Name, Number, Paged, PageNumber, PageSize, Text, both, paged_from
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Against, Dimension, Figure, Grain, Metric, Period, Unit, Value

router = Router(tags=["metrics"])

_VIEW = "metrics.view"
_MOST_KEYS = 50
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)
"""Days a period may name; what is compared lies before them and must still be a day."""

First = Annotated[Day, Query(ge=EARLIEST, le=LATEST, description=gettext_noop("First day, in the shop's time zone, such as 2026-03-01"))]
Last = Annotated[Day, Query(ge=EARLIEST, le=LATEST, description=gettext_noop("Last day, included"))]
Countries = Annotated[list[Text], Query(max_length=_MOST_KEYS, description=gettext_noop("Only these countries"))]
Channels = Annotated[list[Text], Query(max_length=_MOST_KEYS, description=gettext_noop("Only these channels"))]
Products = Annotated[list[Number], Query(max_length=_MOST_KEYS, description=gettext_noop("Only these products"))]
Categories = Annotated[list[Number], Query(max_length=_MOST_KEYS, description=gettext_noop("Only these categories"))]


class MetricOut(Schema):
    __doc__ = gettext_noop("What a figure means and how it is computed.")

    id: str
    unit: str
    name: Both
    description: Both
    refunds: Both
    owner: Both
    formula: str
    per: str | None
    zone: str
    dimensions: list[str]
    grains: list[str]


class GapOut(Schema):
    __doc__ = gettext_noop("Days without data, both included.")

    first: date | None
    last: date | None


class ValueOut(Schema):
    __doc__ = gettext_noop(
        "A whole number in its unit: minor units of `currency`, pieces, or basis points. Unknown is null, and `missing` says why: "
        "before_data, between_data (`gap` says which days), not_yet or nothing_sold."
    )

    amount: int | None
    unit: str
    currency: str | None
    missing: str | None
    gap: GapOut | None = None


class PeriodOut(Schema):
    first: date
    last: date


class ComparedOut(Schema):
    __doc__ = gettext_noop("The metric in another period; `change` in basis points.")

    against: str
    period: PeriodOut
    value: ValueOut
    change: int | None


class FigureOut(Schema):
    metric: str
    name: Both
    value: ValueOut
    compared: list[ComparedOut]


class FiguresOut(Schema):
    __doc__ = gettext_noop("Metrics of a period. `first_day`: the first day with data.")

    period: PeriodOut
    zone: str
    currency: str
    first_day: date | None
    figures: list[FigureOut]


class PointOut(Schema):
    starts_at: datetime
    value: ValueOut


class SeriesOut(Schema):
    metric: str
    period: PeriodOut
    grain: str
    zone: str
    points: list[PointOut]


class TopRowOut(Schema):
    __doc__ = gettext_noop("One country, channel, product or category; `share` of the total in basis points.")

    key: str | int | None
    value: ValueOut
    share: int | None


class TopOut(Schema):
    metric: str
    dimension: str
    period: PeriodOut
    zone: str
    rows: list[TopRowOut]
    total: ValueOut


@router.get("", auth=StaffSession(_VIEW), response=Paged[MetricOut], summary=gettext_noop("Every metric, and what it means"))
def list_metrics(request: HttpRequest, page: PageNumber = 1, size: PageSize = 100) -> Paged[MetricOut]:
    return paged_from([_metric(each) for each in metrics.metrics()], page, size)


@router.get(
    "/figures",
    auth=StaffSession(_VIEW),
    response=FiguresOut,
    openapi_extra=also(404),
    summary=gettext_noop("Metrics of a period, beside earlier ones"),
)
def read_figures(
    request: HttpRequest,
    *,
    first: First,
    last: Last,
    metric: Annotated[list[Name], Query(max_length=_MOST_KEYS, description=gettext_noop("Repeat it for several; none means all"))] = [],  # noqa: B006
    compare: Annotated[list[Against], Query(max_length=3, description=gettext_noop("What to compare with"))] = [],  # noqa: B006
    country: Countries = [],  # noqa: B006
    channel: Channels = [],  # noqa: B006
) -> FiguresOut:
    wanted = tuple(dict.fromkeys(metric)) or tuple(each.id for each in metrics.metrics())
    found = metrics.figures(
        period=Period(first, last), metrics=wanted, compare=tuple(dict.fromkeys(compare)), only=_only(country=country, channel=channel)
    )
    return FiguresOut(
        period=_period(found.period), zone=found.zone, currency=found.currency, first_day=found.first_day,
        figures=[_figure(each, found.currency) for each in found.figures],
    )  # fmt: skip


@router.get("/{metric}/series", auth=StaffSession(_VIEW), response=SeriesOut, summary=gettext_noop("A metric step by step"))
def read_series(
    request: HttpRequest,
    *,
    metric: Name,
    first: First,
    last: Last,
    grain: Grain = Grain.DAY,
    country: Countries = [],  # noqa: B006
    channel: Channels = [],  # noqa: B006
    product: Products = [],  # noqa: B006
    category: Categories = [],  # noqa: B006
) -> SeriesOut:
    only = _only(country=country, channel=channel, product=product, category=category)
    found = metrics.series(metric_id=metric, period=Period(first, last), grain=grain, now=timezone.now(), only=only)
    points = [
        PointOut(starts_at=each.starts_at.astimezone(UTC), value=_value(each.value, found.metric.unit, found.currency))
        for each in found.points
    ]
    return SeriesOut(metric=found.metric.id, period=_period(found.period), grain=str(found.grain), zone=found.zone, points=points)


@router.get(
    "/{metric}/top", auth=StaffSession(_VIEW), response=TopOut, summary=gettext_noop("The largest by country, channel, product or category")
)
def read_top(
    request: HttpRequest,
    *,
    metric: Name,
    dimension: Dimension,
    first: First,
    last: Last,
    limit: Annotated[int, Field(ge=1, le=100)] = 10,
    country: Countries = [],  # noqa: B006
    channel: Channels = [],  # noqa: B006
) -> TopOut:
    only = _only(country=country, channel=channel)
    found = metrics.top(metric_id=metric, dimension=dimension, period=Period(first, last), limit=limit, only=only)
    unit = found.metric.unit
    return TopOut(
        metric=found.metric.id, dimension=str(found.dimension), period=_period(found.period), zone=found.zone,
        rows=[TopRowOut(key=each.key, value=_value(each.value, unit, found.currency), share=each.share) for each in found.rows],
        total=_value(found.total, unit, found.currency),
    )  # fmt: skip


def _only(**keys: Sequence[str | int]) -> Mapping[Dimension, Sequence[str | int]]:
    return {Dimension(name): tuple(wanted) for name, wanted in keys.items() if wanted}


def _period(period: Period) -> PeriodOut:
    return PeriodOut(first=period.first, last=period.last)


def _metric(metric: Metric) -> MetricOut:
    return MetricOut(
        id=metric.id, unit=str(metric.unit), name=both(metric.name), description=both(metric.description), refunds=both(metric.refunds),
        owner=both(metric.owner), formula=metric.formula, per=metric.per, zone=metric.zone,
        dimensions=sorted(str(each) for each in metric.dimensions), grains=[str(each) for each in Grain if each in metric.grains],
    )  # fmt: skip


def _value(value: Value, unit: Unit, currency: str) -> ValueOut:
    of_money = unit in (Unit.MONEY, Unit.MONEY_PER)
    missing = None if value.missing is None else str(value.missing)
    gap = None if value.gap is None else GapOut(first=value.gap.first, last=value.gap.last)
    return ValueOut(amount=value.amount, unit=str(unit), currency=currency if of_money else None, missing=missing, gap=gap)


def _figure(figure: Figure, currency: str) -> FigureOut:
    unit = figure.metric.unit
    compared = [
        ComparedOut(against=str(each.against), period=_period(each.period), value=_value(each.value, unit, currency), change=each.change)
        for each in figure.compared
    ]
    return FigureOut(metric=figure.metric.id, name=both(figure.metric.name), value=_value(figure.value, unit, currency), compared=compared)
