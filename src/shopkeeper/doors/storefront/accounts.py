"""Signing in and out, opening an account, a forgotten password, and the account page."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shopkeeper.doors.refusals import Explained, explain
from shopkeeper.doors.storefront import entering, forms, frame, news, signing_in, signing_in_with, visitor, waits
from shopkeeper.flows import join
from shopkeeper.flows import sign_in as codes
from shopkeeper.kit import checks, together
from shopkeeper.kit.refusals import Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import LinkSpent, WeakPassword
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.shapes import Channel, CodeJustSent, Customer, NotOffered
from shopkeeper.selling.orders import public as orders

MOST_PASSWORD = 128
ORDERS_ON_A_PAGE = 10


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, or sign a shopper in and take the basket along."""
    sent = request.POST.dict() if request.method == "POST" else None
    form = forms.AccountForm(sent, next=request.GET.get("next", ""))
    if sent is None:
        return _sign_in_page(request, form)
    person = access.sign_in(email=form.value("email"), password=form.value("password"))
    if person is None:
        form.errors["password"] = Explained(
            field="password",
            value="",
            problem=_("Address and password do not belong together."),
            remedy=_("Check both, or ask for a link to choose a new password."),
        )
        return _sign_in_page(request, form, 422)
    return entering.enter(request, person.id, forms.safe_next(form.value("next"), reverse("storefront:account")))


def _sign_in_page(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    rule, providers = together.read(customers.sign_in_rule, customers.offered_providers)
    by_phone = rule.phone_codes and bool(customers.carrier())
    response = frame.page(
        request, "sign_in", status=status, form=form, by_mail=rule.mail_codes, by_phone=by_phone, providers=providers
    )  # fmt: skip
    return signing_in_with.let_forms_lead_to(response, providers)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; basket and wish list stay with the account, not with the browser."""
    logout(request)
    response = HttpResponseRedirect(reverse("storefront:home"))
    visitor.forget_basket(response)
    visitor.forget_wishes(request, response)
    visitor.remember_news(response, 0)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask for name and address; the answer is the same whether the address is known or not, the rest goes by mail."""
    sent = request.POST.dict() if request.method == "POST" else None
    form = forms.AccountForm(sent)
    if sent is None:
        return frame.page(request, "register", form=form, is_sent=False)
    name = form.read("name", lambda text: checks.line(text, field="name", least=1, most=100))
    email = form.read("email", checks.email)
    if name is None or email is None:
        return frame.page(request, "register", status=422, form=form, is_sent=False)
    if form.value("by") == "code":
        return _join_by_code(request, form, email=email, name=name)
    join.ask(email=email, name=name, language=request.LANGUAGE_CODE, now=timezone.now())
    return frame.page(request, "register", form=form, is_sent=True)


def _join_by_code(request: HttpRequest, form: forms.Form, *, email: str, name: str) -> HttpResponse:
    try:
        codes.ask_to_join(email=email, name=name, language=request.LANGUAGE_CODE, now=timezone.now())
    except CodeJustSent as refusal:
        messages.info(request, str(explain(refusal)))
    except NotOffered as refusal:
        form.refuse(refusal, "email")
        return frame.page(request, "register", status=422, form=form, is_sent=False)
    signing_in.remember_asked(request, channel=Channel.MAIL, address=email, after=reverse("storefront:account"), opens=name)
    return HttpResponseRedirect(reverse("storefront:code_given"))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join_finish(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page behind the link of a registration mail, or open the account with the password chosen."""
    now = timezone.now()
    form = forms.AccountForm(request.POST.dict() if request.method == "POST" else None)
    try:
        access.joining_person(token, now)
        if request.method != "POST":
            return frame.page(request, "password_new", form=form, is_link_good=True, is_joining=True)
        member = join.finish(token=token, password=form.value("password"), now=now)
    except LinkSpent:
        return frame.page(request, "password_new", status=410, form=form, is_link_good=False, is_joining=True)
    except WeakPassword as refusal:
        form.refuse(refusal, "password")
        return frame.page(request, "password_new", status=422, form=form, is_link_good=True, is_joining=True)
    messages.success(request, _("Your account is open. Welcome."))
    return entering.enter(request, member.user_id, reverse("storefront:account"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address; the answer is the same whether there is an account or not."""
    sent = request.POST.dict() if request.method == "POST" else None
    form = forms.AccountForm(sent)
    email = form.read("email", checks.email) if sent is not None else None
    if email is not None:
        join.ask_reset(email=email, now=timezone.now())
    return frame.page(request, "password_forgotten", status=422 if form.errors else 200, form=form, is_sent=email is not None)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password_new(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page behind the link of a reset mail, or set the password chosen."""
    now = timezone.now()
    form = forms.AccountForm(request.POST.dict() if request.method == "POST" else None)
    try:
        access.reset_person(token, now)
        if request.method != "POST":
            return frame.page(request, "password_new", form=form, is_link_good=True, is_joining=False)
        access.reset_password(token=token, password=form.value("password"), now=now)
    except LinkSpent:
        return frame.page(request, "password_new", status=410, form=form, is_link_good=False, is_joining=False)
    except WeakPassword as refusal:
        form.refuse(refusal, "password")
        return frame.page(request, "password_new", status=422, form=form, is_link_good=True, is_joining=False)
    messages.success(request, _("Your new password is set. Please sign in with it."))
    return HttpResponseRedirect(reverse("storefront:sign_in"))


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show a member's orders, details and addresses."""
    found = visitor.member(request)
    user_id = visitor.user_id(request)
    if user_id is None:
        return _to_sign_in(request)
    member = found or customers.customer(join.member(user_id=user_id, now=timezone.now()))
    return _account_page(request, member, forms.AccountForm(None, name=member.name, phone=member.phone, language=member.language))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('storefront:sign_in')}?next={reverse('storefront:account')}")


def _account_page(request: HttpRequest, member: Customer, form: forms.Form) -> HttpResponse:
    number = forms.page_number(request.GET.get("page"))
    bought, addresses, waiting, unread = together.read(
        lambda: orders.orders_of(member.id, number=number, size=ORDERS_ON_A_PAGE),
        lambda: customers.addresses(member.id),
        lambda: waits.of_member(member),
        lambda: news.unread(member),
    )
    response = frame.page(
        request,
        "account",
        status=422 if form.errors else 200,
        customer=member,
        form=form,
        orders=bought,
        addresses=addresses,
        waiting=waiting,
        unread=unread,
    )
    visitor.remember_news(response, unread)
    return response


@require_POST
def account_details(request: HttpRequest) -> HttpResponse:
    """Save a member's name, phone and language."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in(request)
    form = forms.AccountForm(request.POST.dict())
    name = form.read("name", lambda text: checks.line(text, field="name", least=1, most=100))
    number = form.read("phone", forms.phone)
    language = form.read("language", checks.language)
    if name is not None and number is not None and language is not None:
        try:
            customers.save_customer(
                customer_id=member.id, name=name, phone=number, language=language, country=member.country, actor=None, now=timezone.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors:
        return _account_page(request, member, form)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("storefront:account"))


@require_POST
def address_remove(request: HttpRequest) -> HttpResponse:
    """Take an address out of a member's book. Raises NotFound where it is not theirs."""
    member = visitor.member(request)
    if member is None:
        return _to_sign_in(request)
    customers.remove_address(
        customer_id=member.id, address_id=forms.whole("address", request.POST.get("address", ""), least=1, most=2**31), now=timezone.now()
    )
    messages.success(request, _("The address is gone."))
    return HttpResponseRedirect(reverse("storefront:account"))
