"""People who sign in, their roles and their invitations, as they cross the room's face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.kit.text import Bilingual


class Role(StrEnum):
    """The built-in roles; `rules/permissions.py` holds the table of what each may do."""

    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"


class OwnRoleCode(str):
    """The code of a role that the shop made for itself: `own-12`."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The code as plain text, as a built-in role has it too."""
        return str(self)


RoleCode = Role | OwnRoleCode


def role_code(text: str) -> RoleCode:
    """Return the role a code names, built in or the shop's own. Raises UnknownRole for a text that names none."""
    if text in set(Role):
        return Role(text)
    if text.startswith("own-") and text.removeprefix("own-").isdecimal() and text.isascii():
        return OwnRoleCode(text)
    raise UnknownRole(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRole:
    """A role the shop made for itself: its code, its name in both languages, the acts it includes, and how many people carry it."""

    code: OwnRoleCode
    name: Bilingual
    acts: frozenset[str]
    people: int = 0


class Gate(StrEnum):
    """What stands between a signed-in member of staff and the console."""

    OPEN = "open"
    GIVE_FACTOR = "give_factor"
    OFFER_SET_UP = "offer_set_up"
    MUST_SET_UP = "must_set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where a request of a member of staff comes from, and what stands before it. `session_id` is to be kept in the session."""

    session_id: int
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the gate asks about a person and one session of theirs: their role, the second factor, and when the session was last seen.

    `own_acts` are those of a role of the shop's own. `grace_days` None: not ruled. `seen_at` None: this session is not known, or was ended.
    """

    role: str
    own_acts: tuple[str, ...]
    is_set_up: bool
    asked_at: datetime | None
    grace_days: int | None
    session_id: int | None
    session_key: str
    seen_at: datetime | None
    is_factor_given: bool
    is_put_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """A person's second factor. `is_required`: the role needs one. `due_at`: then nothing opens without it; None: not counted yet."""

    is_set_up: bool
    set_up_at: datetime | None
    passkeys: tuple[str, ...]
    codes_left: int
    is_required: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInPlace:
    """One place where a member of staff is signed in, as the list of sessions shows it."""

    id: int
    user_id: UserId
    browser: str
    started_at: datetime
    seen_at: datetime
    has_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who can sign in. `role` None: a shopper. `is_active` False: cannot sign in (yet, or any more)."""

    id: UserId
    email: str
    name: str
    language: str
    role: RoleCode | None
    is_active: bool
    must_change_password: bool
    joined_at: datetime
    last_seen_at: datetime | None


class AskedKind(StrEnum):
    """For what a stranger entered an address."""

    JOINING = "joining"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked for by entering an address, whatever is behind it; `language` is the one the page was read in."""

    id: int
    kind: AskedKind
    email: str
    name: str
    language: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimePassword:
    """The password the first owner signs in with once; only its hash is kept."""

    user_id: UserId
    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation to join the staff. `token` is the signed secret of its link, good once and until `expires_at`."""

    id: int
    email: str
    role: RoleCode
    language: str
    token: str
    invited_by: UserId | None
    invited_at: datetime
    expires_at: datetime


class EmailTaken(Refusal):
    """The mail address signs in already. Raised only to people who may know it: staff who invite, and below the joining flow."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__("The mail address is in use already", field="email", value=email)


class WeakPassword(Refusal):
    """The password is too easy to guess; `problems` are the codes of the rules it breaks (`password_too_short`, …)."""

    code = "weak_password"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("Weak password: " + ", ".join(problems), field="password")
        self.problems = problems


class LinkSpent(Refusal):
    """A link from a mail that is not genuine, too old, withdrawn or used before. One refusal for all, so nothing can be probed."""

    code = "link_spent"

    def __init__(self) -> None:
        super().__init__("The link is no longer valid", field="token")


class WrongPassword(Refusal):
    """The present password, asked for before a change, does not match."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("The present password does not match", field="password")


class LastOwner(Refusal):
    """The last active owner would lose the role; somebody else must be made owner first."""

    code = "last_owner"

    def __init__(self, user_id: UserId) -> None:
        super().__init__("The shop's last owner cannot give up the role", field="role", value=user_id)


class UnknownRole(Refusal):
    """No role has this code: neither a built-in one nor one the shop made."""

    code = "unknown_role"

    def __init__(self, text: str) -> None:
        super().__init__(f"No role {text!r}", field="role", value=text)


class RoleInUse(Refusal):
    """People or open invitations still carry the role; `people` says how many."""

    code = "role_in_use"

    def __init__(self, name: str, people: int) -> None:
        super().__init__(f"The role {name!r} is carried by {people}", field="role", value=name)
        self.people = people


class RoleNameTaken(Refusal):
    """Another role is called the same."""

    code = "role_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a role {name!r} already", field="name", value=name)


class ActNotForRoles(Refusal):
    """An act that stays with owners, or that no table names, cannot be part of a role of one's own."""

    code = "act_not_for_roles"

    def __init__(self, act: str) -> None:
        super().__init__(f"The act {act!r} cannot be given to a role of one's own", field="acts", value=act)


class WrongCode(Refusal):
    """The code of the second factor does not match, is no longer good, or was used before: one refusal for all."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("The code does not match", field="code")


class TooManyCodes(Refusal):
    """Too many wrong codes for this person; open again at `until`."""

    code = "too_many_codes"

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many wrong codes", field="code")
        self.until = until


class FactorSetUpAlready(Refusal):
    """The person has a second factor; another one replaces it only against a code of the present one."""

    code = "factor_set_up_already"

    def __init__(self) -> None:
        super().__init__("A second factor is set up already", field="code")


class NoFactor(Refusal):
    """The person has no second factor."""

    code = "no_factor"

    def __init__(self) -> None:
        super().__init__("There is no second factor", field="code")


class FactorRequired(Refusal):
    """The role needs a second factor, so it cannot be taken away, only replaced."""

    code = "factor_required"

    def __init__(self) -> None:
        super().__init__("This role needs a second factor", field="code")


class FactorUnreadable(Refusal):
    """The second factor was kept under another secret key of the shop and cannot be read."""

    code = "factor_unreadable"

    def __init__(self) -> None:
        super().__init__("The second factor cannot be read with the shop's present secret key", field="code")
