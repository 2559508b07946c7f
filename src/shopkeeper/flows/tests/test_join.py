"""A shopper gets an account by way of the own mailbox; whoever only knows the address learns nothing and changes nothing."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.flows import join
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.refusals import Malformed
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import Asked, User
from shopkeeper.ops.access.shapes import EmailTaken, LinkSpent
from shopkeeper.ops.access.tests.builders import PASSWORD, owner
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db


def letters():
    join.answer(now=NOON)
    messages.send_due(now=NOON)
    return outbox.outbox


def test_a_shopper_joins_by_the_link_in_the_mail():
    open_shop()

    join.ask(email="Nia@Example.org", name="Nia", language="en", now=NOON)
    (letter,) = letters()
    token = letter.body.split("/en/join/")[1].split("/")[0]
    joined = join.finish(token=token, password=PASSWORD, now=NOON)

    assert letter.to == ["nia@example.org"]
    assert access.sign_in(email="nia@example.org", password=PASSWORD).id == joined.user_id
    member = customers.by_user(joined.user_id)
    assert (member.id, member.name, member.email, member.is_guest) == (joined.customer_id, "Nia", "nia@example.org", False)
    assert told("CustomerRegistered") == [{"customer_id": joined.customer_id}]
    with pytest.raises(LinkSpent):
        join.finish(token=token, password=PASSWORD, now=NOON)


def test_nothing_is_told_and_no_account_opened_by_asking_alone():
    join.ask(email="nia@example.org", name="Nia", language="en", now=NOON)

    join.answer(now=NOON)

    assert told("CustomerRegistered") == []
    assert not access.user_by_email("nia@example.org").is_active


def test_asking_answers_the_same_for_every_address_and_only_the_mail_differs():
    open_shop()
    member = join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)

    answers = [join.ask(email=address, name="Eve", language="zh-hans", now=NOON) for address in ("member@example.org", "new@example.org")]

    assert answers == [None, None]
    assert [(sent.to[0], sent.subject) for sent in letters()] == [
        ("member@example.org", "You have an account with Paper Crane already"),
        ("new@example.org", "请确认您在纸鹤小铺的邮箱"),
    ]
    assert access.user(member.user_id).name == "Mia"
    assert access.sign_in(email="member@example.org", password=PASSWORD) is not None


def test_asking_hashes_no_password_whatever_the_address(monkeypatch):
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    hashed = []
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", lambda *_: hashed.append(1))

    for address in ("member@example.org", "new@example.org"):
        join.ask(email=address, name="", language="en", now=NOON)
        join.ask_reset(email=address, now=NOON)

    assert hashed == []


def in_words(asked):
    """Return what was asked of the database, without the values."""
    return [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in asked]


def test_asking_does_the_same_work_whatever_the_address():
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    access.register_shopper(email="gone@example.org", password=PASSWORD, name="Gus", language="en", now=NOON)
    User.objects.filter(email="gone@example.org").update(is_active=False)
    join.ask(email="unconfirmed@example.org", name="Una", language="en", now=NOON - timedelta(hours=1))
    join.answer(now=NOON)
    before = messages.outgoing().total

    for ask in (lambda address: join.ask(email=address, language="en", now=NOON), lambda address: join.ask_reset(email=address, now=NOON)):
        works = []
        for who in ("member", "nobody", "unconfirmed", "gone"):
            with CaptureQueriesContext(connection) as asked:
                ask(f"{who}@example.org")
            works.append(in_words(asked))

        assert works == [works[0]] * 4
        assert [work.split()[0] for work in works[0]] == ["INSERT"]
    assert messages.outgoing().total == before


def test_work_that_differs_by_address_is_found():
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    works = []
    for who in ("member", "nobody"):
        with CaptureQueriesContext(connection) as asked:
            # As it would be if the request wrote the mail itself.
            join.ask_reset(email=f"{who}@example.org", now=NOON)
            join.answer(now=NOON)
        works.append(in_words(asked))

    assert works[0] != works[1]


def test_whoever_asked_is_answered_once_and_nothing_of_it_is_kept():
    open_shop()
    join.ask(email="nia@example.org", name="Nia", language="en", now=NOON)

    assert [join.answer(now=NOON), join.answer(now=NOON)] == [1, 0]
    assert len(letters()) == 1
    assert not Asked.objects.exists()


def test_one_that_cannot_be_answered_waits_a_minute_and_holds_up_nobody(monkeypatch):
    open_shop()
    for who in ("bad", "good"):
        join.ask(email=f"{who}@example.org", name="", language="en", now=NOON)
    start = access.start_joining
    broken = RuntimeError("the disk is full")

    def fails(**words):
        if words["email"].startswith("bad"):
            raise broken
        return start(**words)

    monkeypatch.setattr(access, "start_joining", fails)
    join.answer(now=NOON)
    assert [asked.email for asked in Asked.objects.all()] == ["bad@example.org"]
    assert join.answer(now=NOON + timedelta(seconds=59)) == 0
    monkeypatch.undo()

    assert join.answer(now=NOON + timedelta(seconds=60)) == 1
    assert not Asked.objects.exists()
    assert messages.outgoing(kind=MailKind.JOINING).total == 2


def test_what_could_never_be_answered_is_erased_after_two_days():
    join.ask(email="nia@example.org", name="", language="en", now=NOON)

    assert access.forget_asked(NOON + timedelta(days=1)) == 0
    assert access.forget_asked(NOON + timedelta(days=3)) == 1


def test_asking_for_a_new_password_answers_the_same_for_every_address():
    open_shop()
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    join.ask(email="unconfirmed@example.org", name="", language="en", now=NOON - timedelta(hours=1))

    join.answer(now=NOON - timedelta(hours=1))

    answers = [join.ask_reset(email=f"{who}@example.org", now=NOON) for who in ("member", "nobody", "unconfirmed")]

    assert answers == [None, None, None]
    resets = [sent for sent in letters() if "/reset/" in sent.body]
    assert [sent.to for sent in resets] == [["member@example.org"]]


def test_the_link_of_a_forgotten_password_sets_a_new_one():
    open_shop()
    joined = join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    join.ask_reset(email=" MEMBER@example.org ", now=NOON)
    token = letters()[0].body.split("/en/reset/")[1].split("/")[0]

    access.reset_password(token=token, password="nine quiet otters 9", now=NOON)

    assert access.sign_in(email="member@example.org", password="nine quiet otters 9").id == joined.user_id


def test_asking_again_and_again_fills_no_mailbox():
    for second in range(30):
        join.ask(email="nia@example.org", name="Nia", language="en", now=NOON + timedelta(seconds=second))
    join.answer(now=NOON + timedelta(seconds=30))

    assert messages.outgoing(kind=MailKind.JOINING).total == 1


@pytest.mark.parametrize(
    "ask", [lambda: join.ask(email="no address", name="", language="en", now=NOON), lambda: join.ask_reset(email="", now=NOON)]
)
def test_what_is_no_address_is_refused_by_field(ask):
    with pytest.raises(Malformed) as refused:
        ask()

    assert refused.value.field == "email"
    assert messages.outgoing().total == 0


def test_an_account_whose_owner_is_known_opens_at_once_and_only_once():
    joined = join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)

    with pytest.raises(EmailTaken):
        join.register(email="Member@example.org", password=PASSWORD, name="Eve", language="en", now=NOON)

    assert customers.customer(joined.customer_id).name == "Mia"
    assert told("CustomerRegistered") == [{"customer_id": joined.customer_id}]


def test_staff_may_shop_too_as_one_customer():
    boss = owner()

    first, second = join.member(user_id=boss, now=NOON), join.member(user_id=boss, now=NOON)

    assert first == second
    assert customers.by_user(boss).id == first
