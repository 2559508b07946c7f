"""A reader ends mails of one kind from the mail itself: by one press, or by the mail program alone."""

import pytest
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import corner
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.growth.messages.tests.builders import link_to_end
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitState
from shopkeeper.selling.wishes.tests.builders import waiting

pytestmark = pytest.mark.django_db


def link(language: str = "en") -> tuple[str, str]:
    """Return the path of the page, and its token."""
    path, token = link_to_end("ann@example.org", language=language)
    return path, token


@pytest.mark.parametrize(("language", "before", "after"), [("en", "End these mails", "No more"), ("zh-hans", "不再接收", "不再发送")])
def test_opening_the_page_ends_nothing_and_one_press_does(language: str, before: str, after: str) -> None:
    corner()
    path, token = link(language)

    shown = Client().get(path)
    assert before in shown.content.decode()
    assert not messages.is_unwanted(token)
    pressed = Client().post(path)

    assert after in pressed.content.decode()
    assert messages.is_unwanted(token)
    Client().post(path, {"again": "1"})
    assert not messages.is_unwanted(token)


def test_a_mail_program_ends_them_by_itself_without_a_session_or_a_token_against_forgery() -> None:
    corner()
    path, token = link()

    answer = Client(enforce_csrf_checks=True).post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert messages.is_unwanted(token)


@pytest.mark.parametrize(("language", "said"), [("en", "You wait for none any more."), ("zh-hans", "到货提醒也已全部取消")])
def test_who_ends_mails_about_goods_waits_for_none_any_more(language: str, said: str) -> None:
    corner()
    wait = waiting(email="ann@example.org")
    path, _token = link_to_end("ann@example.org", kind=MailKind.BACK_IN_STOCK, language=language)

    Client().get(path)
    assert wishes.wait(wait.token).state is WaitState.WAITING
    pressed = Client().post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert said in pressed.content.decode()
    assert wishes.wait(wait.token).state is WaitState.WITHDRAWN


def test_a_link_that_is_not_ours_opens_nothing() -> None:
    corner()

    for path in ("/en/mails/x/", link()[0].replace("/mails/", "/mails/x")):
        assert Client().get(path).status_code == 404
        assert Client().post(path).status_code == 404


def test_engines_do_not_keep_the_page() -> None:
    corner()

    shown = Client().get(link()[0]).content.decode()

    assert "canonical" not in shown
    assert "ann@example.org" not in shown
