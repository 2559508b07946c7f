"""A shop with nothing in it says so: its name, one honest line, and for staff the way to the first product."""

import re
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from shopkeeper.doors.storefront.tests.builders import NOON
from shopkeeper.flows import join, open_shop
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.models import Shop

pytestmark = pytest.mark.django_db

LINE = {"en": "The shelves are still being filled.", "zh-hans": "货架还在布置中。"}
NAME = {"en": "My shop", "zh-hans": "我的店铺"}
FALSE = {
    "en": ("waiting on the shelves", "See what is on the counter", "Often bought", "0 thing", "0 product", "Walk the", "Look around"),
    "zh-hans": ("0 件", "0 种", "柜台", "逛逛"),
}
PASSWORD = "a quiet shop on the corner"


@pytest.fixture
def empty() -> None:
    open_shop.empty(now=NOON)
    shops.welcome(actor=None, now=NOON)


def visitor(language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.cookies["consent"] = "no.somebody"
    return client


def main(answer: Any) -> str:
    """Return what the page says between header and footer, without marks."""
    found = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def owner() -> Client:
    first = access.create_first_staff(now=NOON)
    assert first is not None
    client = visitor()
    client.post("/en/sign-in/", {"email": first.email, "password": first.password})
    return client


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", ["", "shelves/", "goods/", "search/", "search/?q=lamp", "basket/"])
def test_every_page_of_an_empty_shop_is_honest(page: str, language: str) -> None:
    answer = visitor(language).get(f"/{language}/{page}")

    assert answer.status_code == 200
    assert LINE[language] in main(answer)
    assert [said for said in FALSE[language] if said in answer.content.decode()] == []


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_front_page_of_an_empty_shop_says_whose_it_is(language: str) -> None:
    page = visitor(language).get(f"/{language}/").content.decode()

    assert re.search(rf"<h1[^>]*>\s*{NAME[language]}\s*</h1>", page)
    assert page.count("<h2") <= 2, "nothing but the footer's headings stands below"
    assert "/console/" not in page


@pytest.mark.usefixtures("empty")
def test_staff_are_led_to_the_first_product() -> None:
    page = owner().get("/en/").content.decode()

    assert 'href="/console/products/new/"' in page
    assert "Add the first product" in page


@pytest.mark.usefixtures("empty")
def test_a_member_who_is_no_staff_is_led_nowhere() -> None:
    join.register(email="ann@example.com", password=PASSWORD, name="Ann", language="en", now=NOON)
    client = visitor()
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": PASSWORD})

    assert "/console/" not in client.get("/en/").content.decode()


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("language", "told", "leads"),
    [("en", "Nothing is sorted onto shelves yet", "See everything together"), ("zh-hans", "商品还没有分到各个货架", "全部放在一起看")],
)
def test_goods_without_a_category_are_led_to_where_no_shelf_is(language: str, told: str, leads: str) -> None:
    catalog.save_product(
        product_id=None, slug="lamp", name=Bilingual("Brass lamp", "黄铜灯"), text=Bilingual(), category_id=None,
        variants=[VariantDraft(sku="LAMP")], is_published=True, actor=None, now=NOON,
    )  # fmt: skip

    answer = visitor(language).get(f"/{language}/shelves/")

    assert told in main(answer)
    assert re.search(rf'<a class="btn" href="/{language}/goods/">{leads}</a>', answer.content.decode())
    assert "in its place" not in main(answer)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(("language", "said"), [("en", "nothing here is for sale"), ("zh-hans", "示例店铺")])
def test_only_the_sample_shop_says_that_nothing_is_for_sale(language: str, said: str) -> None:
    own = visitor(language).get(f"/{language}/").content.decode()
    Shop.objects.update(is_sample=True, version=F("version") + 1)

    assert said not in own
    assert said in visitor(language).get(f"/{language}/").content.decode()


@pytest.mark.usefixtures("empty")
def test_the_first_product_fills_the_shop_even_without_a_shelf() -> None:
    catalog.save_product(
        product_id=None, slug="lamp", name=Bilingual("Brass lamp", "黄铜灯"), text=Bilingual(), category_id=None,
        variants=[VariantDraft(sku="LAMP")], is_published=True, actor=None, now=NOON,
    )  # fmt: skip

    page = visitor().get("/en/").content.decode()

    assert "Brass lamp" in page
    assert LINE["en"] not in page
    assert "Search 1 product" in page
    assert "Good things are waiting" in visitor().get("/en/basket/").content.decode()
