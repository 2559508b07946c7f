"""What became of what somebody wrote: their reviews decided and answered, their questions answered."""

from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit.ids import CustomerId, ProductId
from shopkeeper.selling.reviews import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that became of what a customer wrote: review_shown, review_hidden, review_answered or question_answered."""

    at: datetime
    code: str
    product_id: ProductId
    order_id: int | None


def told_to(customer_id: CustomerId, *, limit: int = 20) -> tuple[Told, ...]:
    """Return what became of what a customer wrote, the newest first: one statement when read together, three else."""
    decided = models.Decision.objects.filter(review__buyer_id=customer_id).select_related("review").order_by("-at")[:limit]
    answered = models.Answer.objects.filter(review__buyer_id=customer_id).select_related("review").order_by("-at")[:limit]
    shops = models.Reply.objects.filter(question__customer_id=customer_id, line_id=None)
    replies = shops.select_related("question").order_by("-at")[:limit]
    found = [
        Told(at=row.at, code=f"review_{row.state}", product_id=ProductId(row.review.product_id), order_id=row.review.order_id)
        for row in decided
    ]
    found += [
        Told(at=row.at, code="review_answered", product_id=ProductId(row.review.product_id), order_id=row.review.order_id)
        for row in answered
    ]
    found += [Told(at=row.at, code="question_answered", product_id=ProductId(row.question.product_id), order_id=None) for row in replies]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:limit])
