"""The table of roles: what each may do, and that it never grows downwards."""

import pytest

from shopkeeper.ops.access.rules import permissions, staffing
from shopkeeper.ops.access.shapes import LastOwner, Role


@pytest.mark.parametrize(
    ("role", "act", "allowed"),
    [
        (Role.CLERK, "orders.ship", True),
        (Role.CLERK, "orders.refund", False),
        (Role.CLERK, "pricing.set_price", False),
        (Role.MANAGER, "orders.refund", True),
        (Role.MANAGER, "pricing.set_price", True),
        (Role.MANAGER, "shop.save", False),
        (Role.MANAGER, "staff.invite", False),
        (Role.OWNER, "shop.save", True),
        (Role.OWNER, "staff.invite", True),
        (None, "orders.view", False),
    ],
)
def test_each_role_may_do_its_share(role, act, allowed):
    assert permissions.may(role, act) is allowed


def test_whoever_stands_higher_may_do_everything_those_below_may():
    clerk, manager, owner = (set(permissions.acts_of(role)) for role in (Role.CLERK, Role.MANAGER, Role.OWNER))

    assert clerk < manager < owner == set(permissions.ALLOWED)


@pytest.mark.parametrize("role", [*Role, None])
def test_an_act_that_no_table_names_is_a_mistake_in_the_code_for_everybody(role):
    with pytest.raises(permissions.UnknownAct):
        permissions.may(role, "orders.shipp")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CLERK, None])
def test_the_last_owner_stays(role):
    with pytest.raises(LastOwner):
        staffing.check_an_owner_stays(user_id=1, role=role, owners={1})

    staffing.check_an_owner_stays(user_id=1, role=role, owners={1, 2})
    staffing.check_an_owner_stays(user_id=3, role=role, owners={1})
    staffing.check_an_owner_stays(user_id=1, role=Role.OWNER, owners={1})
