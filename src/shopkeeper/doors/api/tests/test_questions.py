"""Questions about goods over the API: asked by anybody, answered by buyers and staff, shown or hidden for a reason."""

from typing import Any

import pytest

from shopkeeper.doors.api.tests.builders import Answer, Caller, Staff
from shopkeeper.doors.api.tests.test_reviews import bought
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.reviews import models

WORDS = {"shown_name": "Ann", "text": "Is it\ngreen tea?", "language": "en"}


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


def ask(caller: Caller, *, key: str | None = None, **changes: Any) -> Answer:
    return caller.post("products/tea/questions", {**WORDS, **changes}, **({"Idempotency_Key": key} if key else {}))


def reply(caller: Caller, order: Order, question: int, *, key: str | None = None, **changes: Any) -> Answer:
    body = {"line_id": order.lines[0].id, "shown_name": "Bob", "text": "Yes, it is.", **changes}
    return caller.post(f"orders/{order.token}/questions/{question}/answers", body, **({"Idempotency_Key": key} if key else {}))


def test_a_question_is_asked_answered_by_buyer_and_shop_and_read(shop: SmallShop, caller: Caller, owner: Staff) -> None:
    asked = ask(caller)
    made = asked.body["id"]
    unread = caller.get("products/tea/questions").body
    answered = owner.post(f"staff/questions/{made}/answers", {"text": "Green, from Fujian.", "language": "en"})
    replied = reply(caller, bought(shop), made)
    (waiting,) = [each for each in owner.get(f"staff/questions/{made}").body["answers"] if not each["is_shop"]]
    shown = owner.put(f"staff/answers/{waiting['id']}/state", {"state": "shown"})
    read = caller.get("products/tea/questions").body

    assert (asked.status, asked.body["state"]) == (201, "waiting")
    assert unread["questions"]["items"] == []
    assert (answered.status, answered.body["state"]) == (201, "shown")
    assert (replied.status, waiting["state"], shown.status) == (201, "waiting", 200)
    (seen,) = read["questions"]["items"]
    assert {name: seen[name] for name in WORDS} == WORDS
    assert [(each["is_shop"], each["text"]) for each in seen["answers"]] == [(True, "Green, from Fujian."), (False, "Yes, it is.")]
    assert read["hidden"] == []


def test_what_is_sent_again_under_its_key_is_kept_once(shop: SmallShop, caller: Caller, owner: Staff) -> None:
    order = bought(shop)
    asked, again = (ask(caller, key="q") for _ in range(2))
    path = f"staff/questions/{asked.body['id']}/answers"
    answered, repeated = (owner.post(path, {"text": "Green.", "language": "en"}, Idempotency_Key="a") for _ in range(2))
    first, second = (reply(caller, order, asked.body["id"], key="r") for _ in range(2))

    assert (again.status, again.body, repeated.body) == (201, asked.body, answered.body)
    assert (first.status, second.status) == (201, 201)
    assert (models.Question.objects.count(), models.Reply.objects.count()) == (1, 2)
    assert ask(caller, key="q", text="Another?").code == "key_reused"
    assert reply(caller, order, asked.body["id"]).code == "replied_already"
    assert len(told("QuestionAsked")) == 1


def test_a_hidden_question_and_a_hidden_answer_are_told_by_their_reasons(shop: SmallShop, caller: Caller, owner: Staff) -> None:
    first, second = ask(caller).body["id"], ask(caller, text="Second?").body["id"]
    owner.post(f"staff/questions/{first}/answers", {"text": "Green."})
    reply(caller, bought(shop), first)
    waiting = owner.get(f"staff/questions/{first}").body["answers"][1]["id"]

    hidden = owner.put(f"staff/questions/{second}/state", {"state": "hidden", "reason": "abusive"})
    same = owner.put(f"staff/questions/{second}/state", {"state": "hidden", "reason": "abusive"})
    owner.put(f"staff/answers/{waiting}/state", {"state": "hidden", "reason": "advertising"})

    assert (hidden.status, hidden.body["reason"], same.body) == (200, "abusive", hidden.body)
    read = caller.get("products/tea/questions").body
    assert sorted((each["reason"], each["count"]) for each in read["hidden"]) == [("abusive", 1), ("advertising", 1)]
    assert [len(each["answers"]) for each in read["questions"]["items"]] == [1]
    assert models.Ruling.objects.filter(question=second).count() == 1


