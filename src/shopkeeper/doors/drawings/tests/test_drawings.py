"""Drawn pictures: every shape and category renders well-formed, names are escaped, and the same good always looks the same."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shopkeeper
from shopkeeper.doors import drawings
from shopkeeper.doors.drawings.motifs import MOTIFS, SHAPE_BY_CATEGORY, SHAPE_WORDS, TINTS
from shopkeeper.doors.drawings.shapes import FRAGMENTS, MARKS

SAMPLE = Path(shopkeeper.__file__).parent / "flows" / "sample_shop"
SVG = "{http://www.w3.org/2000/svg}"


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def colours(drawn: str) -> set[str]:
    return set(re.findall(r'<g fill="(var\(--[^"]+\))" color=', drawn))


@pytest.mark.parametrize("shape", drawings.shapes())
def test_every_shape_is_well_formed_plain_and_with_every_motif(shape: str) -> None:
    for motif in ("", *MOTIFS):
        drawn = ElementTree.fromstring(drawings.svg(f"{shape}+{motif}", seed="85123A", title="A good"))

        assert drawn.tag == f"{SVG}svg"
        assert drawn.get("viewBox") == "0 0 200 200"
        assert "@" not in ElementTree.tostring(drawn, encoding="unicode")


@pytest.mark.parametrize("category", [row["slug"] for row in rows("categories.csv")])
def test_every_category_has_a_shape_for_goods_whose_name_shows_none(category: str) -> None:
    assert drawings.drawing_for("QQQ", category).split("+")[0] == SHAPE_BY_CATEGORY[category]


@pytest.mark.parametrize("row", rows("categories.csv") + rows("goods.csv"), ids=lambda row: row.get("sku") or row["slug"])
def test_every_drawing_the_sample_shop_names_exists(row: dict[str, str]) -> None:
    shape, motif, tint, *_ = [*row["drawing"].split("+"), "", ""]

    assert shape in drawings.shapes()
    assert motif in {"", *MOTIFS}
    assert tint in {"", *TINTS}


def test_every_rule_leads_to_a_shape_and_every_shape_uses_known_marks_only() -> None:
    assert {shape for shape, _ in SHAPE_WORDS} | set(SHAPE_BY_CATEGORY.values()) <= set(drawings.shapes())
    assert {mark for fragment in FRAGMENTS.values() for mark in re.findall(r"@[a-z]+", fragment)} <= {*MARKS, "@m"}


@pytest.mark.parametrize(
    ("name", "category", "drawing"),
    [
        ("JUMBO BAG RED RETROSPOT", "shopping-bags", "bag+spots+red"),
        ("WHITE HANGING HEART T-LIGHT HOLDER", "holders", "t-light++pale"),
        ("LUNCH BAG  BLACK SKULL.", "lunch-bags", "lunch-bag+skulls+dark"),
        ("Vintage Union Jack Bunting", "party", "bunting+union+blue"),
        ("ROSES REGENCY TEACUP AND SAUCER ", "tea-coffee", "cup+flowers+plum"),
        ("CHILDREN'S APRON DOLLY GIRL ", "children-table", "apron+flowers"),
        ("CHRISTMAS TREE PAINTED ZINC", "christmas", "tree+stars+pale"),
        ("", "more", "parcel"),
        ("", "no-such-category", "parcel"),
    ],
)
def test_shape_motif_and_tint_are_read_from_the_name(name: str, category: str, drawing: str) -> None:
    assert drawings.drawing_for(name, category) == drawing


def test_the_name_decides_the_tint_and_only_else_the_seed() -> None:
    named = {frozenset(colours(drawings.svg("bag++red", seed=str(number)))) for number in range(40)}
    seeded = {frozenset(colours(drawings.svg("bag", seed=str(number)))) for number in range(40)}

    assert named == {frozenset({TINTS["red"]})}
    assert len(seeded) > 3


def test_the_same_seed_gives_the_same_picture_and_others_give_others() -> None:
    assert drawings.svg("mug", seed="22970", title="Mug") == drawings.svg("mug", seed="22970", title="Mug")
    assert len({drawings.svg("mug", seed=str(number)) for number in range(40)}) > 20


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_a_title_is_escaped_and_read_back_whole(title: str) -> None:
    drawn = ElementTree.fromstring(drawings.svg("tin", seed=title, title=title))

    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}title") == title
    assert drawn.get("aria-label") == title


def test_a_hostile_name_stays_text() -> None:
    drawn = drawings.svg('"><script>alert(1)</script>', seed="<&>", title='</title><script>alert("1")</script>')

    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn).findtext(f"{SVG}title") == '</title><script>alert("1")</script>'


def test_without_a_title_a_picture_is_decoration() -> None:
    drawn = ElementTree.fromstring(drawings.svg("tin", seed="1"))

    assert drawn.get("aria-hidden") == "true"
    assert drawn.get("role") is None


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-Hans", "fr"])
def test_the_front_picture_is_well_formed_and_speaks_the_readers_language(language: str) -> None:
    drawn = ElementTree.fromstring(drawings.hero_svg(language))
    words = "".join(drawn.itertext())

    assert drawn.get("role") == "img"
    assert ("提灯" in words) == language.lower().startswith("zh")
    assert ("lantern" in words) != language.lower().startswith("zh")


def test_every_colour_of_a_picture_has_a_value_behind_it() -> None:
    drawn = drawings.hero_svg("en") + "".join(drawings.svg(shape + "+spots", seed=shape) for shape in drawings.shapes())

    assert re.findall(r"var\(--[\w-]+\)", drawn) == []
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
