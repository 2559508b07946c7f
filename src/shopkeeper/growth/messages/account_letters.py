"""What the shop writes to a person about signing in. Called inside the reader's language."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shopkeeper.growth.messages.letter import Head, Letter, Link
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Invitation, Person, Role, RoleCode


def invitation(found: Invitation, *, inviter: str, head: Head, reader: Reader) -> Letter:
    """Return the letter that invites a person to the staff."""
    shop = {"shop": head.shop_name, "inviter": inviter, "role": role_name(found.role)}
    if inviter:
        invited = _("%(inviter)s invites you to help run %(shop)s, as %(role)s.") % shop
    else:
        invited = _("You are invited to help run %(shop)s, as %(role)s.") % shop
    return Letter(
        to=found.email,
        language=found.language,
        head=head,
        subject=_("Join the staff of %(shop)s") % shop,
        preview=invited,
        heading=pgettext("mail", "You are invited"),
        paragraphs=(
            _("Hello,"),
            invited,
            _("Follow the link, enter your name and choose a password. The invitation is good until %(day)s and can be used once.")
            % {"day": reader.day(found.expires_at)},
        ),
        button=Link(pgettext("mail", "Accept the invitation"), f"{head.url}/console/join/{found.token}"),
        after=(_("If you do not know what this is about, do nothing: without you nothing happens."),),
        why=_("You get this mail because somebody entered your address to invite you."),
    )


def password_reset(person: Person, *, token: str, head: Head) -> Letter:
    """Return the letter with which a person sets a new password."""
    return Letter(
        to=person.email,
        language=person.language,
        head=head,
        subject=_("A new password for %(shop)s") % {"shop": head.shop_name},
        preview=_("The link is good for two hours."),
        heading=pgettext("mail", "Choose a new password"),
        paragraphs=(
            _("Hello,"),
            _("Somebody, probably you, asked for a new password for your account. The link is good for two hours and works once."),
        ),
        button=Link(pgettext("mail", "Choose a new password"), f"{head.url}/{person.language}/reset/{token}/"),
        after=(_("If you did not ask for it, do nothing: your password stays as it is."),),
        why=_("You get this mail because somebody entered your address to reset a password."),
    )


def joining(person: Person, *, token: str, head: Head) -> Letter:
    """Return the letter with which a person confirms an address and finishes registering."""
    return Letter(
        to=person.email,
        language=person.language,
        head=head,
        subject=_("Confirm your address for %(shop)s") % {"shop": head.shop_name},
        preview=_("One more step and your account is open."),
        heading=pgettext("mail", "One more step"),
        paragraphs=(
            # Not by name: a stranger may have typed it, and would have the shop carry their words to an address that never asked.
            _("Hello,"),
            _("Follow the link and choose a password: then your account with %(shop)s is open. The link is good for two days.")
            % {"shop": head.shop_name},
        ),
        button=Link(pgettext("mail", "Open my account"), f"{head.url}/{person.language}/join/{token}/"),
        after=(_("If you did not register with us, do nothing: we forget your address within a week."),),
        why=_("You get this mail because somebody entered your address to register."),
    )


def known_already(person: Person, *, token: str, head: Head) -> Letter:
    """Return the letter that tells a person, and nobody else, that the address somebody tried to register has an account."""
    return Letter(
        to=person.email,
        language=person.language,
        head=head,
        subject=_("You have an account with %(shop)s already") % {"shop": head.shop_name},
        preview=_("You can simply sign in."),
        heading=_("You have an account already"),
        paragraphs=(
            _("Hello,"),
            _("Somebody, probably you, tried to register with your address. There is an account already: you can simply sign in."),
            _("Forgotten the password? The link below sets a new one; it is good for two hours."),
        ),
        button=Link(pgettext("mail", "Choose a new password"), f"{head.url}/{person.language}/reset/{token}/"),
        after=(_("If it was not you, do nothing: whoever tried has learnt nothing."),),
        why=_("You get this mail because somebody entered your address to register."),
    )


def role_name(role: RoleCode) -> str:
    """Return the name of a role in the reader's language, as it stands in a sentence; a role of the shop's own by its own name."""
    if not isinstance(role, Role):
        return access.own_role(role).name.pick(get_language() or "en")
    return {
        Role.OWNER: pgettext("mail", "an owner"),
        Role.MANAGER: pgettext("mail", "a manager"),
        Role.CLERK: pgettext("mail", "a clerk"),
    }[role]
