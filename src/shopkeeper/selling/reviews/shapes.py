"""Reviews as they cross their room's face: who wrote of which goods, where it stands and why, what the shop answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import CustomerId, LineId, OrderId, ProductId, QuestionId, ReplyId, ReviewId
from shopkeeper.kit.refusals import Refusal

STARS = (1, 2, 3, 4, 5)

MOST_NAME = 40
MOST_TITLE = 120
MOST_TEXT = 4_000
MOST_ANSWER = 2_000
MOST_QUESTION = 1_000
MOST_PHOTOS = 4


class ReviewState(StrEnum):
    """waiting → shown or hidden, and between these two as often as staff decide; what its writer changes waits again."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class HideReason(StrEnum):
    """Why a review is hidden. Its writer and every reader of the product's page are told, so it is a word from this list, never free text.

    That a review is bad for trade is no reason.
    """

    OFF_TOPIC = "off_topic"
    ABUSIVE = "abusive"
    ADVERTISING = "advertising"
    PERSONAL_DATA = "personal_data"
    UNLAWFUL = "unlawful"
    WRITER_ASKED = "writer_asked"


class ReviewSort(StrEnum):
    NEWEST = "newest"
    HELPFUL = "helpful"
    BEST = "best"
    WORST = "worst"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """The line of an order for which a review is written: whoever calls has seen that its goods were bought and kept."""

    line_id: LineId
    order_id: OrderId
    product_id: ProductId
    buyer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPhoto:
    """A photo of a review by the names under which it is shown: `whole`, `width` × `height` at its largest, and a `square` of `side`."""

    original: str
    whole: str
    square: str
    width: int
    height: int
    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """What a writer writes. `shown_name` is chosen by the writer; `language` is the one written in."""

    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    photos: tuple[ReviewPhoto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the shop answered, as it stands."""

    text: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReview:
    """A review as everybody sees it. `is_returned`: the goods went back wholly; `is_edited`: it was changed after it was first written."""

    id: ReviewId
    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    is_returned: bool
    is_edited: bool
    helpful: int
    written_at: datetime
    answer: Answer | None
    photos: tuple[ReviewPhoto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewVersion:
    """One version of a review, as its writer left it."""

    number: int
    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    at: datetime
    photos: tuple[ReviewPhoto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What staff decided about a version, and why; `actor_id` None: the shop itself."""

    version: int
    state: ReviewState
    reason: str
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What its writer sees of a review: the words, and where it stands for which reason."""

    id: ReviewId
    draft: ReviewDraft
    state: ReviewState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A whole review, for its writer and for staff; `version` counts from 1 and is what a decision is about."""

    id: ReviewId
    line: BoughtLine
    shown_name: str
    stars: int
    title: str
    text: str
    language: str
    state: ReviewState
    reason: str
    version: int
    is_returned: bool
    helpful: int
    written_at: datetime
    changed_at: datetime
    answers: tuple[Answer, ...]
    versions: tuple[ReviewVersion, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How many shown reviews there are of a product, and the sum of their stars."""

    count: int = 0
    total: int = 0

    @property
    def tenths(self) -> int:
        """Return the mean in tenths of a star, halves rounded up; 0 where there is no review."""
        return (20 * self.total + self.count) // (2 * self.count) if self.count else 0

    @property
    def whole(self) -> int:
        """Return the mean in whole stars, for drawing."""
        return (2 * self.total + self.count) // (2 * self.count) if self.count else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the reviews of a product come to. Only shown ones count; `hidden` and `waiting` are told beside, never mixed in.

    `by_stars` counts those with one star first; `mark` moves with everything a product's page says of its reviews.
    """

    by_stars: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    hidden: int = 0
    waiting: int = 0
    mark: int = 0

    @property
    def rating(self) -> Rating:
        return Rating(count=sum(self.by_stars), total=sum(stars * count for stars, count in zip(STARS, self.by_stars, strict=True)))

    def share(self, stars: int) -> int:
        """Return how many per cent of the shown reviews gave so many stars, rounded."""
        count = self.rating.count
        return (200 * self.by_stars[stars - 1] + count) // (2 * count) if count else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody asks of goods, or answers as a buyer, under a name of their choosing."""

    shown_name: str
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to a question: the shop's where `is_shop`, else that of somebody who bought the goods."""

    id: ReplyId
    question_id: QuestionId
    said: Said
    is_shop: bool
    state: ReviewState
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about goods, shown or not, with its answers, the shop's first where a page shows it."""

    id: QuestionId
    product_id: ProductId
    said: Said
    state: ReviewState
    reason: str
    asked_at: datetime
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What staff decided about a question or, where `reply_id` says which, about an answer to it."""

    reply_id: ReplyId | None
    state: ReviewState
    reason: str
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a product's page says of questions: one page of those shown, how many there are, and why others and answers are hidden."""

    questions: tuple[Question, ...] = ()
    total: int = 0
    hidden: tuple[tuple[HideReason, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What a product's page says of its reviews: the sums, one page of those shown, and how many are hidden for which reason."""

    summary: Summary
    shown: tuple[ShownReview, ...]
    hidden: tuple[tuple[HideReason, int], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A product whose kept sums are not what its reviews come to."""

    product_id: int
    expected: str
    found: str


class ReviewedAlready(Refusal):
    """There is a review for this line of the order; it can be changed."""

    code = "reviewed_already"

    def __init__(self, review_id: ReviewId | None) -> None:
        super().__init__("This line has its review", field="line")
        self.review_id = review_id


class ReviewChanged(Refusal):
    """The writer changed the review, or somebody else decided, since the page was loaded."""

    code = "review_changed"

    def __init__(self, review_id: ReviewId) -> None:
        super().__init__(f"Review {review_id} is not as it was seen", field="version", value=review_id)


class NeedsReason(Refusal):
    """A review is hidden only for a reason, and shown without one."""

    code = "needs_reason"

    def __init__(self, reason: str) -> None:
        super().__init__("Hiding needs a reason, showing needs none", field="reason", value=reason)


class OwnReview(Refusal):
    """Nobody calls their own review helpful."""

    code = "own_review"

    def __init__(self) -> None:
        super().__init__("One's own review", field="review")


class VotedAlready(Refusal):
    """This visitor or customer has called the review helpful before."""

    code = "voted_already"

    def __init__(self) -> None:
        super().__init__("Called helpful before", field="review")


class TooManyPhotos(Refusal):
    """A review shows only so many photos."""

    code = "too_many_photos"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} photos, at most {MOST_PHOTOS}", field="photos", value=count)


class RepliedAlready(Refusal):
    """The buyer of this line has answered the question."""

    code = "replied_already"

    def __init__(self) -> None:
        super().__init__("Answered before", field="question")


class NotSentYet(Refusal):
    """The goods have not left the shop: nobody can say yet what they are like."""

    code = "not_sent_yet"

    def __init__(self, line_id: LineId) -> None:
        super().__init__(f"Nothing of line {line_id} was sent", field="line", value=line_id)


class GoodsWentBack(Refusal):
    """All that was sent of the line went back, or its money did."""

    code = "goods_went_back"

    def __init__(self, line_id: LineId) -> None:
        super().__init__(f"Line {line_id} was given back", field="line", value=line_id)
