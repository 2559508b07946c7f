"""The second factor and the second person, as people meet them in the console."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.console import words
from shopkeeper.doors.console.tests.builders import PASSWORD, Staff
from shopkeeper.doors.console.tests.test_words import has_both
from shopkeeper.flows import approve
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import FactorUse
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.approvals import models as rows
from shopkeeper.ops.approvals.console import DEEDS_CALLED, STATES
from shopkeeper.ops.approvals.shapes import ApprovalState
from shopkeeper.selling.orders import public as orders

STATES_CALLED = {code: label for code, (label, _tone) in STATES.items()}
SET_UP = "/console/second-factor/set-up/"
GIVE = "/console/second-factor/"


def code(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps)))


def set_up(staff: Staff) -> tuple[str, list[str]]:
    """Set up a factor over the page and return its key and the recovery codes it showed."""
    page = staff.client.get(SET_UP).content.decode()
    found = re.search(r'class="sk-key">([^<]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    # The code of the half minute before: later ones are left for signing in.
    answer = staff.client.post(SET_UP, {"secret": "1", "code": code(secret, steps=-1)})
    assert answer.status_code == 200, answer.content.decode()
    return secret, re.findall(r"<li><code>([^<]+)</code>", answer.content.decode())


def signed_in(email: str = "owner@shop.local") -> Client:
    client = Client()
    client.post("/console/login/", {"username": email, "password": PASSWORD})
    return client


def test_a_password_alone_opens_nothing_once_a_factor_is_set_up(owner: Staff) -> None:
    secret, codes = set_up(owner)
    client = signed_in()
    assert len(codes) == 10
    for address in ("", "orders/", "staff/", "account/", "settings/change/"):
        answer = client.get(f"/console/{address}")
        assert answer.status_code == 302
        assert answer["Location"].startswith(GIVE)
    assert client.post("/console/staff/invite/", {"email": "x@example.org", "role": "owner", "language": "en"})["Location"] == GIVE
    assert client.get("/api/v1/staff/orders").json()["code"] == "second_factor_due"

    wrong = client.post(GIVE, {"code": "000000"})
    right = client.post(GIVE, {"code": code(secret), "next": "/console/orders/"})

    assert (wrong.status_code, right.status_code, right["Location"]) == (422, 302, "/console/orders/")
    assert client.get("/console/orders/").status_code == 200
    assert client.get("/api/v1/staff/orders").status_code == 200
    replayed = signed_in()
    assert replayed.post(GIVE, {"code": code(secret, steps=-1)}).status_code == 422
    assert replayed.post(GIVE, {"code": codes[0]}).status_code == 302


def test_too_many_codes_are_answered_as_that(owner: Staff) -> None:
    set_up(owner)
    client = signed_in()

    answers = [client.post(GIVE, {"code": "000000"}).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_it_is_asked_for_can_wait_and_after_the_grace_nothing_else_opens(owner: Staff) -> None:
    client = signed_in()
    assert client.get("/console/orders/")["Location"].startswith(SET_UP)
    client.post(SET_UP, {"later": "1"})
    assert client.get("/console/orders/").status_code == 200

    FactorUse.objects.filter(pk=owner.id).update(asked_at=timezone.now() - timedelta(days=8))

    assert client.get("/console/orders/")["Location"].startswith(SET_UP)
    client.post(SET_UP, {"later": "1"})
    assert client.post("/console/staff/invite/", {"email": "x@example.org"})["Location"] == SET_UP
    assert client.get("/api/v1/staff/orders").json()["code"] == "second_factor_due"
    assert 'name="later"' not in client.get(SET_UP).content.decode()


def test_a_clerk_is_not_asked_and_a_shopper_never_meets_it(shop: SmallShop, clerk: Staff) -> None:
    client = signed_in("clerk@shop.local")
    assert client.get("/console/orders/").status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_carry_their_picture_and_load_nothing_from_elsewhere(owner: Staff, language: str) -> None:
    owner.read(language)
    page = owner.client.get(SET_UP).content.decode()

    assert "<svg" in page
    assert re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]+)"', page) == []
    assert ("设置两步验证" in page) == (language == "zh-hans")


def test_a_person_sees_where_they_are_signed_in_and_ends_it(owner: Staff) -> None:
    other = signed_in()
    other.post(SET_UP, {"later": "1"})
    assert other.get("/console/orders/").status_code == 200

    owner.client.post("/console/account/sessions/end/")

    assert other.get("/console/orders/").status_code == 302
    assert owner.get("account/").status_code == 200
    assert len(access.sessions_of(owner.id)) == 1


@pytest.mark.parametrize("change", ["role", "deactivate", "sessions"])
def test_what_an_owner_does_to_somebody_holds_at_their_next_click(owner: Staff, manager: Staff, change: str) -> None:
    assert manager.get("orders/").status_code == 200

    owner.post(f"staff/{manager.id}/{change}/", role="clerk", which="")

    answer = manager.get("orders/")
    assert answer.status_code == 302
    assert "/console/login/" in answer["Location"]


def refund_form(shop: SmallShop, staff: Staff) -> tuple[int, Any]:
    """Ask for a refund above the limit over the form."""
    shop.receive("TEA", 50)
    order = shop.buy(TEA=20)
    line = order.lines[0].id
    answer = staff.post(f"orders/{order.id}/refund/", once=f"f{order.id}", reason="late", sum="25000", **{f"units_{line}": "20"})
    return order.id, answer


def test_a_refund_above_the_limit_waits_is_shown_and_is_paid_when_another_approves(
    shop: SmallShop, owner: Staff, manager: Staff, clerk: Staff
) -> None:
    order_id, answer = refund_form(shop, manager)
    asked = rows.Approval.objects.get()

    assert answer.status_code == 302
    assert orders.order(order_id).refunded_minor == 0  # type: ignore[arg-type]
    assert "act for a second person" in owner.text("")
    assert "£250.00" in owner.text(f"approvals/{asked.pk}/")
    frozen, _heading, today = owner.text(f"approvals/{asked.pk}/").partition("As it stands now")
    assert "frozen when it was asked" in frozen
    assert "Went back by now" not in frozen
    assert "Went back by now" in today
    assert f"/console/approvals/{asked.pk}/" in manager.text(f"orders/{order_id}/")
    assert "/approve/" not in manager.text(f"approvals/{asked.pk}/")
    assert "/approve/" not in clerk.text(f"approvals/{asked.pk}/")
    own = manager.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)
    assert own.status_code == 422
    assert clerk.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 403

    approved = owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)

    assert approved.status_code == 302
    assert orders.order(order_id).refunded_minor == 25_000  # type: ignore[arg-type]
    assert owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 422
    assert len(orders.order(order_id).refunds) == 1  # type: ignore[arg-type]


def test_the_same_over_the_api_says_what_it_waits_for(shop: SmallShop, owner: Staff, manager: Staff) -> None:
    shop.receive("TEA", 50)
    order = shop.buy(TEA=20)
    manager.client.cookies["csrftoken"] = "t" * 32
    body = {"lines": [{"line_id": order.lines[0].id, "units": 20}], "reason": "late"}

    answers = [
        manager.client.post(
            f"/api/v1/staff/orders/{order.number}/refunds", body, content_type="application/json", headers={"X-CSRFToken": "t" * 32}
        )
        for _ in range(2)
    ]

    asked = rows.Approval.objects.get()
    for answer in answers:
        assert answer.status_code == 409
        assert (answer.json()["code"], answer.json()["approval"]) == ("waiting_for_approval", asked.pk)


def test_the_owner_sets_the_limits_and_a_manager_does_not(owner: Staff, manager: Staff) -> None:
    assert manager.post("settings/limits/", refund_over="1", price_drop="", grace_days="60").status_code == 403
    assert owner.post("settings/limits/", refund_over="12.5", price_drop="100", grace_days="3").status_code == 422

    owner.post("settings/limits/", refund_over="12.50", price_drop="", grace_days="3")

    assert "£12.50" in owner.text("settings/")
    assert access.grace_days() == 3


def test_an_owner_makes_a_role_and_it_opens_what_was_ticked(shop: SmallShop, owner: Staff) -> None:
    made = owner.post("staff/roles/new/", name_en="Packer", name_zh="打包员", acts_orders=["orders.view", "orders.ship"])
    (role,) = access.own_roles()
    forged = owner.post("staff/roles/new/", name_en="Boss", acts_staff=["staff.change_role"])
    clerk = Staff(Role.CLERK)
    owner.post(f"staff/{clerk.id}/role/", role=role.code)
    clerk.client.force_login(clerk.user.__class__.objects.get(pk=clerk.id))

    assert (made.status_code, forged.status_code) == (302, 422)
    assert clerk.get("orders/").status_code == 200
    assert clerk.get("stock/").status_code == 403
    assert "Packer" in owner.text("staff/")
    owner.read("zh-hans")
    assert "打包员" in owner.text("staff/roles/")
    pk = role.code.removeprefix("own-")
    assert owner.post(f"staff/roles/{pk}/remove/").status_code == 422
    assert len(access.own_roles()) == 1


def test_every_act_and_every_room_of_the_table_has_words_in_both_languages() -> None:
    acts = access.acts_of_built_in(Role.OWNER)
    assert set(words.ACTS) == acts
    assert has_both(words.ACTS, acts) == []
    assert has_both(words.ROOMS, {act.partition(".")[0] for act in acts}) == []
    assert has_both(DEEDS_CALLED, [*approve.DEEDS, "backup.restore"]) == []
    assert has_both(STATES_CALLED, ApprovalState) == []
    assert has_both(words.ACTS, ["planted.act"]) == ["planted.act"]
