"""The description of the API: whole, consistent, and with every refusal an operation may answer."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from ninja import Schema

from shopkeeper.doors.api.problems import KINDS
from shopkeeper.doors.api.tests.builders import V1, Caller
from shopkeeper.doors.api.tests.test_roles import every_route
from shopkeeper.doors.api.values import Flag, Sent
from shopkeeper.kit.refusals import Refusal

METHODS = {"get", "post", "put", "delete", "patch", "head", "options"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    answer = Caller().get("openapi.json")
    assert answer.status == 200
    return dict(answer.body)


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        yield from ((path, method, operation) for method, operation in item.items() if method in METHODS)


def refs(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for each in node.values():
            yield from refs(each)
    elif isinstance(node, list):
        for each in node:
            yield from refs(each)


def test_every_route_is_described(schema: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, method, _ in operations(schema)}
    served = {(method, re.sub(r"{\w+:", "{", path)) for method, path, _ in every_route()}

    assert described == served
    assert all(path.startswith(V1) for _, path in described)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    found = set(refs(schema))

    assert found
    for ref in found:
        node: Any = schema
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def named(shapes: Iterable[type[Schema]]) -> list[str]:
    """Return the names that two of these shapes bear: the description has room for one of them, the other would be told wrongly."""
    return sorted(name for name, count in Counter(each.__name__ for each in shapes).items() if count > 1)


def test_no_two_shapes_share_a_name() -> None:
    shapes = {each for kind in (Schema, *Schema.__subclasses__()) for each in kind.__subclasses__() if "doors.api" in each.__module__}

    assert len(shapes) > 50
    assert named(shapes) == []
    assert named([type("AOut", (Schema,), {}), type("AOut", (Schema,), {}), type("BOut", (Schema,), {})]) == ["AOut"]


def test_operations_have_names_of_their_own_and_a_summary(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]

    assert len(set(names)) == len(names)
    assert all(operation["summary"] and operation["tags"] for _, _, operation in operations(schema))


def test_every_operation_tells_its_refusals(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        answers = operation["responses"]
        wanted = {"500", "503"}
        wanted |= {"404"} if "{" in path else set()
        wanted |= {"422"} if operation.get("parameters") else set()
        wanted |= {"413"} if "requestBody" in operation else set()
        wanted |= {"400", "415", "422"} if "application/json" in operation.get("requestBody", {}).get("content", {}) else set()
        wanted |= {"401", "403"} if "/staff/" in path else set()
        assert wanted <= set(answers), (method, path)
        assert any(status < "300" for status in answers), (method, path)
        for status, answer in answers.items():
            if status >= "400":
                assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/ProblemDetails"), (method, path)


def test_ordering_tells_what_may_have_moved(schema: dict[str, Any]) -> None:
    ordering = schema["paths"][f"{V1}/orders"]["post"]

    assert {"402", "404", "409"} <= set(ordering["responses"])
    key = next(each for each in ordering["parameters"] if each["name"] == "Idempotency-Key")
    assert (key["in"], key["required"]) == ("header", True)


@pytest.mark.parametrize(
    "path",
    [
        "staff/orders/{number}/refunds", "staff/orders/{number}/shipments", "staff/orders/{number}/cancel", "staff/stock-adjustments/{sku}",
        "orders/{token}/cancel",
    ],
)  # fmt: skip
def test_what_may_be_sent_twice_offers_a_key_and_does_not_ask_for_one(schema: dict[str, Any], path: str) -> None:
    sending = schema["paths"][f"{V1}/{path}"]["post"]

    key = next(each for each in sending["parameters"] if each["name"] == "Idempotency-Key")
    assert (key["in"], key["required"]) == ("header", False)
    assert "nothing is done twice" in key["description"]
    assert "409" in sending["responses"]


def test_changes_by_staff_tell_of_session_and_token(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        names = {each["name"] for each in operation.get("parameters", [])}
        assert ("security" in operation) == ("/staff/" in path)
        assert ("X-CSRFToken" in names) == ("/staff/" in path and method != "get"), (method, path)
    assert schema["components"]["securitySchemes"]["StaffSession"]["in"] == "cookie"


def test_amounts_never_stand_without_their_currency(schema: dict[str, Any]) -> None:
    shapes = schema["components"]["schemas"]

    for name, shape in shapes.items():
        if any(key.endswith("_minor") for key in shape.get("properties", {})):
            assert "currency" in shape["properties"], name
    assert set(shapes["Money"]["required"]) == {"amount_minor", "currency"}


def sent(shape: type[Sent] = Sent) -> Iterator[type[Sent]]:
    for each in shape.__subclasses__():
        yield each
        yield from sent(each)


def loose_flags(shapes: Iterable[type[Sent]]) -> list[str]:
    """Return the fields of what callers send that take 1 or "yes" for true."""
    found = [(shape, name, field) for shape in shapes for name, field in shape.model_fields.items() if field.annotation is bool]
    assert found
    return [
        f"{shape.__name__}.{name}" for shape, name, field in found if not any(getattr(each, "strict", False) for each in field.metadata)
    ]


def test_a_yes_or_no_is_sent_as_one() -> None:
    assert loose_flags(each for each in sent() if ".tests." not in each.__module__) == []


def test_a_planted_loose_flag_is_found() -> None:
    class Planted(Sent):
        is_open: bool
        is_shut: Flag

    assert loose_flags([Planted]) == ["Planted.is_open"]


def test_every_code_of_a_problem_is_that_of_a_refusal_or_our_own() -> None:
    ours = {
        "unreadable", "not_signed_in", "csrf", "password_due", "second_factor_due", "no_such_method",
        "too_large", "wrong_media_type", "invalid", "wrong_currency", "opens_soon", "broken",
    }  # fmt: skip

    assert set(KINDS) - ours <= codes(Refusal)


def codes(kind: type[Refusal]) -> set[str]:
    return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))
