"""A buyer writes of goods that were bought, and everybody reads it: without script, in both languages, on kept pages too."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_checkout import filled
from shopkeeper.flows import join, refund_order, ship_order, write_review
from shopkeeper.kit.ids import ReviewId
from shopkeeper.ops.limits.shapes import VOTES_OF_CLIENT, WORDS_OF_CLIENT
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, RefundWish
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import ReviewState
from shopkeeper.selling.reviews.tests import builders as room

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {"stars": "4", "shown_name": "Ann", "title": "A warm light", "text": "Bright enough to read by."}


@pytest.fixture
def shop() -> Corner:
    return corner()


def bought(shop: Corner, client: Client, *, units: int = 1, is_sent: bool = True) -> Order:
    """Buy lamps in this browser, and have them sent."""
    shop.add(client, "LAMP", units)
    answer = client.post("/en/checkout/", filled(client, shop))
    order = orders.by_token(answer["Location"].split("/orders/")[1].split("/")[0])
    if is_sent:
        sent(order)
    return orders.order(order.id)


def sent(order: Order) -> None:
    ship_order.ship(
        order_id=order.id, warehouse_id=None, carrier="Royal Mail", tracking_number="", lines=None, actor=None, now=timezone.now()
    )


def write(client: Client, order: Order, language: str = "en", **changes: str) -> Any:
    return client.post(f"/{language}/orders/{order.token}/review/", {"line": order.lines[0].id, **WORDS, **changes})


def decide(state: str, reason: str = "") -> ReviewId:
    """Decide on the newest review as staff do."""
    row = models.Review.objects.latest("id")
    reviews.decide(review_id=ReviewId(row.id), seen_version=row.version, state=state, reason=reason, actor=None, now=timezone.now())
    return ReviewId(row.id)


def shown(shop: Corner, **changes: str) -> ReviewId:
    """Have somebody else's review of the lamp on its page."""
    client = shop.visitor()
    write(client, bought(shop, client), **changes)
    return decide("shown")


def page(client: Client, address: str = "/en/goods/lamp/") -> str:
    return str(client.get(address).content.decode())


# ── from the order to the page ────────────────────────────────────────────────────────────────────────────────────────


