"""Staff read what buyers write: reviews with photos shown, hidden and answered, questions answered, requests decided."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shopkeeper.flows import ask_order, ship_order, write_review
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media.shapes import Sent
from shopkeeper.selling.media.tests.builders import a_file
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import RequestState
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Question, Review, ReviewDraft, ReviewState, Said
from tests.journeys.desk import desk, stranger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    return small_shop()


def written(shop: SmallShop) -> Review:
    """Sell tea, send it, and have its buyer write of it with a photo."""
    order = shop.buy(TEA=1)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)
    draft = ReviewDraft(shown_name="Ann", stars=2, title="Poor lid", text="The lid does not close.", language="en")
    photos = [Sent(name="lid.jpg", content=a_file(seed=5))]
    return write_review.write(token=order.token, line_id=order.lines[0].id, draft=draft, files=photos, writer="", now=NOON)


def asked(shop: SmallShop) -> Question:
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    return reviews.ask(product_id=product, said=Said(shown_name="Eve", text="Is it enough for two?", language="en"), now=NOON)


def test_a_review_with_a_photo_is_shown_answered_and_hidden_for_a_reason(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    made = written(shop)
    at, seen = desk(live_server, browser), stranger(browser).new_page()
    page = at.open("reviews/?state=waiting")

    at.follow("Poor lid")
    photo = page.get_by_role("img", name="Photo 1")
    expect(photo).to_be_visible()
    assert photo.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    at.follow("Show…")
    at.send("Show it")
    at.follow("Answer…")
    at.send("Answer", answer="A new lid is on its way.")
    at.told("The answer stands below the review.")
    seen.goto(f"{live_server.url}/en/goods/tea/")
    expect(seen.get_by_text("The lid does not close.")).to_be_visible()
    expect(seen.get_by_text("A new lid is on its way.")).to_be_visible()
    expect(seen.get_by_role("img", name="Photo 1 by Ann")).to_be_attached()

    at.follow("Hide…")
    at.send("Hide it")
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.field("reason").select_option("abusive")
    at.send("Hide it")
    at.has("it insults somebody")
    assert reviews.review(made.id).state is ReviewState.HIDDEN
    seen.reload()
    expect(seen.get_by_text("The lid does not close.")).to_have_count(0)
    expect(seen.get_by_text("it insults somebody")).to_be_visible()
    assert at.faults == {}


def test_a_question_is_answered_and_requests_are_decided(live_server: Any, browser: Browser, shop: SmallShop) -> None:
    question = asked(shop)
    order, other = shop.buy(TEA=2), shop.buy(CUP=1)
    for each in (order, other):
        ship_order.ship(order_id=each.id, carrier="DHL", actor=None, now=NOON)
    back = ask_order.ask(order_id=order.id, kind="return", reason="faulty", note="It leaks.", wishes=[(order.lines[0].id, 1)], now=NOON)
    late = ask_order.ask(order_id=other.id, kind="return", reason="changed_mind", note="", wishes=[(other.lines[0].id, 1)], now=NOON)
    at = desk(live_server, browser, language="zh-hans")
    page = at.open("questions/?state=waiting")

    at.follow("Is it enough for two?")
    at.follow("回复…")
    at.field("language").select_option("en")
    page.locator(".sk [name=answer]").fill("Yes, two cups.")
    page.locator(".sk-submit button").first.click()
    at.has("Yes, two cups.")
    assert reviews.question(question.id).state is ReviewState.SHOWN
    seen = stranger(browser, "zh-hans").new_page()
    seen.goto(f"{live_server.url}/zh-hans/goods/tea/")
    expect(seen.get_by_text("Yes, two cups.")).to_be_visible()

    at.open("buyer-requests/?state=waiting")
    at.press(page.locator(f"a[href$='/buyer-requests/{back.id}/']").first)
    at.has("It leaks.")
    at.follow("同意…")
    at.send("同意", answer="请寄回。")
    assert orders.request(back.id).state is RequestState.ACCEPTED
    at.open(f"buyer-requests/{late.id}/refuse/")
    at.send("驳回")
    # Without a reason the buyer would read nothing.
    expect(page.locator(".sk-field--wrong")).to_be_visible()
    at.send("驳回", answer="已经用过了。")
    assert (orders.request(late.id).state, orders.request(late.id).answer) == (RequestState.REFUSED, "已经用过了。")
    at.open("buyer-requests/")
    assert at.faults == {}
