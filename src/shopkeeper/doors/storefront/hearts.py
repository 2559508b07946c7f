"""Hearts: what a browser remembers of its wish list, and the marks and buttons pages show of it.

The browser carries the ids of what is on its list beside the list's secret, so that a page tells what is wished for without asking the
database, also where the page itself is kept. The list in the database is what counts; this is only what the browser last saw of it.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from shopkeeper.doors.storefront import reading, visitor
from shopkeeper.kit.ids import VariantId, new_token
from shopkeeper.selling.wishes.shapes import MOST_WISHES, Owner, WishList, browser_owner

_ICON = Markup(
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" '
    'stroke-linejoin="round">'
    '<path d="M12 20C5 15.500 3 12 3 8.700A4.700 4.700 0 0 1 12 6.500a4.700 4.700 0 0 1 9 2.200C21 12 19 15.500 12 20z"/></svg>'
)

_KEY_LENGTHS = range(20, 61)


def marked(request: HttpRequest) -> tuple[VariantId, ...]:
    """Return what is on the visitor's list as the browser remembers it, for marks on pages only."""
    ids = visitor.wishes_cookie(request).partition(".")[0].split("-")
    return tuple(VariantId(int(each)) for each in ids[:MOST_WISHES] if each.isascii() and each.isdigit() and len(each) < 19)


def key(request: HttpRequest) -> str:
    """Return the secret of this browser's own list, empty where it has none."""
    found = visitor.wishes_cookie(request).partition(".")[2]
    is_ours = len(found) in _KEY_LENGTHS and found.isascii() and found.replace("-", "").replace("_", "").isalnum()
    return found if is_ours else ""


def new_key() -> str:
    """Return a secret for a browser that wishes for something for the first time."""
    return new_token()


def browser_of(secret: str) -> Owner:
    """Return the owner of the list of a browser that carries this secret."""
    return browser_owner(secret)


def browser(request: HttpRequest) -> Owner | None:
    """Return the owner of this browser's own list, None where it never wished for anything."""
    found = key(request)
    return browser_owner(found) if found else None


def remember(request: HttpRequest, response: HttpResponse, wishes: WishList, *, secret: str) -> None:
    """Let the browser carry what is on the list now; `secret` is empty for a member, whose list stands in the account."""
    value = _value(wishes, secret)
    if value == ".":
        visitor.forget_wishes(request, response)
    else:
        visitor.remember_wishes(response, value)


def know(request: HttpRequest, wishes: WishList, *, secret: str) -> None:
    """Let the page that answers this request tell the list as it is now: another browser may have changed it since."""
    if wishes.wishes or visitor.WISHES in request.COOKIES:
        request.COOKIES[visitor.WISHES] = _value(wishes, secret)


def _value(wishes: WishList, secret: str) -> str:
    return "-".join(str(each) for each in wishes.variant_ids) + f".{secret}"


def told(request: HttpRequest) -> str:
    """Return what pages tell of this visitor's wishes, as one text: what an answer's name rests on."""
    return f"{visitor.wishes_cookie(request).partition('.')[0]} {visitor.consent_choice(request)}"


def count(request: HttpRequest) -> Markup:
    """Return the number beside the heart in a page's head, with what the page's script needs to mark hearts.

    `data-keeps` stands there where the visitor agreed that this browser may keep what was looked at.
    """
    ids, keeps = marked(request), visitor.consent_choice(request) == "yes"
    return _count(ids, keeps) if ids else _none(keeps, request.LANGUAGE_CODE)


@lru_cache(maxsize=8)
def _none(keeps: bool, _language: str) -> Markup:
    # Most visitors wish for nothing yet: what a kept page says to them is said in no time.
    return _count((), keeps)


def _count(ids: Sequence[VariantId], keeps: bool) -> Markup:
    return Markup('<b data-wishes="{0}"{1}{2}>{3}</b>').format(
        " ".join(map(str, ids)),
        Markup("") if ids else Markup(" hidden"),
        Markup(" data-keeps") if keeps else Markup(""),
        reading.number(len(ids)),
    )


def button(variants: Sequence[VariantId], wished: Collection[VariantId]) -> Markup:
    """Return the button of a product's page: it wishes for the first of its variants, or takes those that are there off the list."""
    return _button(tuple(variants), tuple(each for each in variants if each in wished), get_language() or "en")


@lru_cache(maxsize=4096)
def _button(variants: Sequence[VariantId], there: Sequence[VariantId], _language: str) -> Markup:
    name, value = ("drop", "-".join(map(str, there))) if there else ("variant", str(variants[0]))
    return Markup(
        '<button class="btn quiet heart-of" form="hearts" name="{0}" value="{1}" data-heart="{2}"{3}>{4}<span>{5}</span></button>'
    ).format(
        name,
        value,
        "-".join(map(str, variants)),
        Markup(" data-on") if there else Markup(""),
        _ICON,
        _("On the wish list: take off") if there else _("Wish list"),
    )
