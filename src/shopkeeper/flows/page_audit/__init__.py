"""Looking at the shop's own pages as an engine does: which there are, how each reads, and what is kept of it.

Pages are shown by the shop itself, in this process and without a network, within a transaction that is undone: nothing remembered is
shown, and a look leaves no trace but what it found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from shopkeeper.flows.page_audit import listing, reading, showing
from shopkeeper.flows.page_audit.listing import Listed
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import LANGUAGES
from shopkeeper.ops.audit import public as audit
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import SLOW_MS, Look, PageFacts, PageKind, PageRef

A_NIGHT = 400
"""Pages looked at in one night, each in both languages: two minutes at 150 ms each."""

A_SLICE = 40
"""Pages the worker looks at in one go, some ten seconds: what a killed process has to look at again, and how often progress shows."""

SILENT = timedelta(minutes=10)
"""A round of which nothing was heard for so long stands still: whoever asks again sets it going."""

_ROUND = "goods_looked_at:{kind}:{subject}"

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


def round_of_the_day(*, now: datetime, most: int = A_SLICE) -> int:
    """Look at a few pages that are due, and return how many: those never looked at or changed since first, then looks older than a week.

    Called again and again, it comes to every page of however large a shop in time; where nothing is due it looks at nothing.
    """
    looked = content.looked_at()
    due = [each for each in listing.all_pages(now) if _is_due(each, looked.get((each.page.kind.value, each.page.subject)), now)]
    chosen = choose(due, looked, most=most)
    look_at(chosen, now=now)
    return len(chosen)


def _is_due(page: Listed, at: datetime | None, now: datetime) -> bool:
    return at is None or at < now - listing.EVERY or bool(page.changed_at and page.changed_at > at)


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

    `with_goods`: where it is a shelf or a collection, the worker then looks at all goods on it (`goods_round` tells how far it is).
    Raises NotFound where it is none of the pages engines may keep, Malformed, OutOfRange.
    """
    page = _page_of(address, now)
    looks = _asked([page], actor=actor, now=now)
    if with_goods and listing.has_goods(page):
        _begin_round(page, now)
    return looks


def look_at_goods(address: str, *, now: datetime, tell: Callable[[int, int], None] = lambda _done, _of: None) -> tuple[Look, ...]:
    """Look at all goods on the shelf or in the collection of an address, now, while somebody waits. Raises as `look_by_address` does.

    Each look is kept at once: whoever stops waiting loses none.
    """
    goods = listing.goods_on(_page_of(address, now), now)
    found: list[Look] = []
    for place, each in enumerate(goods, start=1):
        found += look_at([each], now=now)
        tell(place, len(goods))
    return tuple(found)


def _page_of(address: str, now: datetime) -> Listed:
    page = listing.by_address(checks.line(address, field="address", least=1, most=400), now)
    if page is None:
        raise NotFound("page", checks.shown(address))
    return page


# ── all goods on a page, by the worker ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRound:
    """How far the worker is with the goods on a page since somebody asked; `told_at`: when it was last heard of."""

    asked_at: datetime
    told_at: datetime
    done: int
    of: int
    is_over: bool

    def is_under_way(self, now: datetime) -> bool:
        """Return whether the worker is still at it; a round that went silent is not."""
        return not self.is_over and now - self.told_at < SILENT


def goods_round(page: PageRef) -> GoodsRound | None:
    """Return how far the last round over the goods on a page is, None where nobody asked for one: one query."""
    found = jobs.last_report(_ROUND.format(kind=page.kind.value, subject=page.subject))
    if found is None:
        return None
    body = found.body
    return GoodsRound(
        asked_at=datetime.fromisoformat(body["asked_at"]), told_at=found.at, done=body["done"], of=body["of"], is_over=body["is_over"]
    )


@transaction.atomic
def _begin_round(page: Listed, now: datetime) -> None:
    goods = len(listing.goods_on(page, now))
    _tell(page.page, asked_at=now, now=now, done=0, of=goods, is_over=goods == 0)
    if goods:
        _put_off(page.page)


def go_on(page: PageRef, *, now: datetime) -> GoodsRound | None:
    """Look at the next slice of the goods on a page that a round has not come to, and put off the rest; return how far it is then.

    What was looked at since it was asked for is done, so it goes on where a dead process left it. Changed goods come first.
    """
    found = goods_round(page)
    if found is None or found.is_over:
        return found
    here = listing.page(page, now)
    goods = listing.goods_on(here, now) if here else ()
    looked = content.looked_at_of(PageKind.PRODUCT, [each.page.subject for each in goods])
    left = [each for each in goods if (at := looked.get(each.page.subject)) is None or at < found.asked_at]
    chosen = choose(left, {(PageKind.PRODUCT.value, subject): at for subject, at in looked.items()}, most=A_SLICE)
    look_at(chosen, now=now)
    is_over = len(chosen) == len(left)
    with transaction.atomic():
        _tell(page, asked_at=found.asked_at, now=now, done=len(goods) - len(left) + len(chosen), of=len(goods), is_over=is_over)
        if not is_over:
            _put_off(page)
    return goods_round(page)


def _tell(page: PageRef, *, asked_at: datetime, now: datetime, done: int, of: int, is_over: bool) -> None:
    body = {"asked_at": asked_at.isoformat(), "done": done, "of": of, "is_over": is_over}
    jobs.keep_report(name=_ROUND.format(kind=page.kind.value, subject=page.subject), at=now, trouble=0, body=body)


def _put_off(page: PageRef) -> None:
    jobs.defer("look_at_goods", once=f"look_at_goods:{page.kind.value}:{page.subject}", kind=page.kind.value, subject=page.subject)


def _asked(pages: Sequence[Listed], *, actor: UserId | None, now: datetime) -> tuple[Look, ...]:
    looks = look_at(pages, now=now)
    audit.record(
        actor=actor, act="content.look_at_pages", subject=f"page:{pages[0].page.kind.value}:{pages[0].page.subject}".rstrip(":"),
        before=None, after={"looks": len(looks)}, at=now,
    )  # fmt: skip
    return looks
