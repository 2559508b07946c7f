"""Search optimisation over the API: how pages were found, looking now, and words for engines."""

import pytest

from shopkeeper.doors.api.tests.builders import Caller, Staff
from shopkeeper.flows.tests.builders import SmallShop
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.content import public as content
from shopkeeper.selling.content.shapes_pages import PageKind, WordsKind
from shopkeeper.selling.content.tests.builders import a_look

pytestmark = pytest.mark.django_db


def test_staff_read_how_pages_were_found_the_worst_first(shop: SmallShop, caller: Caller) -> None:
    a_look()
    a_look(PageKind.SHELVES, address="/en/shelves/")

    clerk = Staff(Role.CLERK)
    answer = clerk.get("staff/pages")

    item = answer.body["items"][0]
    assert (item["address"], item["score"], item["kind"], item["score_before"]) == ("/en/", 79, "home", None)
    slow = next(each for each in item["findings"] if each["code"] == "answer_slow")
    assert slow == {
        "code": "answer_slow", "severity": "minor", "fix": "operator", "values": {"ms": 900, "most": 600},
        "problem": "The first byte came after 900 ms; up to 600 is good.", "remedy": slow["remedy"],
    }  # fmt: skip
    assert answer.body["total"] == 2
    assert clerk.get("staff/pages?finding=link_broken").body["items"] == []
    assert clerk.get("staff/pages?below=10").body["items"] == []
    assert caller.get("staff/pages").status == 401


@pytest.mark.parametrize("query", ["finding=nothing", "below=0", "below=102", "page=0"])
def test_what_cannot_be_asked_is_refused(shop: SmallShop, query: str) -> None:
    answer = Staff(Role.CLERK).get(f"staff/pages?{query}")

    assert answer.status == 422
    assert answer.body["field"] == query.partition("=")[0]


def test_a_page_is_looked_at_now_in_both_languages(shop: SmallShop) -> None:
    slug = catalog.product_by_id(catalog.goods_of(shop.variants["TEA"]).product_id).slug

    looks = Staff(Role.MANAGER).post("staff/pages/look", {"address": f"/zh-hans/goods/{slug}/"})

    assert looks.status == 200
    assert [each["address"] for each in looks.body] == [f"/en/goods/{slug}/", f"/zh-hans/goods/{slug}/"]
    assert Staff(Role.OWNER).post("staff/pages/look", {"address": "/en/basket/"}).status == 404
    assert Staff(Role.CLERK).post("staff/pages/look", {"address": "/en/"}).status == 403


def test_words_for_engines_are_put_and_read_back(shop: SmallShop) -> None:
    tea, manager = catalog.goods_of(shop.variants["TEA"]).product_id, Staff(Role.MANAGER)
    body = {"title_en": "Loose tea", "description_zh": "春茶。"}

    first = manager.put(f"staff/engine-words/product/{tea}", body)
    again = manager.put(f"staff/engine-words/product/{tea}", body)

    assert (first.status, again.status, first.body) == (200, 200, again.body)
    assert manager.get(f"staff/engine-words/product/{tea}").body == {
        "title_en": "Loose tea", "title_zh": "", "description_en": "", "description_zh": "春茶。",
    }  # fmt: skip
    assert content.engine_words(WordsKind.PRODUCT, tea).title.en == "Loose tea"


@pytest.mark.parametrize(
    ("way", "body", "status"),
    [
        ("product/999999", {"title_en": "x"}, 404),
        ("category/999999", {"title_en": "x"}, 404),
        ("collection/999999", {"title_en": "x"}, 404),
        ("brand/1", {"title_en": "x"}, 422),
        ("product/1", {"title_en": "x" * 151}, 422),
        ("product/1", {"title": "x"}, 422),
    ],
)
def test_words_for_nothing_and_words_that_cannot_be_are_refused(shop: SmallShop, way: str, body: dict[str, str], status: int) -> None:
    assert Staff(Role.OWNER).put(f"staff/engine-words/{way}", body).status == status
    assert not content.engine_words(WordsKind.PRODUCT, 1).says_something
