"""The face of the content room: the shop's own texts in every version, what engines are told of its pages, and how these were found."""

from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.content import starting, store
from shopkeeper.selling.content.pages import (
    cut_for_engines,
    engine_px,
    engine_words,
    engine_words_changed,
    engine_words_of,
    forget_looks,
    is_short_for_engines,
    keep_look,
    look,
    looked,
    looked_at,
    looked_at_of,
    looks,
    save_engine_words,
    scores,
    spread,
)
from shopkeeper.selling.content.shapes import Draft, ShopText, TextKind

__all__ = [
    "cut_for_engines",
    "engine_px",
    "engine_words",
    "engine_words_changed",
    "engine_words_of",
    "forget_looks",
    "install_defaults",
    "is_short_for_engines",
    "is_template",
    "keep_look",
    "look",
    "looked",
    "looked_at",
    "looked_at_of",
    "looks",
    "publish_text",
    "save_engine_words",
    "scores",
    "spread",
    "text",
    "texts",
    "versions",
    "without_warning",
]

MOST_TITLE = 120
MOST_BODY = 60_000


def text(kind: str, *, version: int | None = None) -> ShopText:
    """Return a text as published last, or the version asked for. Raises NotFound, Malformed for an unknown kind."""
    found = store.version(_kind(kind), version)
    if found is None:
        raise NotFound("text", kind if version is None else f"{kind} {version}")
    return found


def texts() -> dict[TextKind, ShopText]:
    """Return the latest version of every published text, in one query."""
    return store.latest()


def versions(kind: str) -> tuple[ShopText, ...]:
    """Return every version of a text, newest first. Raises Malformed for an unknown kind."""
    return store.versions(_kind(kind))


def is_template(text: ShopText) -> bool:
    """Return whether a text still carries, in either language, the warning that it is a template nobody has checked."""
    return any(starting.is_warning(each) for body in (text.body.en, text.body.zh) for each in body.split("\n\n"))


def without_warning(text: ShopText) -> Bilingual:
    """Return a text's words without the warning it came with."""
    return Bilingual(en=_unwarned(text.body.en), zh=_unwarned(text.body.zh))


def _unwarned(body: str) -> str:
    return "\n\n".join(each for each in body.split("\n\n") if not starting.is_warning(each))


@transaction.atomic
def publish_text(*, kind: str, title: Bilingual, body: Bilingual, actor: UserId | None, now: datetime) -> ShopText:
    """Publish the next version of a text and return it; a text that did not change stays as it is. Raises Malformed, OutOfRange.

    English is needed; where the Chinese is empty, Chinese readers get the English.
    """
    known = _kind(kind)
    draft = Draft(
        kind=known,
        title=Bilingual(
            en=checks.line(title.en, field="title_en", least=1, most=MOST_TITLE),
            zh=checks.line(title.zh, field="title_zh", most=MOST_TITLE),
        ),
        body=Bilingual(
            en=checks.paragraphs(body.en, field="body_en", least=1, most=MOST_BODY),
            zh=checks.paragraphs(body.zh, field="body_zh", most=MOST_BODY),
        ),
    )
    store.lock(known)
    present = store.version(known, None)
    if present is not None and (present.title, present.body) == (draft.title, draft.body):
        return present
    return _publish(draft, number=1 if present is None else present.version + 1, actor=actor, now=now)


@transaction.atomic
def install_defaults(*, now: datetime) -> tuple[ShopText, ...]:
    """Publish a first version of every text the shop does not have yet, and return those; the operator checks and replaces them."""
    published = []
    for draft in starting.drafts():
        store.lock(draft.kind)
        if store.version(draft.kind, None) is None:
            published.append(_publish(draft, number=1, actor=None, now=now))
    return tuple(published)


def _publish(draft: Draft, *, number: int, actor: UserId | None, now: datetime) -> ShopText:
    saved = store.add(draft, number=number, actor=actor, now=now)
    before = {"version": number - 1} if number > 1 else None
    audit.record(actor=actor, act="content.publish", subject=f"text:{draft.kind.value}", before=before, after={"version": number}, at=now)
    events.record(facts.ShopTextPublished(text_id=saved.id, kind=draft.kind.value, version=number), at=now)
    return saved


def _kind(kind: str) -> TextKind:
    try:
        return TextKind(kind)
    except ValueError as error:
        raise Malformed("kind", kind, expected="text_kind") from error
