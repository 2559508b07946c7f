"""The delivery note that lies in the parcel: what was bought, for whom; of a gift its note, and no prices."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from shopkeeper.doors.console import frame
from shopkeeper.doors.console.commanding import missing
from shopkeeper.kit import divisions, together
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.orders import public as orders


@frame.guarded("orders.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the delivery note of an order, to be printed."""
    try:
        (order,) = together.read(lambda: orders.order(OrderId(pk)))
    except NotFound as refusal:
        return missing(request, refusal)
    to = order.address
    context = {
        "order": order,
        "added": orders.particulars(order.basket_id),
        "goes_to": divisions.lines(
            name=to.name, line1=to.line1, line2=to.line2, city=to.city, region=to.region, postcode=to.postcode, country=to.country
        ),
        "lines": [line for line in order.lines if line.units > line.dropped_units],
    }
    return TemplateResponse(request, "console/slip.html", context)
