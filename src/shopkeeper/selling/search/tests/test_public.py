"""The face of search, on a real database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.refusals import OutOfRange
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import Document

pytestmark = pytest.mark.django_db


def put(number: int, *names: str, category: str = "", text: str = "", rank: int = 1_000_000) -> None:
    search.index([Document(product_id=ProductId(number), names=names, categories=[category], texts=[text], rank=rank)])


def found(text: str) -> list[int]:
    return list(search.find(text))


def test_words_are_found_in_any_case_number_and_accent() -> None:
    put(1, "Strawberries & Café cups", "85123A")

    for asked in ("strawberry", "STRAWBERRIES", "cafe", "cup", "85123a", "Café strawberry"):
        assert found(asked) == [1], asked
    assert found("teapot") == []


def test_the_last_word_may_be_unfinished_the_others_may_not() -> None:
    put(1, "Red lantern")

    assert found("lan") == found("red lant") == found("l") == [1]
    assert found("lant") == [1]
    put(2, "Lanyard")
    assert found("re lantern") == [1]  # nobody holds both, so any word will do
    assert set(found("lan")) == {1, 2}


def test_chinese_is_found_by_pairs_and_by_single_characters() -> None:
    put(1, "White heart", "白色爱心烛台")
    put(2, "Tray", "白色托盘")

    assert found("烛台") == [1]
    assert found("爱心烛台") == [1]
    assert set(found("白色")) == {1, 2}
    assert found("烛") == [1]
    assert found("盘托") == []


def test_goods_that_hold_every_word_hide_those_that_hold_some() -> None:
    put(1, "Red teapot")
    put(2, "Blue teapot")

    assert found("blue teapot") == [2]


def test_where_nothing_holds_every_word_any_word_will_do() -> None:
    put(1, "Red teapot")
    put(2, "Blue cup")

    assert set(found("red cup")) == {1, 2}
    assert found("green lamp") == []


def test_a_name_counts_more_than_a_category_and_that_more_than_a_text() -> None:
    put(1, "Mat", text="goes with a teapot")
    put(2, "Cup", category="Teapot")
    put(3, "Teapot")

    assert found("teapot") == [3, 2, 1]


def test_of_equal_words_the_better_seller_comes_first() -> None:
    put(1, "Teapot", rank=900)
    put(2, "Teapot", rank=3)

    assert found("teapot") == [2, 1]


@pytest.mark.parametrize("nothing", ["", " ", "!!!", "🫖"])
def test_nothing_typed_finds_nothing(nothing: str) -> None:
    put(1, "Teapot 🫖")

    page = search.find(nothing)

    assert (len(page), page.total) == (0, 0)


def test_results_come_in_pages() -> None:
    for number in range(1, 6):
        put(number, "Teapot", rank=number)

    page = search.find("teapot", number=2, size=2)

    assert (list(page), page.total, page.pages) == ([3, 4], 5, 3)
    with pytest.raises(OutOfRange):
        search.find("teapot", number=0)
    with pytest.raises(OutOfRange):
        search.find("teapot", size=1_000)


def test_new_texts_take_the_place_of_the_old_and_forgotten_goods_are_gone() -> None:
    put(1, "Teapot")
    put(1, "Lantern")
    put(2, "Lantern")

    search.forget([ProductId(2), ProductId(99)])

    assert (found("teapot"), found("lantern")) == ([], [1])


def test_the_same_documents_again_write_nothing() -> None:
    put(1, "Teapot")

    def version() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text FROM search_document")
            return str(cursor.fetchone()[0])

    before = version()
    put(1, "Teapot")

    assert version() == before


def test_four_thousand_documents_go_in_by_the_few_statements_of_one() -> None:
    documents = [Document(product_id=ProductId(n), names=[f"Thing {n}", "东西"], rank=n) for n in range(1, 4_001)]

    with CaptureQueriesContext(connection) as of_one:
        search.index(documents[:1])
    with CaptureQueriesContext(connection) as of_all:
        search.index(documents)

    assert len(of_all) <= len(of_one) <= 10
    assert found("4000") == [4_000]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_index_or_the_query(text: str) -> None:
    put(1, text)

    assert found(text) in ([], [1])
