"""Words for what people are refused when they sign in by a code or through a provider, and staff when they set that up."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.kit import places
from shopkeeper.selling.customers import shapes as customers

_FAULTS = {
    "address": gettext_lazy("The shop may not call the address “%(value)s”."),
    "silent": gettext_lazy("Nothing usable came from “%(value)s”."),
    "not_json": gettext_lazy("What came from “%(value)s” is not a provider’s document."),
    "other_issuer": gettext_lazy("The document there calls its provider “%(value)s”, not the address given."),
    "no_endpoint": gettext_lazy("The provider’s document lacks “%(value)s”."),
    "weak": gettext_lazy("The provider signs in a way that proves nothing: “%(value)s”."),
    "secret": gettext_lazy("The secret of “%(value)s” was kept under another secret key of the shop."),
}
_MENDED = {
    "address": gettext_lazy(
        "Use the https:// address the provider names as its issuer, without a question mark and on the public internet."
    ),
    "silent": gettext_lazy("Check the address, then try again; its document stands under /.well-known/openid-configuration."),
    "not_json": gettext_lazy("Check the address; its document stands under /.well-known/openid-configuration."),
    "other_issuer": gettext_lazy("Enter the address exactly as the document does, down to the last slash."),
    "no_endpoint": gettext_lazy("Ask the provider; it must speak OpenID Connect with the authorization code flow."),
    "weak": gettext_lazy("Set it to RS256 or ES256 at the provider."),
    "secret": gettext_lazy("Enter the secret again, as the provider shows it."),
}
_NOT_VOUCHED = {
    "declined": gettext_lazy("The other page did not let you through, or you turned back."),
    "state": gettext_lazy("This answer does not belong to what you began here, or it is too old."),
    "silent": gettext_lazy("The other page cannot be reached just now."),
    "token": gettext_lazy("The other page’s answer could not be proven to be genuine."),
    "unverified": gettext_lazy("The other page has not verified your mail address."),
    "staff": gettext_lazy("This account cannot be entered that way."),
    "other_address": gettext_lazy("You are known there under another mail address than here."),
    "taken": gettext_lazy("That account there is linked to another account here, or yours to another one there."),
}
_INSTEAD = {
    "declined": gettext_lazy("Try again, or sign in another way."),
    "state": gettext_lazy("Begin again on this page."),
    "silent": gettext_lazy("Try again later, or sign in another way."),
    "token": gettext_lazy("Begin again; if it stays so, tell the shop."),
    "unverified": gettext_lazy("Verify it there first, or sign in another way."),
    "staff": gettext_lazy("Sign in with your password."),
    "other_address": gettext_lazy("Use the account there that has the same address."),
    "taken": gettext_lazy("Unlink the other one first."),
}
_SPENT = {
    "number": gettext_lazy("As many messages went to this number today as the shop sends to one."),
    "member": gettext_lazy("As many messages went out for your account today as one account may have."),
    "country": gettext_lazy("As many messages went to this country today as the shop sends there."),
    "shop": gettext_lazy("As many messages went out today as the shop sends in a day."),
}
_WAYS = {"mail": gettext_lazy("a code by mail"), "phone": gettext_lazy("a code by text message")}


@say.register
def _wrong_sign_in_code(refusal: customers.WrongSignInCode) -> tuple[str, str]:
    if refusal.is_over:
        return _("This code opens nothing any more."), _("Have a new one sent.")
    return _("This code does not fit."), _("Compare it with the newest message, figure by figure.")


@say.register
def _code_just_sent(refusal: customers.CodeJustSent) -> tuple[str, str]:
    return _("A code was sent a moment ago."), ngettext(
        "Look for it; another can be sent after %(seconds)d second.",
        "Look for it; another can be sent after %(seconds)d seconds.",
        refusal.wait_s,
    ) % {"seconds": refusal.wait_s}


@say.register
def _odd_number(refusal: customers.OddNumber) -> tuple[str, str]:
    return _("“%(value)s” is no mobile number we could write to.") % {"value": shown(refusal.value)}, _(
        "Write it with its country, as in +44 7400 123456 or +86 138 1234 5678."
    )


@say.register
def _number_taken(refusal: customers.NumberTaken) -> tuple[str, str]:
    return _("This number belongs to another account."), _("Use another number, or ask the shop to free this one.")


@say.register
def _country_not_served(refusal: customers.CountryNotServed) -> tuple[str, str]:
    return _("The shop sends no messages to %(country)s.") % {"country": places.country_name(refusal.country)}, _(
        "Use a number of another country, or a code by mail."
    )


@say.register
def _texts_spent(refusal: customers.TextsSpent) -> tuple[str, str]:
    return str(_SPENT[refusal.whose]), _("Try again tomorrow, or use a code by mail.")


@say.register
def _not_offered(refusal: customers.NotOffered) -> tuple[str, str]:
    way = _WAYS.get(refusal.way, shown(refusal.way))
    return _("Signing in with %(way)s is not offered.") % {"way": way}, _("Sign in another way.")


@say.register
def _last_way_in(refusal: customers.LastWayIn) -> tuple[str, str]:
    return _("This is the last way you can sign in."), _("Choose a password or add another way first.")


@say.register
def _provider_code_taken(refusal: customers.ProviderCodeTaken) -> tuple[str, str]:
    return _("There is a provider with the web name “%(value)s” already.") % {"value": shown(refusal.value)}, _("Choose another web name.")


@say.register
def _issuer_fixed(refusal: customers.IssuerFixed) -> tuple[str, str]:
    problem = ngettext(
        "%(count)d customer is linked through the present address.",
        "%(count)d customers are linked through the present address.",
        refusal.people,
    )
    return problem % {"count": refusal.people}, _("Add a new provider with “%(value)s”, and switch this one off.") % {
        "value": shown(refusal.value)
    }


@say.register
def _provider_unusable(refusal: customers.ProviderUnusable) -> tuple[str, str]:
    return str(_FAULTS[refusal.fault]) % {"value": shown(refusal.value)}, str(_MENDED[refusal.fault])


@say.register
def _not_vouched(refusal: customers.NotVouched) -> tuple[str, str]:
    return str(_NOT_VOUCHED[refusal.fault]), str(_INSTEAD[refusal.fault])


@say.register
def _forged_report(refusal: customers.ForgedReport) -> tuple[str, str]:
    return _("The signature of the report is missing, wrong or too old."), _(
        "Sign it with the gateway’s key, as the documentation describes."
    )
