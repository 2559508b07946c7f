"""Texts in the shop's two languages."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-hans")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages. An empty Chinese text falls back to the English one, and the other way round."""

    en: str = ""
    zh: str = ""

    def pick(self, language: str) -> str:
        """Return the text for a language code (`en`, `zh-hans`, `zh`…)."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)
