"""Which addresses a link may lead to: pages of this shop that anybody may open, found by the shop's own table of addresses."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import override

from shopkeeper.growth.links.rules.leading import language_of
from shopkeeper.growth.links.shapes import MOST_ADDRESS
from shopkeeper.kit import checks
from shopkeeper.kit.refusals import Malformed

OPEN = frozenset(
    {
        "home", "shelves", "category", "goods", "product", "collections", "collection", "search", "text", "compare", "wishes",
        "register", "sign_in", "find_order",
    }
)  # fmt: skip
"""Pages that show the same to everybody, or ask who somebody is. An order, a basket or a link from a mail is nobody else's."""


def checked(address: str) -> str:
    """Return the address of a page of this shop, from its first slash on. Raises Malformed, OutOfRange.

    Whoever pastes a whole address of this shop is understood; a slash left out at the end is added. What is kept is what may be too long.
    """
    pasted = address.strip()
    own = pasted.removeprefix(settings.PUBLIC_URL)
    tidy = checks.line("/" if pasted and not own else own, field="address", least=1, most=MOST_ADDRESS)
    parts = urlsplit(tidy) if tidy.startswith("/") and not tidy.startswith("//") and not any(each in tidy for each in "\\ \t") else None
    if parts is None or parts.scheme or parts.netloc:
        raise Malformed("address", checks.shown(address), expected="shop_page")
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    language = language_of(path)
    with override(language or "en"):
        try:
            match = resolve(path if language else f"/en{path}")
        except Resolver404:
            match = None
    if match is None or match.namespace != "storefront" or match.url_name not in OPEN:
        raise Malformed("address", checks.shown(address), expected="shop_page")
    return checks.line(parts._replace(path=path).geturl(), field="address", most=MOST_ADDRESS)
