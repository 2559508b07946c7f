"""From a letter to a mail: one HTML and one plain-text template for all kinds."""

import functools
import re
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from shopkeeper.growth.messages.letter import Letter
from shopkeeper.growth.messages.shapes import Mail

MOST_HEADER = 250
"""Letters of a subject that mail programs show at all; a name as long as a page would only hide who writes."""
TEMPLATES = Path(__file__).resolve().parent / "templates"


def mail(letter: Letter) -> Mail:
    """Return the letter as a mail, in its reader's language."""
    with translation.override(letter.language):
        html = _templates().get_template("messages/letter.html").render(letter=letter)
        text = _templates().get_template("messages/letter.txt").render(letter=letter)
    return Mail(
        sender=_one_line(letter.head.shop_name),
        to=letter.to,
        subject=_one_line(letter.subject),
        html=html,
        text=_tidy(text),
        attachments=letter.attachments,
        unsubscribe=letter.unsubscribe,
    )


def _tidy(text: str) -> str:
    """Return a plain text with at most one empty line between two others."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _broken(text: str) -> Markup:
    """Return words for HTML: escaped, and a line's end as a break."""
    return Markup("<br>").join(text.split("\n"))


def _one_line(text: str) -> str:
    """Return a header's text without line ends: nothing typed by a person may start a header of its own."""
    return " ".join(text.split())[:MOST_HEADER]


@functools.cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.filters["broken"] = _broken
    found.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)  # type: ignore[attr-defined]
    return found
