"""The people who work here: who they are, inviting, other roles, leaving. And what the shop is, and what its figures mean."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.doors.console import approvals, frame, reading, roles, sign_in, words
from shopkeeper.doors.console.commanding import CommandView
from shopkeeper.flows import shop_settings
from shopkeeper.flows import staff as staff_flow
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.kit.console import Command, Done, Fact, word
from shopkeeper.kit.ids import UserId
from shopkeeper.kit.places import CurrencyField, currency_name
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role, SignedInPlace
from shopkeeper.selling.customers.console_sign_in import SaveSignIn
from shopkeeper.selling.shop import public as shop
from shopkeeper.selling.shop.console import SaveShop

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


@frame.guarded("staff.view")
def page(request: HttpRequest) -> HttpResponse:
    """Show everyone who works here and every invitation that is still open."""
    known = ("invite", "change_role", "deactivate", "end_sessions", "reset_second_factor")
    acts = {name for name in known if frame.may(request, f"staff.{name}")}
    context = {
        "people": access.staff(),
        "invitations": access.open_invitations(frame.now()),
        "acts": acts,
        "duties": [(word(words.ROLES, code), word(words.DUTIES, code)) for code in words.ROLES],
        "me": frame.reader(request),
        "with_factor": access.with_second_factor(),
    }
    return TemplateResponse(request, "console/staff.html", context)


class Invite(Command):
    """A mail with a link goes to the person invited."""

    act = "staff.invite"
    title = gettext_lazy("Invite somebody")
    submit = gettext_lazy("Send the invitation")
    caption = gettext_lazy("The link in the mail is good for seven days and one person. An earlier invitation to the same address ends.")
    email = forms.CharField(label=gettext_lazy("Mail address"), max_length=254, widget=forms.EmailInput)
    role = forms.ChoiceField(label=gettext_lazy("Role"), initial=Role.CLERK.value)
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=LANGUAGES)

    def prepare(self) -> None:
        self.fields["role"].choices = roles.choices()  # type: ignore[attr-defined]
        self.start(language="zh-hans" if self.setting.language.startswith("zh") else "en")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        made = staff_flow.invite(email=found["email"], role=found["role"], language=found["language"], actor=actor, now=now)
        return Done(_("The invitation to %(email)s is on its way.") % {"email": made.email})


class StaffCommand(Command):
    """What every act on a member of staff shares."""

    def prepare(self) -> None:
        self.person = access.user(UserId(self.target_id or 0))
        if self.person.role is None:
            raise NotFound("staff", self.target_id)

    def name(self) -> str:
        return self.person.name or self.person.email

    def facts(self) -> list[Fact]:
        role = self.person.role
        return [
            Fact(_("Mail address"), self.person.email),
            Fact(_("Role"), words.role(role.value if role else "")),
            Fact(_("Last sign-in"), self.person.last_seen_at, "moment"),
        ]


class ChangeRole(StaffCommand):
    """Another role, from the next sign-in on."""

    act = "staff.change_role"
    title = gettext_lazy("Change the role")
    submit = gettext_lazy("Change the role")
    caption = gettext_lazy("The person is signed out everywhere and signs in again with the new role.")
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["role"].choices = roles.choices()  # type: ignore[attr-defined]
        self.start(role=self.person.role.value if self.person.role else "")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        role = self.cleaned_data["role"]
        staff_flow.change_role(user_id=self.person.id, role=role, actor=actor, now=now)
        return Done(_("%(name)s is %(role)s now.") % {"name": self.name(), "role": words.role(role)})


class Deactivate(StaffCommand):
    """The person cannot sign in any more; what they did stays in the trail."""

    act = "staff.deactivate"
    title = gettext_lazy("End the access")
    submit = gettext_lazy("End the access")
    caption = gettext_lazy("From the next click on. The role and the traces stay; access can be given back.")
    is_grave = True

    def run(self, *, actor: UserId, now: datetime) -> Done:
        staff_flow.deactivate(user_id=self.person.id, actor=actor, now=now)
        return Done(_("%(name)s cannot sign in any more.") % {"name": self.name()})


class Reactivate(StaffCommand):
    """The person can sign in again, in the old role."""

    act = "staff.deactivate"
    title = gettext_lazy("Give the access back")
    submit = gettext_lazy("Give the access back")

    def run(self, *, actor: UserId, now: datetime) -> Done:
        staff_flow.reactivate(user_id=self.person.id, actor=actor, now=now)
        return Done(_("%(name)s can sign in again.") % {"name": self.name()})


class EndSessions(StaffCommand):
    """The person is signed out everywhere, or in one place."""

    act = "staff.end_sessions"
    title = gettext_lazy("Sign somebody out")
    submit = gettext_lazy("End these sessions")
    caption = gettext_lazy("At once. Whoever knows the password, and has the second factor, can sign in again.")
    is_grave = True
    which = forms.ChoiceField(label=gettext_lazy("Which"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.places = access.sessions_of(self.person.id)
        shown = [(str(each.id), self._shown(each)) for each in self.places]
        self.fields["which"].choices = [("", _("All of them")), *shown]  # type: ignore[attr-defined]

    def _shown(self, each: SignedInPlace) -> str:
        seen = reading.moment(each.seen_at, self.setting.zone)
        return _("%(browser)s, last seen %(moment)s") % {"browser": each.browser or _("Unknown browser"), "moment": seen}

    def facts(self) -> list[Fact]:
        return [*super().facts(), Fact(_("Signed in at"), len(self.places), "number")]

    def run(self, *, actor: UserId, now: datetime) -> Done:
        which = self.cleaned_data["which"]
        staff_flow.end_session_of(user_id=self.person.id, session_id=int(which) if which else None, actor=actor, now=now)
        return Done(_("%(name)s is signed out there.") % {"name": self.name()})


class ResetFactor(StaffCommand):
    """A lost device: the second factor is taken away, once a second owner agrees."""

    act = "staff.reset_second_factor"
    title = gettext_lazy("Reset the second factor")
    submit = gettext_lazy("Reset it")
    caption = gettext_lazy(
        "For a device that is lost. Make sure it really is this person who asks. Another owner has to agree; then the person is signed "
        "out everywhere and sets up a new one."
    )
    is_grave = True

    def run(self, *, actor: UserId, now: datetime) -> Done:
        staff_flow.reset_second_factor(user_id=self.person.id, actor=actor, now=now)
        return Done(_("The second factor of %(name)s is taken away.") % {"name": self.name()})


class Withdraw(Command):
    """An invitation becomes worthless."""

    act = "staff.invite"
    title = gettext_lazy("Withdraw the invitation")
    submit = gettext_lazy("Withdraw it")
    is_grave = True

    def prepare(self) -> None:
        found = access.open_invitation(self.target_id or 0, frame.began())
        if found is None:
            raise NotFound("invitation", self.target_id)
        self.invitation = found

    def name(self) -> str:
        return self.invitation.email

    def run(self, *, actor: UserId, now: datetime) -> Done:
        staff_flow.withdraw(invitation_id=self.invitation.id, actor=actor, now=now)
        return Done(_("The invitation to %(email)s is worth nothing any more.") % {"email": self.invitation.email})


class ChangeCurrency(Command):
    """The book currency of a shop that has not sold anything yet."""

    act = "shop.save"
    title = gettext_lazy("Change the book currency")
    submit = gettext_lazy("Change the currency")
    caption = gettext_lazy("Possible only before the first order: every amount in the books is in this currency.")
    currency = CurrencyField(
        label=gettext_lazy("Currency"), help_text=gettext_lazy("Possible only before the first order; every amount in the books is in it.")
    )

    def prepare(self) -> None:
        self.start(currency=self.setting.currency)

    def run(self, *, actor: UserId, now: datetime) -> Done:
        saved = shop_settings.change_currency(currency=self.cleaned_data["currency"], actor=actor, now=now)
        return Done(_("The books are in %(currency)s from now on.") % {"currency": currency_name(saved.currency)})


def _staff_url() -> str:
    return reverse("console_staff")


def _roles_url() -> str:
    return reverse("console_roles")


def _settings_url() -> str:
    return reverse("console_settings")


def _view(command: type[Command]) -> Callable[..., Any]:
    return CommandView.as_view(command=command, list_url=_staff_url, list_title=gettext_lazy("Staff"))


STAFF_VIEWS = {
    "invite": _view(Invite),
    "role": _view(ChangeRole),
    "deactivate": _view(Deactivate),
    "reactivate": _view(Reactivate),
    "withdraw": _view(Withdraw),
    "sessions": _view(EndSessions),
    "second_factor": _view(ResetFactor),
    **{
        name: CommandView.as_view(command=command, list_url=_roles_url, list_title=gettext_lazy("Roles"))
        for name, command in (("new_role", roles.SaveRole), ("edit_role", roles.SaveRole), ("remove_role", roles.RemoveRole))
    },
}
change_limits = CommandView.as_view(command=approvals.ChangeLimits, list_url=_settings_url, list_title=gettext_lazy("Shop settings"))
change_settings = CommandView.as_view(command=SaveShop, list_url=_settings_url, list_title=gettext_lazy("Shop settings"))
change_sign_in = CommandView.as_view(command=SaveSignIn, list_url=_settings_url, list_title=gettext_lazy("Shop settings"))
change_currency = CommandView.as_view(command=ChangeCurrency, list_url=_settings_url, list_title=gettext_lazy("Shop settings"))


@frame.guarded("shop.view")
def settings(request: HttpRequest) -> HttpResponse:
    """Show what the shop says of itself; its owner changes it from here."""
    context = {
        "shop": frame.home() or shop.shop(),
        "may_save": frame.may(request, "shop.save"),
        "may_limit": frame.may(request, "approvals.save_limits"),
        "limits": approvals.limits_in_words(),
        "languages": dict(LANGUAGES),
        "sign_in": sign_in.in_settings(),
        "may_sign_in": frame.may(request, "customers.save_sign_in"),
    }
    return TemplateResponse(request, "console/settings.html", context)


@frame.guarded("metrics.view")
def meanings(request: HttpRequest) -> HttpResponse:
    """Show what each figure means, how it treats refunds, and who answers for it."""
    return TemplateResponse(request, "console/meanings.html", {"metrics": metrics.metrics(), "zone": frame.setting().zone})
