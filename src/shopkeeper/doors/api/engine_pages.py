"""Routes for search optimisation: staff read how the shop's pages were found, have them looked at, and write words for engines."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Flag, Number, Paged, PageNumber, PageSize, Sent, Text, paged
from shopkeeper.doors.wordings import found as words
from shopkeeper.flows import page_audit
from shopkeeper.flows.page_audit import wording
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import (
    MOST_DESCRIPTION,
    MOST_TITLE,
    EngineWords,
    FixAt,
    Look,
    PageKind,
    Severity,
    WordsKind,
)

staff_router = Router(tags=["staff"])

Title = Annotated[str, Field(max_length=MOST_TITLE)]
Description = Annotated[str, Field(max_length=MOST_DESCRIPTION)]


class PageFindingOut(Schema):
    __doc__ = gettext_noop(
        "One thing found on a page: `code` names it for programs, with its `values`; `problem` and `remedy` say it in the reader’s "
        "language; `fix` is where it is mended."
    )

    code: str
    severity: Severity
    fix: FixAt
    values: dict[str, str | int]
    problem: str
    remedy: str


class LookOut(Schema):
    __doc__ = gettext_noop(
        "How a page was found when it was looked at last, in one language. `score` is 0 to 100; a page that could not be shown has none. "
        "`subject` is the id of what it shows, or a text’s kind. `size` in bytes before it is packed, `took_ms` until its first byte."
    )

    id: int
    kind: PageKind
    subject: str
    language: str
    address: str
    title: str
    description: str
    status: int
    score: int
    score_before: int | None
    findings: list[PageFindingOut]
    words: int
    size: int
    took_ms: int
    looked_at: datetime


class LookIn(Sent):
    __doc__ = gettext_noop(
        "The page to look at, by its address in either language. `with_goods`: of a shelf or a collection, all goods on it too; the "
        "worker does that after the answer, changed ones first."
    )

    address: Text
    with_goods: Flag = False


class EngineWordsOut(Schema):
    __doc__ = gettext_noop("What staff wrote for engines; what is empty in a language is made from the page itself.")

    title_en: str
    title_zh: str
    description_en: str
    description_zh: str


class EngineWordsIn(Sent):
    __doc__ = gettext_noop("Title and description for engines, each whole: what is left out is made from the page again.")

    title_en: Title = ""
    title_zh: Title = ""
    description_en: Description = ""
    description_zh: Description = ""


@staff_router.get(
    "/pages",
    auth=StaffSession("content.view"),
    response=Paged[LookOut],
    summary=gettext_noop("How the shop’s pages were found, the worst first"),
)
def list_looks(
    request: HttpRequest,
    *,
    below: Annotated[int, Query(ge=1, le=101, description=gettext_noop("Only scores below this"))] = 101,
    finding: Annotated[str, Query(max_length=40, description=gettext_noop("Only pages on which this was found, by its code"))] = "",
    page: PageNumber = 1,
    size: PageSize = 50,
) -> Paged[LookOut]:
    found = content.looked(below=below, code=finding, number=page, size=size)
    return paged(found, (_look(each) for each in found))


@staff_router.post(
    "/pages/look",
    auth=StaffSession("content.look_at_pages"),
    response=list[LookOut],
    openapi_extra=also(404),
    summary=gettext_noop("Look at a page now, in both languages"),
)
def look_at_page(request: HttpRequest, sent: LookIn) -> list[LookOut]:
    looks = page_audit.look_by_address(sent.address, with_goods=sent.with_goods, actor=actor(request), now=timezone.now())
    return [_look(each) for each in looks]


@staff_router.get(
    "/engine-words/{kind}/{subject}",
    auth=StaffSession("content.view"),
    response=EngineWordsOut,
    openapi_extra=also(404),
    summary=gettext_noop("What was written for engines of a product, a shelf or a collection"),
)
def read_engine_words(request: HttpRequest, kind: WordsKind, subject: Number) -> EngineWordsOut:
    wording.subject(kind, subject)
    return _words(content.engine_words(kind, subject))


@staff_router.put(
    "/engine-words/{kind}/{subject}",
    auth=StaffSession("content.save_engine_words"),
    response=EngineWordsOut,
    openapi_extra=also(404),
    summary=gettext_noop("Write for engines of a product, a shelf or a collection; the same again changes nothing"),
)
def put_engine_words(request: HttpRequest, kind: WordsKind, subject: Number, sent: EngineWordsIn) -> EngineWordsOut:
    told = EngineWords(
        title=Bilingual(sent.title_en, sent.title_zh),
        description=Bilingual(sent.description_en, sent.description_zh),
    )
    return _words(wording.save(kind=kind, subject_id=subject, words=told, actor=actor(request), now=timezone.now()))


def _words(found: EngineWords) -> EngineWordsOut:
    return EngineWordsOut(
        title_en=found.title.en, title_zh=found.title.zh, description_en=found.description.en, description_zh=found.description.zh
    )


def _look(found: Look) -> LookOut:
    findings = [
        PageFindingOut(
            code=each.code, severity=each.severity, fix=each.fix, values=dict(each.values),
            problem=words.told(each).problem, remedy=words.told(each).remedy,
        )
        for each in found.findings
    ]  # fmt: skip
    return LookOut(
        id=found.id, kind=found.page.kind, subject=found.page.subject, language=found.language, address=found.address, title=found.title,
        description=found.description, status=found.status, score=found.score, score_before=found.score_before, findings=findings,
        words=found.words, size=found.size, took_ms=found.took_ms, looked_at=found.looked_at,
    )  # fmt: skip
