"""What Django and Wagtail hear of somebody's rights."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from shopkeeper.ops.access.backend import ENTER_CONSOLE, StaffBackend
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import member, shopper

pytestmark = pytest.mark.django_db


def person(pk):
    return get_user_model().objects.get(pk=pk)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_console_and_nothing_else_as_djangos_own_tables_say(role, django_assert_num_queries):
    who = person(member(role))

    with django_assert_num_queries(0):
        rights = who.get_all_permissions()

    assert rights == {ENTER_CONSOLE} == ModelBackend().get_all_permissions(person(who.pk))
    assert who.has_perm(ENTER_CONSOLE)
    assert not who.has_perm("wagtailimages.add_image")
    assert StaffBackend().get_all_permissions(who, obj=who) == set()


def test_a_shopper_a_stranger_and_who_was_switched_off_may_not_enter():
    buyer = person(shopper())
    former = person(member(Role.CLERK))
    former.is_active = False

    for who in (buyer, former, AnonymousUser()):
        assert not who.has_perm(ENTER_CONSOLE)
        assert StaffBackend().get_all_permissions(who) == set()
