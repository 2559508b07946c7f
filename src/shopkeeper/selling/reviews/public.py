"""The face of the reviews room: what buyers wrote of goods, what became of it, and the stars it comes to; and questions about goods."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import CustomerId, LineId, OrderId, ProductId, ReviewId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.reviews import models, store
from shopkeeper.selling.reviews.mine import said_by
from shopkeeper.selling.reviews.questions import (
    answer_question,
    ask,
    asked,
    decide_question,
    decide_reply,
    question,
    question_of,
    questions,
    questions_waiting,
    reply,
    rulings,
)
from shopkeeper.selling.reviews.rules import checked
from shopkeeper.selling.reviews.shapes import (
    BoughtLine,
    Difference,
    Opinions,
    OwnReview,
    Review,
    ReviewChanged,
    ReviewDraft,
    ReviewedAlready,
    ReviewSort,
    ReviewState,
    Summary,
    Written,
)
from shopkeeper.selling.reviews.told import told_to

__all__ = [
    "answer", "answer_question", "ask", "asked", "decide", "decide_question", "decide_reply", "differences", "edit", "listing",
    "mark_returned", "of_order", "opinions", "question", "question_of", "questions", "questions_waiting", "reply", "review", "reviews",
    "rulings", "said_by", "summaries", "told_to", "vote", "waiting", "write",
]  # fmt: skip

MOST_ON_A_PAGE = 100
MOST_PAGE = 100_000
MOST_KEY = 80
NOTHING = Summary()


# ── what everybody sees ───────────────────────────────────────────────────────────────────────────────────────────────


def summaries(product_ids: Sequence[ProductId]) -> dict[ProductId, Summary]:
    """Return what the reviews of these products come to, in one query however many they are; those nobody wrote of are left out."""
    return store.summaries(product_ids)


def opinions(product_id: ProductId, *, sort: ReviewSort = ReviewSort.NEWEST, number: int = 1, size: int = 10) -> Opinions:
    """Return what a product's page says of its reviews: the sums, page `number` of those shown, and why others are hidden.

    One statement, also within a caller's reading of more. Raises OutOfRange.
    """
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    sums, shown, hidden = together.read(
        lambda: store.summaries([product_id]),
        lambda: store.shown(product_id, sort, (number - 1) * size, size),
        lambda: store.hidden(product_id),
    )
    return Opinions(summary=sums.get(product_id, NOTHING), shown=shown, hidden=hidden)


# ── for the writer and for staff ──────────────────────────────────────────────────────────────────────────────────────


def review(review_id: ReviewId) -> Review:
    """Return a whole review, shown or not. Raises NotFound."""
    found = store.reviews([review_id]) if 0 < review_id < 2**63 else {}
    if review_id not in found:
        raise NotFound("review", review_id)
    return found[review_id]


def listing(*, state: ReviewState | None = None, number: int = 1, size: int = 50) -> Page[Review]:
    """Return one page of whole reviews, all or those in a state, the last written first. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=MOST_PAGE)
    checks.whole(size, field="size", least=1, most=MOST_ON_A_PAGE)
    ids, total = store.ids(state, (number - 1) * size, size)
    known = store.reviews(ids)
    return Page(items=tuple(known[each] for each in ids if each in known), total=total, number=number, size=size)


def waiting() -> int:
    """Return how many reviews nobody has read yet."""
    return store.waiting()


def reviews(review_ids: Collection[ReviewId]) -> dict[ReviewId, Review]:
    """Return whole reviews by id; unknown ids are left out."""
    return store.reviews(review_ids)


def of_order(order_id: OrderId) -> dict[LineId, Written]:
    """Return what was written for the lines of an order, by line: one query."""
    return store.of_order(order_id)


@transaction.atomic
def write(*, line: BoughtLine, draft: ReviewDraft, writer: str = "", now: datetime) -> Review:
    """Write the review of a bought line and return it; it waits until staff have looked. `writer` is the visitor's key of the browser.

    The caller has seen that the goods were bought and kept. Raises ReviewedAlready, Malformed, OutOfRange.
    """
    tidy = checked.draft(draft)
    present = store.of_order(line.order_id).get(line.line_id)
    if present is not None:
        raise ReviewedAlready(present.id)
    row = store.add(line, tidy, checks.line(writer, field="visitor", most=MOST_KEY), now)
    _tell_written(row, now)
    return review(ReviewId(row.id))


