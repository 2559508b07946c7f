"""Every refusal of the package has words of its own, in both languages."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, get_type_hints

import pytest
from django.utils.translation import override

import shopkeeper
from shopkeeper.doors import refusals
from shopkeeper.kit.ids import ApprovalId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.approvals.shapes import Approval, ApprovalState
from shopkeeper.selling.inventory.shapes import OutOfStock, ShortLine
from shopkeeper.selling.orders.shapes import Window


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(shopkeeper.__path__, "shopkeeper."):
        if not {"tests", "migrations"} & set(found.name.split(".")):
            yield found.name


def _kinds() -> list[type[Refusal]]:
    for name in _modules():
        importlib.import_module(name)
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("shopkeeper.") and ".tests" not in kind.__module__:
                found.append(kind)
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__name__))


OF_THE_TERMINAL = ("shopkeeper.doors.cli.", "shopkeeper.ops.database.", "shopkeeper.ops.backup.", "shopkeeper.kit.configuration")
"""What only the command line can meet; it carries its own sentence, which `doors/cli/refusals.py` translates."""

KINDS = [kind for kind in _kinds() if not kind.__module__.startswith(OF_THE_TERMINAL)]

_SHORT = ShortLine(variant_id=1, sku="TEA", wanted=5, available=2)  # type: ignore[arg-type]


_WORDS = {"fault": "FAULTS", "whose": "WHOSE"}
"""What a refusal asks for out of a list of its own, and the list."""

CASES = [
    (kind, word) for kind in KINDS for word in next((getattr(kind, listed) for listed in _WORDS.values() if hasattr(kind, listed)), ("",))
]


def _example(kind: type[Refusal], word: str = "") -> Refusal:
    """Return a refusal of a kind with plain values for whatever it asks for; `word` is one of its own list."""
    if kind.__init__ is Refusal.__init__:
        return kind("message", field="name", value="value")
    hints: dict[str, Any] = get_type_hints(kind.__init__)
    asked = [name for name in list(inspect.signature(kind.__init__).parameters)[1:] if name in hints]
    given = {name: word if word and name in _WORDS else _value(hints[name], name) for name in asked}
    return kind(**given)


def _value(kind: Any, name: str) -> Any:
    if inspect.isclass(kind) and issubclass(kind, (Enum, Window)):
        return next(iter(kind)) if issubclass(kind, Enum) else Window(days=14, last_day=date(2026, 3, 16), is_open=False, law="")
    hint = str(kind)
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    if "shapes.Approval'" in hint:
        return Approval(
            id=ApprovalId(7), act="orders.refund", subject="order:1", values={}, digest="", state=ApprovalState.WAITING, asked_by=None,
            asked_at=moment, expires_at=moment, decided_by=None, decided_at=None, note="", outcome=None,
        )  # fmt: skip
    if "ShortLine" in hint or "Bilingual" in hint:
        return (_SHORT,) if "ShortLine" in hint else (Bilingual("Tea", "茶"),)
    if "str" in hint and ("Sequence" in hint or "tuple" in hint or "list" in hint or "Collection" in hint or "Iterable" in hint):
        return ("password_too_short",)
    if kind is datetime or "'int'" in hint or "Id" in hint or "int" in hint.split("."):
        return moment if kind is datetime else 7
    return "email" if name == "expected" else 7 if name in ("most", "least") else "TEA"


@pytest.mark.parametrize(("kind", "word"), CASES, ids=[f"{kind.__name__} {word}".strip() for kind, word in CASES])
def test_a_refusal_is_explained_in_both_languages(kind: type[Refusal], word: str) -> None:
    assert refusals.has_words(kind), f"{kind.__module__}.{kind.__name__} has no words in doors/wordings"
    refusal = _example(kind, word)

    with override("en"):
        english = refusals.explain(refusal)
    with override("zh-hans"):
        chinese = refusals.explain(refusal)

    assert english.problem
    assert english.remedy
    assert english.problem != chinese.problem
    assert english.remedy != chinese.remedy
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese.problem)
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese.remedy)


def test_the_walk_found_the_package_s_refusals() -> None:
    assert {NotFound, OutOfRange, Malformed, OutOfStock} <= set(KINDS)
    assert len(CASES) > len(KINDS) + 10


def test_a_refusal_nobody_wrote_words_for_is_noticed() -> None:
    class Forgotten(Refusal):
        pass

    assert not refusals.has_words(Forgotten)


@pytest.mark.parametrize(
    ("refusal", "english", "chinese"),
    [
        (
            OutOfRange("units", 0, least=1, most=9),
            "“0” is outside what quantity allows. Enter something from 1 to 9.",
            "“0”超出了数量允许的范围。请填 1 到 9 之间的值。",
        ),
        (
            Malformed("email", "ann", expected="email"),
            "“ann” does not work as email address. Write it like name@example.com.",
            "“ann”不能用作邮箱。请写成 name@example.com 的样子。",
        ),
        (
            OutOfStock([_SHORT]),
            "There is not enough left of: TEA (2 left). Lower the quantity or take it out. Nothing was ordered.",
            "库存不够：TEA（剩 2 件）。请减少数量或移除。还没有下单。",
        ),
        (Malformed("city", "", expected="line"), "The town or city is missing. Please fill it in.", "还没有填写城市。请补上。"),
    ],
)
def test_field_value_and_remedy_are_named(refusal: Refusal, english: str, chinese: str) -> None:
    with override("en"):
        assert str(refusals.explain(refusal)) == english
    with override("zh-hans"):
        assert str(refusals.explain(refusal)) == chinese


def test_long_and_unprintable_values_are_repeated_short_and_clean() -> None:
    shown = refusals.shown("a\x00b\u202e" + "x" * 500)

    assert len(shown) == refusals.MOST_SHOWN + 1
    assert "\x00" not in shown
    assert "\u202e" not in shown
    assert refusals.shown("🙂 茶") == "🙂 茶"
