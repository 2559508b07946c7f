"""What a visitor sees: every page in both languages, in few queries, with nothing invented."""

import re
from typing import Any

import pytest
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db

PAGES = (
    "",
    "shelves/",
    "shelves/kitchen/",
    "shelves/cups/",
    "goods/",
    "goods/?sort=price",
    "goods/?sort=-price",
    "goods/?sort=name",
    "goods/lamp/",
    "goods/cup/",
    "goods/box/",
    "search/",
    "search/?q=lamp",
    "search/?q=zzzz",
    "basket/",
    "sign-in/",
    "register/",
    "password/",
    "about/terms/",
    "about/privacy/",
    "about/returns/",
    "privacy-choice/",
)


@pytest.fixture
def shop() -> Corner:
    return corner()


def text(answer: Any) -> str:
    """Return what a page says, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(shop: Corner, page: str, language: str) -> None:
    answer = shop.visitor().get(f"/{language}/{page}")

    assert answer.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in answer.content.decode()
    assert "Corner Ltd" in text(answer)
    assert "L-77" in text(answer)


@pytest.mark.parametrize("page", PAGES)
def test_a_chinese_page_has_no_english_sentence_of_ours(shop: Corner, page: str) -> None:
    said = text(shop.visitor().get(f"/zh-hans/{page}")).split("</title>")[-1]

    assert not re.search(r"\b(the|your|and|please|with)\b", said.replace("Corner Ltd", ""), re.IGNORECASE), said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["", "shelves/kitchen/", "goods/?sort=price", "goods/cup/", "search/?q=lamp", "about/terms/", "sign-in/"])
def test_a_page_everybody_opens_costs_at_most_six_queries(page: str, django_assert_max_num_queries: Any) -> None:
    client = corner().visitor()
    client.get(f"/en/{page}")

    with django_assert_max_num_queries(6):
        assert client.get(f"/en/{page}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_queries_do_not_grow_with_the_goods(django_assert_max_num_queries: Any) -> None:
    shop = corner()
    client = shop.visitor()
    shop.add(client, "LAMP", 2)
    shop.add(client, "CUP-S", 2)
    client.get("/en/basket/")

    with django_assert_max_num_queries(12):
        client.get("/en/basket/")
    with django_assert_max_num_queries(20):
        client.get("/en/checkout/")


def test_the_almanac_is_never_taken_for_the_weather(shop: Corner) -> None:
    english, chinese = (text(shop.visitor().get(f"/{language}/")) for language in ("en", "zh-hans"))

    assert re.search(r"“[A-Z][A-Za-z ]+”, \d+(st|nd|rd|th) solar term of the Chinese calendar", english)
    assert "solar term" not in chinese


def test_the_bare_address_follows_cookie_then_browser(shop: Corner) -> None:
    chinese = Client(HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9,en;q=0.5")
    english = Client(HTTP_ACCEPT_LANGUAGE="fr, en;q=0.5")

    assert chinese.get("/")["Location"] == "/zh-hans/"
    assert english.get("/")["Location"] == "/en/"

    chinese.get("/en/")

    assert chinese.get("/")["Location"] == "/en/"


def test_the_language_switch_stays_on_the_page(shop: Corner) -> None:
    page = shop.visitor().get("/en/search/?q=lamp").content.decode()

    assert 'href="/zh-hans/search/?q=lamp"' in page


def test_a_reduced_price_names_the_lowest_price_of_the_thirty_days_before(shop: Corner) -> None:
    shop.price("LAMP", 900)

    said = text(shop.visitor().get("/en/goods/lamp/"))

    assert "£9.00" in said
    assert "the lowest price of the 30 days before was £12.00" in said


def test_prices_sort_both_ways_and_keep_goods_without_price_last(shop: Corner) -> None:
    pricing.withdraw_price(variant_id=shop.variants["BOX"], reason="test", actor=None, now=NOON)
    client = shop.visitor()

    def order(sort: str) -> list[str]:
        return re.findall(r'href="/en/goods/(\w+)/"', client.get(f"/en/goods/?sort={sort}").content.decode())

    assert order("price") == ["cup", "lamp", "box"]
    assert order("-price") == ["lamp", "cup", "box"]


def test_what_was_derived_is_marked_in_the_sample_shop_only(shop: Corner) -> None:
    assert "derived" in text(shop.visitor().get("/en/goods/lamp/"))
    assert "derived" in text(shop.visitor().get("/en/shelves/kitchen/"))


def test_sold_out_goods_offer_no_button(shop: Corner) -> None:
    page = shop.visitor().get("/en/goods/box/").content.decode()

    assert "Sold out" in page
    assert "Add to basket" not in page


def test_a_product_text_is_marked_up_but_never_trusted(shop: Corner) -> None:
    page = shop.visitor().get("/en/goods/lamp/").content.decode()

    assert "<strong>Good</strong> for &lt;rainy&gt; days." in page


def test_search_says_how_many_and_helps_when_there_is_nothing(shop: Corner) -> None:
    assert "1 product found" in text(shop.visitor().get("/en/search/?q=lamp"))
    assert "Nothing called “zzzz”" in text(shop.visitor().get("/en/search/?q=zzzz"))


def test_search_repeats_words_escaped(shop: Corner) -> None:
    page = shop.visitor().get("/en/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page


@pytest.mark.parametrize("address", ["goods/none/", "shelves/none/", "about/none/", "orders/none/", "nowhere/"])
def test_what_is_not_there_gets_a_designed_page(shop: Corner, address: str) -> None:
    answer = shop.visitor().get(f"/en/{address}")

    assert answer.status_code == 404
    assert "There is nothing on this shelf" in text(answer)


def test_an_unpublished_product_is_not_there(shop: Corner) -> None:
    catalog.unpublish(product_id=shop.products["lamp"].id, actor=None, now=NOON)

    assert shop.visitor().get("/en/goods/lamp/").status_code == 404


def test_a_shop_not_yet_open_says_so() -> None:
    answer = Client().get("/en/")

    assert answer.status_code == 503
    assert "The shop opens soon" in text(answer)


def test_the_privacy_question_is_asked_once_and_recorded(shop: Corner) -> None:
    client = Client()
    assert "May we count your visit?" in text(client.get("/en/"))

    answer = client.post("/en/privacy-choice/", {"choice": "no", "next": "/en/shelves/"})

    assert answer["Location"] == "/en/shelves/"
    subject = client.cookies["consent"].value.partition(".")[2]
    said = customers.consent(subject)
    assert said is not None
    assert said.given == ()
    assert "May we count your visit?" not in text(client.get("/en/"))


def test_robots_and_favicon(shop: Corner) -> None:
    assert "Disallow: /en/checkout/" in Client().get("/robots.txt").content.decode()
    assert Client().get("/favicon.ico").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_shelf_that_changed_is_shown_at_once() -> None:
    shop = corner()
    client = shop.visitor()
    assert "Cups" in text(client.get("/en/shelves/"))
    category = catalog.category("cups")

    catalog.save_category(
        category_id=category.id, slug="cups", name=Bilingual("Mugs", "马克杯"), parent_id=category.parent_id, actor=None, now=NOON
    )

    assert "Mugs" in text(client.get("/en/shelves/"))
