"""Routes for reviews: anybody reads those of a product, whoever holds an order's token writes, staff read, decide and answer."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from ninja import Field, Query, Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.staff import StaffSession, actor
from shopkeeper.doors.api.values import LineNumber, Name, Number, Paged, PageNumber, PageSize, Sent, Text, Whole, paged
from shopkeeper.flows import write_review
from shopkeeper.kit import together
from shopkeeper.kit.ids import LineId, ReviewId
from shopkeeper.kit.page import Page
from shopkeeper.ops.limits import public as limits
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT, Try
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media.shapes import SQUARE_WIDTHS, WHOLE_WIDTHS
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import (
    MOST_ANSWER,
    MOST_TEXT,
    Answer,
    Review,
    ReviewDraft,
    ReviewPhoto,
    ReviewSort,
    ReviewState,
    ShownReview,
)

router = Router(tags=["reviews"])
staff_router = Router(tags=["staff"])

Long = Annotated[str, Field(max_length=MOST_TEXT)]
"""A text of several lines; the room refuses control characters by name."""


class AnswerOut(Schema):
    __doc__ = gettext_noop("What the shop answered last.")

    text: str
    language: str
    at: datetime


class PhotoOut(Schema):
    __doc__ = gettext_noop("A photo of a review: where it is fetched as a small square and as large as it is kept.")

    square: str
    whole: str


class ReviewOut(Schema):
    __doc__ = gettext_noop("A review that everybody may read. `is_returned`: the goods went back; `helpful`: how many found it so.")

    id: int
    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    is_returned: bool
    is_edited: bool
    helpful: int
    written_at: datetime
    answer: AnswerOut | None
    photos: list[PhotoOut]


class HiddenOut(Schema):
    reason: str
    count: int


class ReviewsOut(Schema):
    __doc__ = gettext_noop(
        "What buyers say of a product. Only shown reviews count: `mean_tenths` is their mean in tenths of a star (0 without any), "
        "`by_stars` how many gave one to five; how many wait and how many are hidden, for which reason, is told beside."
    )

    count: int
    mean_tenths: int
    by_stars: list[int]
    waiting: int
    hidden: list[HiddenOut]
    reviews: Paged[ReviewOut]


class ReviewIn(Sent):
    __doc__ = gettext_noop("A review of a line of the order; one that is there is changed. `shown_name` is what everybody sees.")

    line_id: LineNumber
    stars: Whole
    shown_name: Text
    title: Text = ""
    text: Long = ""
    language: Text | None = None


class WholeReviewOut(Schema):
    __doc__ = gettext_noop(
        "A review for its writer and for staff: `state` is waiting, shown or hidden, `reason` why it is hidden; a decision names the "
        "`version` it is about."
    )

    id: int
    product_id: int
    order_id: int
    line_id: int
    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    state: str
    reason: str
    version: int
    is_returned: bool
    helpful: int
    written_at: datetime
    changed_at: datetime
    answers: list[AnswerOut]


class DecisionIn(Sent):
    __doc__ = gettext_noop(
        "Show it, or hide it for a reason: off_topic, abusive, advertising, personal_data, unlawful or writer_asked. `version` is the one "
        "that was read."
    )

    version: LineNumber
    state: Text
    reason: Text = ""


class AnswerIn(Sent):
    text: Annotated[str, Field(max_length=MOST_ANSWER)]
    language: Text | None = None


@router.get("/products/{slug}/reviews", response=ReviewsOut, summary=gettext_noop("What buyers say of a product"))
def list_reviews(
    request: HttpRequest,
    slug: Name,
    sort: Annotated[ReviewSort, Query(description=gettext_noop("Order of the list"))] = ReviewSort.NEWEST,
    page: Annotated[int, Field(ge=1, le=reviews.MOST_PAGE)] = 1,
    size: PageSize = 10,
) -> ReviewsOut:
    product = catalog.product(slug)
    found = reviews.opinions(product.id, sort=sort, number=page, size=size)
    sums = found.summary
    shown: Page[ShownReview] = Page(items=found.shown, total=sums.rating.count, number=page, size=size)
    return ReviewsOut(
        count=sums.rating.count, mean_tenths=sums.rating.tenths, by_stars=list(sums.by_stars), waiting=sums.waiting,
        hidden=[HiddenOut(reason=reason.value, count=count) for reason, count in found.hidden],
        reviews=paged(shown, (_shown(each) for each in found.shown)),
    )  # fmt: skip


@router.post(
    "/orders/{token}/reviews",
    response={201: WholeReviewOut},
    openapi_extra=also(409, 429),
    summary=gettext_noop("Write of goods that were bought and sent, or change what was written"),
)
def write_review_of_line(request: HttpRequest, token: Name, data: ReviewIn) -> WholeReviewOut:
    limits.take(Try(WORDS_OF_CLIENT, request.META.get("REMOTE_ADDR", "")), now=timezone.now())
    draft = ReviewDraft(
        shown_name=data.shown_name, stars=data.stars, title=data.title, text=data.text, language=data.language or get_language() or "en"
    )
    made = write_review.write(token=token, line_id=LineId(data.line_id), draft=draft, writer="", now=timezone.now())
    return _whole(made)


@router.get("/orders/{token}/reviews", response=list[WholeReviewOut], summary=gettext_noop("What was written of an order's goods"))
def list_reviews_of_order(request: HttpRequest, token: Name) -> list[WholeReviewOut]:
    written = reviews.of_order(orders.by_token(token).id)
    return [_whole(each) for each in reviews.reviews([each.id for each in written.values()]).values()]


@staff_router.get(
    "/reviews", auth=StaffSession("reviews.view"), response=Paged[WholeReviewOut], summary=gettext_noop("Reviews, newest first")
)
def list_all_reviews(
    request: HttpRequest, state: ReviewState | None = None, page: PageNumber = 1, size: PageSize = 50
) -> Paged[WholeReviewOut]:
    (found,) = together.read(lambda: reviews.listing(state=state, number=page, size=size))
    return paged(found, (_whole(each) for each in found))


@staff_router.post(
    "/reviews/{review}/decisions",
    auth=StaffSession("reviews.decide"),
    response=WholeReviewOut,
    openapi_extra=also(409),
    summary=gettext_noop("Show a review, or hide it for a reason"),
)
def decide_review(request: HttpRequest, review: Number, data: DecisionIn) -> WholeReviewOut:
    found = reviews.decide(
        review_id=ReviewId(review),
        seen_version=data.version,
        state=data.state,
        reason=data.reason,
        actor=actor(request),
        now=timezone.now(),
    )
    return _whole(found)


@staff_router.post(
    "/reviews/{review}/answers",
    auth=StaffSession("reviews.answer"),
    response={201: WholeReviewOut},
    summary=gettext_noop("Answer a review in the shop's name"),
)
def answer_review(request: HttpRequest, review: Number, data: AnswerIn) -> WholeReviewOut:
    language = data.language or get_language() or "en"
    return _whole(reviews.answer(review_id=ReviewId(review), text=data.text, language=language, actor=actor(request), now=timezone.now()))


def _shown(found: ShownReview) -> ReviewOut:
    return ReviewOut(
        id=found.id, shown_name=found.shown_name, stars=found.stars, title=found.title, text=found.text, language=found.language,
        is_returned=found.is_returned, is_edited=found.is_edited, helpful=found.helpful, written_at=found.written_at,
        answer=_answer(found.answer) if found.answer else None, photos=[_photo(each) for each in found.photos],
    )  # fmt: skip


def _photo(found: ReviewPhoto) -> PhotoOut:
    return PhotoOut(
        square=f"/media/{found.square}/{min(found.side, SQUARE_WIDTHS[-1])}.jpg",
        whole=f"/media/{found.whole}/{min(found.width, WHOLE_WIDTHS[-1])}.jpg",
    )


def _answer(found: Answer) -> AnswerOut:
    return AnswerOut(text=found.text, language=found.language, at=found.at)


def _whole(found: Review) -> WholeReviewOut:
    return WholeReviewOut(
        id=found.id, product_id=found.line.product_id, order_id=found.line.order_id, line_id=found.line.line_id,
        shown_name=found.shown_name, stars=found.stars, title=found.title, text=found.text, language=found.language,
        state=found.state.value, reason=found.reason, version=found.version, is_returned=found.is_returned, helpful=found.helpful,
        written_at=found.written_at, changed_at=found.changed_at, answers=[_answer(each) for each in found.answers],
    )  # fmt: skip
