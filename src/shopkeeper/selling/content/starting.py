"""The texts a new shop starts with, from the files in `defaults/`. They say plainly that the operator must check them: no law is the
same everywhere."""

from pathlib import Path

from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.content.shapes import Draft, TextKind

_WARNINGS = ("This text is a template that came with the shop.", "本文是随网店附带的范本")

FOLDER = Path(__file__).resolve().parent / "defaults"


def drafts() -> tuple[Draft, ...]:
    """Return the starting text of every kind; a file's first line is `# ` and the title."""
    return tuple(_draft(kind) for kind in TextKind)


def _draft(kind: TextKind) -> Draft:
    title_en, body_en = _parts(kind, "en")
    title_zh, body_zh = _parts(kind, "zh")
    return Draft(kind=kind, title=Bilingual(title_en, title_zh), body=Bilingual(body_en, body_zh))


def _parts(kind: TextKind, language: str) -> tuple[str, str]:
    title, body = (FOLDER / f"{kind.value}.{language}.md").read_text(encoding="utf-8").split("\n", 1)
    return title.removeprefix("# ").strip(), body.strip()


def is_warning(paragraph: str) -> bool:
    """Return whether a paragraph is the one by which a starting text says that nobody has checked it yet."""
    return paragraph.strip().startswith(_WARNINGS)
