"""Who waits for goods to come back, on a real database: asked, confirmed, told once and in order, withdrawn, expired, forgotten."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import Error, IntegrityError, connection, transaction

from shopkeeper.kit.ids import CustomerId, VariantId, WaitId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.selling.wishes import models
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import (
    FORGOTTEN_AFTER,
    HEAD_START,
    MOST_WAITS,
    UNCONFIRMED_FOR,
    WAITS_FOR,
    Demand,
    TooManyWaits,
    WaitEnded,
    WaitState,
)
from shopkeeper.selling.wishes.tests.builders import ANN, CUP, MINUTE, NOON, TEA, asked, queue, told, waiting, wanted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# ── asked and confirmed ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_nobody_confirmed_is_never_told_and_is_no_demand() -> None:
    made = asked()

    assert made.state is WaitState.ASKED
    assert wishes.due_waits({TEA: 5}, now=NOON) == ()
    assert wishes.mark_told(wait_ids=[made.id], pieces={TEA: 5}, now=NOON) == ()
    assert wishes.demand().items == ()
    assert told("StockWaitAsked") == []


def test_a_confirmed_wait_lasts_ninety_days_from_then() -> None:
    made = asked()

    found = wishes.confirm(token=made.token, now=NOON + HOUR)
    again = wishes.confirm(token=made.token, now=NOON + 5 * HOUR)

    assert found == again
    assert (found.state, found.confirmed_at, found.expires_at) == (WaitState.WAITING, NOON + HOUR, NOON + HOUR + WAITS_FOR)
    assert told("StockWaitAsked") == [{"wait_id": made.id, "variant_id": TEA}]


def test_a_member_s_own_address_needs_no_link() -> None:
    made = wishes.ask(asked=wanted(email="ann@example.org"), customer_id=CustomerId(3), is_confirmed=True, now=NOON)

    assert made is not None
    assert made.state is WaitState.WAITING
    assert wishes.waits_of(CustomerId(3)) == (made,)
    assert wishes.waits_of(CustomerId(4)) == ()


def test_who_asks_again_has_the_same_wait_whatever_the_case_of_the_address() -> None:
    first = asked(email="ann@example.org")
    again = asked(email=" Ann@Example.org ", now=NOON + HOUR)

    assert again.id == first.id
    assert again.expires_at == NOON + HOUR + UNCONFIRMED_FOR


def test_asking_again_neither_confirms_nor_takes_back() -> None:
    made = waiting(email="ann@example.org")

    again = asked(email="ann@example.org", now=NOON + HOUR)

    assert (again.id, again.state, again.expires_at) == (made.id, WaitState.WAITING, made.expires_at)


@pytest.mark.parametrize("begin", [asked, waiting])
def test_who_asks_again_after_the_time_was_up_begins_anew_before_anybody_tidied(begin) -> None:
    old = begin(email="ann@example.org")

    fresh = asked(email="ann@example.org", now=NOON + WAITS_FOR)

    assert fresh.id != old.id
    assert (fresh.state, fresh.expires_at) == (WaitState.ASKED, NOON + WAITS_FOR + UNCONFIRMED_FOR)
    assert (wishes.wait(old.token).state, wishes.wait(old.token).email) == (WaitState.EXPIRED, "")
    assert [each["reason"] for each in told("StockWaitEnded")] == (["expired"] if begin is waiting else [])
    assert wishes.confirm(token=fresh.token, now=NOON + WAITS_FOR).state is WaitState.WAITING


def test_waits_whose_time_is_up_are_not_too_many() -> None:
    for variant in range(1, MOST_WAITS + 1):
        asked(variant_id=variant, email="ann@example.org")

    assert asked(variant_id=999, email="ann@example.org", now=NOON + UNCONFIRMED_FOR).state is WaitState.ASKED


def test_a_member_who_asks_again_waits_as_long_as_anew_and_keeps_the_place() -> None:
    first = waiting(email="ann@example.org")

    again = wishes.ask(asked=wanted(email="ann@example.org"), customer_id=CustomerId(3), is_confirmed=True, now=NOON + 24 * HOUR)

    assert again is not None
    assert (again.id, again.confirmed_at, again.customer_id) == (first.id, NOON, CustomerId(3))
    assert again.expires_at == NOON + 24 * HOUR + WAITS_FOR


def test_all_open_waits_of_an_address_end_together() -> None:
    mine, open_one, other = (
        waiting(email="ann@example.org"),
        asked(email="ann@example.org", variant_id=CUP),
        waiting(email="bob@example.org"),
    )

    assert wishes.open_addresses() == {"ann@example.org", "bob@example.org"}
    assert wishes.withdraw_all(emails=["ann@example.org"], now=NOON + HOUR) == 2

    assert [wishes.wait(each.token).state for each in (mine, open_one, other)] == [
        WaitState.WITHDRAWN, WaitState.WITHDRAWN, WaitState.WAITING,
    ]  # fmt: skip
    assert told("StockWaitEnded") == [{"wait_id": mine.id, "variant_id": TEA, "reason": "withdrawn"}]


def test_the_database_itself_refuses_two_open_waits_of_one_address() -> None:
    made = asked(email="ann@example.org")

    with pytest.raises(IntegrityError, match="wishes_one_wait_per_address"), transaction.atomic():
        models.Wait.objects.create(
            variant_id=TEA, email="ann@example.org", language="en", wording="x", token="another", asked_at=NOON, expires_at=made.expires_at
        )


def test_a_stranger_learns_nothing_from_an_address_that_waits_for_too_much_and_a_member_is_told() -> None:
    for variant in range(1, MOST_WAITS + 1):
        asked(variant_id=variant, email="ann@example.org")

    assert wishes.ask(asked=wanted(variant_id=999, email="ann@example.org"), is_confirmed=False, now=NOON) is None
    with pytest.raises(TooManyWaits):
        wishes.ask(asked=wanted(variant_id=999, email="ann@example.org"), customer_id=CustomerId(3), is_confirmed=True, now=NOON)
    assert models.Wait.objects.count() == MOST_WAITS


@pytest.mark.parametrize(("field", "value"), [("email", "nobody"), ("language", "xx")])
def test_what_cannot_be_is_refused_and_nothing_kept(field: str, value: str) -> None:
    with pytest.raises(Malformed) as refused:
        asked(**{field: value})

    assert refused.value.field == field
    assert models.Wait.objects.count() == 0


def test_a_link_is_good_for_two_days() -> None:
    made = asked()

    with pytest.raises(WaitEnded):
        wishes.confirm(token=made.token, now=NOON + UNCONFIRMED_FOR)
    assert wishes.wait(made.token).state is WaitState.ASKED


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "\x00", "é" * 20])
def test_a_link_nobody_was_sent_is_not_found(token: str) -> None:
    waiting()

    with pytest.raises(NotFound):
        wishes.wait(token)
    with pytest.raises(NotFound):
        wishes.confirm(token=token, now=NOON)
    with pytest.raises(NotFound):
        wishes.withdraw(token=token, now=NOON)


# ── withdrawn, expired, forgotten ─────────────────────────────────────────────────────────────────────────────────────


def test_a_withdrawn_wait_is_never_told_and_its_address_is_gone() -> None:
    made = waiting()

    wishes.withdraw(token=made.token, now=NOON + HOUR)
    wishes.withdraw(token=made.token, now=NOON + 2 * HOUR)

    assert wishes.due_waits({TEA: 5}, now=NOON + HOUR) == ()
    found = wishes.wait(made.token)
    assert (found.state, found.email, found.ended_at) == (WaitState.WITHDRAWN, "", NOON + HOUR)
    assert told("StockWaitEnded") == [{"wait_id": made.id, "variant_id": TEA, "reason": "withdrawn"}]


def test_what_never_began_ends_without_a_fact() -> None:
    wishes.withdraw(token=asked().token, now=NOON)

    assert told("StockWaitEnded") == []


def test_another_s_wait_cannot_be_withdrawn() -> None:
    made = waiting(customer_id=3)

    with pytest.raises(NotFound):
        wishes.withdraw_own(wait_id=made.id, customer_id=CustomerId(4), now=NOON)
    assert wishes.wait(made.token).state is WaitState.WAITING

    assert wishes.withdraw_own(wait_id=made.id, customer_id=CustomerId(3), now=NOON).state is WaitState.WITHDRAWN


def test_waits_expire_and_forget_their_address_at_once() -> None:
    old, fresh = waiting(), waiting(now=NOON + timedelta(days=30))
    never = asked()

    tidied = wishes.tidy(now=NOON + WAITS_FOR)

    assert tidied.expired == 2
    assert [wishes.wait(each.token).state for each in (old, fresh, never)] == [WaitState.EXPIRED, WaitState.WAITING, WaitState.EXPIRED]
    assert wishes.wait(old.token).email == wishes.wait(never.token).email == ""
    assert told("StockWaitEnded") == [{"wait_id": old.id, "variant_id": TEA, "reason": "expired"}]


def test_however_many_waits_ended_all_their_addresses_are_forgotten_in_one_night() -> None:
    made = [waiting(email=f"ann{number}@example.org") for number in range(5)]
    wishes.mark_told(wait_ids=[each.id for each in made], pieces={TEA: 5}, now=NOON)

    tidied = wishes.tidy(now=NOON + FORGOTTEN_AFTER + MINUTE, limit=2)

    assert tidied.forgotten == 5
    assert [wishes.wait(each.token).email for each in made] == [""] * 5


def test_nobody_is_told_after_the_ninety_days_even_before_tidying() -> None:
    made = waiting()

    assert wishes.due_waits({TEA: 1}, now=NOON + WAITS_FOR) == ()
    assert wishes.mark_told(wait_ids=[made.id], pieces={TEA: 1}, now=NOON + WAITS_FOR) == ()


def test_the_address_of_a_told_wait_is_kept_for_its_mail_and_then_forgotten() -> None:
    made = waiting(email="ann@example.org")
    wishes.mark_told(wait_ids=[made.id], pieces={TEA: 1}, now=NOON)

    wishes.tidy(now=NOON + FORGOTTEN_AFTER)
    assert wishes.wait(made.token).email == "ann@example.org"

    assert wishes.tidy(now=NOON + FORGOTTEN_AFTER + MINUTE).forgotten == 1
    assert wishes.wait(made.token).email == ""


@pytest.mark.parametrize("change", ["state = 'waiting', ended_at = NULL", "variant_id = 99", "email = 'other@example.org'"])
def test_a_wait_that_ended_stays_what_it_was(change: str) -> None:
    made = waiting()
    wishes.mark_told(wait_ids=[made.id], pieces={TEA: 1}, now=NOON)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE wishes_wait SET {change} WHERE id = %s", [made.id])
    with pytest.raises(Error), transaction.atomic():
        models.Wait.objects.all().delete()


def test_who_was_told_may_wait_again() -> None:
    made = waiting(email="ann@example.org")
    wishes.mark_told(wait_ids=[made.id], pieces={TEA: 1}, now=NOON)

    assert waiting(email="ann@example.org", now=NOON + HOUR).id != made.id


# ── whose turn it is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_more_are_told_than_pieces_are_there_the_first_first() -> None:
    line = queue(5)
    other = queue(2, variant_id=CUP)

    due = wishes.due_waits({TEA: 2, CUP: 9}, now=NOON + HOUR)

    assert {each.id for each in due} == {line[0].id, line[1].id, other[0].id, other[1].id}


def test_those_who_are_passed_over_leave_their_room_to_the_next() -> None:
    line = queue(5)

    due = wishes.due_waits({TEA: 1}, passing={line[0].id, line[1].id}, now=NOON + HOUR)

    assert due[0].id == line[2].id
    assert not {line[0].id, line[1].id} & {each.id for each in due}


def test_the_place_in_the_queue_counts_from_the_confirmation() -> None:
    late = asked(now=NOON)
    early = waiting(now=NOON + MINUTE)
    wishes.confirm(token=late.token, now=NOON + HOUR)

    assert [each.id for each in wishes.due_waits({TEA: 1}, now=NOON + 2 * HOUR)] == [early.id]


def test_nobody_is_told_twice() -> None:
    line = queue(2)
    ids = [each.id for each in line]

    first = wishes.mark_told(wait_ids=ids, pieces={TEA: 2}, now=NOON + HOUR)
    again = wishes.mark_told(wait_ids=ids, pieces={TEA: 9}, now=NOON + HOUR)

    assert [each.id for each in first] == ids
    assert all(each.email for each in first)
    assert again == ()
    assert [each["reason"] for each in told("StockWaitEnded")] == ["told", "told"]


def test_those_who_were_told_have_a_day_before_the_next_are() -> None:
    line = queue(5)
    wishes.mark_told(wait_ids=[line[0].id, line[1].id], pieces={TEA: 2}, now=NOON + HOUR)

    assert wishes.due_waits({TEA: 2}, now=NOON + HOUR + HEAD_START - MINUTE) == ()
    assert [each.id for each in wishes.due_waits({TEA: 3}, now=NOON + 2 * HOUR)] == [line[2].id]
    assert [each.id for each in wishes.due_waits({TEA: 2}, now=NOON + HOUR + HEAD_START)] == [line[2].id, line[3].id]


def test_marking_is_held_to_the_pieces_whatever_was_asked() -> None:
    line = queue(5)

    marked = wishes.mark_told(wait_ids=[each.id for each in reversed(line)], pieces={TEA: 2}, now=NOON + HOUR)
    more = wishes.mark_told(wait_ids=[each.id for each in line], pieces={TEA: 2}, now=NOON + HOUR)

    assert [each.id for each in marked] == [line[0].id, line[1].id]
    assert more == ()


def test_what_is_waited_for_is_known_by_variant() -> None:
    queue(2)
    asked(variant_id=CUP)

    assert wishes.waited_for() == (TEA,)
    assert wishes.waits([WaitId(1 << 40)]) == {}


def test_demand_counts_who_waits_and_who_wishes() -> None:
    queue(2)
    waiting(variant_id=CUP)
    wishes.add(owner=ANN, variant_id=CUP, now=NOON)
    wishes.add(owner=ANN, variant_id=VariantId(9), now=NOON)

    page = wishes.demand(size=2)

    assert page.total == 3
    assert page.items == (
        Demand(variant_id=TEA, waiting=2, wished=0, since=NOON),
        Demand(variant_id=CUP, waiting=1, wished=1, since=NOON),
    )
    assert wishes.demand(number=9).items == ()
    assert wishes.demand_of([VariantId(9)]) == {VariantId(9): Demand(variant_id=VariantId(9), waiting=0, wished=1, since=None)}


@pytest.mark.django_db(transaction=True)
def test_however_many_tell_at_once_nobody_is_told_twice_and_no_piece_is_promised_twice() -> None:
    line = queue(8)
    start, marked = Barrier(4), []

    def tell(part: list[WaitId]) -> None:
        try:
            start.wait()
            marked.extend(wishes.mark_told(wait_ids=part, pieces={TEA: 3}, now=NOON + HOUR))
        finally:
            connection.close()

    ids = [each.id for each in line]
    people = [Thread(target=tell, args=(part,)) for part in (ids[:4], ids[4:], ids, ids[2:6])]
    for each in people:
        each.start()
    for each in people:
        each.join()

    assert len(marked) == len({each.id for each in marked}) == 3
    assert models.Wait.objects.filter(state="told").count() == 3
