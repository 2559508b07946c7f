"""The drawn picture of a thing without a photo, the same as shoppers see it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from shopkeeper.doors import drawings
from shopkeeper.kit.text import Bilingual

NAMELESS = Bilingual()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chooses a drawing: the product's source name (or slug) and the slug of its category."""

    source_name: str
    slug: str
    category_slug: str = ""
    name: Bilingual = NAMELESS


def drawing(thing: Drawn) -> SafeString:
    """Return the drawing as inline SVG."""
    drawn = drawings.of_goods(source_name=thing.source_name, name=thing.name.en, slug=thing.slug, category_slug=thing.category_slug)
    return mark_safe(drawn)  # noqa: S308 (made by our own code from a fixed set of shapes)
