"""From words with placeholders and the values of one order, person or product to a letter."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field

from django.utils.translation import gettext as _

from shopkeeper.growth.messages import own_words
from shopkeeper.growth.messages.letter import Block, Head, Letter, Link
from shopkeeper.growth.messages.placeholders import PLACEHOLDERS
from shopkeeper.growth.messages.rules import language as rule
from shopkeeper.growth.messages.shapes import Attachment, InForce, MailKind, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What one letter is about: whom it goes to, where its button leads, and the value of each of its placeholders, of this one alone."""

    to: str
    language: str
    head: Head
    link: str
    values: Mapping[str, str]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    why: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""
    consents: str = ""


def write(kind: MailKind, matter: Matter, words: InForce | None) -> Letter:
    """Return the letter in the words in force, or in the program's own where none are given. Called inside the reader's language."""
    said = words.words if words else own_words.of(kind)
    known = PLACEHOLDERS[kind]
    values = {each.name: "" for each in known} | dict(matter.values)
    greeting = _greeting(said, values)
    return Letter(
        to=matter.to,
        language=matter.language,
        head=matter.head,
        subject=rule.fill_line(said.subject, values),
        preview=rule.fill_line(said.preview, values).strip(),
        heading=rule.fill_line(said.heading, values),
        body=(*_prose(greeting), *_filled(rule.parts(said.body, known), values, matter.blocks)),
        button=Link(rule.fill_line(said.button, values), matter.link),
        closing=tuple(part for part in _filled(rule.parts(said.closing, known), values, {}) if isinstance(part, rule.Prose)),
        why=matter.why,
        attachments=matter.attachments,
        unsubscribe=matter.unsubscribe,
        consents=matter.consents,
        text_id=words.text.id if words and words.text else None,
        words=fingerprint(said),
    )


def fingerprint(words: Words) -> str:
    """Return sixteen signs that tell these words from all others."""
    return hashlib.sha256("\x1f".join(astuple(words)).encode()).hexdigest()[:16]


def _greeting(said: Words, values: Mapping[str, str]) -> str:
    if "name" in rule.used([said.greeting]) and not values.get("name"):
        return _("Hello,")
    return rule.fill_line(said.greeting, values)


def _prose(text: str) -> tuple[rule.Prose, ...]:
    return (rule.Prose("p", ((rule.Run(text),),)),) if text else ()


def _filled(parts: Sequence[rule.Part], values: Mapping[str, str], blocks: Mapping[str, Block]) -> list[rule.Prose | Block]:
    found: list[rule.Prose | Block] = []
    for part in parts:
        filled: rule.Prose | Block | None = blocks.get(part.name) if isinstance(part, rule.Spot) else rule.fill(part, values)
        if filled is None or (isinstance(filled, Block) and not filled.kind):
            continue
        before = found[-1] if found else None
        if isinstance(filled, Block) and filled.details and isinstance(before, Block) and before.details:
            found[-1] = Block(details=(*before.details, *filled.details))
        else:
            found.append(filled)
    return found
