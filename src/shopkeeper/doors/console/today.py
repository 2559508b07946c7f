"""The console's first page: today's trade against other days, what sold where, and what waits for somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shopkeeper.doors.console import first_day, frame, needs, period, reading, safekeeping, waiting
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import (
    Against,
    Compared,
    Dimension,
    Figure,
    Figures,
    Grain,
    Missing,
    Period,
    Series,
    Top,
    Unit,
    Value,
)
from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.money import to_decimal
from shopkeeper.selling.catalog import public as catalog

SHOWN = ("gmv", "net_revenue", "orders", "units", "aov", "spend_per_buyer", "buyers", "refund_rate")
ASKED = (*SHOWN, "buyers_new", "buyers_returning")
RISING_IS_BAD = frozenset({"refund_rate"})
TOP_SHOWN = 8
HUGE = 100_000
"""A change of ten times and more, in basis points."""

EXACT_BELOW_MINOR = 1_000_000
"""Money below this is shown to the penny; above it pence are noise (files have them all)."""

KINDS = {
    "csv": ("text/csv; charset=utf-8", metrics.export_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", metrics.export_xlsx),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """One comparison in words."""

    label: str
    text: str
    tone: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Card:
    """One figure as its card shows it."""

    id: str
    name: str
    meaning: str
    value: str
    note: str
    compared: tuple[Beside, ...]
    is_drawn: bool


def page(request: HttpRequest) -> HttpResponse:
    """Show the first page, or hand out one of its parts as a file."""
    if frame.home() is None:
        return TemplateResponse(request, "console/closed.html")
    if not frame.may(request, "metrics.view"):
        return frame.refused(request)
    now = frame.began()
    setting = frame.setting()
    known = frame.known(request)
    (chosen,) = together.read(lambda: period.choose(request.GET, zone=setting.zone, now=now), remembered=known)
    wanted = request.GET.get("metric", "gmv")
    drawn = wanted if wanted in SHOWN else "gmv"
    if request.GET.get("export"):
        return _file(request, chosen, drawn, now)
    waits, warning, to_ship, _foreseen, steps = together.read(
        lambda: needs.needs(request),
        needs.payment_warning,
        lambda: needs.to_ship(request, now, setting.zone),
        metrics.foresee,
        # Only a shop without trade lists them; asked here, they cost no statement of their own.
        lambda: None if metrics.coverage() else first_day.on_today(request),
        remembered=known,
    )
    # Figures come from the lake: what they ask the database is known by now, so that none is worked out twice.
    (coverage,) = together.read(metrics.coverage, remembered=known)
    context = {
        "day": now.astimezone(ZoneInfo(setting.zone)).date(),
        "time": now.astimezone(ZoneInfo(setting.zone)),
        "zone": setting.zone,
        "chips": period.CHIPS,
        "chosen": chosen,
        "is_today": chosen.chip == "today",
        "waiting": waiting.waiting(request),
        "warning": warning,
        "backup_worry": safekeeping.worry(request, now),
        "needs": waits,
        "to_ship": to_ship,
        "may_export": frame.may(request, "metrics.export"),
        "query": _query(request),
        "first_day": first_day.link(request),
    }
    if coverage is None:
        context |= steps or first_day.on_today(request)
        return TemplateResponse(request, "console/today.html", context, status=400 if chosen.is_wrong else 200)
    (reckoned,) = together.read(lambda: _reckoned(chosen, drawn, now), remembered=known)
    context |= _trade(*reckoned, chosen=chosen, drawn=drawn)
    return TemplateResponse(request, "console/today.html", context, status=400 if chosen.is_wrong else 200)


def _reckoned(chosen: period.Chosen, drawn: str, now: datetime) -> tuple[Figures, Top, Top, dict[str, Any]]:
    found = metrics.figures(metrics=ASKED, period=chosen.period)
    return found, *_tops(chosen.period), _trend(found[drawn], chosen, now)


def _trade(found: Figures, goods: Top, countries: Top, trend: dict[str, Any], *, chosen: period.Chosen, drawn: str) -> dict[str, Any]:
    return {
        "period_words": _dates(chosen.period),
        "cards": cards(found, drawn),
        "trend": trend,
        "goods": _bars(goods, _goods_names(goods)),
        "countries": _bars(countries, _country_names(countries)),
        "currency": found.currency,
    }


def _tops(chosen: Period) -> tuple[Top, Top]:
    goods = metrics.top(metric_id="gmv", dimension=Dimension.PRODUCT, period=chosen, limit=TOP_SHOWN)
    return goods, metrics.top(metric_id="gmv", dimension=Dimension.COUNTRY, period=chosen, limit=TOP_SHOWN)


# ── figures in words ──────────────────────────────────────────────────────────────────────────────────────────────────


def cards(found: Figures, drawn: str) -> list[Card]:
    """Return the eight figures as their cards show them."""
    return [_card(found[metric_id], found, metric_id == drawn) for metric_id in SHOWN]


def _card(figure: Figure, found: Figures, is_drawn: bool) -> Card:
    note = ""
    if figure.metric.id == "buyers" and figure.value.amount:
        new, back = found["buyers_new"].value.amount or 0, found["buyers_returning"].value.amount or 0
        note = _("%(new)s new · %(back)s returning") % {"new": reading.number(new), "back": reading.number(back)}
    return Card(
        id=figure.metric.id,
        name=reading.pick(figure.metric.name),
        meaning=reading.pick(figure.metric.description),
        value=said(figure.value, figure.metric.unit, found.currency, found.first_day),
        note=note,
        compared=tuple(_against(each, figure, found) for each in figure.compared),
        is_drawn=is_drawn,
    )


def said(value: Value, unit: Unit, currency: str, first_day: Any = None) -> str:
    """Return a value in words: money, a number, a percentage, or why there is none."""
    if value.amount is None:
        return _missing(value, first_day)
    if unit is Unit.RATIO:
        return reading.percent(value.amount)
    if unit is Unit.COUNT:
        return reading.number(value.amount)
    return reading.money(value.amount, currency) if abs(value.amount) < EXACT_BELOW_MINOR else reading.round_money(value.amount, currency)


def _missing(value: Value, first_day: Any) -> str:
    if value.missing is Missing.NOTHING_SOLD:
        return "–"
    if value.missing is Missing.NOT_YET:
        return _("not yet")
    if value.gap is not None and value.gap.first and value.gap.last:
        days = {"first": reading.short_day(value.gap.first), "last": reading.short_day(value.gap.last)}
        return _("no data from %(first)s to %(last)s") % days
    return _("no data before %(day)s") % {"day": reading.short_day(first_day)} if first_day else _("no data")


def _label(against: Against, chosen: Period) -> str:
    if against is Against.LAST_YEAR:
        return _("last year")
    if chosen.days > 1:
        return _("%(days)d days before") % {"days": chosen.days} if against is Against.PREVIOUS else _("same weekdays before")
    return _("day before") if against is Against.PREVIOUS else _("last %(weekday)s") % {"weekday": reading.weekday(chosen.first)}


def _against(each: Compared, figure: Figure, found: Figures) -> Beside:
    label = _label(each.against, found.period)
    if each.value.amount is None or each.change is None:
        return Beside(label, said(each.value, figure.metric.unit, found.currency, found.first_day), "none", "")
    is_ratio = figure.metric.unit is Unit.RATIO
    size = reading.number(round(abs(each.change) / 100, 2 if is_ratio else 1))
    if not is_ratio and each.change >= HUGE:
        # “Six thousand per cent more” says less than how many times as much.
        times = reading.number(round(1 + each.change / 10_000))
        return Beside(label, f"▲ ×{times}", "down" if figure.metric.id in RISING_IS_BAD else "up", _("up"))
    text = _("%(size)s pt") % {"size": size} if is_ratio else f"{size}%"
    if each.change == 0:
        return Beside(label, "=", "same", _("the same"))
    rises = each.change > 0
    good = rises != (figure.metric.id in RISING_IS_BAD)
    spoken = _("up") if rises else _("down")
    return Beside(label, f"{'▲' if rises else '▼'} {text}", "up" if good else "down", spoken)


def _dates(chosen: Period) -> str:
    if chosen.days == 1:
        return reading.short_day(chosen.first)
    return f"{reading.short_day(chosen.first)} – {reading.short_day(chosen.last)}"


# ── the trend ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _trend(figure: Figure, chosen: period.Chosen, now: datetime) -> dict[str, Any]:
    """Return the trend as a picture's data and as the same rows for a table: this period and the one it is compared with."""
    against = Against.SAME_WEEKDAY if chosen.period.days <= 7 else Against.PREVIOUS
    then = figure.against(against).period
    present, before = _both(figure.metric.id, chosen, then, now)
    rows = _rows(present, before, chosen.grain)
    return {
        "name": reading.pick(figure.metric.name),
        "unit": present.currency if figure.metric.unit in (Unit.MONEY, Unit.MONEY_PER) else "%" if figure.metric.unit is Unit.RATIO else "",
        "grain": {"hour": _("by hour"), "day": _("by day"), "week": _("by week"), "month": _("by month")}[chosen.grain.value],
        "now": _dates(chosen.period),
        "before": _dates(Period(then.first, then.last)),
        "rows": [(row["label"], row["now_words"], row["before_words"]) for row in rows],
        "data": {
            "labels": [row["label"] for row in rows],
            "now": [row["now"] for row in rows],
            "before": [row["before"] for row in rows],
            "nowWords": [row["now_words"] for row in rows],
            "beforeWords": [row["before_words"] for row in rows],
            "nowName": _dates(chosen.period),
            "beforeName": _dates(Period(then.first, then.last)),
            "kind": "bar" if len(rows) <= 2 else "line",
            "unit": figure.metric.unit.value,
            "locale": "zh-CN" if reading.is_chinese() else "en-GB",
            "digits": 0,
        },
    }


