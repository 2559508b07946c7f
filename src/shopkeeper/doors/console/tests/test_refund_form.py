"""A refund is seen before it is sent, and what is said afterwards is what the provider answered."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from shopkeeper.doors.console.tests.builders import Staff, acts_since, marks
from shopkeeper.doors.console.tests.test_bad_input import errors
from shopkeeper.doors.console.tests.test_sent_twice import hidden, units
from shopkeeper.flows import refund_order
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.flows.tests.test_settle_payment import money_for_goods_that_are_gone
from shopkeeper.selling.orders import models as tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console import _in_state
from shopkeeper.selling.orders.console import money_kept as counted
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Answer, Ask, ProviderSilent
from shopkeeper.selling.payments.shapes import EventKind


def pay_back(owner: Staff, order: Order, **data: str) -> Any:
    """Fill the form in, look at the sum, and send what was shown."""
    address = f"orders/{order.id}/refund/"
    form = {**hidden(owner.text(address)), "reason": "late", **data}
    shown = owner.post(address, **form)
    assert shown.status_code == 200, errors(shown.content.decode())
    return owner.post(address, **form, sum=hidden(shown.content.decode())["sum"])


def said(answer: Any) -> tuple[str, str]:
    """Return the kind and the words of what the reader is told afterwards."""
    (message,) = get_messages(answer.wsgi_request)
    return message.tags, str(message)


def refuse(self: FakeProvider, ask: Ask) -> Answer:
    return Answer(
        kind=EventKind.REFUND_FAILED, payment_name=ask.payment_name, key=ask.key, reference="", operation="no",
        amount_minor=ask.amount_minor, reason="too_late",
    )  # fmt: skip


def silent(self: FakeProvider, ask: Ask) -> Answer:
    raise ProviderSilent


def make_free(order: Order, sku: str) -> None:
    """Give the goods of one line away: its money moves to the delivery."""
    line = next(line for line in order.lines if line.sku == sku)
    tables.OrderLine.objects.filter(id=line.id).update(unit_minor=0, goods_minor=0, tax_minor=0, gross_minor=0)
    tables.Order.objects.filter(id=order.id).update(delivery_minor=order.delivery_minor + line.gross_minor)


@pytest.mark.parametrize(("language", "word"), [("en", "each"), ("zh-hans", "每件")])
def test_each_line_says_what_one_piece_gives_back(shop: SmallShop, owner: Staff, language: str, word: str) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)

    page = owner.text(f"orders/{order.id}/refund/")

    assert "£12.50" in page
    assert word in page
    assert 'data-runs="3:1250"' in page


def test_pieces_that_do_not_divide_evenly_say_so(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)
    tables.OrderLine.objects.filter(order_id=order.id).update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)

    page = owner.text(f"orders/{order.id}/refund/")

    assert 'data-runs="1:334 2:333"' in page
    assert "£3.34" in page
    assert "£3.33" in page


@pytest.mark.parametrize(("language", "goes"), [("en", "Pay £28.95 back"), ("zh-hans", "退还 £28.95")])
def test_the_sum_is_shown_before_anything_is_paid(shop: SmallShop, owner: Staff, language: str, goes: str) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)
    address = f"orders/{order.id}/refund/"
    before = marks()

    page = owner.post(address, **hidden(owner.text(address)), reason="late", delivery="on", **units(order, 2))

    assert page.status_code == 200
    assert goes in page.content.decode()
    assert "£25.00" in page.content.decode()
    assert hidden(page.content.decode())["sum"] == "2895"
    assert marks() == before
    assert orders.order(order.id).refunds == ()


def test_what_was_shown_is_what_is_paid(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)

    answer = pay_back(owner, order, delivery="on", **units(order, 2))

    assert answer.status_code == 302
    assert orders.order(order.id).refunded_minor == 2_895


def test_other_pieces_than_those_shown_are_shown_first(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/refund/"
    form = {**hidden(owner.text(address)), "reason": "late", "sum": "1250"}

    page = owner.post(address, **form, **units(order, 2))

    assert page.status_code == 200
    assert hidden(page.content.decode())["sum"] == "2500"
    assert orders.order(order.id).refunded_minor == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The sum has changed from £12.50 to £25.00. Look again, then confirm."),
        ("zh-hans", "退款金额已由 £12.50 变为 £25.00。请再看一遍，然后确认。"),
    ],
)
def test_a_sum_that_changed_is_said_to_have_changed(shop: SmallShop, owner: Staff, language: str, words: str) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)
    address = f"orders/{order.id}/refund/"
    form = {**hidden(owner.text(address)), "reason": "late", **units(order, 2)}

    first, changed = owner.post(address, **form), owner.post(address, **form, sum="1250")

    assert words in changed.content.decode()
    assert 'class="sk-wrong"' not in first.content.decode()
    assert owner.post(address, **form, sum=hidden(changed.content.decode())["sum"]).status_code == 302


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "１２５０"])
def test_a_sum_nobody_was_shown_is_only_shown(shop: SmallShop, owner: Staff, nonsense: str) -> None:
    order = shop.buy(TEA=3)
    address = f"orders/{order.id}/refund/"

    page = owner.post(address, **hidden(owner.text(address)), reason="late", sum=nonsense, **units(order, 1))

    assert page.status_code == 200
    assert hidden(page.content.decode())["sum"] == "1250"
    assert orders.order(order.id).refunds == ()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The sum has changed from £3.34 to £3.33."), ("zh-hans", "退款金额已由 £3.34 变为 £3.33。")]
)
def test_a_sum_that_changes_after_the_last_look_is_refused_and_the_new_one_shown(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    order = shop.buy(TEA=3)
    tables.OrderLine.objects.filter(order_id=order.id).update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)
    owner.read(language)
    address = f"orders/{order.id}/refund/"
    form = {**hidden(owner.text(address)), "reason": "late", "sum": "334", **units(order, 1)}
    pay = refund_order.refund

    def after_another(**asked: Any) -> Any:
        monkeypatch.undo()
        pay(**{**asked, "key": "another", "seen_minor": None})
        return pay(**asked)

    monkeypatch.setattr(refund_order, "refund", after_another)

    page = owner.post(address, **form)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert hidden(page.content.decode())["sum"] == "333"
    assert orders.order(order.id).refunded_minor == 334


def listed() -> int:
    """Return how many orders the list of those whose money is kept holds."""
    return _in_state(tables.Order.objects.all(), "money_kept").count()


def money_kept(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Return an order that expired, whose money came late and was refused when it was to go back."""
    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", refuse)
        return money_for_goods_that_are_gone(shop)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("refused to give it back: £116.45", "Give the money back again…", "order whose money did not go back")),
        ("zh-hans", ("支付服务商拒绝退还：£116.45", "再次退还款项…", "个订单的款项未能退还")),
    ],
)
def test_money_refused_when_it_was_to_go_back_waits_for_staff(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, str, str]
) -> None:
    told, button, waits = words
    owner.read(language)
    order = money_kept(shop, monkeypatch)

    page, today, found = owner.text(f"orders/{order.id}/"), owner.text(""), owner.text("orders/?state=money_kept")
    assert counted() == listed() == 1

    assert told in page
    assert button in page
    assert waits in today
    assert "orders/?state=money_kept" in today
    assert order.number in found
    assert f"orders/{order.id}/refund/" not in page


