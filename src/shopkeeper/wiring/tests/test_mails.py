"""What happens to an order is told to its buyer, each thing once, from the fact to the mailbox."""

import io
import re

import pytest
from django.core import mail as outbox
from pypdf import PdfReader

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPaid, OrderShipped
from shopkeeper.events.shapes import Heard, Origin
from shopkeeper.flows import cancel_order, refund_order, ship_order
from shopkeeper.flows.tests.builders import CONTACT, NOON, small_shop
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages import reactions
from shopkeeper.growth.messages.shapes import MailState
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import RefundWish
from shopkeeper.wiring.reactions import REACTIONS

pytestmark = pytest.mark.django_db

HEARD = {kind: tuple(hearer for hearer in hearers if hearer.name == "mails") for kind, hearers in REACTIONS.items()}


@pytest.fixture
def shop(db):
    return small_shop()


def deliver():
    """Hand out all facts, send all mails, and return the subjects that went out."""
    before = len(outbox.outbox)
    events.dispatch_all(HEARD, now=NOON)
    messages.send_due(now=NOON)
    assert events.backlog().parked == events.backlog().retrying == 0
    return [sent.subject for sent in outbox.outbox[before:]]


def test_an_order_is_told_from_its_placing_to_its_refund(shop):
    boss = owner()
    order = shop.buy(TEA=2, CUP=1)
    assert deliver() == [f"We have your order {order.number}", f"Payment received for order {order.number}"]
    assert {sent.to[0] for sent in outbox.outbox} == {CONTACT.email}

    ship_order.ship(order_id=order.id, carrier="Royal Mail", tracking_number="RM1", actor=boss, now=NOON)
    assert deliver() == [f"Your parcel is on its way (order {order.number})"]
    assert "RM1" in outbox.outbox[-1].body

    line = next(line for line in order.lines if line.units == 1)
    refund_order.refund(order_id=order.id, lines=[RefundWish(line.id, 1)], delivery=False, reason="damaged", actor=boss, now=NOON)
    assert deliver() == [f"We have refunded £9.99 (order {order.number})"]

    assert deliver() == []


def test_nobody_is_told_of_money_back_where_the_pieces_cost_nothing(shop):
    order = shop.buy(TEA=1, CUP=1)
    cup = next(line for line in order.lines if line.sku == "CUP")
    tables.OrderLine.objects.filter(id=cup.id).update(unit_minor=0, goods_minor=0, tax_minor=0, gross_minor=0)
    deliver()

    refund_order.refund(order_id=order.id, lines=[RefundWish(cup.id, 1)], delivery=False, reason="damaged", actor=owner(), now=NOON)

    assert deliver() == []


def test_the_receipt_carries_a_real_invoice_and_a_link_that_finds_the_order(shop):
    order = shop.buy(TEA=1)
    deliver()

    receipt = outbox.outbox[-1]
    ((name, content, mime),) = receipt.attachments
    assert (name, mime) == (f"invoice-{order.number}.pdf", "application/pdf")
    assert order.number in PdfReader(io.BytesIO(content)).pages[0].extract_text().replace("\x00", "")
    token = receipt.body.split("/en/orders/")[1].split("/")[0]
    assert orders.by_token(token).id == order.id


def test_a_cancelled_order_is_told_and_its_thanks_are_not_sent_late(shop):
    boss = owner()
    order = shop.buy(TEA=1)
    cancel_order.cancel(order_id=order.id, reason="buyer", actor=boss, now=NOON)

    assert f"Order {order.number} is cancelled" in deliver()
    assert not any("Thank you" in sent.body for sent in outbox.outbox)
    assert messages.counts()[MailState.SKIPPED] == 2


def test_facts_heard_twice_write_once(shop):
    order = shop.buy(TEA=1)
    fact = OrderPaid(order_id=order.id, payment_id=1, buyer_id=order.buyer_id, amount_minor=order.paid_minor)
    heard = [Heard(number, fact, NOON, Origin.LIVE) for number in (1, 2)]

    reactions.write(heard)
    reactions.write(heard)

    assert [queued.key for queued in messages.outgoing()] == [f"order:{order.id}:paid"]


def test_history_writes_to_nobody(shop):
    order = shop.buy(TEA=1)
    deliver()
    outbox.outbox.clear()
    events.record_history([(OrderShipped(order_id=order.id, shipment_id=1, warehouse_id=1, carrier="x", lines=(), is_complete=True), NOON)])

    assert deliver() == []
    assert messages.outgoing(order_id=order.id).total == 2


def test_the_preview_of_an_order_mail_shows_what_would_go_out(shop):
    order = shop.buy(TEA=1)
    deliver()
    queued = messages.outgoing(order_id=order.id).items[-1]

    shown = messages.preview(message_id=queued.id, now=NOON)

    assert shown.subject == outbox.outbox[0].subject
    sent = outbox.outbox[0].body
    hidden = re.sub(r"(/consents/)[^/]+/", r"\1…/", sent)
    assert hidden != sent
    assert shown.text == hidden
