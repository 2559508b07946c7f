"""The shop looks at its own pages as an engine does: shown for real, parsed, judged, kept; what breaks is found and not passed over."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, override

from shopkeeper.doors.storefront import kept, pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_collections import a_collection, put
from shopkeeper.flows import page_audit
from shopkeeper.flows.page_audit import listing, reading, showing
from shopkeeper.flows.page_audit.listing import Listed
from shopkeeper.flows.page_audit.showing import Answer
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, Look, PageKind, PageRef, WordsKind
from shopkeeper.selling.content.tests.builders import rules
from shopkeeper.selling.shop import models as shop_models

pytestmark = pytest.mark.django_db(transaction=True)

HOME = Listed(page=PageRef(kind=PageKind.HOME))


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Corner:
    # How fast this machine is at the moment is no promise of these tests.
    monkeypatch.setattr(rules, "SLOW_MS", 10**9)
    pages.forget()
    kept.forget()
    return corner()


def lamp(shop: Corner) -> Listed:
    return Listed(page=PageRef(kind=PageKind.PRODUCT, subject=str(shop.products["lamp"].id)), slug="lamp")


def look(listed: Listed, language: str = "en") -> Look:
    return next(each for each in page_audit.look_at([listed], now=NOON) if each.language == language)


def codes(found: Look) -> list[str]:
    return [each.code for each in found.findings]


# ── which pages there are ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_looked_at_is_what_the_map_for_engines_names(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id)
    client = shop.visitor()
    mapped = "".join(client.get(f"/sitemap/{part}.xml").content.decode() for part in ("shelves", "goods-1"))

    found = listing.all_pages(NOON)

    addresses = {listing.address(each, language) for each in found for language in ("en", "zh-hans")}
    assert addresses == set(re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", mapped))
    assert {"/zh-hans/collections/gifts/", "/en/goods/lamp/", "/en/about/terms/"} <= addresses


def test_every_page_of_a_shop_is_shown_and_read_in_both_languages(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id)

    found = page_audit.look_at(listing.all_pages(NOON), now=NOON)

    assert {each.status for each in found} == {200}
    assert {each.language for each in found} == {"en", "zh-hans"}
    assert not {"not_shown", "heading_missing", "title_missing", "description_missing", "link_broken", "structured_missing",
                "structured_faulty", "address_missing", "address_elsewhere", "languages_missing", "language_wrong"} & {
        code for each in found for code in codes(each)
    }  # fmt: skip
    lamp_page = next(each for each in found if each.address == "/zh-hans/goods/lamp/")
    assert (lamp_page.title, lamp_page.size > 1_000) == ("黄铜灯 · 街角小铺", True)


# ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_showing_leaves_no_trace_and_shows_what_is_so_now(shop: Corner) -> None:
    client = shop.visitor()
    client.get("/en/goods/lamp/")
    models.Product.objects.filter(slug="lamp").update(name_en="Lamp of tin, newly named")

    with override("zh-hans"):
        said = showing.show("/en/goods/lamp/", "en")
        assert get_language() == "zh-hans"

    assert "Lamp of tin, newly named" in said.text
    assert (said.status, said.failure) == (200, "")
    assert not connection.in_atomic_block


def test_what_a_page_writes_while_it_is_looked_at_is_undone(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = WSGIHandler.get_response

    def writing(self: WSGIHandler, request: Any) -> Any:
        models.Product.objects.filter(slug="lamp").update(name_en="Written by a look")
        return real(self, request)

    monkeypatch.setattr(WSGIHandler, "get_response", writing)

    assert "Written by a look" in showing.show("/en/goods/lamp/", "en").text
    assert catalog.product("lamp").name.en == "Brass lamp"


def test_a_page_that_breaks_is_found_to_break_and_the_others_go_on(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = WSGIHandler.get_response

    def breaking(self: WSGIHandler, request: Any) -> Any:
        if request.path == "/en/goods/lamp/":
            raise RuntimeError("the lamp fell")
        return real(self, request)

    monkeypatch.setattr(WSGIHandler, "get_response", breaking)
    english, chinese = page_audit.look_at([lamp(shop)], now=NOON)

    assert (english.score, codes(english), english.findings[0].values["failure"]) == (0, ["not_shown"], "RuntimeError")
    assert "not_shown" not in codes(chinese)


def test_a_page_is_called_slow_only_where_it_was_so_twice(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    took, real = iter([900, 30, 900, 800]), showing.show
    monkeypatch.setattr(rules, "SLOW_MS", 600)
    monkeypatch.setattr(showing, "show", lambda path, language: replace(real(path, language), took_ms=next(took)))

    english, chinese = page_audit.look_at([lamp(shop)], now=NOON)

    assert (english.took_ms, "answer_slow" in codes(english)) == (30, False)
    assert (chinese.took_ms, "answer_slow" in codes(chinese)) == (800, True)


def test_a_page_that_is_not_there_any_more_and_a_shop_that_opens_soon_are_never_passed(shop: Corner) -> None:
    gone = look(replace(lamp(shop), slug="nothing"))
    assert (gone.score, codes(gone), gone.findings[0].values["status"]) == (0, ["not_shown"], 404)

    shop_models.Shop.objects.update(opens_soon=True, version=7)
    kept.forget()

    assert (look(HOME).score, codes(look(HOME))) == (0, ["kept_out"])


def test_a_look_is_no_request_and_leaves_the_figures_of_the_one_under_way_alone(
    shop: Corner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []
    # A browser would not see it: what is kept from counting stands inside the room.
    watched = import_module("shopkeeper.ops.monitoring.watched")
    monkeypatch.setattr(watched.meters, "count_request", lambda **said: told.append(said))
    monkeypatch.setattr(watched.lines, "write", lambda *said: told.append(said))
    monkeypatch.setattr(watched.exposition, "sign", told.append)
    monkeypatch.setattr(watched._queries, "number", 77)
    caplog.set_level("INFO", logger="shopkeeper.requests")
    showing._handler.cache_clear()

    assert showing.show("/en/goods/lamp/", "en").status == 200

    assert told == []
    assert watched._queries.number >= 77
    shop.visitor().get("/en/goods/lamp/")
    assert told


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = """<!doctype html><html lang="en"><head><title>Lamp
 &amp; shade</title><meta name="description" content="A  lamp"><link rel="canonical" href="{host}/en/goods/lamp/">
