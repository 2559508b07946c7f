"""What search engines are told: one address a page, both languages, the map of the shop, what moved, and goods in their own terms."""

import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from shopkeeper.doors.storefront import engines, pages, site_map
from shopkeeper.doors.storefront.tests.builders import Corner, corner
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
HOST = re.compile(r"^https?://[^/]+")

REQUIRED = {
    "Product": {"name", "url", "description"},
    "Offer": {"price", "priceCurrency", "availability", "url"},
    "AggregateRating": {"ratingValue", "reviewCount"},
    "Review": {"author", "reviewRating"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name"},
    "OnlineStore": {"name", "url"},
    "WebSite": {"name", "url", "potentialAction"},
}
"""What search engines ask of each kind before they show it (their published lists of required properties)."""


@pytest.fixture
def shop() -> Corner:
    pages.forget()
    return corner()


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:300]
    return str(answer.content.decode())


def head(page: str) -> dict[str, Any]:
    """Return what a page's head says to engines."""
    canonical = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page))
    social = dict(re.findall(r'<meta property="([^"]*)" content="([^"]*)">', page))
    return {
        "canonical": [HOST.sub("", unescape(each)) for each in canonical],
        "alternates": {code: HOST.sub("", unescape(to)) for code, to in alternates.items()},
        "social": {name: unescape(value) for name, value in social.items()},
        "noindex": "noindex" in "".join(re.findall(r'<meta name="robots" content="([^"]*)">', page)),
    }


