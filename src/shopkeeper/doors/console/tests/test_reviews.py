"""Staff read what buyers wrote, show it, hide it for a reason, and answer: each act by right, with its trace."""

import pytest

from shopkeeper.doors.console.tests.builders import Staff, acts_since, facts_since, marks
from shopkeeper.doors.console.tests.test_queries import MOST, cost
from shopkeeper.flows import ship_order, write_review
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Review, ReviewDraft, ReviewState

TEXT = "The lid does not close."


def written(shop: SmallShop, *, stars: int = 2, **words: str) -> Review:
    """Sell tea, send it, and have its buyer write of it."""
    order = shop.buy(TEA=1)
    ship_order.ship(order_id=order.id, warehouse_id=None, carrier="Royal Mail", tracking_number="", lines=None, actor=None, now=NOON)
    draft = ReviewDraft(**{"shown_name": "Ann", "stars": stars, "title": "Poor lid", "text": TEXT, "language": "en", **words})
    return write_review.write(token=order.token, line_id=order.lines[0].id, draft=draft, writer="", now=NOON)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("review to read", "Waits to be read", "Tea of the house")), ("zh-hans", ("条评价待阅读", "待阅读", "本店TEA"))],
)
def test_a_review_waits_on_today_and_stands_in_its_list(owner: Staff, shop: SmallShop, language: str, words: tuple[str, ...]) -> None:
    made = written(shop)
    owner.read(language)

    today, listed, page = owner.text(""), owner.text("reviews/?state=waiting"), owner.text(f"reviews/{made.id}/")

    assert words[0] in today
    assert "reviews/?state=waiting" in today
    for text in (listed, page):
        assert all(word in text for word in (*words[1:], "Poor lid", "★★☆☆☆", "Ann"))
    assert TEXT in page


def test_the_page_tells_of_the_order(owner: Staff, shop: SmallShop) -> None:
    made = written(shop)

    page = owner.text(f"reviews/{made.id}/")

    assert f"/console/orders/{made.line.order_id}/" in page
    assert f"/console/products/{made.line.product_id}/" in page
    assert "SK-" in page


def test_a_review_is_shown(owner: Staff, shop: SmallShop) -> None:
    made, before = written(shop), marks()

    answer = owner.post(f"reviews/{made.id}/show/", seen=1)

    assert answer["Location"].endswith(f"/console/reviews/{made.id}/")
    assert reviews.review(made.id).state is ReviewState.SHOWN
    assert reviews.review(made.id).decisions[0].actor_id == owner.id
    assert acts_since(before, owner) == ["reviews.decide"]
    assert facts_since(before) == ["ReviewDecided"]
    assert "review to read" not in owner.text("")


def test_a_review_is_hidden_for_a_reason_and_the_page_says_so(owner: Staff, shop: SmallShop) -> None:
    made = written(shop)

    owner.post(f"reviews/{made.id}/hide/", seen=1, reason="advertising")

    assert (reviews.review(made.id).state, reviews.review(made.id).reason) == (ReviewState.HIDDEN, "advertising")
    page = owner.text(f"reviews/{made.id}/")
    assert page.count("it advertises something else") >= 2
    assert "Owner Person" in page


@pytest.mark.parametrize("reason", ["", "bad for trade"])
def test_hiding_without_a_reason_of_the_list_is_refused_beside_the_field(owner: Staff, shop: SmallShop, reason: str) -> None:
    made, before = written(shop), marks()

    answer = owner.post(f"reviews/{made.id}/hide/", seen=1, reason=reason)

    assert answer.status_code in (200, 422)
    assert 'id="id_reason_error"' in answer.content.decode() or "sk-error" in answer.content.decode()
    assert marks() == before
    assert reviews.review(made.id).state is ReviewState.WAITING


@pytest.mark.parametrize("seen", ["", "0", "2", "x"])
def test_what_was_changed_meanwhile_is_not_decided_on(owner: Staff, shop: SmallShop, seen: str) -> None:
    made, before = written(shop), marks()

    answer = owner.post(f"reviews/{made.id}/show/", seen=seen)

    assert answer.status_code in (200, 409, 422)
    assert marks() == before
    assert reviews.review(made.id).state is ReviewState.WAITING