def _both(metric_id: str, chosen: period.Chosen, then: Period, now: datetime) -> tuple[Series, Series]:
    present = metrics.series(metric_id=metric_id, period=Period(chosen.period.first, chosen.period.last), grain=chosen.grain, now=now)
    return present, metrics.series(metric_id=metric_id, period=Period(then.first, then.last), grain=chosen.grain)


def _rows(present: Series, before: Series, grain: Grain) -> list[dict[str, Any]]:
    found = []
    for index in range(max(len(present.points), len(before.points))):
        at = present.points[index] if index < len(present.points) else None
        then = before.points[index] if index < len(before.points) else None
        shown = at or then
        assert shown is not None
        found.append(
            {
                "label": _step(shown.starts_at, grain),
                "now": _drawn(at.value, present) if at else None,
                "before": _drawn(then.value, before) if then else None,
                "now_words": said(at.value, present.metric.unit, present.currency) if at else "–",
                "before_words": said(then.value, before.metric.unit, before.currency) if then else "–",
            }
        )
    return found


def _drawn(value: Value, series: Series) -> float | None:
    if value.amount is None:
        return None
    if series.metric.unit is Unit.COUNT:
        return value.amount
    return value.amount / 100 if series.metric.unit is Unit.RATIO else float(to_decimal(value.amount, series.currency))


