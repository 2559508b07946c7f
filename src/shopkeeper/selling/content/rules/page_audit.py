"""What is wrong with a page as engines and readers meet it, and what it is worth: a pure rule over parsed facts.

A page begins with 100 points, parted among nine groups. Each thing found costs what the table says, a group never more than it holds;
so a page on which everything is wrong has none. A page that could not be shown, or that engines are told not to keep, has none at all:
what could not be looked at is never passed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.selling.content.rules import lengths
from shopkeeper.selling.content.shapes_pages import SLOW_MS, Finding, FixAt, Group, PageFacts, PageKind, Severity

GROUPS: Mapping[Group, int] = {
    Group.TITLE: 20,
    Group.DESCRIPTION: 15,
    Group.HEADINGS: 10,
    Group.WORDS: 5,
    Group.LINKS: 15,
    Group.PICTURES: 10,
    Group.ADDRESSES: 10,
    Group.STRUCTURED: 10,
    Group.SPEED: 5,
}
"""How many of the hundred points each group holds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be found: its group (None: the page as a whole), what it costs, how grave it is, and where it is mended."""

    group: Group | None
    cost: int
    severity: Severity
    fix: FixAt


_STOPS, _GRAVE, _MINOR = Severity.STOPS, Severity.GRAVE, Severity.MINOR

RULES: Mapping[str, Rule] = {
    "not_shown": Rule(None, 100, _STOPS, FixAt.OPERATOR),
    "kept_out": Rule(None, 100, _STOPS, FixAt.SHOP),
    "title_missing": Rule(Group.TITLE, 20, _GRAVE, FixAt.WORDS),
    "title_twice": Rule(Group.TITLE, 10, _GRAVE, FixAt.WORDS),
    "title_long": Rule(Group.TITLE, 5, _MINOR, FixAt.WORDS),
    "title_short": Rule(Group.TITLE, 5, _MINOR, FixAt.WORDS),
    "description_missing": Rule(Group.DESCRIPTION, 15, _GRAVE, FixAt.WORDS),
    "description_twice": Rule(Group.DESCRIPTION, 7, _GRAVE, FixAt.WORDS),
    "description_long": Rule(Group.DESCRIPTION, 3, _MINOR, FixAt.WORDS),
    "description_short": Rule(Group.DESCRIPTION, 5, _MINOR, FixAt.WORDS),
    "heading_missing": Rule(Group.HEADINGS, 10, _GRAVE, FixAt.OPERATOR),
    "heading_several": Rule(Group.HEADINGS, 6, _GRAVE, FixAt.OPERATOR),
    "heading_skipped": Rule(Group.HEADINGS, 3, _MINOR, FixAt.OPERATOR),
    "heading_empty": Rule(Group.HEADINGS, 4, _MINOR, FixAt.TEXT),
    "words_few": Rule(Group.WORDS, 5, _MINOR, FixAt.TEXT),
    "link_broken": Rule(Group.LINKS, 15, _GRAVE, FixAt.TEXT),
    "link_moved": Rule(Group.LINKS, 4, _MINOR, FixAt.TEXT),
    "link_unnamed": Rule(Group.LINKS, 5, _GRAVE, FixAt.OPERATOR),
    "picture_unnamed": Rule(Group.PICTURES, 5, _GRAVE, FixAt.PICTURES),
    "picture_unmeasured": Rule(Group.PICTURES, 2, _MINOR, FixAt.OPERATOR),
    "card_without_picture": Rule(Group.PICTURES, 3, _MINOR, FixAt.PICTURES),
    "address_missing": Rule(Group.ADDRESSES, 10, _GRAVE, FixAt.OPERATOR),
    "address_elsewhere": Rule(Group.ADDRESSES, 10, _GRAVE, FixAt.OPERATOR),
    "languages_missing": Rule(Group.ADDRESSES, 4, _GRAVE, FixAt.OPERATOR),
    "language_wrong": Rule(Group.ADDRESSES, 4, _GRAVE, FixAt.OPERATOR),
    "structured_missing": Rule(Group.STRUCTURED, 6, _GRAVE, FixAt.OPERATOR),
    "structured_faulty": Rule(Group.STRUCTURED, 10, _GRAVE, FixAt.OPERATOR),
    "answer_slow": Rule(Group.SPEED, 4, _MINOR, FixAt.OPERATOR),
    "page_heavy": Rule(Group.SPEED, 2, _MINOR, FixAt.OPERATOR),
}
"""Everything that can be found, each with its price: the one table of what a score is made of."""

TWICE = ("title_twice", "description_twice")

HEAVY_BYTES, FEW_WORDS = 500_000, 20
"""Half a megabyte of HTML before it is packed is more than a page of words needs."""

STRUCTURED: Mapping[PageKind, tuple[str, ...]] = {
    PageKind.HOME: ("OnlineStore", "WebSite"),
    PageKind.GOODS: ("BreadcrumbList", "ItemList"),
    PageKind.CATEGORY: ("BreadcrumbList", "ItemList"),
    PageKind.PRODUCT: ("Product", "BreadcrumbList"),
}
"""What a page of each kind tells engines in their own terms; the others tell nothing."""

PICTURED = frozenset({PageKind.HOME, PageKind.GOODS, PageKind.CATEGORY, PageKind.COLLECTION, PageKind.PRODUCT})
"""Pages with goods on them: where one is passed on, a picture of these shows."""

WORDY = frozenset({PageKind.PRODUCT, PageKind.CATEGORY, PageKind.COLLECTION, PageKind.TEXT})
HREFLANG = {"en": "en", "zh-hans": "zh-Hans"}


def judge(page: PageFacts) -> tuple[Finding, ...]:
    """Return everything found on a page, what stops it first, then by what it costs."""
    if page.failure or page.status != 200:
        return (_found("not_shown", status=page.status, failure=page.failure),)
    if page.is_kept_out:
        return (_found("kept_out"),)
    looks = (_title, _description, _headings, _words, _links, _pictures, _addresses, _structured, _speed)
    return ordered(each for look in looks for each in look(page))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the dearest first."""
    return tuple(sorted(findings, key=lambda each: (-RULES[each.code].cost, each.code)))


