"""A refund sent twice is paid once: its key names it for good."""

from typing import Any

import pytest

from shopkeeper.flows import refund_order, ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop, told
from shopkeeper.kit.ids import LineId
from shopkeeper.kit.refusals import KeyReused, OutOfRange
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Order, Refund, RefundReason, SumChanged, WrongState
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import ProviderSilent

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> SmallShop:
    return small_shop()


def refund(order: Order, *, key: str | None, units: int = 1, **changes: Any) -> Refund:
    lines = [(order.lines[0].id, units, False)] if units else []
    arguments = {"lines": lines, "delivery": False, "reason": RefundReason.LATE, "actor": None, "now": NOON}
    return refund_order.refund(order_id=order.id, key=key, **{**arguments, **changes})


def test_the_same_key_is_the_same_refund_and_pays_once(shop: SmallShop) -> None:
    order = shop.buy(TEA=3)

    first = refund(order, key="k" * 100)
    second = refund(order, key="k" * 100)

    assert second == first
    assert orders.order(order.id).refunded_minor == 1_250
    assert shop.payment(order.id).balance.refunded_minor == 1_250
    assert len(told("OrderRefunded")) == 1
    assert [entry.act for entry in audit.entries(subject=f"order:{order.id}")].count("orders.refund") == 1


def test_a_refund_of_everything_is_the_same_though_it_closed_the_order(shop: SmallShop) -> None:
    order = shop.buy(TEA=2)

    first = refund(order, key="all", units=2, delivery=True)

    assert refund(order, key="all", units=2, delivery=True) == first
    assert orders.order(order.id).refunded_minor == 2_895


def test_without_a_key_or_with_another_it_is_another_refund(shop: SmallShop) -> None:
    order = shop.buy(TEA=5)

    made = {refund(order, key=key).id for key in (None, None, "a", "b")}

    assert len(made) == 4
    assert orders.order(order.id).refunded_minor == 5_000


@pytest.mark.parametrize("changes", [{"units": 2}, {"delivery": True}, {"reason": RefundReason.OTHER}, {"note": "sorry"}])
def test_a_key_with_other_content_is_refused_and_pays_nothing(shop: SmallShop, changes: dict[str, Any]) -> None:
    order = shop.buy(TEA=3)
    refund(order, key="a")

    with pytest.raises(KeyReused) as refused:
        refund(order, key="a", **changes)

    assert refused.value.field == "idempotency_key"
    assert orders.order(order.id).refunded_minor == 1_250


def test_a_key_of_another_order_is_refused(shop: SmallShop) -> None:
    first, second = shop.buy(TEA=2), shop.buy(TEA=2)
    refund(first, key="a", units=0, delivery=True)

    with pytest.raises(KeyReused):
        refund(second, key="a", units=0, delivery=True)

    assert orders.order(second.id).refunded_minor == 0


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_a_key_that_is_empty_or_too_long_is_refused(shop: SmallShop, key: str) -> None:
    order = shop.buy(TEA=2)

    with pytest.raises(OutOfRange) as refused:
        refund(order, key=key)

    assert refused.value.field == "idempotency_key"
    assert orders.order(order.id).refunds == ()


def test_a_refund_the_provider_was_silent_about_is_finished_by_sending_it_again(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.buy(TEA=3)

    def silent(self: FakeProvider, ask: object) -> None:
        raise ProviderSilent

    with monkeypatch.context() as outage:
        outage.setattr(FakeProvider, "refund", silent)
        asked = refund(order, key="a")
    again = refund(order, key="a")

    assert (asked.state.value, again.state.value, again.id) == ("asked", "settled", asked.id)
    assert shop.payment(order.id).balance.refunded_minor == 1_250


def test_what_is_kept_of_a_key_is_no_invoice_number_and_fits_its_column(shop: SmallShop) -> None:
    order = shop.buy(TEA=2)

    refund(order, key="C536379/21731")

    code = models.Refund.objects.get().external_code or ""
    assert code.startswith("key:")
    assert "536379" not in code
    assert len(code) <= 64


def test_another_sum_than_the_one_seen_is_refused_with_both_and_pays_nothing(shop: SmallShop) -> None:
    order = shop.buy(TEA=3)

    with pytest.raises(SumChanged) as refused:
        refund(order, key="a", seen_minor=1_249)

    assert (refused.value.seen_minor, refused.value.now_minor, refused.value.currency) == (1_249, 1_250, "GBP")
    assert orders.order(order.id).refunds == ()
    assert shop.payment(order.id).balance.refunded_minor == 0
    assert refund(order, key="a", seen_minor=1_250).total_minor == 1_250


def test_a_refund_sent_twice_with_the_sum_seen_answers_the_same_though_the_next_would_be_another(shop: SmallShop) -> None:
    order = shop.buy(TEA=3)
    models.OrderLine.objects.filter(order_id=order.id).update(gross_minor=1_000, goods_minor=1_000, tax_minor=0)

    first = refund(order, key="a", seen_minor=334)

    assert refund(order, key="a", seen_minor=334) == first


def test_a_parcel_is_refused_where_what_is_left_has_moved_since_it_was_seen(shop: SmallShop) -> None:
    order = shop.buy(TEA=3)
    line = order.lines[0].id
    parcel: dict[str, Any] = {"order_id": order.id, "carrier": "DHL", "lines": [(line, 1)], "actor": None, "now": NOON}
    ship_order.ship(**parcel, left={line: 3})

    with pytest.raises(WrongState):
        ship_order.ship(**parcel, left={LineId(line): 3})

    assert orders.order(order.id).lines[0].shipped_units == 1
