"""Reviews over the API: read by anybody, written with an order's token, decided and answered by staff."""

from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.api.tests.builders import Answer, Caller, Staff
from shopkeeper.flows import ship_order
from shopkeeper.flows.tests.builders import SmallShop, told
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.limits.shapes import WORDS_OF_CLIENT
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.reviews import models

WORDS = {"stars": 4, "shown_name": "Ann", "title": "Good tea", "text": "Warms.\nOn a wet day.", "language": "en"}


def bought(shop: SmallShop, *, is_sent: bool = True) -> Order:
    order = shop.buy(TEA=1)
    if is_sent:
        ship_order.ship(
            order_id=order.id, warehouse_id=None, carrier="Royal Mail", tracking_number="", lines=None, actor=None, now=timezone.now()
        )
    return order


def write(caller: Caller, order: Order, **changes: Any) -> Answer:
    return caller.post(f"orders/{order.token}/reviews", {"line_id": order.lines[0].id, **WORDS, **changes})


def test_a_review_is_written_decided_answered_and_read(shop: SmallShop, caller: Caller) -> None:
    owner, order = Staff(Role.OWNER), bought(shop)

    written = write(caller, order)
    made = written.body["id"]
    waiting = caller.get("products/tea/reviews").body
    decided = owner.post(f"staff/reviews/{made}/decisions", {"version": 1, "state": "shown"})
    answered = owner.post(f"staff/reviews/{made}/answers", {"text": "Thank you.", "language": "en"})
    read = caller.get("products/tea/reviews?sort=best").body

    assert (written.status, written.body["state"]) == (201, "waiting")
    assert (waiting["count"], waiting["waiting"], waiting["reviews"]["items"]) == (0, 1, [])
    assert (decided.status, decided.body["state"], answered.status) == (200, "shown", 201)
    assert (read["count"], read["mean_tenths"], read["by_stars"], read["hidden"]) == (1, 40, [0, 0, 0, 1, 0], [])
    (seen,) = read["reviews"]["items"]
    assert {name: seen[name] for name in WORDS} == WORDS
    assert seen["answer"]["text"] == "Thank you."
    assert [each["id"] for each in caller.get(f"orders/{order.token}/reviews").body] == [made]


def test_a_hidden_review_is_told_by_its_reason(shop: SmallShop, caller: Caller) -> None:
    owner, made = Staff(Role.OWNER), write(caller, bought(shop)).body["id"]

    owner.post(f"staff/reviews/{made}/decisions", {"version": 1, "state": "hidden", "reason": "abusive"})

    read = caller.get("products/tea/reviews").body
    assert (read["count"], read["hidden"]) == (0, [{"reason": "abusive", "count": 1}])


def test_writing_again_changes_what_is_there(shop: SmallShop, caller: Caller) -> None:
    order = bought(shop)
    write(caller, order)

    again = write(caller, order, stars=1)

    assert (again.status, again.body["version"], again.body["stars"]) == (201, 2, 1)
    assert models.Review.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "refused", "field"),
    [
        ({"stars": 0}, (422, "out_of_range"), "stars"),
        ({"stars": 6}, (422, "out_of_range"), "stars"),
        ({"stars": "4"}, (422, "invalid"), "stars"),
        ({"shown_name": "ann@example.com"}, (422, "malformed"), "shown_name"),
        ({"shown_name": ""}, (422, "out_of_range"), "shown_name"),
        ({"text": "a" * 4_001}, (422, "invalid"), "text"),
        ({"text": "bell\x07"}, (422, "malformed"), "text"),
        ({"language": "fr"}, (422, "malformed"), "language"),
        ({"line_id": 999}, (404, "not_found"), "line"),
        ({"starz": 4}, (422, "invalid"), "starz"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    shop: SmallShop, caller: Caller, wrong: dict[str, object], refused: tuple[int, str], field: str
) -> None:
    answer = write(caller, bought(shop), **wrong)

    assert (answer.status, answer.code) == refused
    assert field in str(answer.body["field"]) or field in str(answer.body["errors"])
    assert models.Review.objects.count() == 0
    assert told("ReviewWritten") == []


def test_goods_not_sent_are_not_reviewed(shop: SmallShop, caller: Caller) -> None:
    answer = write(caller, bought(shop, is_sent=False))

    assert (answer.status, answer.code) == (409, "not_sent_yet")


def test_nobody_writes_without_the_order_s_token(shop: SmallShop, caller: Caller) -> None:
    order = bought(shop)

    assert caller.post("orders/nobody/reviews", {"line_id": order.lines[0].id, **WORDS}).status == 404
    assert caller.get("orders/nobody/reviews").status == 404
    assert caller.get("products/nothing/reviews").status == 404


def test_one_client_writes_only_so_often(shop: SmallShop, caller: Caller) -> None:
    order = bought(shop)
    for _ in range(WORDS_OF_CLIENT.most):
        write(caller, order, stars=0)

    assert write(caller, order).status == 429


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"version": 2, "state": "shown"}, 409, "review_changed"),
        ({"version": 1, "state": "hidden"}, 422, "needs_reason"),
        ({"version": 1, "state": "shown", "reason": "abusive"}, 422, "needs_reason"),
        ({"version": 1, "state": "hidden", "reason": "bad for trade"}, 422, "malformed"),
        ({"version": 1, "state": "deleted"}, 422, "malformed"),
        ({"state": "shown"}, 422, "invalid"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(shop: SmallShop, caller: Caller, sent: dict[str, object], status: int, code: str) -> None:
    owner, made = Staff(Role.OWNER), write(caller, bought(shop)).body["id"]

    answer = owner.post(f"staff/reviews/{made}/decisions", sent)

    assert (answer.status, answer.code) == (status, code)
    assert told("ReviewDecided") == []


def test_a_clerk_answers_but_does_not_decide(shop: SmallShop, caller: Caller) -> None:
    clerk, made = Staff(Role.CLERK), write(caller, bought(shop)).body["id"]

    assert clerk.post(f"staff/reviews/{made}/decisions", {"version": 1, "state": "shown"}).status == 403
    assert clerk.post(f"staff/reviews/{made}/answers", {"text": "Thank you."}).status == 201


def test_staff_list_what_waits(shop: SmallShop, caller: Caller) -> None:
    owner = Staff(Role.OWNER)
    first, second = write(caller, bought(shop)).body["id"], write(caller, bought(shop)).body["id"]
    owner.post(f"staff/reviews/{first}/decisions", {"version": 1, "state": "shown"})

    waiting, everything = owner.get("staff/reviews?state=waiting").body, owner.get("staff/reviews").body

    assert [each["id"] for each in waiting["items"]] == [second]
    assert (everything["total"], [each["id"] for each in everything["items"]]) == (2, [second, first])
    assert owner.get("staff/reviews?state=lost").status == 422