def score(codes: Sequence[str]) -> int:
    """Return what a page is worth, 0 to 100, from the codes of what was found on it."""
    if any(RULES[code].group is None for code in codes):
        return 0
    lost = {group: sum(RULES[code].cost for code in set(codes) if RULES[code].group is group) for group in GROUPS}
    return 100 - sum(min(lost[group], holds) for group, holds in GROUPS.items())


def twice(findings: Iterable[Finding], code: str, other: str | None) -> tuple[Finding, ...]:
    """Return findings with one of the two about words used twice put right: `other` is a page with the same words, None where none is."""
    rest = [each for each in findings if each.code != code]
    return ordered([*rest, _found(code, other=other)] if other else rest)


def _found(code: str, **values: str | int) -> Finding:
    rule = RULES[code]
    return Finding(code=code, severity=rule.severity, fix=rule.fix, values=values)


def _title(page: PageFacts) -> Iterator[Finding]:
    wide = lengths.title_px(page.title)
    if not page.title:
        yield _found("title_missing")
    elif wide > lengths.TITLE_PX:
        yield _found("title_long", pixels=wide, most=lengths.TITLE_PX, text=page.title)
    elif wide < lengths.LEAST_TITLE_PX:
        yield _found("title_short", pixels=wide, least=lengths.LEAST_TITLE_PX, text=page.title)
    if page.title and page.same_title:
        yield _found("title_twice", other=page.same_title)


def _description(page: PageFacts) -> Iterator[Finding]:
    wide = lengths.description_px(page.description)
    if not page.description:
        yield _found("description_missing")
    elif wide > lengths.DESCRIPTION_PX:
        yield _found("description_long", pixels=wide, most=lengths.DESCRIPTION_PX)
    elif wide < lengths.LEAST_DESCRIPTION_PX:
        yield _found("description_short", pixels=wide, least=lengths.LEAST_DESCRIPTION_PX)
    if page.description and page.same_description:
        yield _found("description_twice", other=page.same_description)


def _headings(page: PageFacts) -> Iterator[Finding]:
    first = [text for level, text in page.headings if level == 1]
    if not first:
        yield _found("heading_missing")
    elif len(first) > 1:
        yield _found("heading_several", count=len(first))
    if any(not text for _level, text in page.headings):
        yield _found("heading_empty", count=sum(not text for _level, text in page.headings))
    above = 0
    for level, text in page.headings:
        if above and level > above + 1:
            yield _found("heading_skipped", text=text[:80], level=level, above=above)
            return
        above = level


def _words(page: PageFacts) -> Iterator[Finding]:
    if page.kind in WORDY and page.words < FEW_WORDS:
        yield _found("words_few", count=page.words, least=FEW_WORDS)


def _links(page: PageFacts) -> Iterator[Finding]:
    if page.broken:
        yield _found("link_broken", count=len(page.broken), address=page.broken[0])
    if page.moved:
        yield _found("link_moved", count=len(page.moved), address=page.moved[0])
    if page.unnamed_links:
        yield _found("link_unnamed", count=len(page.unnamed_links), address=page.unnamed_links[0])


def _pictures(page: PageFacts) -> Iterator[Finding]:
    unnamed = [each for each in page.pictures if each.alt is None]
    if unnamed:
        yield _found("picture_unnamed", count=len(unnamed), address=unnamed[0].address)
    bare = [each for each in page.pictures if not each.has_measure]
    if bare:
        yield _found("picture_unmeasured", count=len(bare), address=bare[0].address)
    if page.kind in PICTURED and not page.card_picture:
        yield _found("card_without_picture")


def _addresses(page: PageFacts) -> Iterator[Finding]:
    if not page.canonical:
        yield _found("address_missing")
    elif page.canonical != page.address:
        yield _found("address_elsewhere", address=page.canonical)
    missing = [name for name in (*HREFLANG.values(), "x-default") if name not in page.alternates]
    if missing:
        yield _found("languages_missing", names=", ".join(missing))
    if page.html_language != HREFLANG.get(page.language, ""):
        yield _found("language_wrong", said=page.html_language, wanted=HREFLANG.get(page.language, ""))


def _structured(page: PageFacts) -> Iterator[Finding]:
    missing = [kind for kind in STRUCTURED.get(page.kind, ()) if kind not in page.structured]
    if missing:
        yield _found("structured_missing", names=", ".join(missing))
    if page.structured_faults:
        yield _found("structured_faulty", count=len(page.structured_faults), first=page.structured_faults[0])


def _speed(page: PageFacts) -> Iterator[Finding]:
    if page.took_ms > SLOW_MS:
        yield _found("answer_slow", ms=page.took_ms, most=SLOW_MS)
    if page.size > HEAVY_BYTES:
        yield _found("page_heavy", bytes=page.size, most=HEAVY_BYTES)
