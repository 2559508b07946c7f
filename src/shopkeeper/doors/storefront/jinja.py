"""How storefront templates are made: autoescaping, gettext, and the few words and figures pages need."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment
from markupsafe import Markup

from shopkeeper.doors import drawings
from shopkeeper.doors.storefront import reading, words


@lru_cache(maxsize=64)
def _fingerprint(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file's content, so browsers may keep it for ever."""
    if settings.DEBUG:
        _fingerprint.cache_clear()
    mark = _fingerprint(path)
    return f"{static(path)}?v={mark}" if mark else static(path)


def url(name: str, **values: Any) -> str:
    """Return the address of a storefront page by its name, in the active language."""
    return reverse(f"storefront:{name}", kwargs=values)


def console(name: str) -> str:
    """Return the address of a console page by its name, for staff who look at the shop: `products:new`."""
    return reverse(f"console_{name}")


def html_language() -> str:
    """Return the active language as HTML's `lang` wants it (`en`, `zh-Hans`)."""
    return "zh-Hans" if (get_language() or "en").startswith("zh") else "en"


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
    env.globals.update(
        asset=asset,
        url=url,
        console=console,
        html_language=html_language,
        drawing=drawing,
        emblem=emblem,
        shape=lambda name, seed: Markup(drawings.svg(name, seed=seed, title="")),  # noqa: S704 - our own drawing
        hero=lambda: Markup(drawings.hero_svg(get_language() or "en")),  # noqa: S704 - our own drawing
        words=words,
    )
    env.filters.update(
        pick=reading.pick,
        money=reading.money,
        day=reading.day,
        short_day=reading.short_day,
        moment=reading.moment,
        number=reading.number,
        percent=reading.percent,
        country=reading.country,
        prose=reading.prose,
    )
    return env
