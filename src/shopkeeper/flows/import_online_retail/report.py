"""The reconciliation of an import: what the file says against what the books say."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MICRO_PER_MINOR = 10_000
"""Prices are read in millionths of the currency unit; the books are kept in hundredths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Sums in millionths of the currency unit for the file, in minor units for the books.

    It holds where: file = (sales − refunds − credit notes + adjustments) + rejected + rounding, and every row is in one place.
    `rounding_micro` is what rounding each line to whole minor units took away. `was_known`: an earlier run took the file
    over and this is its reconciliation; nothing was new.
    """

    rows: int
    accepted: int
    rejected: int
    file_micro: int
    sales_minor: int
    refunds_minor: int
    credit_notes_minor: int
    adjustments_minor: int
    rejected_micro: int
    rounding_micro: int
    cancellations: int
    cancellations_found: int
    invoices_with_two_times: int
    below_a_minor: int
    stock_notes: int
    orders: int
    buyers: int
    guests: int
    goods: int
    was_known: bool = field(default=False, compare=False)

    @property
    def books_micro(self) -> int:
        books = self.sales_minor - self.refunds_minor - self.credit_notes_minor + self.adjustments_minor
        return books * MICRO_PER_MINOR + self.rejected_micro + self.rounding_micro

    @property
    def difference_micro(self) -> int:
        return self.file_micro - self.books_micro

    @property
    def holds(self) -> bool:
        return self.difference_micro == 0 and self.rows == self.accepted + self.rejected

    @property
    def share_found(self) -> float:
        """Return which share of the cancellations of goods became a refund of the order they cancel, from 0 to 1."""
        return self.cancellations_found / self.cancellations if self.cancellations else 1.0

    def as_report(self) -> dict[str, int]:
        """Return the figures as they are kept with the run."""
        return {name: value for name, value in asdict(self).items() if name != "was_known"}

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> "Reconciliation":
        """Return the reconciliation kept with a finished run."""
        return replace(cls(**report), was_known=True)
