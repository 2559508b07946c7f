"""Staff read what people ask about goods, answer it, and read what buyers answered: each act by right, with its trace."""

import pytest

from shopkeeper.doors.console.tests.builders import Staff, acts_since, facts_since, marks
from shopkeeper.doors.console.tests.test_queries import MOST, cost
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import LineId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Question, Reply, ReviewState, Said

TEXT = "Is it enough for two?"


def asked(shop: SmallShop, text: str = TEXT) -> Question:
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    return reviews.ask(product_id=product, said=Said(shown_name="Eve", text=text, language="en"), now=NOON)


def replied(shop: SmallShop) -> Reply:
    """Have a buyer answer a shown question."""
    made = asked(shop)
    reviews.decide_question(question_id=made.id, state="shown", actor=None, now=NOON)
    said = Said(shown_name="Bob", text="For three even.", language="en")
    return reviews.reply(question_id=made.id, line_id=LineId(1), product_id=made.product_id, said=said, now=NOON).replies[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("question about goods", "Waits to be read", "Tea of the house")), ("zh-hans", ("个商品提问", "待阅读", "本店TEA"))],
)
def test_a_question_waits_on_today_and_stands_in_its_list(owner: Staff, shop: SmallShop, language: str, words: tuple[str, ...]) -> None:
    made = asked(shop)
    owner.read(language)

    today, listed, page = owner.text(""), owner.text("questions/?state=waiting"), owner.text(f"questions/{made.id}/")

    assert words[0] in today
    assert "questions/?state=waiting" in today
    for text in (listed, page):
        assert all(word in text for word in (*words[1:], TEXT, "Eve"))


def test_answering_shows_the_question_with_the_answer(owner: Staff, shop: SmallShop) -> None:
    made, before = asked(shop), marks()

    owner.post(f"questions/{made.id}/answer/", answer="Yes, two cups.", language="en")

    found = reviews.question(made.id)
    assert (found.state, [each.said.text for each in found.replies]) == (ReviewState.SHOWN, ["Yes, two cups."])
    assert acts_since(before, owner) == ["reviews.answer"]
    assert facts_since(before) == ["QuestionAnswered"]
    assert "Yes, two cups." in owner.text(f"questions/{made.id}/")


def test_a_question_is_shown_or_hidden_for_a_reason(owner: Staff, shop: SmallShop) -> None:
    made = asked(shop)

    owner.post(f"questions/{made.id}/show/")
    assert reviews.question(made.id).state is ReviewState.SHOWN
    before = marks()
    owner.post(f"questions/{made.id}/hide/", reason="")
    assert marks() == before
    owner.post(f"questions/{made.id}/hide/", reason="advertising")

    assert (reviews.question(made.id).state, reviews.question(made.id).reason) == (ReviewState.HIDDEN, "advertising")
    page = owner.text(f"questions/{made.id}/")
    assert "it advertises something else" in page
    assert "Owner Person" in page


def test_a_buyer_s_answer_waits_and_is_shown_or_hidden(owner: Staff, shop: SmallShop) -> None:
    reply = replied(shop)
    assert "answer of a buyer to read" in owner.text("")
    assert TEXT in owner.text("questions/?state=answers")
    assert "For three even." in owner.text("buyer-answers/?state=waiting")
    page = owner.text(f"questions/{reply.question_id}/")
    assert f"/buyer-answers/{reply.id}/show/" in page

    owner.post(f"buyer-answers/{reply.id}/show/")
    assert reviews.question_of(reply.id).replies[0].state is ReviewState.SHOWN
    owner.post(f"buyer-answers/{reply.id}/hide/", reason="abusive")

    assert reviews.question_of(reply.id).replies[0].reason == "abusive"
    assert "answer of a buyer to read" not in owner.text("")


def test_a_clerk_answers_but_does_not_decide(clerk: Staff, shop: SmallShop) -> None:
    reply = replied(shop)
    address = f"questions/{reply.question_id}/"
    assert f"/{address}answer/" in clerk.text(address)
    assert "/hide/" not in clerk.text(address)
    before = marks()

    for refused in (f"{address}show/", f"{address}hide/", f"buyer-answers/{reply.id}/show/", f"buyer-answers/{reply.id}/hide/"):
        assert clerk.post(refused, reason="abusive").status_code == 403
    assert marks() == before
    clerk.post(f"{address}answer/", answer="Yes.", language="en")

    assert acts_since(before, clerk) == ["reviews.answer"]


def test_what_was_asked_is_text_here_too(owner: Staff, shop: SmallShop) -> None:
    made = asked(shop, "<script>alert(1)</script>")

    for address in ("questions/", f"questions/{made.id}/", f"questions/{made.id}/hide/"):
        assert "<script>alert(1)</script>" not in owner.text(address)


@pytest.mark.parametrize(
    ("query", "is_found"), [("q=two", True), ("q=Tea+of", True), ("q=Eve", True), ("q=nothing", False), ("state=shown", False)]
)
def test_the_list_is_narrowed_by_state_words_and_goods(owner: Staff, shop: SmallShop, query: str, is_found: bool) -> None:
    asked(shop)

    assert (TEXT in owner.text(f"questions/?{query}")) == is_found


@pytest.mark.parametrize("address", ["questions/999/", "questions/999/answer/", "buyer-answers/999/show/"])
def test_what_nobody_asked_is_a_designed_page(owner: Staff, address: str) -> None:
    assert owner.get(address).status_code == 404


def test_no_page_of_questions_costs_more_than_six_statements(owner: Staff, shop: SmallShop) -> None:
    reply = replied(shop)
    owner.post(f"questions/{reply.question_id}/hide/", reason="abusive")
    addresses = (
        "questions/", "questions/?q=Tea", "buyer-answers/", f"buyer-answers/{reply.id}/show/",
        *(f"questions/{reply.question_id}/{verb}" for verb in ("", "show/", "hide/", "answer/")),
    )  # fmt: skip

    costs = {address: cost(owner, address) for address in addresses}

    assert {address: found for address, found in costs.items() if found > MOST} == {}
