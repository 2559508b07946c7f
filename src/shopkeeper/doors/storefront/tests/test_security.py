"""What every answer says about safety, and what is refused unread."""

import pytest
from django.test import Client, RequestFactory

from shopkeeper.doors.storefront import errors
from shopkeeper.doors.storefront.tests.builders import corner

pytestmark = pytest.mark.django_db


def test_pages_allow_nothing_inline_and_no_other_host() -> None:
    page = corner().visitor().get("/en/goods/cup/")

    policy = page["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    said = page.content.decode()
    assert "<style" not in said
    assert " style=" not in said
    assert "onclick" not in said
    # What a product is, told to search engines, is data: no browser runs it.
    data = said.count('<script type="application/ld+json">')
    assert data > 0
    assert said.count("<script") == said.count("<script src=") + data
    assert "http://" not in said.replace("http://www.w3.org/2000/svg", "").replace("http://127.0.0.1:", "").replace("http://localhost", "")


def test_ten_megabytes_are_refused_unread_with_a_designed_page() -> None:
    shop = corner()
    client = shop.visitor()

    answer = client.post("/zh-hans/basket/add/", data=b"x" * 10_000_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "一次送来的太多了" in answer.content.decode()
    assert "basket" not in client.cookies


@pytest.mark.parametrize(("language", "words"), [("en", "does not answer to the host name"), ("zh-hans", "店铺不回应此地址中的主机名")])
def test_a_host_name_that_is_not_the_shops_is_refused_with_what_to_do(language: str, words: str) -> None:
    answer = corner().visitor().get(f"/{language}/", headers={"host": "elsewhere.example"})

    said = answer.content.decode()
    assert answer.status_code == 400
    assert words in said
    assert "ALLOWED_HOSTS" in said
    assert "elsewhere.example" not in said


def test_a_form_without_its_token_changes_nothing() -> None:
    shop = corner()
    client = Client(enforce_csrf_checks=True)
    client.cookies["consent"] = "no.x"

    answer = client.post("/en/basket/add/", {"variant": shop.variants["LAMP"], "units": 1})

    assert answer.status_code == 403
    assert "This form has gone stale" in answer.content.decode()
    assert "basket" not in client.cookies


@pytest.mark.django_db(transaction=True)
def test_the_page_for_our_own_faults_needs_no_database(django_assert_num_queries: object) -> None:
    request = RequestFactory().get("/en/")

    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = errors.broken(request)

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_a_way_back_never_leads_to_another_host() -> None:
    shop = corner()
    for way in ("https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)"):
        answer = shop.visitor().post("/en/privacy-choice/", {"choice": "no", "next": way})

        assert answer["Location"] == "/en/privacy-choice/"
