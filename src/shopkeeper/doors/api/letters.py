"""Routes for what mails say, for staff; and the one on which mail servers tell of mails that came back."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import Name, Paged, PageNumber, PageSize, Sent, Text, Whole, paged
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import Bounced, BounceKind, InForce, MailKind, Words

router = Router(tags=["webhooks"])
staff_router = Router(tags=["staff"])

Long = Annotated[str, Field(max_length=10_000)]
"""A text of several lines; the room refuses control characters by name."""

_RAW_BODY = {"requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string"}}}}}


class LetterOut(Schema):
    __doc__ = gettext_noop(
        "What a mail says now, in a language. `version` is 0 before anything was published; `is_own`: the words come with the program. "
        "Names in braces are filled in for each mail."
    )

    letter: str
    language: str
    version: int
    is_own: bool
    subject: str
    preview: str
    heading: str
    greeting: str
    body: str
    button: str
    closing: str


class LettersOut(Schema):
    items: list[LetterOut]


class LetterIn(Sent):
    __doc__ = gettext_noop(
        "New words of a mail; `seen_version` is the version they were made from: where it is not in force any more, nothing is done."
    )

    seen_version: Annotated[Whole, Field(ge=0)]
    subject: Text
    preview: Long = ""
    heading: Text
    greeting: Text = ""
    body: Long
    button: Text
    closing: Long = ""


class BounceOut(Schema):
    __doc__ = gettext_noop("A mail that came back: `kind` is permanent, temporary or complaint, `status` the code of RFC 3463. No address.")

    id: int
    message_id: int
    order_id: int | None
    kind: str
    status: str
    happened_at: datetime
    heard_at: datetime


class HeardBackOut(Schema):
    __doc__ = gettext_noop("How much of the news was new, known already, and about no mail of this shop.")

    kept: int
    known: int
    foreign: int


@staff_router.get("/letters", auth=StaffSession("messages.view"), response=LettersOut, summary=gettext_noop("What mails say"))
def list_letters(request: HttpRequest) -> LettersOut:
    return LettersOut(items=[_letter_out(each) for each in messages.all_in_force()])


@staff_router.put(
    "/letters/{letter}/{language}",
    auth=StaffSession("messages.publish"),
    response=LetterOut,
    openapi_extra=also(404, 409),
    summary=gettext_noop("Publish what a mail says; the same words again publish nothing"),
)
def publish_letter(request: HttpRequest, letter: Name, language: Name, sent: LetterIn) -> LetterOut:
    words = Words(**sent.dict(exclude={"seen_version"}))
    found = messages.publish(
        letter=letter, language=language, words=words, seen_version=sent.seen_version, actor=actor(request), now=timezone.now()
    )
    return _letter_out(found)


@staff_router.delete(
    "/letters/{letter}/{language}",
    auth=StaffSession("messages.publish"),
    response=LetterOut,
    openapi_extra=also(404),
    summary=gettext_noop("Go back to the words that come with the program"),
)
def use_own_letter(request: HttpRequest, letter: Name, language: Name) -> LetterOut:
    return _letter_out(messages.use_own(letter=letter, language=language, actor=actor(request), now=timezone.now()))


@staff_router.get(
    "/bounces", auth=StaffSession("messages.view"), response=Paged[BounceOut], summary=gettext_noop("Mails that came back, newest first")
)
def list_bounces(request: HttpRequest, *, kind: BounceKind | None = None, page: PageNumber = 1, size: PageSize = 50) -> Paged[BounceOut]:
    found = messages.bounces(kind=kind, number=page, size=size)
    return paged(found, (_bounce_out(each) for each in found))


@router.post(
    "/mail-news",
    response=HeardBackOut,
    openapi_extra=also(403) | _RAW_BODY,
    summary=gettext_noop("News of mails that came back, from a mail server"),
)
def hear_mail_news(request: HttpRequest) -> HeardBackOut:
    heard = messages.hear_signed(
        body=request.body,
        signature=request.headers.get("X-Shopkeeper-Signature", ""),
        content_type=request.content_type or "",
        now=timezone.now(),
    )
    return HeardBackOut(kept=heard.kept, known=heard.known, foreign=heard.foreign)


def _letter_out(found: InForce) -> LetterOut:
    words = {name: getattr(found.words, name) for name in Words.__dataclass_fields__}
    return LetterOut(letter=MailKind(found.letter).value, language=found.language, version=found.version, is_own=found.is_own, **words)


def _bounce_out(found: Bounced) -> BounceOut:
    return BounceOut(
        id=found.id,
        message_id=found.message_id,
        order_id=found.order_id,
        kind=found.kind.value,
        status=found.status,
        happened_at=found.happened_at,
        heard_at=found.heard_at,
    )
