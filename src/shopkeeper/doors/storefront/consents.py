"""What a customer agrees to, purpose by purpose and channel by channel: for members in their account, for guests by a link from our mails.

Whoever orders may name anybody's mail address. So an order's own page shows nothing of what its buyer agreed to: it has the link mailed to
the address, and it takes away, which does no harm whoever asks.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.storefront import forms, frame, visitor
from shopkeeper.flows import find_order
from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import Malformed
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import TextKind
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import CHANNELS, CHOICES
from shopkeeper.selling.orders import public as orders

CHANNELS_CALLED = {
    "mail": gettext_lazy("Mail"),
    "sms": gettext_lazy("Text message"),
    "phone": gettext_lazy("Phone call"),
    "post": gettext_lazy("Letter"),
}
PURPOSES = (
    ("marketing", gettext_lazy("News"), gettext_lazy("New goods and what happens in the shop.")),
    ("personal", gettext_lazy("Offers chosen for you"), gettext_lazy("Chosen by what you bought and looked at, by this shop alone.")),
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_member(request: HttpRequest) -> HttpResponse:
    """Show what a member agrees to, or take down what they say now."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in(reverse("storefront:consents"))
    return _page(request, member.id, source="account", back=reverse("storefront:account"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_guest(request: HttpRequest, token: str) -> HttpResponse:
    """For the guest who holds an order's link: have the way to the choices mailed, or agree to nothing any more. Raises NotFound.

    Whoever has an account signs in.
    """
    order = orders.by_token(token)
    back = reverse("storefront:order", args=[token])
    if customers.signs_in(order.buyer_id):
        return _to_sign_in(reverse("storefront:consents"))
    if request.method != "POST":
        return frame.page(request, "consents_ask", is_listed=False, back=back)
    if request.POST.get("nothing"):
        text = content.text(TextKind.CONSENT)
        _say(request, order.buyer_id, [], text.version, source="link")
    else:
        # The same words whether or not a mail goes: it goes to the address of the order, at most once an hour.
        find_order.send_link(number=order.number, email=order.contact.email, now=timezone.now())
        messages.success(request, _("A mail to the address of this order is on its way. Its last line leads to your choices."))
    return HttpResponseRedirect(back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The choices of a guest who comes from a mail of ours; whoever has an account signs in. Raises NotFound."""
    customer_id = customers.by_link(token)
    if customers.signs_in(customer_id):
        return _to_sign_in(reverse("storefront:consents"))
    return _page(request, customer_id, source="link", back=reverse("storefront:home"))


def _to_sign_in(after: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={after}")


def _page(request: HttpRequest, customer_id: CustomerId, *, source: str, back: str) -> HttpResponse:
    if request.method != "POST":
        standing, text = together.read(lambda: customers.standing(customer_id), lambda: content.text(TextKind.CONSENT))
        return _shown(request, text=text, standing=standing, ticked=standing.given, back=back)
    text = content.text(TextKind.CONSENT)
    try:
        given, version = _answered(request, text.version)
    except Malformed as refusal:
        form = forms.Form({})
        form.refuse(refusal)
        # What was ticked stays ticked, for whoever reads the new text and sends it again; it counts only then.
        ticked = request.POST.getlist("given")[:50]
        return _shown(request, text=text, standing=customers.standing(customer_id), ticked=ticked, back=back, form=form, status=422)
    _say(request, customer_id, given, version, source=source)
    return HttpResponseRedirect(request.path)


def _say(request: HttpRequest, customer_id: CustomerId, given: list[str], version: int, *, source: str) -> None:
    customers.say(
        customer_id=customer_id, given=given, text_version=version, language=request.LANGUAGE_CODE, source=source, now=timezone.now()
    )
    messages.success(request, _("Noted. It holds from now on."))


def _answered(request: HttpRequest, version: int) -> tuple[list[str], int]:
    """Return what was ticked and the version of the text it was ticked on. Raises Malformed where the text has changed meanwhile."""
    if request.POST.get("nothing"):
        return [], version
    if request.POST.get("version") != str(version):
        raise Malformed("text_version", request.POST.get("version", "")[:20], expected="newest_text")
    given = request.POST.getlist("given")[:50]
    return given, version


def _shown(request: HttpRequest, *, status: int = 200, form: forms.Form | None = None, **more: Any) -> HttpResponse:
    rows = [(code, called, told, [(f"{code}.{each}", CHANNELS_CALLED[each]) for each in CHANNELS]) for code, called, told in PURPOSES]
    return frame.page(
        request,
        "consents",
        status=status,
        form=form or forms.Form(),
        rows=rows,
        channels=CHANNELS_CALLED,
        choices=CHOICES,
        is_listed=False,
        **more,
    )
