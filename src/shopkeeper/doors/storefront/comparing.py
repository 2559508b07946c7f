"""Goods side by side: chosen by the address alone, so that it can be shared and the way back works."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from babel.numbers import format_decimal
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from shopkeeper.doors.storefront import forms, frame, kept, reading, words
from shopkeeper.flows import wishing
from shopkeeper.flows.browse import Card
from shopkeeper.flows.wishing import MOST_BESIDE, Beside, Comparison
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.catalog.shapes import Trait
from shopkeeper.selling.search import public as search

_SLUG = re.compile(r"[-a-z0-9]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what is said of each of the goods, in their order. `differs`: not of all the same."""

    name: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the goods in the table, with the address of the same table without it."""

    beside: Beside
    without: str


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show up to four goods side by side; what else the address asks for, or what cannot be seen, is left out."""
    look, slugs = kept.of(request).look, [each for each in request.GET.getlist("goods")[: 3 * MOST_BESIDE] if _SLUG.fullmatch(each)]
    asked, problem = _find(request)
    comparison = wishing.beside(slugs, others=asked, look=look)
    there = [each.product.slug for each in comparison.goods]
    return frame.page(
        request,
        "compare",
        is_listed=False,
        places=[Place(beside=each, without=_address([slug for slug in there if slug != each.product.slug])) for each in comparison.goods],
        rows=rows(comparison, frame.shop(request).currency),
        others=[(card, _address([*there, card.product.slug])) for card in comparison.others],
        find=request.GET.get("find", "")[:100],
        problem=problem,
        nothing_found=asked is not None and not comparison.others,
        most=MOST_BESIDE,
        there=there,
    )


def _find(request: HttpRequest) -> tuple[Sequence[ProductId] | None, str]:
    """Return what was looked for to stand beside, None where nothing was, and what is wrong with the words."""
    text = request.GET.get("find", "")
    if not text.strip():
        return None, ""
    try:
        return search.find(forms.search_text(text), number=1, size=24).items, ""
    except Refusal:
        return (), _("These words cannot be searched for. Write a name or an item number.")


def _address(slugs: Sequence[str]) -> str:
    return "?" + urlencode([("goods", slug) for slug in slugs])


def rows(comparison: Comparison, currency: str) -> list[Row]:
    """Return the lines of the table; a line of which nothing is known of any of the goods is left out."""
    goods = comparison.goods
    found = [
        Row(name=_("Price"), cells=tuple(_price(each.card, currency) for each in goods)),
        Row(name=_("Stock"), cells=tuple(words.stock(each.card.available) for each in goods)),
        Row(name=_("Rating"), cells=tuple(_rating(each.card) for each in goods)),
        Row(name=_("Brand"), cells=tuple(reading.pick(each.brand.name) if each.brand else "" for each in goods)),
        *(
            Row(
                name=reading.pick(trait.name),
                cells=tuple(said(each.traits[trait.code]) if trait.code in each.traits else "" for each in goods),
            )
            for trait in comparison.traits
        ),
        Row(name=_("Weight"), cells=tuple(_weight(each) for each in goods)),
        Row(name=_("Choices"), cells=tuple(_choices(each) for each in goods)),
    ]
    return [row for row in found if any(row.cells)]


def said(trait: Trait) -> str:
    """Return what a trait says of its product, in the reader's language."""
    if trait.choices:
        return pgettext("between words", ", ").join(reading.pick(choice.name) for choice in trait.choices)
    if trait.number is not None:
        return f"{format_decimal(trait.number, locale=reading.locale())} {trait.unit}".strip()
    return reading.pick(trait.text)


def _price(card: Card, currency: str) -> str:
    if card.tag is None:
        return _("Not on sale at the moment")
    amount = reading.money(card.tag.amount_minor, currency)
    return pgettext("price", "from %(amount)s") % {"amount": amount} if card.has_several_prices else amount


def _rating(card: Card) -> str:
    if not card.rating.count:
        return ""
    return _("%(mean)s of 5 (%(count)s)") % {"mean": reading.mean(card.rating.tenths), "count": reading.number(card.rating.count)}


def _weight(each: Beside) -> str:
    weights = sorted({variant.weight_g for variant in each.product.variants if variant.is_sellable and variant.weight_g})
    if not weights:
        return ""
    ends = [reading.number(weights[0]), reading.number(weights[-1])] if len(weights) > 1 else [reading.number(weights[0])]
    return "–".join(ends) + " g"


def _choices(each: Beside) -> str:
    named = [reading.pick(variant.option) for variant in each.product.variants if variant.is_sellable]
    return pgettext("between reasons", "; ").join(name for name in named if name)
