"""Our own token of a form is taken by Django's middleware, and nobody else's is."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory

from shopkeeper.doors.storefront import tokens


@pytest.fixture(autouse=True)
def plain_refusal(settings) -> None:
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"


def made(cookie: str = "") -> tuple[str, str]:
    """Return the token of a fresh form and the visitor's cookie afterwards."""
    request = RequestFactory().get("/en/")
    middleware = CsrfViewMiddleware(lambda _: HttpResponse())
    if cookie:
        request.COOKIES[settings.CSRF_COOKIE_NAME] = cookie
    middleware.process_request(request)
    token = re.search(r'value="(\w+)"', tokens.field(request))[1]
    answer = middleware.process_response(request, HttpResponse())
    return token, answer.cookies[settings.CSRF_COOKIE_NAME].value


def is_taken(token: str, cookie: str) -> bool:
    request = RequestFactory().post("/en/basket/add/", {"csrfmiddlewaretoken": token})
    request.COOKIES[settings.CSRF_COOKIE_NAME] = cookie
    middleware = CsrfViewMiddleware(lambda _: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda _: HttpResponse(), (), {}) is None


@pytest.mark.parametrize("round_number", range(20))
def test_a_token_opens_for_its_visitor_and_for_nobody_else(round_number: int) -> None:
    token, cookie = made()
    _, other = made()

    assert is_taken(token, cookie)
    assert not is_taken(token, other)
    assert not is_taken(token[:-1] + ("a" if token[-1] != "a" else "b"), cookie)


def test_the_same_visitor_keeps_the_secret_and_never_sees_the_same_token_twice() -> None:
    first, cookie = made()
    again, same = made(cookie)

    assert same == cookie
    assert first != again
    assert is_taken(first, cookie)
    assert is_taken(again, cookie)
    assert cookie not in first


def test_a_secret_that_django_made_serves_as_well() -> None:
    request = RequestFactory().get("/en/")
    get_token(request)
    token, cookie = made(request.META["CSRF_COOKIE"])

    assert cookie == request.META["CSRF_COOKIE"]
    assert is_taken(token, cookie)
