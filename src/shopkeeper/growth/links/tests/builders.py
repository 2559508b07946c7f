"""Links for tests."""

from datetime import UTC, datetime
from typing import Any

from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.shapes import Link, LinkDraft

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def draft(**changes: Any) -> LinkDraft:
    """Return a link for a poster, changed."""
    return LinkDraft(**{"address": "/en/goods/lamp/", "source": "poster", "medium": "print", "campaign": "spring"} | changes)


def a_link(code: str = "spring", **changes: Any) -> Link:
    """Make a link."""
    return links.make_link(code=code, draft=draft(**changes), actor=None, now=NOON)


def followed(code: str = "spring", **changes: Any) -> str:
    """Follow a link once, as somebody who does not want to be told apart."""
    given = {"language": "en", "subject": "", "is_counted": True, "day": NOON.date(), "now": NOON}
    return links.follow(code=code, **{**given, **changes})  # type: ignore[arg-type]
