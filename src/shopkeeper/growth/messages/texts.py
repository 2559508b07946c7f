"""The words of letters: what is in force, every version, publishing, going back."""

from datetime import datetime

from django.db import transaction
from django.utils import translation

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.growth.messages import own_words, text_store
from shopkeeper.growth.messages.placeholders import PLACEHOLDERS
from shopkeeper.growth.messages.rules import language as rule
from shopkeeper.growth.messages.shapes import LANGUAGES, InForce, LetterText, MailKind, TextChanged, Words
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.ops.audit import public as audit

MOST_LINE, MOST_PREVIEW, MOST_BUTTON, MOST_PROSE = 200, 300, 80, 10_000
SEEN = ("subject", "heading", "body", "closing")
"""What every reader sees: not the preview, which mailboxes cut off or leave out, not a greeting, which who left no name does not get, and
not the button.
"""


def in_force(letter: str, language: str) -> InForce:
    """Return the words a letter goes out with now, in a language. Raises Malformed for an unknown letter or language."""
    kind, code = _known(letter, language)
    return _in_force(kind, code, text_store.latest(kind, code))


def all_in_force() -> tuple[InForce, ...]:
    """Return the words of every letter in both languages: one query."""
    latest = text_store.all_latest()
    return tuple(_in_force(kind, code, latest.get((kind, code))) for kind in MailKind for code in LANGUAGES)


def own(letter: str, language: str) -> Words:
    """Return the words that come with the program. Raises Malformed."""
    kind, code = _known(letter, language)
    with translation.override(code):
        return own_words.of(kind)


def text_version(letter: str, language: str, version: int) -> LetterText:
    """Return one version of a letter's words. Raises Malformed, NotFound."""
    kind, code = _known(letter, language)
    for found in text_store.versions(kind, code):
        if found.version == version:
            return found
    raise NotFound("version", version)


def text_versions(letter: str, language: str) -> tuple[LetterText, ...]:
    """Return every published version of a letter's words, newest first. Raises Malformed."""
    return text_store.versions(*_known(letter, language))


def checked(letter: str, language: str, words: Words) -> Words:
    """Return words made tidy, as they would be published. Raises Malformed, OutOfRange and every refusal of `rules/language.py`."""
    kind, _code = _known(letter, language)
    tidy = Words(
        subject=checks.line(words.subject, field="subject", least=1, most=MOST_LINE),
        preview=checks.line(words.preview, field="preview", most=MOST_PREVIEW),
        heading=checks.line(words.heading, field="heading", least=1, most=MOST_LINE),
        greeting=checks.line(words.greeting, field="greeting", most=MOST_LINE),
        body=checks.paragraphs(words.body, field="body", least=1, most=MOST_PROSE),
        button=checks.line(words.button, field="button", least=1, most=MOST_BUTTON),
        closing=checks.paragraphs(words.closing, field="closing", most=MOST_PROSE),
    )
    known = PLACEHOLDERS[kind]
    for name in ("subject", "preview", "heading", "greeting", "button"):
        rule.check_line(getattr(tidy, name), known, field=name)
    rule.check_prose(tidy.body, known, field="body", blocks=True)
    rule.check_prose(tidy.closing, known, field="closing", blocks=False)
    rule.check_required({name: getattr(tidy, name) for name in SEEN}, known)
    return tidy


@transaction.atomic
def publish(*, letter: str, language: str, words: Words, seen_version: int | None = None, actor: UserId | None, now: datetime) -> InForce:
    """Publish the next version of a letter's words and return what is in force; words that did not change stay as they are.

    `seen_version` is the version the writer began from. Raises TextChanged where another was published since, and as `checked` does.
    """
    tidy = checked(letter, language, words)
    kind, code = _known(letter, language)
    present = _locked(kind, code, seen_version)
    if present.words == tidy:
        return present
    return _publish(present, tidy, actor, now)


@transaction.atomic
def use_own(*, letter: str, language: str, seen_version: int | None = None, actor: UserId | None, now: datetime) -> InForce:
    """Go back to the words that come with the program, as a new version, and return them. Raises Malformed, TextChanged."""
    kind, code = _known(letter, language)
    present = _locked(kind, code, seen_version)
    return present if present.is_own else _publish(present, None, actor, now)


def _publish(present: InForce, words: Words | None, actor: UserId | None, now: datetime) -> InForce:
    saved = text_store.add(present, words, actor=actor, now=now)
    subject = f"letter:{present.letter.value}.{present.language}"
    before = {"version": present.version} if present.version else None
    after = {"version": saved.version, "is_own": words is None}
    audit.record(actor=actor, act="messages.publish", subject=subject, before=before, after=after, at=now)
    fact = facts.LetterTextPublished(text_id=saved.id, letter=saved.letter.value, language=saved.language, version=saved.version)
    events.record(fact, at=now)
    return _in_force(present.letter, present.language, saved)


def _locked(kind: MailKind, code: str, seen: int | None) -> InForce:
    text_store.lock(kind, code)
    present = _in_force(kind, code, text_store.latest(kind, code))
    if seen is not None and seen != present.version:
        raise TextChanged(seen, present.version)
    return present


def _in_force(kind: MailKind, code: str, text: LetterText | None) -> InForce:
    words = text.words if text is not None and text.words is not None else own(kind.value, code)
    return InForce(letter=kind, language=code, words=words, text=text)


def _known(letter: str, language: str) -> tuple[MailKind, str]:
    if letter not in set(MailKind):
        raise Malformed("letter", letter, expected="letter")
    return MailKind(letter), checks.language(language)
