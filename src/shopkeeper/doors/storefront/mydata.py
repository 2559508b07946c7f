"""A member takes a copy of everything the shop holds about them, and says which company they buy for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from shopkeeper.doors.storefront import forms, frame, limits, visitor
from shopkeeper.doors.wordings import copies
from shopkeeper.flows import copy_of_data
from shopkeeper.kit import places
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import WrongPassword
from shopkeeper.ops.limits.shapes import TooOften
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Customer
from shopkeeper.selling.shop import public as shops

FIELDS = ("company", "country", "tax_number", "billing_email")


class BusinessForm(forms.Form):
    """The company a member buys for."""

    fields = FIELDS


class CopyForm(forms.Form):
    """The password, given again."""

    fields = ("password",)


def _to_sign_in(after: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={after}")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """Say what the copy holds, or hand it over to whoever gives the account's password again."""
    member = visitor.member(request)
    if member is None or member.user_id is None:
        return _to_sign_in(reverse("storefront:my_data"))
    form = CopyForm(request.POST.dict() if request.method == "POST" else None)
    if request.method != "POST":
        return _copy_page(request, form, member.user_id)
    try:
        made = copy_of_data.own(
            user_id=member.user_id, customer_id=member.id, password=request.POST.get("password", ""), now=timezone.now()
        )
    except WrongPassword as refusal:
        form.refuse(refusal, "password")
        return _copy_page(request, form, member.user_id, status=422)
    except TooOften as refusal:
        return limits.too_often(request, refusal)
    return copies.response(made)


def _copy_page(request: HttpRequest, form: forms.Form, user_id: UserId, *, status: int = 200) -> HttpResponse:
    # Who signs in by a code or a provider has none yet: they are told how to come by one, for the copy is theirs as well.
    has_password = access.has_password(user_id)
    return frame.page(request, "my_data", status=status, form=form, has_password=has_password, is_listed=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def business(request: HttpRequest) -> HttpResponse:
    """Show or save the company a member buys for; emptied, the member buys for themselves."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in(reverse("storefront:business"))
    known = customers.business(member.id)
    begun = {name: getattr(known, name) for name in FIELDS} if known else {"country": member.country or shops.shop().country}
    form = BusinessForm(request.POST.dict() if request.method == "POST" else None, **begun)
    if request.method == "POST" and _saved(member, form):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("storefront:business"))
    return frame.page(
        request, "business", status=422 if form.errors else 200, form=form, countries=places.country_choices(), is_listed=False
    )


def _saved(member: Customer, form: forms.Form) -> bool:
    now = timezone.now()
    try:
        if not any(form.value(name).strip() for name in ("company", "tax_number", "billing_email")):
            customers.remove_business(customer_id=member.id, actor=None, now=now)
        else:
            customers.save_business(
                customer_id=member.id, company=form.value("company"), country=form.value("country"), number=form.value("tax_number"),
                billing_email=form.value("billing_email"), actor=None, now=now,
            )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True
