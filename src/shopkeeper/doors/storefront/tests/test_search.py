"""The search page: what was searched for instead, narrowing down by addresses, leading on, counting, suggestions."""

import re
from typing import Any

import pytest
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.flows import index_products
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute, says, tell
from shopkeeper.selling.search import models
from shopkeeper.selling.search import public as search

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Corner:
    made = corner()
    index_products.index_all()
    return made


def page(client: Client, query: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/search/?{query}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def goods(body: str) -> list[str]:
    grid = body.split('data-opened="')[1].split("</ul>", maxsplit=1)[0] if 'data-opened="' in body else ""
    return list(dict.fromkeys(re.findall(r'href="/[a-z-]+/goods/([a-z0-9-]+)/', grid)))


def test_a_mistyped_word_finds_goods_and_the_page_says_what_was_searched_for(shop: Corner) -> None:
    body = page(shop.visitor(), "q=enamle+cup")

    assert goods(body) == ["cup"]
    assert "“enamel cup”" in body
    assert "“enamel cup”" in page(shop.visitor("zh-hans"), "q=enamle+cup", "zh-hans")


def test_goods_are_found_by_the_reading_of_their_chinese_name(shop: Corner) -> None:
    assert goods(page(shop.visitor(), "q=tangcibei")) == ["cup"]
    assert goods(page(shop.visitor(), "q=htd")) == ["lamp"]


def test_what_was_found_is_narrowed_down_by_addresses_that_stand_for_themselves(shop: Corner) -> None:
    client = shop.visitor()
    every = page(client, "q=kitchen")

    assert set(goods(every)) == {"lamp", "cup", "box"}
    assert 'name="category" value="cups"' in every
    assert goods(page(client, "q=kitchen&category=cups")) == ["cup"]
    assert goods(page(client, "q=kitchen&price=0-500")) == ["box"]
    assert set(goods(page(client, "q=kitchen&stock=1"))) == {"lamp", "cup"}
    assert goods(page(client, "q=kitchen&stock=1&price=1000-2000&sort=price")) == ["lamp"]
    assert goods(page(client, "q=kitchen&sort=price")) == ["box", "cup", "lamp"]
    narrowed = page(client, "q=kitchen&category=cups&stock=1")
    assert 'href="?q=kitchen&amp;stock=1"' in narrowed
    assert 'href="?q=kitchen&amp;category=cups"' in narrowed
    assert 'href="?q=kitchen"' in narrowed


def test_counts_say_what_another_answer_would_leave(shop: Corner) -> None:
    body = page(shop.visitor(), "q=kitchen&category=cups")

    answers = dict(re.findall(r'name="category" value="([a-z]+)".*?<small>(\d+)</small>', body, re.DOTALL))
    assert answers == {"kitchen": "3", "cups": "1"}


@pytest.fixture
def described(shop: Corner) -> Corner:
    """The lamp is red, of Acme; the cup red and blue, of Bolt; the box says nothing."""
    colour, acme, bolt = an_attribute(), a_brand(), a_brand("bolt")
    tell(shop.products["lamp"].id, says(colour, "red"), brand_id=acme)
    tell(shop.products["cup"].id, says(colour, "red", "blue"), brand_id=bolt)
    index_products.index_all()
    return shop


def answers(body: str, question: str) -> dict[str, str]:
    return dict(re.findall(rf'name="{question}" value="([a-z]+)".*?<small>(\d+)</small>', body, re.DOTALL))


def test_what_was_found_is_parted_by_brand_and_attributes_as_shelves_are(described: Corner) -> None:
    client = described.visitor()

    every, blue = page(client, "q=kitchen"), page(client, "q=kitchen&colour=blue")

    assert (answers(every, "colour"), answers(every, "brand")) == ({"red": "2", "blue": "1"}, {"acme": "1", "bolt": "1"})
    assert goods(blue) == ["cup"]
    # A second answer of the same question would add to the first; of another question it narrows down further.
    assert (answers(blue, "colour"), answers(blue, "brand")) == ({"red": "2", "blue": "1"}, {"bolt": "1", "acme": "0"})
    assert set(goods(page(client, "q=kitchen&colour=blue&colour=red"))) == {"lamp", "cup"}
    assert goods(page(client, "q=kitchen&colour=red&brand=acme&sort=price")) == ["lamp"]


def test_answers_stand_in_the_address_with_the_words_the_order_and_each_other(described: Corner) -> None:
    body = page(described.visitor(), "q=kitchen&colour=red&brand=acme&stock=1&sort=price")

    assert 'href="?q=kitchen&amp;stock=1&amp;brand=acme&amp;sort=price"' in body
    assert 'href="?q=kitchen&amp;stock=1&amp;colour=red&amp;sort=price"' in body
    assert re.search(r'name="colour" value="red" checked', body)
    assert '<input type="hidden" name="q" value="kitchen">' in body


def test_an_answer_nobody_gives_and_words_of_other_sites_are_passed_over(described: Corner) -> None:
    client = described.visitor()

    assert goods(page(client, "q=kitchen&colour=mauve&utm_source=mail")) == goods(page(client, "q=kitchen"))


def test_what_nothing_is_says_so_and_a_brand_is_found_by_its_name(described: Corner) -> None:
    client = described.visitor()

    assert "Nothing here is all of that" in page(client, "q=kitchen&brand=acme&colour=blue")
    assert "没有" in page(described.visitor("zh-hans"), "q=kitchen&brand=acme&colour=blue", "zh-hans")
    assert goods(page(client, "q=acme")) == ["lamp"]


NONSENSE = (
    "price=abc", "price=9-", "category=%00", "price=-", "price=99999999999999999999-1", "stock=2", "sort=x", "category=none-such", "page=9",
)  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_address_breaks_nothing(shop: Corner, nonsense: str) -> None:
    page(shop.visitor(), f"q=kitchen&{nonsense}")


def test_a_query_leads_where_staff_say_and_never_off_the_shop(shop: Corner) -> None:
    search.redirect(redirect_id=None, asked="returns", address="/en/about/returns/", actor=None, now=NOON)

    answer = shop.visitor().get("/en/search/?q=Returns")

    assert (answer.status_code, answer["Location"]) == (302, "/en/about/returns/")
    models.Redirect.objects.update(address="//example.com/")
    search.redirect(redirect_id=None, asked="other", address="/en/", actor=None, now=NOON)
    assert shop.visitor().get("/en/search/?q=Returns")["Location"] == "/en/"


def test_searches_are_counted_once_a_look_and_narrowings_and_pages_are_not(shop: Corner) -> None:
    client = shop.visitor()
    for query in ("q=lamp", "q=lamp&sort=price", "q=lamp&page=2", "q=lamp&stock=1", "q=zzzzz"):
        client.get(f"/en/search/?{query}")

    rows = {(row.words, row.searches, row.in_vain) for row in models.Asked.objects.all()}

    assert rows == {("lamp", 1, 0), ("", 1, 1)}


def test_an_opened_result_is_counted_and_other_sites_count_nothing(shop: Corner) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/en/search/?q=lamp")

    assert client.post("/en/search/opened/", {"q": "lamp"}).status_code == 204
    assert client.post("/en/search/opened/", {"q": "lamp"}, HTTP_SEC_FETCH_SITE="cross-site").status_code == 204
    assert client.post("/en/search/opened/", {"q": "never asked"}).status_code == 204
    assert client.get("/en/search/opened/").status_code == 405

    assert models.Asked.objects.get().opened == 1


def suggestions(client: Client, typed: str, language: str = "en") -> list[tuple[str, str]]:
    answer = client.get(f"/{language}/search/suggest/", {"q": typed})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return [(line["text"], line["url"]) for line in told["lines"]]


def test_what_is_being_typed_goes_on_with_words_shelves_and_goods(shop: Corner) -> None:
    client = shop.visitor()

    assert ("enamel", "/en/search/?q=enamel") in suggestions(client, "ena")
    assert ("Enamel cup", "/en/goods/cup/") in suggestions(client, "ena")
    assert ("Cups", "/en/shelves/cups/") in suggestions(client, "cu")
    assert ("搪瓷杯", "/zh-hans/goods/cup/") in suggestions(client, "tangci", "zh-hans")
    assert ("杯子", "/zh-hans/shelves/cups/") in suggestions(client, "杯", "zh-hans")


@pytest.mark.parametrize("typed", ["", " ", "x" * 101, "\x00"])
def test_nothing_is_suggested_for_nonsense(shop: Corner, typed: str) -> None:
    assert suggestions(shop.visitor(), typed) == []


def test_the_page_says_that_nothing_is_arranged_for_anybody(shop: Corner) -> None:
    assert "nothing here is arranged for you in particular" in page(shop.visitor(), "q=lamp")
