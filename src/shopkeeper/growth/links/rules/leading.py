"""Where a link leads: its page, in a language, with the words that say where the visitor came from."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from shopkeeper.growth.links.shapes import LinkDraft

LANGUAGES = ("en", "zh-hans")
_OWN = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def language_of(address: str) -> str:
    """Return the language an address of the shop names, empty where it opens in the reader's."""
    first = address.removeprefix("/").partition("/")[0].partition("?")[0]
    return first if first in LANGUAGES else ""


def target(draft: LinkDraft, *, code: str, language: str) -> str:
    """Return the path of this shop a link leads to, with its query: the page's own, then utm_* words; utm_content is the link's code.

    `language` is used where the link names none. Words of this kind in the page's own address give way.
    """
    parts = urlsplit(draft.address)
    path = parts.path if language_of(draft.address) else f"/{language}{parts.path}"
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _OWN]
    told = [("utm_source", draft.source), ("utm_medium", draft.medium), ("utm_campaign", draft.campaign), ("utm_content", code)]
    query = urlencode([*kept, *((name, value) for name, value in told if value)])
    return urlunsplit(("", "", path, query, parts.fragment))
