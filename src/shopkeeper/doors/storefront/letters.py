"""The page behind the link with which a reader ends mails of one kind: without signing in, by one press or by the mail program."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.storefront import frame
from shopkeeper.flows import end_mails
from shopkeeper.growth.messages import public as mails


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page, or end the mails. Opening the page ends nothing, for programs open links of mails before their readers do.

    Mail programs post by themselves (RFC 8058), so nothing but the link itself is asked for; it can do nothing else.
    """
    if request.method == "POST" and request.POST.get("again"):
        kind = mails.subscribe_again(token=token)
    elif request.method == "POST":
        kind = end_mails.end(token=token, now=timezone.now())
    else:
        kind = mails.purpose_of(token)
    return frame.page(request, "unsubscribe", is_listed=False, kind=kind.value, is_unwanted=mails.is_unwanted(token))
