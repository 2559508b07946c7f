"""The whole API called with whatever its description allows and forbids: no fault of our own, no answer that is not described.

A seeded share in every run; many more, and orders followed from call to call, in a deep one.
"""

import json
from contextlib import suppress
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.core.failures import FailureGroup

from shopkeeper.doors.api import catalogue
from shopkeeper.doors.api.routes import api
from shopkeeper.doors.api.tests.builders import V1, Caller, api_shop, filled, order_of, placed
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.selling.orders import public as orders
from tests import share
from tests.access.test_staff_doors import CSRF, Visitor
from tests.fuzz import calls

EXAMPLES = 150 if share.IS_DEEP else 3
CHANGED = 400 if share.IS_DEEP else 15


class Known:
    """A shop with an order, a basket and an owner signed in, and the names under which they are there."""

    def __init__(self) -> None:
        self.shop: SmallShop = api_shop()
        self.caller = Caller()
        order = placed(self.caller, self.shop)["order"]
        self.names = {
            "token": [order["token"], filled(self.caller, TEA=1)], "number": [order["number"]], "sku": ["TEA", "LAMP/S"],
            "slug": ["lamp"], "provider": ["test", "stripe", "alipay"],
            "metric": ["revenue"],
        }  # fmt: skip
        self.owner = Visitor("owner")
        self.cookies = {name: morsel.value for name, morsel in self.owner.client.cookies.items()}
        self.headers = {"X-CSRFToken": CSRF, "Accept-Encoding": "identity"}


@pytest.fixture
def known(transactional_db: None) -> Known:
    return Known()


def described() -> Any:
    return calls.read(api.get_openapi_schema(), get_wsgi_application())


def test_whatever_the_description_allows_or_forbids_is_answered_as_it_says(known: Known) -> None:
    schema, made = described(), calls.Made()
    found: list[str] = []

    for operation in calls.operations(schema):
        try:
            calls.try_operation(
                operation, names=known.names, cookies=known.cookies, headers=known.headers, examples=EXAMPLES, seed=share.SEED, made=made
            )
        except FailureGroup as group:
            found += [f"{calls.name_of(operation)}: {each}\n{' '.join(group.__notes__)}" for each in group.exceptions]

    share.count("calls made up from the description of the API", sum(made.calls.values()), sum(made.calls.values()))
    made.check([calls.name_of(each) for each in calls.operations(schema)], at_least=1)
    assert len(made.calls) >= 29
    assert found == [], "\n\n".join(found)


def test_real_requests_with_one_value_changed_are_answered_or_refused(known: Known) -> None:
    token = filled(known.caller, TEA=1)
    number, line = known.names["number"][0], orders.by_token(known.names["token"][0]).lines[0].id
    bodies: dict[str, tuple[str, str, dict[str, Any]]] = {
        "order": ("POST", "orders", order_of(known.caller, known.shop, token)),
        "line": ("PUT", f"baskets/{token}/lines/TEA", {"units": 1}),
        "shipment": ("POST", f"staff/orders/{number}/shipments", {"carrier": "Post", "lines": [{"line_id": line, "units": 1}]}),
        "refund": ("POST", f"staff/orders/{number}/refunds", {"lines": [{"line_id": line, "units": 1, "restock": True}], "reason": "late"}),
        "adjustment": ("POST", "staff/stock-adjustments/TEA", {"warehouse": "MAIN", "units": 1, "note": "found"}),
        "price": ("PUT", "staff/prices/TEA", {"amount_minor": 500, "currency": "GBP", "reason": "sale"}),
    }
    made = 0

    for method, path, body in bodies.values():

        def send(changed: Any, method: str = method, path: str = path) -> int:
            return known.owner.client.generic(
                method, f"{V1}/{path}", json.dumps(changed).encode(), content_type="application/json",
                headers={**known.headers, "Idempotency-Key": "changed"},
            ).status_code  # fmt: skip

        made += calls.try_changed(body, send, examples=CHANGED, seed=share.SEED)

    assert made >= len(bodies) * 10
    share.count("real requests with one value changed", made, made)


