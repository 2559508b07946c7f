"""Taking over the UCI “Online Retail” trade: read, sort out, load by sets, reconcile to the penny.

A file is known by the SHA-256 of its content. A second run of the same file changes nothing; an interrupted one resumes at the step it
had not finished.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from shopkeeper.flows.import_online_retail.report import Reconciliation
from shopkeeper.kit.refusals import Refusal

__all__ = ["MissingColumns", "Progress", "Reconciliation", "UnreadableFile", "WrongCurrency", "run"]

Progress = Callable[[str, int, int], None]
"""Called with the name of the step under way, its place from 0, and the number of steps; at the end with the last place = number."""

CURRENCY = "GBP"
LINE_NUMBERS = "line numbers"
"""The step that keeps which lines of the file became what."""


class UnreadableFile(Refusal):
    """The file cannot be read as Parquet or CSV; `value` names it."""

    code = "unreadable_file"


class MissingColumns(UnreadableFile):
    """The file lacks `columns`, in the order in which the source has them."""

    def __init__(self, file_name: str, columns: Sequence[str]) -> None:
        super().__init__(f"{file_name} lacks the columns {', '.join(columns)}", field="file", value=file_name)
        self.columns = tuple(columns)


class WrongCurrency(Refusal):
    """The file's prices are in pounds sterling, and the shop keeps its books in something else."""

    code = "wrong_currency"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal: what the file is known by."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def run(
    path: Path,
    *,
    now: datetime,
    shift: timedelta = timedelta(),
    until: datetime | None = None,
    rejects_to: Path | None = None,
    tell: Progress = lambda _name, _place, _of: None,
) -> Reconciliation:
    """Take a file over and return its reconciliation, also of a file that was taken over before.

    Raises UnreadableFile (MissingColumns), WrongCurrency, ImportBusy, ShopNotOpen. `shift` moves every moment; lines after `until` are left
    out. The reconciliation of a file taken over before says so (`was_known`); what an older version did not keep of it is added.
    Rejected lines are written to `rejects_to` with line number and reason, where there are any.
    """
    from shopkeeper.flows.import_online_retail import whole

    return whole.take_over(path, now=now, shift=shift, until=until, rejects_to=rejects_to, tell=tell)
