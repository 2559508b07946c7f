"""Money the buyer's bank withdrew is something to act on: Today says so, with the day, and the order's page shows it."""

from datetime import UTC, datetime

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import settle_payment
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.orders.shapes import Order
from shopkeeper.selling.payments.adapters.fake import webhook
from shopkeeper.selling.payments.adapters.provider import Answer
from shopkeeper.selling.payments.console import DISPUTES, EVENTS
from shopkeeper.selling.payments.shapes import DisputeState, EventKind

DUE = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)


def hear(shop: SmallShop, order: Order, kind: EventKind) -> None:
    name = shop.payment(order.id).name
    told = Answer(kind=kind, payment_name=name, key="", reference="", operation="dp_77", amount_minor=order.total_minor, due_at=DUE)
    message = webhook(told)
    settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=NOON)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("payment disputed by the buyer’s bank", "4 Dec", "Money withdrawn, to be answered")),
        ("zh-hans", ("笔付款被买家的银行提出争议", "12月4日", "款项已被划走，等待答复")),
    ],
)
def test_a_dispute_waits_for_staff_with_its_day(shop: SmallShop, owner: Staff, language: str, words: tuple[str, str, str]) -> None:
    waits, day, state = words
    owner.read(language)
    order = shop.buy(TEA=2)
    assert waits not in owner.text("")
    hear(shop, order, EventKind.DISPUTED)

    today, page, listed = owner.text(""), owner.text(f"orders/{order.id}/"), owner.text("payments/?state=disputed")

    assert waits in today
    assert day in today
    assert "payments/?state=disputed" in today
    assert state in page
    assert "dp_77" in page
    assert day in page
    assert "28.95" in listed
    assert state in owner.text(f"payments/{shop.payment(order.id).id}/")


def test_a_dispute_that_is_decided_waits_no_longer(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=2)
    hear(shop, order, EventKind.DISPUTED)
    hear(shop, order, EventKind.DISPUTE_WON)

    assert "payments/?state=disputed" not in owner.text("")
    assert "Won, the money is back" in owner.text(f"orders/{order.id}/")


def test_a_refund_of_money_in_dispute_is_refused_in_words(shop: SmallShop, owner: Staff) -> None:
    from shopkeeper.doors.refusals import explain
    from shopkeeper.selling.payments.shapes import MoneyDisputed

    told = str(explain(MoneyDisputed(2_895, 395, 2_500, "GBP")))

    assert "has withdrawn £25.00" in told
    assert "at most £3.95" in told


def test_every_word_of_a_provider_has_words_for_staff() -> None:
    assert set(EVENTS) == {kind.value for kind in EventKind}
    assert set(DISPUTES) == {state.value for state in DisputeState}
