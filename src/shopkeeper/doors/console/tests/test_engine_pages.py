"""Search optimisation in the console: pages by score with what was found, looking again, and words for engines with their preview."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.doors.wordings import found as words
from shopkeeper.flows import page_audit
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, FixAt, PageKind, PageRef, WordsKind
from shopkeeper.selling.content.tests.builders import BROKEN, GOOD, rules


def looked(shop: SmallShop) -> int:
    """Have the pages of the shop looked at, and return the number of a product's look in English."""
    page_audit.round_of_the_night(now=NOON)
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    return content.looks(PageRef(kind=PageKind.PRODUCT, subject=str(product)))[0].id


def tea(shop: SmallShop) -> int:
    return int(catalog.goods_of(shop.variants["TEA"]).product_id)


def sent(staff: Staff, address: str) -> Any:
    return staff.client.post("/console/engine-pages/look/", {"address": address})


def shelf() -> int:
    return int(catalog.save_category(category_id=None, slug="pots", name=Bilingual("Pots", "锅具"), actor=None, now=NOON))


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_what_was_found_worst_first_with_the_spread_above(shop: SmallShop, owner: Staff) -> None:
    looked(shop)
    pages = content.looked(size=200)

    found = unescape(owner.text("engine-pages/"))

    assert "Pages by score" in found
    places = [found.index(f"/console/engine-pages/{each.id}/") for each in pages]
    assert places == sorted(places)
    assert str(words.CALLED[pages.items[0].findings[0].code]) in found
    band = sum(each.score >= 90 for each in pages)
    assert re.search(rf'href="\?score=90-100">90–100</a></span><span class="sk-num">{band} ', found)


def test_the_list_is_narrowed_by_score_finding_kind_and_language(shop: SmallShop, owner: Staff) -> None:
    looked(shop)
    pages = content.looked(size=200)

    for query, wanted in (
        ("finding=card_without_picture", [each for each in pages if "card_without_picture" in [one.code for one in each.findings]]),
        ("kind=product", [each for each in pages if each.page.kind is PageKind.PRODUCT]),
        ("language=zh-hans", [each for each in pages if each.language == "zh-hans"]),
        ("score=90-100", [each for each in pages if each.score >= 90]),
        ("q=/en/goods/", [each for each in pages if each.address.startswith("/en/goods/")]),
    ):
        shown = set(map(int, re.findall(r"/console/engine-pages/(\d+)/\"", owner.text(f"engine-pages/?{query}"))))
        assert shown == {each.id for each in wanted}, query
        assert query == "score=90-100" or 0 < len(wanted) < len(pages.items)


def test_an_empty_shop_s_list_says_how_to_begin(shop: SmallShop, owner: Staff, clerk: Staff) -> None:
    assert "/console/engine-pages/look/" in owner.text("engine-pages/")
    assert "Nobody has looked yet" in clerk.text("engine-pages/")
    assert "/console/engine-pages/look/" not in clerk.text("engine-pages/")


# ── one page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_says_what_is_wrong_how_it_is_mended_and_where(shop: SmallShop, owner: Staff) -> None:
    number = looked(shop)
    look = content.look(number)

    found = unescape(owner.text(f"engine-pages/{number}/"))

    for each in look.findings:
        told = words.told(each)
        assert told.problem in found
        assert told.remedy in found
    assert f"/console/products/{tea(shop)}/pictures/" in found
    assert f"/console/engine-pages/{number}/again/" in found
    assert owner.get("engine-pages/0/").status_code == 404


def test_every_finding_is_mended_at_a_page_that_answers(shop: SmallShop, owner: Staff) -> None:
    """Whatever was found, on whatever kind of page: the link beside it leads to a form of this shop."""
    from shopkeeper.doors.console.engine_pages import mended_at

    collection = catalog.save_collection(
        collection_id=None,
        draft=CollectionDraft(slug="gifts", name=Bilingual("Gifts", "礼物"), kind=CollectionKind.HAND),
        actor=None,
        now=NOON,
    )
    subjects = {
        PageKind.PRODUCT: str(tea(shop)),
        PageKind.CATEGORY: str(shelf()),
        PageKind.COLLECTION: str(collection),
        PageKind.TEXT: "terms",
    }

    for kind in PageKind:
        for fix in FixAt:
            way = mended_at(PageRef(kind=kind, subject=subjects.get(kind, "")), fix)
            assert owner.get(way[0].removeprefix("/console/")).status_code == 200, way


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_finding_has_words_that_hold_its_values(language: str) -> None:
    from django.utils.translation import override

    assert set(words.CALLED) == set(rules.RULES)
    with override(language):
        for broken in BROKEN.values():
            (finding,) = rules.judge(replace(GOOD, **broken))
            told = words.told(finding)
            assert "%" not in told.problem
            assert bool(re.search("[一-鿿]", told.problem)) is bool(re.search("[一-鿿]", told.remedy)) is (language != "en"), told


