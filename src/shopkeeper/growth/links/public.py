"""The face of the links room: short addresses that lead to pages of this shop, and how often each is followed."""

from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.growth.links import models, pages, store
from shopkeeper.growth.links.rules import leading
from shopkeeper.growth.links.rules.counted import counts
from shopkeeper.growth.links.rules.leading import language_of
from shopkeeper.growth.links.shapes import MOST_CODE, MOST_NOTE, MOST_WORD, DayCount, Link, LinkCodeTaken, LinkDraft
from shopkeeper.kit import checks
from shopkeeper.kit.ids import LinkId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit

__all__ = [
    "change_link", "counts", "days", "follow", "forget_visitors", "language_of", "leads_to", "link", "link_by_code", "links", "make_link",
    "put_link",
]  # fmt: skip

MOST_ON_A_PAGE = 200


def links(*, number: int = 1, size: int = 50) -> Page[Link]:
    """Return the shop's links, the newest first, each with its counts. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    return store.page(number, size)


def link(link_id: LinkId) -> Link:
    """Return a link by its id. Raises NotFound."""
    return store.by_id(link_id)


def link_by_code(code: str) -> Link:
    """Return a link by its code, on or off. Raises NotFound."""
    return store.by_code(code.strip().lower())


def days(link_id: LinkId, *, first: date, last: date) -> tuple[DayCount, ...]:
    """Return how often a link was followed on each day it was, both ends included. One statement."""
    return store.days(link_id, first=first, last=last)


def leads_to(found: Link, language: str) -> str:
    """Return the path of this shop, with its query, to which a link leads a reader of `language`."""
    return leading.target(found.draft, code=found.code, language=language)


@transaction.atomic
def make_link(*, code: str, draft: LinkDraft, actor: UserId | None, now: datetime) -> Link:
    """Make a link and return it. Raises LinkCodeTaken, Malformed, OutOfRange."""
    tidy, said = checks.slug(code, field="code", most=MOST_CODE), _checked(draft)
    row = models.Link(code=tidy, made_at=now)
    try:
        with transaction.atomic():
            store.write(row, said, now)
    except IntegrityError as error:
        if not models.Link.objects.filter(code=tidy).exists():
            raise
        raise LinkCodeTaken(tidy) from error
    _note(row, None, said, actor, now)
    return store.by_id(LinkId(row.pk))


@transaction.atomic
def change_link(*, link_id: LinkId, draft: LinkDraft, actor: UserId | None, now: datetime) -> Link:
    """Let a link say something else; its code stays. The same again changes nothing. Raises NotFound, Malformed, OutOfRange."""
    said = _checked(draft)
    row = store.locked(link_id, "")
    if row is None:
        raise NotFound("link", link_id)
    return _changed(row, said, actor, now)


@transaction.atomic
def put_link(*, code: str, draft: LinkDraft, actor: UserId | None, now: datetime) -> Link:
    """Make the link of this code, or let it say this; the same again changes nothing. Raises Malformed, OutOfRange."""
    tidy, said = checks.slug(code, field="code", most=MOST_CODE), _checked(draft)
    try:
        row = store.locked(None, tidy)
        return _changed(row, said, actor, now) if row else make_link(code=tidy, draft=said, actor=actor, now=now)
    except LinkCodeTaken:
        # Somebody made it a moment ago.
        row = store.locked(None, tidy)
        assert row is not None
        return _changed(row, said, actor, now)


def follow(*, code: str, language: str, subject: str, is_counted: bool, day: date, now: datetime) -> str:
    """Return the path of this shop a link leads to for a reader of `language`, and count the visit. Raises NotFound.

    `subject` is the random name of a visitor who agreed to be told apart, else empty; `day` is the shop's. A visit that does not count
    (`counts`) is led on and leaves nothing behind.
    """
    row = store.in_use(code.lower())
    if row is None:
        raise NotFound("link", code)
    if is_counted:
        with transaction.atomic():
            mark = sha256(f"{row.pk}:{subject}".encode()).digest() if subject else None
            if store.count(LinkId(row.pk), day=day, mark=mark):
                events.record(facts.TrackedLinkFollowed(link_id=row.pk, subject=subject), at=now)
    return leading.target(store.draft_of(row), code=row.code, language=language)


def forget_visitors(*, before: date) -> int:
    """Forget who followed links on days before this one; the counts stay. Returns how many were forgotten."""
    return store.forget_before(before)


def _checked(draft: LinkDraft) -> LinkDraft:
    return LinkDraft(
        address=pages.checked(draft.address),
        source=checks.line(draft.source, field="source", least=1, most=MOST_WORD),
        medium=checks.line(draft.medium, field="medium", most=MOST_WORD),
        campaign=checks.line(draft.campaign, field="campaign", most=MOST_WORD),
        note=checks.line(draft.note, field="note", most=MOST_NOTE),
        is_active=draft.is_active,
    )


def _changed(row: models.Link, said: LinkDraft, actor: UserId | None, now: datetime) -> Link:
    before = store.draft_of(row)
    if before != said:
        store.write(row, said, now)
        _note(row, before, said, actor, now)
    return store.by_id(LinkId(row.pk))


def _note(row: models.Link, before: LinkDraft | None, after: LinkDraft, actor: UserId | None, now: datetime) -> None:
    was = {"code": row.code, **asdict(before)} if before else None
    audit.record(
        actor=actor, act="links.save_link", subject=f"link:{row.pk}", before=was, after={"code": row.code, **asdict(after)}, at=now
    )
