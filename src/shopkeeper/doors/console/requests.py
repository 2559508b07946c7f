"""A buyer's request in the console: what was asked, what the law says, what was decided, and the way on to the refund."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import missing
from shopkeeper.doors.console.orders import possible
from shopkeeper.doors.console.reviews import person
from shopkeeper.flows import ask_order
from shopkeeper.kit import together
from shopkeeper.kit.console import pill, word
from shopkeeper.kit.ids import RequestId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.console_requests import BASES, KINDS, REASONS, STATES
from shopkeeper.selling.orders.shapes import RequestState


@frame.guarded("orders.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request with the pieces it is about, and what may be done now."""
    try:
        (asked,) = together.read(lambda: orders.request(RequestId(pk)))
        (order,) = together.read(lambda: orders.order(asked.order_id))
    except NotFound as refusal:
        return missing(request, refusal)
    deciders = {UserId(asked.actor_id)} if asked.actor_id else set()
    look, people = together.read(lambda: ask_order.look(order, frame.began()), lambda: access.people(deciders) if deciders else {})
    may_decide = frame.may(request, "orders.decide_request")
    can = {
        "accept": may_decide and asked.state is RequestState.WAITING,
        "refuse": may_decide and asked.state is RequestState.WAITING,
        "close": may_decide and asked.state is RequestState.ACCEPTED,
        "refund": asked.holds_units and possible(order)["refund"] and frame.may(request, "orders.refund"),
    }
    lines = {line.id: line for line in order.lines}
    context = {
        "asked": asked,
        "order": order,
        "kind": word(KINDS, asked.kind.value),
        "state": pill(STATES, asked.state.value),
        "reason": word(REASONS, asked.reason.value),
        "basis": word(BASES, asked.basis.value),
        "lines": [(lines[each.line_id], each) for each in asked.lines if each.line_id in lines],
        "window": look.may.window,
        "return_address": look.return_address,
        "decided_by": person(people, asked.actor_id),
        "acts": [verb for verb, able in can.items() if able],
    }
    return TemplateResponse(request, "console/request.html", context)
