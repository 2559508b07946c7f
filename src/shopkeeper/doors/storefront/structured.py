"""What the shop tells search engines in their own terms (schema.org, JSON-LD): nothing that the page itself does not say."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopkeeper.doors.storefront import photos, reading
from shopkeeper.flows.browse import Card, Choice, Shown
from shopkeeper.kit.money import to_decimal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import Category
from shopkeeper.selling.pricing.shapes import PriceTag, TaxMode
from shopkeeper.selling.reviews.shapes import ShownReview
from shopkeeper.selling.shop.shapes import Shop

CONTEXT = "https://schema.org"
_LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}

Told = dict[str, Any]


def home(shop: Shop) -> Told:
    """Return the shop itself, and how it is searched."""
    address = _address("home")
    seller: Told = {"@type": "OnlineStore", "@id": f"{address}#shop", "name": reading.pick(shop.name), "url": address}
    contact = (("legalName", shop.legal_name), ("email", shop.email), ("telephone", shop.phone), ("address", shop.address))
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": _address("search") + "?q={search_term_string}"},
        "query-input": "required name=search_term_string",
    }
    site: Told = {"@type": "WebSite", "url": address, "name": reading.pick(shop.name), "potentialAction": search}
    return _graph(seller | {name: value for name, value in contact if value}, site)


def shelf(path: Sequence[Category], cards: Sequence[Card]) -> Told:
    """Return where a shelf stands, and what stands on this page of it in its order."""
    items = [
        _item(place, reading.pick(card.product.name), url=_address("product", slug=card.product.slug))
        for place, card in enumerate(cards, 1)
    ]
    return _graph(_trail(path), {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items})


def product(shown: Shown, currency: str) -> Told:
    """Return a product with its offers, where it stands, and, where there are any, its rating and the reviews on this page.

    Only shown reviews are told, hidden and waiting ones never; the mean is the one that the page says. Goods without a price have no
    offer, and goods of which nobody has spoken no rating, since a rating of nobody is none.
    """
    address = _address("product", slug=shown.product.slug)
    told: Told = {"@type": "Product", "@id": f"{address}#product", "name": reading.pick(shown.product.name), "url": address}
    words = reading.pick(shown.product.text) or reading.pick(shown.product.name)
    told |= {"description": words[:5_000], "sku": shown.choices[0].variant.sku} if shown.choices else {"description": words[:5_000]}
    if shown.gallery.pictures:
        told["image"] = [settings.PUBLIC_URL + photos.largest(each.whole) for each in shown.gallery.pictures]
    if shown.brand:
        told["brand"] = {"@type": "Brand", "name": reading.pick(shown.brand.name)}
    if offers := [_offer(choice, choice.tag, address, currency) for choice in shown.choices if choice.tag]:
        told["offers"] = offers[0] if len(offers) == 1 else offers
    return _graph(told | _rating(shown), _trail(shown.path, (shown.product.name, address)))


def _offer(choice: Choice, tag: PriceTag, address: str, currency: str) -> Told:
    price = str(to_decimal(tag.amount_minor, currency))
    return {
        "@type": "Offer",
        "url": f"{address}?variant={choice.variant.id}",
        "sku": choice.variant.sku,
        "price": price,
        "priceCurrency": currency,
        "availability": f"{CONTEXT}/{'InStock' if choice.can_be_bought else 'OutOfStock'}",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": currency,
            "valueAddedTaxIncluded": tag.tax_mode is TaxMode.INCLUDED,
        },
    }


def _rating(shown: Shown) -> Told:
    rating = shown.opinions.summary.rating
    if not rating.count:
        return {}
    mean: Told = {"@type": "AggregateRating", "ratingValue": rating.tenths / 10, "reviewCount": rating.count}
    return {"aggregateRating": mean | {"bestRating": 5, "worstRating": 1}, "review": [_review(each) for each in shown.opinions.shown]}


def _review(found: ShownReview) -> Told:
    told: Told = {
        "@type": "Review",
        "author": {"@type": "Person", "name": found.shown_name},
        "datePublished": found.written_at.date().isoformat(),
        "inLanguage": _LANGUAGES[found.language],
        "reviewRating": {"@type": "Rating", "ratingValue": found.stars, "bestRating": 5, "worstRating": 1},
    }
    return told | {name: text for name, text in (("name", found.title), ("reviewBody", found.text)) if text}


def _trail(path: Sequence[Category], last: tuple[Bilingual, str] | None = None) -> Told:
    steps = [(_("Home"), _address("home"))]
    steps += [(reading.pick(each.name), _address("category", slug=each.slug)) for each in path]
    if last:
        steps.append((reading.pick(last[0]), last[1]))
    items = [_item(place, name, item=to) for place, (name, to) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _item(place: int, name: str, **where: str) -> Told:
    return {"@type": "ListItem", "position": place, "name": name, **where}


def _address(name: str, **values: str) -> str:
    return settings.PUBLIC_URL + reading.address(name, get_language() or "en", tuple(values.items()))


def _graph(*things: Told) -> Told:
    return {"@context": CONTEXT, "@graph": list(things)}
