"""Lists as files: CSV row by row, XLSX through a temporary file, so that a hundred thousand rows fit into little memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

FORMATS = ("csv", "xlsx")
# In the wide forms of Chinese and Japanese keyboards, too: spreadsheets run those as well.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
Cell = str | int | float | Decimal | datetime | None


class _Echo:
    def write(self, text: str) -> str:
        return text


def response(kind: str, *, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], zone: str) -> HttpResponseBase:
    """Return a download of the rows under a heading, as `csv` or `xlsx`; moments in the shop's zone."""
    if kind not in FORMATS:
        return HttpResponse(status=404)
    return _xlsx(name, head, rows, zone) if kind == "xlsx" else _csv(name, head, rows, zone)


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], zone: str) -> HttpResponseBase:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        # The mark of UTF-8 lets spreadsheets read Chinese without asking.
        yield "\ufeff" + str(writer.writerow(head))
        for row in rows:
            yield str(writer.writerow([_for_csv(cell, zone) for cell in row]))

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], zone: str) -> HttpResponseBase:
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", **plain})
    page, bold = book.add_worksheet(), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    page.write_row(0, 0, head, bold)
    for index, row in enumerate(rows, 1):
        page.write_row(index, 0, [_for_xlsx(cell, zone) for cell in row])
    book.close()
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=kind)


def _for_csv(cell: Cell, zone: str) -> Cell:
    if isinstance(cell, datetime):
        return _local(cell, zone).isoformat(" ", "seconds")
    # A spreadsheet would run a buyer's name that begins like a formula; the apostrophe makes it text.
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _for_xlsx(cell: Cell, zone: str) -> Any:
    return _local(cell, zone).replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
