"""What engines are told of a page instead of the words made from it, and how the shop's pages were found when they were looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.content import store_pages as store
from shopkeeper.selling.content.models import PageLook
from shopkeeper.selling.content.rules import lengths, page_audit
from shopkeeper.selling.content.shapes_pages import (
    MOST_DESCRIPTION,
    MOST_TITLE,
    EngineWords,
    Look,
    PageFacts,
    PageKind,
    PageRef,
    Spread,
    WordsKind,
)

MOST_LISTED = 200
MOST_COMMON = 8
MOST_ALIKE = 100
MOST_KEPT_TITLE, MOST_KEPT_DESCRIPTION = 400, 600

_ALIKE = (("title", "title_twice"), ("description", "description_twice"))


# ── words for engines ─────────────────────────────────────────────────────────────────────────────────────────────────


def engine_words(kind: WordsKind, subject_id: int) -> EngineWords:
    """Return what staff wrote for engines of a product, shelf or collection; nothing where nobody wrote anything."""
    return store.words(kind, subject_id) or EngineWords()


def engine_words_of(kind: WordsKind, subject_ids: Sequence[int]) -> dict[int, EngineWords]:
    """Return what staff wrote for engines, by id, of those of which anything was written; one query."""
    return store.words_of(kind, subject_ids)


def engine_words_changed() -> dict[tuple[str, int], datetime]:
    """Return when words for engines that stand were last changed, by kind and id; one query."""
    return store.words_changed()


@transaction.atomic
def save_engine_words(*, kind: WordsKind, subject_id: int, words: EngineWords, actor: UserId | None, now: datetime) -> EngineWords:
    """Save a title and a description for engines and return them; where all is empty, the words made from the page count again.

    Whether there is such a product, shelf or collection is the caller's to know. Raises Malformed, OutOfRange.
    """
    tidy = EngineWords(
        title=checks.both_lines(words.title, field="engine_title", most=MOST_TITLE),
        description=checks.both_lines(words.description, field="engine_description", most=MOST_DESCRIPTION),
    )
    store.lock(f"{kind.value}:{subject_id}")
    before = engine_words(kind, subject_id)
    if before == tidy:
        return tidy
    store.save_words(kind, subject_id, tidy, now)
    audit.record(
        actor=actor, act="content.save_engine_words", subject=f"{kind.value}:{subject_id}",
        before=_told(before), after=_told(tidy), at=now,
    )  # fmt: skip
    return tidy


def cut_for_engines(text: str, *, is_title: bool = False) -> str:
    """Return what engines show of a description, or of a title, with three dots where they cut it."""
    return lengths.cut(text, title=is_title)


def engine_px(text: str, *, is_title: bool = False) -> int:
    """Return how wide a description, or a title, is about in a list of results, in pixels."""
    return lengths.title_px(text) if is_title else lengths.description_px(text)


def is_short_for_engines(text: str) -> bool:
    """Return whether a description is less than engines have room for on a phone's line."""
    return lengths.description_px(text) < lengths.LEAST_DESCRIPTION_PX


def _told(words: EngineWords) -> dict[str, str] | None:
    if not words.says_something:
        return None
    return {
        "engine_title_en": words.title.en,
        "engine_title_zh": words.title.zh,
        "engine_description_en": words.description.en,
        "engine_description_zh": words.description.zh,
    }


# ── looks at pages ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def keep_look(page: PageRef, facts: PageFacts, *, now: datetime) -> Look:
    """Judge a page as it was read, keep what was found, and return it.

    Words that another page carries too are found here, and put right there: of two pages with the same title both are told so, and the
    last one of them is told no longer once the other's has changed.
    """
    store.lock("looks")
    before = store.row_of(page, facts.language)
    title, description = facts.title[:MOST_KEPT_TITLE], facts.description[:MOST_KEPT_DESCRIPTION]
    own = before.pk if before else None
    alike = replace(
        facts,
        same_title=_other("title", facts.language, title, own),
        same_description=_other("description", facts.language, description, own),
    )
    findings = page_audit.judge(alike)
    values: dict[str, Any] = {
        "address": facts.address,
        "title": title,
        "description": description,
        "status": facts.status,
        "score": page_audit.score([each.code for each in findings]),
        "score_before": before.score if before else None,
        "findings": store.packed(findings),
        "words": facts.words,
        "size": facts.size,
        "took_ms": facts.took_ms,
        "looked_at": now,
    }
    saved = store.write(page, facts.language, values)
    _put_others_right(before, saved)
    return store.look(saved)


