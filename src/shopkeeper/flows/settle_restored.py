"""After a restore: the lake made one with the database again, then books and figures audited. Nobody uses the shop yet."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.events import public as events
from shopkeeper.flows import audit_books
from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.lake.shapes import Mended
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.backup.shapes import Restored

LAKE_HEARER = "lake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of it: how the lake was mended, the audit of the books, and what is wrong with the figures, one sentence each."""

    mended: Mended
    books: audit_books.Report
    figures: tuple[str, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong, one sentence each; empty: the shop is as it was. What waited for a decision then waits again."""
        wrong = [each for each in self.books.findings if each.check not in audit_books.WAITS_FOR_STAFF]
        books = (f"{each.check} of {each.subject}: expected {each.expected}, found {each.found}" for each in wrong)
        return (*self.mended.problems, *books, *self.figures)

    @property
    def is_right(self) -> bool:
        return not self.problems


def settle(restored: Restored, *, is_agreed: bool, now: datetime) -> Settled:
    """Mend the lake of a restored shop and return what the audits say. Facts nobody had heard yet are heard when the shop opens.

    The trail keeps whether a second person had agreed to the restore (`is_agreed`).
    Books are audited as of the moment they speak of: a hold that was good then is overdue by now, because nobody was there to end it.
    """
    audit.record(
        actor=None, act="backup.restore", subject=f"backup:{restored.kept.name}", before=None,
        after={"at": (restored.at or restored.kept.point.at).isoformat(), "is_agreed": is_agreed}, at=now,
    )  # fmt: skip
    mended = lake.mend(restored.listed.get("lake", ()), now=now)
    return Settled(mended=mended, books=audit_books.run(restored.at or restored.kept.point.at), figures=figures())


def figures() -> tuple[str, ...]:
    """Return what is wrong with what figures are made of: lake files that are not as named, facts heard that it lacks."""
    wrong = list(lake.audit())
    for kind in events.kinds():
        ids = events.heard_ids(kind=kind, hearer=LAKE_HEARER)
        if lacking := lake.lacking(kind, ids):
            wrong.append(f"{len(lacking)} facts {kind} are not in the lake, the first is {lacking[0]}")
    return tuple(wrong)
