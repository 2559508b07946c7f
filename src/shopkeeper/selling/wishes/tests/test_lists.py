"""Wish lists, on a real database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.ids import VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.wishes import models
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import BROWSER_KEPT_FOR, MOST_WISHES, Owner, WishList, WishListFull, browser_owner
from shopkeeper.selling.wishes.tests.builders import ANN, BROWSER, CUP, MINUTE, NOON, TEA, told

pytestmark = pytest.mark.django_db


def wish(owner: Owner, *variants: int) -> WishList:
    for place, variant in enumerate(variants):
        found = wishes.add(owner=owner, variant_id=VariantId(variant), now=NOON + place * MINUTE)
    return found


def test_a_list_shows_the_last_wish_first_and_nothing_twice() -> None:
    wish(ANN, TEA, CUP)
    found = wishes.add(owner=ANN, variant_id=TEA, now=NOON + timedelta(days=3))

    assert found.variant_ids == (CUP, TEA)
    assert found.wishes[1].made_at == NOON
    assert told("WishMade") == [{"subject": "customer:3", "variant_id": TEA}, {"subject": "customer:3", "variant_id": CUP}]


def test_the_database_itself_refuses_a_wish_twice() -> None:
    wish(ANN, TEA)
    row = models.List.objects.get()

    with pytest.raises(IntegrityError, match="wishes_each_once"), transaction.atomic():
        models.Wish.objects.create(list=row, variant_id=TEA, made_at=NOON)


def test_what_is_dropped_is_gone_and_dropping_again_says_nothing() -> None:
    wish(ANN, TEA, CUP)

    wishes.drop(owner=ANN, variant_id=TEA, now=NOON)
    found = wishes.drop(owner=ANN, variant_id=TEA, now=NOON)

    assert found.variant_ids == (CUP,)
    assert told("WishDropped") == [{"subject": "customer:3", "variant_id": TEA}]


def test_a_full_list_refuses_one_more_and_stays_as_it_was() -> None:
    wish(ANN, *range(1, MOST_WISHES + 1))

    with pytest.raises(WishListFull):
        wish(ANN, 9_999)

    assert len(wishes.wish_list(ANN).wishes) == MOST_WISHES
    assert wish(ANN, 1).variant_ids[-1] == 1


def test_the_secret_of_a_browser_is_not_kept() -> None:
    wish(BROWSER, TEA)

    row = models.List.objects.get()
    assert "a-secret-of-this-browser" not in row.subject
    assert row.subject.startswith("browser:")


def test_a_browser_s_list_moves_into_the_account_without_doubles_and_keeps_the_first_moment() -> None:
    wishes.add(owner=BROWSER, variant_id=TEA, now=NOON)
    wishes.add(owner=BROWSER, variant_id=CUP, now=NOON + MINUTE)
    wishes.add(owner=ANN, variant_id=TEA, now=NOON + 9 * MINUTE)

    found = wishes.merge(source=BROWSER, into=ANN, now=NOON + 20 * MINUTE)

    assert [(each.variant_id, each.made_at) for each in found.wishes] == [(CUP, NOON + MINUTE), (TEA, NOON)]
    assert wishes.wish_list(BROWSER) == WishList()
    assert models.List.objects.count() == 1
    assert [each for each in told("WishMade") if each["subject"] == "customer:3"] == [
        {"subject": "customer:3", "variant_id": TEA},
        {"subject": "customer:3", "variant_id": CUP},
    ]


def test_a_merge_never_fills_a_list_beyond_its_end_and_keeps_what_stood_there() -> None:
    wish(ANN, *range(1, MOST_WISHES))
    wish(BROWSER, 5_001, 5_002, 5_003)

    found = wishes.merge(source=BROWSER, into=ANN, now=NOON)

    assert len(found.wishes) == MOST_WISHES
    assert 5_003 in found.variant_ids
    assert 5_001 not in found.variant_ids
    assert set(range(1, MOST_WISHES)) <= set(found.variant_ids)


def test_merging_a_browser_without_a_list_changes_nothing() -> None:
    wish(ANN, TEA)

    assert wishes.merge(source=BROWSER, into=ANN, now=NOON).variant_ids == (TEA,)


def test_a_shared_list_is_read_by_its_link_until_it_is_switched_off_and_the_old_link_stays_dead() -> None:
    wish(ANN, TEA)
    link = wishes.share(owner=ANN, now=NOON)

    assert wishes.share(owner=ANN, now=NOON) == link
    assert wishes.shared(link).variant_ids == (TEA,)
    assert wishes.wish_list(ANN).share == link

    wishes.unshare(owner=ANN)
    with pytest.raises(NotFound):
        wishes.shared(link)
    assert wishes.share(owner=ANN, now=NOON) != link
    with pytest.raises(NotFound):
        wishes.shared(link)


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "\x00", "é" * 20])
def test_a_link_nobody_gave_out_is_not_found(token: str) -> None:
    wish(ANN, TEA)

    with pytest.raises(NotFound):
        wishes.shared(token)


def test_a_list_is_one_statement() -> None:
    wish(ANN, TEA, CUP)

    with CaptureQueriesContext(connection) as asked:
        wishes.wish_list(ANN)

    assert len(asked) == 1


def test_lists_of_browsers_that_never_came_back_go_and_those_of_customers_stay() -> None:
    wish(BROWSER, TEA)
    wish(ANN, TEA)
    wishes.add(owner=browser_owner("another"), variant_id=TEA, now=NOON + timedelta(days=2))

    tidied = wishes.tidy(now=NOON + BROWSER_KEPT_FOR + timedelta(days=1))

    assert tidied.dropped == 1
    assert wishes.wish_list(BROWSER) == WishList()
    assert wishes.wish_list(ANN).variant_ids == (TEA,)
    assert wishes.wish_list(browser_owner("another")).variant_ids == (TEA,)


def test_however_many_never_came_back_all_their_lists_go_in_one_night() -> None:
    for number in range(5):
        wishes.add(owner=browser_owner(f"browser {number}"), variant_id=TEA, now=NOON)

    tidied = wishes.tidy(now=NOON + BROWSER_KEPT_FOR + timedelta(days=1), limit=2)

    assert tidied.dropped == 5
    assert models.List.objects.count() == 0
