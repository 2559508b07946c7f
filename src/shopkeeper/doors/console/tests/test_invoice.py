"""The invoice in the console: offered once the order is paid, and refused in words before."""

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import SmallShop

pytestmark = pytest.mark.django_db


def test_a_paid_order_offers_its_invoice(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)

    assert f"/console/orders/{order.id}/invoice.pdf" in owner.text(f"orders/{order.id}/")
    assert owner.get(f"orders/{order.id}/invoice.pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize(("language", "said"), [("en", "has not been paid yet."), ("zh-hans", "还没有付款。")])
def test_an_order_not_yet_paid_offers_none_and_its_address_says_why(shop: SmallShop, owner: Staff, language: str, said: str) -> None:
    order = shop.buy(method="test-silent", TEA=1)
    owner.read(language)

    assert "invoice.pdf" not in owner.text(f"orders/{order.id}/")
    answer = owner.get(f"orders/{order.id}/invoice.pdf")

    assert answer.status_code == 302
    assert answer["Location"] == f"/console/orders/{order.id}/"
    assert said in owner.text(f"orders/{order.id}/")