def _other(field: str, language: str, text: str, but: int | None) -> str:
    """Return the address of another page with the same words, empty where none has them."""
    return next((each.address for each in store.same(field, language, text, but, 1)), "")


def _put_others_right(before: PageLook | None, saved: PageLook) -> None:
    for name, code in _ALIKE:
        for text in {getattr(before, name) if before else "", getattr(saved, name)}:
            # Where more than two carry the same words, the others have been told already and stay told.
            rows = store.same(name, saved.language, text, None, 3)
            if len(rows) == 1:
                _tell(rows[0], code, None)
            elif len(rows) == 2:
                _tell(rows[0], code, rows[1])
                _tell(rows[1], code, rows[0])


def _tell(row: PageLook, code: str, other: PageLook | None) -> None:
    known = store.findings(row.findings)
    if any(each.code in ("not_shown", "kept_out") for each in known):
        return
    right = page_audit.twice(known, code, other.address if other else None)
    if right != known:
        store.put_right(row, right, page_audit.score([each.code for each in right]))


def look(look_id: int) -> Look:
    """Return how a page was found. Raises NotFound."""
    row = store.row(look_id)
    if row is None:
        raise NotFound("page", look_id)
    return store.look(row)


def looks(page: PageRef) -> tuple[Look, ...]:
    """Return how a page was found in each language; none where nobody looked yet."""
    return store.looks(page)


def looked(*, below: int = 101, code: str = "", number: int = 1, size: int = 50) -> Page[Look]:
    """Return one page of what was found, the worst first: of scores below a number, and with one finding. Raises OutOfRange, Malformed."""
    checks.whole(below, field="below", least=1, most=101)
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=MOST_LISTED)
    if code and code not in page_audit.RULES:
        raise Malformed("finding", checks.shown(code), expected="finding")
    items, total = store.listed(below=below, code=code, first=(number - 1) * size, size=size)
    return Page(items=items, total=total, number=number, size=size)


def spread() -> Spread:
    """Return how the scores of all pages are spread, and what is found most: two queries."""
    return store.spread(MOST_COMMON)


def looked_at() -> dict[tuple[str, str], datetime]:
    """Return when each page, by kind and subject, was looked at last, in the language in which that is longer ago."""
    return store.oldest_looks()


def looked_at_of(kind: PageKind, subjects: Sequence[str]) -> dict[str, datetime]:
    """Return when each of these pages was looked at last, as `looked_at` does; one that was not looked at in every language is left out."""
    return store.oldest_looks_of(kind, subjects)


def scores() -> tuple[int, ...]:
    """Return how many pages lie in each step of ten points; one query over scores alone."""
    found = store.scores()
    return tuple(found.get(step, 0) for step in range(10))


@transaction.atomic
def forget_looks(kind: PageKind, *, but: Sequence[str]) -> int:
    """Remove what is kept of pages of a kind that are no more, and return how many rows that were; `but` are the subjects that are.

    Pages that carried the same words are told of one another, or no longer that their words are used twice.
    """
    store.lock("looks")
    gone = store.forget(kind, but)
    for name, code in _ALIKE:
        for language, text in {(each.language, getattr(each, name)) for each in gone}:
            rows = store.same(name, language, text, None, MOST_ALIKE)
            for row in rows:
                _tell(row, code, next((each for each in rows if each.pk != row.pk), None))
    return len(gone)
