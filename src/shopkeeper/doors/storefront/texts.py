"""The shop's own texts, the privacy choice, and what robots and browsers ask for."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from shopkeeper.doors.storefront import forms, frame, jinja, visitor
from shopkeeper.kit.ids import new_token
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes import ShopText, TextKind
from shopkeeper.selling.customers import public as customers

PURPOSES = ("analytics",)
"""What a visitor agrees to by saying yes."""

PAGES = (TextKind.TERMS, TextKind.PRIVACY, TextKind.RETURNS)
"""The texts that are pages of their own."""


@require_safe
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """Show terms, privacy or returns as last published. Raises NotFound."""
    if kind not in list(PAGES):
        raise NotFound("page", kind)
    return frame.page(request, "text", text=content.text(kind))


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Show the privacy choice, or record it and go back to the page it was made on."""
    if request.method != "POST":
        return _consent_page(request, forms.Form())
    form = forms.Form(request.POST.dict())
    choice = form.value("choice")
    if choice not in ("yes", "no"):
        form.refuse(Malformed("choice", choice, expected="choice"))
        return _consent_page(request, form, status=422)
    shown = _consent_text()
    subject = visitor.consent_subject(request) or new_token()
    customers.record_consent(
        subject=subject,
        given=PURPOSES if choice == "yes" else (),
        text_version=shown.version if shown else 0,
        language=request.LANGUAGE_CODE,
        now=timezone.now(),
    )
    messages.success(request, _("Noted. You can change your mind at the foot of any page."))
    response = HttpResponseRedirect(forms.safe_next(form.value("next"), reverse("storefront:consent")))
    visitor.remember_consent(response, choice, subject)
    return response


def _consent_page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    return frame.page(request, "consent", status=status, form=form, text=_consent_text(), choice=visitor.consent_choice(request))


def _consent_text() -> ShopText | None:
    return content.texts().get(TextKind.CONSENT)


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """Send the bare address to the reader's language: the one chosen before, else the browser's."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what is not for them."""
    closed = [
        f"Disallow: /{code}/{path}/" for code, _name in settings.LANGUAGES for path in ("basket", "checkout", "orders", "account", "search")
    ]
    shut = [f"Disallow: /{path}/" for path in ("go", "console", "api")]
    lines = ["User-agent: *", *closed, *shut, f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask at the usual place to the seal."""
    return HttpResponseRedirect(jinja.asset("storefront/seal.svg"))
