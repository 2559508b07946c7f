"""A shopper gets an account by way of the own mailbox; whoever only knows the address learns nothing and changes nothing."""

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
from shopkeeper.ops.access.shapes import EmailTaken, LinkSpent
from shopkeeper.ops.access.tests.builders import PASSWORD, owner
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db


def letters():
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


def test_asking_for_a_new_password_answers_the_same_for_every_address():
    open_shop()
    join.register(email="member@example.org", password=PASSWORD, name="Mia", language="en", now=NOON)
    join.ask(email="unconfirmed@example.org", name="", language="en", now=NOON - timedelta(hours=1))

    answers, costs = [], []
    for address in ("member@example.org", "nobody@example.org", "unconfirmed@example.org"):
        with CaptureQueriesContext(connection) as asked:
            answers.append(join.ask_reset(email=address, now=NOON))
        costs.append(len(asked))

    assert answers == [None, None, None]
    assert max(costs) - min(costs) <= 3
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
