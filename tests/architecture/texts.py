"""The texts people read, in both languages: extract them, carry translations over, compile, and say what is missing.

    python -m tests.architecture.texts            say what is missing, doubtful, left over or not compiled; exit 1 if anything is
    python -m tests.architecture.texts --write    take new texts up into the .po files and compile them to .mo

English is the msgid, so only 简体中文 has a catalogue; it lies in the door or room whose texts it holds.
"""

import io
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shopkeeper"

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

_NOT_OURS = {"tests", "migrations", "static", "locale", "__pycache__"}
_PLACE = re.compile(r"%\((\w+)\)[a-z]|%[a-z]|\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Texts:
    """A catalogue and where its texts stand: `home` holds `locale/`, `sources` are files and folders under the package."""

    home: str
    sources: tuple[str, ...]
    templates: str = "jinja2"

    @property
    def po(self) -> Path:
        return PACKAGE / self.home / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")


CATALOGUES = (
    Texts("doors/storefront", ("doors/storefront", "doors/wordings")),
    Texts("doors/api", ("doors/api",), "django"),
    Texts(
        "doors/console",
        (
            "doors/console",
            *(f"{group}/*/console*.py" for group in ("selling", "ops", "insight", "growth")),
            "events/console.py",
            "kit/console.py",
            "kit/naming.py",
            "kit/places.py",
            "ops/health",
            "flows/checkup.py",
        ),
        "django",
    ),
    Texts("growth/messages", ("growth/messages",)),
    Texts(
        "doors/cli",
        ("doors/cli", "ops/backup/shapes.py", "ops/database/shapes.py", "ops/database/schema.py", "ops/health", "flows/checkup.py"),
    ),
)
"""Every catalogue of the package; one whose `locale` folder does not exist yet holds no texts."""


def present() -> tuple[Texts, ...]:
    """Return the catalogues that exist."""
    return tuple(texts for texts in CATALOGUES if texts.po.exists())


def extracted(texts: Texts) -> Catalog:
    """Return every text that stands in the sources of a catalogue."""
    catalog = Catalog(locale="zh_Hans", domain="django", project="Shopkeeper", charset="utf-8", fuzzy=False)
    for path in _files(texts):
        for message, comments, context in _messages(path, texts.templates):
            catalog.add(message, None, locations=[(path.relative_to(PACKAGE).as_posix(), 0)], auto_comments=comments, context=context)
    return catalog


def _files(texts: Texts) -> Iterator[Path]:
    for source in texts.sources:
        for place in sorted(PACKAGE.glob(source)):
            # How staff see a room is written in its console.py and its like, but read in the console.
            found = [place] if place.is_file() else [path for path in sorted(place.rglob("*")) if not path.name.startswith("console")]
            yield from (
                path for path in found if path.suffix in (".py", ".html", ".txt") and not _NOT_OURS & set(path.relative_to(PACKAGE).parts)
            )


def _messages(path: Path, templates: str) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    with path.open("rb") as file:
        content = file.read()
    if path.suffix == ".py":
        found = extract("python", io.BytesIO(content), KEYWORDS, ("Translators:",), {"encoding": "utf-8"})
    elif templates == "django":
        if not settings.configured:
            settings.configure(USE_I18N=True)
        plain = templatize(content.decode(), origin=str(path))
        found = extract(extract_python, io.BytesIO(plain.encode()), KEYWORDS, (), {"encoding": "utf-8"})
    else:
        options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "encoding": "utf-8"}
        found = extract("jinja2.ext:babel_extract", io.BytesIO(content), KEYWORDS, (), options)
    for _line, message, comments, context in found:
        yield message, comments, context


def rivals(package: Path) -> list[str]:
    """Return every text that two catalogues of a package translate differently: Django joins them, and one silently wins."""
    known: dict[tuple[str | None, str], dict[str, str]] = {}
    for path in sorted(package.rglob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    known.setdefault((message.context, str(message.id)), {})[path.relative_to(package).as_posix()] = str(message.string)
    return [f"{english!r}: {sorted(set(found.values()))}" for (_context, english), found in known.items() if len(set(found.values())) > 1]


def stored(texts: Texts) -> Catalog:
    """Return a catalogue as it lies in its .po file, empty where there is none."""
    if not texts.po.exists():
        return Catalog(locale="zh_Hans", domain="django")
    with texts.po.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def faults(texts: Texts) -> list[str]:
    """Return what is wrong with a catalogue, one line each: nothing means every text can be read in both languages."""
    wanted, have = extracted(texts), stored(texts)
    said = []
    for message in wanted:
        if message.id and (translated := have.get(_key(message), message.context)) is None:
            said.append(f"missing: {message.id!r} ({message.locations[0][0]})")
        elif message.id:
            said += [f"{fault}: {message.id!r}" for fault in _doubts(message, translated)]
    left = [message for message in have if message.id and wanted.get(_key(message), message.context) is None]
    said += [f"left over: {message.id!r}" for message in left]
    if not said and (not texts.mo.exists() or _words(texts.mo.read_bytes()) != _words(_compiled(have))):
        said.append("not compiled: run `python -m tests.architecture.texts --write`")
    return said


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _doubts(message: Message, translated: Message) -> Iterator[str]:
    strings = [translated.string] if isinstance(translated.string, str) else list(translated.string)
    if not all(strings):
        yield "untranslated"
    if translated.fuzzy:
        yield "doubtful"
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {place for each in ids for place in _places(each)}
    if any(set(_places(string)) - allowed for string in strings):
        yield "names a value the English text does not have"
    if len(ids) == 1 and all(strings) and set(_places(ids[0])) - set(_places(strings[0])):
        yield "leaves out a value of the English text"


def _places(text: str) -> list[str]:
    return [match.group(0) for match in _PLACE.finditer(text)]


def _compiled(catalog: Catalog) -> bytes:
    # Babel writes the day into the file; a fixed one keeps it the same until a word changes.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _words(compiled: bytes) -> set[tuple[str, str, str]]:
    try:
        return {(str(message.id), message.context or "", str(message.string)) for message in read_mo(io.BytesIO(compiled)) if message.id}
    except (OSError, struct.error, UnicodeDecodeError):
        return set()


def write(texts: Texts) -> None:
    """Take new texts up into a catalogue, drop those no longer used, and compile it."""
    merged = stored(texts)
    merged.update(extracted(texts), no_fuzzy_matching=True)
    merged.obsolete.clear()
    merged.project, merged.version, merged.fuzzy = "Shopkeeper", "0", False
    merged.header_comment = "# 简体中文, written by tests/architecture/texts.py --write; fill in the empty ones."
    texts.po.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, merged, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True, omit_header=False)
    # A date of extraction would change the file without changing a word.
    body = re.sub(
        rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Project-Id-Version):.*\n',
        b"",
        buffer.getvalue(),
    )
    texts.po.write_bytes(body)
    texts.mo.write_bytes(_compiled(stored(texts)))


def main(arguments: list[str]) -> int:
    """Say what is missing, or write the catalogues first; return the exit status."""
    wrong = 0
    for texts in present():
        if "--write" in arguments:
            write(texts)
        for fault in faults(texts):
            print(f"{texts.home}: {fault}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
