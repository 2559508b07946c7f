"""Texts of the shop become safe HTML and nothing else."""

import pytest

from shopkeeper.doors.prose import prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain & simple", "<p>Plain &amp; simple</p>"),
        ("## Title\nBody", "<h2>Title</h2><p>Body</p>"),
        ("- one\n- **two**", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("[here](/en/)", '<p><a href="/en/">here</a></p>'),
        ("[bad](javascript:alert(1))", "<p>bad)</p>"),
        ("[bad](//evil.example)", "<p>bad</p>"),
        ('[x](/a"onclick=x)', '<p><a href="/a&#34;onclick=x">x</a></p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_light_markdown_becomes_safe_html(text: str, html: str) -> None:
    assert str(prose(text)) == html
