"""What a buyer asks for from the page of an order: the rest cancelled, goods sent back, a request taken back; and a lost link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shopkeeper.doors.refusals import explain
from shopkeeper.doors.storefront import forms, frame, words_requests
from shopkeeper.flows import ask_order, find_order
from shopkeeper.kit import checks
from shopkeeper.kit.ids import LineId, OrderId, RequestId, new_token
from shopkeeper.kit.refusals import NotFound, OutOfRange, Refusal
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import MOST_NOTE, MOST_UNITS, Order, RequestKind


class AskForm(forms.Form):
    fields = ("reason", "note")

    def units(self, found: Order) -> list[tuple[LineId, int]] | None:
        """Return the pieces of each line; None where a number is wrong, and then `errors` says which."""
        wanted: list[tuple[LineId, int]] = []
        for line in found.lines:
            name = f"units_{line.id}"
            typed = self.value(name).strip()
            units = self.read(name, lambda text: forms.whole("units", text, least=0, most=MOST_UNITS)) if typed else 0
            wanted.append((line.id, units or 0))
        return None if self.errors else wanted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show what may be asked about the order behind a link, or ask. Raises NotFound."""
    found = orders.by_token(token)
    sent = request.POST.dict() if request.method == "POST" else None
    form = AskForm(sent, kind=request.GET.get("kind", ""))
    if sent is None:
        return _page(request, found, form)
    wishes = form.units(found)
    if wishes is None:
        return _page(request, found, form, status=422)
    try:
        made = ask_order.ask(
            order_id=found.id, kind=form.value("kind"), reason=form.value("reason"), note=form.value("note"), wishes=wishes,
            now=timezone.now(), key=form.value("key") or None,
        )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal, _beside(refusal))
        return _page(request, found, form, status=422)
    messages.success(request, words_requests.asked(made.kind))
    return HttpResponseRedirect(reverse("storefront:order", kwargs={"token": token}) + "#requests")


def _beside(refusal: Refusal) -> str | None:
    line_id = getattr(refusal, "line_id", None)
    return f"units_{line_id}" if line_id is not None else None


def _page(request: HttpRequest, found: Order, form: AskForm, *, status: int = 200) -> HttpResponse:
    look = ask_order.look(found, timezone.now())
    kind = form.value("kind")
    if kind not in list(RequestKind):
        kind = RequestKind.RETURN if look.may.to_return else RequestKind.CANCEL
    most = look.may.to_return if kind == RequestKind.RETURN else look.may.to_cancel
    return frame.page(
        request,
        "ask_order",
        status=status,
        order=found,
        currency=found.currency,
        form=form,
        kind=str(kind),
        lines=[(line, most[line.id]) for line in found.lines if line.id in most],
        look=look,
        new_key=new_token(),
        window=look.may.window,
        reasons=words_requests.reasons(str(kind)),
        most_note=MOST_NOTE,
        asking=words_requests,
        is_only=len([each for each in (look.may.to_return, look.may.to_cancel) if each]) < 2,
    )


@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take a request back that still waits, and show the order again. Raises NotFound."""
    found = orders.by_token(token)
    back = HttpResponseRedirect(reverse("storefront:order", kwargs={"token": token}) + "#requests")
    try:
        orders.withdraw_request(order_id=OrderId(found.id), request_id=_request_id(request), now=timezone.now())
        messages.success(request, _("Your request is taken back."))
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(explain(refusal)))
    return back


def _request_id(request: HttpRequest) -> RequestId:
    sent = request.POST.get("request", "")
    try:
        return RequestId(forms.whole("request", sent, least=1, most=2**63 - 1))
    except (OutOfRange, Refusal) as refusal:
        raise NotFound("request", sent[:40]) from refusal


class FindForm(forms.Form):
    fields = ("number", "email")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Have the link of an order sent again to the address that ordered; the answer is the same whoever asks."""
    form = FindForm(request.POST.dict() if request.method == "POST" else None)
    if request.method != "POST":
        return frame.page(request, "find_order", form=form, is_sent=False)
    number = form.read("number", lambda text: checks.line(text, field="order", least=1, most=40))
    email = form.read("email", checks.email)
    if number is None or email is None:
        return frame.page(request, "find_order", status=422, form=form, is_sent=False)
    find_order.send_link(number=number, email=email, now=timezone.now())
    return frame.page(request, "find_order", form=form, is_sent=True)
