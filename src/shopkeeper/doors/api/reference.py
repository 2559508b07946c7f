"""The reference page: every route from the description itself, in English or 简体中文, loading nothing but our own stylesheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shopkeeper.doors.api.problems import KINDS

_METHODS = ("get", "post", "put", "delete")
TAGS = {
    "catalogue": gettext_noop("Goods"),
    "reviews": gettext_noop("Reviews"),
    "basket": gettext_noop("Basket"),
    "orders": gettext_noop("Orders"),
    "staff": gettext_noop("For staff"),
    "metrics": gettext_noop("Figures, for staff"),
    "webhooks": gettext_noop("For payment providers and mail servers"),
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    where: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    shape: str


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    method: str
    path: str
    summary: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    problems: str
    is_for_staff: bool


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    text: str
    fields: tuple[Field, ...]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the reference in the language of the address (`?language=zh-hans`), else in the reader's."""
    language = request.GET.get("language", "")
    with override(language if language in ("en", "zh-hans") else get_language()):
        return render(request, "api/reference.html", _values(), using="django")


def _values() -> dict[str, Any]:
    from shopkeeper.doors.api.routes import api

    schema = api.get_openapi_schema()
    routes = [(operation["tags"][0], _route(path, method, operation)) for path, method, operation in _operations(schema)]
    language = "zh-Hans" if str(get_language()).startswith("zh") else "en"
    return {
        "language": language,
        "groups": [Group(_(name), tuple(route for tag, route in routes if tag == code)) for code, name in TAGS.items()],
        "shapes": [_shape(name, shape) for name, shape in sorted(schema["components"]["schemas"].items()) if "properties" in shape],
        "problems": [(code, kind.status, str(kind.title)) for code, kind in KINDS.items()],
        "about": _said(schema["info"]),
    }


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _route(path: str, method: str, operation: dict[str, Any]) -> Route:
    fields = [
        Field(each["name"], each["in"], _kind(each["schema"]), bool(each.get("required")), _said(each))
        for each in operation.get("parameters", [])
    ]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        fields.append(Field("", "body", _kind(content["schema"]), True, ""))
    answers = operation["responses"]
    good = tuple(
        Answer(status, ", ".join(_kind(each["schema"]) for each in answer.get("content", {}).values()))
        for status, answer in answers.items()
        if status < "400"
    )
    return Route(
        name=operation["operationId"], method=method.upper(), path=path, summary=_said(operation, "summary"), fields=tuple(fields),
        answers=good, problems=", ".join(status for status in answers if status >= "400"), is_for_staff="security" in operation,
    )  # fmt: skip


def _shape(name: str, shape: dict[str, Any]) -> Shape:
    required = shape.get("required", [])
    fields = tuple(Field(key, "", _kind(each), key in required, _said(each)) for key, each in shape["properties"].items())
    return Shape(name=name, text=_said(shape), fields=fields)


def _said(schema: dict[str, Any], name: str = "description") -> str:
    # Looked up by its English text, which the routes and shapes mark for translation where they write it.
    text = schema.get(name, "")
    return _(text) if text else ""


def _kind(schema: dict[str, Any]) -> str:
    """Return a type as people read it: `string`, `list of CardOut`, `Money or null`, `1 … 9999`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if "enum" in schema:
        return " | ".join(f"“{each}”" for each in schema["enum"])
    kind = str(schema.get("format") or schema.get("type", ""))
    bounds = [schema.get("minimum"), schema.get("maximum")]
    return (
        kind
        if bounds == [None, None]
        else f"{kind} {bounds[0] if bounds[0] is not None else ''}…{bounds[1] if bounds[1] is not None else ''}"
    )
