"""Every address of the console and every route of the API, tried by everybody: it opens for whom the table of permissions says."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI

from shopkeeper.doors.console.tests.builders import open_texts
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.rules import permissions
from shopkeeper.ops.access.shapes import OwnRoleCode, Role
from shopkeeper.ops.approvals import public as approvals
from tests.access import doors

EVERYBODY = ("owner", "manager", "clerk", "nothing", "shopper", "anonymous")
LET_IN = frozenset({200, 302, 400, 404, 405, 410, 422})
CSRF = "t" * 32


class Visitor:
    """Somebody at the doors: a member of staff, one with a role that includes nothing, a shopper, or nobody signed in."""

    def __init__(self, who: str) -> None:
        self.who, self.client = who, Client(raise_request_exception=False)
        self.acts: frozenset[str] = frozenset()
        if who == "anonymous":
            return
        email, now = f"{who}@example.org", timezone.now()
        if who == "shopper":
            self.id = access.register_shopper(email=email, password="seven grey herons 7", name="Sam", language="en", now=now)
        else:
            made = access.invite(email=email, role=_role(who), actor=None, now=now)
            self.id = access.accept(token=made.token, name=who, password="seven grey herons 7", now=now)
            # From the table itself, so that a fault in what answers for it shows.
            self.acts = frozenset(permissions.acts_of(Role(who))) if who in set(Role) else frozenset()
        self.client.force_login(get_user_model().objects.get(pk=self.id))
        if who != "shopper":
            _put_off(self.client, self.id)
        self.client.cookies[configured.CSRF_COOKIE_NAME] = CSRF

    @property
    def is_staff(self) -> bool:
        return self.who not in ("shopper", "anonymous")

    def may(self, act: str) -> bool:
        """Return what the table says."""
        return act == doors.OPEN or (self.is_staff and (act == doors.SIGNED_IN or act in self.acts))


def _role(who: str) -> Role | OwnRoleCode:
    if who in set(Role):
        return Role(who)
    return access.save_own_role(code=None, name=Bilingual("Nothing", "无"), acts=[], now=NOON)[1].code


def _put_off(client: Client, user_id: UserId) -> None:
    session, now = client.session, timezone.now()
    arrival = access.arrive(user_id=user_id, session_id=None, session_key=session.session_key or "", browser="", now=now)
    assert arrival is not None
    access.put_off(user_id=user_id, session_id=arrival.session_id, now=now)
    session["staff_session"] = arrival.session_id
    session.save()


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    made = small_shop()
    open_texts()
    return made


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_console_address_opens_for_whom_the_table_says(shop: SmallShop, who: str, method: str) -> None:
    visitor, wrong = Visitor(who), []
    for door in doors.console_doors():
        # What ends the visit itself is tried on its own; joining and forgotten passwords belong to nobody who is signed in.
        if door.act == doors.OPEN or door.name in ("console_sessions_end", "console_session_end", "console_second_factor"):
            continue
        if method == "post" and door.act != doors.SHUT and door.name.endswith(":index"):
            # A list takes only its acts on many rows, each by its own name: they are tried below.
            assert visitor.client.post(f"/{door.address()}").status_code in (302, 403), door
            continue
        address = f"/{door.address(pk=1)}"
        if "<" in address or "^" in address:
            # Wagtail's own, which are shut by the same guard as its other addresses.
            assert door.act == doors.SHUT, door
            continue
        answer = getattr(visitor.client, method)(address)
        found = told(visitor, door, answer)
        if found:
            wrong.append(f"{who} {method} {address} ({door.act}): {found}")

    assert wrong == []


def told(visitor: Visitor, door: doors.Door, answer: Any) -> str:
    """Return what is wrong with an answer; nothing where it is as the table says."""
    to_sign_in = answer.status_code == 302 and "/console/login/" in answer["Location"]
    if door.act == "whoever is signed in":
        return "" if to_sign_in == (visitor.who == "anonymous") else f"answered {answer.status_code}"
    if not visitor.is_staff:
        return (
            "" if to_sign_in or (answer.status_code == 404 and door.act == doors.SHUT) else f"not sent to the sign-in: {answer.status_code}"
        )
    if door.act == doors.SHUT:
        return "" if answer.status_code == 404 else f"is not shut: {answer.status_code}"
    if not visitor.may(door.act):
        return "" if answer.status_code == 403 else f"is let in: {answer.status_code}"
    return "" if answer.status_code in LET_IN and not to_sign_in else f"is kept out: {answer.status_code}"


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_export_and_every_act_on_many_rows_asks_for_its_own_act(shop: SmallShop, who: str) -> None:
    visitor, wrong = Visitor(who), []
    for address, act in doors.exports():
        answer = visitor.client.get(f"/{address}?export=csv")
        sees = next(door.act for door in doors.console_doors() if door.route == address)
        if (answer.status_code == 200) != (visitor.may(act) and visitor.may(sees)):
            wrong.append(f"{who} {address} export ({act}): {answer.status_code}")
    for address, name, act in doors.bulk_acts():
        answer = visitor.client.post(f"/{address}", {"bulk": name, "row": "1"})
        if (answer.status_code in (200, 302) and "/console/login/" not in answer.get("Location", "")) != visitor.may(act):
            wrong.append(f"{who} {address} {name} ({act}): {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_route_of_the_api_opens_for_whom_the_table_says(shop: SmallShop, who: str) -> None:
    visitor, wrong = Visitor(who), []
    for method, door in doors.api_doors():
        if door.act == doors.OPEN:
            continue
        address = door.route
        for part in ("{number}", "{sku}", "{metric}", "{slug}", "{kind}", "{letter}", "{language}", "{provider}"):
            address = address.replace(part, "NOPE")
        for part in (
            "{review}", "{asked}", "{picture}", "{sheet}", "{version}", "{customer}", "{group}", "{note}", "{merge}", "{link}", "{subject}",
            "{question}", "{reply}", "{collection}", "{table}", "{brand}", "{attribute}", "{edit}", "{category}",
        ):  # fmt: skip
            address = address.replace(part, "1")
        assert "{" not in address, address
        answer = visitor.client.generic(method, address, b"{}", content_type="application/json", headers={"X-CSRFToken": CSRF})
        code = answer.json().get("code", "") if answer.status_code >= 400 else ""
        expected = "let in" if visitor.may(door.act) else "not_signed_in" if who == "anonymous" else "not_allowed"
        is_right = code not in ("not_signed_in", "not_allowed", "broken", "csrf") if expected == "let in" else code == expected
        if not is_right:
            wrong.append(f"{who} {method} {address} ({door.act}): {answer.status_code} {code}, expected {expected}")

    assert wrong == []


def test_nothing_is_forgotten() -> None:
    acts = {door.act for door in doors.console_doors()} | {door.act for _method, door in doors.api_doors()}
    acts |= {act for _address, act in doors.exports()} | {act for _address, _name, act in doors.bulk_acts()}
    known = acts - {doors.OPEN, doors.SIGNED_IN, doors.SHUT, "whoever is signed in"}

    assert len(doors.console_doors()) > 100
    assert len(doors.api_doors()) >= 30
    assert known <= set(permissions.ALLOWED)
    # What no address asks for is asked inside one, and named here with where.
    asked_inside = {"catalog.publish", "metrics.export", "backup.restore", "payments.reconcile", "pricing.view_costs"}
    # A file is brought, taken over, taken back and taken away by the act of what stands in it.
    asked_inside |= {"sheets.products", "sheets.customers", "sheets.stock", "sheets.prices"}
    assert set(permissions.ALLOWED) - known <= asked_inside


def test_a_planted_address_without_an_act_is_found() -> None:
    planted = [*doors.console_addresses(), ("console/secrets/", "console_secrets")]

    with pytest.raises(doors.UnknownDoor, match="console/secrets/"):
        doors.console_doors(planted)


def test_a_planted_route_without_a_guard_is_found() -> None:
    planted = NinjaAPI(urls_namespace="planted", version="planted")

    @planted.get("/secrets")
    def read_secrets(request: HttpRequest) -> str:
        return "everything"

    schema = planted.get_openapi_schema(path_prefix="/api/planted/")
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["operationId"] = "read_secrets"
    planted.get_openapi_schema = lambda: schema  # type: ignore[method-assign, assignment]

    with pytest.raises(doors.UnknownDoor, match="/secrets"):
        doors.api_doors(planted)


def test_a_planted_page_that_forgets_to_ask_is_found(shop: SmallShop) -> None:
    def forgetful(request: HttpRequest) -> HttpResponse:
        return HttpResponse("every customer of the shop")

    clerk = Visitor("clerk")
    door = doors.Door("console/planted/", "console_planted", "customers.export")
    planted = path("console/planted/", forgetful)
    answer = planted.callback(clerk.client.get("/console/account/").wsgi_request)

    assert told(clerk, door, answer) == "is let in: 200"
    assert told(Visitor("anonymous"), door, answer) == "not sent to the sign-in: 200"


# ── what has an owner of its own ──────────────────────────────────────────────────────────────────────────────────────


def test_a_session_of_somebody_else_cannot_be_ended_by_its_number(shop: SmallShop) -> None:
    clerk, manager = Visitor("clerk"), Visitor("manager")
    (own,), (foreign,) = access.sessions_of(clerk.id), access.sessions_of(manager.id)

    clerk.client.post(f"/console/account/sessions/{foreign.id}/end/")
    manager.client.post(f"/console/account/sessions/{own.id + 1000}/end/")

    assert [each.id for each in access.sessions_of(manager.id)] == [foreign.id]
    clerk.client.post(f"/console/account/sessions/{own.id}/end/")
    assert access.sessions_of(clerk.id) == ()


def test_an_act_that_somebody_else_asked_for_cannot_be_withdrawn_nor_ones_own_approved(shop: SmallShop) -> None:
    owner, manager = Visitor("owner"), Visitor("manager")
    asked, _new = approvals.ask(act="orders.refund", subject="order:1", values={"n": 1}, actor=manager.id, key=None, now=timezone.now())

    for visitor, verb in ((owner, "withdraw"), (manager, "approve"), (manager, "refuse"), (Visitor("clerk"), "approve")):
        visitor.client.post(f"/console/approvals/{asked.id}/{verb}/", {"seen": asked.digest})

    assert approvals.approval(asked.id).state.value == "waiting"
