"""What a role does not include is neither shown nor done."""

from typing import Any

import pytest

from shopkeeper.doors.console import menu
from shopkeeper.doors.console.rooms import DESKS
from shopkeeper.doors.console.tests.builders import Staff, marks, variant
from shopkeeper.doors.console.tests.test_lists import a_little_trade
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.orders import public as orders

CLERK_MAY_NOT = (
    "payments/",
    "audit/",
    "facts/",
    "staff/",
    "staff/invite/",
    "products/new/",
    "categories/new/",
    "price-lists/new/",
    "taxes/new/",
    "delivery/new/",
    "warehouses/new/",
    "settings/change/",
    "settings/currency/",
)
MANAGER_MAY_NOT = ("staff/invite/", "taxes/new/", "settings/change/", "settings/currency/")


@pytest.mark.parametrize("address", CLERK_MAY_NOT)
def test_a_clerk_is_refused_and_nothing_changes(clerk: Staff, address: str) -> None:
    before = marks()

    assert clerk.get(address).status_code == 403
    assert clerk.post(address, email="x@example.com", role="owner", language="en").status_code == 403

    assert marks() == before


@pytest.mark.parametrize("address", MANAGER_MAY_NOT)
def test_a_manager_is_refused(manager: Staff, address: str) -> None:
    assert manager.get(address).status_code == 403
    assert manager.post(address).status_code == 403


def test_a_clerk_cannot_set_a_price_adjust_stock_or_refund(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(TEA=1)
    before = marks()

    answers = [
        clerk.post(each) for each in (f"prices/{variant(shop)}/set/", f"stock/{variant(shop)}/adjust/", f"orders/{order.id}/refund/")
    ]

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert marks() == before


def test_a_clerk_ships(shop: SmallShop, clerk: Staff) -> None:
    order = shop.buy(TEA=1)
    (line,) = order.lines

    answer = clerk.post(f"orders/{order.id}/ship/", carrier="Royal Mail", **{f"units_{line.id}": "1"})

    assert answer.status_code == 302
    assert orders.order(order.id).state.value == "shipped"


def test_a_page_offers_no_button_that_would_be_refused(shop: SmallShop, owner: Staff, clerk: Staff) -> None:
    order = shop.buy(TEA=1)

    assert "/refund/" in owner.text(f"orders/{order.id}/")
    assert "/refund/" not in clerk.text(f"orders/{order.id}/")
    assert "/ship/" in clerk.text(f"orders/{order.id}/")
    assert "/set/" not in clerk.text(f"prices/{variant(shop)}/")
    assert "/adjust/" not in clerk.text(f"stock/{variant(shop)}/")


def test_a_list_that_may_be_seen_leads_nobody_to_a_page_that_is_refused(shop: SmallShop, owner: Staff, manager: Staff) -> None:
    rows = {staff.role: staff.get("taxes/").context["lines"] for staff in (owner, manager)}

    for seen in rows.values():
        assert [row.title for row in seen] == ["All others", "United Kingdom"]
    assert [row.cells[0].url for row in rows[Role.OWNER]] == [f"/console/taxes/{row.pk}/edit/" for row in rows[Role.OWNER]]
    assert [[cell.url for cell in row.cells] for row in rows[Role.MANAGER]] == [[None, None], [None, None]]
    assert "/edit/" not in manager.text("taxes/")


def test_every_link_of_every_list_opens_for_whoever_is_shown_it(shop: SmallShop, owner: Staff, manager: Staff, clerk: Staff) -> None:
    a_little_trade(shop)
    shut, followed = [], 0

    for staff in (manager, clerk):
        for desk in DESKS:
            lines = access.may(staff.id, desk.listing.see) and staff.get(f"{desk.listing.name}/").context["lines"]
            for address in [cell.url for cell in lines[0].cells if cell.url] if lines else []:
                followed += 1
                if staff.client.get(address).status_code == 403:
                    shut.append((staff.role, address))

    assert shut == []
    assert followed > 40


def test_export_of_people_is_for_the_owner_alone(shop: SmallShop, owner: Staff, manager: Staff, clerk: Staff) -> None:
    shop.buy(TEA=1)

    codes = [each.get("customers/?export=csv").status_code for each in (owner, manager, clerk)]

    assert codes == [200, 403, 403]
    assert "export=csv" not in manager.text("customers/")


def test_the_menu_shows_what_a_role_may_open_and_nothing_of_wagtail(owner: Staff, clerk: Staff) -> None:
    assert names(owner) == [f"console-{entry.name}" for entry in menu.ENTRIES]
    assert names(clerk) == [f"console-{entry.name}" for entry in menu.ENTRIES if access.may(clerk.id, entry.act)]


def names(staff: Staff) -> list[str]:
    """Return the names of the menu's items, in order."""
    request: Any = staff.get("figures/").wsgi_request
    items: list[Any] = []
    menu.construct(request, items)
    return [item.name for item in items]


@pytest.mark.parametrize(
    "address", ["users/", "groups/", "images/", "documents/", "snippets/", "reports/site-history/", "pages/", "collections/", "nowhere/"]
)
def test_wagtails_own_rooms_stay_shut_even_for_the_owner(owner: Staff, address: str) -> None:
    answer = owner.get(address)

    assert answer.status_code == 404
    assert "There is nothing under this number" in answer.content.decode()


def test_every_act_of_every_page_is_one_an_owner_may_do(owner: Staff) -> None:
    acts = {entry.act for entry in menu.ENTRIES}
    for desk in DESKS:
        acts |= {desk.listing.see, *(bulk.act for bulk in desk.listing.bulk), *([desk.listing.export] if desk.listing.export else [])}
        acts |= {command.act for command in (*desk.makes.values(), *desk.about.values())}

    assert len(acts) > 30
    assert acts <= access.acts_of(owner.id)


def test_a_shopper_and_a_stranger_are_sent_to_the_sign_in(shop: SmallShop, clerk: Staff, django_user_model: Any) -> None:
    shopper = django_user_model.objects.create_user("buyer@example.com", "another quiet password")
    clerk.client.force_login(shopper)
    assert clerk.get("orders/").status_code == 302
    clerk.client.logout()
    answer = clerk.get("orders/")

    assert answer.status_code == 302
    assert "/console/login/" in answer["Location"]
