"""The command line's words, in the language of the terminal (LC_ALL, LC_MESSAGES, LANG): English or Simplified Chinese."""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

_LOCALE = Path(__file__).parent / "locale"


def language() -> str:
    """Return the language of the terminal as Django names it: `zh-hans` or `en`."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if named.lower().startswith("zh") else "en"


@cache
def _translations() -> gettext.NullTranslations:
    # Django is not set up yet when the first words are needed, so this is Python's own gettext.
    return gettext.translation("django", _LOCALE, languages=["zh_Hans"]) if language() == "zh-hans" else gettext.NullTranslations()


def _(text: str) -> str:
    """Return `text` in the terminal's language."""
    return _translations().gettext(text)
