"""What members call their addresses: the words most use, in the reader's language, or one of their own as they wrote it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import override, pgettext_lazy

OFFERED: Mapping[str, Any] = {"home": pgettext_lazy("address", "Home"), "office": pgettext_lazy("address", "Office")}


def offered() -> tuple[str, ...]:
    """Return the words that are offered, in the reader's language."""
    return tuple(str(each) for each in OFFERED.values())


def said(label: str) -> str:
    """Return a label as its reader reads it."""
    return str(OFFERED.get(label, label))


def kept(typed: str) -> str:
    """Return a label as it is kept: one of the offered words by its code, in whichever language it was typed, any other as it is."""
    word = typed.strip()
    for code, each in OFFERED.items():
        if word.casefold() == code:
            return code
        for language, _name in settings.LANGUAGES:
            with override(language):
                if word.casefold() == str(each).casefold():
                    return code
    return word
