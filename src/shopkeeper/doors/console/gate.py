"""Coming in: signing in, joining by invitation, replacing a one-time password, and choosing the language to read in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user_model, login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from wagtail.images import get_image_model
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry
from wagtail.users.models import UserProfile

from shopkeeper.doors import refusals
from shopkeeper.doors.console import frame, second, waiting
from shopkeeper.flows import staff as staff_flow
from shopkeeper.kit import together
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import LANGUAGES
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import LinkSpent

MOST_PASSWORD = 256
OPEN_TO_ALL = frozenset({"wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
"""What of Wagtail answers without a password of one's own."""
THEMES = (
    ("system", gettext_lazy("As the device has it")),
    ("light", gettext_lazy("Light")),
    ("dark", gettext_lazy("Dark")),
)


class PasswordForm(forms.Form):
    """Two equal new passwords. Whether one is good enough is for access to say."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=MOST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters. A short sentence is easy to keep and hard to guess."),
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"),
        max_length=MOST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", _("The two passwords differ: type the same one twice."))
        return found


class JoinForm(PasswordForm):
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    field_order = ("name", "password", "again")


class ChangeForm(PasswordForm):
    present = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=MOST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("present", "password", "again")


def begun(view: frame.View) -> frame.View:
    """Return a view that begins with what every page of the console asks about its reader, read together."""

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        frame.begin()
        _foresee(request)
        return view(request, *args, **kwargs)

    return guard


def _foresee(request: HttpRequest) -> None:
    """Read in one statement who is here, what they may do, what stands before them, and what waits for somebody."""
    if SESSION_KEY not in request.session:
        return
    user_id = UserId(int(request.session[SESSION_KEY]))
    # Before it is known who reads, somebody like them asks what they will ask: the words of the questions are the same.
    alike = get_user_model()(pk=user_id, is_active=True, is_staff=True)
    is_shown = request.method in ("GET", "HEAD")
    known = frame.known(request)
    reader, standing, _home, waits, *_also = together.read(
        lambda: get_user(request),
        lambda: access.standing(user_id=user_id, session_id=request.session.get(second.SESSION_ID)),
        frame.home,
        waiting.read if is_shown else lambda: None,
        *_rights(alike),
        remembered=known,
    )
    if not getattr(reader, "is_staff", False) or reader.must_change_password:
        return
    request._console_acts = access.acts_of_standing(standing) if standing else frozenset()  # type: ignore[attr-defined]
    request._console_standing = standing  # type: ignore[attr-defined]
    if waits is not None:
        waiting.show(request, waits)
    together.read(*_rights(reader), remembered=known)


def _rights(reader: Any) -> tuple[Callable[[], Any], ...]:
    """Return what Wagtail asks about its reader on every page."""
    return (
        lambda: getattr(reader, "wagtail_userprofile", None),
        lambda: list(PagePermissionPolicy().get_cached_permissions_for_user(reader)),
        lambda: list(policy_registry.get_by_type(get_image_model()).get_cached_permissions_for_user(reader)),
    )


def with_own_password(view: frame.View) -> frame.View:
    """Return a view reached only with a password of one's own, and then the second factor: where every console page begins."""

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = _name(request)
        if page in OPEN_TO_ALL or not getattr(request.user, "is_staff", False):
            return view(request, *args, **kwargs)
        if getattr(request.user, "must_change_password", False):
            return redirect("console_password")
        return second.before(request, page) or view(request, *args, **kwargs)

    return guard


def only_ours(view: frame.View) -> frame.View:
    """Return one of Wagtail's views, shut unless it is one of our lists or belongs to signing in.

    Wagtail's own rooms (pages, images, users, reports …) would save past our faces and mean nothing here; one that is used one day is
    opened by name.
    """

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        spaces = request.resolver_match.namespaces if request.resolver_match else []
        if _name(request) in OPEN_TO_ALL or any(space.startswith("console_") for space in spaces):
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect("wagtailadmin_login")
        return TemplateResponse(request, "console/missing.html", status=404)

    return guard


def _name(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show who is invited as what, take a name and a password, and let the new member in."""
    try:
        invitation = access.invitation_by_token(token, frame.now())
    except LinkSpent:
        return TemplateResponse(request, "console/join_spent.html", status=410)
    with override(invitation.language):
        form = JoinForm(request.POST or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                user_id = staff_flow.accept(
                    token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password"], now=frame.now()
                )
            except Refusal as refusal:
                _beside(form, refusal)
            else:
                _let_in(request, user_id)
                return redirect("wagtailadmin_home")
        context = {"form": form, "invitation": invitation}
        return TemplateResponse(request, "console/join.html", context, status=422 if form.errors else 200).render()


@sensitive_post_parameters()
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Replace the present password, a one-time one above all."""
    form = ChangeForm(request.POST or None, label_suffix="")
    person = access.user(frame.reader(request))
    if request.method == "POST" and form.is_valid():
        try:
            access.change_password(
                user_id=person.id,
                present=form.cleaned_data["present"],
                password=form.cleaned_data["password"],
                session_id=request.session.get(second.SESSION_ID),
            )
        except Refusal as refusal:
            _beside(form, refusal, password="present" if refusal.code == "wrong_password" else "password")
        else:
            update_session_auth_hash(request, get_user_model().objects.get(pk=person.id))
            messages.success(request, _("The new password holds from now on."))
            return redirect("wagtailadmin_home")
    context = {"form": form, "must_change": person.must_change_password}
    return TemplateResponse(request, "console/password.html", context, status=422 if form.errors else 200)


def account(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, and take the light they read by."""
    user_id = frame.reader(request)
    person, factor, sessions = together.read(
        lambda: access.user(user_id), lambda: access.second_factor(user_id), lambda: access.sessions_of(user_id)
    )
    profile = getattr(request.user, "wagtail_userprofile", None) or UserProfile.get_for_user(request.user)
    if request.method == "POST" and request.POST.get("theme") in dict(THEMES):
        profile.theme = request.POST["theme"]
        profile.save(update_fields=["theme"])
        messages.success(request, _("The console keeps this light for you."))
        return redirect("console_account")
    arrival = second.arrived(request)
    context = {
        "person": person,
        "themes": THEMES,
        "theme": profile.theme,
        "factor": factor,
        "sessions": sessions,
        "here": arrival.session_id if arrival else None,
    }
    return TemplateResponse(request, "console/account.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language the reader chose: with the account where there is one, else in a cookie."""
    wanted = request.POST.get("language", "")
    answer = redirect(frame.way_back(request, "/console/"))
    if wanted not in LANGUAGES:
        return answer
    if request.user.is_authenticated:
        access.set_language(user_id=frame.reader(request), language=wanted)
        profile = UserProfile.get_for_user(request.user)
        profile.preferred_language = wanted
        profile.save(update_fields=["preferred_language"])
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer


def _beside(form: forms.Form, refusal: Refusal, **renamed: str) -> None:
    told = refusals.explain(refusal)
    field = renamed.get(refusal.field or "", refusal.field)
    form.add_error(field if field in form.fields else None, f"{told.problem} {told.remedy}".strip())


def _let_in(request: HttpRequest, user_id: UserId) -> None:
    user = get_user_model().objects.get(pk=user_id)
    login(request, user)
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = user.language
    profile.save(update_fields=["preferred_language"])
