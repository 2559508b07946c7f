"""What the commands print: a bar while something long goes on, a reconciliation, an audit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

from shopkeeper.doors.cli.texts import _
from shopkeeper.ops.database.shapes import gettext_noop

if TYPE_CHECKING:
    from shopkeeper.flows.audit_books import Report
    from shopkeeper.flows.import_online_retail import Reconciliation
    from shopkeeper.selling.payments.shapes import Reconciliation as Statement

_WIDTH = 30
_SHOWN_FINDINGS = 50
_MICRO = 1_000_000

STEPS = (
    gettext_noop("goods"),
    gettext_noop("buyers"),
    gettext_noop("orders"),
    gettext_noop("refunds"),
    gettext_noop("credit notes"),
    gettext_noop("adjustments"),
    gettext_noop("line numbers"),
    gettext_noop("search"),
    gettext_noop("reconciliation"),
)
"""The steps of an import, as the flow calls them; `orders 2/10` is a part of one."""

AUDITED = (
    gettext_noop("orders"),
    gettext_noop("orders with payments"),
    gettext_noop("orders holding stock"),
    gettext_noop("paid"),
    gettext_noop("refunded"),
    gettext_noop("kept by orders"),
    gettext_noop("kept by providers"),
    gettext_noop("withdrawn by banks"),
    gettext_noop("under way"),
)
"""What an audit counts and adds up."""

CHECKS = (
    gettext_noop("order total is lines and delivery"),
    gettext_noop("order units are line units"),
    gettext_noop("order refunded is refunds"),
    gettext_noop("order refunded at most paid"),
    gettext_noop("refund is its lines"),
    gettext_noop("line refunded is refund lines"),
    gettext_noop("line refunded at most its price"),
    gettext_noop("line refunded units are refund lines"),
    gettext_noop("line sent or dropped at most ordered"),
    gettext_noop("line shipped is parcels"),
    gettext_noop("payment state is its events"),
    gettext_noop("captured at most asked"),
    gettext_noop("refunded at most captured"),
    gettext_noop("stock on hand"),
    gettext_noop("stock held"),
    gettext_noop("stock balance"),
    gettext_noop("held is what is to be sent"),
    gettext_noop("paid less refunds is what providers keep"),
    gettext_noop("no money reserved for a dead order"),
    gettext_noop("money in sum"),
    gettext_noop("no hold beyond its time"),
    gettext_noop("paid order is told once"),
    gettext_noop("refund is told once"),
    gettext_noop("dispute is its events"),
    gettext_noop("no money without an order"),
    gettext_noop("stray state is its events"),
    gettext_noop("stray sums are its events"),
    gettext_noop("stars are the reviews"),
    gettext_noop("line pieces are its parts"),
    gettext_noop("bundle price is its parts"),
    gettext_noop("bundle tax is its parts"),
    gettext_noop("bundles leave whole"),
    gettext_noop("held goods are those to be sent"),
)
"""What an audit checks: the rule that should hold, its code with spaces."""


class Bar:
    """A progress bar on a terminal; on anything else one line for each step. Call it with a step's name, its place and their number."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    def __call__(self, name: str, place: int, of: int) -> None:
        """Show that step `name` begins, after `place` of `of` steps are done."""
        done = _WIDTH * place // of if of else _WIDTH
        name = _step(name)
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


OUTCOMES = {
    "matched": gettext_noop("fits"),
    "amount_differs": gettext_noop("another amount"),
    "theirs_only": gettext_noop("only in the statement"),
    "ours_only": gettext_noop("only in the shop"),
    "repeated": gettext_noop("twice in the statement"),
    "unreadable": gettext_noop("cannot be read"),
    "not_compared": gettext_noop("not compared (fees, payouts, under way)"),
}
"""What became of a statement's lines."""


def statement(found: Statement) -> list[str]:
    """Return the lines that show how a provider's statement compares with the shop's payments."""
    rows = [(_(OUTCOMES[outcome.value]), f"{count:,}") for outcome, count in found.counts.items() if count]
    sums = [
        (_("paid in the statement"), _minor(found.paid_minor)),
        (_("given back in the statement"), _minor(found.refunded_minor)),
        (_("fees"), _minor(found.fees_minor)),
    ]
    fits = _("The statement fits.")
    differs = _("%d differences were found. The console shows each of them under “Statements”.") % found.differences
    return [*_columns([*rows, *sums]), fits if found.is_right else differs]


def audit(report: Report) -> list[str]:
    """Return the lines of an audit: what was looked at, the sums, and every figure that is not what it should be."""
    looked = [(_named(name), f"{count:,}") for name, count in report.looked_at.items()]
    sums = [(_named(name), _minor(amount)) for name, amount in report.sums.items()]
    shown = [
        _("%(check)s at %(subject)s: expected %(expected)s, found %(found)s")
        % {"check": _named(each.check), "subject": each.subject, "expected": each.expected, "found": each.found}
        for each in report.findings[:_SHOWN_FINDINGS]
    ]
    left_out = len(report.findings) - len(shown)
    more = [_("… and %d more") % left_out] if left_out else []
    verdict = _("The books are right.") if report.is_right else _("%d differences were found.") % len(report.findings)
    return [*_columns([*looked, *sums]), *shown, *more, verdict]


def _step(name: str) -> str:
    """Return a step's name in the terminal's language, with the number of its part where it has one."""
    words, _space, part = name.rpartition(" ")
    return f"{_(words)} {part}" if "/" in part else _(name)


def _named(code: str) -> str:
    """Return a code in words, in the terminal's language where it has any there."""
    return _(code.replace("_", " "))


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
