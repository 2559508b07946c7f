"""A buyer writes of goods that were bought, sent and kept, and answers what others ask about them.

Goods that go back afterwards are said beside the words.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from shopkeeper.kit.ids import LineId, OrderId, ProductId, QuestionId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import Photo, Sent
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, OrderLine
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import (
    MOST_PHOTOS,
    BoughtLine,
    GoodsWentBack,
    NotSentYet,
    Question,
    Review,
    ReviewDraft,
    ReviewPhoto,
    Said,
    TooManyPhotos,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of an order that a review can be written for, or was."""

    order: Order
    line: OrderLine
    written: Written | None


def places(found: Order) -> dict[LineId, Place]:
    """Return where the buyer of an order can write or has written, by line: at most one question."""
    if not any(line.shipped_units for line in found.lines):
        return {}
    written = reviews.of_order(found.id)
    return {
        line.id: Place(order=found, line=line, written=written.get(line.id))
        for line in found.lines
        if line.id in written or _kept_units(line) > 0
    }


def place(*, token: str, line_id: LineId) -> Place:
    """Return one line of the order behind a link, to write for. Raises NotFound, NotSentYet, GoodsWentBack."""
    found = orders.by_token(token)
    line = _line(found, line_id)
    written = reviews.of_order(found.id).get(line_id)
    if written is None:
        _refuse_unless_kept(line)
    return Place(order=found, line=line, written=written)


def write(
    *,
    token: str,
    line_id: LineId,
    draft: ReviewDraft,
    writer: str,
    now: datetime,
    files: Sequence[Sent] = (),
    kept: Collection[str] | None = None,
) -> Review:
    """Write the review of a line of the order behind a link, or its next version, and return it.

    Whoever holds the order's link is its buyer: a guest by the mail, a member by the account. `writer` is the visitor's key of the
    browser. Of the photos the review has, those stay whose square is named in `kept` (None: all); `files` are new ones. What the draft
    itself says of photos is passed over. Raises NotFound, NotSentYet, GoodsWentBack, Malformed, OutOfRange, TooManyPhotos, and for the
    photos as `media.take_photos` does.
    """
    # Looked at before photos are unpacked: nobody has us do so who may not write.
    there = place(token=token, line_id=line_id).written
    before = there.draft.photos if there else ()
    stay = tuple(each for each in before if kept is None or each.square in kept)
    if len(stay) + len(files) > MOST_PHOTOS:
        raise TooManyPhotos(len(stay) + len(files))
    new = tuple(_photo(each) for each in media.take_photos(files=files, now=now)) if files else ()
    whole = replace(draft, photos=stay + new)
    with transaction.atomic():
        found = _write(token=token, line_id=line_id, draft=whole, writer=writer, now=now)
        if new:
            media.hold(originals={each.original for each in new}, holder=f"review:{found.id}")
    return found


def _photo(taken: Photo) -> ReviewPhoto:
    whole, square = taken.whole, taken.square
    return ReviewPhoto(
        original=taken.original, whole=whole.key, square=square.key, width=whole.width, height=whole.height, side=square.width
    )  # fmt: skip


def _write(*, token: str, line_id: LineId, draft: ReviewDraft, writer: str, now: datetime) -> Review:
    # The order stays locked until the review is written: a refund comes before and is seen here, or after and finds the review.
    found = orders.lock(orders.by_token(token).id)
    line = _line(found, line_id)
    written = reviews.of_order(found.id).get(line_id)
    if written is not None:
        return reviews.edit(review_id=written.id, draft=draft, now=now)
    _refuse_unless_kept(line)
    bought = BoughtLine(line_id=line_id, order_id=found.id, product_id=ProductId(line.product_id), buyer_id=found.buyer_id)
    return reviews.write(line=bought, draft=draft, writer=writer, now=now)


@transaction.atomic
def answer(*, token: str, line_id: LineId, question_id: QuestionId, said: Said, now: datetime) -> Question:
    """Answer a question about the goods of a line as its buyer, and return it. Raises as `place` and `reviews.reply` do."""
    found = orders.lock(orders.by_token(token).id)
    line = _line(found, line_id)
    _refuse_unless_kept(line)
    return reviews.reply(question_id=question_id, line_id=line_id, product_id=ProductId(line.product_id), said=said, now=now)


def mark_returned(order_ids: Sequence[OrderId]) -> int:
    """Mark what was written of lines of these orders whose goods went back wholly; return how many were new. May be repeated."""
    found = orders.orders(order_ids)
    gone = [line.id for each in found.values() for line in each.lines if line.shipped_units and _kept_units(line) <= 0]
    return reviews.mark_returned(gone) if gone else 0


def _line(found: Order, line_id: LineId) -> OrderLine:
    for line in found.lines:
        if line.id == line_id:
            return line
    raise NotFound("line", line_id)


def _refuse_unless_kept(line: OrderLine) -> None:
    if not line.shipped_units:
        raise NotSentYet(line.id)
    if _kept_units(line) <= 0:
        raise GoodsWentBack(line.id)


def _kept_units(line: OrderLine) -> int:
    # Units given up before they were sent are refunded too, but never came back.
    return line.shipped_units - max(0, line.refunded_units - line.dropped_units)
