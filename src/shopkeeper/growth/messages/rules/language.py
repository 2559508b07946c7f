"""The small language of letters: words with placeholders like `{number}`, in light Markdown. Nothing in it can be executed.

A text is taken apart first and filled after, once: what a value says is never read as Markdown, as a placeholder or as HTML. A placeholder
is a name of the letter's own list and nothing else; there are no attributes, filters, conditions or loops.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shopkeeper.growth.messages.shapes import (
    BrokenPlaceholder,
    MisplacedPlaceholder,
    MissingPlaceholder,
    UnknownPlaceholder,
    UnsafeAddress,
)


class Kind(StrEnum):
    """What a placeholder stands for. Links stand in the body and closing only; a block stands on a line of its own in the body."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    LINK = "link"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in one dress; `url` makes them a link."""

    text: str
    is_strong: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph (`p`), a heading (`h2`) or a list (`ul`, `ol`): one item for each line of a list, else one."""

    kind: str
    items: tuple[tuple[Run, ...], ...]

    @property
    def words(self) -> str:
        """Return what it says, one line for each item, without addresses."""
        return "\n".join("".join(run.text for run in item) for item in self.items)

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the addresses its words lead to but do not say."""
        return tuple(run.url for item in self.items for run in item if run.url and run.url != run.text)


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a block, such as the table of lines."""

    name: str


Part = Prose | Spot

_HOLE = re.compile(r"\{([a-z_]+)\}")
_ANY_HOLE = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")
_BRACES = re.compile(r"[{}｛｝]")
_STRONG = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_PLAIN_ADDRESS = re.compile(r"(https?://[^\s{}<>\"']+|mailto:[^\s{}<>\"']+)")
_LISTS = ((re.compile(r"^[-*•]\s+"), "ul"), (re.compile(r"^\d+[.)]\s+"), "ol"))


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_line(text: str, known: Sequence[Placeholder], *, field: str) -> None:
    """Refuse what a subject, heading, greeting or button cannot hold. Raises Unknown-, Broken- or MisplacedPlaceholder."""
    kinds = _checked_names(text, known, field)
    for name, kind in kinds.items():
        if kind in (Kind.LINK, Kind.BLOCK):
            raise MisplacedPlaceholder(field, name, kind.value)


def check_prose(text: str, known: Sequence[Placeholder], *, field: str, blocks: bool) -> None:
    """Refuse what a body or closing cannot hold; `blocks`: whether tables may stand here. Raises as `check_line`, and UnsafeAddress."""
    kinds = _checked_names(text, known, field)
    for name, kind in kinds.items():
        if kind is Kind.BLOCK and (not blocks or text.count("{" + name + "}") != _alone(text, name)):
            raise MisplacedPlaceholder(field, name, kind.value)
    links = {f"{{{each.name}}}" for each in known if each.kind is Kind.LINK}
    for _words, address in _LINK.findall(text):
        if address not in links and not _PLAIN_ADDRESS.fullmatch(address):
            raise UnsafeAddress(field, address)


def check_required(texts: Mapping[str, str], known: Sequence[Placeholder]) -> None:
    """Refuse words that leave out what the letter must say. `texts` are the fields readers see, by name. Raises MissingPlaceholder."""
    used = {name for text in texts.values() for name in _HOLE.findall(text)}
    for each in known:
        if each.is_required and each.name not in used:
            raise MissingPlaceholder("body", each.name)


def _checked_names(text: str, known: Sequence[Placeholder], field: str) -> dict[str, Kind]:
    kinds = {each.name: each.kind for each in known}
    for found in _ANY_HOLE.finditer(text):
        if not _HOLE.fullmatch(found[0]) or found[1] not in kinds:
            raise UnknownPlaceholder(field, found[0], allowed=tuple(kinds), meant=_meant(found[1], kinds))
    rest = _ANY_HOLE.sub("", text)
    if brace := _BRACES.search(rest):
        raise BrokenPlaceholder(field, rest[max(0, brace.start() - 12) : brace.end() + 12].strip())
    return {name: kinds[name] for name in _HOLE.findall(text)}


def _meant(typed: str, kinds: Mapping[str, Kind]) -> str:
    tidy = re.sub(r"[^a-z]+", "_", typed.strip().lower()).strip("_")
    close = difflib.get_close_matches(tidy, kinds, n=1, cutoff=0.5)
    return close[0] if close else ""


def _alone(text: str, name: str) -> int:
    return sum(line.strip() == f"{{{name}}}" for line in text.split("\n"))


# ── taking apart ──────────────────────────────────────────────────────────────────────────────────────────────────────


def parts(text: str, known: Sequence[Placeholder]) -> tuple[Part, ...]:
    """Return a body or closing taken apart, its placeholders not filled yet."""
    blocks = {f"{{{each.name}}}": each.name for each in known if each.kind is Kind.BLOCK}
    links = frozenset(f"{{{each.name}}}" for each in known if each.kind is Kind.LINK)
    found: list[Part] = []
    gathered: list[str] = []

    def close() -> None:
        if gathered:
            found.extend(_prose(gathered, links))
            gathered.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        tidy = line.strip()
        if tidy in blocks:
            close()
            found.append(Spot(blocks[tidy]))
        elif tidy:
            gathered.append(tidy)
        else:
            close()
    close()
    return tuple(found)


def _prose(lines: Sequence[str], links: frozenset[str]) -> list[Prose]:
    if heading := re.match(r"^#{1,4}\s+(.*)", lines[0]):
        rest = _prose(lines[1:], links) if len(lines) > 1 else []
        return [Prose("h2", (_runs(heading[1], links),)), *rest]
    for mark, kind in _LISTS:
        if all(mark.match(line) for line in lines):
            return [Prose(kind, tuple(_runs(mark.sub("", line), links) for line in lines))]
    return [Prose("p", (_runs("\n".join(lines), links),))]


def _runs(text: str, links: frozenset[str]) -> tuple[Run, ...]:
    found: list[Run] = []
    at = 0
    for strong in _STRONG.finditer(text):
        found += _linked(text[at : strong.start()], links)
        found += [replace(run, is_strong=True) for run in _linked(strong[1], links)]
        at = strong.end()
    return (*found, *_linked(text[at:], links))


def _linked(text: str, links: frozenset[str]) -> list[Run]:
    found: list[Run] = []
    at = 0
    for link in _LINK.finditer(text):
        found += _bare(text[at : link.start()], links)
        is_safe = link[2] in links or _PLAIN_ADDRESS.fullmatch(link[2])
        found.append(Run(link[1], url=link[2] if is_safe else ""))
        at = link.end()
    return found + _bare(text[at:], links)


def _bare(text: str, links: frozenset[str]) -> list[Run]:
    """Return words as runs; a link's placeholder that stands among them becomes a link that says its own address."""
    pieces = re.split(r"(\{[a-z_]+\})", text)
    found: list[Run] = []
    for piece in pieces:
        if piece in links:
            found.append(Run(piece, url=piece))
        elif found and not found[-1].url:
            found[-1] = Run(found[-1].text + piece)
        elif piece:
            found.append(Run(piece))
    return found


# ── filling ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """Return a line with its placeholders filled, each once: what a value says is not looked at again. Raises KeyError without one."""
    return _HOLE.sub(lambda hole: values[hole[1]], text)


def fill(part: Prose, values: Mapping[str, str]) -> Prose | None:
    """Return a part with its placeholders filled; None where all it had to say was in placeholders that are empty."""
    items = []
    for item in part.items:
        runs = tuple(Run(fill_line(run.text, values), run.is_strong, fill_line(run.url, values)) for run in item)
        is_said = "".join(run.text for run in runs).strip(" \n\t,，。.:：;；")
        if is_said or not any(_HOLE.search(run.text) for run in item):
            items.append(runs)
    return Prose(part.kind, tuple(items)) if items else None


def used(texts: Sequence[str]) -> frozenset[str]:
    """Return the names of all placeholders in these texts."""
    return frozenset(name for text in texts for name in _HOLE.findall(text))