@pytest.mark.parametrize(("language", "word"), [("en", "£116.45 of order"), ("zh-hans", "已退还 £116.45")])
def test_staff_give_the_money_back_again_and_it_waits_no_longer(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    order = money_kept(shop, monkeypatch)
    owner.read(language)
    address = f"orders/{order.id}/give-back/"
    before = marks()
    assert "£116.45" in owner.text(address)

    first, second = owner.post(address), owner.post(address)

    tags, words = said(first)
    assert (first.status_code, second.status_code) == (302, 422)
    assert "success" in tags
    assert word in words
    assert shop.payment(order.id).balance.refunded_minor == order.total_minor
    assert acts_since(before, owner) == ["orders.refund"]
    assert "money_kept" not in owner.text("")
    assert counted() == listed() == 0
    assert address not in owner.text(f"orders/{order.id}/")
    assert owner.get("audit/").status_code == 200


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("refused again", "not answered")), ("zh-hans", ("再次拒绝", "尚未答复")),
])  # fmt: skip
def test_money_refused_again_or_unanswered_is_said_to_be(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, str]
) -> None:
    order = money_kept(shop, monkeypatch)
    owner.read(language)

    for answer, tone, word in ((refuse, "error", words[0]), (silent, "warning", words[1])):
        monkeypatch.setattr(FakeProvider, "refund", answer)
        tags, told = said(owner.post(f"orders/{order.id}/give-back/"))
        assert tone in tags
        assert word in told
        owner.get(f"orders/{order.id}/")  # where the message is read


