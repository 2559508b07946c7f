"""What stands around every page: shop, shelves, basket count, languages, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from markupsafe import Markup

from shopkeeper.doors.storefront import door, engines, heads, kept, languages, menu, pages, visitor
from shopkeeper.kit.page import Page
from shopkeeper.kit.time import day_of
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog.shapes import Category
from shopkeeper.selling.shop.shapes import Shop

_NAMES = {"en": ("en", "English"), "zh-hans": ("zh-Hans", "简体中文")}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    lang: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`categories` are the main shelves; `goods` counts what the shop offers; `here` is the shelf to mark.

    `may_stock`: the visitor is staff who may add goods to a shop that has none yet. `address` is the whole address under which search
    engines keep the page, `alternates` the same page by language; both empty where they shall not keep it.
    """

    categories: tuple[Category, ...]
    menu: Markup
    goods: int
    basket_mark: Markup
    wish_mark: Markup
    news_mark: Markup
    is_signed_in: bool
    may_stock: bool
    asks_consent: bool
    other: OtherLanguage | None
    address: str
    alternates: tuple[tuple[str, str], ...]
    notes: Sequence[Any]
    year: int
    here: str

    @property
    def is_unfilled(self) -> bool:
        """Whether there is nothing to buy here at all."""
        return self.goods == 0


def shop(request: HttpRequest) -> Shop:
    """Return the shop. Raises ShopNotOpen."""
    return kept.of(request).shop()


def today(request: HttpRequest) -> date:
    """Return the day in the shop's time zone."""
    return day_of(timezone.now(), shop(request).zone)


def page(
    request: HttpRequest,
    template: str,
    *,
    status: int = 200,
    here: str = "",
    basket_units: int | None = None,
    is_listed: bool = True,
    **more: Any,
) -> HttpResponse:
    """Return a storefront page with everything that stands around it; `is_listed`: engines may keep it. Raises ShopNotOpen."""
    around = shop(request)
    if door.keeps_out(request, around):
        return door.soon(request, around)
    catalogue = kept.of(request)
    main = tuple(each for each in catalogue.categories() if each.parent_id is None)
    # Goods that stand on no shelf are counted only where there are no others: a shop's first product must not be missed.
    goods = sum(each.products for each in main) or catalogue.listing(size=1).total
    own = engines.own_address(request) if is_listed and status == HTTPStatus.OK else None
    framed = Frame(
        categories=tuple(each for each in main if each.products),
        menu=menu.text(request, here),
        goods=goods,
        basket_mark=pages.units_mark(request, visitor.basket_units(request) if basket_units is None else basket_units),
        wish_mark=pages.wishes_mark(request),
        news_mark=pages.news_mark(request),
        is_signed_in=visitor.is_signed_in(request),
        may_stock=goods == 0 and access.may(visitor.user_id(request), "catalog.save_product"),
        asks_consent=not visitor.consent_choice(request),
        other=_other(request),
        address=settings.PUBLIC_URL + own if own else "",
        alternates=engines.alternates(request) if own else (),
        notes=tuple(messages.get_messages(request)),
        year=today(request).year,
        here=here,
    )
    context = {
        "shop": around,
        "currency": around.currency,
        "frame": framed,
        "page_numbers": page_numbers,
        "status": status,
        "head": heads.NOTHING,
        **more,
    }
    context["page_language"] = request.LANGUAGE_CODE
    context["token_input"] = SimpleLazyObject(lambda: pages.token_input(request))
    response = render(request, f"storefront/{template}.html", context, status=status)
    languages.remember(request, response)
    return response


def page_numbers(page: Page[Any]) -> list[int | None]:
    """Return the page numbers to offer: the first, the last, and those around this one; None stands for a gap."""
    wanted = sorted({1, page.pages, *range(max(1, page.number - 1), min(page.pages, page.number + 1) + 1)})
    numbers: list[int | None] = []
    for number in wanted:
        last = numbers[-1] if numbers else None
        if last is not None and number == last + 2:
            numbers.append(number - 1)
        elif last is not None and number > last + 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def _swapped(request: HttpRequest, language: str) -> str | None:
    # A page that answers a form has no address of its own to come back to; its query still fits.
    prefix = f"/{request.LANGUAGE_CODE}/"
    if not request.path.startswith(prefix):
        return None
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return f"/{language}/{request.path[len(prefix) :]}{query}"


def _other(request: HttpRequest) -> OtherLanguage | None:
    for code, (lang, name) in _NAMES.items():
        if code != request.LANGUAGE_CODE:
            return OtherLanguage(lang=lang, name=name, address=_swapped(request, code) or f"/{code}/")
    return None
