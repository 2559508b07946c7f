"""Every query of the reviews room: rows ↔ shapes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from shopkeeper.kit import statements, together
from shopkeeper.kit.ids import CustomerId, LineId, OrderId, ProductId, ReviewId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews.shapes import (
    Answer,
    BoughtLine,
    Decision,
    Difference,
    HideReason,
    Review,
    ReviewDraft,
    ReviewedAlready,
    ReviewPhoto,
    ReviewSort,
    ReviewState,
    ReviewVersion,
    ShownReview,
    Summary,
    VotedAlready,
    Written,
)

_SUMMARIES = """
    SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, hidden, waiting, mark
    FROM reviews_summary WHERE product_id = ANY (%s::bigint[])
"""

_SHOWN = """
    SELECT r.id, r.shown_name, r.stars, r.title, r.text, r.language, r.is_returned, r.version > 1, r.helpful, r.written_at,
           a.text, a.language, a.at,
           ARRAY(SELECT concat_ws(' ', p.original, p.whole, p.square, p.width, p.height, p.side) FROM reviews_photo p
                 WHERE p.review_id = r.id AND p.version = r.version ORDER BY p.position)
    FROM reviews_review r
    LEFT JOIN LATERAL (SELECT * FROM reviews_answer WHERE review_id = r.id ORDER BY id DESC LIMIT 1) a ON true
    WHERE r.product_id = %s AND r.state = 'shown' ORDER BY {order} LIMIT %s OFFSET %s
"""

_ORDERS = {
    ReviewSort.NEWEST: "r.written_at DESC, r.id DESC",
    ReviewSort.HELPFUL: "r.helpful DESC, r.written_at DESC, r.id DESC",
    ReviewSort.BEST: "r.stars DESC, r.written_at DESC, r.id DESC",
    ReviewSort.WORST: "r.stars, r.written_at DESC, r.id DESC",
}

_HIDDEN = """
    SELECT reason, count(*) FROM reviews_review WHERE product_id = %s AND state = 'hidden' GROUP BY reason ORDER BY count(*) DESC, reason
"""

# One row for each product whose kept sums are wrong: what its reviews come to, and what is kept.
_DIFFERENCES = """
    WITH counted AS (
        SELECT product_id, concat_ws(',',
               count(*) FILTER (WHERE state = 'shown' AND stars = 1), count(*) FILTER (WHERE state = 'shown' AND stars = 2),
               count(*) FILTER (WHERE state = 'shown' AND stars = 3), count(*) FILTER (WHERE state = 'shown' AND stars = 4),
               count(*) FILTER (WHERE state = 'shown' AND stars = 5), count(*) FILTER (WHERE state = 'hidden'),
               count(*) FILTER (WHERE state = 'waiting')) AS sums
        FROM reviews_review GROUP BY product_id),
    kept AS (SELECT product_id, concat_ws(',', stars_1, stars_2, stars_3, stars_4, stars_5, hidden, waiting) AS sums FROM reviews_summary)
    SELECT product_id, coalesce(c.sums, '0,0,0,0,0,0,0'), coalesce(k.sums, '0,0,0,0,0,0,0')
    FROM counted c FULL JOIN kept k USING (product_id)
    WHERE coalesce(c.sums, '0,0,0,0,0,0,0') <> coalesce(k.sums, '0,0,0,0,0,0,0') ORDER BY product_id
