"""The shop's own texts as they cross their room's face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.text import Bilingual


class TextKind(StrEnum):
    TERMS = "terms"
    PRIVACY = "privacy"
    RETURNS = "returns"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopText:
    """One version of a text. `body` is light Markdown: paragraphs between empty lines, `## ` headings, `- ` lists, nothing else."""

    id: int
    kind: TextKind
    title: Bilingual
    body: Bilingual
    version: int
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that has not been published yet."""

    kind: TextKind
    title: Bilingual
    body: Bilingual
