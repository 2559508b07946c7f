"""Questions about goods in the console, with what buyers answered."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.console.reviews import goods, person
from shopkeeper.kit import together
from shopkeeper.kit.console import pill, word
from shopkeeper.kit.ids import QuestionId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.console import PRODUCTS
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.console import QUESTIONS, REASONS, STATES, asks
from shopkeeper.selling.reviews.shapes import ReviewState


def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the questions that hold the text, or whose goods are called so."""
    assert QUESTIONS.search is not None
    assert PRODUCTS.search is not None
    called = PRODUCTS.search(PRODUCTS.rows(), text).values("pk")
    return rows.filter(Q(pk__in=QUESTIONS.search(rows, text).values("pk")) | Q(product_id__in=called))


LISTING = QUESTIONS.but(also=goods, search=find)


@frame.guarded("reviews.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one question with its answers, and what was decided about them."""
    try:
        found, rulings = together.read(lambda: reviews.question(QuestionId(pk)), lambda: reviews.rulings(QuestionId(pk)))
    except NotFound as refusal:
        return missing(request, refusal)
    deciders = {UserId(each.actor_id) for each in rulings if each.actor_id}
    known, people = together.read(lambda: catalog.products([found.product_id]), lambda: access.people(deciders) if deciders else {})
    may_decide = frame.may(request, "reviews.decide")
    possible = {
        "show": may_decide and found.state is not ReviewState.SHOWN,
        "hide": may_decide,
        "answer": frame.may(request, "reviews.answer"),
    }
    context = {
        "question": found,
        "called": asks(found.said.text),
        "state": pill(STATES, found.state.value),
        "why": word(REASONS, found.reason) if found.reason else "",
        "product": known.get(found.product_id),
        "replies": [(each, pill(STATES, each.state.value), word(REASONS, each.reason) if each.reason else "") for each in found.replies],
        "rulings": [
            (each, pill(STATES, each.state.value), word(REASONS, each.reason) if each.reason else "", person(people, each.actor_id))
            for each in reversed(rulings)
        ],
        "may_decide": may_decide,
        "acts": [verb for verb, can in possible.items() if can],
    }
    return TemplateResponse(request, "console/question.html", context)
