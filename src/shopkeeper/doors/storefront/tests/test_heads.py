"""What a page's head says: staff's own words for engines at once, else words made from the page; and the picture of its card."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client

from shopkeeper.doors.storefront import kept, pages
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.doors.storefront.tests.test_collections import a_collection, put
from shopkeeper.doors.storefront.tests.test_engines import head, of_kind, told
from shopkeeper.doors.storefront.tests.test_pictures import shown
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import models as content_models
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import EngineWords, WordsKind
from shopkeeper.selling.content.tests.builders import lengths

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Corner:
    pages.forget()
    kept.forget()
    return corner()


def write(kind: WordsKind, subject_id: int, title: Bilingual, description: Bilingual | None = None) -> None:
    words = EngineWords(title=title, description=description or Bilingual())
    content.save_engine_words(kind=kind, subject_id=subject_id, words=words, actor=None, now=NOON)


def read(client: Client, address: str) -> tuple[str, str, dict[str, str]]:
    """Return a page's title, its description, and what its card says."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = answer.content.decode()
    (title,) = re.findall(r"<title>(.*?)</title>", page.partition("</head>")[0])
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', page)
    names = dict(re.findall(r'<meta name="([^"]*)" content="([^"]*)">', page))
    return unescape(title), unescape(description), head(page)["social"] | names


# ── staff's own words ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_for_engines_stand_in_the_head_of_product_shelf_and_collection(shop: Corner) -> None:
    gifts = put(a_collection("gifts"), shop.products["cup"].id) or next(each.id for each in catalog.collections() if each.slug == "gifts")
    for kind, subject, address in (
        (WordsKind.PRODUCT, shop.products["lamp"].id, "/en/goods/lamp/"),
        (WordsKind.CATEGORY, shop.kitchen, "/en/shelves/kitchen/"),
        (WordsKind.COLLECTION, gifts, "/en/collections/gifts/"),
    ):
        write(kind, int(subject), Bilingual(f"Told of {kind}", ""), Bilingual("What staff & nobody else wrote of it.", ""))

        title, description, social = read(shop.visitor(), address)

        assert title == f"Told of {kind.value} · Corner shop"
        assert description == social["og:description"] == "What staff & nobody else wrote of it."
        assert social["og:title"] == f"Told of {kind.value}"


def test_what_was_written_in_one_language_is_not_told_in_the_other(shop: Corner) -> None:
    write(WordsKind.PRODUCT, shop.products["lamp"].id, Bilingual("Told in English", ""), Bilingual("", "只用中文说的。"))

    assert read(shop.visitor(), "/en/goods/lamp/")[:2] == (
        "Told in English · Corner shop",
        "**Good** for <rainy> days. Kitchen. Good things",
    )
    assert read(shop.visitor(), "/zh-hans/goods/lamp/")[:2] == ("黄铜灯 · 街角小铺", "只用中文说的。")


def test_the_shop_s_name_follows_unless_it_stands_in_the_title(shop: Corner) -> None:
    write(WordsKind.PRODUCT, shop.products["lamp"].id, Bilingual("A lamp from the Corner shop, London", ""))

    assert read(shop.visitor(), "/en/goods/lamp/")[0] == "A lamp from the Corner shop, London"


def test_kept_pages_say_new_words_at_once_and_the_made_ones_when_these_go(shop: Corner) -> None:
    client, lamp = shop.visitor(), shop.products["lamp"].id
    marks = [catalog.editions()]
    for address in ("/en/goods/lamp/", "/en/goods/box/", "/en/shelves/kitchen/"):
        read(client, address)

    for title in ("First words", "Second words", ""):
        write(WordsKind.PRODUCT, lamp, Bilingual(title, ""))
        marks.append(catalog.editions())
        pages._shelf._seen.clear()
        assert read(client, "/en/goods/lamp/")[0].startswith(title or "Brass lamp")

    kitchen = {each.of((shop.kitchen,)) for each in marks}
    assert len(kitchen) == 4
    assert len({each.of(()) for each in marks}) == 1


