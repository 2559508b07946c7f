"""What the description of the API says beyond what the routes declare: every answer an operation may give, and the token on changes."""

from typing import Any, TypeVar

from shopkeeper.doors.api.problems import KINDS, MEDIA_TYPE, REFUSED, ProblemDetails

_SAFE = ("get", "head", "options")
_REF = {"$ref": "#/components/schemas/ProblemDetails"}
_WORDS = {
    400: "The body is not JSON", 401: "Not signed in", 402: "The payment was refused", 403: "Not allowed", 404: "Not found",
    409: "The thing has moved on meanwhile", 413: "The body is too large", 415: "The body is not announced as JSON",
    422: "A value cannot be used", 429: "Tried too often", 500: "A fault on our side", 503: "There is no shop here yet",
}  # fmt: skip

Api = TypeVar("Api", bound=dict[str, Any])


def also(*statuses: int) -> dict[str, Any]:
    """Return what a route adds to its description: refusals beyond those `completed` knows it may answer with."""
    return {"responses": {status: {} for status in statuses}}


def completed(schema: Api) -> Api:
    """Return the description with the problems every operation may answer with; changes nothing that is there."""
    components = schema["components"]
    shapes = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"].update(shapes.pop("$defs", {}))
    components["schemas"]["ProblemDetails"] = shapes
    for item in schema["paths"].values():
        for method, operation in item.items():
            _complete(method, operation)
    schema["x-problem-codes"] = {code: {"status": kind.status} for code, kind in KINDS.items()} | {"refused": {"status": REFUSED.status}}
    return schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    if operation.get("security") and method not in _SAFE:
        token = {"in": "header", "name": "X-CSRFToken", "required": True, "schema": {"type": "string"}}
        operation["parameters"] = [*operation.get("parameters", []), token | {"description": "The value of the cookie csrftoken"}]
    answers = operation["responses"]
    told = {int(status): answer for status, answer in answers.items()}
    for status in _statuses(method, operation):
        told.setdefault(status, {})
    answers.clear()
    for status in sorted(told):
        is_problem = status >= 400
        problem = {"description": _WORDS.get(status, "Refused"), "content": {MEDIA_TYPE: {"schema": _REF}}}
        answers[str(status)] = problem if is_problem else told[status]


def _statuses(method: str, operation: dict[str, Any]) -> set[int]:
    found = {500, 503}
    parameters = operation.get("parameters", [])
    if any(each["in"] == "path" for each in parameters):
        found.add(404)
    if parameters:
        found.add(422)
    if "requestBody" in operation:
        found |= {413, 422}
        if "application/json" in operation["requestBody"]["content"]:
            found |= {400, 415}
    if operation.get("security"):
        found |= {401, 403}
    return found
