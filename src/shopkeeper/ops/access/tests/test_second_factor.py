"""The second factor: a code once, not for ever, kept so that a copy of the database opens nothing; and who needs one."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from shopkeeper.kit.ids import UserId
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.rules import factor
from shopkeeper.ops.access.shapes import (
    Arrival,
    FactorRequired,
    FactorSetUpAlready,
    FactorUnreadable,
    Gate,
    NoFactor,
    Role,
    TooManyCodes,
    WrongCode,
)
from shopkeeper.ops.access.tests.builders import NOON, member

pytestmark = pytest.mark.django_db


def code_at(secret: str, moment=NOON) -> str:
    return str(format_hotp_value(hotp_value(secret, int(moment.timestamp()) // 30)))


def here(user_id: UserId, *, session_id: int | None = None, now=NOON, key: str = "k" * 32) -> Arrival:
    found = access.arrive(user_id=user_id, session_id=session_id, session_key=key, browser="Firefox/1 Windows", now=now)
    assert found is not None
    return found


def with_factor(role: Role = Role.OWNER) -> tuple[UserId, str, tuple[str, ...], int]:
    """Return a person with a factor: id, secret, recovery codes, and the session it was set up in."""
    user_id, secret = member(role), access.new_secret()
    session = here(user_id).session_id
    codes = access.set_up(user_id=user_id, session_id=session, secret=secret, code=code_at(secret), now=NOON)
    return user_id, secret, codes, session


def test_an_owner_is_asked_may_put_it_off_and_needs_it_after_the_days_of_grace():
    owner = member(Role.OWNER)

    first = here(owner)
    access.put_off(user_id=owner, session_id=first.session_id, now=NOON)

    assert first.gate is Gate.OFFER_SET_UP
    assert here(owner, session_id=first.session_id).gate is Gate.OPEN
    assert here(owner, now=NOON + timedelta(days=6, hours=23)).gate is Gate.OFFER_SET_UP
    assert here(owner, session_id=first.session_id, now=NOON + timedelta(days=7)).gate is Gate.MUST_SET_UP


def test_the_owner_sets_the_days_of_grace_and_a_clerk_needs_none():
    access.save_grace_days(0)

    assert here(member(Role.MANAGER)).gate is Gate.MUST_SET_UP
    assert here(member(Role.CLERK)).gate is Gate.OPEN


def test_whoever_has_one_gives_it_in_each_session_a_clerk_too():
    clerk, secret, _codes, session = with_factor(Role.CLERK)

    other = here(clerk, key="o" * 32)

    assert here(clerk, session_id=session).gate is Gate.OPEN
    assert other.gate is Gate.GIVE_FACTOR
    later = NOON + timedelta(minutes=1)
    access.give(user_id=clerk, session_id=other.session_id, code=code_at(secret, later), now=later)
    assert here(clerk, session_id=other.session_id).gate is Gate.OPEN


def test_a_code_is_taken_once_and_never_one_from_before():
    owner, secret, _codes, session = with_factor()
    later = NOON + timedelta(seconds=60)
    access.give(user_id=owner, session_id=session, code=code_at(secret, later), now=later)

    for replayed in (code_at(secret, later), code_at(secret, later - timedelta(seconds=30)), code_at(secret, NOON)):
        with pytest.raises(WrongCode):
            access.give(user_id=owner, session_id=session, code=replayed, now=later)


def test_the_code_that_set_it_up_does_not_open_another_session():
    owner, secret, _codes, _session = with_factor()
    other = here(owner, key="o" * 32).session_id

    with pytest.raises(WrongCode):
        access.give(user_id=owner, session_id=other, code=code_at(secret), now=NOON)

    assert here(owner, session_id=other).gate is Gate.GIVE_FACTOR


def test_a_clock_half_a_minute_off_is_forgiven_a_whole_minute_is_not():
    owner, secret, _codes, session = with_factor()
    later = NOON + timedelta(minutes=5)

    access.give(user_id=owner, session_id=session, code=code_at(secret, later + timedelta(seconds=30)), now=later)
    with pytest.raises(WrongCode):
        access.give(user_id=owner, session_id=session, code=code_at(secret, later + timedelta(seconds=90)), now=later)


def test_a_recovery_code_opens_once():
    owner, _secret, codes, session = with_factor()

    access.give(user_id=owner, session_id=session, code=f" {codes[0][:5]}-{codes[0][5:]} ", now=NOON)

    assert len(set(codes)) == 10
    assert access.second_factor(owner).codes_left == 9
    with pytest.raises(WrongCode):
        access.give(user_id=owner, session_id=session, code=codes[0], now=NOON)


def test_five_wrong_codes_close_the_door_for_right_ones_too_and_then_it_opens_again():
    owner, secret, codes, session = with_factor()
    for _ in range(5):
        with pytest.raises(WrongCode):
            access.give(user_id=owner, session_id=session, code="000000", now=NOON)

    with pytest.raises(TooManyCodes) as closed:
        access.give(user_id=owner, session_id=session, code=codes[0], now=NOON + timedelta(minutes=4))

    assert closed.value.until == NOON + timedelta(minutes=5)
    assert access.second_factor(owner).codes_left == 10
    later = NOON + timedelta(minutes=5)
    access.give(user_id=owner, session_id=session, code=code_at(secret, later), now=later)


def test_what_is_stored_is_neither_the_key_nor_a_code(settings):
    owner, secret, codes, session = with_factor()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    assert not [code for code in codes if code in stored]
    settings.SECRET_KEY = "another key of the shop, fifty characters and more, truly"
    with pytest.raises(FactorUnreadable):
        access.give(user_id=owner, session_id=session, code="000000", now=NOON)


def test_a_factor_needs_a_code_of_the_app_before_it_is_kept():
    owner, secret = member(Role.OWNER), access.new_secret()
    session = here(owner).session_id

    with pytest.raises(WrongCode):
        access.set_up(user_id=owner, session_id=session, secret=secret, code="000000", now=NOON)

    assert not access.second_factor(owner).is_set_up
    with pytest.raises(NoFactor):
        access.give(user_id=owner, session_id=session, code="000000", now=NOON)


def test_another_app_and_new_codes_need_a_code_and_end_the_old_ones():
    owner, secret, codes, session = with_factor()
    fresh, later = access.new_secret(), NOON + timedelta(minutes=2)
    with pytest.raises(FactorSetUpAlready):
        access.set_up(user_id=owner, session_id=session, secret=fresh, code=code_at(fresh), now=NOON)
    with pytest.raises(WrongCode):
        access.replace(user_id=owner, session_id=session, present="000000", secret=fresh, code=code_at(fresh, later), now=later)

    access.replace(user_id=owner, session_id=session, present=codes[0], secret=fresh, code=code_at(fresh, later), now=later)

    with pytest.raises(WrongCode):
        access.give(user_id=owner, session_id=session, code=code_at(secret, later + timedelta(minutes=1)), now=later + timedelta(minutes=1))
    with pytest.raises(WrongCode):
        access.give(user_id=owner, session_id=session, code=codes[1], now=later)
    again = later + timedelta(minutes=2)
    newer = access.new_codes(user_id=owner, session_id=session, code=code_at(fresh, again), now=again)
    access.give(user_id=owner, session_id=session, code=newer[0], now=again)


def test_it_can_be_taken_away_only_where_the_role_does_not_need_it():
    owner, _secret, codes, session = with_factor()
    clerk, _clerks, clerk_codes, clerk_session = with_factor(Role.CLERK)

    with pytest.raises(FactorRequired):
        access.take_away(user_id=owner, session_id=session, code=codes[0], now=NOON)
    access.take_away(user_id=clerk, session_id=clerk_session, code=clerk_codes[0], now=NOON)

    assert access.second_factor(owner).is_set_up
    assert not access.second_factor(clerk).is_set_up


def test_a_reset_takes_it_away_ends_every_session_and_begins_the_grace_anew():
    owner, _secret, _codes, session = with_factor()
    later = NOON + timedelta(days=100)

    access.reset(user_id=owner, now=later)

    assert access.arrive(user_id=owner, session_id=session, session_key="k" * 32, browser="", now=later) is None
    assert here(owner, now=later).gate is Gate.OFFER_SET_UP
    assert access.second_factor(owner).codes_left == 0


def test_the_picture_is_made_here_and_says_whose_it_is():
    owner = member(Role.OWNER)
    address = access.secret_address(user_id=owner, secret="A" * 32, issuer="Tea & 茶")

    picture = access.secret_picture(address)

    assert address.startswith("otpauth://totp/Tea%20%26%20%E8%8C%B6%3A")
    assert picture.startswith("<svg")
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(
    ("matching", "last_step", "taken"), [((), 0, None), ((10,), 9, 10), ((10,), 10, None), ((9, 10), 9, 10), ((9,), 10, None)]
)
def test_a_step_is_taken_in_order(matching, last_step, taken):
    assert factor.fresh_step(matching, last_step=last_step) == taken
