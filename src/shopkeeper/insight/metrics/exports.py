"""Figures as files people open elsewhere: CSV and XLSX, made from the same result the page shows, with what every metric means."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shopkeeper.insight.metrics.catalogue import CATALOGUE
from shopkeeper.insight.metrics.shapes import Against, Figures, Grain, Metric, Missing, Period, Series, Sheet, Top, Unit, Value
from shopkeeper.kit.money import to_decimal
from shopkeeper.kit.text import Bilingual

Result = Figures | Series | Top
Names = Mapping[str | int | None, str]
NO_NAMES: Names = {}

_UNITS = {
    Unit.MONEY: Bilingual("{currency}", "{currency}"),
    Unit.MONEY_PER: Bilingual("{currency}", "{currency}"),
    Unit.COUNT: Bilingual("number", "个"),
    Unit.RATIO: Bilingual("%", "%"),
}
_AGAINST = {
    Against.PREVIOUS: Bilingual("Previous period", "上一时段"),
    Against.SAME_WEEKDAY: Bilingual("Same weekday", "上周同日"),
    Against.LAST_YEAR: Bilingual("Same period last year", "去年同期"),
}
_MISSING = {
    Missing.BEFORE_DATA: Bilingual("no data before {first_day}", "{first_day} 之前无数据"),
    Missing.BETWEEN_DATA: Bilingual("no data from {gap.first} to {gap.last}", "{gap.first} 至 {gap.last} 无数据"),
    Missing.NOT_YET: Bilingual("not yet", "尚未到来"),
    Missing.NOTHING_SOLD: Bilingual("nothing sold", "无成交"),
}
_NO_DATA = Bilingual("no data", "无数据")
_WORDS = {
    "figures": Bilingual("Figures", "指标"),
    "definitions": Bilingual("Definitions", "口径说明"),
    "metric": Bilingual("Metric", "指标"),
    "unit": Bilingual("Unit", "单位"),
    "change": Bilingual("Change, %", "变化，%"),
    "begins": Bilingual("Begins", "开始"),
    "share": Bilingual("Share, %", "占比，%"),
    "key": Bilingual("Key", "编号"),
    "name": Bilingual("Name", "名称"),
    "none": Bilingual("(none)", "（无）"),
    "meaning": Bilingual("Meaning", "含义"),
    "refunds": Bilingual("Refunds", "退款口径"),
    "owner": Bilingual("Owner", "负责部门"),
    "formula": Bilingual("Formula", "公式"),
    "zone": Bilingual("Time zone", "时区"),
}


def export_csv(result: Result, *, language: str, names: Names = NO_NAMES) -> bytes:
    """Return a result as CSV in UTF-8 with a byte order mark, so that spreadsheets read Chinese. `names` gives what keys are called."""
    sheet = sheet_of(result, language=language, names=names)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(sheet.headings)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else _harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def export_xlsx(result: Result, *, language: str, names: Names = NO_NAMES) -> bytes:
    """Return a result as an XLSX workbook: one sheet of figures, one that says what each metric means, its unit and its time zone."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    for sheet in (sheet_of(result, language=language, names=names), definitions(result, language=language)):
        page = book.add_worksheet(sheet.title)
        page.freeze_panes(1, 0)
        page.set_column(0, len(sheet.headings) - 1, 22)
        page.write_row(0, 0, sheet.headings, bold)
        for number, row in enumerate(sheet.rows, start=1):
            page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def sheet_of(result: Result, *, language: str, names: Names = NO_NAMES) -> Sheet:
    """Return a result as headings and rows: money in whole currency, ratios in per cent, a missing value as the reason for it."""
    match result:
        case Figures():
            return _figures(result, language)
        case Series():
            return _series(result, language)
        case Top():
            return _top(result, language, names)


def definitions(result: Result, *, language: str) -> Sheet:
    """Return what the metrics of a result mean."""
    used = [figure.metric for figure in result.figures] if isinstance(result, Figures) else [result.metric]
    headings = tuple(_word(key, language) for key in ("metric", "unit", "meaning", "refunds", "owner", "zone", "formula"))
    rows = tuple(
        (
            metric.name.pick(language),
            _unit(metric, result.currency, language),
            metric.description.pick(language),
            metric.refunds.pick(language),
            metric.owner.pick(language),
            result.zone,
            metric.formula if metric.per is None else f"({metric.formula}) / ({metric.per})",
        )
        for metric in CATALOGUE.values()
        if metric in used
    )
    return Sheet(_word("definitions", language), headings, rows)


def _figures(result: Figures, language: str) -> Sheet:
    asked = [(each.against, each.period) for each in result.figures[0].compared] if result.figures else []
    headings = [_word("metric", language), _word("unit", language), _dates(result.period)]
    for against, period in asked:
        headings += [f"{_AGAINST[against].pick(language)} {_dates(period)}", _word("change", language)]
    rows = []
    for figure in result.figures:

        def shown(value: Value, metric: Metric = figure.metric) -> object:
            return _shown(value, metric, result.currency, language, result.first_day)

        row: list[object] = [figure.metric.name.pick(language), _unit(figure.metric, result.currency, language), shown(figure.value)]
        for each in figure.compared:
            row += [shown(each.value), _hundredths(each.change)]
        rows.append(tuple(row))
    return Sheet(_word("figures", language), tuple(headings), tuple(rows))


def _series(result: Series, language: str) -> Sheet:
    form = "%Y-%m-%d %H:%M %z" if result.grain is Grain.HOUR else "%Y-%m-%d"
    rows = tuple(
        (point.starts_at.strftime(form), _shown(point.value, result.metric, result.currency, language, None)) for point in result.points
    )
    return Sheet(_word("figures", language), (f"{_word('begins', language)} ({result.zone})", _heading(result, language)), rows)


def _top(result: Top, language: str, names: Names) -> Sheet:
    headings = (_word("key", language), _word("name", language), _heading(result, language), _word("share", language))
    rows = tuple(
        (
            _word("none", language) if row.key is None else row.key,
            names.get(row.key, ""),
            _shown(row.value, result.metric, result.currency, language, None),
            _hundredths(row.share),
        )
        for row in result.rows
    )
    return Sheet(_word("figures", language), headings, rows)


def _heading(result: Series | Top, language: str) -> str:
    return f"{result.metric.name.pick(language)} ({_unit(result.metric, result.currency, language)}) {_dates(result.period)}"


def _shown(value: Value, metric: Metric, currency: str, language: str, first_day: date | None) -> object:
    if value.amount is None:
        words = _NO_DATA if value.missing is Missing.BEFORE_DATA and first_day is None else _MISSING[value.missing or Missing.BEFORE_DATA]
        return words.pick(language).format(first_day=first_day, gap=value.gap)
    match metric.unit:
        case Unit.MONEY | Unit.MONEY_PER:
            return to_decimal(value.amount, currency)
        case Unit.RATIO:
            return _hundredths(value.amount)
        case Unit.COUNT:
            return value.amount


def _hundredths(basis_points: int | None) -> Decimal | None:
    return None if basis_points is None else Decimal(basis_points).scaleb(-2)


def _unit(metric: Metric, currency: str, language: str) -> str:
    return _UNITS[metric.unit].pick(language).format(currency=currency)


def _dates(period: Period) -> str:
    whole = str(period.first) if period.first == period.last else f"{period.first}–{period.last}"
    return whole if period.until is None else f"{whole} <{period.until:%H:%M}"


def _word(key: str, language: str) -> str:
    return _WORDS[key].pick(language)


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
