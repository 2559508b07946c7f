"""The language of letters: it fills in what stands in a fixed list, once, and does nothing else."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.growth.messages import own_words
from shopkeeper.growth.messages.placeholders import PLACEHOLDERS
from shopkeeper.growth.messages.rules import language as rule
from shopkeeper.growth.messages.rules.language import Kind, Placeholder, Prose, Spot
from shopkeeper.growth.messages.shapes import (
    BrokenPlaceholder,
    MailKind,
    MisplacedPlaceholder,
    MissingPlaceholder,
    UnknownPlaceholder,
    UnsafeAddress,
)

KNOWN = (
    Placeholder("number", is_required=True),
    Placeholder("name"),
    Placeholder("order_link", Kind.LINK),
    Placeholder("lines", Kind.BLOCK),
)
VALUES = {"number": "SK-1", "name": "Ann", "order_link": "https://shop.example/o/1/"}


def said(text):
    """Return what a text says once it is filled, part by part."""
    return [rule.fill(part, VALUES) if isinstance(part, Prose) else part for part in rule.parts(text, KNOWN)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("{nmber}", "number"),
        ("{Number}", "number"),
        ("{ number }", "number"),
        ("{number.__class__}", "number"),
        ("{number!r}", "number"),
        ("{number:>10}", "number"),
        ("{0}", ""),
        ("{}", ""),
        ("{order}", "order_link"),
        ("｛number｝", "number"),
        ("{姓名}", ""),
    ],
)
def test_what_is_not_in_the_list_is_refused_with_what_was_meant(typed, meant):
    with pytest.raises(UnknownPlaceholder) as refused:
        rule.check_line(f"Order {typed} is here", KNOWN, field="subject")

    assert (refused.value.value, refused.value.meant) == (typed, meant)
    assert refused.value.allowed == ("number", "name", "order_link", "lines")


@pytest.mark.parametrize("text", ["{number", "number}", "{{number}}", "{number}}", "{% if number %", "a { b"])
def test_a_lone_brace_is_refused(text):
    with pytest.raises((BrokenPlaceholder, UnknownPlaceholder)):
        rule.check_prose(text, KNOWN, field="body", blocks=True)


def test_a_link_or_a_table_cannot_stand_in_a_line():
    for name in ("order_link", "lines"):
        with pytest.raises(MisplacedPlaceholder):
            rule.check_line(f"See {{{name}}}", KNOWN, field="subject")


def test_a_table_needs_a_line_of_its_own_and_stands_in_the_body_only():
    rule.check_prose("Before\n\n{lines}\n\nAfter", KNOWN, field="body", blocks=True)

    with pytest.raises(MisplacedPlaceholder):
        rule.check_prose("Here: {lines}", KNOWN, field="body", blocks=True)
    with pytest.raises(MisplacedPlaceholder):
        rule.check_prose("{lines}", KNOWN, field="closing", blocks=False)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "/relative", "data:text/html,x", "https://x.example/?order={number}", "{number}"]
)
def test_a_link_leads_nowhere_but_to_whole_addresses_and_links_of_the_letter(address):
    with pytest.raises(UnsafeAddress):
        rule.check_prose(f"[here]({address})", KNOWN, field="body", blocks=True)


def test_what_the_letter_must_say_cannot_be_left_out():
    with pytest.raises(MissingPlaceholder) as refused:
        rule.check_required({"subject": "Hello", "body": "{name}"}, KNOWN)

    assert refused.value.value == "{number}"
    rule.check_required({"subject": "Order {number}", "body": "x"}, KNOWN)


def test_light_markdown_becomes_headings_lists_strong_words_and_links():
    parts = said("## News of {number}\n\n- **one**\n- two\n\n1. first\n2. second\n\nSee [the order]({order_link}).\n\n{lines}")

    assert [part.kind for part in parts[:-1]] == ["h2", "ul", "ol", "p"]
    assert parts[0].words == "News of SK-1"
    assert parts[1].items[0][0].is_strong
    assert parts[1].words == "one\ntwo"
    assert (parts[3].words, parts[3].urls) == ("See the order.", ("https://shop.example/o/1/",))
    assert parts[4] == Spot("lines")


def test_a_value_is_never_read_as_a_placeholder_nor_as_markdown():
    values = {**VALUES, "name": "{number} **bold** [x](https://evil.example)\n\n{lines}"}
    (part,) = rule.parts("Dear {name}", KNOWN)

    filled = rule.fill(part, values)

    assert filled.words == "Dear {number} **bold** [x](https://evil.example)\n\n{lines}"
    assert filled.urls == ()
    assert not any(run.is_strong for item in filled.items for run in item)


def test_a_paragraph_that_has_nothing_to_say_is_left_out():
    (part,) = rule.parts("{name}", KNOWN)

    assert rule.fill(part, {**VALUES, "name": ""}) is None
    assert rule.fill(part, VALUES).words == "Ann"


@given(st.text(max_size=200))
def test_any_text_is_refused_or_filled_and_never_breaks(text):
    try:
        rule.check_prose(text, KNOWN, field="body", blocks=True)
    except (UnknownPlaceholder, BrokenPlaceholder, MisplacedPlaceholder, UnsafeAddress):
        return
    for part in rule.parts(text, KNOWN):
        if isinstance(part, Prose):
            filled = rule.fill(part, VALUES)
            assert filled is None or all(url.startswith(("https://", "http://", "mailto:")) for url in filled.urls)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", list(MailKind))
def test_the_programs_own_words_keep_their_own_rules(kind, language):
    with translation.override(language):
        words = own_words.of(kind)
    known = PLACEHOLDERS[kind]

    for name in ("subject", "preview", "heading", "greeting", "button"):
        rule.check_line(getattr(words, name), known, field=name)
    rule.check_prose(words.body, known, field="body", blocks=True)
    rule.check_prose(words.closing, known, field="closing", blocks=False)
    rule.check_required({name: getattr(words, name) for name in words.__dataclass_fields__}, known)
    assert "%(" not in "".join(getattr(words, name) for name in words.__dataclass_fields__)
