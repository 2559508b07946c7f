"""However many come at the same moment: a code opens once and bears five guesses, limits on messages hold, a number is one member's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shopkeeper.flows import join, ways_in
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.models import User
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.models import sign_in_models as models
from shopkeeper.selling.customers.shapes import Channel, Purpose, SignInRule, Vouched
from shopkeeper.selling.customers.tests.builders import NOON, at_once

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "ann@example.com"


def ask(address: str = EMAIL, channel: Channel = Channel.MAIL) -> None:
    customers.ask_code(channel=channel, purpose=Purpose.SIGN_IN, address=address, language="en", now=NOON)


def give(code: str) -> Callable[[], object]:
    return lambda: customers.give_code(channel=Channel.MAIL, purposes=(Purpose.SIGN_IN,), address=EMAIL, given=code, now=NOON)


def live() -> str:
    found = customers.digits_of(models.SignInCode.objects.get().pk, NOON)
    assert found is not None
    return found


def member(email: str) -> join.Joined:
    return join.register(email=email, password="quiet lantern on a shelf", name="Ann", language="en", now=NOON)


def test_one_code_given_at_once_opens_once() -> None:
    ask()

    answers = at_once([give(live())] * 5)

    assert answers.count("done") == 1
    assert answers.count("wrong_sign_in_code") == 4


def test_no_more_guesses_are_taken_than_a_code_bears() -> None:
    ask()
    wrong = f"{(int(live()) + 1) % 1_000_000:06d}"

    at_once([give(wrong)] * 12)

    assert models.SignInCode.objects.get().tries == 5
    assert at_once([give(wrong)]) == ["wrong_sign_in_code"]


def test_a_code_asked_for_at_once_is_one_code() -> None:
    answers = at_once([ask] * 5)

    assert sorted(answers) == ["code_just_sent"] * 4 + ["done"]
    assert models.SignInCode.objects.count() == 1


def test_each_asking_is_answered_by_one_worker() -> None:
    for number in range(10):
        ask(f"b{number}@example.com")
    taken: list[int] = []

    at_once([lambda: taken.extend(each.id for each in customers.take_due_codes(now=NOON))] * 4)

    assert len(taken) == len(set(taken)) == 10


def test_the_days_messages_are_not_passed_together() -> None:
    customers.save_sign_in_rule(rule=SignInRule(phone_codes=True, countries=("GB",), most_per_shop=3), actor=None, now=NOON)
    for number in range(8):
        ask(f"+44740000000{number}", Channel.PHONE)
    due = customers.take_due_codes(now=NOON)

    def admit(index: int) -> Callable[[], object]:
        return lambda: customers.admit_text(due[index], NOON)

    answers = at_once([admit(index) for index in range(8)])

    assert sorted(answers) == ["done"] * 3 + ["texts_spent"] * 5
    assert models.ShortMessage.objects.count() == 3


def test_a_day_later_messages_go_out_again() -> None:
    customers.save_sign_in_rule(rule=SignInRule(phone_codes=True, countries=("GB",), most_per_number=1), actor=None, now=NOON)
    ask("+447400000001", Channel.PHONE)
    (asked,) = customers.take_due_codes(now=NOON)
    customers.admit_text(asked, NOON)

    assert customers.admit_text(asked, NOON + timedelta(hours=24)) > 0


def test_a_number_proven_by_two_at_once_is_one_members() -> None:
    people = [member(f"m{number}@example.com") for number in range(3)]

    def keep(index: int) -> Callable[[], object]:
        return lambda: customers.keep_number(customer_id=people[index].customer_id, number="+447400123456", now=NOON)

    answers = at_once([keep(index) for index in range(3)])

    assert sorted(answers) == ["done", "number_taken", "number_taken"]


def test_two_ways_taken_away_at_once_leave_one() -> None:
    ann = member(EMAIL)
    customers.save_sign_in_rule(rule=SignInRule(mail_codes=False), actor=None, now=NOON)
    linked = []
    for code in ("lantern", "lamp"):
        made = customers.save_provider(
            code=code, name=Bilingual(code, ""), issuer="https://id.example.com", client_id="c", secret="s", actor=None, now=NOON
        )
        customers.keep_origin(provider_id=made.id, origin="https://id.example.com")
        customers.switch_provider(provider_id=made.id, is_on=True, actor=None, now=NOON)
        said = Vouched(provider_id=made.id, provider_code=code, subject="s", email=EMAIL, is_email_verified=True, name="")
        customers.link(customer_id=ann.customer_id, vouched=said, now=NOON)
        linked.append(models.Identity.objects.get(provider_id=made.id).pk)
    User.objects.filter(pk=ann.user_id).update(password="!none")

    def unlink(index: int) -> Callable[[], object]:
        return lambda: ways_in.unlink(customer_id=ann.customer_id, identity_id=linked[index], now=NOON)

    assert sorted(at_once([unlink(0), unlink(1)])) == ["done", "last_way_in"]