@pytest.mark.parametrize(
    ("wrong", "refused", "field"),
    [
        ({"shown_name": "ann@example.com"}, (422, "malformed"), "shown_name"),
        ({"shown_name": ""}, (422, "out_of_range"), "shown_name"),
        ({"text": ""}, (422, "out_of_range"), "question"),
        ({"text": "a" * 1_001}, (422, "invalid"), "text"),
        ({"text": "bell\x07"}, (422, "malformed"), "question"),
        ({"language": "fr"}, (422, "malformed"), "language"),
        ({"name": "Ann"}, (422, "invalid"), "name"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_and_nothing_is_kept(
    shop: SmallShop, caller: Caller, wrong: dict[str, object], refused: tuple[int, str], field: str
) -> None:
    answer = ask(caller, **wrong)

    assert (answer.status, answer.code) == refused
    assert field in str(answer.body["field"]) or field in str(answer.body["errors"])
    assert models.Question.objects.count() == 0


def test_only_buyers_of_sent_goods_answer_and_only_what_is_shown(shop: SmallShop, caller: Caller, owner: Staff) -> None:
    made = ask(caller).body["id"]
    sent = bought(shop)

    assert reply(caller, sent, made).status == 404, "nobody of the shop has read it"
    owner.put(f"staff/questions/{made}/state", {"state": "shown"})
    assert reply(caller, bought(shop, is_sent=False), made).code == "not_sent_yet"
    assert caller.post(f"orders/nobody/questions/{made}/answers", {"line_id": 1, "shown_name": "B", "text": "Yes"}).status == 404
    assert reply(caller, sent, made, line_id=999).status == 404
    assert reply(caller, sent, 10**9).status == 404
    assert caller.get("products/nothing/questions").status == caller.post("products/nothing/questions", WORDS).status == 404
    assert models.Reply.objects.count() == 0


def test_one_client_asks_only_so_often(shop: SmallShop, caller: Caller) -> None:
    for _ in range(WORDS_OF_CLIENT.most):
        ask(caller, text="")

    assert ask(caller).status == 429
    assert models.Question.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"state": "hidden"}, "needs_reason"),
        ({"state": "shown", "reason": "abusive"}, "needs_reason"),
        ({"state": "hidden", "reason": "bad for trade"}, "malformed"),
        ({"state": "deleted"}, "malformed"),
        ({}, "invalid"),
    ],
)
def test_a_verdict_that_cannot_be_is_refused(shop: SmallShop, caller: Caller, owner: Staff, sent: dict[str, object], code: str) -> None:
    answer = owner.put(f"staff/questions/{ask(caller).body['id']}/state", sent)

    assert (answer.status, answer.code) == (422, code)
    assert models.Ruling.objects.count() == 0


def test_staff_list_what_waits_and_a_clerk_answers_but_decides_nothing(shop: SmallShop, caller: Caller, owner: Staff) -> None:
    clerk, first, second = Staff(Role.CLERK), ask(caller).body["id"], ask(caller, text="Second?").body["id"]
    owner.put(f"staff/questions/{first}/state", {"state": "shown"})

    waiting, everything = clerk.get("staff/questions?state=waiting").body, clerk.get("staff/questions").body

    assert [each["id"] for each in waiting["items"]] == [second]
    assert (everything["total"], [each["id"] for each in everything["items"]]) == (2, [second, first])
    assert clerk.get("staff/questions?state=lost").status == 422
    assert clerk.put(f"staff/questions/{second}/state", {"state": "shown"}).status == 403
    assert clerk.put("staff/answers/1/state", {"state": "shown"}).status == 403
    assert clerk.post(f"staff/questions/{second}/answers", {"text": "Green."}).status == 201