def test_the_reader_is_told_that_the_review_was_changed(owner: Staff, shop: SmallShop) -> None:
    made = written(shop)

    answer = owner.post(f"reviews/{made.id}/show/", seen=7)

    assert "The review was changed meanwhile." in answer.content.decode()


def test_a_review_is_answered(owner: Staff, shop: SmallShop) -> None:
    made, before = written(shop), marks()

    owner.post(f"reviews/{made.id}/answer/", seen=1, answer="A new lid is on its way.", language="en")

    assert [each.text for each in reviews.review(made.id).answers] == ["A new lid is on its way."]
    assert acts_since(before, owner) == ["reviews.answer"]
    assert "A new lid is on its way." in owner.text(f"reviews/{made.id}/")


@pytest.mark.parametrize("wrong", [{"answer": ""}, {"answer": "a" * 2_001}, {"language": "fr"}])
def test_an_answer_that_is_none_is_refused(owner: Staff, shop: SmallShop, wrong: dict[str, str]) -> None:
    made, before = written(shop), marks()

    owner.post(f"reviews/{made.id}/answer/", **{"seen": 1, "answer": "Thank you.", "language": "en", **wrong})

    assert marks() == before


def test_a_clerk_reads_and_answers_but_does_not_decide(clerk: Staff, shop: SmallShop) -> None:
    made = written(shop)
    page = clerk.text(f"reviews/{made.id}/")
    assert f"/reviews/{made.id}/answer/" in page
    assert f"/reviews/{made.id}/hide/" not in page
    before = marks()

    for verb in ("show", "hide"):
        assert clerk.post(f"reviews/{made.id}/{verb}/", seen=1, reason="abusive").status_code == 403
    assert marks() == before
    clerk.post(f"reviews/{made.id}/answer/", seen=1, answer="Thank you.", language="en")

    assert acts_since(before, clerk) == ["reviews.answer"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=waiting", {"Poor lid", "Fine cup"}), ("state=hidden", set()), ("stars=5", {"Fine cup"}), ("q=lid", {"Poor lid"}),
        ("q=Tea+of", {"Poor lid", "Fine cup"}), ("q=Bob", {"Fine cup"}), ("q=nothing+of+the+sort", set()),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_state_stars_words_and_goods(owner: Staff, shop: SmallShop, query: str, found: set[str]) -> None:
    written(shop)
    written(shop, stars=5, title="Fine cup", text="Holds a lot.", shown_name="Bob")

    listed = owner.text(f"reviews/?{query}")

    assert {each for each in ("Poor lid", "Fine cup") if each in listed} == found


def test_what_a_writer_wrote_is_text_here_too(owner: Staff, shop: SmallShop) -> None:
    made = written(shop, title="<b>Poor", text="<script>alert(1)</script>")

    for address in ("reviews/", f"reviews/{made.id}/", f"reviews/{made.id}/hide/"):
        page = owner.text(address)
        assert "<script>alert(1)</script>" not in page
        assert "<b>Poor" not in page


@pytest.mark.parametrize("address", ["reviews/999/", "reviews/999/show/", "reviews/999/answer/"])
def test_a_review_that_is_not_there_is_a_designed_page(owner: Staff, address: str) -> None:
    assert owner.get(address).status_code == 404


def test_no_page_of_reviews_costs_more_than_six_statements(owner: Staff, shop: SmallShop) -> None:
    made, *_others = [written(shop) for _ in range(3)]
    owner.post(f"reviews/{made.id}/show/", seen=1)
    owner.post(f"reviews/{made.id}/answer/", seen=1, answer="Thank you.", language="en")

    costs = {
        address: cost(owner, address)
        for address in ("reviews/", "reviews/?q=Tea", *(f"reviews/{made.id}/{verb}" for verb in ("", "show/", "hide/", "answer/")))
    }

    assert {address: found for address, found in costs.items() if found > MOST} == {}
    assert models.Review.objects.count() == 3
