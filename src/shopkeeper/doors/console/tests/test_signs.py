"""The signs around words: a colon and brackets of full width where the reader reads Chinese, in whatever a page puts together."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

import shopkeeper
from shopkeeper.doors.console import reading

TEMPLATES = Path(str(shopkeeper.__file__)).parent / "doors/console/templates"
PASSED_OVER = re.compile(
    r"\{% blocktrans\b.*?\{% endblocktrans %\}|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<(script|style)\b.*?</\1>| style=\"[^\"]*\"",
    re.DOTALL,
)
"""What is translated as a whole, with its signs, and what nobody reads."""
TAGS = r"(?:</?\w[^<>]*>)*"
HALF_WIDTH = re.compile(
    "|".join(
        (
            rf"[%}}]\}}{TAGS}:(?=[\s<{{])",  # {{ name }}: and {% trans "Name" %}</b>:
            rf":\s*{TAGS}\s*\{{[%{{]",  # : {{ name }}
            rf"\({TAGS}\{{[%{{]",  # ({{ name }}
            rf"[%}}]\}}{TAGS}\)",  # {{ name }})
        )
    )
)


def half_width(template: str) -> list[str]:
    """Return where a template sets a colon or a bracket of half width beside words it fills in."""
    plain = PASSED_OVER.sub("", template)
    return [plain[max(0, found.start() - 20) : found.end() + 20] for found in HALF_WIDTH.finditer(plain)]


@pytest.mark.parametrize(("language", "colon", "aside"), [("en", ": ", " (3)"), ("zh-hans", "：", "（3）")])
def test_signs_are_as_wide_as_the_words_they_stand_beside(language: str, colon: str, aside: str) -> None:
    with override(language):
        assert reading.colon() == colon
        assert reading.aside(3) == aside


def test_no_page_sets_signs_of_half_width_around_words() -> None:
    pages = sorted(TEMPLATES.rglob("*.html"))

    assert len(pages) > 80
    assert {page.name: found for page in pages if (found := half_width(page.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        '{% trans "Prices" %}: {{ name }}', "{{ title }}: {% now %}", "<h2>{{ name }} ({{ unit }})</h2>", '<b>{% trans "Left" %}:</b> 3',
        '<b>{% trans "Left" %}</b>: 3', '<span>: {% trans "Change" %}</span>', '<i>({% trans "you" %})</i>',
        "{{ number }} (<b>{{ sum }}</b>)", '<a aria-label="{{ what }}: {{ name }}">', "{% if name %}: {{ name }}{% endif %}",
    ],
)  # fmt: skip
def test_a_planted_sign_of_half_width_is_found(planted: str) -> None:
    assert half_width(f"<p>{planted}</p>") != []


@pytest.mark.parametrize(
    "fine",
    [
        "{% blocktrans trimmed with why=reason %}merged: {{ why }} ({{ why }}){% endblocktrans %}", '{% trans "As a file:" %} <a>CSV</a>',
        '<i style="width: {{ share }}%"></i>', "{{ title }}{% colon %}{{ name }}{{ unit|aside }}", "<script>f({{ x }}): {{ y }}</script>",
    ],
)  # fmt: skip
def test_what_is_translated_whole_or_read_by_nobody_is_left_alone(fine: str) -> None:
    assert half_width(f"<p>{fine}</p>") == []