# ── looking now ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_page_is_looked_at_again(shop: SmallShop, owner: Staff) -> None:
    number = looked(shop)
    before = content.look(number).looked_at

    answer = owner.post(f"engine-pages/{number}/again/")

    assert answer.status_code == 302
    assert content.look(number).looked_at > before
    assert [each.actor for each in audit.entries(act="content.look_at_pages")] == [owner.id]


@pytest.mark.parametrize(("language", "words_of_it"), [("en", "0 of 1 pages looked at since"), ("zh-hans", "个页面")])
def test_the_goods_on_a_shelf_are_left_to_the_worker_and_the_page_shows_how_far_it_is(
    shop: SmallShop, owner: Staff, language: str, words_of_it: str
) -> None:
    here, number = shelf(), catalog.goods_of(shop.variants["TEA"]).product_id
    models.Product.objects.filter(pk=number).update(category=here)
    owner.read(language)

    answer = owner.client.post("/console/engine-pages/look/", {"address": "/en/shelves/pots/", "with_goods": "on"})

    assert answer.status_code == 302
    shown = unescape(owner.text(answer["Location"].removeprefix("/console/")))
    assert "data-under-way" in shown
    assert words_of_it in shown
    page = content.look(int(re.findall(r"(\d+)/$", answer["Location"])[0])).page
    assert not content.looks(PageRef(kind=PageKind.PRODUCT, subject=str(number)))

    page_audit.go_on(page, now=timezone.now())

    shown = owner.text(answer["Location"].removeprefix("/console/"))
    assert "data-under-way" not in shown
    assert content.looks(PageRef(kind=PageKind.PRODUCT, subject=str(number)))


def test_a_page_is_looked_at_by_its_address_and_a_wrong_one_is_refused_beside_the_field(shop: SmallShop, owner: Staff) -> None:
    slug = catalog.product_by_id(catalog.goods_of(shop.variants["TEA"]).product_id).slug

    answer = sent(owner, f"/en/goods/{slug}/")
    assert answer.status_code == 302
    assert {each.address.partition("/goods/")[0] for each in content.looked()} == {"/en", "/zh-hans"}

    refused = sent(owner, "/en/basket/")
    assert refused.status_code == 422
    assert "/en/basket/" in refused.content.decode()


def test_a_clerk_sees_and_does_not_look(shop: SmallShop, clerk: Staff) -> None:
    number = looked(shop)

    assert clerk.get(f"engine-pages/{number}/").status_code == 200
    assert clerk.post(f"engine-pages/{number}/again/").status_code == 403
    assert sent(clerk, "/en/").status_code == 403
    assert clerk.get(f"products/{tea(shop)}/engines/").status_code == 403


# ── words for engines ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_for_engines_are_written_previewed_and_taken_back(shop: SmallShop, owner: Staff) -> None:
    title = "Tea of the house, picked in spring and dried in the shade of old trees, loose"
    answer = owner.post(
        f"products/{tea(shop)}/engines/", engine_title_en=title, engine_title_zh="春茶", engine_description_zh="明前\n采摘。"
    )
    assert answer.status_code == 302
    assert content.engine_words(WordsKind.PRODUCT, tea(shop)) == EngineWords(
        title=Bilingual(title, "春茶"), description=Bilingual("", "明前 采摘。")
    )

    found = unescape(owner.text(f"products/{tea(shop)}/engines/"))
    assert re.search(r'sk-snippet__title">Tea of the house, picked in spring[^<]* …<', found)
    assert "data-wide" in found
    assert 'sk-snippet__words">明前 采摘。<' in found

    owner.post(f"products/{tea(shop)}/engines/")
    assert content.engine_words(WordsKind.PRODUCT, tea(shop)) == EngineWords()


def test_shelf_and_collection_have_words_and_a_way_to_them_from_their_form(shop: SmallShop, owner: Staff) -> None:
    number = shelf()
    gifts = catalog.save_collection(
        collection_id=None,
        draft=CollectionDraft(slug="gifts", name=Bilingual("Gifts", "礼物"), kind=CollectionKind.HAND),
        actor=None,
        now=NOON,
    )

    for desk, pk, kind in (("categories", number, WordsKind.CATEGORY), ("goods-collections", gifts, WordsKind.COLLECTION)):
        assert f"/console/{desk}/{pk}/engines/" in owner.text(f"{desk}/{pk}/edit/")
        assert owner.post(f"{desk}/{pk}/engines/", engine_title_en="Told").status_code == 302
        assert content.engine_words(kind, pk).title.en == "Told"
    assert f"/console/products/{tea(shop)}/engines/" in owner.text(f"products/{tea(shop)}/")


def test_words_that_are_too_long_or_for_nothing_are_refused(shop: SmallShop, owner: Staff) -> None:
    refused = owner.post(f"products/{tea(shop)}/engines/", engine_title_en="x" * 151)
    assert refused.status_code == 422
    assert content.engine_words(WordsKind.PRODUCT, tea(shop)) == EngineWords()

    assert owner.get("products/0/engines/").status_code == 404
    assert owner.get("categories/0/engines/").status_code == 404
