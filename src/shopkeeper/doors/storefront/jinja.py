"""How storefront templates are made: autoescaping, gettext, and the few words and figures pages need."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, override, pgettext
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from shopkeeper.doors import drawings
from shopkeeper.doors.prose import prose
from shopkeeper.doors.storefront import labels, photos, places, reading, words
from shopkeeper.flows.browse import FEW_SHOWN, Card
from shopkeeper.kit.money import to_decimal
from shopkeeper.kit.text import Bilingual


def _fingerprint(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file's content, so browsers may keep it for ever."""
    return _asset.__wrapped__(path) if settings.DEBUG else _asset(path)


@lru_cache(maxsize=64)
def _asset(path: str) -> str:
    mark = _fingerprint(path)
    return f"{static(path)}?v={mark}" if mark else static(path)


def _language(context: Context) -> str:
    # Asking Django costs more than most of what a page says with it, so a page carries its language along.
    return context.get("page_language") or get_language() or "en"


@pass_context
def url(context: Context, name: str, **values: Any) -> str:
    """Return the address of a storefront page by its name, in the page's language."""
    return reading.address(name, _language(context), tuple(values.items()))


@pass_context
def pick(context: Context, text: Bilingual) -> str:
    """Return a bilingual text in the page's language."""
    return text.pick(_language(context))


@pass_context
def _gettext(context: Context, message: str, **values: Any) -> Markup:
    said = _said(_language(context), message)
    return said % values if values else _plain(said)


@pass_context
def _pgettext(context: Context, about: str, message: str, **values: Any) -> Markup:
    said = _said(_language(context), message, about)
    return said % values if values else _plain(said)


@lru_cache(maxsize=2048)
def _said(language: str, message: str, about: str = "") -> Markup:
    with override(language):
        return Markup(pgettext(about, message) if about else gettext(message))  # noqa: S704 - our own texts and their translations


@lru_cache(maxsize=2048)
def _plain(said: Markup) -> Markup:
    return said % {}


def console(name: str) -> str:
    """Return the address of a console page by its name, for staff who look at the shop: `products:new`."""
    return reverse(f"console_{name}")


def html_language() -> str:
    """Return the active language as HTML's `lang` wants it (`en`, `zh-Hans`)."""
    return "zh-Hans" if (get_language() or "en").startswith("zh") else "en"


CARDS = 1_500
"""So many cards a process remembers, as markup: about 4 kB each."""


@pass_context
def card(context: Context, item: Card, *, level: int = 3) -> Markup:
    """Return a product's card on a shelf. The same card in the same language is drawn once, as long as others do not push it out."""
    # What the card says nothing of must not tell two of the same apart.
    shown = replace(item, available=min(item.available, FEW_SHOWN), units=())
    return _card(shown, context["currency"], level, _language(context))


@lru_cache(maxsize=CARDS)
def _card(item: Card, currency: str, level: int, language: str) -> Markup:
    template = engines["jinja2"].env.get_template("storefront/card.html")  # type: ignore[attr-defined]
    return Markup(template.render(item=item, currency=currency, level=level, page_language=language))  # noqa: S704 - rendered with escaping on


def drawing(goods: Any, *, category_slug: str = "", title: str = "") -> Markup:
    """Return the drawing of a product (or of goods) that has no photo, as inline SVG."""
    drawn = drawings.of_goods(source_name=goods.source_name, name=goods.name.en, slug=goods.slug, category_slug=category_slug, title=title)
    return Markup(drawn)  # noqa: S704 - our own drawing, its title escaped


_TINTS = {"seal": "red", "d1": "blue", "d2": "orange", "d3": "green", "d4": "plum", "d5": "straw", "d6": "sky"}


def emblem(category: Any) -> Markup:
    """Return the drawing that stands for a category, in its own tint."""
    return Markup(drawings.svg(f"{category.drawing}++{_TINTS.get(category.tint, '')}", seed=category.slug, title=""))  # noqa: S704 - our own drawing


def environment(**options: Any) -> Environment:
    """Return the Jinja environment of the storefront."""
    env = Environment(**{"autoescape": True, "trim_blocks": True, "lstrip_blocks": True, **options})  # noqa: S701 - it is on unless a caller turns it off
    env.policies["ext.i18n.trimmed"] = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    # The two that every page says dozens of times; what they say is remembered by language.
    env.globals.update(gettext=_gettext, _=_gettext, pgettext=_pgettext)
    env.globals.update(
        asset=asset,
        card=card,
        url=url,
        console=console,
        html_language=html_language,
        drawing=drawing,
        emblem=emblem,
        shape=lambda name, seed: Markup(drawings.svg(name, seed=seed, title="")),  # noqa: S704 - our own drawing
        hero=lambda: Markup(drawings.hero_svg(get_language() or "en")),  # noqa: S704 - our own drawing
        words=words,
        photos=photos,
    )
    env.filters.update(
        pick=pick,
        written=places.written,
        label=labels.said,
        money=reading.money,
        plain_money=lambda minor, currency: str(to_decimal(minor, currency)),
        day=reading.day,
        short_day=reading.short_day,
        moment=reading.moment,
        number=reading.number,
        mean=reading.mean,
        percent=reading.percent,
        country=reading.country,
        prose=prose,
    )
    return env
