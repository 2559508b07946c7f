"""The page Books: what the last look found, in words, as a file, and a notice on Today; every check has its sentence."""

import pytest
from django.db.models import F

from shopkeeper.doors.console import books
from shopkeeper.flows import audit_books
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.flows.tests.test_audit_books import every_check
from shopkeeper.selling.orders import models as orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def differing(shop):
    order = shop.buy(TEA=2)
    orders.Order.objects.update(units=F("units") + 1)
    audit_books.run_and_keep(NOON)
    return order


def test_before_the_first_look_the_page_says_so(owner):
    assert "Nobody has looked yet" in owner.text("books/")


def test_what_differs_is_shown_in_words_with_the_order_it_is_about(owner, differing):
    page = owner.text("books/")

    assert "An order’s pieces are those of its lines" in page
    assert f'href="/console/orders/{differing.id}/"' in page
    assert ">2</td>" in page
    assert ">3</td>" in page


def test_today_and_the_menu_tell_that_the_books_differ(owner, differing):
    page = owner.text("")

    assert "place where the books differ" in page
    assert "tell the engineer before you correct anything" in page


def test_the_notice_is_gone_after_a_look_that_finds_nothing(owner, differing):
    orders.Order.objects.update(units=F("units") - 1)

    assert owner.post("books/").status_code == 302

    assert "The books are right" in owner.text("books/")
    assert "where the books differ" not in owner.text("")


def test_the_differences_as_a_file(owner, differing):
    answer = owner.get("books/?export=csv")

    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "check,rule,about,expected,found"
    assert lines[1] == f"order_units_are_line_units,An order’s pieces are those of its lines,order:{differing.id},2,3"


def test_in_chinese(owner, differing):
    owner.read("zh-hans")

    assert "订单件数等于各行件数之和" in owner.text("books/")
    assert "账目不符" in owner.text("")


def test_a_clerk_neither_sees_nor_looks(clerk, differing):
    assert clerk.get("books/").status_code == 403
    assert clerk.post("books/").status_code == 403
    assert "where the books differ" not in clerk.text("")


def test_every_check_has_its_sentence():
    assert set(books.CHECKS) == every_check()
