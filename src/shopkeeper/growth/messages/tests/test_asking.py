"""Buyers are asked what they think of their goods: on a lawful ground only, once, and not where they ended such mails."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail as outbox

from shopkeeper.growth.messages import asking, readers
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind, ReviewGround
from shopkeeper.growth.messages.tests.builders import link_to_end, order
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.reviews.shapes import Written
from shopkeeper.selling.shop.tests.builders import NOON, open_shop

pytestmark = pytest.mark.django_db


def kept_order(**changes):
    """Return an order whose parcels have all left and of which nothing went back."""
    return order(state=OrderState.SHIPPED, refunds=(), **changes)


def consents(*given):
    """Return the customers room's answer to who agrees to a choice, where every buyer agreed to these."""
    return lambda customer_ids, choice: frozenset(customer_ids) if choice in given else frozenset()


@pytest.mark.parametrize(
    ("ground", "given", "may"),
    [
        (ReviewGround.OFF, ("marketing", "marketing.mail"), False),
        (ReviewGround.CONSENT, ("marketing", "marketing.mail"), True),
        (ReviewGround.CONSENT, ("marketing", "marketing.sms"), False),
        (ReviewGround.CONSENT, (), False),
        (ReviewGround.SOFT_OPT_IN, (), True),
    ],
)
def test_a_buyer_is_asked_on_a_lawful_ground_only(db, monkeypatch, ground, given, may):
    monkeypatch.setattr(asking.reviews, "of_order", lambda order_id: {})
    monkeypatch.setattr(asking.customers, "agreed", consents(*given))

    assert (ground in asking.grounds(kept_order())) is may


def test_nobody_is_asked_who_wrote_already_or_gave_goods_back_or_waits_for_them(db, monkeypatch):
    ground = ReviewGround.SOFT_OPT_IN
    monkeypatch.setattr(asking.reviews, "of_order", lambda order_id: {1: Written})
    assert ground not in asking.grounds(kept_order())

    monkeypatch.setattr(asking.reviews, "of_order", lambda order_id: {})
    assert ground in asking.grounds(kept_order())
    assert ground not in asking.grounds(replace(kept_order(), refunds=order().refunds))
    assert ground not in asking.grounds(replace(kept_order(), state=OrderState.SHIPPING))
    assert ground not in asking.grounds(replace(kept_order(), state=OrderState.CANCELLED))
    assert ground not in asking.grounds(kept_order(is_imported=True))


@pytest.fixture
def to_ask(monkeypatch):
    """A shop that asks all buyers for reviews fourteen days after the last parcel, and an order that waits to be asked about."""
    open_shop()
    asking.save_settings(review_ground="soft_opt_in", review_days=14, actor=None, now=NOON)
    found = kept_order()
    monkeypatch.setattr(orders, "order", lambda order_id: found)
    monkeypatch.setattr(asking.reviews, "of_order", lambda order_id: {})
    messages.order_mail(kind=MailKind.REVIEW_REQUEST, order_id=7, key="order:7:review", now=NOON)
    return found


def test_the_mail_waits_for_the_last_parcel_and_goes_once(to_ask):
    early = messages.send_due(now=NOON + timedelta(days=1))
    due = messages.send_due(now=NOON + timedelta(days=15))
    again = messages.send_due(now=NOON + timedelta(days=30))

    assert (early.sent, due.sent, again.sent) == (0, 1, 0)
    (sent,) = outbox.outbox
    assert sent.to == ["ann@example.org"]
    assert sent.subject == "What do you think of your order SK-100007?"


def test_a_mail_that_is_not_due_yet_shows_no_words(to_ask):
    (queued,) = messages.outgoing(order_id=7)

    assert messages.preview(message_id=queued.id, now=NOON + timedelta(days=1)) is None
    assert "SK-100007" in messages.preview(message_id=queued.id, now=NOON + timedelta(days=15)).text


def test_the_mail_can_be_ended_with_one_click(to_ask):
    messages.send_due(now=NOON + timedelta(days=15))

    (sent,) = outbox.outbox
    address = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in sent.body
    messages.unsubscribe(token=address.rstrip("/").rpartition("/")[2], now=NOON)
    assert not readers.takes("ann@example.org", MailKind.REVIEW_REQUEST)


def test_whoever_ended_these_mails_gets_none(to_ask):
    _path, token = link_to_end("ann@example.org")
    messages.unsubscribe(token=token, now=NOON)

    assert messages.send_due(now=NOON + timedelta(days=15)).skipped == 1
    assert outbox.outbox == []


def test_mails_that_must_go_have_no_link_to_end_them(to_ask):
    messages.order_mail(kind=MailKind.PLACED, order_id=7, key="order:7:placed", now=NOON)
    messages.send_due(now=NOON)

    (sent,) = outbox.outbox
    assert "List-Unsubscribe" not in sent.extra_headers
