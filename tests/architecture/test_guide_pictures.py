"""What README and guide show is there, in each language, and nothing lies about that no page shows."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


def pictures_of(page: Path) -> set[Path]:
    return {(page.parent / each).resolve() for each in SHOWN.findall(page.read_text())}


def pages(language: str) -> list[Path]:
    readme = ROOT / ("README.md" if language == "en" else "README.zh.md")
    return [readme, *sorted((ROOT / "docs" / "guide" / language).glob("*.md"))]


def test_every_picture_is_there_and_shown_in_its_own_language() -> None:
    for language in ("en", "zh"):
        shown = set().union(*map(pictures_of, pages(language)))
        there = {
            each.resolve() for folder in ("docs/pictures", "docs/guide/pictures") for each in (ROOT / folder).glob(f"*-{language}.png")
        }
        assert len(there) >= 12
        # What `make pictures GUIDE=1` takes and no page shows yet would only grow the repository.
        assert shown == there


def test_a_picture_that_is_missing_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("![The till](till-en.png)")

    assert pictures_of(page) == {(tmp_path / "till-en.png").resolve()}
