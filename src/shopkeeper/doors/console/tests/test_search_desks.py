"""What is searched for, and what staff tell search: words that mean the same, searches that lead elsewhere, goods that stand first."""

from typing import Any

import pytest

from shopkeeper.doors.console.tests.builders import Staff, marks, steered
from shopkeeper.doors.console.tests.test_bad_input import errors, wrong_fields
from shopkeeper.flows import index_products, searching
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.search import models
from shopkeeper.selling.search import public as search


def rows(name: str) -> list[Any]:
    return list({"synonyms": models.Synonyms, "redirects": models.Redirect, "pins": models.Pin}[name].objects.all())


def test_words_that_mean_the_same_are_written_changed_and_removed(shop: SmallShop, owner: Staff) -> None:
    index_products.index_all()

    owner.post("synonyms/new/", words="brew\ntea\n茶饮")
    assert [card.product.slug for card in searching.found(text="茶饮")] == ["tea"]
    (row,) = rows("synonyms")
    owner.post(f"synonyms/{row.pk}/edit/", words="brew\ncup")
    assert [card.product.slug for card in searching.found(text="brew")] == ["cup"]
    search.remove_synonyms(synonyms_id=row.pk, actor=owner.id, now=NOON)
    assert searching.found(text="brew").total == 0


def test_a_search_is_led_elsewhere_and_goods_are_put_first(shop: SmallShop, owner: Staff) -> None:
    index_products.index_all()

    owner.client.post("/console/redirects/new/", {"asked_words": "Opening hours", "address": "/en/about/returns/"})
    owner.post("pins/new/", asked_words="tea", goods="CUP\ntea")

    assert searching.found(text="opening hours").leads_to == "/en/about/returns/"
    assert [card.product.slug for card in searching.found(text="tea")] == ["cup", "tea"]
    (row,) = rows("pins")
    assert "cup" in owner.text(f"pins/{row.pk}/edit/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("desk", "given", "field"),
    [
        ("synonyms", {"words": "one"}, "words"),
        ("synonyms", {"words": "tea\nbrew"}, "words"),
        ("redirects", {"asked_words": "x", "address": "https://example.com/"}, "address"),
        ("redirects", {"asked_words": "!!", "address": "/en/"}, "asked_words"),
        ("redirects", {"asked_words": "opening hours", "address": "/en/"}, "asked_words"),
        ("pins", {"asked_words": "x", "goods": "no-such-thing"}, "goods"),
        ("pins", {"asked_words": "gift", "goods": "TEA"}, "asked_words"),
        ("pins", {"asked_words": "x", "goods": "  "}, "goods"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(owner: Staff, desk: str, given: dict[str, str], field: str, language: str) -> None:
    steered()
    owner.read(language)
    before = marks()

    answer = owner.client.post(f"/console/{desk}/new/", given)

    assert answer.status_code == 422
    said = errors(answer.content.decode())
    assert field in wrong_fields(answer.content.decode())
    assert any("一" <= letter <= "鿿" for letter in "".join(said)) == (language == "zh-hans"), said
    assert len(rows(desk)) == 1
    assert marks() == before


def test_the_report_shows_words_by_day_and_leads_to_the_forms_with_them(shop: SmallShop, owner: Staff) -> None:
    steered()
    search.count("samovar", found=0, holds_goods=False, language="en", day=NOON.date())

    page = owner.text("searches/")

    assert "teapot" in page
    assert "samovar" not in page
    assert "one of a kind, not kept in words" in page
    assert "teapot" not in owner.text("searches/?what=vain")
    assert "teapot</textarea>" in owner.text("synonyms/new/?words=teapot")


def test_the_report_is_taken_away_as_a_file(shop: SmallShop, owner: Staff) -> None:
    steered()

    file = owner.get("searches/?export=csv")

    assert file.status_code == 200
    assert b"teapot" in b"".join(file.streaming_content if file.streaming else [file.content])


def test_a_clerk_sees_the_report_and_changes_nothing(shop: SmallShop, clerk: Staff) -> None:
    assert clerk.get("searches/").status_code == 200
    clerk.post("synonyms/new/", words="brew\ntea")

    assert rows("synonyms") == []
