"""What a console page costs in statements: every page of the console's own list of addresses, session, sign-in and rights counted."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from shopkeeper.doors.console import frame, rooms
from shopkeeper.doors.console import urls as console
from shopkeeper.doors.console.listing import ListingView
from shopkeeper.doors.console.tests.builders import Staff, variant
from shopkeeper.doors.console.tests.test_lists import a_little_trade, mailed, more_goods
from shopkeeper.doors.console.tests.test_today import EVENING, told_to_the_lake
from shopkeeper.flows import ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import ORDER_KINDS
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import StaffSession
from shopkeeper.ops.access.shapes import Role

MOST = 6
PLACES = 10
"""Where the owner is signed in besides."""


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
    for _again in range(PLACES):
        signed_in_elsewhere(owner)
    return shop


def signed_in_elsewhere(person: Staff) -> None:
    """Sign somebody in once more, in another browser."""
    browser = Client()
    browser.force_login(person.user)
    access.arrive(user_id=person.id, session_id=None, session_key=str(browser.session.session_key), browser="", now=timezone.now())


def cost(person: Staff, address: str) -> int:
    """Return how many statements a page costs that was opened once before, in its dearest minute: the one that notes the session.

    Counted where every statement passes, and not by Django's log of them, with which statements take another way than in a shop.
    """
    person.get(address)
    StaffSession.objects.update(seen_at=frame.now() - timedelta(minutes=2))
    number = 0

    def count(execute: Any, *statement: Any) -> Any:
        nonlocal number
        number += 1
        return execute(*statement)

    with connection.execute_wrapper(count):
        person.get(address)
    return number


def test_no_page_costs_more_than_six_statements(trading: SmallShop, owner: Staff) -> None:
    found = {re.sub(r"/\d+/", "/<pk>/", address): cost(owner, address) for address in addresses(owner)}

    assert len(found) >= 90
    assert len(access.sessions_of(owner.id)) == PLACES + 1
    assert {address: each for address, each in found.items() if each > MOST} == {}


def test_the_first_page_costs_no_more_with_figures_and_without(trading: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "now", lambda: EVENING)
    no_figures = cost(owner, "")

    told_to_the_lake()

    page = owner.text("")
    assert no_figures <= MOST
    assert "TEA" in page or "Tea" in page
    assert cost(owner, "") <= MOST
    assert cost(owner, "?export=csv&what=goods") <= MOST


def test_a_shop_that_sold_nothing_yet_costs_no_more(shop: SmallShop, owner: Staff) -> None:
    assert cost(owner, "") <= MOST


def test_a_role_of_the_shops_own_costs_not_one_more(trading: SmallShop, owner: Staff) -> None:
    manager = Staff(Role.MANAGER)
    asked = ("", "orders/", "products/", f"prices/{variant(trading)}/set/", "payments/", "stock/", "approvals/")
    before = [cost(manager, address) for address in asked]
    acts = access.acts_of_role(Role.MANAGER) - {"backup.take"}
    _was, role = access.save_own_role(code=None, name=Bilingual("Night", "夜班"), acts=acts & offered(), now=timezone.now())
    get_user_model().objects.filter(pk=manager.id).update(role=role.code.value)

    assert [manager.get(address).status_code for address in asked] == [200] * len(asked)
    assert [cost(manager, address) for address in asked] == before


def offered() -> set[str]:
    return {act for acts in access.offered_acts().values() for act in acts}


def test_a_mail_costs_no_more_whatever_it_tells(trading: SmallShop, owner: Staff) -> None:
    order = trading.buy(TEA=1)
    ship_order.ship(order_id=order.id, carrier="DHL", tracking_number="1", actor=None, now=NOON)
    messages.save_settings(review_ground="consent", review_days=1, actor=None, now=NOON)
    for kind in ORDER_KINDS:
        messages.order_mail(kind=kind, order_id=order.id, key=kind, now=NOON)
    ids = {each.kind: each.id for each in messages.outgoing(order_id=order.id)}

    assert set(ids) == ORDER_KINDS
    assert {kind: each for kind, pk in ids.items() if (each := cost(owner, f"messages/{pk}/")) > MOST} == {}


def test_a_session_that_is_in_use_is_noted_in_that_minute(owner: Staff) -> None:
    cost(owner, "account/")

    assert StaffSession.objects.get().seen_at > frame.now() - timedelta(minutes=1)


def test_a_list_that_asks_once_for_each_row_is_found(trading: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ListingView.known

    def one_by_one(view: ListingView, rows: list[Any]) -> list[Any]:
        return [each for row in rows for each in real(view, [row])]

    monkeypatch.setattr(ListingView, "known", one_by_one)

    assert cost(owner, "payments/") > MOST
