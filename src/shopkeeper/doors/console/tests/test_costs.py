"""What goods cost the shop: set and seen by who may, told in words, and never by a shopper."""

from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from shopkeeper.doors.console.tests.builders import Staff, acts_since, marks, open_texts, variant
from shopkeeper.flows import set_price
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals import models as waiting
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.ops.audit import models as trail
from shopkeeper.selling.pricing import public as pricing

SECRET = 73_19
"""No other amount of the small shop looks like this one."""


def cost(shop: SmallShop, amount: int | None = SECRET) -> None:
    pricing.set_cost(variant_id=shop.variants["TEA"], amount_minor=amount, note="invoice", actor=None, now=NOON)


def test_a_cost_is_set_beside_the_price_and_shown_with_its_margin(shop: SmallShop, manager: Staff) -> None:
    page = f"prices/{variant(shop)}/"
    assert "no cost given" in manager.text(page)
    assert "Margin:" not in manager.text(page)
    before = marks()

    answer = manager.post(f"{page}cost/", cost="7.00", note="invoice 12")

    assert answer.status_code == 302
    assert acts_since(before, manager) == ["pricing.set_cost"]
    assert pricing.costs([shop.variants["TEA"]]) == {shop.variants["TEA"]: 700}
    # 12.50 holds 2.08 of tax: 10.42, less 7.00
    shown = manager.text(page)
    assert "£3.42 (32.82%)" in shown
    assert "invoice 12" in shown
    assert "no cost given" not in shown


def test_emptied_it_is_not_known_again(shop: SmallShop, manager: Staff) -> None:
    cost(shop, 700)

    manager.post(f"prices/{variant(shop)}/cost/", cost="", note="wrong invoice")

    assert pricing.costs([shop.variants["TEA"]]) == {}
    assert "no cost given" in manager.text(f"prices/{variant(shop)}/")
    assert "no cost given" in manager.text(f"prices/{variant(shop)}/cost/")


@pytest.mark.parametrize(("typed", "told"), [("-1", "out of range"), ("seven", "is not an amount"), ("7.001", "finer than the currency")])
def test_an_odd_cost_is_refused_beside_its_field(shop: SmallShop, manager: Staff, typed: str, told: str) -> None:
    before = marks()

    answer = manager.post(f"prices/{variant(shop)}/cost/", cost=typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert marks() == before


def test_a_cost_above_the_standing_price_is_a_note_and_stops_nothing(shop: SmallShop, manager: Staff) -> None:
    answer = manager.client.post(f"/console/prices/{variant(shop)}/cost/", {"cost": "50"}, follow=True)

    shown = answer.content.decode()
    assert "lies below it without tax; nothing else was changed" in shown
    assert "below what a piece costs" in shown
    assert pricing.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 1_250


def test_a_price_below_cost_waits_and_both_read_why(shop: SmallShop, owner: Staff, manager: Staff) -> None:
    cost(shop, 1_000)
    wish = {"price_list": str(pricing.default_price_list().id), "amount": "11.99", "reason": "sale"}

    asked = manager.client.post(f"/console/prices/{variant(shop)}/set/", wish, follow=True)

    assert (
        "Without tax, this price is lower than what a piece costs, or did within the last 30 days. It is not done yet"
        in asked.content.decode()
    )
    row = waiting.Approval.objects.get()
    assert f"/console/approvals/{row.pk}/" in owner.text(f"prices/{variant(shop)}/")
    shown = owner.text(f"approvals/{row.pk}/")
    assert "Without tax, this price is lower than what a piece costs, or did within the last 30 days." in shown
    assert "£10.00" in shown
    assert "£9.99" in shown
    assert "£10.00" not in told_without_costs(owner, row.pk)


def told_without_costs(owner: Staff, number: int) -> str:
    """Return the page of what waits, for somebody who may see it and not what goods cost."""
    acts = {"approvals.view", "metrics.view"}
    _was, role = access.save_own_role(code=None, name=Bilingual("Looks on", "旁观"), acts=acts, now=NOON)
    type(owner.user).objects.filter(pk=owner.id).update(role=role.code.value)
    answer = owner.get(f"approvals/{number}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_clerk_neither_sees_nor_sets_a_cost(shop: SmallShop, clerk: Staff) -> None:
    cost(shop)
    before = marks()

    page = clerk.text(f"prices/{variant(shop)}/")
    answers = [clerk.get(f"prices/{variant(shop)}/cost/"), clerk.post(f"prices/{variant(shop)}/cost/", cost="1")]

    assert "73.19" not in page
    assert "Cost per piece" not in page
    assert [each.status_code for each in answers] == [403, 403]
    assert marks() == before


def test_a_chinese_reader_reads_it_in_chinese(shop: SmallShop, manager: Staff) -> None:
    manager.read("zh-hans")

    shown = manager.text(f"prices/{variant(shop)}/")

    assert "未填成本" in shown
    assert "单件成本" in shown


@pytest.mark.parametrize(
    "address", ["/en/", "/en/goods/", "/en/goods/tea/", "/zh-hans/goods/tea/", "/api/v1/products", "/api/v1/products/tea", "/en/basket/"]
)
def test_no_shopper_sees_a_cost(shop: SmallShop, address: str) -> None:
    open_texts()
    cost(shop)

    answer: Any = Client().get(address)

    assert answer.status_code == 200
    shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"73.19" not in shown
    assert b"7319" not in shown


def may(person: Staff, *acts: str) -> None:
    """Give a person a role of the shop's own with these acts alone."""
    _was, role = access.save_own_role(code=None, name=Bilingual("Own", "自定"), acts=set(acts), now=NOON)
    type(person.user).objects.filter(pk=person.id).update(role=role.code.value)


@pytest.mark.parametrize("sees_costs", [False, True])
def test_the_trail_shows_a_cost_and_its_note_to_who_may_see_costs_alone(
    shop: SmallShop, owner: Staff, manager: Staff, sees_costs: bool
) -> None:
    for amount in (1_000, SECRET, None):
        cost(shop, amount)
    with suppress(WaitingForApproval):
        set_price.set_price(variant_id=shop.variants["TEA"], amount_minor=1_100, reason="sale", actor=manager.id, now=NOON)
    may(owner, "metrics.view", "audit.view", "approvals.view", *(["pricing.view_costs"] if sees_costs else []))
    entries = [f"audit/{row.pk}/" for row in trail.Record.objects.filter(act="pricing.set_cost")]
    waits = [f"approvals/{row.pk}/" for row in waiting.Approval.objects.all()]

    entry = "".join(owner.text(path) for path in entries)
    others = ["audit/", "approvals/", *(f"{room}/?export={kind}" for room in ("audit", "approvals") for kind in ("csv",)), *waits]
    rest = b"".join(b"".join(answer) if answer.streaming else answer.content for answer in map(owner.get, others)).decode()

    assert len(entries) == 3
    assert ("73.19" in entry, "cost_minor" in entry, "invoice" in entry) == (sees_costs,) * 3
    assert "Costs are left out" in entry or sees_costs
    assert ("73.19" in rest) == sees_costs  # The highest of the month, on the page of the price that waits.
    assert not any(word in rest for word in ("7319", "invoice"))
