"""What a console page costs in statements: every page of the console's own list of addresses, session, sign-in and rights counted."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from shopkeeper.doors.console import rooms
from shopkeeper.doors.console import urls as console
from shopkeeper.doors.console.listing import ListingView
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.console.tests.test_lists import a_little_trade, mailed, more_goods
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role

MOST = 6
NOT_YET = {"": 12, "health/": 8, "prices/<pk>/set/": 8, "prices/<pk>/withdraw/": 8, "products/": 7}
"""What costs more than six so far, and how much at most; nothing may join them."""


def patterns(found: Any = None, before: str = "") -> Iterator[str]:
    """Yield every address that is ours, of the console's own list of addresses."""
    for each in console.urlpatterns if found is None else found:
        path = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, path)
        elif isinstance(each, URLPattern) and str(each.name).startswith("console_"):
            yield path


def addresses(owner: Staff) -> Iterator[str]:
    """Yield every address of the console with a row that is there."""
    for desk in rooms.DESKS:
        first = desk.listing.rows().first()
        for pattern in desk.get_urlpatterns():
            path = str(pattern.pattern)
            if first is not None or "<" not in path:
                yield f"{desk.listing.name}/{path.replace('<int:pk>', str(first.pk if first else 0))}"
    yield from (path.replace("<int:pk>", str(owner.id)) for path in patterns())


@pytest.fixture
def trading(shop: SmallShop, owner: Staff) -> SmallShop:
    """A shop with enough rows of everything that a page which asks once for each of them is seen."""
    a_little_trade(shop)
    more_goods(shop, 6)
    for _again in range(3):
        mailed(shop.buy(TEA=1, M1=1))
    Staff(Role.CLERK)
    access.invite(email="new@shop.local", role=Role.CLERK, actor=owner.id, now=timezone.now())
    return shop


def cost(owner: Staff, address: str) -> int:
    """Return how many statements a page costs that was opened once before."""
    owner.get(address)
    with CaptureQueriesContext(connection) as seen:
        owner.get(address)
    return len(seen)


def test_no_page_costs_more_than_six_statements(trading: SmallShop, owner: Staff) -> None:
    found = {re.sub(r"/\d+/", "/<pk>/", address): cost(owner, address) for address in addresses(owner)}

    assert len(found) >= 90
    assert {address: each for address, each in found.items() if each > NOT_YET.get(address, MOST)} == {}


def test_a_list_that_asks_once_for_each_row_is_found(trading: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ListingView.known

    def one_by_one(view: ListingView, rows: list[Any]) -> list[Any]:
        return [each for row in rows for each in real(view, [row])]

    monkeypatch.setattr(ListingView, "known", one_by_one)

    assert cost(owner, "payments/") > MOST
