"""Sessions of the staff: seen, ended one by one or all at once, and over as soon as role, password or access change."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from shopkeeper.kit.ids import UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.models import StaffSession
from shopkeeper.ops.access.rules import browsers
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import NOON, PASSWORD, member

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def signed_in(user_id: UserId) -> tuple[str, int]:
    """Sign a person in with a real session and return its key and its number."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user_id))
    key = str(client.session.session_key)
    arrival = access.arrive(user_id=user_id, session_id=None, session_key=key, browser=CHROME, now=NOON)
    assert arrival is not None
    return key, arrival.session_id


def is_alive(key: str, user_id: UserId) -> bool:
    """Return whether the session still stands for the person, as Django asks on every request."""
    session = import_module(configured.SESSION_ENGINE).SessionStore(key)
    user = get_user_model().objects.get(pk=user_id)
    return session.get("_auth_user_id") == str(user_id) and session.get("_auth_user_hash") == user.get_session_auth_hash()


def test_a_session_is_seen_with_its_browser_and_never_with_an_address():
    clerk = member(Role.CLERK)
    _key, number = signed_in(clerk)

    access.arrive(user_id=clerk, session_id=number, session_key=_key, browser=CHROME, now=NOON + timedelta(hours=1))

    (place,) = access.sessions_of(clerk)
    assert (place.browser, place.started_at, place.seen_at) == ("Chrome, Windows", NOON, NOON + timedelta(hours=1))
    assert {field.name for field in StaffSession._meta.get_fields()} == {
        "id", "user", "session_key", "browser", "started_at", "seen_at", "factor_at", "later_at",
    }  # fmt: skip


@pytest.mark.parametrize("engine", ["db", "cached_db"])
def test_where_somebody_is_signed_in_is_one_question_however_many_places_those_are(settings, django_assert_num_queries, engine: str):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    clerk, other = member(Role.CLERK), member(Role.MANAGER)
    numbers = [signed_in(clerk)[1] for _ in range(10)]
    signed_in(other)

    with django_assert_num_queries(1):
        places = access.sessions_of(clerk)

    assert [place.id for place in places] == numbers[::-1]


def test_a_session_that_ran_out_or_was_signed_out_is_no_place_any_more():
    clerk = member(Role.CLERK)
    (_kept, number), (old, _), (gone, _) = signed_in(clerk), signed_in(clerk), signed_in(clerk)

    Session.objects.filter(session_key=old).update(expire_date=timezone.now() - timedelta(seconds=1))
    Session.objects.filter(session_key=gone).delete()

    assert [place.id for place in access.sessions_of(clerk)] == [number]


def test_one_session_ends_at_once_and_the_others_stay():
    clerk = member(Role.CLERK)
    (first, number), (second, _) = signed_in(clerk), signed_in(clerk)

    access.end_session(user_id=clerk, session_id=number)

    assert (is_alive(first, clerk), is_alive(second, clerk)) == (False, True)
    assert access.arrive(user_id=clerk, session_id=number, session_key=first, browser="", now=NOON) is None


def test_nobody_ends_a_session_of_somebody_else_by_its_number():
    clerk, other = member(Role.CLERK), member(Role.MANAGER)
    key, number = signed_in(clerk)

    with pytest.raises(NotFound):
        access.end_session(user_id=other, session_id=number)
    taken_over = access.arrive(user_id=other, session_id=number, session_key="x" * 32, browser="", now=NOON)

    assert taken_over is None
    assert is_alive(key, clerk)


@pytest.mark.parametrize("change", ["role", "access", "password", "all", "reset"])
def test_every_session_ends_at_once_also_those_the_console_never_saw(change: str):
    owner, clerk = member(Role.OWNER), member(Role.CLERK)
    key, number = signed_in(clerk)
    unseen = Client()
    unseen.force_login(get_user_model().objects.get(pk=clerk))
    unseen_key = str(unseen.session.session_key)
    assert is_alive(unseen_key, clerk)

    match change:
        case "role":
            access.change_role(user_id=clerk, role=Role.MANAGER)
        case "access":
            access.deactivate(user_id=clerk)
        case "password":
            access.change_password(user_id=clerk, present=PASSWORD, password="another quiet sentence")
        case "all":
            access.end_sessions(user_id=clerk)
        case "reset":
            token = access.reset_token(clerk, NOON)
            access.reset_password(token=str(token), password="another quiet sentence", now=NOON)

    assert not is_alive(key, clerk)
    assert not is_alive(unseen_key, clerk)
    assert access.sessions_of(clerk) == ()
    assert owner not in (clerk,)
    assert access.arrive(user_id=clerk, session_id=number, session_key=key, browser="", now=NOON) is None


def test_the_same_role_again_signs_nobody_out():
    member(Role.OWNER)
    clerk = member(Role.CLERK)
    key, _number = signed_in(clerk)

    access.change_role(user_id=clerk, role=Role.CLERK)

    assert is_alive(key, clerk)


def test_sessions_nobody_used_for_two_months_are_forgotten():
    clerk = member(Role.CLERK)
    signed_in(clerk)

    assert access.forget_old_sessions(NOON + timedelta(days=60)) == 0
    assert access.forget_old_sessions(NOON + timedelta(days=61)) == 1


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (CHROME, "Chrome, Windows"),
        (CHROME + " Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_of_a_browser_only_the_family_is_kept(agent: str, family: str):
    assert browsers.family(agent) == family
