"""Roles the shop makes for itself: acts by room, never those that would make an owner, and the built-in ones stay as they are."""

import pytest

from shopkeeper.kit.refusals import NotAllowed
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import OwnRole as OwnRoleRow
from shopkeeper.ops.access.rules import permissions
from shopkeeper.ops.access.shapes import ActNotForRoles, Gate, Role, RoleInUse, RoleNameTaken, UnknownRole
from shopkeeper.ops.access.tests.builders import NOON, member

PACKER = Bilingual("Packer", "打包员")


@pytest.mark.django_db
def test_a_role_of_ones_own_includes_exactly_what_was_ticked_from_the_next_question_on():
    _none, role = access.save_own_role(code=None, name=PACKER, acts=["orders.view", "orders.ship"], now=NOON)
    packer = member(role.code)

    assert access.acts_of(packer) == {"orders.view", "orders.ship"}
    with pytest.raises(NotAllowed):
        access.require(packer, "orders.cancel")
    before, after = access.save_own_role(code=role.code, name=PACKER, acts=["orders.view"], now=NOON)
    assert (before.acts - after.acts, after.people) == ({"orders.ship"}, 1)
    assert not access.may(packer, "orders.ship")


@pytest.mark.django_db
@pytest.mark.parametrize("act", [*sorted(permissions.OWNERS_ALONE), "orders.everything", ""])
def test_what_would_make_an_owner_cannot_be_part_of_it(act: str):
    with pytest.raises(ActNotForRoles):
        access.save_own_role(code=None, name=PACKER, acts=["orders.view", act], now=NOON)

    assert access.own_roles() == ()


@pytest.mark.django_db
def test_an_act_written_into_the_table_by_hand_still_gives_nothing():
    _none, role = access.save_own_role(code=None, name=PACKER, acts=["orders.view"], now=NOON)
    OwnRoleRow.objects.update(acts=["orders.view", "staff.change_role", "orders.everything"])

    assert access.acts_of_role(role.code) == {"orders.view"}


@pytest.mark.django_db
def test_a_role_that_is_carried_or_promised_cannot_be_removed():
    _none, role = access.save_own_role(code=None, name=PACKER, acts=[], now=NOON)
    owner = member(Role.OWNER)
    made = access.invite(email="p@example.org", role=role.code, actor=owner, now=NOON)
    with pytest.raises(RoleInUse):
        access.remove_own_role(code=role.code)
    access.withdraw_invitation(invitation_id=made.id, now=NOON)

    access.remove_own_role(code=role.code)

    with pytest.raises(UnknownRole):
        access.invite(email="p@example.org", role=role.code, actor=owner, now=NOON)
    with pytest.raises(UnknownRole):
        access.change_role(user_id=owner, role=role.code)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["packer", "PACKER", "owner", "Manager"])
def test_two_roles_are_never_called_the_same(name: str):
    access.save_own_role(code=None, name=PACKER, acts=[], now=NOON)

    with pytest.raises(RoleNameTaken):
        access.save_own_role(code=None, name=Bilingual(name, ""), acts=[], now=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["owner", "clerk", "own-99", "own-", "own-x", "root"])
def test_a_built_in_role_or_none_cannot_be_saved_or_removed(code: str):
    with pytest.raises(UnknownRole):
        access.save_own_role(code=code, name=PACKER, acts=[], now=NOON)
    with pytest.raises(UnknownRole):
        access.remove_own_role(code=code)


@pytest.mark.django_db
@pytest.mark.parametrize(("acts", "gate"), [(["orders.view"], Gate.OPEN), (["orders.view", "orders.refund"], Gate.OFFER_SET_UP)])
def test_a_role_needs_a_second_factor_as_soon_as_it_may_more_than_a_clerk(acts: list[str], gate: Gate):
    _none, role = access.save_own_role(code=None, name=PACKER, acts=acts, now=NOON)

    arrival = access.arrive(user_id=member(role.code), session_id=None, session_key="k" * 32, browser="", now=NOON)

    assert arrival is not None
    assert arrival.gate is gate


def test_every_act_is_offered_or_stays_with_owners():
    offered = {act for acts in permissions.offered().values() for act in acts}

    assert offered | permissions.OWNERS_ALONE == set(permissions.ALLOWED)
    assert offered & permissions.OWNERS_ALONE == set()
    assert {act for act in permissions.OWNERS_ALONE if permissions.ALLOWED[act] != permissions.OWNER} == set()
