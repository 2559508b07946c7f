"""What the commands print: a bar while something long goes on, a reconciliation, an audit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

from shopkeeper.doors.cli.texts import _

if TYPE_CHECKING:
    from shopkeeper.flows.audit_books import Report
    from shopkeeper.flows.import_online_retail import Reconciliation

_WIDTH = 30
_SHOWN_FINDINGS = 50
_MICRO = 1_000_000


class Bar:
    """A progress bar on a terminal; on anything else one line for each step. Call it with a step's name, its place and their number."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    def __call__(self, name: str, place: int, of: int) -> None:
        """Show that step `name` begins, after `place` of `of` steps are done."""
        done = _WIDTH * place // of if of else _WIDTH
        if not self._stream.isatty():
            print(f"· {place}/{of} {name}", file=self._stream, flush=True)
            return
        line = f"\r[{'█' * done}{'·' * (_WIDTH - done)}] {place}/{of} {name}"
        print(line.ljust(79), end="" if place < of else "\n", file=self._stream, flush=True)


def reconciliation(result: Reconciliation) -> list[str]:
    """Return the lines that show where every row and every penny of a file went."""
    rows = [
        (_("Rows in the file"), f"{result.rows:,}"),
        (_("  accepted"), f"{result.accepted:,}"),
        (_("  rejected"), f"{result.rejected:,}"),
        (_("Orders"), f"{result.orders:,}"),
        (_("Buyers with an account"), f"{result.buyers:,}"),
        (_("Guests"), f"{result.guests:,}"),
        (_("Goods"), f"{result.goods:,}"),
        (
            _("Cancelled lines whose order was found"),
            f"{result.cancellations_found:,} / {result.cancellations:,} ({result.share_found:.1%})",
        ),
        (_("Invoices with two moments"), f"{result.invoices_with_two_times:,}"),
        (_("Prices below a penny"), f"{result.below_a_minor:,}"),
        (_("Sum of quantity × price in the file"), _micro(result.file_micro)),
        (_("  sales"), _minor(result.sales_minor)),
        (_("  less refunds"), _minor(-result.refunds_minor)),
        (_("  less credit notes"), _minor(-result.credit_notes_minor)),
        (_("  fees and adjustments"), _minor(result.adjustments_minor)),
        (_("  rejected rows"), _micro(result.rejected_micro)),
        (_("  rounding of lines to whole pence"), _micro(result.rounding_micro)),
        (_("Difference"), _micro(result.difference_micro)),
    ]
    verdict = _("The reconciliation holds.") if result.holds else _("THE RECONCILIATION DOES NOT HOLD.")
    return [*_columns(rows), verdict]


def audit(report: Report) -> list[str]:
    """Return the lines of an audit: what was looked at, the sums, and every figure that is not what it should be."""
    looked = [(name.replace("_", " "), f"{count:,}") for name, count in report.looked_at.items()]
    sums = [(name.replace("_", " "), _minor(amount)) for name, amount in report.sums.items()]
    shown = [
        _("%(check)s at %(subject)s: expected %(expected)s, found %(found)s")
        % {"check": each.check, "subject": each.subject, "expected": each.expected, "found": each.found}
        for each in report.findings[:_SHOWN_FINDINGS]
    ]
    left_out = len(report.findings) - len(shown)
    more = [_("… and %d more") % left_out] if left_out else []
    verdict = _("The books are right.") if report.is_right else _("%d differences were found.") % len(report.findings)
    return [*_columns([*looked, *sums]), *shown, *more, verdict]


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    left = max(_cells(name) for name, _value in rows) if rows else 0
    right = max(len(value) for _name, value in rows) if rows else 0
    return [f"{name}{' ' * (left - _cells(name))}  {value.rjust(right)}" for name, value in rows]


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text fills: a Chinese character fills two."""
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)


def _minor(amount: int) -> str:
    return f"{Decimal(amount) / 100:,.2f}"


def _micro(amount: int) -> str:
    return f"{Decimal(amount) / _MICRO:,.6f}".rstrip("0").rstrip(".") if amount % 10_000 else f"{Decimal(amount) / _MICRO:,.2f}"
