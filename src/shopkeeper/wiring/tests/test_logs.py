"""What the log tells of a request: its route, never an address that is itself a secret."""

import io
import logging

import pytest
from django.db import OperationalError
from django.test import Client

from shopkeeper.doors.storefront import frame
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import ShopNotOpen
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db

SECRET = "s3cret-of-a-link"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    open_shop()
    (handler,) = [each for each in logging.getLogger().handlers if each.name == "stderr"]
    stream = io.StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("get", f"/en/orders/{SECRET}/cancel/", "Method Not Allowed (GET): en/orders/<str:token>/cancel/"),
        ("get", f"/en/orders/{SECRET}/", "en/orders/<str:token>/"),
        ("post", f"/en/reset/{SECRET}/", "en/reset/<str:token>/"),
        ("get", f"/console/join/{SECRET}/", "console/join/<str:token>/"),
        ("get", f"/en/orders/{SECRET}/nowhere/", "/en/orders/…"),
        ("get", f"/{SECRET}", "/…"),
    ],
)
def test_the_log_names_the_route_and_keeps_the_secret(log, method, path, told):
    answer = getattr(Client(), method)(path)

    assert answer.status_code >= 400
    assert told in log.getvalue()
    assert SECRET not in log.getvalue()


def test_a_form_without_its_token_is_told_without_its_address(log):
    answer = Client(enforce_csrf_checks=True).post(f"/en/reset/{SECRET}/")

    assert answer.status_code == 403
    assert "en/reset/<str:token>/" in log.getvalue()
    assert SECRET not in log.getvalue()


@pytest.mark.parametrize("error", [ShopNotOpen(), OperationalError(f"the server is gone, reading {SECRET}")])
@pytest.mark.parametrize(
    ("path", "told"),
    [(f"/en/orders/{SECRET}/", "storefront:order"), (f"/en/orders/{SECRET}/nowhere/", "no route")],
)
def test_an_error_page_without_its_frame_is_told_by_route_and_kind_of_error(log, monkeypatch, error, path, told):
    def fail(*_words: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(frame, "page", fail)

    answer = Client().get(path)

    assert answer.status_code == 404
    assert f"an error page without its frame: {told}, {type(error).__name__}" in log.getvalue()
    assert "Traceback" not in log.getvalue()
    assert SECRET not in log.getvalue()


def test_with_no_shop_open_the_log_keeps_the_secret_too(log, monkeypatch):
    def closed() -> None:
        raise ShopNotOpen()

    monkeypatch.setattr(shops, "shop", closed)

    answer = Client().get(f"/en/orders/{SECRET}/nowhere/")

    assert answer.status_code == 404
    assert SECRET not in log.getvalue()
    assert "Traceback" not in log.getvalue()
