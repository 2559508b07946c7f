"""The command that looks at the shop's own pages as an engine does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shopkeeper.doors.cli import place
from shopkeeper.doors.cli.tables import Bar
from shopkeeper.doors.cli.texts import _, language

if TYPE_CHECKING:
    from shopkeeper.selling.content.shapes_pages import Look

WORST_SHOWN = 20
STEP = 25


def add(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit pages` to the command line."""
    words = kinds.add_parser("pages", help=_("the shop’s own pages, as search engines read them"))
    words.add_argument("--address", default="", help=_("one page, as it stands in the browser; without it, as many as in a night"))
    words.add_argument("--with-goods", action="store_true", help=_("of a shelf or a collection: all goods on it too"))
    words.set_defaults(run=look)


def look(words: argparse.Namespace) -> int:
    """Look at pages and print the worst; status 1 if one could not be shown or tells engines to stay away."""
    place.refuse_where_none_stands()
    with place.shop():
        from django.utils.translation import override

        with override(language()):
            looks = _looked(words.address, with_goods=words.with_goods)
            print("\n".join(_told(looks)))
    return 1 if any(each.score == 0 for each in looks) else 0


def _looked(address: str, *, with_goods: bool) -> Sequence[Look]:
    from shopkeeper.flows import page_audit
    from shopkeeper.selling.content import public as content

    now = datetime.now(UTC)
    if address:
        looks = page_audit.look_by_address(address, with_goods=False, actor=None, now=now)
        return (*looks, *page_audit.look_at_goods(address, now=now, tell=_every_so_often(Bar()))) if with_goods else looks
    page_audit.round_of_the_night(now=now, tell=_every_so_often(Bar()))
    return content.looked(size=WORST_SHOWN).items


def _every_so_often(bar: Bar) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done % STEP == 0 or done == of:
            bar(_("pages"), done, of)

    return tell


def _told(looks: Sequence[Look]) -> Iterator[str]:
    from shopkeeper.doors.wordings import found

    for each in sorted(looks, key=lambda look: look.score)[:WORST_SHOWN]:
        yield f"{each.score:>3}  {each.address}"
        for finding in each.findings:
            told = found.told(finding)
            yield f"       {told.problem} {told.remedy}"
    if not looks:
        yield _("The shop has no pages yet.")
