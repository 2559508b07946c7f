"""What stands beside price and basket: the bar on phones, and what is said after adding."""

import json
import re

import pytest

from shopkeeper.doors.storefront.tests.builders import Corner, corner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    return corner()


def test_after_adding_the_whole_basket_s_total_is_said(shop: Corner) -> None:
    client = shop.visitor()
    shop.add(client, "CUP-S", 1)

    answer = client.post("/en/basket/add/", {"variant": shop.variants["LAMP"], "units": 2}, headers={"Accept": "application/json"})

    told = json.loads(answer.content)
    assert told["say"].endswith("– £32.50 in all, without delivery")
    assert told["units"] == 3
    assert told["link"]["href"] == "/en/basket/"


def test_the_bar_is_hidden_without_script_and_sends_the_form_above(shop: Corner) -> None:
    client = shop.visitor()
    page = client.get("/en/goods/lamp/").content.decode()

    bar = re.search(r'<div class="buy-bar" data-buy-bar hidden>(.*?)</main>', page, re.S)
    assert bar
    assert 'form="buy"' in bar[1]
    assert "£12.00" in bar[1]
    assert page.count('id="buy"') == 1
    assert "data-buy-bar" not in client.get("/en/goods/box/").content.decode()
