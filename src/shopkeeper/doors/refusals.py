"""Refusals in the reader's language: which field, which value, what is wrong with it and what to do. One translation for every door."""

from dataclasses import dataclass

from shopkeeper.doors.wordings import asking, entering, files, goods, orders, people, pictures, promoting, upkeep  # noqa: F401 - each teaches `say` its words
from shopkeeper.doors.wordings.say import MOST_SHOWN, name_of, say, shown
from shopkeeper.kit.refusals import Refusal

__all__ = ["MOST_SHOWN", "Explained", "explain", "has_words", "name_of", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A refusal for the reader: the field's code and the value as given, then one sentence on each of problem and remedy."""

    field: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        # Chinese sentences follow each other without a space.
        return self.problem + ("" if self.problem.endswith("。") else " ") + self.remedy


def explain(refusal: Refusal) -> Explained:
    """Return a refusal in the active language. Every kind of refusal has its own words; a test walks them all."""
    problem, remedy = say(refusal)
    return Explained(field=refusal.field or "", value=shown(refusal.value), problem=problem, remedy=remedy)


def has_words(kind: type[Refusal]) -> bool:
    """Return whether a kind of refusal has words of its own."""
    return say.dispatch(kind) is not say.dispatch(Refusal)
