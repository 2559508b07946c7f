"""Metrics, periods and figures as they cross the room's face.

Every value is a whole number: minor units for money, pieces for counts, basis points (hundredths of a per cent) for ratios.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


class Unit(StrEnum):
    """What a value counts: minor units, pieces, basis points, or minor units per order or buyer."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    MONEY_PER = "money_per"


class Dimension(StrEnum):
    """By what a figure can be narrowed or broken down; keys are codes for country and channel, ids for product and category."""

    COUNTRY = "country"
    CHANNEL = "channel"
    PRODUCT = "product"
    CATEGORY = "category"


class Grain(StrEnum):
    """How long the steps of a series are, in the shop's time zone; weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Against(StrEnum):
    """What a period is compared with: the one just before it, the same weekdays some whole weeks before, the same dates last year."""

    PREVIOUS = "previous"
    SAME_WEEKDAY = "same_weekday"
    LAST_YEAR = "last_year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One declaration: what a figure means and how it is computed, wherever it is shown.

    `formula` (and `per`, the denominator, where the metric is a ratio of two sums) is an aggregate in DuckDB's SQL over the columns of
    `trade` (see sql/trade.sql): entry, order_id, buyer_id, first_us, goods_minor, tax_minor, units, start_us, end_us.
    Days and hours are those of `zone`: always the shop's own.
    """

    id: str
    unit: Unit
    formula: str
    per: str | None = None
    zone: str = "shop"
    dimensions: frozenset[Dimension]
    grains: frozenset[Grain] = frozenset(Grain)
    owner: Bilingual
    name: Bilingual
    description: Bilingual
    refunds: Bilingual


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in the shop's zone, both ends included; with `until`, the last day only up to that local time (today so far)."""

    first: date
    last: date
    until: time | None = None

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise UnusablePeriod(self.first, self.last)

    @property
    def days(self) -> int:
        """Return how many calendar days the period touches."""
        return (self.last - self.first).days + 1


class Missing(StrEnum):
    """Why a value is unknown: no data goes that far back, none was kept then, the time has not come yet, or nothing to divide by.

    BETWEEN_DATA: later than the oldest data, yet neither in a file that was taken over nor in the shop's own days.
    """

    BEFORE_DATA = "before_data"
    BETWEEN_DATA = "between_data"
    NOT_YET = "not_yet"
    NOTHING_SOLD = "nothing_sold"


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without data, both ends included; `first` None: from the beginning of time, `last` None: to its end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Value:
    """A whole number in the metric's unit, or the reason why there is none: unknown is never 0. `gap`: the days BETWEEN_DATA means."""

    amount: int | None
    missing: Missing | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The same metric in another period. `change` is in basis points: relative to `value`, or the difference where the unit is a ratio."""

    against: Against
    period: Period
    value: Value
    change: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    metric: Metric
    value: Value
    compared: tuple[Compared, ...]

    def against(self, against: Against) -> Compared:
        """Return one comparison. Raises KeyError where it was not asked for."""
        for each in self.compared:
            if each.against is against:
                return each
        raise KeyError(against)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Metrics of one period. `first_day` is the first day with data, None for a shop that has sold nothing yet."""

    period: Period
    zone: str
    currency: str
    first_day: date | None
    only: tuple[tuple[Dimension, tuple[str | int, ...]], ...]
    figures: tuple[Figure, ...]

    def __getitem__(self, metric_id: str) -> Figure:
        for figure in self.figures:
            if figure.metric.id == metric_id:
                return figure
        raise KeyError(metric_id)


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a series: it begins at `starts_at` (aware, in the shop's zone)."""

    starts_at: datetime
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    metric: Metric
    period: Period
    grain: Grain
    zone: str
    currency: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TopRow:
    """One country, channel, product or category. `key` None stands for trade that has none. `share` is basis points of the total."""

    key: str | int | None
    value: Value
    share: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The largest values of a metric by one dimension, largest first; `total` is the metric without the breakdown."""

    metric: Metric
    dimension: Dimension
    period: Period
    zone: str
    currency: str
    rows: tuple[TopRow, ...]
    total: Value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A result as people export it: a title, headings, and rows of texts, whole numbers and decimals (see `exports.py`)."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class UnknownMetric(Refusal):
    code = "unknown_metric"

    def __init__(self, metric_id: str, known: Sequence[str]) -> None:
        super().__init__(f"No metric {metric_id!r}; there are {', '.join(known)}", field="metric", value=metric_id)
        self.known = tuple(known)


class DimensionNotAllowed(Refusal):
    """The metric has no honest meaning by that dimension (an average order value of one product is not one)."""

    code = "dimension_not_allowed"

    def __init__(self, metric_id: str, dimension: Dimension, allowed: Sequence[Dimension]) -> None:
        super().__init__(
            f"{metric_id} cannot be shown by {dimension}; allowed are {', '.join(allowed)}", field="dimension", value=str(dimension)
        )
        self.metric_id = metric_id
        self.allowed = tuple(allowed)


class UnusablePeriod(Refusal):
    """The period ends before it begins."""

    code = "unusable_period"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"The period ends on {last}, before it begins on {first}", field="period", value=f"{first}–{last}")
        self.first = first
        self.last = last