"""


# ── what everybody sees ───────────────────────────────────────────────────────────────────────────────────────────────


def summaries(product_ids: Sequence[ProductId]) -> dict[ProductId, Summary]:
    """Return the sums of these products: one query; those nobody wrote of are left out."""
    found = statements.rows(_SUMMARIES, [list(product_ids)]) if product_ids else []
    return {ProductId(row[0]): Summary(by_stars=tuple(row[1:6]), hidden=row[6], waiting=row[7], mark=row[8]) for row in found}


def shown(product_id: ProductId, sort: ReviewSort, start: int, size: int) -> tuple[ShownReview, ...]:
    """Return shown reviews of a product with what the shop answered last: one query."""
    rows = statements.rows(_SHOWN.format(order=_ORDERS[sort]), [product_id, size, start])
    return tuple(
        ShownReview(
            id=ReviewId(row[0]), shown_name=row[1], stars=row[2], title=row[3], text=row[4], language=row[5], is_returned=row[6],
            is_edited=row[7], helpful=row[8], written_at=row[9],
            answer=Answer(text=row[10], language=row[11], at=row[12]) if row[12] else None,
            photos=tuple(_told(each) for each in row[13]),
        )
        for row in rows
    )  # fmt: skip


def _told(text: str) -> ReviewPhoto:
    original, whole, square, *measure = text.split(" ")
    width, height, side = (int(each) for each in measure)
    return ReviewPhoto(original=original, whole=whole, square=square, width=width, height=height, side=side)


def hidden(product_id: ProductId) -> tuple[tuple[HideReason, int], ...]:
    """Return how many reviews of a product are hidden for which reason, the most first."""
    return tuple((HideReason(reason), count) for reason, count in statements.rows(_HIDDEN, [product_id]))


# ── whole reviews ─────────────────────────────────────────────────────────────────────────────────────────────────────


def reviews(review_ids: Collection[ReviewId]) -> dict[ReviewId, Review]:
    """Return whole reviews by id: one query."""
    wanted = list(review_ids)
    rows, *parts = together.read(
        lambda: list(models.Review.objects.filter(pk__in=wanted)),
        lambda: list(models.Version.objects.filter(review__in=wanted).order_by("id")),
        lambda: list(models.Decision.objects.filter(review__in=wanted).order_by("id")),
        lambda: list(models.Answer.objects.filter(review__in=wanted).order_by("id")),
        lambda: list(models.Photo.objects.filter(review__in=wanted).order_by("version", "position")),
    )
    return {ReviewId(row.id): _review(row, *([each for each in part if each.review_id == row.id] for part in parts)) for row in rows}


def of_order(order_id: OrderId) -> dict[LineId, Written]:
    """Return the reviews written for an order, by line: one query."""
    rows, photos = together.read(
        lambda: list(models.Review.objects.filter(order_id=order_id)),
        lambda: list(models.Photo.objects.filter(review__order_id=order_id).order_by("position")),
    )
    return {
        LineId(row.line_id): Written(id=ReviewId(row.id), draft=_draft(row, photos), state=ReviewState(row.state), reason=row.reason)
        for row in rows
    }


def draft_of(row: models.Review) -> ReviewDraft:
    """Return a review's words and photos as their writer left them."""
    return _draft(row, models.Photo.objects.filter(review=row, version=row.version).order_by("position"))


def _draft(row: models.Review, photos: Iterable[models.Photo]) -> ReviewDraft:
    own = tuple(_photo(each) for each in photos if (each.review_id, each.version) == (row.id, row.version))
    return ReviewDraft(
        shown_name=row.shown_name, stars=row.stars, title=row.title, text=row.text, language=row.language, photos=own
    )  # fmt: skip


def _photo(row: models.Photo) -> ReviewPhoto:
    return ReviewPhoto(
        original=row.original, whole=row.whole, square=row.square, width=row.width, height=row.height, side=row.side
    )  # fmt: skip


def _review(
    row: models.Review,
    versions: Sequence[models.Version],
    decisions: Sequence[models.Decision],
    answers: Sequence[models.Answer],
    photos: Sequence[models.Photo],
) -> Review:
    return Review(
        id=ReviewId(row.id),
        line=BoughtLine(
            line_id=LineId(row.line_id), order_id=OrderId(row.order_id), product_id=ProductId(row.product_id),
            buyer_id=CustomerId(row.buyer_id),
        ),
        shown_name=row.shown_name, stars=row.stars, title=row.title, text=row.text, language=row.language, state=ReviewState(row.state),
        reason=row.reason, version=row.version, is_returned=row.is_returned, helpful=row.helpful, written_at=row.written_at,
        changed_at=row.changed_at,
        answers=tuple(Answer(text=each.text, language=each.language, at=each.at) for each in answers),
        versions=tuple(
            ReviewVersion(
                number=each.number, shown_name=each.shown_name, stars=each.stars, title=each.title, text=each.text,
                language=each.language, at=each.at, photos=tuple(_photo(one) for one in photos if one.version == each.number),
            )
            for each in versions
        ),
        decisions=tuple(
            Decision(version=each.version, state=ReviewState(each.state), reason=each.reason, actor_id=each.actor_id, at=each.at)
            for each in decisions
        ),
    )  # fmt: skip


