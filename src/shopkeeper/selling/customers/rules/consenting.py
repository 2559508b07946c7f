"""What holds of the words a person gave, where several records stand for one person."""

from collections.abc import Sequence
from datetime import datetime

from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.customers.shapes import CHOICES, Consent


def choices(given: Sequence[str]) -> tuple[str, ...]:
    """Return what is agreed to, each once, in the order of CHOICES. Raises Malformed for a choice the shop does not offer."""
    for choice in given:
        if choice not in CHOICES:
            raise Malformed("given", choice, expected="purpose")
    return tuple(choice for choice in CHOICES if choice in given)


def holding(last_words: Sequence[Consent], merged_at: datetime | None) -> tuple[tuple[str, ...], bool]:
    """Return what a person agrees to, and whether it is only the strictest of several words.

    `last_words` is the last word of each record, `merged_at` the moment of the youngest merge between them. Who never spoke agreed to
    nothing. A word given since the merge is the person's own and counts alone; before it, only what every record that spoke had given.
    """
    if not last_words:
        return (), False
    newest = max(last_words, key=lambda word: word.at)
    if merged_at is None or len(last_words) == 1 or newest.at >= merged_at:
        return newest.given, False
    common = set(CHOICES).intersection(*(word.given for word in last_words))
    return tuple(choice for choice in CHOICES if choice in common), True