@transaction.atomic
def edit(*, review_id: ReviewId, draft: ReviewDraft, now: datetime) -> Review:
    """Write a review's next version and return it: it waits again, what was there before is kept. What changes nothing does nothing.

    The caller has seen that it is the writer who asks. Raises NotFound, Malformed, OutOfRange.
    """
    tidy = checked.draft(draft)
    row = store.lock(review_id)
    if tidy != store.draft_of(row):
        store.change(row, tidy, now)
        _tell_written(row, now)
    return review(review_id)


def _tell_written(row: models.Review, now: datetime) -> None:
    written = facts.ReviewWritten(review_id=row.id, product_id=row.product_id, order_id=row.order_id, stars=row.stars)
    events.record(written, at=now)


@transaction.atomic
def decide(*, review_id: ReviewId, seen_version: int, state: str, reason: str = "", actor: UserId | None, now: datetime) -> Review:
    """Show a review, or hide it for a reason of the list, and return it; `seen_version` is the version that whoever decides has read.

    What stands so already stays. Raises NotFound, ReviewChanged, NeedsReason, Malformed.
    """
    wanted, why = checked.verdict(state, reason)
    row = store.lock(review_id)
    if row.version != seen_version:
        raise ReviewChanged(review_id)
    if (row.state, row.reason) != (wanted, why):
        before = {"state": row.state, "reason": row.reason}
        store.decide(row, wanted, why, actor, now)
        after = {"state": wanted.value, "reason": why, "version": row.version}
        audit.record(actor=actor, act="reviews.decide", subject=f"review:{review_id}", before=before, after=after, at=now)
        events.record(facts.ReviewDecided(review_id=review_id, product_id=row.product_id, state=wanted.value, reason=why), at=now)
    return review(review_id)


@transaction.atomic
def answer(*, review_id: ReviewId, text: str, language: str, actor: UserId | None, now: datetime) -> Review:
    """Answer a review in the shop's name and return it; a later answer takes the place of the one before, which is kept.

    The same answer again changes nothing. Raises NotFound, Malformed, OutOfRange.
    """
    tidy, written_in = checked.answer(text), checks.language(language)
    row = store.lock(review_id)
    before = review(review_id)
    if before.answers and (before.answers[-1].text, before.answers[-1].language) == (tidy, written_in):
        return before
    store.add_answer(row, tidy, written_in, actor, now)
    found = review(review_id)
    # What was said stands in the room itself: the trail only says that somebody spoke, and for which time.
    after = {"language": written_in, "version": len(found.answers)}
    audit.record(actor=actor, act="reviews.answer", subject=f"review:{review_id}", before=None, after=after, at=now)
    events.record(facts.ReviewAnswered(review_id=review_id, product_id=row.product_id), at=now)
    return found


@transaction.atomic
def vote(*, review_id: ReviewId, visitor: str, customer_id: CustomerId | None = None, now: datetime) -> int:
    """Count that a visitor, signed in as `customer_id` or not, found a shown review helpful; return how many have.

    Raises NotFound for one that is not shown, OwnReview, VotedAlready, Malformed.
    """
    key = checks.line(visitor, field="visitor", least=1, most=MOST_KEY)
    row = store.lock(review_id)
    if row.state != ReviewState.SHOWN:
        raise NotFound("review", review_id)
    if key == row.writer or (customer_id is not None and customer_id == row.buyer_id):
        raise OwnReview
    store.vote(row, key, customer_id, now)
    return row.helpful + 1


@transaction.atomic
def mark_returned(line_ids: Sequence[LineId]) -> int:
    """Mark the reviews of lines whose goods went back wholly, and return how many were new. They stay and count as before."""
    return store.mark_returned(line_ids)


def differences() -> list[Difference]:
    """Return every product whose kept sums are not what its reviews come to; empty is right."""
    return store.differences()