def ids(state: ReviewState | None, start: int, size: int) -> tuple[list[ReviewId], int]:
    """Return the ids of reviews, all or those in a state, the last written first, and how many there are."""
    found = models.Review.objects.filter(**({"state": state} if state else {}))
    chosen, total = together.read(
        lambda: list(found.order_by("-changed_at", "-id").values_list("id", flat=True)[start : start + size]), found.count
    )
    return [ReviewId(each) for each in chosen], total


def waiting() -> int:
    """Return how many reviews wait."""
    return models.Review.objects.filter(state=ReviewState.WAITING).count()


def lock(review_id: ReviewId) -> models.Review:
    """Return a review's row, locked (rank 55). Raises NotFound."""
    row = models.Review.objects.select_for_update().filter(pk=review_id).first() if 0 < review_id < 2**63 else None
    if row is None:
        raise NotFound("review", review_id)
    return row


def add(line: BoughtLine, draft: ReviewDraft, writer: str, now: datetime) -> models.Review:
    """Write a review with its first version. Raises ReviewedAlready where its line has one."""
    row = models.Review(
        product_id=line.product_id, order_id=line.order_id, line_id=line.line_id, buyer_id=line.buyer_id, writer=writer, written_at=now,
        changed_at=now,
    )  # fmt: skip
    _write(row, draft)
    # Two forms of one order may be sent in the same moment: the unique constraint has the last word.
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise ReviewedAlready(None) from error
        raise
    _add_version(row, draft)
    return row


def change(row: models.Review, draft: ReviewDraft, now: datetime) -> None:
    """Write a review's next version; it waits again."""
    _write(row, draft)
    row.version += 1
    row.state, row.reason, row.changed_at = ReviewState.WAITING, "", now
    row.save()
    _add_version(row, draft)


def _write(row: models.Review, draft: ReviewDraft) -> None:
    row.shown_name, row.stars, row.title, row.text, row.language = draft.shown_name, draft.stars, draft.title, draft.text, draft.language


def _add_version(row: models.Review, draft: ReviewDraft) -> None:
    models.Version.objects.create(
        review=row, number=row.version, shown_name=row.shown_name, stars=row.stars, title=row.title, text=row.text, language=row.language,
        at=row.changed_at,
    )  # fmt: skip
    models.Photo.objects.bulk_create(
        models.Photo(
            review=row, version=row.version, position=position, original=each.original, whole=each.whole, square=each.square,
            width=each.width, height=each.height, side=each.side,
        )
        for position, each in enumerate(draft.photos, start=1)
    )  # fmt: skip


def decide(row: models.Review, state: ReviewState, reason: str, actor: UserId | None, now: datetime) -> None:
    """Write where a review stands from now on, and that somebody decided so."""
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason"])
    models.Decision.objects.create(review=row, version=row.version, state=state, reason=reason, actor_id=actor, at=now)


def add_answer(row: models.Review, text: str, language: str, actor: UserId | None, now: datetime) -> None:
    """Write what the shop answers from now on."""
    models.Answer.objects.create(review=row, text=text, language=language, actor_id=actor, at=now)


def vote(row: models.Review, visitor: str, customer_id: CustomerId | None, now: datetime) -> None:
    """Write that somebody found a review helpful. Raises VotedAlready."""
    try:
        with transaction.atomic():
            models.Vote.objects.create(review=row, visitor=visitor, customer_id=customer_id, at=now)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise VotedAlready from error
        raise


def mark_returned(line_ids: Sequence[LineId]) -> int:
    """Mark the reviews of these lines, whose goods went back wholly; return how many were not marked before."""
    return models.Review.objects.filter(line_id__in=line_ids, is_returned=False).update(is_returned=True)


def differences() -> list[Difference]:
    """Return every product whose kept sums are not what its reviews come to."""
    return [Difference(*row) for row in statements.rows(_DIFFERENCES, [])]