<link rel="alternate" hreflang="en" href="{host}/en/goods/lamp/"><meta property="og:image" content="{host}/media/a/640.jpg">
<script type="application/ld+json">{{"@graph": [{{"@type": "Product", "name": "Lamp", "url": "/", "description": "",
"offers": {{"@type": "Offer", "price": "1"}}}}]}}</script><script>var h1 = "<h1>no</h1>"</script></head>
<body><h1>Lamp <svg><title>drawn</title></svg></h1><a href="/en/"><img src="/media/a/160.jpg" alt="Home" width="1" height="1"></a>
<main>Two words 黄铜灯具 <h3></h3><a href="/en/goods/cup/#top"></a><a href="https://elsewhere.example/x">x</a>
<a href="mailto:a@example.com">mail</a><a href="/media/a/640.jpg" aria-hidden="true"></a><img src="/b.jpg"><a href="#main">up</a></main>"""


def read(text: str, **headers: str) -> Any:
    answer = Answer(status=200, text=text.format(host=reading.settings.PUBLIC_URL), headers=headers, size=10, took_ms=5)
    return reading.facts(answer, kind=PageKind.PRODUCT, address="/en/goods/lamp/", language="en")


def test_a_page_is_read_as_an_engine_reads_it() -> None:
    page = read(PAGE)

    assert (page.title, page.description, page.html_language, page.canonical) == ("Lamp & shade", "A lamp", "en", "/en/goods/lamp/")
    assert page.headings == ((1, "Lamp"), (3, ""))
    assert page.links == ("/en/", "/en/goods/cup/")
    assert page.unnamed_links == ("/en/goods/cup/#top",)
    assert [(each.address, each.alt, each.has_measure) for each in page.pictures] == [
        ("/media/a/160.jpg", "Home", True),
        ("/b.jpg", None, False),
    ]
    assert (page.structured, page.structured_faults) == (
        ("Product", "Offer"),
        ("Product.description", "Offer.availability", "Offer.priceCurrency", "Offer.url"),
    )
    assert page.words == 7
    assert page.card_picture.endswith("/media/a/640.jpg")
    assert not page.is_kept_out


@pytest.mark.parametrize(
    ("text", "unnamed"),
    [
        ('<a href="/en/a/"></a><a href="/en/b/" aria-hidden="true">Two</a>', ("/en/a/",)),
        ('<a href="/en/a/"></a><a name="b">Two</a>', ("/en/a/",)),
        ('<a href="/en/a/"><span aria-hidden="true">→ <b>x</b></span></a><p>Words</p>', ("/en/a/",)),
        ('<a href="/en/a/"><img src="/a.jpg" alt="A" aria-hidden="true"></a>', ("/en/a/",)),
        ('<div aria-hidden="true"><a href="/en/a/"></a></div><a href="/en/b/">B</a>', ()),
        ('<a href="/en/a/"><span aria-hidden="true">→</span> A</a><a href="/en/b/"><img src="/b.jpg" alt="B"></a>', ()),
        ('<a href="/en/a/" aria-label="A"><svg><title>drawn</title></svg></a>', ()),
    ],
)
def test_a_link_is_named_by_what_is_said_within_it_alone(text: str, unnamed: tuple[str, ...]) -> None:
    assert read(f"<main>{text}</main>").unnamed_links == unnamed


def test_a_page_told_to_stay_out_is_read_so_from_its_head_or_its_header() -> None:
    assert read('<html><meta name="robots" content="noindex, follow">').is_kept_out
    assert read("<html>", **{"x-robots-tag": "noindex"}).is_kept_out


def test_structured_data_that_is_no_json_is_a_fault() -> None:
    assert read('<script type="application/ld+json">{{nothing</script>').structured_faults == ("JSON",)


# ── links ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_links_to_nothing_and_to_former_names_are_told_apart(shop: Corner) -> None:
    catalog.unpublish(product_id=shop.products["box"].id, actor=None, now=NOON)
    models.Product.objects.filter(slug="cup").update(slug="mug")
    models.Category.objects.filter(slug="cups").update(slug="mugs")
    put(a_collection("gifts"), shop.products["lamp"].id)
    right = ("/en/", "/en/goods/lamp/", "/zh-hans/goods/mug/", "/en/shelves/mugs/", "/en/collections/gifts/", "/en/about/terms/",
             "/zh-hans/basket/", "/robots.txt")  # fmt: skip
    wrong = ("/en/nowhere/", "/en/goods/box/", "/en/goods/nothing/", "/en/shelves/nothing/", "/en/collections/nothing/", "/en/about/love/")
    former = ("/en/goods/cup/", "/zh-hans/shelves/cups/")

    assert listing.Known().sort_out((*right, *wrong, *former)) == (wrong, former)


@pytest.mark.parametrize("link", ["/en/goods/lamp", "/goods/lamp/", "/goods/lamp", "/en", "/zh-hans/shelves/kitchen", "/about/terms"])
def test_a_link_that_leads_on_by_a_slash_or_a_language_is_moved_and_not_broken(shop: Corner, link: str) -> None:
    assert shop.visitor().get(link, follow=True).status_code == 200

    assert listing.Known().sort_out([link]) == ((), (link,))


@pytest.mark.parametrize("link", ["/en/goods/nothing", "/goods/nothing/", "/nothing", "/fr/goods/lamp/"])
def test_a_link_that_leads_on_to_nothing_is_broken(shop: Corner, link: str) -> None:
    assert shop.visitor().get(link, follow=True).status_code == 404

    assert listing.Known().sort_out([link]) == ((link,), ())


def test_a_broken_link_on_a_page_is_found_and_named(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = showing.show

    def with_link(path: str, language: str) -> Answer:
        answer = real(path, language)
        return replace(answer, text=answer.text.replace("</main>", '<a href="/en/goods/gone/">Gone</a></main>'))

    assert "link_broken" not in codes(look(lamp(shop)))
    monkeypatch.setattr(showing, "show", with_link)
    found = look(lamp(shop))

    assert next(each for each in found.findings if each.code == "link_broken").values == {"count": 1, "address": "/en/goods/gone/"}


# ── the night's round ─────────────────────────────────────────────────────────────────────────────────────────────────


def goods(number: int, *, changed: int | None) -> Listed:
    at = None if changed is None else NOON + timedelta(hours=changed)
    return Listed(page=PageRef(kind=PageKind.PRODUCT, subject=str(number)), slug=str(number), changed_at=at)


def test_new_and_changed_pages_come_first_and_the_oldest_looks_keep_their_share() -> None:
    many = [goods(number, changed=number) for number in range(9)]
    looked = {("product", str(number)): NOON + timedelta(hours=20 - number) for number in range(4, 9)}
    looked[("product", "8")] = NOON

    chosen = page_audit.choose([*many, HOME], looked, most=6)

    assert [each.page.subject for each in chosen] == ["", "8", "3", "2", "7", "6"]


def test_a_round_is_bounded_and_the_next_one_goes_on_where_it_ended(shop: Corner) -> None:
    everything = listing.all_pages(NOON)
    rounds = [page_audit.round_of_the_night(now=NOON + timedelta(days=day), most=5) for day in range(len(everything))]

    assert {each.pages for each in rounds} == {5}
    assert len(content.looked_at()) == len(everything)


def test_new_words_for_engines_make_a_page_due_and_what_shows_many_things_is_due_every_week(shop: Corner) -> None:
    now = timezone.now() + timedelta(hours=1)
    content.save_engine_words(
        kind=WordsKind.PRODUCT, subject_id=int(lamp(shop).page.subject), words=EngineWords(title=Bilingual("New", "新")),
        actor=None, now=now + timedelta(hours=1),
    )  # fmt: skip

    def due(at: Any) -> set[tuple[str, str]]:
        looked = {(each.page.kind.value, each.page.subject): now for each in listing.all_pages(at)}
        found = listing.all_pages(at)
        return {
            (each.page.kind.value, each.slug)
            for each in found
            if each.changed_at and each.changed_at > looked[(each.page.kind.value, each.page.subject)]
        }

    assert due(now + timedelta(days=1)) == {("product", "lamp")}
    assert {("category", "kitchen"), ("home", ""), ("product", "lamp")} <= due(now + timedelta(days=7, hours=1))


def test_pages_that_are_no_more_are_forgotten_at_night(shop: Corner) -> None:
    page_audit.round_of_the_night(now=NOON)
    catalog.unpublish(product_id=shop.products["box"].id, actor=None, now=NOON)

    night = page_audit.round_of_the_night(now=NOON + timedelta(days=1), most=1)

    assert night.forgotten == 2
    assert ("product", str(shop.products["box"].id)) not in content.looked_at()


# ── now ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_page_is_looked_at_again_at_once_and_it_is_written_down(shop: Corner) -> None:
    found = page_audit.look_again(lamp(shop).page, actor=None, now=NOON)

    assert [each.address for each in found] == ["/en/goods/lamp/", "/zh-hans/goods/lamp/"]
    (entry,) = audit.entries(act="content.look_at_pages")
    assert (entry.subject, entry.after) == (f"page:product:{shop.products['lamp'].id}", {"looks": 2})
    with pytest.raises(NotFound):
        page_audit.look_again(PageRef(kind=PageKind.PRODUCT, subject="0"), actor=None, now=NOON)


@pytest.mark.parametrize("address", ["/zh-hans/shelves/kitchen/", "{host}/en/shelves/kitchen/?sort=price", " /en/shelves/kitchen/ "])
def test_a_page_is_looked_at_by_its_address_in_either_language(shop: Corner, address: str) -> None:
    found = page_audit.look_by_address(address.format(host=reading.settings.PUBLIC_URL), with_goods=False, actor=None, now=NOON)

    assert {each.address for each in found} == {"/en/shelves/kitchen/", "/zh-hans/shelves/kitchen/"}
    assert page_audit.goods_round(found[0].page) is None


def test_all_goods_on_a_shelf_are_looked_at_while_somebody_waits(shop: Corner) -> None:
    told: list[tuple[int, int]] = []

    found = page_audit.look_at_goods("/en/shelves/kitchen/", now=NOON, tell=lambda done, of: told.append((done, of)))

    assert {each.address for each in found if each.language == "en"} == {"/en/goods/lamp/", "/en/goods/cup/", "/en/goods/box/"}
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert waiting() == []


def waiting() -> list[tuple[str, str]]:
    """Return what is put off for the worker: kind and subject of each page whose goods are to be looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT args ->> 'kind', args ->> 'subject' FROM procrastinate_jobs
               WHERE task_name = 'look_at_goods' AND status = 'todo' ORDER BY id"""
        )
        return list(cursor.fetchall())


def test_all_goods_on_a_shelf_are_looked_at_in_slices_changed_ones_first(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_audit, "A_SLICE", 2)
    for slug in ("lamp", "cup", "box"):
        models.Product.objects.filter(slug=slug).update(changed_at=NOON - timedelta(days=9))
    page_audit.round_of_the_night(now=NOON - timedelta(days=2))
    models.Product.objects.filter(slug="box").update(changed_at=NOON - timedelta(days=1))

    (shelf, *_rest) = page_audit.look_by_address("/en/shelves/kitchen/", with_goods=True, actor=None, now=NOON)
    assert rounds(shelf.page) == (0, 3, False)
    assert waiting() == [("category", shelf.page.subject)]

    page_audit.go_on(shelf.page, now=NOON + timedelta(seconds=9))
    assert rounds(shelf.page) == (2, 3, False)
    assert content.looked_at()["product", str(shop.products["box"].id)] == NOON + timedelta(seconds=9)

    page_audit.go_on(shelf.page, now=NOON + timedelta(seconds=20))
    assert rounds(shelf.page) == (3, 3, True)
    before = content.looked_at()
    page_audit.go_on(shelf.page, now=NOON + timedelta(seconds=30))
    assert content.looked_at() == before


def rounds(page: PageRef) -> tuple[int, int, bool]:
    found = page_audit.goods_round(page)
    assert found is not None
    return found.done, found.of, found.is_over


def test_a_round_goes_on_where_a_dead_worker_left_it_and_looks_at_nothing_twice(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    (shelf, *_rest) = page_audit.look_by_address("/en/shelves/kitchen/", with_goods=True, actor=None, now=NOON)
    look = page_audit.look_at

    def dies_after_one(pages: Sequence[Listed], *, now: datetime) -> None:
        look(pages[:1], now=now)
        raise KeyboardInterrupt

    monkeypatch.setattr(page_audit, "look_at", dies_after_one)
    with pytest.raises(KeyboardInterrupt):
        page_audit.go_on(shelf.page, now=NOON + timedelta(seconds=5))
    monkeypatch.setattr(page_audit, "look_at", look)
    first = {subject for (kind, subject), at in content.looked_at().items() if kind == "product" and at > NOON}

    page_audit.go_on(shelf.page, now=NOON + timedelta(minutes=2))

    again = {subject for (kind, subject), at in content.looked_at().items() if kind == "product" and at == NOON + timedelta(minutes=2)}
    assert len(first) == 1
    assert len(again) == 2
    assert not first & again
    assert rounds(shelf.page) == (3, 3, True)


def test_a_round_of_which_nothing_is_heard_stands_still(shop: Corner) -> None:
    (shelf, *_rest) = page_audit.look_by_address("/en/shelves/kitchen/", with_goods=True, actor=None, now=NOON)
    found = page_audit.goods_round(shelf.page)

    assert found is not None
    assert found.is_under_way(NOON + timedelta(minutes=9))
    assert not found.is_under_way(NOON + timedelta(minutes=11))


def test_in_time_every_page_is_looked_at_and_then_nothing_until_something_changes(shop: Corner) -> None:
    every = len(listing.all_pages(NOON))
    seen = [page_audit.round_of_the_day(now=NOON + timedelta(minutes=10 * turn), most=4) for turn in range(every)]

    assert sum(seen) == every
    assert seen[-1] == 0
    models.Product.objects.filter(slug="lamp").update(changed_at=NOON + timedelta(days=1))
    assert page_audit.round_of_the_day(now=NOON + timedelta(days=2)) == 1


@pytest.mark.parametrize("address", ["/en/basket/", "/en/goods/nothing/", "/console/", "lamp", "{host}/en/basket/"])
def test_an_address_engines_may_not_keep_is_refused(shop: Corner, address: str) -> None:
    with pytest.raises(NotFound):
        page_audit.look_by_address(address.format(host=reading.settings.PUBLIC_URL), with_goods=False, actor=None, now=NOON)


@pytest.mark.parametrize(
    "address",
    ["/en/\ngoods/", "http://[", "https://testserver]/", "https://elsewhere.example/en/goods/lamp/", "//elsewhere.example/en/",
     "{host}.example/en/"],
)  # fmt: skip
def test_an_address_that_cannot_be_or_is_another_hosts_is_refused(shop: Corner, address: str) -> None:
    with pytest.raises(Malformed) as refused:
        page_audit.look_by_address(address.format(host=reading.settings.PUBLIC_URL), with_goods=False, actor=None, now=NOON)

    assert refused.value.field == "address"
    assert not content.looked_at()


def test_what_a_finding_names_mended_raises_the_score(shop: Corner) -> None:
    models.Product.objects.filter(slug="lamp").update(text_en="Good.", category=None)
    before = look(lamp(shop))
    assert "description_short" in codes(before)

    models.Product.objects.filter(slug="lamp").update(
        text_en="A small lamp of brass for the bedside, with a shade of linen and two metres of cable."
    )
    after = look(lamp(shop))

    assert after.score == before.score + rules.RULES["description_short"].cost
    assert after.score_before == before.score
