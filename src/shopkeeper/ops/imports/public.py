"""The bookkeeping of imports: a file is taken over once, step by step, and resumes where it was interrupted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from shopkeeper.kit.time import from_microseconds, to_microseconds
from shopkeeper.ops.imports.models import ImportOrigin, ImportReject, ImportRun, ImportStep
from shopkeeper.ops.imports.shapes import ImportBusy, Origin, Reject, Run, Span
from shopkeeper.ops.imports.sheets import (
    bring_sheet,
    change_sheet,
    different_lines,
    forget_sheets,
    headings,
    is_kept,
    left_lines,
    line_counts,
    lines,
    lock_sheet,
    put_lines,
    remember_headings,
    save_lines,
    sheet,
    sheet_content,
    sheets,
    sheets_under_way,
    undo_counts,
    walk_lines,
    written_lines,
)

__all__ = [
    "SPAN", "alone", "begin", "bring_sheet", "change_sheet", "different_lines", "finish", "finish_step", "forget_sheets", "headings",
    "is_kept", "lacking", "left_lines", "line_counts", "lines", "lines_kept", "lock_sheet", "origin", "put_lines", "record_span",
    "remember_headings", "run", "save_lines", "save_origins", "save_rejects", "sheet", "sheet_content", "sheets", "sheets_under_way",
    "spans", "undo_counts", "unfinished", "walk_lines", "was_taken_over", "written_lines",
]  # fmt: skip

SPAN = "span"
_LOCK = 7_301_001
"""The number of the session lock that one import holds at a time."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold the shop's import lock for the length of the block. Raises ImportBusy where another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise ImportBusy("Another import is under way", field="file")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def begin(*, source: str, digest: str, file_name: str, rows: int, now: datetime) -> Run:
    """Return the run of this file, new or as it was left; the same content is the same run, whatever its name."""
    row, _ = ImportRun.objects.get_or_create(
        source=source, digest=digest, defaults={"file_name": file_name[:255], "rows": rows, "started_at": now}
    )
    return _shape(row)


def finish_step(*, run_id: int, name: str, report: Mapping[str, int], now: datetime) -> None:
    """Mark a step done; call it inside the step's own transaction, so that both stand or fall together."""
    ImportStep.objects.create(run_id=run_id, name=name, report=dict(report), finished_at=now)


@transaction.atomic
def save_rejects(*, run_id: int, rejects: Sequence[Reject], now: datetime) -> None:
    """Keep the refused lines of a run, as its step `rejects`."""
    ImportReject.objects.bulk_create(
        [ImportReject(run_id=run_id, line=r.line, reason=r.reason[:200], value_micro=r.value_micro) for r in rejects], batch_size=5_000
    )
    finish_step(run_id=run_id, name="rejects", report={"rejects": len(rejects)}, now=now)


def save_origins(*, run_id: int, origins: Iterable[tuple[str, str, Sequence[int]]]) -> int:
    """Keep which lines of the run's file became what, and return how many things that are. Call it inside a step.

    One row per thing: its kind, its code (at most 120 characters), its line numbers in the order of its own lines.
    """
    rows = [(run_id, kind, code, list(lines)) for kind, code, lines in origins]
    with connection.cursor() as cursor, cursor.copy("COPY imports_importorigin (run_id, kind, code, lines) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


def lines_kept(*, run_id: int) -> int:
    """Return how many lines of the run's file became something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(cardinality(lines)), 0) FROM imports_importorigin WHERE run_id = %s", [run_id])
        return int(cursor.fetchone()[0])


def origin(*, kind: str, code: str) -> Origin | None:
    """Return from which lines of which file a thing was taken over, the first file that brought it; None for what was not."""
    row = ImportOrigin.objects.filter(kind=kind, code=code).select_related("run").order_by("run_id").first()
    if row is None:
        return None
    return Origin(source=row.run.source, digest=row.run.digest, file_name=row.run.file_name, lines=tuple(row.lines))


def finish(*, run_id: int, report: Mapping[str, Any], now: datetime) -> Run:
    """Close a run with its report and return it."""
    ImportRun.objects.filter(id=run_id).update(report=dict(report), finished_at=now)
    return run(run_id)


def record_span(*, run_id: int, first_at: datetime, last_at: datetime, now: datetime) -> None:
    """Say, as the run's step `span`, from which moment to which its file speaks of trade: once all of it is in the books."""
    finish_step(run_id=run_id, name=SPAN, report={"first_us": to_microseconds(first_at), "last_us": to_microseconds(last_at)}, now=now)


def spans() -> tuple[Span, ...]:
    """Return the time that each file taken over speaks of, oldest run first; an import under way is not among them."""
    reports = ImportStep.objects.filter(name=SPAN).order_by("run_id").values_list("report", flat=True)
    return tuple(Span(from_microseconds(each["first_us"]), from_microseconds(each["last_us"])) for each in reports)


def unfinished(*, source: str) -> Run | None:
    """Return the run of a source that was begun and not finished, None where there is none."""
    row = ImportRun.objects.filter(source=source, finished_at=None).order_by("id").last()
    return None if row is None else _shape(row)


def was_taken_over(*, source: str) -> bool:
    """Return whether a run of a source was ever finished."""
    return ImportRun.objects.filter(source=source, finished_at__isnull=False).exists()


def lacking(*, source: str, steps: Sequence[str]) -> tuple[Run, ...]:
    """Return the finished runs of a source that lack one of these steps, oldest first: older versions did not have them yet."""
    done = Count("importstep", filter=Q(importstep__name__in=list(steps)))
    rows = ImportRun.objects.filter(source=source, finished_at__isnull=False).annotate(done=done).filter(done__lt=len(set(steps)))
    return tuple(_shape(row) for row in rows.order_by("id"))


def run(run_id: int) -> Run:
    """Return one run with its steps."""
    return _shape(ImportRun.objects.get(id=run_id))


def _shape(row: ImportRun) -> Run:
    return Run(
        id=row.pk,
        source=row.source,
        digest=row.digest,
        rows=row.rows,
        steps={step.name: step.report for step in ImportStep.objects.filter(run=row)},
        report=row.report,
        is_finished=row.finished_at is not None,
        started_at=row.started_at,
    )