def told(page: str) -> list[dict[str, Any]]:
    """Return the things that a page tells in structured data, after looking at each for what engines require of its kind."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    things: list[dict[str, Any]] = json.loads(block)["@graph"]
    assert faults(things) == []
    return things


def faults(node: Any) -> list[str]:
    """Return what engines would find missing in structured data, everywhere below this node."""
    if isinstance(node, list):
        return [fault for each in node for fault in faults(each)]
    if not isinstance(node, dict):
        return []
    missing = REQUIRED.get(node.get("@type", ""), set()) - {name for name, value in node.items() if value not in ("", None, [])}
    return [f"{node['@type']} lacks {name}" for name in sorted(missing)] + faults(list(node.values()))


def of_kind(things: Iterable[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [each for each in things if each["@type"] == kind]
    return found


def addresses(client: Client, part: str) -> list[str]:
    tree = ElementTree.fromstring(read(client, part))
    return [HOST.sub("", str(each.text)) for each in tree.iter(f"{SITE}loc")]


# ── one address a page ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_names_its_one_address_and_itself_in_both_languages(shop: Corner) -> None:
    said = head(read(shop.visitor(), "/zh-hans/goods/lamp/?variant=1&by=newest"))

    assert said["canonical"] == ["/zh-hans/goods/lamp/"]
    assert said["alternates"] == {"en": "/en/goods/lamp/", "zh-Hans": "/zh-hans/goods/lamp/", "x-default": "/en/goods/lamp/"}
    assert not said["noindex"]


def test_the_order_of_a_shelf_makes_no_other_page_and_its_number_does(shop: Corner) -> None:
    client = shop.visitor()

    assert head(read(client, "/en/shelves/kitchen/?sort=price"))["canonical"] == ["/en/shelves/kitchen/"]
    assert engines.own_address(client.get("/en/goods/?page=3&sort=name").wsgi_request) == "/en/goods/?page=3"


@pytest.mark.parametrize("path", ["basket/", "search/?q=lamp", "sign-in/", "register/", "password/", "privacy-choice/", "goods/nothing/"])
def test_what_is_nobody_s_to_find_is_said_to_be_so_and_has_no_address(shop: Corner, path: str) -> None:
    page = shop.visitor().get(f"/en/{path}").content.decode()

    said = head(page)
    assert said["noindex"]
    assert said["canonical"] == []
    assert said["alternates"] == {}
    assert said["social"] == {}


@pytest.mark.parametrize("path", ["", "shelves/", "goods/", "shelves/kitchen/", "goods/lamp/", "about/terms/"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_listed_page_has_title_description_address_and_card(shop: Corner, path: str, language: str) -> None:
    page = read(shop.visitor(language), f"/{language}/{path}")

    said = head(page)
    (title,) = re.findall(r"<title>(.*?)</title>", page.partition("</head>")[0])
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', page)
    assert len(title) > 5
    assert description
    assert said["canonical"] == [f"/{language}/{path}"]
    assert said["social"]["og:title"]
    assert unescape(title).startswith(said["social"]["og:title"])
    assert said["social"]["og:description"] == unescape(description)
    assert HOST.sub("", said["social"]["og:url"]) == f"/{language}/{path}"
    assert page.count("<h1") == 1


def test_a_product_s_card_says_its_price(shop: Corner) -> None:
    social = head(read(shop.visitor(), "/en/goods/lamp/"))["social"]

    assert (social["og:type"], social["product:price:amount"], social["product:price:currency"]) == ("product", "12.00", "GBP")


# ── what moved ────────────────────────────────────────────────────────────────────────────────────────────────────────


def renamed(shop: Corner, slug: str, new: str) -> None:
    models.Product.objects.filter(slug=slug).update(slug=new)


def test_a_renamed_product_is_found_under_every_name_it_had(shop: Corner) -> None:
    client = shop.visitor()
    renamed(shop, "lamp", "brass-lamp")
    renamed(shop, "brass-lamp", "lantern")

    for former in ("lamp", "brass-lamp"):
        answer = client.get(f"/zh-hans/goods/{former}/?variant=7")
        assert answer.status_code == 301
        assert answer["Location"] == "/zh-hans/goods/lantern/?variant=7"
    assert client.get("/en/goods/lantern/").status_code == 200


def test_a_renamed_shelf_is_found_under_its_former_name(shop: Corner) -> None:
    models.Category.objects.filter(slug="cups").update(slug="mugs")

    answer = shop.visitor().get("/en/shelves/cups/?sort=price")

    assert (answer.status_code, answer["Location"]) == (301, "/en/shelves/mugs/?sort=price")


def test_a_name_given_to_another_thing_names_that(shop: Corner) -> None:
    client = shop.visitor()
    renamed(shop, "lamp", "lantern")
    renamed(shop, "box", "lamp")

    assert "Tin box" in read(client, "/en/goods/lamp/")
    assert client.get("/en/goods/box/")["Location"] == "/en/goods/lamp/"


def test_what_is_not_published_is_not_led_to(shop: Corner) -> None:
    renamed(shop, "lamp", "lantern")
    catalog.unpublish(product_id=shop.products["lamp"].id, actor=None, now=timezone.now())

    assert shop.visitor().get("/en/goods/lamp/").status_code == 404


def test_back_to_the_first_name_leads_nowhere_else(shop: Corner) -> None:
    renamed(shop, "lamp", "lantern")
    renamed(shop, "lantern", "lamp")

    client = shop.visitor()
    assert client.get("/en/goods/lamp/").status_code == 200
    assert client.get("/en/goods/lantern/")["Location"] == "/en/goods/lamp/"


# ── the map ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_map_names_every_page_in_both_languages_and_each_of_them_answers(shop: Corner) -> None:
    client = shop.visitor()
    assert re.search(r"^Sitemap: \S+/sitemap\.xml$", read(client, "/robots.txt"), re.MULTILINE)

    parts = addresses(client, "/sitemap.xml")
    found = [address for part in parts for address in addresses(client, part)]

    assert parts == ["/sitemap/shelves.xml", "/sitemap/goods-1.xml"]
    assert {f"/{code}/goods/{slug}/" for code in ("en", "zh-hans") for slug in ("lamp", "cup", "box")} <= set(found)
    assert {"/en/", "/zh-hans/shelves/cups/", "/en/about/terms/"} <= set(found)
    assert len(found) == len(set(found))
    for address in found:
        assert head(read(client, address))["canonical"] == [address]


def test_the_map_holds_what_is_published_alone_in_parts(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_map, "ON_A_MAP", 1)
    client = shop.visitor()
    catalog.unpublish(product_id=shop.products["cup"].id, actor=None, now=timezone.now())

    assert addresses(client, "/sitemap.xml")[1:] == ["/sitemap/goods-1.xml", "/sitemap/goods-2.xml"]
    assert addresses(client, "/sitemap/goods-2.xml") == ["/en/goods/box/", "/zh-hans/goods/box/"]
    assert [client.get(f"/sitemap/{part}.xml").status_code for part in ("goods-3", "goods-0", "goods-x", "other")] == [404] * 4


def test_each_entry_of_the_map_names_its_other_languages(shop: Corner) -> None:
    tree = ElementTree.fromstring(read(shop.visitor(), "/sitemap/goods-1.xml"))

    for entry in tree:
        links = {each.get("hreflang"): HOST.sub("", str(each.get("href"))) for each in entry.iter(LINK)}
        assert set(links) == {"en", "zh-Hans"}
        assert HOST.sub("", str(entry.findtext(f"{SITE}loc"))) in links.values()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(entry.findtext(f"{SITE}lastmod")))


# ── in their own terms ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_is_told_with_its_offer_and_where_it_stands(shop: Corner) -> None:
    things = told(read(shop.visitor(), "/en/goods/lamp/"))

    product = of_kind(things, "Product")
    offer = product["offers"]
    assert (product["name"], product["sku"], "aggregateRating" in product) == ("Brass lamp", "LAMP", False)
    assert (offer["price"], offer["priceCurrency"], offer["availability"]) == ("12.00", "GBP", "https://schema.org/InStock")
    assert offer["priceSpecification"]["valueAddedTaxIncluded"] is True
    assert [each["name"] for each in of_kind(things, "BreadcrumbList")["itemListElement"]] == ["Home", "Kitchen", "Brass lamp"]


def test_every_choice_is_an_offer_and_what_is_sold_out_says_so(shop: Corner) -> None:
    client = shop.visitor()

    cup = of_kind(told(read(client, "/zh-hans/goods/cup/")), "Product")
    box = of_kind(told(read(client, "/en/goods/box/")), "Product")

    assert cup["name"] == "搪瓷杯"
    assert [(each["sku"], each["price"], each["availability"].rpartition("/")[2]) for each in cup["offers"]] == [
        ("CUP-S", "8.50", "InStock"),
        ("CUP-L", "11.50", "OutOfStock"),
    ]
    assert box["offers"]["availability"] == "https://schema.org/OutOfStock"


def test_goods_without_a_price_have_no_offer(shop: Corner) -> None:
    catalog.save_product(
        product_id=None,
        slug="bare",
        name=Bilingual("Bare thing", "素胚"),
        text=Bilingual(),
        category_id=None,
        variants=[VariantDraft(sku="BARE")],
        is_published=True,
        actor=None,
        now=timezone.now(),
    )

    product = of_kind(told(read(shop.visitor(), "/en/goods/bare/")), "Product")

    assert product["sku"] == "BARE"
    assert "offers" not in product


def test_shop_and_shelf_are_told_in_engines_terms(shop: Corner) -> None:
    client = shop.visitor()

    home, shelf = told(read(client, "/en/")), told(read(client, "/en/shelves/kitchen/"))

    assert of_kind(home, "OnlineStore")["legalName"] == "Corner Ltd"
    assert of_kind(home, "WebSite")["potentialAction"]["target"]["urlTemplate"].endswith("/en/search/?q={search_term_string}")
    assert [each["name"] for each in of_kind(shelf, "ItemList")["itemListElement"]] == ["Brass lamp", "Enamel cup", "Tin box"]


def test_words_cannot_break_out_of_what_engines_are_told(shop: Corner) -> None:
    models.Product.objects.filter(slug="lamp").update(name_en='</script><script>alert("x")</script>')

    page = read(shop.visitor(), "/en/goods/lamp/")

    assert "<script>alert" not in page
    assert of_kind(told(page), "Product")["name"].startswith("</script>")


def test_a_missing_word_in_structured_data_is_found() -> None:
    """The check itself: a product whose offer has no price, and a trail without steps, turn it red."""
    planted = [{"@type": "Product", "name": "Lamp", "url": "/", "description": "x", "offers": {"@type": "Offer", "priceCurrency": "GBP"}}]

    assert faults(planted) == ["Offer lacks availability", "Offer lacks price", "Offer lacks url"]
    assert faults([{"@type": "BreadcrumbList", "itemListElement": []}]) == ["BreadcrumbList lacks itemListElement"]
