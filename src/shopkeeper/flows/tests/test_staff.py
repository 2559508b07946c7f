"""People join the staff, change their role and leave: with permission only, and each step with its trace, fact and mail."""

import pytest
from django.core import mail as outbox

from shopkeeper.flows import staff
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.growth.messages import public as messages
from shopkeeper.kit.refusals import NotAllowed
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import LastOwner, LinkSpent, Role, WeakPassword
from shopkeeper.ops.access.tests.builders import PASSWORD, joined, owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = pytest.mark.django_db


def trace():
    return [(entry.act, entry.actor, entry.before, entry.after) for entry in audit.entries()]


def test_an_invitation_travels_from_the_owner_through_the_mail_to_a_new_member():
    open_shop()
    boss = owner()

    made = staff.invite(email="new@example.org", role=Role.MANAGER, actor=boss, now=NOON)
    messages.send_due(now=NOON)
    (letter,) = outbox.outbox
    token = letter.body.split("/console/join/")[1].split()[0]
    user_id = staff.accept(token=token, name="Nia", password=PASSWORD, now=NOON)

    assert letter.to == ["new@example.org"]
    assert access.role_of(user_id) is Role.MANAGER
    assert told("StaffInvited") == [{"invitation_id": made.id, "role": "manager"}]
    assert told("StaffJoined") == [{"user_id": user_id, "role": "manager"}]
    assert trace() == [("staff.join", user_id, None, {"role": "manager"}), ("staff.invite", boss, None, {"role": "manager"})]


def test_an_invitation_says_who_invites():
    open_shop()
    boss = owner()

    staff.invite(email="new@example.org", role=Role.CLERK, actor=boss, now=NOON)
    messages.send_due(now=NOON)

    assert "Ann Lee invites you to help run Paper Crane, as a clerk." in outbox.outbox[0].body


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CLERK])
def test_only_an_owner_changes_the_staff(role):
    boss = owner()
    other = joined("other@example.org", role)

    for attempt in (
        lambda: staff.invite(email="new@example.org", role=Role.CLERK, actor=other, now=NOON),
        lambda: staff.change_role(user_id=other, role=Role.OWNER, actor=other, now=NOON),
        lambda: staff.deactivate(user_id=boss, actor=other, now=NOON),
        lambda: staff.reactivate(user_id=boss, actor=other, now=NOON),
        lambda: staff.withdraw(invitation_id=1, actor=other, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            attempt()

    assert access.role_of(other) is role
    assert access.role_of(boss) is Role.OWNER
    assert trace() == []
    assert messages.outgoing().total == 0


def test_a_change_of_role_leaves_trace_and_fact_and_the_same_role_again_neither():
    boss, clerk = owner(), joined("clerk@example.org", Role.CLERK)

    staff.change_role(user_id=clerk, role=Role.MANAGER, actor=boss, now=NOON)
    staff.change_role(user_id=clerk, role=Role.MANAGER, actor=boss, now=NOON)

    assert trace() == [("staff.change_role", boss, {"role": "clerk"}, {"role": "manager"})]
    assert told("StaffRoleChanged") == [{"user_id": clerk, "role": "manager"}]


def test_the_last_owner_stays_and_nothing_is_written():
    boss = owner()

    with pytest.raises(LastOwner):
        staff.deactivate(user_id=boss, actor=boss, now=NOON)
    with pytest.raises(LastOwner):
        staff.change_role(user_id=boss, role=Role.CLERK, actor=boss, now=NOON)

    assert trace() == []
    assert told("StaffRoleChanged") == []


def test_whoever_left_may_come_back_in_the_old_role():
    boss, clerk = owner(), joined("clerk@example.org", Role.CLERK)

    staff.deactivate(user_id=clerk, actor=boss, now=NOON)
    assert access.role_of(clerk) is None
    staff.reactivate(user_id=clerk, actor=boss, now=NOON)

    assert access.role_of(clerk) is Role.CLERK
    assert [entry[0] for entry in trace()] == ["staff.reactivate", "staff.deactivate"]
    assert [fact["role"] for fact in told("StaffRoleChanged")] == ["none", "clerk"]


def test_a_withdrawn_invitation_is_worthless():
    boss = owner()
    made = staff.invite(email="new@example.org", role=Role.CLERK, actor=boss, now=NOON)

    staff.withdraw(invitation_id=made.id, actor=boss, now=NOON)

    with pytest.raises(LinkSpent):
        staff.accept(token=made.token, name="Nia", password=PASSWORD, now=NOON)
    assert told("StaffJoined") == []


def test_a_weak_password_leaves_nothing_behind():
    boss = owner()
    made = staff.invite(email="new@example.org", role=Role.CLERK, actor=boss, now=NOON)

    with pytest.raises(WeakPassword):
        staff.accept(token=made.token, name="Nia", password="password", now=NOON)

    assert told("StaffJoined") == []
    assert [entry[0] for entry in trace()] == ["staff.invite"]
