"""A small shop with a shelf and an indexed search, callers of its API, and staff of every role."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from shopkeeper.flows import index_products
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.tests.remembered import remembered
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft

V1 = "/api/v1"
PASSWORD = "a short sentence of 2026"
LASTING = 300
"""Seconds for which a session is taken for new."""
CONTACT = {"email": "ann@example.com", "name": "Ann Shopper", "phone": "+44 20 7946 0000"}
ADDRESS = {"name": "Ann Shopper", "line1": "1 High Street", "city": "London", "postcode": "N1 1AA", "country": "GB"}
PROBLEM = {"type", "title", "status", "detail", "code", "field", "value", "remedy"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """Return the code of a refusal, having made sure that it is a whole one."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        assert set(self.body) >= PROBLEM, self.body
        assert self.body["status"] == self.status
        assert self.body["detail"]
        assert self.body["remedy"]
        return str(self.body["code"])


class Caller:
    """A program that calls the API; it is held to the token against forgery like any browser."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.language = language

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request; `body` a dict is sent as JSON, bytes as they are. Header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = named.pop("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"Accept-Language": self.language, **named}
        found = self.client.generic(method, path if path.startswith("/") else f"{V1}/{path}", data, content_type=kind, headers=named)
        is_json = "json" in found.headers.get("Content-Type", "")
        return Answer(found.status_code, json.loads(found.content) if is_json and found.content else found.content, found.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: object, **headers: str) -> Answer:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)


class Staff(Caller):
    """A member of staff, or a shopper where `role` is None, signed in; changes carry the token."""

    def __init__(self, role: Role | None, language: str = "en") -> None:
        super().__init__(language)
        self.user_id, cookies = _arrived(role, int(time() // LASTING))
        self.client.cookies.load(cookies)
        self.client.cookies[settings.CSRF_COOKIE_NAME] = self.token = "t" * 32

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        return super().call(method, path, body, **{"X-CSRFToken": self.token, **headers})


@remembered
def _arrived(role: Role | None, when: int) -> tuple[UserId, dict[str, str]]:
    """Make and sign in somebody; return who, and the cookies of their program. `when` changes before a session goes stale."""
    now, email, client = timezone.now(), f"{role or 'shopper'}@example.com", Client()
    if role is None:
        person = access.register_shopper(email=email, password=PASSWORD, name="Sam", language="en", now=now)
    else:
        invitation = access.invite(email=email, role=role, actor=None, now=now)
        person = access.accept(token=invitation.token, name="Sam", password=PASSWORD, now=now)
    assert client.login(username=email, password=PASSWORD)
    return person, {name: cookie.value for name, cookie in client.cookies.items()}


@remembered
def api_shop() -> SmallShop:
    """Open the small shop of the flows' tests with one shelf, a lamp with a slash in its SKU, and search."""
    made = small_shop()
    now = timezone.now()
    shelf = catalog.save_category(category_id=None, slug="kitchen", name=Bilingual("Kitchen", "厨房"), actor=None, now=now)
    lamp = catalog.save_product(
        product_id=None, slug="lamp", name=Bilingual("Paper lamp", "纸灯"), text=Bilingual("It glows.", ""), category_id=shelf,
        variants=[VariantDraft(sku="LAMP/S", option=Bilingual("Small", "小号"))], is_published=True, actor=None, now=now,
    )  # fmt: skip
    made.variants["LAMP/S"] = lamp.variants[0].id
    made.price("LAMP/S", 2_000)
    made.receive("LAMP/S", 3)
    index_products.index_all()
    return made


def filled(caller: Caller, **units: int) -> str:
    """Return the token of a basket filled over the API: `filled(caller, TEA=2)`."""
    token = str(caller.post("baskets").body["token"])
    for sku, count in units.items():
        answer = caller.put(f"baskets/{token}/lines/{sku}", {"units": count})
        assert answer.status == 200, answer.body
    return token


def order_of(caller: Caller, shop: SmallShop, token: str, **changes: Any) -> dict[str, Any]:
    """Return the body that orders a basket, quoted over the API."""
    quote = caller.get(f"baskets/{token}/quote?country=GB&delivery_option_id={shop.delivery_id}").body
    return {
        "basket": token, "contact": CONTACT, "address": ADDRESS, "delivery_option_id": shop.delivery_id, "payment_method": "test-ok",
        "seen_digest": quote.get("digest", "none"), **changes,
    }  # fmt: skip


def placed(caller: Caller, shop: SmallShop, *, method: str = "test-ok", **units: int) -> dict[str, Any]:
    """Return the answer to an order placed over the API."""
    token = filled(caller, **(units or {"TEA": 2}))
    answer = caller.post("orders", order_of(caller, shop, token, payment_method=method), Idempotency_Key=f"key-{token}")
    assert answer.status == 201, answer.body
    return dict(answer.body)
