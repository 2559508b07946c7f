"""How a price comes about: told from the quote's own reasons, and adding up to its total to the last penny."""

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.doors.storefront import explaining
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.ids import DeliveryOptionId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import DeliveryOption, TaxMode
from shopkeeper.selling.pricing.tests.builders import quoted

POST = DeliveryOption(
    id=DeliveryOptionId(1), code="POST", name=Bilingual("Post", "邮政"), carrier="", price_minor=395, free_from_minor=5_000, days=(2, 4)
)


def amounts(story: explaining.Story) -> int:
    steps = [*story.whole, *(step for _name, steps in story.lines for step in steps)]
    return sum(step.amount_minor or 0 for step in steps)


lines = st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 99), st.integers(0, 500)), min_size=1, max_size=5)


@given(lines, st.sampled_from(list(TaxMode)), st.integers(0, 10_000), st.sampled_from([None, POST]))
def test_the_steps_add_up_to_the_total_to_the_last_penny(
    prices: list[tuple[int, int, int]], mode: TaxMode, rate: int, way: DeliveryOption | None
) -> None:
    quote = quoted(*prices, mode=mode, rate=rate, way=way, options=[POST])

    with override("en"):
        story = explaining.of_quote(quote)

    assert amounts(story) == story.total_minor == quote.total_minor


def test_a_story_worked_by_hand_with_tax_added() -> None:
    quote = quoted((1_000, 2, 0), mode=TaxMode.ADDED, rate=2_000, way=POST, options=[POST])

    with override("en"):
        story = explaining.of_quote(quote)

    assert [(step.what, step.amount_minor) for step in story.lines[0][1]] == [
        ("Price of the list: 2 × £10.00", 2_000),
        ("Reduced, already in this price: the lowest price of the 30 days before was £11.00", None),
        ("Tax added, 20% for United Kingdom", 400),
    ]
    assert [(step.what, step.amount_minor) for step in story.whole[:3]] == [
        ("Delivery: Post", 395),
        ("Delivery would be free from £50.00 of goods: £30.00 more", None),
        ("Delivery: Tax added, 20% for United Kingdom", 79),
    ]
    assert story.total_minor == 2_874


def test_every_reason_a_quote_can_give_has_words_in_both_languages() -> None:
    quotes = [
        quoted((6_000, 1, 50), mode=mode, rate=2_000, way=way, options=[POST]) for mode in TaxMode for way in (None, POST)
    ] + [quoted((100, 1, 0), mode=TaxMode.INCLUDED, rate=0, way=POST, options=[POST])]  # fmt: skip
    codes = {reason.code for quote in quotes for reason in (*quote.reasons, *(each for line in quote.lines for each in line.reasons))}

    assert codes == set(explaining._STEPS)
    for language in ("en", "zh-hans"):
        with override(language):
            said = {step.what for quote in quotes for step in explaining.of_quote(quote).lines[0][1]}
        assert not said & codes
        assert (language == "en") == any("Tax" in each for each in said)


pages_db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    return corner()


def story_of(page: str) -> str:
    found = re.search(r'<details class="story">(.*?)</details>', page, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


@pages_db
def test_product_basket_and_checkout_tell_how_the_price_comes_about(shop: Corner) -> None:
    client = shop.visitor()
    product = story_of(client.get("/en/goods/lamp/").content.decode())
    shop.add(client, "LAMP", 2)
    basket, checkout = (story_of(client.get(f"/en/{where}/").content.decode()) for where in ("basket", "checkout"))

    assert "Comes to, delivered £15.95" in product
    assert "Price of the list: 2 × £12.00 £24.00" in basket
    assert "Comes to, without delivery £24.00" in basket
    assert "Comes to, delivered £27.95" in checkout
    assert "价格是怎么来的" in client.get("/zh-hans/goods/lamp/").content.decode()


@pages_db
def test_a_kept_page_tells_a_new_tax_rate_at_once(shop: Corner) -> None:
    client = shop.visitor()
    for _ in range(2):
        before = story_of(client.get("/en/goods/lamp/").content.decode())

    pricing.save_tax_rate(country="GB", basis_points=500, actor=None, now=NOON)

    after = story_of(client.get("/en/goods/lamp/").content.decode())
    assert "5% for United Kingdom" not in before
    assert "5% for United Kingdom" in after


@pages_db
def test_what_has_no_price_has_no_story(shop: Corner) -> None:
    pricing.withdraw_price(variant_id=shop.variants["LAMP"], reason="test", actor=None, now=NOON)

    assert story_of(shop.visitor().get("/en/goods/lamp/").content.decode()) == ""
