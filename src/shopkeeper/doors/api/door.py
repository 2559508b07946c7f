"""The API itself: django-ninja with our problems for its errors, strict JSON, and a description in which no error is forgotten."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern
from django.utils.cache import patch_cache_control
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from shopkeeper.doors.api import description, invalid, problems
from shopkeeper.doors.api.problems import Problem
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.selling.inventory.shapes import OutOfStock
from shopkeeper.selling.pricing.shapes import QuoteStale

PREFIX = "/api/v1/"

FILES = f"{PREFIX}staff/sheets"
"""Where whole files are brought."""

PICTURES = re.compile(f"{PREFIX}staff/products/[^/]+/pictures")
"""Where pictures are added."""

_log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


class JsonOnly(Parser):
    """Reads bodies that say they are JSON, and nothing else."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise problems.wrong_media_type(request.content_type or "")
        return json.loads(request.body)


class Readable(JSONRenderer):
    """Writes Chinese as it is read, not as escapes."""

    json_dumps_params = {"ensure_ascii": False}


class Door(NinjaAPI):
    """The API of the shop."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=JsonOnly(), renderer=Readable(), docs_url=None, **options)
        self._exception_handlers = {Exception: _answer}

    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext[Any]]) -> ValidationError:
        """Return what is wrong with a request, each value beside its fault."""
        found: list[dict[str, Any]] = []
        for context in error_contexts:
            model = context.model
            for error in context.pydantic_validation_error.errors(include_url=False):
                inside = model.__ninja_flatten_map_reverse__.get(error["loc"], error["loc"])
                found.append({**error, "loc": (model.__ninja_param_source__, *inside)})
        return ValidationError(found)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation: that of its function."""
        return operation.view_func.__name__

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Return the description of the API, the answers that every operation may give included."""
        return description.completed(super().get_openapi_schema(path_prefix=PREFIX))


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return problems.response(_problem(request, error))


def _problem(request: HttpRequest, error: Exception | type[Exception]) -> Problem:
    match error:
        case Problem():
            return error
        case Refusal():
            return _refused(error)
        case ValidationError():
            return problems.invalid(invalid.explained(error.errors))
        case RequestDataTooBig():
            return problems.too_large()
        case HttpError():
            # ninja wraps whatever a parser raises; the cause tells a wrong content type from broken JSON.
            return error.__cause__ if isinstance(error.__cause__, Problem) else problems.unreadable()
    # The address of a basket or an order is a secret: the log names the route, never the path.
    route = request.resolver_match.route if request.resolver_match else ""
    _log.error("%s %s failed", request.method, route, exc_info=error if isinstance(error, Exception) else None)
    return problems.broken()


def _refused(refusal: Refusal) -> Problem:
    # Imported here: the shape of a quote stands with the baskets, which stand on this module's neighbours.
    from shopkeeper.doors.api.baskets import quote_of

    if isinstance(refusal, QuoteStale):
        return problems.of_refusal(refusal, quote=quote_of(refusal.fresh).model_dump(mode="json"))
    if isinstance(refusal, OutOfStock):
        short = [{"sku": line.sku, "wanted": line.wanted, "available": max(line.available, 0)} for line in refusal.short]
        return problems.of_refusal(refusal, short=short)
    if isinstance(refusal, WaitingForApproval):
        return problems.of_refusal(refusal, approval=refusal.approval.id)
    return problems.of_refusal(refusal)


def guarded(patterns: list[Any]) -> list[URLPattern]:
    """Return ninja's addresses, but for its root, so that HEAD works, a wrong method is a problem, and nothing is kept by a cache."""
    return [URLPattern(each.pattern, _guarded(each.callback), each.default_args, each.name) for each in patterns if each.name != "api-root"]


def _guarded(view: View) -> View:
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _is_too_large(request):
            return problems.response(problems.too_large())
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"
        found = view(request, *args, **kwargs)
        request.method = asked
        if isinstance(found, HttpResponseNotAllowed):
            found = problems.response(problems.no_such_method(asked or "", ", ".join(sorted(found["Allow"].split(", ")))))
        if not found.has_header("Cache-Control"):
            patch_cache_control(found, no_store=True)
        return found

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def _is_too_large(request: HttpRequest) -> bool:
    if request.path == FILES or PICTURES.fullmatch(request.path):
        # Its body is read piece by piece, and no further than files are taken.
        return False
    length, most = request.META.get("CONTENT_LENGTH") or "0", settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return most is not None and str(length).isdigit() and int(length) > most


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer 404 for every other address under /api/."""
    return problems.response(problems.not_found())


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