def follow(known: Known, *, examples: int) -> int:
    """Follow things from call to call as the description links them, and return how many calls that made.

    In rounds: the shop remembers what earlier examples did, so the same choices may lead elsewhere, which hypothesis takes for a test that
    is not sure of itself. A round ends there and the next one begins, until as many examples were made as were asked for.
    """
    schema, count, begun = described(), 0, 0

    class Followed(schema.as_state_machine()):  # type: ignore[misc]
        def __init__(self) -> None:
            nonlocal begun
            begun += 1
            super().__init__()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            nonlocal count
            count += 1
            return {"cookies": known.cookies, "headers": known.headers}

        def validate_response(self, response: Any, case: Any, **_more: Any) -> None:
            case.validate_response(response, checks=calls.CHECKS)

    while begun < examples:
        run = settings(
            max_examples=examples - begun, stateful_step_count=8, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        with suppress(FlakyStrategyDefinition):
            Followed.run(settings=run)
    return count


def test_things_followed_from_call_to_call_break_nothing(known: Known) -> None:
    made = follow(known, examples=200 if share.IS_DEEP else 4)

    assert made > 0, "nothing was followed"
    share.count("calls that follow others", made, made)


# ── planted ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def only(path: str) -> Any:
    """Return the description of one address alone."""
    whole = api.get_openapi_schema()
    return {**whole, "paths": {path: whole["paths"][path]}}


def tried(description: Any, app: Any) -> tuple[str, calls.Made]:
    schema, made = calls.read(description, app), calls.Made()
    for operation in calls.operations(schema):
        try:
            calls.try_operation(operation, names={}, cookies={}, headers={"Accept-Encoding": "identity"}, examples=5, seed=1, made=made)
        except FailureGroup as group:
            return str([type(each).__name__ for each in group.exceptions]), made
    return "", made


def test_a_planted_fault_of_our_own_is_found(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: Any, **_more: Any) -> None:
        raise RuntimeError("planted")

    assert tried(only(f"{V1}/shop"), get_wsgi_application())[0] == ""
    monkeypatch.setattr(catalogue.shops, "shop", broken)

    assert "ServerError" in tried(only(f"{V1}/shop"), get_wsgi_application())[0]


def answering(status: str, body: bytes) -> Any:
    """Return an application that answers everything the same."""

    def app(environ: Any, start: Any) -> list[bytes]:
        start(status, [("Content-Type", "application/json")])
        return [body]

    return app


def test_a_planted_answer_that_is_not_described_is_found() -> None:
    assert "JsonSchemaError" in tried(only(f"{V1}/shop"), answering("200 OK", b'{"name": 5}'))[0]
    assert "UndefinedStatusCode" in tried(only(f"{V1}/shop"), answering("418 Teapot", b"{}"))[0]


def test_a_planted_door_that_takes_anything_is_found() -> None:
    basket = b'{"token": "t", "lines": [], "units": 0}'

    assert "AcceptedNegativeData" in tried(only(f"{V1}/baskets/{{token}}/lines/{{sku}}"), answering("200 OK", basket))[0]


def test_a_run_that_made_no_calls_fails() -> None:
    whole = api.get_openapi_schema()

    with pytest.raises(AssertionError, match="nothing was tried"):
        tried({**whole, "paths": {}}, answering("200 OK", b"{}"))[1].check([], at_least=1)
    with pytest.raises(AssertionError, match="fewer than 1"):
        calls.Made({"GET /shop": 3}).check(["GET /shop", "POST /orders"], at_least=1)


# ── found by such runs, and kept ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2020-01-01T00:00:00%2B23:59", 200),
        ("2020-01-01T00:00:00-23:59", 200),
        ("0001-01-01T00:00:00%2B14:00", 422),
        ("9999-12-31T23:59:59-12:00", 422),
    ],
)
def test_a_moment_of_any_zone_is_read_or_refused(known: Known, moment: str, status: int) -> None:
    answer = known.owner.client.get(f"{V1}/staff/orders?placed_from={moment}")

    assert answer.status_code == status
    assert status == 200 or answer.json()["errors"][0]["field"] == "placed_from"


@pytest.mark.parametrize("path", ["nowhere%0A", "baskets/a%0Ab/line", "v9%0A/x", "baskets/a/lines/%0A"])
def test_an_address_with_a_line_break_gets_a_problem_and_no_page(known: Known, path: str) -> None:
    answer = known.caller.call("DELETE", f"{V1}/{path}")

    assert answer.status == 404
    assert answer.code == "not_found"
