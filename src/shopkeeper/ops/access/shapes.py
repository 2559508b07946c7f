"""People who sign in, their roles and their invitations, as they cross the room's face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import Refusal


class Role(StrEnum):
    """What a member of staff may do; `rules/permissions.py` holds the table."""

    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who can sign in. `role` None: a shopper. `is_active` False: cannot sign in (yet, or any more)."""

    id: UserId
    email: str
    name: str
    language: str
    role: Role | None
    is_active: bool
    must_change_password: bool
    joined_at: datetime
    last_seen_at: datetime | None


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
    role: Role
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
