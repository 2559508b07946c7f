"""What the console's templates may say: figures, moments, pills, the shop's name and the other language."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shopkeeper.doors.console import cells, frame, pictures, reading, words
from shopkeeper.kit import places
from shopkeeper.kit.console import own_words
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.media.shapes import WHOLE_WIDTHS
from shopkeeper.selling.orders.shapes import PieceRun
from shopkeeper.selling.reviews.shapes import ReviewPhoto

register = template.Library()


@lru_cache(maxsize=64)
def _fingerprint(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file's content."""
    if settings.DEBUG:
        _fingerprint.cache_clear()
    return f"{static(path)}?v={_fingerprint(path)}"


@register.filter
def asked_for(field: Any) -> SafeString:
    """Return the mark of a field that is asked only where another has certain answers, else nothing."""
    asker, answers = getattr(field.form, "asked_for", {}).get(field.name, ("", ()))
    return format_html(' data-asker="{}" data-answers="{}"', asker, " ".join(answers)) if asker else SafeString()


@register.simple_tag
def shop_name() -> str:
    """Return the shop's name in the reader's language, empty before it is opened."""
    home = frame.home()
    return reading.pick(home.name) if home else ""


@register.simple_tag(takes_context=True)
def language_switch(context: Any) -> SafeString:
    """Return the button that shows the same page in the other language."""
    request = context["request"]
    other, words, lang = ("en", "English", "en") if (get_language() or "en").startswith("zh") else ("zh-hans", "中文", "zh-Hans")
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="next" value="{}">'
        '<button class="sk-chip" name="language" value="{}" lang="{}">{}</button></form>',
        reverse("console_language"), get_token(request), request.get_full_path(), other, lang, words,
    )  # fmt: skip


register.filter("own_words", own_words)


@register.filter
def count(value: int) -> str:
    """Return a whole number with the reader's separators."""
    return reading.number(value)


@register.filter
def minor(value: int, currency: str = "") -> str:
    """Return minor units as money of the shop's currency."""
    return reading.money(value, currency or frame.setting().currency)


@register.filter
def when(value: datetime) -> str:
    """Return a moment in the shop's zone."""
    return reading.moment(value, frame.setting().zone)


@register.filter
def on_day(value: date) -> str:
    """Return a day with its year."""
    return reading.short_day(value)


@register.filter
def both(value: Bilingual) -> str:
    """Return a bilingual text in the reader's language."""
    return reading.pick(value)


@register.simple_tag
def colon() -> str:
    """Return the sign between a heading and what it is about, in the reader's language."""
    return reading.colon()


@register.filter
def aside(value: object) -> str:
    """Return what stands in brackets after something, in the reader's language."""
    return reading.aside(value)


@register.filter
def land(value: str) -> str:
    """Return a country's name in the reader's language."""
    return reading.country(value)


@register.filter
def zone(value: str) -> str:
    """Return what the reader calls a time zone."""
    return places.zone_name(value)


@register.filter
def city(value: str) -> str:
    """Return the place a time zone is named after, in the reader's language."""
    return places.zone_city(value)


@register.filter
def coin(value: str) -> str:
    """Return a currency's name in the reader's language, with its code."""
    return reading.currency_name(value)


@register.filter
def basis(value: int) -> str:
    """Return ten-thousandths as a percentage."""
    return reading.percent(value)


@register.filter
def pill(value: Any) -> SafeString:
    """Return a state as a pill."""
    return cells.draw(value, "pill", frame.setting())


@register.filter
def role_word(value: str) -> str:
    """Return a role in a word."""
    return words.role(str(value))


@register.simple_tag
def difference(whole: int, part: int, currency: str) -> str:
    """Return what is left of an amount as money."""
    return reading.money(whole - part, currency)


@register.simple_tag
def gives_back(runs: Sequence[PieceRun], currency: str) -> str:
    """Return in words what each piece of a line gives back."""
    return words.gives_back(runs, currency)


@register.simple_tag
def line_gives(form: Any, row: Any) -> str:
    """Return what the chosen pieces of a line give back, a dash where that is not known yet or nothing is chosen."""
    found = form.back_by_line.get(row.line.id)
    return cells.NONE if found is None else reading.money(found, form.order.currency)


@register.simple_tag
def line_name(lines: Any, line_id: int) -> str:
    """Return the name of an order's line in the reader's language."""
    return reading.pick(lines[line_id].name) if line_id in lines else str(line_id)


@register.simple_tag
def drawing(thing: pictures.Drawn) -> SafeString:
    """Return the drawing of a product without a photo."""
    return pictures.drawing(thing)


@register.filter
def long_day(value: date) -> str:
    """Return a day with its weekday."""
    return reading.day(value)


@register.filter
def clock(value: datetime) -> str:
    """Return the time of day of a moment that is in the right zone already."""
    return f"{value:%H:%M}"


@register.filter
def small_photo(photo: ReviewPhoto) -> str:
    """Return where a buyer's photo is fetched as a small square."""
    return f"/media/{photo.square}/{min(photo.side, 160)}.jpg"


@register.filter
def large_photo(photo: ReviewPhoto) -> str:
    """Return where a buyer's photo is fetched as large as it is kept."""
    return f"/media/{photo.whole}/{min(photo.width, WHOLE_WIDTHS[-1])}.jpg"
