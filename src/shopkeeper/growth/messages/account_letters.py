"""What the shop writes to a person about signing in. Called inside the reader's language."""

from dataclasses import replace

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shopkeeper.growth.messages.letter import Head, Letter
from shopkeeper.growth.messages.reading import Reader
from shopkeeper.growth.messages.shapes import InForce, MailKind
from shopkeeper.growth.messages.writing import Matter, write
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Invitation, Person, Role, RoleCode


def invitation(found: Invitation, *, inviter: str, head: Head, reader: Reader, words: InForce | None = None) -> Letter:
    """Return the letter that invites a person to the staff."""
    values = {"shop": head.shop_name, "inviter": inviter, "role": role_name(found.role), "day": reader.day(found.expires_at)}
    if inviter:
        invited = _("%(inviter)s invites you to help run %(shop)s, as %(role)s.") % values
    else:
        invited = _("You are invited to help run %(shop)s, as %(role)s.") % values
    matter = Matter(
        to=found.email,
        language=found.language,
        head=head,
        link=f"{head.url}/console/join/{found.token}",
        values=values | {"invitation": invited},
        why=_("You get this mail because somebody entered your address to invite you."),
    )
    return write(MailKind.INVITATION, matter, words)


def password_reset(person: Person, *, token: str, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter with which a person sets a new password."""
    why = _("You get this mail because somebody entered your address to reset a password.")
    return write(MailKind.PASSWORD_RESET, _matter(person, head, f"reset/{token}/", why), words)


def joining(person: Person, *, token: str, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter with which a person confirms an address and finishes registering."""
    why = _("You get this mail because somebody entered your address to register.")
    return write(MailKind.JOINING, _matter(person, head, f"join/{token}/", why), words)


def known_already(person: Person, *, token: str, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter that tells a person, and nobody else, that the address somebody tried to register has an account."""
    why = _("You get this mail because somebody entered your address to register.")
    return write(MailKind.KNOWN_ALREADY, _matter(person, head, f"reset/{token}/", why), words)


def sign_in_code(person: Person, *, token: str, head: Head, words: InForce | None = None) -> Letter:
    """Return the letter with the code (`token`) by which a person signs in; its button leads to where the code is given."""
    why = _("You get this mail because somebody entered your address to sign in.")
    matter = _matter(person, head, "sign-in/code/given/", why)
    return write(MailKind.SIGN_IN_CODE, replace(matter, values={**matter.values, "code": f"{token[:3]} {token[3:]}"}), words)


def _matter(person: Person, head: Head, path: str, why: str) -> Matter:
    # Not by name: a stranger may have typed it, and would have the shop carry their words to an address that never asked.
    return Matter(
        to=person.email, language=person.language, head=head, link=f"{head.url}/{person.language}/{path}", values={"shop": head.shop_name},
        why=why,
    )  # fmt: skip


def role_name(role: RoleCode) -> str:
    """Return the name of a role in the reader's language, as it stands in a sentence; a role of the shop's own by its own name."""
    if not isinstance(role, Role):
        return access.own_role(role).name.pick(get_language() or "en")
    return {
        Role.OWNER: pgettext("mail", "an owner"),
        Role.MANAGER: pgettext("mail", "a manager"),
        Role.CLERK: pgettext("mail", "a clerk"),
    }[role]
