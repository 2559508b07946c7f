"""Words for what staff and shoppers are refused as persons: accounts, roles, second factors, second persons, limits."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shopkeeper.doors.wordings.say import say, shown
from shopkeeper.ops.access import shapes as access
from shopkeeper.ops.approvals import shapes as approvals
from shopkeeper.ops.limits import shapes as limits
from shopkeeper.selling.customers import shapes as customers

_WEAK = {
    "password_too_short": gettext_lazy("Use at least 10 characters."),
    "password_too_common": gettext_lazy("Choose one that is not on every list of common passwords."),
    "password_too_similar": gettext_lazy("Keep your name and address out of it."),
    "password_entirely_numeric": gettext_lazy("Use letters too, not only figures."),
    "password_too_long": gettext_lazy("Use at most 128 characters."),
}


@say.register
def _email_taken(refusal: access.EmailTaken) -> tuple[str, str]:
    return _("The address “%(value)s” is in use already.") % {"value": shown(refusal.value)}, _(
        "Use another address, or sign in with this one."
    )


@say.register
def _weak_password(refusal: access.WeakPassword) -> tuple[str, str]:
    remedies = [str(_WEAK[problem]) for problem in getattr(refusal, "problems", ()) if problem in _WEAK]
    return _("This password is too easy to guess."), " ".join(remedies) or _("Choose a longer one; a short sentence works well.")


@say.register
def _link_spent(refusal: access.LinkSpent) -> tuple[str, str]:
    return _("This link no longer works."), _("It was used already or is too old. Ask for a fresh one.")


@say.register
def _wrong_password(refusal: access.WrongPassword) -> tuple[str, str]:
    return _("The present password does not match."), _("Type it again, or ask for a link to choose a new one.")


@say.register
def _last_owner(refusal: access.LastOwner) -> tuple[str, str]:
    return _("This is the last owner of the shop."), _("Make somebody else an owner first.")


@say.register
def _unknown_role(refusal: access.UnknownRole) -> tuple[str, str]:
    return _("There is no role “%(value)s”.") % {"value": shown(refusal.value)}, _("Choose one from the list; it may have been removed.")


@say.register
def _role_in_use(refusal: access.RoleInUse) -> tuple[str, str]:
    values = {"value": shown(refusal.value), "count": refusal.people}
    problem = ngettext("%(count)d person carries the role “%(value)s”.", "%(count)d people carry the role “%(value)s”.", refusal.people)
    return problem % values, _("Give them another role first, and withdraw open invitations to this one.")


@say.register
def _role_name_taken(refusal: access.RoleNameTaken) -> tuple[str, str]:
    return _("There is a role called “%(value)s” already.") % {"value": shown(refusal.value)}, _("Choose another name.")


@say.register
def _act_not_for_roles(refusal: access.ActNotForRoles) -> tuple[str, str]:
    return _("“%(value)s” stays with owners.") % {"value": shown(refusal.value)}, _("Leave it out, or make the person an owner.")


@say.register
def _wrong_code(refusal: access.WrongCode) -> tuple[str, str]:
    return _("This code does not match, or was used before."), _(
        "Wait for the next code of your app. At the sign-in a recovery code does as well."
    )


@say.register
def _too_many_codes(refusal: access.TooManyCodes) -> tuple[str, str]:
    return _("Too many wrong codes were given."), _("Wait five minutes, then try again.")


@say.register
def _too_often(refusal: limits.TooOften) -> tuple[str, str]:
    minutes = refusal.wait_s // 60
    return _("This was tried too many times within a short while, so it is closed for a moment."), ngettext(
        "Please try again in %(minutes)d minute.", "Please try again in %(minutes)d minutes.", minutes
    ) % {"minutes": minutes}


@say.register
def _factor_set_up_already(refusal: access.FactorSetUpAlready) -> tuple[str, str]:
    return _("A second factor is set up already."), _("Replace it from your account, with a code of the present one.")


@say.register
def _no_factor(refusal: access.NoFactor) -> tuple[str, str]:
    return _("No second factor is set up."), _("Set one up first.")


@say.register
def _factor_required(refusal: access.FactorRequired) -> tuple[str, str]:
    return _("This role needs a second factor."), _("Replace it by another one instead.")


@say.register
def _factor_unreadable(refusal: access.FactorUnreadable) -> tuple[str, str]:
    return _("The second factor was kept under another secret key of the shop."), _(
        "Put the old key back, or have an owner reset the second factor."
    )


@say.register
def _waiting_for_approval(refusal: approvals.WaitingForApproval) -> tuple[str, str]:
    return _("This was not done yet: it waits for a second person."), _("Ask somebody who may do it to approve it in the console.")


@say.register
def _own_approval(refusal: approvals.OwnApproval) -> tuple[str, str]:
    return _("Nobody decides on what they asked for, or on what is about themselves."), _("Ask somebody else who may do it.")


_ENDED = {
    "given": gettext_lazy("It was approved already and is being done."),
    "done": gettext_lazy("It was approved already and is done."),
    "refused": gettext_lazy("It was refused."),
    "withdrawn": gettext_lazy("It was withdrawn by who asked."),
    "expired": gettext_lazy("It waited too long and has ended."),
    "stale": gettext_lazy("It was about something that has changed since."),
    "failed": gettext_lazy("It was approved and could not be done any more."),
}


@say.register
def _approval_over(refusal: approvals.ApprovalOver) -> tuple[str, str]:
    problem = _ENDED.get(str(refusal.state), gettext_lazy("It is not what you saw any more."))
    return str(problem), _("Load the page again. If it is still needed, ask anew.")


@say.register
def _approval_stale(refusal: approvals.ApprovalStale) -> tuple[str, str]:
    return _("What this is about has changed since it was asked for."), _("Nothing was done. Look at it again, then ask anew.")


@say.register
def _group_name_taken(refusal: customers.GroupNameTaken) -> tuple[str, str]:
    return _("There is a group called “%(value)s” already.") % {"value": shown(refusal.value)}, _("Choose another name.")


@say.register
def _note_struck(refusal: customers.NoteStruck) -> tuple[str, str]:
    return _("This note is struck out already."), _("Load the page again. If more is to be said, write another note.")


@say.register
def _both_sign_in(refusal: customers.BothSignIn) -> tuple[str, str]:
    return _("Both records have an account of their own."), _(
        "They stay apart, so that nobody reads what somebody else bought. Let the customer go on with one of the two accounts."
    )


@say.register
def _must_stay(refusal: customers.MustStay) -> tuple[str, str]:
    return _("Record %(value)s has an account and must be the one that stays.") % {"value": shown(refusal.value)}, _(
        "Open that record and merge this one into it."
    )


@say.register
def _merged_already(refusal: customers.MergedAlready) -> tuple[str, str]:
    return _("Record %(value)s is part of a merge already.") % {"value": shown(refusal.value)}, _(
        "Merge the records that stand alone into the one that stays, or undo the other merge first."
    )


@say.register
def _merge_over(refusal: customers.MergeOver) -> tuple[str, str]:
    return _("This merge was undone already."), _("Load the page again.")


_TAX_FORMS = {
    "CN": gettext_lazy("In China it is the unified social credit code: 18 figures and capital letters, such as 91350100M000100Y43."),
    "GB": gettext_lazy("In Britain it is the VAT number: nine figures, such as GB 980 7806 84."),
    "DE": gettext_lazy("In Germany it is the VAT number: DE and nine figures, such as DE136695976."),
    "FR": gettext_lazy("In France it is the VAT number: FR, two signs and nine figures, such as FR40303265045."),
}


@say.register
def _wrong_tax_number(refusal: customers.WrongTaxNumber) -> tuple[str, str]:
    values = {"value": shown(refusal.value)}
    if refusal.fault == "form":
        problem = _("“%(value)s” does not look like a tax number of this country.") % values
    else:
        problem = _("“%(value)s” cannot be right: its check digit does not fit the rest.") % values
    remedy = _TAX_FORMS.get(refusal.country, gettext_lazy("Copy it from the company’s papers, and check that the country is right."))
    return problem, str(remedy)
