"""Values that do not fit a route's shape, told like every other refusal: field, value, what is wrong, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from shopkeeper.doors.api import words
from shopkeeper.doors.api.problems import InvalidValue
from shopkeeper.kit.refusals import Malformed, OutOfRange, Refusal

_EXPECTED = {
    "int_type": "whole number", "int_parsing": "whole number", "int_from_float": "whole number", "int_parsing_size": "whole number",
    "date_from_datetime_parsing": "date", "date_from_datetime_inexact": "date", "date_parsing": "date", "date_type": "date",
    "control_characters": "line", "json_invalid": "json", "model_type": "json", "model_attributes_type": "json", "dict_type": "json",
    "enum": "choice", "literal_error": "choice",
}  # fmt: skip
"""Which form was expected, by what the check of shapes calls its failure; `doors/refusals.py` says what to do about it."""


def explained(errors: Sequence[Mapping[str, Any]]) -> list[InvalidValue]:
    """Return what the check of shapes found as values for the reader, in the order of the request."""
    return [_explained(error) for error in errors]


def _explained(error: Mapping[str, Any]) -> InvalidValue:
    path = _path(error["loc"])
    # Of a list the field is what was sent wrongly; which one of it, the path says.
    refusal = _refusal(error, next((part for part in reversed(path) if not part.isdigit()), "body"))
    said = words.explained(refusal)
    problem, remedy = said.problem, said.remedy
    if error["type"] == "extra_forbidden":
        problem, remedy = _("“%(field)s” is not known here.") % {"field": words.shown(path[-1])}, _("Leave it out, or check its spelling.")
    else:
        remedy = _remedy(error) or remedy
    return InvalidValue(field=".".join(path) or "body", value=said.value, code=refusal.code, detail=problem, remedy=remedy)


def _path(loc: Sequence[str | int]) -> list[str]:
    # The first part says where it came from (body, query, path, header), the next is the parameter's name in the code for bodies.
    inside = loc[2:] if loc and loc[0] == "body" else loc[1:]
    return [str(part) for part in inside]


def _refusal(error: Mapping[str, Any], name: str) -> Refusal:
    kind, limits, value = str(error["type"]), error.get("ctx") or {}, error.get("input")
    if kind == "missing":
        return Malformed(name, "", expected="json")
    if kind in ("greater_than_equal", "less_than_equal"):
        return OutOfRange(name, value, least=limits.get("ge"), most=limits.get("le"))
    if kind in ("string_too_long", "string_too_short"):
        return OutOfRange(name, str(value), least=limits.get("min_length", 0), most=limits.get("max_length"))
    if kind in ("too_long", "too_short"):
        return OutOfRange(name, limits.get("actual_length"), least=limits.get("min_length"), most=limits.get("max_length"))
    plain = value if isinstance(value, (str, int, float, bool)) else type(value).__name__
    return Malformed(name, "null" if value is None else plain, expected=_EXPECTED.get(kind, kind))


def _remedy(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    match kind.partition("_")[0]:
        case "literal" | "enum":
            return _("Use one of: %(known)s.") % {
                "known": str((error.get("ctx") or {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            }
        case "bool":
            return _("Send true or false, without quotes.")
        case "datetime" | "timezone":
            return _("Send a moment with its zone, such as 2026-03-31T12:00:00Z.")
        case "list":
            return _("Send a list.")
    return _("Send a text in quotes.") if kind == "string_type" else ""
