"""The audit trail as it crosses its room's face."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One staff act: who did what to which thing, and what it was before and after. `actor` None: the shop itself acted."""

    id: int
    at: datetime
    actor: UserId | None
    act: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
