"""Routes for questions about goods: anybody reads and asks, a buyer answers with the order's token, staff decide and answer."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from ninja import Field, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.orders import RepeatKey
from shopkeeper.doors.api.reviews import HiddenOut
from shopkeeper.doors.api.staff import StaffSession, actor, under_key
from shopkeeper.doors.api.values import LineNumber, Name, Number, Paged, PageNumber, PageSize, Sent, Text, paged
from shopkeeper.flows import questions_once
from shopkeeper.kit import together
from shopkeeper.kit.ids import LineId, QuestionId, ReplyId
from shopkeeper.kit.page import Page
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT, Try
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import MOST_ANSWER, MOST_QUESTION, Question, Reply, ReviewState, Said

router = Router(tags=["reviews"])
staff_router = Router(tags=["staff"])


class ReplyOut(Schema):
    __doc__ = gettext_noop("An answer to a question: the shop’s where `is_shop`, else that of somebody who bought the goods.")

    id: int
    shown_name: str
    text: str
    language: str
    is_shop: bool
    at: datetime


class QuestionOut(Schema):
    __doc__ = gettext_noop("A question that everybody may read, with the answers that are shown, the shop’s first.")

    id: int
    shown_name: str
    text: str
    language: str
    asked_at: datetime
    answers: list[ReplyOut]


class QuestionsOut(Schema):
    __doc__ = gettext_noop("What was asked about a product, newest first; how many questions and answers are hidden, for which reason.")

    hidden: list[HiddenOut]
    questions: Paged[QuestionOut]


class QuestionIn(Sent):
    __doc__ = gettext_noop("A question. `shown_name` is what everybody sees beside it.")

    shown_name: Text
    text: Annotated[str, Field(max_length=MOST_QUESTION)]
    language: Text | None = None


class AskedOut(Schema):
    __doc__ = gettext_noop("A question as it was kept: `state` is waiting until somebody of the shop has read it.")

    id: int
    state: str
    shown_name: str
    text: str
    language: str
    asked_at: datetime


class ReplyIn(Sent):
    __doc__ = gettext_noop("A buyer’s answer to a question about the goods of a line of the order.")

    line_id: LineNumber
    shown_name: Text
    text: Annotated[str, Field(max_length=MOST_ANSWER)]
    language: Text | None = None


class WholeReplyOut(ReplyOut):
    state: str
    reason: str


class WholeQuestionOut(Schema):
    __doc__ = gettext_noop("A question for staff, with all its answers: `state` is waiting, shown or hidden, `reason` why it is hidden.")

    id: int
    product_id: int
    shown_name: str
    text: str
    language: str
    state: str
    reason: str
    asked_at: datetime
    answers: list[WholeReplyOut]


class VerdictIn(Sent):
    __doc__ = gettext_noop("Show it, or hide it for a reason: off_topic, abusive, advertising, personal_data, unlawful or writer_asked.")

    state: Text
    reason: Text = ""


class ShopReplyIn(Sent):
    __doc__ = gettext_noop("An answer in the shop’s name; a question that waited is shown with it.")

    text: Annotated[str, Field(max_length=MOST_ANSWER)]
    language: Text | None = None


@router.get("/products/{slug}/questions", response=QuestionsOut, summary=gettext_noop("What was asked about a product, with the answers"))
def list_questions(
    request: HttpRequest, slug: Name, page: Annotated[int, Field(ge=1, le=reviews.MOST_PAGE)] = 1, size: PageSize = 10
) -> QuestionsOut:
    product = catalog.product(slug)
    found = reviews.asked(product.id, number=page, size=size)
    shown: Page[Question] = Page(items=found.questions, total=found.total, number=page, size=size)
    return QuestionsOut(
        hidden=[HiddenOut(reason=reason.value, count=count) for reason, count in found.hidden],
        questions=paged(shown, (_shown(each) for each in found.questions)),
    )


@router.post(
    "/products/{slug}/questions",
    response={201: AskedOut},
    openapi_extra=also(409, 429),
    summary=gettext_noop("Ask about goods; it is shown once somebody of the shop has read it"),
)
def ask_about_product(request: HttpRequest, slug: Name, data: QuestionIn, idempotency_key: RepeatKey = None) -> AskedOut:
    _take_turn(request)
    said = _said(data.shown_name, data.text, data.language)
    return _asked(questions_once.ask(product_id=catalog.product(slug).id, said=said, now=timezone.now(), key=idempotency_key))


@router.post(
    "/orders/{token}/questions/{question}/answers",
    response={201: AskedOut},
    openapi_extra=also(409, 429),
    summary=gettext_noop("Answer a question about goods that were bought; the answer waits until somebody of the shop has read it"),
)
def answer_as_buyer(request: HttpRequest, token: Name, question: Number, data: ReplyIn, idempotency_key: RepeatKey = None) -> AskedOut:
    _take_turn(request)
    said = _said(data.shown_name, data.text, data.language)
    found = questions_once.answer_as_buyer(
        token=token, line_id=LineId(data.line_id), question_id=QuestionId(question), said=said, now=timezone.now(), key=idempotency_key
    )
    return _asked(found)


@staff_router.get(
    "/questions", auth=StaffSession("reviews.view"), response=Paged[WholeQuestionOut], summary=gettext_noop("Questions, newest first")
)
def list_all_questions(
    request: HttpRequest, state: ReviewState | None = None, page: PageNumber = 1, size: PageSize = 50
) -> Paged[WholeQuestionOut]:
    (found,) = together.read(lambda: reviews.questions(state=state, number=page, size=size))
    return paged(found, (_whole(each) for each in found))


@staff_router.get(
    "/questions/{question}",
    auth=StaffSession("reviews.view"),
    response=WholeQuestionOut,
    summary=gettext_noop("One question, with its answers"),
)
def read_question(request: HttpRequest, question: Number) -> WholeQuestionOut:
    return _whole(reviews.question(QuestionId(question)))


@staff_router.post(
    "/questions/{question}/answers",
    auth=StaffSession("reviews.answer"),
    response={201: WholeQuestionOut},
    openapi_extra=also(409),
    summary=gettext_noop("Answer a question in the shop’s name, which shows it"),
)
def answer_question(request: HttpRequest, question: Number, data: ShopReplyIn, idempotency_key: RepeatKey = None) -> WholeQuestionOut:
    language = data.language or get_language() or "en"
    return _whole(
        questions_once.answer(question_id=QuestionId(question), text=data.text, language=language, **under_key(request, idempotency_key))
    )


@staff_router.put(
    "/questions/{question}/state",
    auth=StaffSession("reviews.decide"),
    response=WholeQuestionOut,
    summary=gettext_noop("Show a question, or hide it for a reason; the same again changes nothing"),
)
def decide_question(request: HttpRequest, question: Number, data: VerdictIn) -> WholeQuestionOut:
    found = reviews.decide_question(
        question_id=QuestionId(question), state=data.state, reason=data.reason, actor=actor(request), now=timezone.now()
    )
    return _whole(found)


@staff_router.put(
    "/answers/{reply}/state",
    auth=StaffSession("reviews.decide"),
    response=WholeQuestionOut,
    summary=gettext_noop("Show an answer to a question, or hide it for a reason; the same again changes nothing"),
)
def decide_reply(request: HttpRequest, reply: Number, data: VerdictIn) -> WholeQuestionOut:
    found = reviews.decide_reply(reply_id=ReplyId(reply), state=data.state, reason=data.reason, actor=actor(request), now=timezone.now())
    return _whole(found)


def _take_turn(request: HttpRequest) -> None:
    limits.take(Try(WORDS_OF_CLIENT, request.META.get("REMOTE_ADDR", "")), now=timezone.now())


def _said(shown_name: str, text: str, language: str | None) -> Said:
    return Said(shown_name=shown_name, text=text, language=language or get_language() or "en")


def _shown(found: Question) -> QuestionOut:
    said = found.said
    return QuestionOut(
        id=found.id, shown_name=said.shown_name, text=said.text, language=said.language, asked_at=found.asked_at,
        answers=[ReplyOut(**_reply(each)) for each in found.replies],
    )  # fmt: skip


def _asked(found: Question) -> AskedOut:
    said = found.said
    return AskedOut(
        id=found.id, state=found.state.value, shown_name=said.shown_name, text=said.text, language=said.language, asked_at=found.asked_at
    )


def _whole(found: Question) -> WholeQuestionOut:
    said = found.said
    return WholeQuestionOut(
        id=found.id, product_id=found.product_id, shown_name=said.shown_name, text=said.text, language=said.language,
        state=found.state.value, reason=found.reason, asked_at=found.asked_at,
        answers=[WholeReplyOut(**_reply(each), state=each.state.value, reason=each.reason) for each in found.replies],
    )  # fmt: skip


def _reply(found: Reply) -> dict[str, Any]:
    said = found.said
    return {
        "id": found.id, "shown_name": said.shown_name, "text": said.text, "language": said.language, "is_shop": found.is_shop,
        "at": found.at,
    }  # fmt: skip
