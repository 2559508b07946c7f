"""One import from the file to its reconciliation."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from shopkeeper.flows.import_online_retail import CURRENCY, LINE_NUMBERS, Progress, WrongCurrency, load
from shopkeeper.flows.import_online_retail.read import TradeFile, read
from shopkeeper.flows.import_online_retail.report import Reconciliation
from shopkeeper.flows.import_online_retail.sort_out import SortedTrade, sort_out
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.shapes import Reject, Run
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.shop import public as shop


def take_over(
    path: Path, *, now: datetime, shift: timedelta, until: datetime | None, rejects_to: Path | None, tell: Progress
) -> Reconciliation:
    """Read, load what is not loaded yet, and reconcile."""
    home = shop.shop()
    file = read(path, zone=home.zone, shift=shift, until=until)
    # After the file is known to be one of these at all: what is wrong with another one is not its currency.
    if home.currency != CURRENCY:
        raise WrongCurrency(f"The file is in {CURRENCY}, the shop in {home.currency}", field="currency", value=home.currency)
    if rejects_to and file.rejects.height:
        _write_rejects(file, rejects_to)
    with imports.alone():
        run = imports.begin(source=load.SOURCE, digest=file.digest, file_name=path.name, rows=file.rows, now=now)
        if run.is_finished:
            _complete(file, run, now)
            return Reconciliation.from_report(run.report)
        return _load(file, run, now, home.currency, tell)


def _load(file: TradeFile, run: Run, now: datetime, currency: str, tell: Progress) -> Reconciliation:
    trade = sort_out(file.lines)
    end = file.lines.get_column("at").max() if file.lines.height else now
    cargo = load.Cargo(run_id=run.id, trade=trade, currency=currency, end=end, now=now)  # type: ignore[arg-type]
    todo = load.steps(cargo)
    for place, step in load.take(run, todo, now):
        tell(step.name, place, len(todo))
    tell("reconciliation", len(todo), len(todo))
    if "rejects" not in run.steps:
        imports.save_rejects(run_id=run.id, rejects=_rejects(file), now=now)
    _keep_span(file, run, now)
    result = _reconciled(file, trade, imports.run(run.id))
    if result.holds:
        imports.finish(run_id=run.id, report=result.as_report(), now=now)
    return result


def _complete(file: TradeFile, run: Run, now: datetime) -> None:
    """Add to a finished run what the version that took it over did not keep yet: its span and its line numbers."""
    if {imports.SPAN, LINE_NUMBERS} <= run.steps.keys() or not _is_as_in_the_books(file, run):
        return
    for _ in load.take(run, [load.line_numbers(run_id=run.id, trade=sort_out(file.lines))], now):
        pass
    _keep_span(file, run, now)


def _is_as_in_the_books(file: TradeFile, run: Run) -> bool:
    """Return whether the file was read as it was then: cut at the same place, its sales at the moments the books have."""
    sales = sort_out(file.lines).sales.head(1)
    return file.rows == run.rows and all(orders.by_number(each["invoice"]).placed_at == each["at"] for each in sales.iter_rows(named=True))


def _keep_span(file: TradeFile, run: Run, now: datetime) -> None:
    if imports.SPAN not in run.steps and file.first_at and file.last_at:
        imports.record_span(run_id=run.id, first_at=file.first_at, last_at=file.last_at, now=now)


def _rejects(file: TradeFile) -> list[Reject]:
    return [Reject(line=line, reason=reason, value_micro=value) for line, reason, value, _ in file.rejects.iter_rows()]


def _reconciled(file: TradeFile, trade: SortedTrade, run: Run) -> Reconciliation:
    """Compare the file with the sums that the books themselves give for its invoices."""
    books = orders.history_totals(file.lines.get_column("invoice").unique().to_list())
    rejected_micro = int(file.rejects.get_column("value_micro").sum())
    return Reconciliation(
        rows=file.rows,
        accepted=imports.lines_kept(run_id=run.id),
        rejected=file.rejects.height,
        file_micro=int((file.lines.get_column("units") * file.lines.get_column("price_micro")).sum()) + rejected_micro,
        sales_minor=books.sales_minor,
        refunds_minor=books.refunds_minor,
        credit_notes_minor=books.credit_notes_minor,
        adjustments_minor=books.adjustments_minor,
        rejected_micro=rejected_micro,
        rounding_micro=trade.rounding_micro,
        cancellations=trade.refunds.height + trade.credits.height,
        cancellations_found=trade.refunds.height,
        invoices_with_two_times=trade.invoices_with_two_times,
        below_a_minor=trade.below_a_minor,
        stock_notes=trade.stock_notes.height,
        orders=trade.sales.get_column("invoice").n_unique(),
        buyers=run.steps["buyers"]["buyers"],
        guests=run.steps["buyers"]["guests"],
        goods=run.steps["goods"]["goods"],
    )


def _write_rejects(file: TradeFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file.rejects.select("line", "reason", pl.col("row").alias("content")).write_csv(path)
