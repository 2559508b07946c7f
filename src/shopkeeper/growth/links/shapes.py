"""Tracked links as they cross the face of the links room."""

from dataclasses import dataclass
from datetime import date, datetime

from shopkeeper.kit.ids import LinkId
from shopkeeper.kit.refusals import Refusal

MOST_CODE = 40
MOST_ADDRESS = 300
MOST_WORD = 60
MOST_NOTE = 200

WAY = "/go/"
"""Below this path every tracked link stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What a link says. `address`: a page of this shop from its first slash on; without a language it opens in the reader's.

    `source`, `medium` and `campaign` go to the page as utm_source, utm_medium and utm_campaign; empty ones are left out.
    """

    address: str
    source: str
    medium: str = ""
    campaign: str = ""
    note: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tracked link. `visits` in all; `people` told apart on their day, only those who agreed to it."""

    id: LinkId
    code: str
    draft: LinkDraft
    visits: int
    people: int
    made_at: datetime
    changed_at: datetime

    @property
    def way(self) -> str:
        """The path of the link itself."""
        return f"{WAY}{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How often a link was followed on a day."""

    day: date
    visits: int
    people: int


class LinkCodeTaken(Refusal):
    """Another link has this code."""

    code = "link_code_taken"

    def __init__(self, taken: str) -> None:
        super().__init__(f"Another link has the code {taken!r}", field="code", value=taken)
        self.taken = taken
