"""What each role includes, built in or the shop's own, and how the shop makes roles of its own."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from shopkeeper.kit import checks, together
from shopkeeper.kit.refusals import NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import store
from shopkeeper.ops.access.models import Invitation, User
from shopkeeper.ops.access.models import OwnRole as OwnRoleRow
from shopkeeper.ops.access.rules import permissions
from shopkeeper.ops.access.shapes import (
    OwnRole,
    OwnRoleCode,
    Role,
    RoleCode,
    RoleInUse,
    RoleNameTaken,
    Standing,
    UnknownRole,
    role_code,
)

MOST_NAME = 40


def own_roles() -> tuple[OwnRole, ...]:
    """Return the roles the shop made for itself, by name, each with how many people carry it."""
    counted = User.objects.filter(role__startswith="own-").values_list("role").annotate(Count("id"))
    carried, rows = together.read(lambda: dict(counted.all()), lambda: list(OwnRoleRow.objects.order_by("name_en", "id")))
    return tuple(_shape(row, carried.get(str(row), 0)) for row in rows)


def own_role(code: str) -> OwnRole:
    """Return one of the shop's own roles. Raises UnknownRole."""
    row = _row(code)
    return _shape(row, User.objects.filter(role=code).count())


def acts_of_role(code: RoleCode) -> frozenset[str]:
    """Return every act a role includes today."""
    role, given = as_rule(code)
    return given if role is None else frozenset(permissions.acts_of(role))


def acts_of_person(user_id: int) -> frozenset[str]:
    """Return every act a person may do today: one query, also where the role is the shop's own."""
    found = store.active_role_and_acts(user_id)
    if found is None:
        return frozenset()
    role, given = found
    return frozenset(permissions.acts_of(role)) if isinstance(role, Role) else permissions.given_acts(given)


def acts_of_standing(found: Standing) -> frozenset[str]:
    """Return every act a person may do, of whom it is known already how they stand."""
    if not found.role:
        return frozenset()
    role = role_code(found.role)
    return frozenset(permissions.acts_of(role)) if isinstance(role, Role) else permissions.given_acts(found.own_acts)


def as_rule(code: RoleCode) -> tuple[Role | None, frozenset[str]]:
    """Return a role as the rules read it: the built-in one, or None and the acts of the shop's own."""
    if isinstance(code, Role):
        return code, frozenset()
    row = OwnRoleRow.objects.filter(pk=_number(code)).first()
    return None, permissions.given_acts(row.acts) if row else frozenset()


def may_as(code: RoleCode | None, act: str) -> bool:
    """Return whether a role includes an act; None is nobody. Raises UnknownAct for an act no table names."""
    if code is None or isinstance(code, Role):
        return permissions.may(code, act)
    return permissions.known(act) in acts_of_role(code)


def offered_acts() -> dict[str, tuple[str, ...]]:
    """Return every act a role of the shop's own may include, by room."""
    return permissions.offered()


def acts_of_built_in(role: Role) -> frozenset[str]:
    """Return every act a built-in role includes, for the page that shows the table."""
    return frozenset(permissions.acts_of(role))


@transaction.atomic
def save_own_role(*, code: str | None, name: Bilingual, acts: Collection[str], now: datetime) -> tuple[OwnRole | None, OwnRole]:
    """Make (`code` None) or change a role of the shop's own; return it as it was and as it is now.

    Everybody who carries it may do what it includes from the next click on. Raises RoleNameTaken, ActNotForRoles, UnknownRole, OutOfRange,
    Malformed.
    """
    store.lock_staffing()
    english = checks.line(name.en, field="name", least=1, most=MOST_NAME)
    chinese = checks.line(name.zh, field="name", most=MOST_NAME)
    given = permissions.for_own_role(acts)
    row = OwnRoleRow(made_at=now) if code is None else _row(code)
    taken = OwnRoleRow.objects.filter(name_en__iexact=english).exclude(pk=row.pk or 0).exists()
    if taken or english.casefold() in set(Role):
        raise RoleNameTaken(english)
    before = None if code is None else own_role(code)
    row.name_en, row.name_zh, row.acts = english, chinese, sorted(given)
    row.save()
    return before, own_role(str(row))


@transaction.atomic
def remove_own_role(*, code: str) -> OwnRole:
    """Remove a role of the shop's own that nobody carries and nobody is invited as; return what it was. Raises RoleInUse, UnknownRole."""
    store.lock_staffing()
    role = own_role(code)
    invited = Invitation.objects.filter(role=code, accepted_at=None, withdrawn_at=None).count()
    if role.people + invited:
        raise RoleInUse(role.name.en, role.people + invited)
    _row(code).delete()
    return role


def existing(code: str) -> RoleCode:
    """Return a role that exists now. Raises UnknownRole."""
    found = role_code(str(code))
    if isinstance(found, OwnRoleCode):
        _row(found)
    return found


def _row(code: str) -> OwnRoleRow:
    found = role_code(str(code))
    row = None if isinstance(found, Role) else OwnRoleRow.objects.filter(pk=_number(found)).first()
    if row is None:
        raise UnknownRole(str(code))
    return row


def _number(code: str) -> int:
    number = int(code.removeprefix("own-"))
    if number >= 2**63:
        raise NotFound("role", code)
    return number


def _shape(row: OwnRoleRow, people: int) -> OwnRole:
    return OwnRole(
        code=OwnRoleCode(str(row)), name=Bilingual(row.name_en, row.name_zh), acts=permissions.given_acts(row.acts), people=people
    )