def test_words_for_a_shelf_move_that_shelf_and_for_a_collection_the_shop(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id)
    before = catalog.editions()

    write(WordsKind.CATEGORY, shop.kitchen, Bilingual("Pots", ""))
    shelf = catalog.editions()
    write(WordsKind.COLLECTION, 1, Bilingual("Gifts", ""))
    whole = catalog.editions()

    assert shelf.of((shop.kitchen,)) != before.of((shop.kitchen,))
    assert shelf.of(()) == before.of(())
    assert whole.of(()) != shelf.of(())


def test_words_undone_with_their_transaction_never_show(shop: Corner) -> None:
    client = shop.visitor()
    with transaction.atomic():
        write(WordsKind.PRODUCT, shop.products["lamp"].id, Bilingual("Never", ""))
        transaction.set_rollback(True)

    assert read(client, "/en/goods/lamp/")[0] == "Brass lamp · Corner shop"
    assert not content_models.EngineWords.objects.exists()


# ── words made from the page ──────────────────────────────────────────────────────────────────────────────────────────


def test_pages_nobody_wrote_words_for_have_descriptions_of_their_own(shop: Corner) -> None:
    put(a_collection("gifts"), shop.products["cup"].id)
    client = shop.visitor()

    said = {address: read(client, address)[1] for address in (
        "/en/", "/en/goods/", "/en/shelves/", "/en/shelves/kitchen/", "/en/shelves/cups/", "/en/collections/", "/en/collections/gifts/",
        "/en/goods/lamp/", "/en/goods/cup/",
    )}  # fmt: skip

    assert len(set(said.values())) >= 7
    assert said["/en/shelves/"] == "Everything in the shop, in its place. Kitchen"
    assert said["/en/shelves/kitchen/"] == "Good things. Brass lamp. Enamel cup. Tin box"


def test_a_long_text_is_cut_where_an_engine_would_cut_it_in_both_languages(shop: Corner) -> None:
    models.Product.objects.filter(slug="lamp").update(text_en="A lamp of brass. " * 40, text_zh="放在床头的小灯。" * 40)

    for address in ("/en/goods/lamp/", "/zh-hans/goods/lamp/"):
        said = read(shop.visitor(), address)[1]
        assert said.endswith(" …")
        assert lengths.LEAST_DESCRIPTION_PX < lengths.description_px(said) <= lengths.DESCRIPTION_PX


# ── the card's picture ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["", "goods/", "shelves/kitchen/", "goods/lamp/", "collections/gifts/"])
def test_the_card_of_a_page_shows_a_picture_of_its_goods(shop: Corner, path: str, settings: object) -> None:
    put(a_collection("gifts"), shop.products["lamp"].id)
    made = shown(shop, "lamp", alt=Bilingual('A "brass" lamp', "黄铜灯"))

    social = read(shop.visitor(), f"/en/{path}")[2]

    assert social["og:image"] == f"{settings.PUBLIC_URL}/media/{made.whole.key}/1440.jpg"  # type: ignore[attr-defined]
    assert (social["og:image:width"], social["og:image:height"], social["og:image:alt"]) == ("1440", "960", 'A "brass" lamp')
    assert social["twitter:card"] == "summary_large_image"
    assert unescape(social["twitter:image:alt"]) == 'A "brass" lamp'
    assert shop.visitor().get(f"/media/{made.whole.key}/1440.jpg").status_code == 200


def test_without_a_picture_a_card_names_none(shop: Corner) -> None:
    social = read(shop.visitor(), "/en/goods/lamp/")[2]

    assert social["twitter:card"] == "summary"
    assert not [name for name in social if "image" in name]


def test_a_product_s_pictures_are_told_in_engines_terms(shop: Corner) -> None:
    made = shown(shop, "lamp")
    product = of_kind(told(shop.visitor().get("/en/goods/lamp/").content.decode()), "Product")

    assert [each.rpartition("/media/")[2] for each in product["image"]] == [f"{made.whole.key}/1440.jpg"]
