"""What people wrote, gathered by who they are: for a copy of somebody's own data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import CustomerId
from shopkeeper.selling.reviews import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A review (`stars`, `title`), a question, or an answer to one, as its writer left it, and whether it is shown; or a `vote`, which has
    no words: that somebody else's review was helpful.
    """

    kind: str
    product_id: int
    shown_name: str
    text: str
    title: str = ""
    stars: int | None = None
    state: str
    reason: str
    at: datetime


def said_by(customer_ids: Collection[CustomerId], line_ids: Collection[int] = ()) -> tuple[Saying, ...]:
    """Return the reviews, questions and votes of these customers, and the answers written for these lines of theirs, oldest first."""
    wanted = list(customer_ids)
    found = [
        Saying(
            kind="review", product_id=row.product_id, shown_name=row.shown_name, text=row.text, title=row.title, stars=row.stars,
            state=row.state, reason=row.reason, at=row.written_at,
        )
        for row in models.Review.objects.filter(buyer_id__in=wanted)
    ]  # fmt: skip
    found += [_spoken("question", row.product_id, row, row.asked_at) for row in models.Question.objects.filter(customer_id__in=wanted)]
    votes = models.Vote.objects.filter(customer_id__in=wanted).select_related("review")
    found += [
        Saying(kind="vote", product_id=row.review.product_id, shown_name="", text="", state="", reason="", at=row.at) for row in votes
    ]
    replies = models.Reply.objects.filter(line_id__in=list(line_ids)).select_related("question")
    found += [_spoken("reply", row.question.product_id, row, row.at) for row in replies]
    return tuple(sorted(found, key=lambda each: each.at))


def _spoken(kind: str, product_id: int, row: models.Question | models.Reply, at: datetime) -> Saying:
    return Saying(kind=kind, product_id=product_id, shown_name=row.shown_name, text=row.text, state=row.state, reason=row.reason, at=at)
