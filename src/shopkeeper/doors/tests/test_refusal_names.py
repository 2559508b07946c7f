"""Every field a refusal can name is called by a word of the reader's, not by its code: in Chinese there is no English inside."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

import shopkeeper
from shopkeeper.doors import refusals
from shopkeeper.doors.wordings.say import EXPECTED, NAMES, name_of
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange

ROOT = Path(shopkeeper.__file__).parent
NAMED_FIRST = {"NotFound": "kind", "OutOfRange": "field", "Malformed": "field"}
IN_BOTH = ("both_lines", "both_paragraphs")
"""The checks of a text in both languages: the field at fault is that of one of them."""
LANGUAGES = ("_en", "_zh")
OF_MACHINES = {"column", "column_type", "provider_with_webhooks", "webhook"}
"""Forms that a file being taken over or a provider's message has, and nobody types."""


def codes(source: str) -> Iterator[str]:
    """Yield every literal code of a field or a kind that a module gives to a refusal or to a check."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        called, own = _called(call.func)
        if called in NAMED_FIRST:
            given = call.args[:1] or [each.value for each in call.keywords if each.arg == NAMED_FIRST[called]]
            yield from (code for value in given for code in _literals(value))
        elif own == "checks":
            fields = [code for each in call.keywords if each.arg == "field" for code in _literals(each.value)] or _standard(called, call)
            yield from (field + language for field in fields for language in (LANGUAGES if called in IN_BOTH else ("",)))


def _called(func: ast.expr) -> tuple[str, str]:
    """Return a call's own name and the name it is looked up in."""
    if isinstance(func, ast.Attribute):
        return func.attr, func.value.id if isinstance(func.value, ast.Name) else ""
    return (func.id, "") if isinstance(func, ast.Name) else ("", "")


def _literals(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def _standard(called: str, call: ast.Call) -> list[str]:
    """Return what a check calls its field where the caller does not say."""
    if any(each.arg == "field" for each in call.keywords):
        return []
    field = inspect.signature(getattr(checks, called)).parameters.get("field")
    return [field.default] if field is not None and isinstance(field.default, str) else []


def forms(source: str) -> Iterator[str]:
    """Yield every literal form that a module says a value should have had."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and _called(call.func)[0] == "Malformed":
            yield from (form for each in call.keywords if each.arg == "expected" for form in _literals(each.value))


def nameless(sources: dict[str, str]) -> dict[str, str]:
    """Return the codes nobody wrote a word for, with the module that uses them."""
    return {code: where for where, source in sources.items() for code in codes(source) if not is_known(code)}


def is_known(code: str) -> bool:
    return code in NAMES or (code.endswith(LANGUAGES) and code[:-3] in NAMES)


def own_sources() -> dict[str, str]:
    found = {path.relative_to(ROOT): path for path in ROOT.rglob("*.py")}
    return {str(where): path.read_text() for where, path in found.items() if not {"tests", "migrations"} & set(where.parts)}


def test_every_field_a_refusal_names_has_a_word() -> None:
    sources = own_sources()

    assert len({code for source in sources.values() for code in codes(source)}) >= 90
    assert nameless(sources) == {}


@pytest.mark.parametrize(
    "planted",
    [
        'raise NotFound("parcel_of_yore", 7)',
        'raise refusals.NotFound(kind="parcel_of_yore", value=7)',
        'raise OutOfRange("units" if few else "parcel_of_yore", 7)',
        'raise Malformed("parcel_of_yore", "", expected="line")',
        'checks.line(text, field="parcel_of_yore")',
        'checks.both_lines(text, field="parcel_of_yore")',
    ],
)
def test_a_field_without_a_word_is_found(planted: str) -> None:
    assert {code.removesuffix("_en").removesuffix("_zh") for code in nameless({"planted.py": planted})} == {"parcel_of_yore"}


def test_what_is_known_and_what_is_no_literal_is_not_taken_for_a_field_without_a_word() -> None:
    assert (
        nameless({"plain.py": 'NotFound("order", 7)\nMalformed(column, 7, expected="line")\nchecks.email(text)\nchecks.has_postcodes(x)'})
        == {}
    )


def test_every_form_a_refusal_expects_has_a_remedy() -> None:
    found = {form for source in own_sources().values() for form in forms(source)}

    assert len(found) >= 25
    assert found - OF_MACHINES - set(EXPECTED) == set()
    assert set(forms('Malformed("kind", 7, expected="the_shape_of_yore")')) - set(EXPECTED) == {"the_shape_of_yore"}


@pytest.mark.parametrize("code", sorted(NAMES))
def test_in_chinese_a_field_has_a_chinese_word(code: str) -> None:
    with override("zh-hans"):
        named = name_of(code)

    assert any("\u4e00" <= char <= "\u9fff" for char in named)


def test_a_text_in_two_languages_says_which_of_them_is_at_fault() -> None:
    refusal = OutOfRange("option_zh", "", least=1, most=40)

    with override("en"):
        assert refusals.explain(refusal).problem == "The name of the choice (Chinese) is missing."
    with override("zh-hans"):
        assert refusals.explain(refusal).problem == "还没有填写选项名称（中文）。"


def test_a_chinese_refusal_holds_no_english() -> None:
    found = [
        NotFound("stray", 7),
        NotFound("statement", 7),
        Malformed("line", 7, expected="line"),
        OutOfRange("days_least", 7, least=1, most=3),
    ]

    with override("zh-hans"):
        said = [str(refusals.explain(refusal)) for refusal in found]

    assert not [text for text in said if any(char.isascii() and char.isalpha() for char in text)]