def test_a_review_goes_from_the_order_s_page_to_the_product_s(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    assert f'/review/?line={order.lines[0].id}"' in page(client, f"/en/orders/{order.token}/")
    assert "How many stars?" in page(client, f"/en/orders/{order.token}/review/?line={order.lines[0].id}")

    answer = write(client, order)

    assert answer["Location"] == f"/en/orders/{order.token}/"
    after = page(client, f"/en/orders/{order.token}/")
    assert "Thank you. Your review is kept." in after
    assert "Your review waits until somebody of the shop has read it." in after
    assert "Bright enough" not in page(shop.visitor())
    decide("shown")
    seen = page(shop.visitor())
    assert "A warm light" in seen
    assert "Bright enough to read by." in seen
    assert "1 review by a buyer" in seen
    assert "ann@" not in seen


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_and_form_speak_the_reader_s_language(shop: Corner, language: str) -> None:
    shown(shop)
    client = shop.visitor()
    order = bought(shop, client)

    seen = page(client, f"/{language}/goods/lamp/")
    form = page(client, f"/{language}/orders/{order.token}/review/?line={order.lines[0].id}")

    assert ("1 条买家评价" in seen) == (language == "zh-hans")
    assert ("1 review by a buyer" in seen) == (language == "en")
    assert ("打几颗星？" in form) == (language == "zh-hans")
    assert '<p class="words" lang="en">' in seen


def test_what_was_sent_is_asked_for_before_a_review(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client, is_sent=False)
    address = f"/en/orders/{order.token}/"
    assert "Write a review" not in page(client, address)

    assert client.get(f"{address}review/?line={order.lines[0].id}")["Location"] == address
    write(client, order)

    assert "These goods have not left us yet." in page(client, address)
    assert models.Review.objects.count() == 0


def test_goods_that_went_back_are_not_reviewed(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    give_back(order)

    write(client, order)

    assert "These goods were given back." in page(client, f"/en/orders/{order.token}/")
    assert models.Review.objects.count() == 0


def give_back(order: Order, units: int = 1) -> None:
    wish = RefundWish(line_id=order.lines[0].id, units=units)
    refund_order.refund(order_id=order.id, lines=[wish], delivery=False, reason="changed_mind", note="", actor=None, now=timezone.now())


def test_goods_that_went_back_in_part_can_be_reviewed(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client, units=2)
    give_back(order)

    write(client, order)

    assert models.Review.objects.count() == 1


def test_goods_that_go_back_later_are_said_and_the_stars_stay(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    write(client, order)
    decide("shown")
    assert "The goods went back" not in page(shop.visitor())
    give_back(order)

    write_review.mark_returned([order.id])

    seen = page(shop.visitor())
    assert "The goods went back" in seen
    assert "1 review by a buyer" in seen


def test_nobody_writes_for_an_order_that_is_not_theirs(shop: Corner) -> None:
    client, other = shop.visitor(), shop.visitor()
    order, theirs = bought(shop, client), bought(shop, other)

    assert write(client, order, line=str(theirs.lines[0].id)).status_code == 404
    assert client.post("/en/orders/nobody/review/", {"line": order.lines[0].id, **WORDS}).status_code == 404
    assert models.Review.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stars": ""}, "The number of stars is missing."),
        ({"stars": "6"}, "Enter something from 1 to 5."),
        ({"stars": "five"}, "Write a whole number"),
        ({"shown_name": ""}, "The name that everybody sees is missing."),
        ({"shown_name": "ann@example.com"}, "without a mail address or a phone number"),
        ({"shown_name": "a" * 41}, "Use at most 40 characters."),
        ({"text": "a" * 4_001}, "Use at most 4000 characters."),
        ({"text": "a" * 9_000}, "Use at most 4000 characters."),
        ({"title": "bell\x07"}, "Write it on one line, without control characters."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_kept(shop: Corner, wrong: dict[str, str], said: str) -> None:
    client = shop.visitor()

    answer = write(client, bought(shop, client), **wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert f'id="error_{next(iter(wrong))}"' in answer.content.decode()
    assert models.Review.objects.count() == 0


@pytest.mark.parametrize("line", ["", "x", "²", "9" * 30])
def test_a_line_that_is_none_leads_back_to_the_order(shop: Corner, line: str) -> None:
    client = shop.visitor()
    order = bought(shop, client)

    assert client.get(f"/en/orders/{order.token}/review/", {"line": line})["Location"] == f"/en/orders/{order.token}/"


def test_a_review_is_plain_text_whatever_it_holds(shop: Corner) -> None:
    shown(shop, title="<b>Good</b>", text="<script>alert(1)</script> see https://example.com/ or [here](/x)", shown_name="<i>Ann")

    seen = page(shop.visitor())

    assert "&lt;script&gt;alert(1)&lt;/script&gt; see https://example.com/ or [here](/x)" in seen
    assert "&lt;b&gt;Good&lt;/b&gt;" in seen
    assert "<i>Ann" not in seen
    assert 'href="https://example.com' not in seen


def test_what_its_writer_changes_waits_again(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    write(client, order)
    decide("shown")
    assert "Bright enough to read by." in page(client, f"/en/orders/{order.token}/review/?line={order.lines[0].id}")

    write(client, order, text="It flickers.", stars="2")

    assert "Bright enough" not in page(shop.visitor())
    assert "1 review waits to be read by the shop." in page(shop.visitor())
    decide("shown")
    assert "changed later" in page(shop.visitor())


def test_a_hidden_review_is_told_with_its_reason_to_its_writer_and_to_every_reader(shop: Corner) -> None:
    client = shop.visitor()
    order = bought(shop, client)
    write(client, order)

    decide("hidden", "advertising")

    assert "Your review is hidden: it advertises something else." in page(client, f"/en/orders/{order.token}/")
    seen = " ".join(page(shop.visitor()).split())
    assert "1 review is hidden and does not count: it advertises something else (1)." in seen
    assert "Nobody has written of this yet." in seen
    assert "Bright enough" not in seen


def test_the_account_leads_to_where_reviews_are_written(shop: Corner) -> None:
    join.register(email="ann@example.com", password="correct horse battery", name="Ann Lee", language="en", now=timezone.now())
    client = shop.visitor()
    client.post("/en/sign-in/", {"email": "ann@example.com", "password": "correct horse battery"})
    order = bought(shop, client)

    assert f'href="/en/orders/{order.token}/#goods">Write a review' in page(client, "/en/account/")


# ── stars, orders, pages ──────────────────────────────────────────────────────────────────────────────────────────────


def test_stars_stand_on_the_shelf_beside_the_goods(shop: Corner) -> None:
    assert 'class="rated"' not in page(shop.visitor(), "/en/goods/")

    shown(shop)

    shelf = page(shop.visitor(), "/en/goods/")
    assert shelf.count('class="rated"') == 1
    assert "4.0 of 5 stars" in shelf


def test_reviews_are_read_in_the_order_asked_for_and_page_by_page(shop: Corner) -> None:
    for stars in ("5", "1", *["3"] * 10):
        room.shown(product_id=shop.products["lamp"].id, stars=int(stars), title=f"Given {stars}")

    best, worst = page(shop.visitor(), "/en/goods/lamp/?by=best"), page(shop.visitor(), "/en/goods/lamp/?by=worst")
    second = page(shop.visitor(), "/en/goods/lamp/?by=worst&reviews=2")

    assert best.index("Given 5") < best.index("Given 3")
    assert "Given 1" not in best
    assert worst.index("Given 1") < worst.index("Given 3")
    assert "Given 5" in second
    assert "Page 2 of 2" in second
    for nonsense in ("by=x&reviews=0", "reviews=-1", "reviews=99999", "by=<b>"):
        assert shop.visitor().get(f"/en/goods/lamp/?{nonsense}").status_code == 200


# ── what search engines are told ─────────────────────────────────────────────────────────────────────────────────────


def told_to_engines(language: str = "en") -> Any:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(Client(), f"/{language}/goods/lamp/"))
    return next(each for each in json.loads(found[0])["@graph"] if each["@type"] == "Product")


def test_engines_are_told_of_the_reviews_that_everybody_can_read(shop: Corner) -> None:
    lamp = shop.products["lamp"].id
    room.waiting(product_id=lamp)
    room.hidden(product_id=lamp, stars=1, text="Hidden words")
    assert not told_to_engines().keys() & {"aggregateRating", "review"}
    room.shown(product_id=lamp, stars=4, title="", text="A </script><b>warm</b> light")
    room.shown(product_id=lamp, stars=5, title="亮", text="", language="zh-hans")

    told = told_to_engines()

    assert (told["@type"], told["name"], told["url"].endswith("/en/goods/lamp/")) == ("Product", "Brass lamp", True)
    assert told["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": 4.5, "reviewCount": 2, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert [(each["reviewRating"]["ratingValue"], each["inLanguage"], each["author"]["name"]) for each in told["review"]] == [
        (5, "zh-Hans", "Ann"), (4, "en", "Ann"),
    ]  # fmt: skip
    assert told["review"][1]["reviewBody"] == "A </script><b>warm</b> light"
    assert "name" not in told["review"][1]
    assert told_to_engines("zh-hans")["name"] == "黄铜灯"


# ── votes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def vote(client: Client, review_id: int | str) -> Any:
    return client.post("/en/goods/lamp/helpful/", {"review": review_id})


def test_a_vote_counts_once_for_each_browser(shop: Corner) -> None:
    made, client = shown(shop), shop.visitor()

    assert vote(client, made)["Location"] == "/en/goods/lamp/#reviews"
    assert "Thank you. It is counted." in page(client)
    vote(client, made)

    assert "You have said so before." in page(client)
    vote(shop.visitor(), made)
    assert models.Review.objects.get().helpful == 2
    assert '<span class="n">(2)</span>' in page(shop.visitor())


def test_a_member_has_one_vote_in_however_many_browsers(shop: Corner) -> None:
    made = shown(shop)
    join.register(email="bob@example.com", password="correct horse battery", name="Bob", language="en", now=timezone.now())
    for _ in range(2):
        client = shop.visitor()
        client.post("/en/sign-in/", {"email": "bob@example.com", "password": "correct horse battery"})
        vote(client, made)

    assert models.Review.objects.get().helpful == 1


def test_nobody_votes_for_their_own(shop: Corner) -> None:
    client = shop.visitor()
    write(client, bought(shop, client))
    made = decide("shown")

    vote(client, made)

    assert "This is your own review." in page(client)
    assert models.Review.objects.get().helpful == 0


@pytest.mark.parametrize("wrong", ["", "x", "0", "999999", "-1", str(2**70)])
def test_a_vote_for_nothing_is_refused(shop: Corner, wrong: str) -> None:
    shown(shop)

    assert vote(shop.visitor(), wrong).status_code in (404, 422)
    assert models.Vote.objects.count() == 0


def test_one_client_speaks_and_votes_only_so_often(shop: Corner) -> None:
    made, client = shown(shop), shop.visitor()
    order = bought(shop, client)
    for _ in range(WORDS_OF_CLIENT.most - 1):
        write(client, order, stars="")

    assert write(client, order).status_code == 429
    for _ in range(VOTES_OF_CLIENT.most):
        vote(client, made)
    assert vote(client, made).status_code == 429


# ── kept pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_kept_page_says_at_once_what_became_of_a_review(shop: Corner) -> None:
    client, reader = shop.visitor(), shop.visitor()
    order = bought(shop, client)
    told = []

    def look() -> None:
        told.append((page(reader, "/en/goods/lamp/?by=helpful"), page(reader, "/en/goods/"), page(reader, "/en/goods/box/")))

    look()
    write(client, order)
    look()
    made = decide("shown")
    look()
    reviews.answer(review_id=made, text="We are glad.", language="en", actor=None, now=timezone.now())
    look()
    vote(shop.visitor(), made)
    look()
    decide("hidden", "unlawful")
    look()

    products, shelves, neighbours = zip(*told, strict=True)
    assert ["waits to be read" in each for each in products] == [False, True, False, False, False, False]
    assert ["Bright enough" in each for each in products] == [False, False, True, True, True, False]
    assert ["We are glad." in each for each in products] == [False, False, False, True, True, False]
    assert ['<span class="n">(1)</span>' in each for each in products] == [False] * 4 + [True, False]
    assert ["the law forbids" in each for each in products] == [False] * 5 + [True]
    for beside in (shelves, neighbours):
        assert ["4.0 of 5 stars" in each for each in beside] == [False, False, True, True, True, False]


def test_a_page_of_reviews_in_any_order_is_kept(shop: Corner) -> None:
    shown(shop)
    page(shop.visitor(), "/en/goods/lamp/?by=best&reviews=1")

    assert len([each for each in pages._shelf if "by=best" in each.name]) == 1


def test_a_decision_shows_whatever_day_it_is_taken(shop: Corner) -> None:
    client = shop.visitor()
    write(client, bought(shop, client))
    row = models.Review.objects.get()

    reviews.decide(review_id=ReviewId(row.id), seen_version=1, state="shown", actor=None, now=timezone.now() + timedelta(days=30))

    assert models.Review.objects.get().state == ReviewState.SHOWN
    assert "A warm light" in page(shop.visitor())