def test_a_clerk_cannot_give_money_back_and_is_not_sent_there(shop: SmallShop, clerk: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    order = money_kept(shop, monkeypatch)

    assert clerk.get(f"orders/{order.id}/give-back/").status_code == 403
    assert clerk.post(f"orders/{order.id}/give-back/").status_code == 403
    assert f"orders/{order.id}/give-back/" not in clerk.text(f"orders/{order.id}/")
    assert "money_kept" not in clerk.text("")


@pytest.mark.parametrize(("language", "word"), [("en", "was paid back"), ("zh-hans", "已退还")])
def test_money_that_went_back_is_said_to_have_gone(shop: SmallShop, owner: Staff, language: str, word: str) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)

    tags, told = said(pay_back(owner, order, **units(order, 1)))

    assert "success" in tags
    assert word in told
    assert "£12.50" in told


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("refused", "Nothing went back", "try again")), ("zh-hans", ("拒绝", "没有退出", "再试"))]
)
def test_a_refund_the_provider_refused_is_said_to_be_refused_and_what_to_do(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, ...]
) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)
    monkeypatch.setattr(FakeProvider, "refund", refuse)

    tags, told = said(pay_back(owner, order, **units(order, 1)))

    assert "error" in tags
    assert all(word in told for word in words), told
    assert "£12.50" in told
    assert order.number in told


@pytest.mark.parametrize(("language", "words"), [("en", ("asked", "not answered")), ("zh-hans", ("申请", "尚未答复"))])
def test_a_refund_without_an_answer_is_said_to_be_asked_for(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, ...]
) -> None:
    order = shop.buy(TEA=3)
    owner.read(language)
    monkeypatch.setattr(FakeProvider, "refund", silent)

    tags, told = said(pay_back(owner, order, **units(order, 1)))

    assert "warning" in tags
    assert all(word in told for word in words), told


@pytest.mark.parametrize(("language", "word"), [("en", "no money moves"), ("zh-hans", "没有款项")])
def test_pieces_that_cost_nothing_are_taken_back_and_no_money_moves(shop: SmallShop, owner: Staff, language: str, word: str) -> None:
    order = shop.buy(TEA=1, CUP=2)
    make_free(order, "CUP")
    owner.read(language)
    cup = next(line for line in order.lines if line.sku == "CUP")

    answer = pay_back(owner, order, **{f"units_{cup.id}": "2"})

    assert word in said(answer)[1]
    after = orders.order(order.id)
    assert (after.refunded_minor, next(line.refunded_units for line in after.lines if line.sku == "CUP")) == (0, 2)


def test_free_pieces_left_can_be_taken_back_though_all_money_went(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1, CUP=1)
    make_free(order, "CUP")
    line = next(line for line in order.lines if line.sku == "TEA")
    pay_back(owner, order, delivery="on", **{f"units_{line.id}": "1"})

    assert orders.order(order.id).refundable_minor == 0
    assert f"orders/{order.id}/refund/" in owner.text(f"orders/{order.id}/")


def test_an_order_that_ended_unpaid_offers_no_refund(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(method="test-silent", TEA=1)
    owner.post(f"orders/{order.id}/cancel/", reason="buyer")

    assert f"orders/{order.id}/refund/" not in owner.text(f"orders/{order.id}/")


def test_the_form_works_without_a_script_and_loads_one_from_this_shop(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=3)

    page = owner.text(f"orders/{order.id}/refund/")

    assert "Show the sum" in page
    assert re.search(r'<script src="/static/console/refund\.js\?v=[0-9a-f]{10}" defer', page)
