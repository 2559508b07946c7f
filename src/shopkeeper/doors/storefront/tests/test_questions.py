"""Anybody asks about goods, the shop or a buyer answers, and everybody reads it: without script, in both languages, on kept pages too."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.doors.storefront.tests.test_reviews import bought, give_back, page
from shopkeeper.kit.ids import QuestionId, ReplyId
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.reviews import models
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import Said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    return corner()


def ask(client: Client, language: str = "en", **changes: str) -> Any:
    return client.post(f"/{language}/goods/lamp/ask/", {"shown_name": "Eve", "question": "Does it need a bulb?", **changes})


def decide(state: str = "shown", reason: str = "") -> QuestionId:
    """Decide on the newest question as staff do."""
    made = QuestionId(models.Question.objects.latest("id").id)
    reviews.decide_question(question_id=made, state=state, reason=reason, actor=None, now=timezone.now())
    return made


def asked(shop: Corner, text: str = "Does it need a bulb?", product: str = "lamp") -> QuestionId:
    said = Said(shown_name="Eve", text=text, language="en")
    reviews.ask(product_id=shop.products[product].id, said=said, now=timezone.now())
    return decide()


def answer(client: Client, order: Order, question: int, **changes: str) -> Any:
    sent = {"line": order.lines[0].id, "question": question, "shown_name": "Ann", "answer": "One comes with it.", **changes}
    return client.post(f"/en/orders/{order.token}/questions/", sent)


def test_a_question_goes_from_the_product_s_page_back_to_it(shop: Corner) -> None:
    client = shop.visitor()
    assert 'href="/en/goods/lamp/ask/"' in page(client)
    assert "Your question" in page(client, "/en/goods/lamp/ask/")

    sent = ask(client)

    assert sent["Location"] == "/en/goods/lamp/#questions"
    seen = page(client)
    assert "Thank you. Your question is shown as soon as" in seen
    assert "Does it need a bulb?" not in seen
    decide()
    assert "Does it need a bulb?" in page(shop.visitor())
    assert "Nobody has answered yet." in page(shop.visitor())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Questions and answers", "Ask a question", "Your question")), ("zh-hans", ("商品问答", "我要提问", "您的问题"))],
)
def test_pages_speak_the_reader_s_language(shop: Corner, language: str, words: tuple[str, ...]) -> None:
    client = shop.visitor()

    seen, form = page(client, f"/{language}/goods/lamp/"), page(client, f"/{language}/goods/lamp/ask/")

    assert words[0] in seen
    assert words[1] in seen
    assert words[2] in form
    assert ask(client, language)["Location"] == f"/{language}/goods/lamp/#questions"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"question": ""}, "The question is missing."),
        ({"question": "a" * 1_001}, "Use at most 1000 characters."),
        ({"question": "a" * 9_000}, "Use at most 1000 characters."),
        ({"shown_name": ""}, "The name that everybody sees is missing."),
        ({"shown_name": "eve@example.com"}, "without a mail address or a phone number"),
    ],
)
def test_what_is_no_question_is_said_beside_its_field(shop: Corner, wrong: dict[str, str], said: str) -> None:
    sent = ask(shop.visitor(), **wrong)

    assert sent.status_code == 422
    assert said in sent.content.decode()
    assert f'id="error_{next(iter(wrong))}"' in sent.content.decode()
    assert models.Question.objects.count() == 0


def test_a_product_that_is_not_there_cannot_be_asked_about(shop: Corner) -> None:
    assert shop.visitor().post("/en/goods/nothing/ask/", {"shown_name": "Eve", "question": "Why?"}).status_code == 404


def test_a_question_is_plain_text_whatever_it_holds(shop: Corner) -> None:
    asked(shop, "<script>alert(1)</script> https://example.com/")

    seen = page(shop.visitor())

    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://example.com/" in seen
    assert 'href="https://example.com' not in seen


def test_a_buyer_answers_from_the_page_of_the_order_and_is_said_to_be_one(shop: Corner) -> None:
    client, question = shop.visitor(), asked(shop)
    order = bought(shop, client)
    place = f"/en/orders/{order.token}/questions/?line={order.lines[0].id}"
    assert f'href="{place}"' in page(client, f"/en/orders/{order.token}/")
    assert "Does it need a bulb?" in page(client, place)

    sent = answer(client, order, question)

    assert sent["Location"] == place
    assert "Thank you. Your answer is shown as soon as" in page(client, place)
    assert "One comes with it." not in page(shop.visitor())
    reviews.decide_reply(reply_id=ReplyId(models.Reply.objects.get().id), state="shown", actor=None, now=timezone.now())
    seen = page(shop.visitor())
    assert "Ann, who bought it, answers" in seen
    assert "One comes with it." in seen


def test_a_buyer_answers_once(shop: Corner) -> None:
    client, question = shop.visitor(), asked(shop)
    order = bought(shop, client)
    answer(client, order, question)

    again = answer(client, order, question)

    assert again.status_code == 422
    assert "You have answered this question." in again.content.decode()
    assert models.Reply.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"answer": ""}, {"answer": "a" * 2_001}, {"shown_name": "ann@example.com"}])
def test_an_answer_that_is_none_is_said_beside_its_field(shop: Corner, wrong: dict[str, str]) -> None:
    client, question = shop.visitor(), asked(shop)

    sent = answer(client, bought(shop, client), question, **wrong)

    assert sent.status_code == 422
    assert f'id="error_{next(iter(wrong))}"' in sent.content.decode()
    assert models.Reply.objects.count() == 0


def test_who_did_not_buy_or_gave_back_does_not_answer(shop: Corner) -> None:
    client, question, other = shop.visitor(), asked(shop), asked(shop, "Is it deep?", "box")
    order = bought(shop, client)

    assert answer(client, order, other).status_code == 404
    assert client.post("/en/orders/nobody/questions/", {"line": 1, "question": question}).status_code == 404
    assert answer(client, order, 999).status_code == 404
    give_back(order)
    assert answer(client, order, question)["Location"] == f"/en/orders/{order.token}/"
    assert "These goods were given back." in page(client, f"/en/orders/{order.token}/")
    assert models.Reply.objects.count() == 0


def test_one_client_asks_only_so_often(shop: Corner) -> None:
    client = shop.visitor()
    for _ in range(WORDS_OF_CLIENT.most):
        ask(client, question="")

    assert ask(client).status_code == 429
    assert models.Question.objects.count() == 0


def test_a_kept_page_says_at_once_what_was_asked_and_answered(shop: Corner) -> None:
    reader, told = shop.visitor(), []

    def look() -> None:
        told.append(page(reader))

    look()
    made = asked(shop)
    look()
    reviews.answer_question(question_id=made, text="No, it has one.", language="en", actor=None, now=timezone.now())
    look()
    decide("hidden", "off_topic")
    look()

    assert ["Does it need a bulb?" in each for each in told] == [False, True, True, False]
    assert ["No, it has one." in each for each in told] == [False, False, True, False]
    assert ["it does not speak of the goods (1)" in each for each in told] == [False, False, False, True]


def test_questions_are_read_page_by_page(shop: Corner) -> None:
    for number in range(11):
        asked(shop, f"Question number {number}?")

    first, second = page(shop.visitor()), page(shop.visitor(), "/en/goods/lamp/?questions=2")

    assert "Question number 10?" in first
    assert "Question number 0?" not in first
    assert "Question number 0?" in second
    assert "Page 2 of 2" in second
