"""The drawn picture of a thing without a photo, the same as shoppers see it."""

from dataclasses import dataclass

from django.template import engines
from django.utils.safestring import SafeString, mark_safe

from shopkeeper.kit.text import Bilingual


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chooses a drawing: the product's source name (or slug) and the slug of its category."""

    source_name: str
    slug: str
    category_slug: str = ""
    name: Bilingual = Bilingual()


def drawing(thing: Drawn) -> SafeString:
    """Return the drawing as inline SVG. The storefront's templates draw it, so both doors show the same picture."""
    draw = engines["jinja2"].env.globals["drawing"]  # type: ignore[attr-defined]
    return mark_safe(str(draw(thing, category_slug=thing.category_slug)))  # noqa: S308 (made by our own code from a fixed set of shapes)
