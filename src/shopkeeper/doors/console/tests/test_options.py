"""Options, missing variants, size tables and related goods in the console: shown before they are saved, refused in words."""

import html
import re
from typing import Any

import pytest

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_options import Extras, LinkKind, Option, OptionDraft, OptionValueDraft
from shopkeeper.selling.catalog.tests.builders import an_attribute

pytestmark = pytest.mark.django_db


def said(answer: Any) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def tea() -> ProductId:
    return catalog.goods_by_sku(["TEA"])["TEA"].product_id


def extras() -> Extras:
    return catalog.extras(tea())


def own_options(*sizes: str) -> tuple[Option, ...]:
    values = tuple(OptionValueDraft(name=Bilingual(each, f"{each}号")) for each in sizes)
    drafts = [OptionDraft(name=Bilingual("Size", "尺码"), values=values)]
    return catalog.save_options(product_id=tea(), options=drafts, actor=None, now=NOON)


def filled(answer: Any) -> dict[str, str]:
    """Return what the fields of a form begin with, as a browser would send them."""
    text = answer.content.decode()
    found = {}
    for field in re.findall(r"<input [^>]+>", text):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and 'type="checkbox"' in field:
            found |= {name[1]: "on"} if " checked" in field else {}
        elif name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    for name, words in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        found[name] = html.unescape(words).strip()
    return {name: value for name, value in found.items() if name not in ("csrfmiddlewaretoken", "next")}


# ── options ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_values_are_renamed_reordered_added_and_taken_away_in_one_form(shop: SmallShop, owner: Staff) -> None:
    own_options("Small", "Large")
    address = f"products/{tea()}/options/"
    data = filled(owner.get(address))
    assert (data["value_en_0_0"], data["order_0_1"], data["name_zh_0"]) == ("Small", "2", "尺码")

    data |= {"value_en_0_0": "Tiny", "order_0_0": "3", "value_en_0_1": "", "value_zh_0_1": "", "more_0": "Huge | 特大 | #112233"}
    data |= {"name_en_1": "Leaf", "more_1": "Green\n\nBlack", "place_1": "1", "place_0": "2"}
    answer = owner.post(address, **data)

    assert answer.status_code == 302, said(answer)
    leaf, size = extras().options
    assert [each.name.en for each in leaf.values] == ["Green", "Black"]
    assert [(each.name.en, each.name.zh, each.swatch) for each in size.values] == [("Tiny", "Small号", ""), ("Huge", "特大", "#112233")]
    assert catalog.product_by_id(tea()).variants[0].option.en == "Green, Tiny"


def test_an_option_takes_the_answers_of_an_attribute_and_keeps_those_that_stay_ticked(shop: SmallShop, owner: Staff) -> None:
    colour = an_attribute()
    address = f"products/{tea()}/options/"
    assert owner.post(address, **filled(owner.get(address)) | {"attribute_0": str(colour.id)}).status_code == 302
    assert [each.code for each in extras().options[0].values] == ["red", "green", "blue"]

    data = filled(owner.get(address))
    del data["keep_0_1"]
    assert owner.post(address, **data).status_code == 302
    assert [each.code for each in extras().options[0].values] == ["red", "blue"]
    assert owner.post(address, **filled(owner.get(address)) | {"more_0": "green"}).status_code == 302
    refused = owner.post(address, **filled(owner.get(address)) | {"more_0": "mauve"})
    assert (refused.status_code, "mauve" in said(refused)) == (422, True)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1 variant on sale stands for “Small”."), ("zh-hans", "有 1 个在售规格对应“Small”。")]
)
def test_a_value_in_use_is_refused_in_words_and_nothing_changes(shop: SmallShop, owner: Staff, language: str, words: str) -> None:
    own_options("Small", "Large")
    owner.read(language)
    address = f"products/{tea()}/options/"
    data = filled(owner.get(address)) | {"value_en_0_0": "", "value_zh_0_0": ""}

    refused = owner.post(address, **data)

    assert refused.status_code == 422
    assert words in said(refused)
    assert len(extras().options[0].values) == 2


def test_the_form_of_a_product_asks_the_options_in_place_of_free_words(shop: SmallShop, owner: Staff) -> None:
    (size,) = own_options("Small", "Large")
    address = f"products/{tea()}/edit/"
    data = filled(owner.get(address))
    assert data["value_1_0"] == str(size.values[0].id)
    assert not any(name.startswith("option_en") for name in data)

    data |= {"sku_1": "TEA-L", "value_1_1": str(size.values[1].id), "sellable_1": "on"}
    assert owner.post(address, **data).status_code == 302
    assert [(each.sku, each.option.en) for each in catalog.product_by_id(tea()).variants] == [("TEA", "Small"), ("TEA-L", "Large")]
    twice = owner.post(address, **filled(owner.get(address)) | {"value_1_1": str(size.values[0].id)})
    assert "would stand for the same" in said(twice)


