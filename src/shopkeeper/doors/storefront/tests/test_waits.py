"""Back in stock through the shop's door: asked, confirmed by the link, withdrawn, and nothing learnt about addresses."""

import re

import pytest
from django.core import mail
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import join
from shopkeeper.growth.messages import public as mails
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.growth.messages.tests.builders import link_to_end
from shopkeeper.selling.wishes import models
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitState

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def shop() -> Corner:
    return corner()


def ask(client: Client, shop: Corner, sku: str = "BOX", **sent: object) -> object:
    slug = {"BOX": "box", "CUP-L": "cup", "LAMP": "lamp", "CUP-S": "cup"}[sku]
    return client.post(f"/en/goods/{slug}/wait/", {"variant": shop.variants[sku], "email": "ann@example.com", **sent})


def main_of(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r'value="[^"]*"', "", text.split("<main", 1)[1].split("</main>", 1)[0])


@pytest.mark.parametrize(
    ("slug", "can"), [("box", True), ("cup", True), ("lamp", False)], ids=["sold out", "one of two sold out", "all in stock"]
)
def test_what_is_sold_out_offers_to_tell_and_says_what_one_agrees_to(shop: Corner, slug: str, can: bool) -> None:
    page = shop.visitor().get(f"/en/goods/{slug}/").content.decode()

    assert (f'action="/en/goods/{slug}/wait/"' in page) == can
    assert ("you agree that we write once to this address" in page) == can
    assert ("同意：到货时我们用本页的语言给这个邮箱写一封信" in shop.visitor().get(f"/zh-hans/goods/{slug}/").content.decode()) == can


def test_a_stranger_is_told_only_after_following_the_link_and_pressing_the_button(shop: Corner) -> None:
    client = shop.visitor()

    answer = ask(client, shop)

    assert "We have sent a link" in main_of(answer)
    wait = models.Wait.objects.get()
    assert (wait.state, wait.email, wait.customer_id) == ("asked", "ann@example.com", None)
    assert Outgoing.objects.get().wait_id == wait.pk
    assert mail.outbox == []

    assert "Shall we tell you when it is back?" in client.get(f"/en/waits/{wait.token}/").content.decode()
    assert wishes.wait(wait.token).state is WaitState.ASKED
    assert "We tell you when it is back" in client.post(f"/en/waits/{wait.token}/", {"act": "confirm"}).content.decode()
    assert wishes.wait(wait.token).state is WaitState.WAITING
    assert "Withdrawn" in client.post(f"/en/waits/{wait.token}/", {"act": "withdraw"}).content.decode()
    assert (wishes.wait(wait.token).state, wishes.wait(wait.token).email) == (WaitState.WITHDRAWN, "")
    assert client.post(f"/en/waits/{wait.token}/", {"act": "confirm"}).status_code == 410


def test_who_confirms_by_the_link_is_written_to_whatever_was_refused_before(shop: Corner) -> None:
    client, (_path, ended) = shop.visitor(), link_to_end("ann@example.com", kind=MailKind.BACK_IN_STOCK)
    mails.unsubscribe(token=ended, now=NOON)
    ask(client, shop)

    client.post(f"/en/waits/{models.Wait.objects.get().token}/", {"act": "confirm"})

    assert not mails.is_unwanted(ended)


def test_the_answer_is_the_same_whether_an_address_waits_already_or_not(shop: Corner) -> None:
    first = main_of(ask(shop.visitor(), shop))
    wishes.confirm(token=models.Wait.objects.get().token, now=models.Wait.objects.get().asked_at)

    known, unknown = main_of(ask(shop.visitor(), shop)), main_of(ask(shop.visitor(), shop, email="other@example.com"))

    assert first == known == unknown
    assert Outgoing.objects.count() == 3


def test_a_member_waits_at_the_account_s_address_and_withdraws_in_the_account(shop: Corner) -> None:
    client = shop.visitor()
    join.register(email="ann@example.com", password=PASSWORD, name="Ann Lee", language="en", now=NOON)
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    answer = ask(client, shop, email="somebody.else@example.com")

    assert answer.status_code == 302  # type: ignore[attr-defined]
    wait = models.Wait.objects.get()
    assert (wait.state, wait.email) == ("waiting", "ann@example.com")
    assert Outgoing.objects.count() == 0
    assert "What you wait for" in client.get("/en/account/").content.decode()
    client.post("/en/account/waits/withdraw/", {"wait": wait.pk})
    assert wishes.wait(wait.token).state is WaitState.WITHDRAWN
    assert "What you wait for" not in client.get("/en/account/").content.decode()


@pytest.mark.parametrize(
    ("sku", "sent", "field"), [("BOX", {"email": "nobody"}, "email"), ("LAMP", {}, "in stock"), ("BOX", {"variant": "x"}, "")]
)
def test_what_cannot_be_waited_for_is_refused_beside_its_field(shop: Corner, sku: str, sent: dict[str, str], field: str) -> None:
    answer = ask(shop.visitor(), shop, sku, **sent)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert field in main_of(answer)
    assert models.Wait.objects.count() == Outgoing.objects.count() == 0


def test_a_variant_of_other_goods_is_not_found(shop: Corner) -> None:
    answer = shop.visitor().post("/en/goods/lamp/wait/", {"variant": shop.variants["BOX"], "email": "ann@example.com"})

    assert answer.status_code == 404


def test_one_address_cannot_be_flooded(shop: Corner) -> None:
    statuses = [ask(Client(REMOTE_ADDR=f"10.0.0.{turn}"), shop).status_code for turn in range(7)]  # type: ignore[attr-defined]

    assert statuses == [200] * 5 + [429] * 2


def test_one_client_cannot_write_to_many(shop: Corner) -> None:
    statuses = [ask(shop.visitor(), shop, email=f"p{turn}@example.com").status_code for turn in range(7)]  # type: ignore[attr-defined]

    assert statuses == [200] * 5 + [429] * 2


def test_a_wait_whose_time_is_up_cannot_be_confirmed_and_says_so(shop: Corner) -> None:
    ask(shop.visitor(), shop)
    wait = models.Wait.objects.get()
    models.Wait.objects.update(expires_at=NOON)

    assert "This link has ended" in shop.visitor().get(f"/en/waits/{wait.token}/").content.decode()
    assert shop.visitor().post(f"/en/waits/{wait.token}/", {"act": "confirm"}).status_code == 410
