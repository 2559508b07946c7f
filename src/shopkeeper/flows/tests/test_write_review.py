"""A review is written for goods that were bought, sent and kept, by whoever holds the order's link; what goes back later is said."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from shopkeeper.flows import audit_books, refund_order, ship_order, write_review
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import LineId, QuestionId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, ParcelLine, RefundWish
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import GoodsWentBack, NotSentYet, Review, ReviewDraft, Said

DRAFT = ReviewDraft(shown_name="Ann", stars=4, title="", text="", language="en")


def bought(shop: SmallShop, *, units: int = 1, sent: int = 1) -> Order:
    order = shop.buy(TEA=units)
    if sent:
        lines = [ParcelLine(line_id=order.lines[0].id, units=sent)]
        ship_order.ship(order_id=order.id, warehouse_id=None, carrier="Post", tracking_number="", lines=lines, actor=None, now=NOON)
    return orders.order(order.id)


def give_back(order: Order, units: int = 1) -> None:
    wish = RefundWish(line_id=order.lines[0].id, units=units)
    refund_order.refund(order_id=order.id, lines=[wish], delivery=False, reason="changed_mind", note="", actor=None, now=NOON)


def write(order: Order, draft: ReviewDraft = DRAFT) -> Review:
    return write_review.write(token=order.token, line_id=order.lines[0].id, draft=draft, writer="browser", now=NOON)


def test_a_review_knows_its_line_goods_and_buyer(shop: SmallShop) -> None:
    order = bought(shop)

    made = write(order)

    assert (made.line.order_id, made.line.line_id, made.line.buyer_id) == (order.id, order.lines[0].id, order.buyer_id)
    assert made.line.product_id == catalog.goods_of(VariantId(order.lines[0].variant_id)).product_id


@pytest.mark.parametrize(
    ("units", "sent", "given_back", "refusal"),
    [(1, 0, 0, NotSentYet), (2, 0, 1, NotSentYet), (1, 1, 1, GoodsWentBack), (2, 2, 2, GoodsWentBack), (2, 2, 1, None), (2, 1, 0, None)],
)
def test_only_what_was_sent_and_kept_is_reviewed(
    shop: SmallShop, units: int, sent: int, given_back: int, refusal: type[Exception] | None
) -> None:
    order = bought(shop, units=units, sent=sent)
    if given_back:
        give_back(order, given_back)
    order = orders.order(order.id)

    if refusal is None:
        write(order)
    else:
        with pytest.raises(refusal):
            write(order)

    assert models.Review.objects.count() == (refusal is None)
    assert bool(write_review.places(order)) == (refusal is None)


def test_pieces_never_sent_that_are_paid_back_did_not_come_back(shop: SmallShop) -> None:
    order = bought(shop, units=2, sent=1)
    give_back(order, 1)

    line = orders.order(order.id).lines[0]

    assert (line.shipped_units, line.dropped_units, line.refunded_units) == (1, 1, 1)
    write(order)
    assert write_review.mark_returned([order.id]) == 0


def test_the_same_line_again_is_a_change_even_of_goods_that_went_back(shop: SmallShop) -> None:
    order = bought(shop)
    made = write(order)
    give_back(order)

    later = write(order, ReviewDraft(shown_name="Ann", stars=1, title="Broken", text="", language="en"))

    assert (later.id, later.version, later.stars) == (made.id, 2, 1)


def test_what_goes_back_wholly_is_said_however_often_it_is_heard(shop: SmallShop) -> None:
    order = bought(shop, units=2, sent=2)
    made = write(order)

    give_back(order, 1)
    assert write_review.mark_returned([order.id]) == 0
    give_back(order, 1)

    assert write_review.mark_returned([order.id]) == 1
    assert write_review.mark_returned([order.id]) == 0
    assert reviews.review(made.id).is_returned


def test_nobody_writes_for_a_line_of_another_order(shop: SmallShop) -> None:
    mine, other = bought(shop), bought(shop)

    for token, line in ((mine.token, other.lines[0].id), ("nobody", mine.lines[0].id), (mine.token, LineId(0))):
        with pytest.raises(NotFound):
            write_review.write(token=token, line_id=line, draft=DRAFT, writer="", now=NOON)

    assert models.Review.objects.count() == 0


def test_only_a_buyer_who_kept_the_goods_answers(shop: SmallShop) -> None:
    order, back = bought(shop), bought(shop)
    give_back(back)
    product = write(order).line.product_id
    asked = reviews.ask(product_id=product, said=Said(shown_name="Eve", text="Why?", language="en"), now=NOON)
    reviews.decide_question(question_id=asked.id, state="shown", actor=None, now=NOON)
    said = Said(shown_name="Bob", text="Because.", language="en")

    with pytest.raises(GoodsWentBack):
        write_review.answer(token=back.token, line_id=back.lines[0].id, question_id=asked.id, said=said, now=NOON)
    with pytest.raises(NotFound):
        write_review.answer(token=order.token, line_id=order.lines[0].id, question_id=QuestionId(999), said=said, now=NOON)
    found = write_review.answer(token=order.token, line_id=order.lines[0].id, question_id=asked.id, said=said, now=NOON)

    assert [each.said for each in found.replies] == [said]


def test_sums_that_were_tampered_with_are_found_in_the_books(shop: SmallShop) -> None:
    made = write(bought(shop))
    assert audit_books.run(NOON).is_right

    models.Summary.objects.update(stars_5=100)

    (found,) = audit_books.run(NOON).findings
    assert (found.check, found.subject) == ("stars_are_the_reviews", f"product:{made.line.product_id}")


@pytest.mark.django_db(transaction=True)
def test_a_refund_waits_until_a_review_under_way_is_written(shop: SmallShop) -> None:
    order, is_locked, may_go = bought(shop), Event(), Event()
    told: list[int] = []

    def refund() -> None:
        is_locked.wait(10)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            give_back(order)
            told.append(1)
        except Exception:  # noqa: BLE001 - that it could not go on is what is asked
            told.append(0)
        finally:
            connection.close()
            may_go.set()

    other = Thread(target=refund)
    other.start()
    with transaction.atomic():
        write(order)
        is_locked.set()
        may_go.wait(10)
    other.join()

    assert told == [0]
    assert models.Review.objects.count() == 1
