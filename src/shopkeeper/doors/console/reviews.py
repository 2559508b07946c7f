"""Reviews in the console, where they meet the goods and the order they speak of."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from shopkeeper.doors.console import frame, reading
from shopkeeper.doors.console.commanding import missing
from shopkeeper.kit import together
from shopkeeper.kit.console import pill, word
from shopkeeper.kit.ids import ProductId, ReviewId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import PRODUCTS
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.console import REASONS, REVIEWS, STATES, drawn, said
from shopkeeper.selling.reviews.shapes import Review, ReviewState


def goods(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return what the goods of each row on the page are called: one query for all of them."""
    known = catalog.products([ProductId(row.product_id) for row in rows])
    return {row.pk: reading.pick(known[ProductId(row.product_id)].name) for row in rows if row.product_id in known}


def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the reviews that hold the text, or whose goods are called so."""
    assert REVIEWS.search is not None
    assert PRODUCTS.search is not None
    called = PRODUCTS.search(PRODUCTS.rows(), text).values("pk")
    return rows.filter(Q(pk__in=REVIEWS.search(rows, text).values("pk")) | Q(product_id__in=called))


LISTING = REVIEWS.but(also=goods, search=find)


@frame.guarded("reviews.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one review with the order it was written for, all its versions, and what was decided and answered."""
    try:
        (found,) = together.read(lambda: reviews.review(ReviewId(pk)))
    except NotFound as refusal:
        return missing(request, refusal)
    deciders = {UserId(each.actor_id) for each in found.decisions if each.actor_id}
    known, order, people = together.read(
        lambda: catalog.products([found.line.product_id]),
        lambda: orders.orders([found.line.order_id]).get(found.line.order_id),
        lambda: access.people(deciders) if deciders else {},
    )
    product = known.get(found.line.product_id)
    context = {
        "review": found,
        "called": said(found),
        "stars": drawn(found.stars),
        "state": pill(STATES, found.state.value),
        "why": word(REASONS, found.reason) if found.reason else "",
        "product": product,
        "order": order,
        "line": next((each for each in order.lines if each.id == found.line.line_id), None) if order else None,
        "versions": [(each, drawn(each.stars)) for each in reversed(found.versions)],
        "decisions": [
            (each, pill(STATES, each.state.value), word(REASONS, each.reason) if each.reason else "", person(people, each.actor_id))
            for each in reversed(found.decisions)
        ],
        "acts": _acts(request, found),
    }
    return TemplateResponse(request, "console/review.html", context)


def _acts(request: HttpRequest, found: Review) -> list[str]:
    """Return what the reader may do about a review as it stands."""
    may_decide = frame.may(request, "reviews.decide")
    possible = {
        "show": may_decide and found.state is not ReviewState.SHOWN,
        "hide": may_decide,
        "answer": frame.may(request, "reviews.answer"),
    }
    return [verb for verb, can in possible.items() if can]


def person(people: Mapping[UserId, Any], actor_id: int | None) -> str:
    """Return who decided, by name, out of those read for the page."""
    found = people.get(UserId(actor_id)) if actor_id else None
    return (found.name or found.email) if found else _("the shop itself")
