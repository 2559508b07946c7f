"""Versions written down, read, told apart and compared: no database."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, ChoiceId, OptionId, OptionValueId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.rules import versions as rules
from shopkeeper.selling.catalog.shapes import TraitDraft
from shopkeeper.selling.catalog.shapes_drafts import Names, Version, VersionVariant
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft

SIZE = OptionDraft(
    id=OptionId(1),
    name=Bilingual("Size", "尺码"),
    values=(OptionValueDraft(id=OptionValueId(1), name=Bilingual("S")), OptionValueDraft(id=OptionValueId(2), name=Bilingual("L"))),
)
COLOUR = OptionDraft(
    id=OptionId(2),
    name=Bilingual("Colour", "颜色"),
    attribute_id=AttributeId(7),
    values=(OptionValueDraft(id=OptionValueId(3), name=Bilingual("Red"), choice_id=ChoiceId(70)),),
)
SMALL = VersionVariant(id=VariantId(1), sku="TEA-S", stands=((0, 0), (1, 0)))
LARGE = VersionVariant(id=VariantId(2), sku="TEA-L", stands=((0, 1), (1, 0)))
TEA = Version(
    slug="tea", name=Bilingual("Green tea", "绿茶"), text=Bilingual("For rainy days.", "下雨天喝的茶。"), category_id=CategoryId(3),
    brand_id=BrandId(4), photo_url="/media/tea.jpg", options=(SIZE, COLOUR), variants=(SMALL, LARGE),
    traits=(
        TraitDraft(attribute_id=AttributeId(7), choice_ids=(ChoiceId(70),)),
        TraitDraft(attribute_id=AttributeId(8), number=Decimal("2.5")),
        TraitDraft(attribute_id=AttributeId(9), text=Bilingual("Wash by hand", "手洗")),
    ),
)  # fmt: skip
NAMES = Names(
    categories={3: "Tea", 5: "Cups"}, brands={4: "Acme"}, attributes={7: "Colour", 8: "Width", 9: "Care"}, choices={70: "Red", 71: "Blue"}
)


def compared(after: Version, before: Version = TEA) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.field, each.about, each.before, each.after) for each in rules.compare(before, after, names=NAMES, language="en")]


def test_what_is_written_down_is_read_back_as_it_was() -> None:
    assert rules.read(rules.written(TEA)) == TEA


def test_the_same_words_have_the_same_fingerprint_and_others_another() -> None:
    renamed_choice = replace(TEA, options=(SIZE, replace(COLOUR, values=(replace(COLOUR.values[0], name=Bilingual("Crimson")),))))

    assert rules.mark(TEA) == rules.mark(renamed_choice) == rules.mark(rules.read(rules.written(TEA)))
    for other in (
        replace(TEA, slug="tea-two"),
        replace(TEA, brand_id=None),
        replace(TEA, traits=TEA.traits[1:]),
        replace(TEA, variants=(LARGE, SMALL)),
        replace(TEA, variants=(replace(SMALL, is_sellable=False), LARGE)),
    ):
        assert rules.mark(other) != rules.mark(TEA)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (TEA, []),
        (replace(TEA, slug="tea-two"), [("slug", "", "tea", "tea-two")]),
        (replace(TEA, category_id=CategoryId(5)), [("category", "", "Tea", "Cups")]),
        (replace(TEA, category_id=CategoryId(99), brand_id=None), [("category", "", "Tea", "#99"), ("brand", "", "Acme", "")]),
        (
            replace(TEA, traits=(TraitDraft(attribute_id=AttributeId(7), choice_ids=(ChoiceId(71), ChoiceId(70))),)),
            [("trait", "Colour", "Red", "Red · Blue"), ("trait", "Width", "2.5", None), ("trait", "Care", "Wash by hand / 手洗", None)],
        ),
        (
            replace(TEA, variants=(SMALL, LARGE, VersionVariant(sku="TEA-XL", stands=((0, 1), (1, 0))))),
            [("variant", "TEA-XL", None, "L, Red")],
        ),
        (replace(TEA, variants=(SMALL,)), [("variant", "TEA-L", "L, Red", None)]),
        (
            replace(TEA, variants=(replace(SMALL, sku="SMALL", weight_g=90, is_sellable=False), LARGE)),
            [("sku", "TEA-S", "TEA-S", "SMALL"), ("weight_g", "TEA-S", "0", "90"), ("is_sellable", "TEA-S", "yes", "no")],
        ),
        (replace(TEA, variants=(LARGE, SMALL)), [("order", "", "TEA-S, TEA-L", "TEA-L, TEA-S")]),
        (
            replace(TEA, options=(replace(SIZE, values=(*SIZE.values, OptionValueDraft(name=Bilingual("XL")))), COLOUR)),
            [("option", "Size", "S · L", "S · L · XL")],
        ),
    ],
)
def test_each_field_that_differs_is_told_and_no_other(after: Version, told: list[tuple[str, str, str | None, str | None]]) -> None:
    assert compared(after) == told


def test_a_draft_without_ids_is_compared_by_sku() -> None:
    same = replace(TEA, variants=(replace(SMALL, id=None, sku="tea-s"), replace(LARGE, id=None)))

    assert compared(same) == [("sku", "TEA-S", "TEA-S", "tea-s")]


def test_words_are_compared_one_by_one_and_chinese_by_the_sign() -> None:
    after = replace(TEA, text=Bilingual("For snowy days.", "下雪天喝的茶。"))

    english, chinese = rules.compare(TEA, after, names=NAMES, language="en")

    assert [(each.kind, each.text) for each in english.pieces] == [("same", "For "), ("out", "rainy"), ("in", "snowy"), ("same", " days.")]
    assert [(each.kind, each.text) for each in chinese.pieces] == [("same", "下"), ("out", "雨"), ("in", "雪"), ("same", "天喝的茶。")]


def test_a_text_written_anew_is_shown_as_one_out_and_one_in() -> None:
    assert [each.kind for each in rules.words("abc", "完全不同的句子")] == ["out", "in"]
    assert [each.kind for each in rules.words("", "New")] == ["in"]


def test_very_long_texts_are_compared_by_the_sentence() -> None:
    long = "One sentence of some words. " * 800

    pieces = rules.words(long, long.replace("some", "many", 1))

    assert [each.kind for each in pieces][:2] in (["out", "in"], ["in", "out"])
    assert "".join(each.text for each in pieces if each.kind != "in") == long


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = rules.words(before, after)

    assert "".join(each.text for each in pieces if each.kind != "in") == before
    assert "".join(each.text for each in pieces if each.kind != "out") == after


def test_an_older_version_keeps_its_ids_where_they_still_are() -> None:
    live = replace(TEA, options=(replace(SIZE, values=SIZE.values[:1]),))

    again = rules.at_home(TEA, live)

    assert [option.id for option in again.options] == [OptionId(1), None]
    assert [value.id for value in again.options[0].values] == [OptionValueId(1), None]
    assert again.options[1].values[0].choice_id == ChoiceId(70)
    assert again.variants == TEA.variants
