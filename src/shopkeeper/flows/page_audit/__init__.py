"""Looking at the shop's own pages as an engine does: which there are, how each reads, and what is kept of it.

Pages are shown by the shop itself, in this process and without a network, within a transaction that is undone: nothing remembered is
shown, and a look leaves no trace but what it found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shopkeeper.flows.page_audit import listing, reading, showing
from shopkeeper.flows.page_audit.listing import Listed
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import LANGUAGES
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import SLOW_MS, Look, PageFacts, PageKind, PageRef

A_NIGHT = 400
"""Pages looked at in one night, each in both languages: two minutes at 150 ms each."""

AT_ONCE = 6
"""Products looked at with their shelf when somebody asks for it now, and waits: some two seconds."""

_SHARE_OF_THE_OLDEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night's round came to: pages looked at in how many languages each, and those that are no more and were forgotten."""

    pages: int
    looks: int
    forgotten: int


def look_at(listed: Sequence[Listed], *, now: datetime) -> tuple[Look, ...]:
    """Look at pages in both languages, keep what is found, and return it. A page that fails is found to fail; the others go on."""
    known = listing.Known()
    found = []
    for each in listed:
        for language in LANGUAGES:
            facts = facts_of(each, language, known)
            found.append(content.keep_look(each.page, facts, now=now))
    return tuple(found)


def facts_of(listed: Listed, language: str, known: listing.Known) -> PageFacts:
    """Return a page of the shop in a language as parsed facts, its links within the shop checked; it is kept nowhere."""
    address = listing.address(listed, language)
    answer = showing.show(address, language)
    if answer.took_ms > SLOW_MS:
        # The first page of a process pays for what all of them use: nothing is called slow that was asked for once only.
        again = showing.show(address, language)
        answer = min(answer, again, key=lambda each: each.took_ms) if not again.failure else again
    facts = reading.facts(answer, kind=listed.page.kind, address=address, language=language)
    broken, moved = known.sort_out(facts.links)
    return replace(facts, broken=broken, moved=moved)


def round_of_the_night(*, now: datetime, most: int = A_NIGHT, tell: Callable[[int, int], None] = lambda _done, _of: None) -> Night:
    """Look at a bounded number of pages, and forget those that are no more: changed since or never looked at first, then the oldest looks.

    A third of the round is kept for the oldest, so that a shop that changes every day leaves none out for ever.
    """
    pages = listing.all_pages(now)
    forgotten = _forget(pages)
    chosen = choose(pages, content.looked_at(), most=most)
    for place, each in enumerate(chosen, start=1):
        look_at([each], now=now)
        tell(place, len(chosen))
    return Night(pages=len(chosen), looks=len(chosen) * len(LANGUAGES), forgotten=forgotten)


def choose(pages: Sequence[Listed], looked_at: Mapping[tuple[str, str], datetime], *, most: int) -> list[Listed]:
    """Return at most so many pages: those never looked at or changed since, the newest change first, and those whose look is oldest."""
    due: list[tuple[datetime | None, Listed]] = []
    rest: list[tuple[datetime | None, Listed]] = []
    for each in pages:
        at = looked_at.get((each.page.kind.value, each.page.subject))
        (due if at is None or (each.changed_at and each.changed_at > at) else rest).append((at, each))
    # Pages that show many things, and texts, are few and shown most: they come before goods.
    due.sort(
        key=lambda pair: (pair[1].page.kind is PageKind.PRODUCT, -(pair[1].changed_at.timestamp() if pair[1].changed_at else 0)),
    )
    rest.sort(key=lambda pair: pair[0].timestamp() if pair[0] else 0)
    kept_for_oldest = min(len(rest), most // _SHARE_OF_THE_OLDEST)
    first = due[: most - kept_for_oldest]
    return [each for _at, each in (*first, *rest[: most - len(first)])]


def _forget(pages: Sequence[Listed]) -> int:
    subjects: dict[PageKind, list[str]] = {kind: [] for kind in PageKind}
    for each in pages:
        subjects[each.page.kind].append(each.page.subject)
    return sum(content.forget_looks(kind, but=found) for kind, found in subjects.items())


def look_again(page: PageRef, *, actor: UserId | None, now: datetime) -> tuple[Look, ...]:
    """Look at one page now, in both languages, and return what is found. Raises NotFound where the shop shows no such page."""
    found = listing.page(page, now)
    if found is None:
        raise NotFound("page", f"{page.kind.value} {page.subject}".strip())
    return _asked([found], actor=actor, now=now)


def look_by_address(address: str, *, with_goods: bool, actor: UserId | None, now: datetime) -> tuple[Look, ...]:
    """Look at the page of an address now, in both languages, and return what is found.

    `with_goods`: where it is a shelf or a collection, at the first AT_ONCE goods on it too. Raises NotFound where it is none of the pages
    engines may keep, Malformed, OutOfRange.
    """
    page = listing.by_address(checks.line(address, field="address", least=1, most=400), now)
    if page is None:
        raise NotFound("page", checks.shown(address))
    goods = listing.goods_on(page, now, AT_ONCE) if with_goods else ()
    return _asked([page, *goods], actor=actor, now=now)


def _asked(pages: Sequence[Listed], *, actor: UserId | None, now: datetime) -> tuple[Look, ...]:
    looks = look_at(pages, now=now)
    audit.record(
        actor=actor, act="content.look_at_pages", subject=f"page:{pages[0].page.kind.value}:{pages[0].page.subject}".rstrip(":"),
        before=None, after={"looks": len(looks)}, at=now,
    )  # fmt: skip
    return looks
