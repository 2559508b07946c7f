"""What the shop tells search engines in their own terms (schema.org, JSON-LD): a product with the reviews that everybody can read."""

from typing import Any

from shopkeeper.doors.storefront import reading
from shopkeeper.flows.browse import Shown
from shopkeeper.selling.reviews.shapes import ShownReview

_LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}


def product(shown: Shown, address: str) -> dict[str, Any] | None:
    """Return a product with its rating and the reviews on this page; None without reviews, since a rating of nobody is none.

    Only shown reviews are told, hidden and waiting ones never; the mean is the one that the page says.
    """
    rating = shown.opinions.summary.rating
    if not rating.count:
        return None
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": reading.pick(shown.product.name),
        "url": address,
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": rating.tenths / 10,
            "reviewCount": rating.count,
            "bestRating": 5,
            "worstRating": 1,
        },
        "review": [_review(each) for each in shown.opinions.shown],
    }


def _review(found: ShownReview) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "Review",
        "author": {"@type": "Person", "name": found.shown_name},
        "datePublished": found.written_at.date().isoformat(),
        "inLanguage": _LANGUAGES[found.language],
        "reviewRating": {"@type": "Rating", "ratingValue": found.stars, "bestRating": 5, "worstRating": 1},
    }
    return told | {name: text for name, text in (("name", found.title), ("reviewBody", found.text)) if text}
