"""A member's address book: several addresses, one of them offered first; each added and changed on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.storefront import checkout, frame, labels, places, visitor
from shopkeeper.doors.storefront.checkout_form import AddressForm
from shopkeeper.kit import checks
from shopkeeper.kit.ids import CustomerId
from shopkeeper.kit.refusals import NotFound, Refusal
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import SavedAddress


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Show the form for a new address of a member's book, or keep it."""
    return _edited(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an address of a member's book, or change it. Raises NotFound where it is not theirs."""
    return _edited(request, pk)


def _edited(request: HttpRequest, pk: int | None) -> HttpResponse:
    member = visitor.member(request)
    if member is None:
        return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={request.path}")
    entry = _entry(member.id, pk)
    shown = places.filled(entry.address) if entry else {"to": member.name, "number": member.phone, "country": member.country}
    first = {**shown, "is_default": "1" if entry and entry.is_default else "", "label": labels.said(entry.label) if entry else ""}
    first["country"] = first["country"] or visitor.goes_to(request) or frame.shop(request).country
    form = AddressForm(request.POST.dict() if request.method == "POST" else None, **first)
    if request.method == "POST" and request.POST.get("act") != "update" and _kept(form, member.id, entry):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("storefront:account") + "#addresses")
    return frame.page(
        request,
        "addresses",
        status=422 if form.errors else 200,
        form=form,
        entry=entry,
        addresses=(),
        labels=labels.offered(),
        countries=checkout.countries(frame.shop(request).country),
        places=places.lists(form, _country(form)),
    )


def _entry(customer_id: CustomerId, pk: int | None) -> SavedAddress | None:
    if pk is None:
        return None
    for each in customers.addresses(customer_id):
        if each.id == pk:
            return each
    raise NotFound("address", pk)


def _kept(form: AddressForm, customer_id: CustomerId, entry: SavedAddress | None) -> bool:
    wanted = form.address()
    if wanted is None:
        return False
    try:
        customers.save_address(
            customer_id=customer_id,
            address=wanted,
            address_id=entry.id if entry else None,
            is_default=form.value("is_default") == "1",
            label=labels.kept(form.value("label")),
            now=timezone.now(),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, {"name": "to", "phone": "number"}.get(refusal.field or ""))
        return False
    return True


def _country(form: AddressForm) -> str:
    try:
        return checks.country(form.value("country"))
    except Refusal:
        return ""
