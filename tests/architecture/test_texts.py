"""Every text people read exists in English and 简体中文."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.architecture import texts


@pytest.mark.parametrize("catalogue", texts.present(), ids=lambda each: each.home)
def test_every_text_is_translated_and_compiled(catalogue: texts.Texts) -> None:
    assert texts.faults(catalogue) == []


def test_a_text_says_the_same_whichever_catalogue_answers() -> None:
    assert texts.rivals(texts.PACKAGE) == []


def test_a_planted_second_translation_is_found(planted: texts.Texts) -> None:
    other = texts.Texts("other", ("other",))
    other.po.parent.mkdir(parents=True)
    (texts.PACKAGE / "other" / "page.html").write_text("{% trans name=x %}Hello {{ name }}{% endtrans %}", encoding="utf-8")
    texts.write(other)
    _translate(other, "Hello %(name)s", "你好，%(name)s")

    assert texts.rivals(texts.PACKAGE) == ["'Hello %(name)s': ['你好，%(name)s', '您好，%(name)s']"]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> texts.Texts:
    """A small door of its own with one translated text."""
    monkeypatch.setattr(texts, "PACKAGE", tmp_path)
    door = texts.Texts("door", ("door",))
    door.po.parent.mkdir(parents=True)
    (tmp_path / "door" / "page.html").write_text("{% trans name=x %}Hello {{ name }}{% endtrans %}", encoding="utf-8")
    texts.write(door)
    _translate(door, "Hello %(name)s", "您好，%(name)s")
    assert texts.faults(door) == []
    return door


def _translate(door: texts.Texts, english: str, chinese: str, *, doubtful: bool = False) -> None:
    catalog: Catalog = texts.stored(door)
    message = catalog.get(english)
    assert message is not None
    message.string = chinese
    message.flags.clear()
    if doubtful:
        message.flags.add("fuzzy")
    with door.po.open("wb") as file:
        texts.write_po(file, catalog)
    texts.write(door)


def test_a_new_text_in_python_is_missed(planted: texts.Texts) -> None:
    (texts.PACKAGE / "door" / "page.py").write_text('from x import gettext as _\n_("New words")\n', encoding="utf-8")

    assert texts.faults(planted) == ["missing: 'New words' (door/page.py)"]


def test_a_doubtful_translation_is_not_taken_for_a_good_one(planted: texts.Texts) -> None:
    _translate(planted, "Hello %(name)s", "您好，%(name)s", doubtful=True)

    assert texts.faults(planted) == ["doubtful: 'Hello %(name)s'"]


def test_an_empty_translation_is_found(planted: texts.Texts) -> None:
    _translate(planted, "Hello %(name)s", "")

    assert "untranslated: 'Hello %(name)s'" in texts.faults(planted)


def test_a_translation_that_loses_a_value_is_found(planted: texts.Texts) -> None:
    _translate(planted, "Hello %(name)s", "您好")

    assert texts.faults(planted) == ["leaves out a value of the English text: 'Hello %(name)s'"]


def test_a_text_no_page_shows_any_more_is_found(planted: texts.Texts) -> None:
    (texts.PACKAGE / "door" / "page.html").write_text("nothing", encoding="utf-8")

    assert texts.faults(planted) == ["left over: 'Hello %(name)s'"]


def test_a_translation_that_was_not_compiled_is_found(planted: texts.Texts) -> None:
    planted.mo.write_bytes(b"old")

    assert texts.faults(planted) == ["not compiled: run `python -m tests.architecture.texts --write`"]
