"""Calls made from the description of the API: what fits it, what does not, and real requests with one value changed."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks as described

CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_headers_conformance,
    described.response_schema_conformance,
    described.negative_data_rejection,
]
"""No fault of our own, nothing answered that is not described, nothing accepted that the description forbids."""

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=40), st.just("x" * 2_000), st.just("\x00"),
    st.just("\ud800"), st.just([]), st.just({}), st.just([{}]), st.just({"a": 1}),
)  # fmt: skip
"""What may stand where something else belongs."""

Send = Callable[[str, str, Any], int]


@dataclass
class Made:
    """How many calls each operation got."""

    calls: dict[str, int] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1

    def check(self, names: Iterator[str] | list[str], *, at_least: int) -> None:
        """Return quietly where every operation was called. Raises AssertionError for a run that tried nothing, or left one out."""
        wanted = list(names)
        assert wanted, "the description names no operation: nothing was tried"
        few = {name: self.calls.get(name, 0) for name in wanted if self.calls.get(name, 0) < at_least}
        assert not few, f"called fewer than {at_least} times: {few}"


@schemathesis.serializer("message/rfc822")
def _mail(_context: Any, value: Any) -> bytes:
    """Send a mail as the text it is: what is made up need not be one."""
    return value if isinstance(value, bytes) else str(value).encode()


def read(description: Mapping[str, Any], app: Any) -> Any:
    """Return the description for schemathesis, its calls going to `app` in this process.

    The token against forgery and the session are sent with every call, so they are not among the values to be made up.
    """
    plain = copy.deepcopy(dict(description))
    for item in plain["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
            operation["parameters"] = [each for each in operation.get("parameters", []) if each["name"] != "X-CSRFToken"]
    schema = schemathesis.openapi.from_dict(plain)
    schema.app = app
    refusal = schema.config.checks.negative_data_rejection
    # A body beyond all bounds is refused before anybody reads what is wrong in it.
    refusal.expected_statuses = [*refusal.expected_statuses, "413"]
    return schema


def operations(schema: Any) -> list[APIOperation]:
    """Return every operation of a description. Raises where one cannot be read."""
    return [each.ok() for each in schema.get_all_operations()]


def name_of(operation: APIOperation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def try_operation(
    operation: APIOperation, *, names: Mapping[str, list[str]], cookies: Mapping[str, str], headers: Mapping[str, str], examples: int,
    seed: int, made: Made,
) -> None:  # fmt: skip
    """Call one operation with values that fit, values that do not, and, half the time, names of things that are there.

    Raises schemathesis' failures, all of one call together.
    """
    named = {each.name: st.sampled_from(names[each.name]) for each in operation.path_parameters if each.name in names}
    schemas = {each.name: each.definition.get("schema", {}) for each in operation.query}
    texts = {name for name, schema in schemas.items() if _takes_text(schema)}
    several = {name for name, schema in schemas.items() if _takes_several(schema)}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        plain = operation.as_strategy(mode)
        known = st.fixed_dictionaries(named).flatmap(lambda found, mode=mode: operation.as_strategy(mode, path_parameters=found))

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink] if examples > 100 else [hypothesis.Phase.generate],
        )
        @hypothesis.given(case=st.one_of(plain, known) if named else plain)
        def call(case: Any) -> None:
            # On the wire a mapping is its keys, a number or a list of them is a text, and one text a list of one: what fits no description
            # fits as it is sent.
            hypothesis.assume(not any(name in texts and not _is_text(each) for name, each in (case.query or {}).items()))
            hypothesis.assume(not any(isinstance((case.query or {}).get(name), str) for name in several))
            hypothesis.assume(not any(isinstance(each, Mapping) for each in (case.query or {}).values()))
            made.add(name_of(operation))
            answer = case.call(cookies=dict(cookies), headers=dict(headers))
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as group:
                sent = answer.request.body or b""
                group.add_note(f"answered {answer.status_code} to {answer.request.url} with {len(sent)} bytes: {sent[:500]!r}")
                raise

        try:
            call()
        except hypothesis.errors.Unsatisfiable:
            # An operation without values has none that do not fit.
            assert mode is GenerationMode.NEGATIVE, f"nothing fits {name_of(operation)}"


def _takes_text(schema: Mapping[str, Any]) -> bool:
    """Return whether a parameter takes any text, or several."""
    if "anyOf" in schema:
        return any(_takes_text(each) for each in schema["anyOf"])
    return schema.get("type") == "string" or (schema.get("type") == "array" and _takes_text(schema.get("items", {})))


def _takes_several(schema: Mapping[str, Any]) -> bool:
    """Return whether a parameter takes a list."""
    return schema.get("type") == "array" or any(_takes_several(each) for each in schema.get("anyOf", ()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside a body, the body itself first."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*at, key))


def changed(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """Return a body with another value in one place."""
    if not at:
        return value
    found = copy.deepcopy(body)
    inner = found
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return found


def try_changed(body: dict[str, Any], send: Callable[[Any], int], *, examples: int, seed: int) -> int:
    """Send a real body with one value changed, so many times, and return how often. Raises AssertionError for a fault of our own."""
    count = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(at=st.sampled_from(list(places(body))), value=ODD)
    def call(at: tuple[Any, ...], value: Any) -> None:
        nonlocal count
        count += 1
        status = send(changed(body, at, value))
        assert status < 500 or status == 503, f"{status} for {at} = {value!r}"

    call()
    return count
