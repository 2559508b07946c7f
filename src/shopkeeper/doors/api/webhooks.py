"""The route on which payment providers tell what became of the money. The signature over the raw body is all the proof there is."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Router, Schema

from shopkeeper.doors.api.description import also
from shopkeeper.doors.api.values import Name
from shopkeeper.flows import settle_payment
from shopkeeper.selling.payments import public as payments

router = Router(tags=["webhooks"])

_RAW_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


class HeardOut(Schema):
    __doc__ = gettext_noop("How many orders the message spoke of; the same message again speaks of them again and changes nothing.")

    orders: int


@router.post(
    "/webhooks/{provider}",
    response=HeardOut,
    openapi_extra=also(403) | _RAW_BODY,
    summary=gettext_noop("News from a payment provider"),
)
def hear_webhook(request: HttpRequest, provider: Name) -> HeardOut | HttpResponse:
    touched = settle_payment.hear_webhook(provider=provider, body=request.body, headers=dict(request.headers), now=timezone.now())
    if said := payments.acknowledgement(provider):
        # Some providers send the same news for a day unless they read these very words.
        return HttpResponse(said.body, status=said.status, content_type=said.content_type)
    return HeardOut(orders=touched)
