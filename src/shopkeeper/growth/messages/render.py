"""From a letter to a mail: one HTML and one plain-text template for all kinds."""

import functools
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shopkeeper.growth.messages.letter import Letter
from shopkeeper.growth.messages.shapes import Mail

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
        text=text.strip() + "\n",
        attachments=letter.attachments,
    )


def _one_line(text: str) -> str:
    """Return a header's text without line ends: nothing typed by a person may start a header of its own."""
    return " ".join(text.split())


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
    found.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)  # type: ignore[attr-defined]
    return found
