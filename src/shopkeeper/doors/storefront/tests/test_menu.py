"""The menu: a panel for each main shelf, opened and shut without script, at no cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.storefront import pages
from shopkeeper.doors.storefront.menu import is_drawn_from
from shopkeeper.doors.storefront.tests.builders import NOON, Corner, corner
from shopkeeper.kit.ids import CategoryId, CollectionId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Sort
from shopkeeper.selling.catalog.shapes_collections import (
    Collection,
    CollectionDraft,
    CollectionKind,
    Condition,
    ConditionKind,
    Edit,
    EditKind,
    Match,
    Rule,
)

pytestmark = pytest.mark.django_db

OWN = frozenset({CategoryId(1), CategoryId(2)})


@pytest.fixture
def shop() -> Corner:
    return corner()


def shelf(*ids: int) -> Condition:
    return Condition(kind=ConditionKind.CATEGORY, ids=ids)


def collection(slug: str, *conditions: Condition, match: Match = Match.ALL, **more: bool) -> Collection:
    draft = CollectionDraft(
        slug=slug, name=Bilingual(slug.title(), f"{slug}集"), kind=CollectionKind.RULE, rule=Rule(match=match, conditions=conditions),
        is_published=True, **{"is_in_menu": True} | more,
    )  # fmt: skip
    made = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    return next(each for each in catalog.collections() if each.id == made)


def menu(shop: Corner, language: str = "en") -> str:
    page = shop.visitor(language).get(f"/{language}/about/terms/").content.decode()
    return page.split('<nav class="shelves"')[1].split("</nav>")[0]


def panels(text: str) -> dict[str, str]:
    """Return what stands in the panel of each main shelf, by the word that opens it."""
    found = re.findall(r'<details class="mega one".*?<summary[^>]*>(.*?)</summary>(.*?)</details>', text, re.S)
    return dict(found)


@pytest.mark.parametrize(
    ("language", "word", "all_of"), [("en", "Kitchen", "Everything in Kitchen"), ("zh-hans", "厨房", "“厨房”的全部商品")]
)
def test_each_main_shelf_has_a_panel_with_the_shelves_below_it_and_itself(shop: Corner, language: str, word: str, all_of: str) -> None:
    found = panels(menu(shop, language))

    assert list(found) == [word]
    assert all_of in found[word]
    assert re.findall(r'href="/[a-z-]+/shelves/([a-z-]+)/"', found[word]) == ["kitchen", "cups"]
    assert "/collections/" not in found[word]


@pytest.mark.parametrize(("path", "word"), [("/en/shelves/kitchen/", "Kitchen"), ("/en/shelves/", "All shelves")])
def test_where_somebody_is_is_told_to_who_listens_too(shop: Corner, path: str, word: str) -> None:
    page = shop.visitor().get(path).content.decode()

    assert re.findall(r'<summary[^>]* aria-current="true">(.*?)</summary>', page) == [word]
    assert not re.search(r"<summary[^>]*aria-current", menu(shop))


def test_a_collection_stands_with_the_shelf_it_is_drawn_from(shop: Corner) -> None:
    collection("blue", shelf(shop.kitchen), Condition(kind=ConditionKind.NAME, text="a"))
    collection("anything", Condition(kind=ConditionKind.NAME, text="a"))
    collection("quiet", shelf(shop.kitchen), is_in_menu=False)

    found = panels(menu(shop))["Kitchen"]

    assert re.findall(r'href="/en/collections/([a-z-]+)/"', found) == ["blue"]


def test_a_shelf_with_nothing_below_it_is_a_plain_link(shop: Corner) -> None:
    garden = catalog.save_category(
        category_id=None, slug="garden", name=Bilingual("Garden", "花园"), intro=Bilingual(), parent_id=None, drawing="cup", position=9,
        is_derived=False, actor=None, now=NOON,
    )  # fmt: skip
    lamp = shop.products["lamp"]
    catalog.edit_products(product_ids=[lamp.id], edit=Edit(kind=EditKind.CATEGORY, target=garden), reason="moved", actor=None, now=NOON)

    text = menu(shop)

    assert "Garden" not in panels(text)
    assert re.search(r'<a href="/en/shelves/garden/">Garden</a>', text)


def test_everything_stands_in_one_list_for_narrow_screens(shop: Corner) -> None:
    everything = menu(shop).split('<details class="mega" ')[1]

    assert re.findall(r'href="/en/shelves/([a-z-]+)/"', everything) == ["kitchen", "cups"]
    assert 'href="/en/shelves/"' in everything


def test_it_opens_and_shuts_without_script_one_panel_at_a_time(shop: Corner) -> None:
    text = menu(shop)

    opened = re.findall(r"<details ([^>]*)>\s*<summary", text)
    assert len(opened) == 2
    assert all('name="menu"' in each and " open" not in each for each in opened)
    assert "role=" not in text


@pytest.mark.parametrize(
    ("rule", "is_own"),
    [
        (Rule(conditions=(shelf(1),)), True),
        (Rule(conditions=(shelf(1, 2), Condition(kind=ConditionKind.NEW, days=3))), True),
        (Rule(conditions=(shelf(1, 3),)), False),
        (Rule(conditions=(shelf(3), shelf(2))), True),
        (Rule(match=Match.ANY, conditions=(shelf(1), shelf(2))), True),
        (Rule(match=Match.ANY, conditions=(shelf(1), Condition(kind=ConditionKind.NEW, days=3))), False),
        (Rule(conditions=(Condition(kind=ConditionKind.BRAND, ids=(1,)),)), False),
        (Rule(conditions=(shelf(),)), False),
        (Rule(), False),
    ],
)
def test_a_collection_belongs_to_a_shelf_only_where_its_rule_lets_in_nothing_else(rule: Rule, is_own: bool) -> None:
    made = Collection(
        id=CollectionId(1), slug="any", name=Bilingual(), intro=Bilingual(), drawing="", tint="", kind=CollectionKind.RULE, rule=rule,
        sort=Sort.NEWEST, is_published=True, is_in_menu=True, position=0, starts_at=None, ends_at=None,
    )  # fmt: skip

    assert is_drawn_from(made, OWN) is is_own


@pytest.mark.django_db(transaction=True)
def test_the_panels_cost_no_statement_more(shop: Corner) -> None:
    client = shop.visitor()
    client.get("/en/")
    counted = []
    for slug in ("blue", "red"):
        pages.forget()
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/about/terms/")
        counted.append(len(asked))
        collection(slug, shelf(shop.kitchen))
        client.get("/en/")

    assert counted[0] == counted[1] <= 6
