"""The reviews hear of every refund, so that goods which went back are said beside what was written of them."""

import pytest

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderRefunded
from shopkeeper.flows import refund_order, ship_order, write_review
from shopkeeper.flows.tests.builders import NOON, small_shop
from shopkeeper.selling.orders.shapes import RefundWish
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import ReviewDraft
from shopkeeper.wiring.reactions import OTHERS

pytestmark = pytest.mark.django_db


def test_a_refund_is_heard_by_the_reviews() -> None:
    order = small_shop().buy(TEA=1)
    ship_order.ship(order_id=order.id, warehouse_id=None, carrier="Post", tracking_number="", lines=None, actor=None, now=NOON)
    line = order.lines[0].id
    draft = ReviewDraft(shown_name="Ann", stars=1, title="", text="", language="en")
    made = write_review.write(token=order.token, line_id=line, draft=draft, writer="", now=NOON)
    wishes = [RefundWish(line_id=line, units=1)]
    refund_order.refund(order_id=order.id, lines=wishes, delivery=False, reason="damaged", note="", actor=None, now=NOON)
    assert not reviews.review(made.id).is_returned

    hearers = tuple(each for each in OTHERS[OrderRefunded] if each.name == "reviews")
    events.dispatch_all({OrderRefunded: hearers}, now=NOON)

    assert reviews.review(made.id).is_returned
