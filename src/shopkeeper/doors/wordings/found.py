"""Words for what is found on the shop's own pages: what is wrong, with the value, and how it is mended."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from shopkeeper.selling.content.shapes_pages import Finding

KINDS = {
    "home": gettext_lazy("Front page"),
    "shelves": pgettext_lazy("a page", "All shelves"),
    "goods": gettext_lazy("Everything"),
    "category": pgettext_lazy("a page", "Shelf"),
    "collections": gettext_lazy("All collections"),
    "collection": pgettext_lazy("a page", "Collection"),
    "product": pgettext_lazy("a page", "Product"),
    "text": pgettext_lazy("a page", "Shop text"),
}
"""What each kind of page is called."""

CALLED = {
    "not_shown": gettext_lazy("Could not be shown"),
    "kept_out": gettext_lazy("Engines are kept out"),
    "title_missing": gettext_lazy("No title"),
    "title_twice": gettext_lazy("Title used twice"),
    "title_long": gettext_lazy("Title too long"),
    "title_short": gettext_lazy("Title too short"),
    "description_missing": gettext_lazy("No description"),
    "description_twice": gettext_lazy("Description used twice"),
    "description_long": gettext_lazy("Description too long"),
    "description_short": gettext_lazy("Description too short"),
    "heading_missing": gettext_lazy("No main heading"),
    "heading_several": gettext_lazy("Several main headings"),
    "heading_skipped": gettext_lazy("Heading skips a level"),
    "heading_empty": gettext_lazy("Empty heading"),
    "words_few": gettext_lazy("Few words"),
    "link_broken": gettext_lazy("Broken link"),
    "link_moved": gettext_lazy("Link that leads on to another address"),
    "link_unnamed": gettext_lazy("Link without words"),
    "picture_unnamed": gettext_lazy("Picture without words"),
    "picture_unmeasured": gettext_lazy("Picture without a measure"),
    "card_without_picture": gettext_lazy("No picture when shared"),
    "address_missing": gettext_lazy("No address of its own"),
    "address_elsewhere": gettext_lazy("Names another address"),
    "languages_missing": gettext_lazy("Other languages not named"),
    "language_wrong": gettext_lazy("Wrong language named"),
    "structured_missing": gettext_lazy("Structured data missing"),
    "structured_faulty": gettext_lazy("Structured data faulty"),
    "answer_slow": gettext_lazy("Slow answer"),
    "page_heavy": gettext_lazy("Heavy page"),
}
"""What each finding is called in a list: in a few words."""

_WORDS = gettext_lazy("Write one under “Words for engines”.")
_OWN = gettext_lazy("Give this page words of its own under “Words for engines”.")
_SHORTER = gettext_lazy("Shorten it under “Words for engines”, the most telling words first.")
_LONGER = gettext_lazy("Say under “Words for engines” what it is, of what and for whom.")
_PROGRAM = gettext_lazy("This is made by the shop’s program: tell whoever runs it, with this page’s address.")
_LINK = gettext_lazy("Change or take out the link where it stands in the text.")

_SAID: dict[str, tuple[Any, Any]] = {
    "not_shown": (
        gettext_lazy("The page could not be shown: %(why)s."),
        gettext_lazy("Open it in the shop. If it breaks there too, tell whoever runs the shop: “shopkeeper doctor” says more."),
    ),
    "kept_out": (
        gettext_lazy("The page tells engines not to keep it."),
        gettext_lazy("Before the shop is open that is as it should be: finish the first day. Afterwards tell whoever runs the shop."),
    ),
    "title_missing": (gettext_lazy("The page has no title."), _WORDS),
    "title_twice": (gettext_lazy("Another page has the same title: %(other)s."), _OWN),
    "title_long": (gettext_lazy("The title is about %(pixels)s pixels wide; engines cut it at %(most)s."), _SHORTER),
    "title_short": (gettext_lazy("The title is only about %(pixels)s pixels wide; below %(least)s it says little."), _LONGER),
    "description_missing": (gettext_lazy("The page has no description."), _WORDS),
    "description_twice": (gettext_lazy("Another page has the same description: %(other)s."), _OWN),
    "description_long": (gettext_lazy("The description is about %(pixels)s pixels wide; engines cut it at %(most)s."), _SHORTER),
    "description_short": (gettext_lazy("The description is only about %(pixels)s pixels wide; up from %(least)s it says enough."), _LONGER),
    "heading_missing": (gettext_lazy("The page has no main heading."), _PROGRAM),
    "heading_several": (gettext_lazy("The page has several main headings: %(count)s."), _PROGRAM),
    "heading_skipped": (gettext_lazy("The heading “%(text)s” is of level %(level)s below one of level %(above)s."), _PROGRAM),
    "heading_empty": (
        gettext_lazy("Headings without a word: %(count)s."),
        gettext_lazy("Fill the heading in where it stands in the text, or take it out."),
    ),
    "words_few": (
        gettext_lazy("The page has only some %(count)s words; from about %(least)s on there is something to find."),
        gettext_lazy("Describe in a few plain sentences what it is, of what it is made, and what it is good for."),
    ),
    "link_broken": (gettext_lazy("Links that lead to nothing: %(count)s, first %(address)s."), _LINK),
    "link_moved": (
        gettext_lazy("Links that lead on to another address, by a former name or without slash or language: %(count)s, first %(address)s."),
        _LINK,
    ),
    "link_unnamed": (gettext_lazy("Links without a word that says where they lead: %(count)s, first %(address)s."), _PROGRAM),
    "picture_unnamed": (
        gettext_lazy("Pictures of which no word is said: %(count)s, first %(address)s."),
        gettext_lazy("Say under “Pictures” what is to be seen on each."),
    ),
    "picture_unmeasured": (gettext_lazy("Pictures without a measure, so that the page jumps: %(count)s, first %(address)s."), _PROGRAM),
    "card_without_picture": (
        gettext_lazy("Where somebody passes the page on, no picture shows."),
        gettext_lazy("Add a picture to the product; a shelf shows that of the first product on it that has one."),
    ),
    "address_missing": (gettext_lazy("The page does not name the one address to keep it under."), _PROGRAM),
    "address_elsewhere": (gettext_lazy("The page names another address than its own: %(address)s."), _PROGRAM),
    "languages_missing": (gettext_lazy("The page does not name itself in: %(names)s."), _PROGRAM),
    "language_wrong": (gettext_lazy("The page says it is in “%(said)s”; it is in “%(wanted)s”."), _PROGRAM),
    "structured_missing": (gettext_lazy("Not told in engines’ own terms: %(names)s."), _PROGRAM),
    "structured_faulty": (
        gettext_lazy("Told in engines’ own terms with gaps: %(count)s, first %(first)s."),
        gettext_lazy("Give the product what is missing, such as a price or a text; else tell whoever runs the shop."),
    ),
    "answer_slow": (
        gettext_lazy("The first byte came after %(ms)s ms; up to %(most)s is good."),
        gettext_lazy("Look again at a quiet hour. If it stays, tell whoever runs the shop; “Health” says how it fares."),
    ),
    "page_heavy": (gettext_lazy("The page has %(bytes)s bytes; up to %(most)s is good."), _PROGRAM),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words: a few for a list, what is wrong with the value, and how it is mended."""

    called: str
    problem: str
    remedy: str


def told(finding: Finding) -> Told:
    """Return a finding in the reader's words."""
    problem, remedy = _SAID[finding.code]
    return Told(called=str(CALLED[finding.code]), problem=str(problem) % _values(finding), remedy=str(remedy))


def _values(finding: Finding) -> dict[str, str]:
    given = {name: f"{value:,}" if isinstance(value, int) else value for name, value in finding.values.items()}
    # A page that broke has no number, one that answered wrongly has no name of what broke.
    return given | {"why": str(finding.values.get("failure") or finding.values.get("status") or "")}


SEVERITIES = {
    "stops": gettext_lazy("not found at all"),
    "grave": gettext_lazy("found worse"),
    "minor": gettext_lazy("could be better"),
}
"""What a finding does to the page, in a word or three."""
