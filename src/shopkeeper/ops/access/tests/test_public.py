"""Who may sign in and do what: invitations, roles, one-time and forgotten passwords, and that nobody can find out who has an account."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import IntegrityError, transaction

from shopkeeper.kit.refusals import Malformed, NotAllowed, NotFound, OutOfRange
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import User
from shopkeeper.ops.access.shapes import EmailTaken, LastOwner, LinkSpent, Role, WeakPassword, WrongPassword
from shopkeeper.ops.access.tests.builders import NOON, PASSWORD, joined, owner, shopper

pytestmark = pytest.mark.django_db

NEW = "nine quiet otters 9"


# ── the first owner ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_owner_signs_in_with_a_one_time_password_that_must_be_changed():
    made = access.create_first_staff(now=NOON)

    person = access.sign_in(email="owner@shop.local", password=made.password)
    assert person.role is Role.OWNER
    assert person.must_change_password

    access.change_password(user_id=made.user_id, present=made.password, password=NEW)

    assert not access.user(made.user_id).must_change_password
    assert access.sign_in(email="owner@shop.local", password=made.password) is None
    assert access.sign_in(email="owner@shop.local", password=NEW).id == made.user_id


def test_there_is_one_first_owner_only():
    access.create_first_staff(now=NOON)

    assert access.create_first_staff(email="other@shop.local", now=NOON) is None
    assert [person.email for person in access.staff()] == ["owner@shop.local"]


def test_a_lost_one_time_password_is_renewed_until_the_owner_has_a_password_of_their_own():
    first = access.create_first_staff(now=NOON)

    second = access.renew_first_password(now=NOON)

    assert second.email == first.email
    assert access.sign_in(email=first.email, password=first.password) is None
    assert access.sign_in(email=first.email, password=second.password).must_change_password
    access.change_password(user_id=first.user_id, present=second.password, password=NEW)
    assert access.renew_first_password(now=NOON) is None
    assert access.sign_in(email=first.email, password=NEW).id == first.user_id


def test_staff_get_into_the_admin_and_shoppers_do_not():
    staff, customer = User.objects.get(pk=owner()), User.objects.get(pk=shopper())

    assert staff.has_perm("wagtailadmin.access_admin")
    assert staff.is_staff
    assert not customer.has_perm("wagtailadmin.access_admin")
    assert not customer.is_staff


# ── permissions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_act_outside_the_role_is_refused_by_name():
    clerk = joined("clerk@example.org", Role.CLERK)

    access.require(clerk, "orders.ship")
    with pytest.raises(NotAllowed) as refused:
        access.require(clerk, "orders.refund")

    assert (refused.value.act, refused.value.role) == ("orders.refund", "clerk")


def test_nobody_shoppers_and_the_deactivated_may_do_nothing():
    boss, clerk = owner(), joined("clerk@example.org")
    access.deactivate(user_id=clerk)

    for person in (None, shopper(), clerk, 999_999):
        assert not access.may(person, "orders.view")
        with pytest.raises(NotAllowed):
            access.require(person, "orders.view")
    assert access.may(boss, "orders.view")
    assert access.acts_of(clerk) == frozenset()


def test_a_change_of_role_holds_from_the_next_question_on():
    clerk = joined("clerk@example.org", Role.CLERK)

    before = access.change_role(user_id=clerk, role=Role.MANAGER)

    assert before is Role.CLERK
    assert access.may(clerk, "orders.refund")
    assert User.objects.get(pk=clerk).groups.get().name == "shop manager"


def test_the_last_active_owner_keeps_the_role():
    first, second = owner(), joined("second@example.org", Role.OWNER)
    access.deactivate(user_id=second)

    with pytest.raises(LastOwner):
        access.change_role(user_id=first, role=Role.CLERK)
    with pytest.raises(LastOwner):
        access.deactivate(user_id=first)
    assert access.role_of(first) is Role.OWNER

    access.reactivate(user_id=second)
    access.change_role(user_id=first, role=Role.CLERK)

    assert access.role_of(first) is Role.CLERK


def test_shoppers_are_no_staff_whose_role_could_change():
    customer = shopper()

    with pytest.raises(NotFound):
        access.change_role(user_id=customer, role=Role.OWNER)
    with pytest.raises(NotFound):
        access.deactivate(user_id=customer)


# ── invitations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_makes_a_member_of_staff_once():
    made = access.invite(email=" New@Example.org ", role=Role.MANAGER, actor=None, now=NOON, language="zh-hans")

    user_id = access.accept(token=made.token, name="王芳", password=PASSWORD, now=NOON + timedelta(days=6))

    person = access.user(user_id)
    assert (person.email, person.name, person.role, person.language) == ("new@example.org", "王芳", Role.MANAGER, "zh-hans")
    assert access.sign_in(email="NEW@example.org", password=PASSWORD).id == user_id
    with pytest.raises(LinkSpent):
        access.accept(token=made.token, name="Second", password=PASSWORD, now=NOON + timedelta(days=6))
    assert len(access.staff()) == 1


def test_an_invitation_ends_after_seven_days():
    made = access.invite(email="new@example.org", role=Role.CLERK, actor=None, now=NOON)

    with pytest.raises(LinkSpent):
        access.invitation_by_token(made.token, NOON + timedelta(days=7))
    with pytest.raises(LinkSpent):
        access.accept(token=made.token, name="Late", password=PASSWORD, now=NOON + timedelta(days=7))
    assert access.open_invitations(NOON + timedelta(days=7)) == ()
    assert access.user_by_email("new@example.org") is None


def test_a_withdrawn_or_repeated_invitation_closes_the_link_before():
    first = access.invite(email="new@example.org", role=Role.CLERK, actor=None, now=NOON)
    second = access.invite(email="new@example.org", role=Role.OWNER, actor=None, now=NOON)

    with pytest.raises(LinkSpent):
        access.invitation_by_token(first.token, NOON)
    assert access.invitation_by_token(second.token, NOON).role is Role.OWNER

    access.withdraw_invitation(invitation_id=second.id, now=NOON)
    with pytest.raises(LinkSpent):
        access.invitation_by_token(second.token, NOON)
    with pytest.raises(NotFound):
        access.withdraw_invitation(invitation_id=second.id, now=NOON)


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), lambda token: "", lambda token: "🎈" * 50]
)
def test_a_forged_link_opens_nothing(spoil):
    made = access.invite(email="new@example.org", role=Role.OWNER, actor=None, now=NOON)

    with pytest.raises(LinkSpent):
        access.accept(token=spoil(made.token), name="Eve", password=PASSWORD, now=NOON)


def test_a_link_made_for_one_purpose_does_not_serve_another():
    customer = shopper()
    token = access.reset_token(customer, NOON)

    with pytest.raises(LinkSpent):
        access.invitation_by_token(token, NOON)
    with pytest.raises(LinkSpent):
        access.joining_person(token, NOON)


def test_inviting_a_member_of_staff_or_no_address_at_all_is_refused():
    joined("clerk@example.org")

    with pytest.raises(EmailTaken):
        access.invite(email="CLERK@example.org", role=Role.OWNER, actor=None, now=NOON)
    with pytest.raises(Malformed) as refused:
        access.invite(email="no address", role=Role.OWNER, actor=None, now=NOON)
    assert (refused.value.field, refused.value.expected) == ("email", "email")
    assert access.open_invitations(NOON) == ()


def test_a_shopper_who_is_invited_keeps_the_account():
    customer = shopper("sam@example.org")
    made = access.invite(email="sam@example.org", role=Role.CLERK, actor=None, now=NOON)

    assert access.accept(token=made.token, name="Sam", password=NEW, now=NOON) == customer
    assert access.role_of(customer) is Role.CLERK


def test_a_weak_password_or_no_name_leaves_the_invitation_open():
    made = access.invite(email="new@example.org", role=Role.CLERK, actor=None, now=NOON)

    with pytest.raises(WeakPassword) as weak:
        access.accept(token=made.token, name="Ann", password="password", now=NOON)
    with pytest.raises(OutOfRange) as nameless:
        access.accept(token=made.token, name="  ", password=PASSWORD, now=NOON)

    assert weak.value.problems == ("password_too_short", "password_too_common")
    assert nameless.value.field == "name"
    assert access.invitation_by_token(made.token, NOON).id == made.id
    assert access.user_by_email("new@example.org") is None


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_password_needs_the_present_one():
    customer = shopper()

    with pytest.raises(WrongPassword):
        access.change_password(user_id=customer, present="a guess", password=NEW)

    assert access.sign_in(email="shopper@example.org", password=PASSWORD) is not None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short 7", "password_too_short"),
        ("shopper@example", "password_too_similar"),
        ("1234567890", "password_too_common"),
        ("x" * 257, "password_too_long"),
        ("nul\x00 in the middle", "password_with_zero_byte"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason_and_changes_nothing(password, problem):
    customer = shopper()

    with pytest.raises(WeakPassword) as refused:
        access.change_password(user_id=customer, present=PASSWORD, password=password)

    assert problem in refused.value.problems
    assert password not in str(refused.value)
    assert access.sign_in(email="shopper@example.org", password=PASSWORD) is not None


def test_a_reset_link_sets_a_new_password_once():
    customer = shopper()
    token = access.reset_token(customer, NOON)

    assert access.reset_person(token, NOON + timedelta(minutes=119)).id == customer
    access.reset_password(token=token, password=NEW, now=NOON + timedelta(minutes=119))

    assert access.sign_in(email="shopper@example.org", password=NEW).id == customer
    with pytest.raises(LinkSpent):
        access.reset_password(token=token, password=PASSWORD, now=NOON + timedelta(minutes=119))


@pytest.mark.parametrize("after", [timedelta(hours=2), timedelta(seconds=-1)])
def test_a_reset_link_is_good_for_two_hours_and_not_before_it_was_made(after):
    token = access.reset_token(shopper(), NOON)

    with pytest.raises(LinkSpent):
        access.reset_password(token=token, password=NEW, now=NOON + after)


def test_the_deactivated_cannot_let_themselves_in_by_a_reset_link():
    owner()
    clerk = joined("clerk@example.org")
    token = access.reset_token(clerk, NOON)
    access.deactivate(user_id=clerk)

    assert access.reset_token(clerk, NOON) is None
    with pytest.raises(LinkSpent):
        access.reset_password(token=token, password=NEW, now=NOON)
    assert access.sign_in(email="clerk@example.org", password=PASSWORD) is None


# ── shoppers, and nobody finds out who they are ───────────────────────────────────────────────────────────────────────


def test_an_address_that_was_only_entered_cannot_sign_in_until_its_owner_confirms():
    person = access.start_joining(email="new@example.org", name="Nia", language="en", now=NOON)
    token = access.joining_token(person.id, NOON)

    assert authenticate(username="new@example.org", password="") is None
    assert not access.user(person.id).is_active

    finished = access.finish_joining(token=token, password=PASSWORD, now=NOON + timedelta(hours=47))

    assert finished.is_active
    assert access.sign_in(email="new@example.org", password=PASSWORD).id == person.id
    with pytest.raises(LinkSpent):
        access.finish_joining(token=token, password=NEW, now=NOON)
    assert access.joining_token(person.id, NOON) is None


def test_a_joining_link_is_good_for_two_days():
    person = access.start_joining(email="new@example.org", name="Nia", language="en", now=NOON)
    token = access.joining_token(person.id, NOON)

    with pytest.raises(LinkSpent):
        access.finish_joining(token=token, password=PASSWORD, now=NOON + timedelta(days=2))


def test_entering_a_members_address_changes_nothing_about_the_member():
    customer = shopper("sam@example.org")
    before = User.objects.values().get(pk=customer)

    person = access.start_joining(email="SAM@example.org", name="Eve", language="zh-hans", now=NOON + timedelta(days=1))

    assert person.id == customer
    assert User.objects.values().get(pk=customer) == before


def test_unconfirmed_addresses_are_forgotten_after_a_week_and_members_never():
    customer = shopper()
    access.start_joining(email="old@example.org", name="", language="en", now=NOON)
    access.start_joining(email="fresh@example.org", name="", language="en", now=NOON + timedelta(days=1))

    assert access.forget_unconfirmed(NOON + timedelta(days=7, minutes=1)) == 1
    assert access.user_by_email("old@example.org") is None
    assert access.user_by_email("fresh@example.org") is not None
    assert access.user(customer).is_active


def test_a_failed_sign_in_costs_one_hash_whoever_tried(monkeypatch, settings):
    # Tests hash quickly unless they say otherwise; the shop hashes so.
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
    shopper("member@example.org")
    owner()
    access.deactivate(user_id=joined("gone@example.org"))
    access.start_joining(email="unconfirmed@example.org", name="", language="en", now=NOON)
    hashed = []
    real = Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda self, *args: hashed.append("hash") or real(self, *args))
    verified = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda self, *args: hashed.append("hash") or verified(self, *args))

    costs = {}
    for email in ("member@example.org", "gone@example.org", "unconfirmed@example.org", "nobody@example.org", "\x00", ""):
        hashed.clear()
        assert access.sign_in(email=email, password="not the password") is None
        costs[email] = len(hashed)

    assert set(costs.values()) == {1}


def test_the_database_keeps_addresses_apart_whatever_their_case():
    shopper("sam@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="SAM@example.org", password="!")])


def test_the_database_refuses_an_unconfirmed_account_that_can_sign_in():
    person = access.start_joining(email="new@example.org", name="", language="en", now=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.id).update(is_active=True)


def test_registering_twice_under_one_address_is_refused_to_whoever_may_know():
    shopper("sam@example.org")

    with pytest.raises(EmailTaken):
        access.register_shopper(email="Sam@Example.org", password=PASSWORD, name="Sam", language="en", now=NOON)