# ── missing variants ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_missing_combinations_are_shown_with_skus_before_they_are_made(shop: SmallShop, owner: Staff) -> None:
    own_options("Small", "Large", "Huge")
    address = f"products/{tea()}/variants/"

    shown = owner.get(address)
    assert "2 combinations are missing" in said(shown)
    data = filled(shown)
    assert sorted(value for name, value in data.items() if name.startswith("sku_")) == ["TEA-HUGE", "TEA-LARGE"]
    assert len(catalog.product_by_id(tea()).variants) == 1

    left_out = next(name for name, value in data.items() if value == "TEA-HUGE")
    assert owner.post(address, **data | {left_out: ""}).status_code == 302
    assert [each.sku for each in catalog.product_by_id(tea()).variants] == ["TEA", "TEA-LARGE"]


def test_more_combinations_than_a_product_may_have_are_refused_with_their_number(shop: SmallShop, owner: Staff) -> None:
    drafts = [
        OptionDraft(name=Bilingual(name), values=tuple(OptionValueDraft(name=Bilingual(f"{name}{number}")) for number in range(size)))
        for name, size in (("A", 15), ("B", 14))
    ]
    catalog.save_options(product_id=tea(), options=drafts, actor=None, now=NOON)

    refused = owner.post(f"products/{tea()}/variants/", weight_g="1")

    assert refused.status_code == 422
    assert "These options have 210 combinations; a product has at most 200 variants." in said(refused)
    assert owner.get(f"products/{tea()}/variants/").status_code == 200


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

TABLE = {"name_en": "Shirts", "name_zh": "衬衫", "columns": "Chest | 胸围 | cm\nFit | 版型", "rows": "S | 86–90 | close\nM | 96 |"}


def test_a_size_table_is_shown_as_it_is_read_and_wrong_lines_are_named(shop: SmallShop, owner: Staff) -> None:
    refused = owner.post("size-tables/new/", **TABLE | {"rows": "S | 86–90 | close\nM | wide | x"})
    assert refused.status_code == 422
    assert "Line 2 cannot be read: “M | wide | x”." in said(refused)
    assert catalog.size_tables() == ()

    assert owner.post("size-tables/new/", **TABLE).status_code == 302
    (table,) = catalog.size_tables()
    shown = owner.get(f"size-tables/{table.id}/edit/")
    assert "Chest 86–90 cm · Fit close" in said(shown)
    assert filled(shown)["rows"] == "S | 86–90 | close\nM | 96 |"


def test_a_product_takes_a_table_of_its_own_and_gives_it_back(shop: SmallShop, owner: Staff) -> None:
    owner.post("size-tables/new/", **TABLE)
    (table,) = catalog.size_tables()
    address = f"products/{tea()}/sizes/"

    assert owner.post(address, size_table=str(table.id)).status_code == 302
    assert "Shirts" in said(owner.get(f"products/{tea()}/"))
    kept = owner.post("size-tables/", bulk="remove", row=[table.id], sure="1")
    assert catalog.size_tables() == (table,), said(kept)
    assert filled(owner.get(address))["size_table"] == str(table.id)
    assert owner.post(address, size_table="").status_code == 302
    assert extras().size_table is None


# ── related goods ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_related_goods_are_found_by_searching_and_ticked(shop: SmallShop, owner: Staff) -> None:
    cup = catalog.goods_by_sku(["CUP"])["CUP"]
    address = f"products/{tea()}/relate/"

    found = owner.post(address, goes_with="", instead="", find="cup")
    assert found.status_code == 200
    assert cup.slug in said(found)
    assert extras().links == ()
    assert owner.post(address, goes_with="", instead="", find="cup", put_instead=[str(cup.product_id)]).status_code == 302
    assert [(each.product_id, each.kind) for each in extras().links] == [(cup.product_id, LinkKind.INSTEAD)]
    assert filled(owner.get(address))["instead"].startswith(cup.slug)
    assert cup.name.en in said(owner.get(f"products/{tea()}/"))


def test_related_goods_nobody_knows_are_refused(shop: SmallShop, owner: Staff) -> None:
    address = f"products/{tea()}/relate/"

    unknown = owner.post(address, goes_with="no-such-thing", instead="")
    itself = owner.post(address, goes_with="TEA", instead="")

    assert (unknown.status_code, itself.status_code) == (422, 422)
    assert "no-such-thing" in said(unknown)
    assert "A product does not stand beside itself." in said(itself)


@pytest.mark.parametrize("verb", ["options", "variants", "relate", "sizes"])
def test_every_form_stands_in_chinese_without_an_english_word_of_ours(shop: SmallShop, owner: Staff, verb: str) -> None:
    own_options("Small", "Large")
    owner.read("zh-hans")

    page = owner.get(f"products/{tea()}/{verb}/").content.decode()
    shown = " ".join(re.sub(r"<[^>]+>", " ", page[page.index('<form method="post"') :].partition("</form>")[0]).split())

    assert re.search("[一-龥]{4}", shown)
    for word in ("Options", "Further values", "Related goods", "Size table", "missing", "Save "):
        assert word not in shown
