"""What the pages of ordering cost in statements, with everything on them that can be."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_queries import MOST, visitor_with_everything
from shopkeeper.flows import ask_order, ship_order
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Address
from shopkeeper.selling.orders import public as orders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("who", ["guest", "member"])
def test_no_page_of_ordering_costs_more_than_six_statements(who: str) -> None:
    shop: Corner = corner()
    client, token = visitor_with_everything(shop, is_member=who == "member")
    order = orders.by_token(token)
    ship_order.ship(order_id=order.id, carrier="DHL", tracking_number="1", actor=None, now=timezone.now())
    ask_order.ask(order_id=order.id, kind="return", reason="faulty", wishes=None, now=timezone.now())
    own = Address(name="Ann", line1="1 Mill Lane", city="Norwich", postcode="NR3 1AA", country="GB")
    kept = customers.save_address(customer_id=order.buyer_id, address=own, now=NOON)
    found = {}

    for address in (
        "basket/", "checkout/", f"orders/{token}/", f"orders/{token}/ask/", "delivery/", f"delivery/?variant={shop.variants['LAMP']}",
        "find-order/", "account/", "account/news/", "account/addresses/new/", f"account/addresses/{kept.id}/", "goods/lamp/",
    ):  # fmt: skip
        assert client.get(f"/en/{address}").status_code in (200, 302), address
        pages.forget()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/en/{address}")
        found[address] = len(asked)

    assert {address: cost for address, cost in found.items() if cost > MOST} == {}