def _step(starts_at: datetime, grain: Grain) -> str:
    if grain is Grain.HOUR:
        return f"{starts_at:%H:%M}"
    return reading.tiny_day(starts_at.date()) if grain is not Grain.MONTH else f"{starts_at:%Y-%m}"


# ── what sold where ───────────────────────────────────────────────────────────────────────────────────────────────────


def _bars(found: Top, names: Mapping[str | int | None, str]) -> list[dict[str, Any]]:
    most = max((row.value.amount or 0 for row in found.rows), default=0) or 1
    return [
        {
            "name": names.get(row.key) or _("(none)"),
            "url": reverse("console_products:page", args=[row.key]) if found.dimension is Dimension.PRODUCT and row.key else "",
            "value": said(row.value, found.metric.unit, found.currency),
            "share": reading.percent(row.share) if row.share is not None else "",
            "width": max(0, round(100 * (row.value.amount or 0) / most)),
        }
        for row in found.rows
    ]


def _goods_names(found: Top) -> dict[str | int | None, str]:
    known = catalog.products([ProductId(int(row.key)) for row in found.rows if row.key is not None])
    return {int(key): reading.pick(each.name) for key, each in known.items()}


def _country_names(found: Top) -> dict[str | int | None, str]:
    return {row.key: reading.country(str(row.key)) for row in found.rows if row.key}


# ── as files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _file(request: HttpRequest, chosen: period.Chosen, drawn: str, now: datetime) -> HttpResponse:
    kind = KINDS.get(request.GET.get("export", ""))
    if not frame.may(request, "metrics.export"):
        return frame.refused(request)
    if kind is None or chosen.is_wrong:
        return TemplateResponse(request, "console/missing.html", status=404)
    language = "zh-hans" if reading.is_chinese() else "en"
    what = request.GET.get("what", "")
    what = what if what in ("trend", "goods", "countries") else "figures"
    mime, write = kind
    known = frame.known(request)
    together.read(metrics.foresee, remembered=known)
    (result,) = together.read(lambda: _result(what, chosen, drawn, now), remembered=known)
    names = (
        _goods_names(result) if isinstance(result, Top) and what == "goods" else _country_names(result) if isinstance(result, Top) else {}
    )
    answer = HttpResponse(write(result, language=language, names=names), content_type=mime)
    answer["Content-Disposition"] = f'attachment; filename="{what}-{chosen.period.first}-{chosen.period.last}.{request.GET["export"]}"'
    return answer


def _result(what: str, chosen: period.Chosen, drawn: str, now: datetime) -> Figures | Series | Top:
    if what in ("goods", "countries"):
        goods, countries = _tops(chosen.period)
        return goods if what == "goods" else countries
    if what == "trend":
        whole = Period(chosen.period.first, chosen.period.last)
        return metrics.series(metric_id=drawn, period=whole, grain=chosen.grain, now=now)
    return metrics.figures(metrics=ASKED, period=chosen.period)


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in ("export", "what", "metric"):
        kept.pop(name, None)
    return kept.urlencode()
