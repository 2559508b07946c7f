"""Help with words that find nothing, synonyms, narrowing down, suggestions: on a real database."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.selling.search import chinese, models
from shopkeeper.selling.search import public as search
from shopkeeper.selling.search.shapes import AlreadySteered, Document, Mark, Narrowed, OneWordOnly, Order
from shopkeeper.selling.search.tests.test_public import found, put

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)


def cost(text: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        search.find(text)
    return len(asked)


# ── readings and words of Chinese ─────────────────────────────────────────────────────────────────────────────────────


def test_a_chinese_name_is_found_by_its_reading_and_by_its_initials() -> None:
    put(1, "Teapot", "红茶壶")
    put(2, "Night light", "小夜灯")

    for typed in ("hongchahu", "hongcha", "hongch", "chahu", "hch", "HCH", "hong cha hu", "cha hu"):
        assert found(typed) == [1], typed
    assert found("xyd") == found("xiaoyedeng") == [2]


@pytest.mark.parametrize("package", ["rjieba", "pypinyin"])
def test_a_dictionary_that_is_missing_is_an_error_and_not_a_worse_index(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    chinese.words.cache_clear()
    chinese.syllables.cache_clear()

    with pytest.raises(ImportError):
        put(1, "Teapot", "红茶壶")


def test_a_search_loads_no_dictionary() -> None:
    rules = "from shopkeeper.selling.search.rules import literals, steering, tokens"
    asked = f"{rules}; literals.tsquery(steering.terms(tokens.query_pieces('红茶壶 hch'), ()))"
    told = "import sys; print([each for each in ('rjieba', 'pypinyin') if each in sys.modules])"
    face = "import django; django.setup(); from shopkeeper.selling.search import public"

    done = subprocess.run([sys.executable, "-c", f"{face}; {asked}; {told}"], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_word_that_goods_are_called_by_is_not_taken_for_a_reading() -> None:
    put(1, "Men’s scarf")
    put(2, "Door bell", "门铃")

    assert found("men") == [1]


def test_a_longer_word_of_the_run_raises_the_rank() -> None:
    put(1, "A", "维多风利亚维 多利 利亚")
    put(2, "B", "维多利亚风")

    assert found("维多利亚")[0] == 2


# ── what was meant ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mistyped_word_is_mended_and_the_page_says_what_was_searched_for() -> None:
    put(1, "Paper lantern")
    put(2, "Teapot")

    page = search.find("paper lantren")

    assert (list(page), page.instead) == ([1], "paper lantern")
    assert (search.find("tepot").instead, found("tepot")) == ("teapot", [2])


def test_words_that_find_something_are_left_as_they_are() -> None:
    put(1, "Lantern")
    put(2, "Lanterm")

    assert (search.find("lanterm").instead, found("lanterm")) == ("", [2])


def test_words_are_cut_and_written_together_where_that_finds_goods() -> None:
    put(1, "Night light")
    put(2, "Doormat")

    assert (search.find("nightlight").instead, found("nightlight")) == ("night light", [1])
    assert (search.find("door mat").instead, found("door mat")) == ("doormat", [2])


def test_where_no_goods_hold_every_word_those_that_lack_one_hide_those_that_hold_one() -> None:
    put(1, "Red glass lantern")
    put(2, "Red cup")
    put(3, "Paper lantern", "Red lantern of paper")

    page = search.find("red paper lantern large")

    assert (list(page), page.is_loose) == ([3], True)
    assert set(found("large cup zebra")) == {2}


def test_codes_and_numbers_are_never_mended() -> None:
    put(1, "Lantern", "85123A")

    assert found("85124A") == []
    assert found("99999") == []


def test_a_word_whose_goods_are_gone_is_nobodys_meaning() -> None:
    put(1, "Lantern")
    search.forget([ProductId(1)])
    search.recount()

    assert search.find("lantren").instead == ""
    assert not models.Word.objects.exists()
    assert not models.Slip.objects.exists()


def test_words_as_typed_cost_one_statement_and_help_one_more() -> None:
    put(1, "Lantern")

    assert cost("lantern") == 1
    assert cost("lantren") == 2
    assert cost("zzzzzzz") == 1
    assert cost("zzzzzzz yyyyyyy") == 2


# ── what staff tell ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_synonyms_find_each_other_in_both_languages_from_the_next_search_on() -> None:
    put(1, "Sofa", "沙发")
    assert found("couch") == []

    saved = search.save_synonyms(synonyms_id=None, words="couch\nsofa\n长椅", actor=None, now=NOW)

    assert found("couch") == found("长椅") == [1]
    assert cost("couch") == 1
    search.remove_synonyms(synonyms_id=saved.id, actor=None, now=NOW)
    assert found("couch") == []


def test_a_group_needs_two_words_and_is_kept_once() -> None:
    with pytest.raises(OneWordOnly):
        search.save_synonyms(synonyms_id=None, words="couch\nCouches\n", actor=None, now=NOW)
    search.save_synonyms(synonyms_id=None, words="couch\nsofa", actor=None, now=NOW)
    with pytest.raises(AlreadySteered):
        search.save_synonyms(synonyms_id=None, words="couch\nsofa", actor=None, now=NOW)
    with pytest.raises(NotFound):
        search.save_synonyms(synonyms_id=99, words="a\nb", actor=None, now=NOW)
    with pytest.raises(OutOfRange):
        search.save_synonyms(synonyms_id=None, words="\n".join(f"word{n}" for n in range(13)), actor=None, now=NOW)


def test_pinned_goods_stand_first_even_where_they_hold_none_of_the_words() -> None:
    put(1, "Teapot", rank=1)
    put(2, "Teapot", rank=2)
    put(3, "Tea cosy", rank=3)

    search.pin(pin_id=None, asked="Teapots", product_ids=[ProductId(3), ProductId(2)], actor=None, now=NOW)

    assert found("teapot") == [3, 2, 1]
    assert list(search.find("teapot", order=Order.NEWEST)) == [3, 2, 1]
    assert found("tea") != []


def test_a_query_leads_where_staff_say() -> None:
    put(1, "Teapot")
    search.redirect(redirect_id=None, asked="Opening hours", address="/en/about/returns/", actor=None, now=NOW)

    assert search.find("opening HOURS!").leads_to == "/en/about/returns/"
    assert search.find("teapot").leads_to == ""


@pytest.mark.parametrize(
    "address", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)", "", "en/goods/", "/a b"]
)
def test_a_query_never_leads_to_another_host(address: str) -> None:
    with pytest.raises((Malformed, OutOfRange)):
        search.redirect(redirect_id=None, asked="x", address=address, actor=None, now=NOW)
    assert not models.Redirect.objects.exists()


def test_a_query_leads_to_one_place_and_has_one_row_of_pins() -> None:
    search.redirect(redirect_id=None, asked="tea", address="/en/goods/", actor=None, now=NOW)
    with pytest.raises(AlreadySteered):
        search.redirect(redirect_id=None, asked="Tea!", address="/en/", actor=None, now=NOW)
    with pytest.raises(Malformed):
        search.redirect(redirect_id=None, asked="!!", address="/en/", actor=None, now=NOW)
    search.pin(pin_id=None, asked="tea", product_ids=[ProductId(1)], actor=None, now=NOW)
    with pytest.raises(AlreadySteered):
        search.pin(pin_id=None, asked="tea", product_ids=[ProductId(2)], actor=None, now=NOW)
    with pytest.raises(OutOfRange):
        search.pin(pin_id=None, asked="cup", product_ids=[], actor=None, now=NOW)


# ── narrowing down ────────────────────────────────────────────────────────────────────────────────────────────────────


def shelf_of_cups() -> None:
    rows = [
        (1, "kitchen", "Ash", 500, True),
        (2, "kitchen", "Elm", 1_500, True),
        (3, "garden", "Ash", 2_500, False),
        (4, "garden", "Oak", None, True),
    ]
    search.index(
        [
            Document(
                product_id=ProductId(n),
                names=["Cup"],
                values={"category": [shelf], "brand": [brand]},
                price_minor=price,
                is_in_stock=there,
                rank=n,
            )
            for n, shelf, brand, price, there in rows
        ]
    )


def test_what_was_found_is_counted_by_value_price_and_stock() -> None:
    shelf_of_cups()

    page = search.find("cup", bands=[1_000, 2_000])

    assert page.values == {"category": {"kitchen": 2, "garden": 2}, "brand": {"Ash": 2, "Elm": 1, "Oak": 1}}
    assert (list(page.bands), page.in_stock, page.total) == ([1, 1, 1], 3, 4)


def test_values_of_one_name_are_counted_over_what_the_others_leave() -> None:
    shelf_of_cups()

    page = search.find("cup", narrowed=Narrowed(values={"category": ["kitchen"]}), bands=[1_000])

    assert list(page) == [1, 2]
    assert page.values["category"] == {"kitchen": 2, "garden": 2}
    assert page.values["brand"] == {"Ash": 1, "Elm": 1, "Oak": 0}
    both = search.find("cup", narrowed=Narrowed(values={"category": ["kitchen", "garden"], "brand": ["Ash"]}))
    assert list(both) == [1, 3]


def test_prices_and_stock_narrow_down_too() -> None:
    shelf_of_cups()

    assert list(search.find("cup", narrowed=Narrowed(prices=[(500, 1_500)]))) == [1]
    assert list(search.find("cup", narrowed=Narrowed(prices=[(1_500, None)]))) == [2, 3]
    assert list(search.find("cup", narrowed=Narrowed(prices=[(0, 600), (2_000, None)]))) == [1, 3]
    assert list(search.find("cup", narrowed=Narrowed(in_stock=True))) == [1, 2, 4]
    page = search.find("cup", narrowed=Narrowed(values={"category": ["garden"]}, in_stock=True), bands=[1_000])
    assert (list(page), page.in_stock, page.values["category"]) == ([4], 1, {"kitchen": 2, "garden": 1})


def test_a_narrowing_that_leaves_nothing_looks_for_nothing_else() -> None:
    shelf_of_cups()

    page = search.find("cup", narrowed=Narrowed(values={"category": ["attic"], "brand": ["Fir"]}))

    assert (list(page), page.instead, page.is_loose) == ([], "", False)


def test_goods_without_a_price_stand_last_whichever_way_prices_run() -> None:
    shelf_of_cups()

    assert list(search.find("cup", order=Order.PRICE_UP)) == [1, 2, 3, 4]
    assert list(search.find("cup", order=Order.PRICE_DOWN)) == [3, 2, 1, 4]


def test_prices_and_stock_are_told_without_the_texts() -> None:
    shelf_of_cups()

    marks = [
        Mark(product_id=ProductId(1), price_minor=900, is_in_stock=False),
        Mark(product_id=ProductId(99), price_minor=1, is_in_stock=True),
    ]

    assert search.mark(marks) == 1
    assert search.mark(marks) == 0
    assert list(search.find("cup", narrowed=Narrowed(prices=[(900, 901)]))) == [1]
    assert 1 not in list(search.find("cup", narrowed=Narrowed(in_stock=True)))


# ── as you type ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_being_typed_is_finished_with_the_words_of_most_goods_first() -> None:
    put(1, "Red teapot")
    put(2, "Blue teapot")
    put(3, "Teacup")
    search.recount()

    found = search.suggest("red tea")

    assert found.queries == ("red teapot", "red teacup")
    assert list(found.product_ids) == [1]
    assert search.suggest(" ").queries == ()
    assert (search.suggest("t").queries, search.suggest("t").product_ids) == (("teapot", "teacup"), ())
    with pytest.raises(OutOfRange):
        search.suggest("tea", size=99)


# ── what was asked ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_searches_are_counted_by_day_with_those_in_vain_and_what_was_opened() -> None:
    search.count("Teapots", found=3, holds_goods=True, language="en", day=DAY)
    search.count("teapot", found=0, holds_goods=True, language="en", day=DAY)
    search.opened("teapot", language="en", day=DAY)
    search.opened("never asked", language="en", day=DAY)

    (row,) = search.asked(since=DAY)

    assert (row.words, row.searches, row.in_vain, row.opened) == ("teapot", 2, 1, 1)


def test_words_no_goods_hold_are_kept_from_the_third_day_on() -> None:
    for after in range(2):
        search.count("samovar", found=0, holds_goods=False, language="en", day=DAY + timedelta(days=after))
    search.count("samovar", found=0, holds_goods=False, language="en", day=DAY)
    assert {row.words for row in search.asked(since=DAY)} == {""}
    assert not models.Asked.objects.filter(words__contains="sam").exists()

    search.count("samovar", found=0, holds_goods=False, language="zh-hans", day=DAY + timedelta(days=2))
    assert [row.words for row in search.asked(since=DAY + timedelta(days=2))] == ["samovar"]

    search.tidy(now=NOW + timedelta(days=3))

    assert {row.words for row in search.asked(since=DAY)} == {"samovar"}


def test_a_search_is_counted_by_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        search.count("teapot", found=1, holds_goods=True, language="en", day=DAY)

    assert len(asked) == 1


def test_addresses_and_numbers_are_never_kept() -> None:
    for after in range(5):
        for text in ("ann@example.com", "138 0013 8000"):
            search.count(text, found=0, holds_goods=False, language="en", day=DAY + timedelta(days=after))

    assert {row.words for row in search.asked(since=DAY)} == {""}


def test_what_was_asked_long_ago_is_forgotten_sooner_without_words() -> None:
    search.count("samovar", found=0, holds_goods=False, language="en", day=DAY)
    search.count("teapot", found=1, holds_goods=True, language="en", day=DAY)

    assert search.tidy(now=NOW + timedelta(days=31)) == 1
    assert [row.words for row in search.asked(since=DAY)] == ["teapot"]
    assert search.tidy(now=NOW + timedelta(days=401)) == 1
