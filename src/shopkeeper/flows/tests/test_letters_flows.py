"""Goods that are back, parcels that arrived, letters looked at: each is told once, to whom it may be told."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import translation

from shopkeeper.flows import end_mails, find_order, tell_arrival, tell_waiting, try_letter, wait_for_stock, write_again
from shopkeeper.flows.tests.builders import small_shop
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.models import Bounce, Outgoing, Reader
from shopkeeper.growth.messages.shapes import MailKind, NotSent
from shopkeeper.growth.messages.tests.builders import complained, complained_of, known_as, link_to_end, order
from shopkeeper.kit.refusals import NotAllowed, NotFound
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import joined, shopper
from shopkeeper.ops.limits.shapes import TooOften
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, OrderState
from shopkeeper.selling.shop.tests.builders import NOON, open_shop
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitState
from shopkeeper.selling.wishes.tests.builders import asked, waiting

pytestmark = pytest.mark.django_db


# ── parcels that arrived ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_arrival_is_told_once_for_each_parcel(monkeypatch):
    open_shop()
    noted = []
    monkeypatch.setattr(orders, "lock", lambda order_id: order())
    monkeypatch.setattr(orders, "order", lambda order_id: order())
    monkeypatch.setattr(orders, "note", lambda **said: noted.append(said["code"]))

    assert tell_arrival.tell(order_id=7, shipment_id=11, actor=None, now=NOON)
    assert not tell_arrival.tell(order_id=7, shipment_id=11, actor=None, now=NOON)
    with pytest.raises(NotFound):
        tell_arrival.tell(order_id=7, shipment_id=12, actor=None, now=NOON)

    assert noted == ["arrived"]
    messages.send_due(now=NOON)
    (sent,) = outbox.outbox
    assert sent.subject == "Your parcel has arrived (order SK-100007)"
    assert Outgoing.objects.get().key == "shipment:11:delivered"


# ── looking at letters ────────────────────────────────────────────────────────────────────────────────────────────────

ABOUT = {"letter": "placed", "language": "en"}


def test_a_test_mail_goes_to_whoever_asks_with_sample_data_and_not_too_often():
    open_shop()
    owner = joined("owner@papercrane.example", Role.OWNER)
    words = messages.own("placed", "en")

    for _ in range(10):
        assert try_letter.send_test(**ABOUT, words=words, actor=owner, now=NOON) == "owner@papercrane.example"
    with pytest.raises(TooOften):
        try_letter.send_test(**ABOUT, words=words, actor=owner, now=NOON)

    assert len(outbox.outbox) == 10
    assert {tuple(sent.to) for sent in outbox.outbox} == {("owner@papercrane.example",)}
    assert outbox.outbox[0].subject == "[Test] We have your order SK-100007"
    assert Outgoing.objects.count() == 0


def test_every_test_mail_is_a_mail_of_its_own():
    open_shop()
    owner = joined("owner@papercrane.example", Role.OWNER)

    for minutes in (0, 1):
        try_letter.send_test(**ABOUT, words=messages.own("placed", "en"), actor=owner, now=NOON + timedelta(minutes=minutes))

    first, second = (sent.extra_headers["Message-ID"] for sent in outbox.outbox)
    assert first != second


def test_a_test_mail_says_so_in_the_language_of_whoever_asks():
    open_shop()
    owner = joined("owner@papercrane.example", Role.OWNER)

    with translation.override("zh-hans"):
        try_letter.send_test(letter="placed", language="zh-hans", words=messages.own("placed", "zh-hans"), actor=owner, now=NOON)

    (sent,) = outbox.outbox
    assert sent.subject.startswith("【测试】")


def test_who_may_not_publish_sends_no_test_and_a_shopper_sees_nothing():
    open_shop()
    clerk, buyer = joined("clerk@papercrane.example", Role.CLERK), shopper("ann@example.org")
    words = messages.own("placed", "en")

    with pytest.raises(NotAllowed):
        try_letter.send_test(**ABOUT, words=words, actor=clerk, now=NOON)
    with pytest.raises(NotAllowed):
        try_letter.look(**ABOUT, words=words, actor=buyer)

    assert outbox.outbox == []


def test_a_mail_server_that_does_not_answer_is_told(settings):
    open_shop()
    owner = joined("owner@papercrane.example", Role.OWNER)
    # Nobody listens there.
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1

    with pytest.raises(NotSent):
        try_letter.send_test(**ABOUT, words=messages.own("placed", "en"), actor=owner, now=NOON)


# ── goods that are back ───────────────────────────────────────────────────────────────────────────────────────────────


def waits(variant_id, people):
    """Return the waits of so many people for goods, in the order of their queue."""
    return [waiting(variant_id=variant_id, now=NOON + timedelta(minutes=number)) for number in range(people)]


def test_no_more_people_are_told_than_there_are_pieces_and_nobody_twice():
    tea = small_shop({"TEA": 2}).variants["TEA"]
    queue = waits(tea, 3)
    later = NOON + timedelta(hours=1)

    first = tell_waiting.tell([tea], now=later)
    again = tell_waiting.tell(None, now=later)

    assert (first, again) == (2, 0)
    assert [row.wait_id for row in Outgoing.objects.order_by("id")] == [wait.id for wait in queue[:2]]
    messages.send_due(now=later)
    assert sorted(sent.to[0] for sent in outbox.outbox) == sorted(wait.email for wait in queue[:2])
    assert all("is back" in sent.subject for sent in outbox.outbox)
    assert tell_waiting.tell(None, now=later + timedelta(days=1, hours=1)) == 1


def test_goods_nobody_waits_for_or_without_pieces_tell_nobody():
    waits(small_shop({"CUP": 2}).variants["TEA"], 1)

    assert tell_waiting.tell(None, now=NOON + timedelta(hours=1)) == 0
    assert Outgoing.objects.count() == 0


def test_whoever_asks_is_asked_to_confirm_even_where_courtesies_are_stopped():
    wait = asked(variant_id=small_shop({"CUP": 1}).variants["TEA"], email="ann@example.org")
    complained("ann@example.org")

    messages.wait_mail(kind=MailKind.WAIT_ASKED, wait_id=wait.id, key="w", language="en", now=NOON)
    messages.send_due(now=NOON)

    (sent,) = outbox.outbox
    assert sent.to == ["ann@example.org"]
    assert f"/en/waits/{wait.token}/" in sent.body


BACK = MailKind.BACK_IN_STOCK


def test_an_address_courtesies_may_not_go_to_is_passed_over_and_keeps_its_place():
    tea = small_shop({"TEA": 1}).variants["TEA"]
    stopped, ended, free = (
        waiting(variant_id=tea, email=f"{name}@example.org", now=NOON + timedelta(minutes=place))
        for place, name in enumerate(("ann", "bob", "cid"))
    )
    complained("ann@example.org")
    messages.unsubscribe(token=link_to_end("bob@example.org", kind=BACK)[1], now=NOON)

    assert tell_waiting.tell([tea], now=NOON + timedelta(hours=1)) == 1

    assert Outgoing.objects.get().wait_id == free.id
    assert {wishes.waits([wait.id])[wait.id].state for wait in (stopped, ended)} == {WaitState.WAITING}


def test_however_many_are_passed_over_the_first_who_may_be_told_is():
    tea = small_shop({"TEA": 1}).variants["TEA"]
    queue = waits(tea, 12)
    for wait in queue[:11]:
        complained(wait.email)

    assert tell_waiting.tell(None, now=NOON + timedelta(hours=1)) == 1
    assert Outgoing.objects.get().wait_id == queue[11].id


def test_whoever_confirms_takes_an_older_refusal_back_and_shows_that_mail_arrives():
    tea = small_shop({"TEA": 1}).variants["TEA"]
    messages.unsubscribe(token=link_to_end("ann@example.org", kind=BACK)[1], now=NOON)
    messages.unsubscribe(token=link_to_end("ann@example.org")[1], now=NOON)
    Reader.objects.create(mark=known_as("ann@example.org"), stopped_for="permanent", stopped_at=NOON, permanent=1, last_at=NOON)
    wait = asked(variant_id=tea, email="ann@example.org")

    wait_for_stock.confirm(token=wait.token, now=NOON + timedelta(hours=1))

    found = messages.standings(["ann@example.org"])["ann@example.org"]
    assert (found.unwanted, found.stopped_for) == (("review_request",), "")
    assert tell_waiting.tell([tea], now=NOON + timedelta(hours=2)) == 1


def test_a_complaint_stays_until_staff_lift_it():
    wait = asked(variant_id=small_shop({"TEA": 1}).variants["TEA"], email="ann@example.org")
    complained("ann@example.org")

    wait_for_stock.confirm(token=wait.token, now=NOON)

    assert messages.standings(["ann@example.org"])["ann@example.org"].stopped_for == "complaint"


def test_a_member_who_asks_takes_an_older_refusal_back_and_nothing_more():
    tea = small_shop({"CUP": 1}).variants["TEA"]
    user_id = shopper("ann@example.org")
    member = customers.register(user_id=user_id, email="ann@example.org", name="Ann", language="en", now=NOON)
    messages.unsubscribe(token=link_to_end("ann@example.org", kind=BACK)[1], now=NOON)
    Reader.objects.create(mark=known_as("ann@example.org"), stopped_for="permanent", stopped_at=NOON, permanent=1, last_at=NOON)

    wait_for_stock.ask_as_member(variant_id=tea, member=member, language="en", now=NOON)

    found = messages.standings(["ann@example.org"])["ann@example.org"]
    assert (found.unwanted, found.stopped_for) == ((), "permanent")


def test_whoever_ends_these_mails_waits_for_nothing_any_more():
    tea = small_shop({"CUP": 1}).variants["TEA"]
    mine, open_one, other = waiting(variant_id=tea, email="ann@example.org"), asked(variant_id=999, email="ann@example.org"), waiting()

    end_mails.end(token=link_to_end("ann@example.org")[1], now=NOON)
    assert wishes.wait(mine.token).state is WaitState.WAITING

    assert end_mails.end(token=link_to_end("Ann@Example.org", kind=BACK)[1], now=NOON) is BACK
    assert {wishes.wait(each.token).state for each in (mine, open_one)} == {WaitState.WITHDRAWN}
    assert wishes.wait(mine.token).email == ""
    assert wishes.wait(other.token).state is WaitState.WAITING


def test_staff_lift_a_stop_that_a_mail_about_goods_brought():
    owner = joined("owner@papercrane.example", Role.OWNER)
    tea = small_shop({"TEA": 1}).variants["TEA"]
    waiting(variant_id=tea, email="ann@example.org")
    tell_waiting.tell([tea], now=NOON)
    messages.send_due(now=NOON)
    mail = Outgoing.objects.get()
    complained_of(mail)
    bounce_id = Bounce.objects.get().pk

    assert write_again.look(bounce_id).address == "ann@example.org"
    write_again.write_again(bounce_id=bounce_id, actor=owner, now=NOON)

    assert messages.standings(["ann@example.org"])["ann@example.org"].stopped_for == ""


# ── a lost link ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_the_link_of_an_order_that_has_ended_goes_out_too(monkeypatch, state):
    open_shop()
    ended = order(state=state, cancelled_at=NOON, cancel_reason=CancelReason.BUYER.value, refunds=(), paid_minor=0)
    monkeypatch.setattr(orders, "by_number", lambda number: ended)
    monkeypatch.setattr(orders, "order", lambda order_id: ended)

    find_order.send_link(number="SK-100007", email="ann@example.org", now=NOON)
    messages.send_due(now=NOON)

    (sent,) = outbox.outbox
    assert sent.to == ["ann@example.org"]
    assert "/en/orders/tok-7/" in sent.body


# ── what a guest agrees to ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_guest", [True, False])
def test_the_way_to_a_guest_s_consents_stands_in_the_mail_and_in_nothing_staff_see(monkeypatch, is_guest):
    open_shop()
    monkeypatch.setattr(orders, "order", lambda order_id: order(is_guest=is_guest))
    messages.order_mail(kind=MailKind.SHIPPED, order_id=7, key="x", now=NOON, detail_id=11)
    shown = messages.preview(message_id=Outgoing.objects.get().pk, now=NOON)

    messages.send_due(now=NOON)

    (sent,) = outbox.outbox
    assert ("/en/consents/" in sent.body) == ("/en/consents/" in str(sent.alternatives[0][0])) == is_guest
    # Staff see that the link is there; what opens it is left out.
    assert set(re.findall(r"/consents/([^/]+)/", shown.text + shown.html)) == ({"…"} if is_guest else set())
    assert "…" not in sent.body
