"""What a writer may write, made tidy: a name that is no mail address, one to five stars, plain text."""

from dataclasses import replace

from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.reviews.shapes import (
    MOST_ANSWER,
    MOST_NAME,
    MOST_PHOTOS,
    MOST_QUESTION,
    MOST_TEXT,
    MOST_TITLE,
    HideReason,
    NeedsReason,
    ReviewDraft,
    ReviewState,
    Said,
    TooManyPhotos,
)

LEAST_DIGITS_OF_A_PHONE = 7


def draft(found: ReviewDraft) -> ReviewDraft:
    """Return what was written, tidy; the same photo twice counts once. Raises Malformed, OutOfRange, TooManyPhotos."""
    photos = tuple(dict.fromkeys(found.photos))
    if len(photos) > MOST_PHOTOS:
        raise TooManyPhotos(len(photos))
    return replace(
        found,
        photos=photos,
        shown_name=shown_name(found.shown_name),
        stars=checks.whole(found.stars, field="stars", least=1, most=5),
        title=checks.line(found.title, field="title", most=MOST_TITLE),
        text=checks.paragraphs(found.text, field="text", most=MOST_TEXT),
        language=checks.language(found.language),
    )


def shown_name(value: str) -> str:
    """Return the name that everybody will see. Raises Malformed for one by which a stranger could reach the writer, OutOfRange."""
    tidy = checks.line(value, field="shown_name", least=1, most=MOST_NAME)
    if "@" in tidy or sum(char.isdigit() for char in tidy) >= LEAST_DIGITS_OF_A_PHONE:
        raise Malformed("shown_name", checks.shown(tidy), expected="shown_name")
    return tidy


def answer(text: str) -> str:
    """Return an answer, tidy. Raises Malformed, OutOfRange."""
    return checks.paragraphs(text, field="answer", least=1, most=MOST_ANSWER)


def question(found: Said) -> Said:
    """Return what somebody asks, tidy. Raises Malformed, OutOfRange."""
    text = checks.paragraphs(found.text, field="question", least=1, most=MOST_QUESTION)
    return Said(shown_name=shown_name(found.shown_name), text=text, language=checks.language(found.language))


def reply(found: Said) -> Said:
    """Return what a buyer answers, tidy. Raises Malformed, OutOfRange."""
    return Said(shown_name=shown_name(found.shown_name), text=answer(found.text), language=checks.language(found.language))


def verdict(state: str, reason: str) -> tuple[ReviewState, str]:
    """Return where something shall stand and why: hidden for a reason of the list, shown for none. Raises Malformed, NeedsReason."""
    if state not in (ReviewState.SHOWN, ReviewState.HIDDEN):
        raise Malformed("state", checks.shown(state), expected="choice")
    if reason and reason not in list(HideReason):
        raise Malformed("reason", checks.shown(reason), expected="choice")
    if (state == ReviewState.HIDDEN) != bool(reason):
        raise NeedsReason(reason)
    return ReviewState(state), reason
