"""Back in stock: asking to be told, confirming the address by the link in the mail, and withdrawing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shopkeeper.doors.storefront import forms, frame, visitor
from shopkeeper.flows import wait_for_stock
from shopkeeper.kit import checks
from shopkeeper.kit.ids import VariantId, WaitId
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import WaitEnded, WaitState


class WaitForm(forms.Form):
    fields = ("email", "variant")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form for goods that are sold out, or write down who wants to be told. Raises NotFound."""
    product, member = catalog.product(slug), visitor.member(request)
    form = WaitForm(request.POST.dict() if request.method == "POST" else None, variant=request.GET.get("variant", ""))
    is_sent = False
    if request.method == "POST":
        variant_id = form.read("variant", forms.variant)
        if variant_id is not None and variant_id not in {each.id for each in product.variants}:
            raise NotFound("product", variant_id)
        email = "" if member else form.read("email", checks.email)
        if variant_id is not None and email is not None:
            try:
                if member:
                    return _as_member(request, member, variant_id=variant_id, slug=slug)
                wait_for_stock.ask(variant_id=variant_id, email=email, language=request.LANGUAGE_CODE, now=timezone.now())
                is_sent = True
            except Refusal as refusal:
                form.refuse(refusal, "variant" if refusal.field != "email" else "email")
    return frame.page(
        request,
        "wait_ask",
        status=422 if form.errors else 200,
        is_listed=False,
        product=product,
        form=form,
        is_sent=is_sent,
        is_member=bool(member),
    )


def _as_member(request: HttpRequest, member: Customer, *, variant_id: VariantId, slug: str) -> HttpResponse:
    wait_for_stock.ask_as_member(variant_id=variant_id, member=member, language=request.LANGUAGE_CODE, now=timezone.now())
    messages.success(request, _("We write to you once when it is back. Your account shows what you wait for."))
    return HttpResponseRedirect(reverse("storefront:product", kwargs={"slug": slug}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page behind the link of a mail, and confirm or withdraw what it stands for; looking changes nothing. Raises NotFound."""
    now = timezone.now()
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "withdraw":
                wishes.withdraw(token=token, now=now)
            else:
                wait_for_stock.confirm(token=token, now=now)
        except WaitEnded:
            status = 410
    found = wishes.wait(token)
    goods = catalog.goods([found.variant_id]).get(found.variant_id)
    is_over = found.state.is_open and not wait_for_stock.is_open(found, now)
    state = WaitState.EXPIRED if is_over else found.state
    return frame.page(request, "wait", status=status, is_listed=False, goods=goods, state=state.value, until=found.expires_at)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """End one of a member's own waits, from the account. Raises NotFound where it is not theirs."""
    member = visitor.member(request)
    if member is None:
        return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={reverse('storefront:account')}")
    wait_id = WaitId(forms.whole("wait", request.POST.get("wait", ""), least=1, most=2**63 - 1))
    wishes.withdraw_own(wait_id=wait_id, customer_id=member.id, now=timezone.now())
    messages.success(request, _("We will not write to you about it."))
    return HttpResponseRedirect(reverse("storefront:account") + "#waits")


def of_member(member: Customer) -> list[dict[str, object]]:
    """Return what a member waits for, for the account page: two statements at most, which travel with others."""
    found = wishes.waits_of(member.id)
    goods = catalog.goods([each.variant_id for each in found]) if found else {}
    return [{"id": each.id, "goods": goods[each.variant_id], "until": each.expires_at} for each in found if each.variant_id in goods]


__all__ = ["WaitForm", "ask", "of_member", "wait", "withdraw"]
