"""A good finds its shelf by name: the misleading cases, and how many goods of the sample shop find one."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shopkeeper
from shopkeeper.selling.catalog.rules.derive_category import FALLBACK, FIRST, LIKELY, SEASONS, SURE, derive_category

SAMPLE = Path(shopkeeper.__file__).parent / "flows" / "sample_shop"

CASES = (
    ("WHITE HANGING HEART T-LIGHT HOLDER", "holders"),
    ("WHITE METAL LANTERN", "lamps"),
    ("4 PINK DINNER CANDLE SILVER FLOCK", "candles"),
    ("REGENCY CAKESTAND 3 TIER", "baking"),
    ("PACK OF 72 RETROSPOT CAKE CASES", "baking"),
    ("SET OF 4 FAIRY CAKE PLACEMATS", "tableware"),
    ("PINK FAIRY CAKE CUSHION COVER", "cushions"),
    ("KNITTED UNION FLAG HOT WATER BOTTLE", "cushions"),
    ("ROSES REGENCY TEACUP AND SAUCER ", "tea-coffee"),
    ("TEA TIME KITCHEN APRON", "kitchen-helpers"),
    ("JAM MAKING SET WITH JARS", "kitchen-helpers"),
    ("JUMBO BAG RED RETROSPOT", "shopping-bags"),
    ("LUNCH BAG RED RETROSPOT", "lunch-bags"),
    ("FUSCHIA FLOWER PURSE WITH BEADS", "purses"),
    ("TRAVEL CARD WALLET SUKI", "travel"),
    ("DANISH ROSE UMBRELLA STAND", "hooks-racks"),
    ("PARTY BUNTING", "party"),
    ("CHRISTMAS CARD SINGING ANGEL", "cards-wrap"),
    ("CHRISTMAS GARLAND STARS,TREES", "christmas"),
    ("EASTER TIN BUNNY BOUQUET", "easter"),
    ("VINTAGE HEADS AND TAILS CARD GAME ", "toys"),
    ("DOORSTOP RACING CAR DESIGN", "hooks-racks"),
    ("CHILDREN'S APRON DOLLY GIRL ", "children-table"),
    ("12 PENCILS TALL TUBE WOODLAND", "writing"),
    ("RIBBON REEL CHRISTMAS PRESENT ", "crafts"),
    ("ALARM CLOCK BAKELIKE RED ", "clocks"),
    ("DOORMAT UNION FLAG", "signs"),
    ("PHOTO FRAME 3 CLASSIC HANGING", "frames"),
    ("HEART OF WICKER SMALL", "hangings"),
    ("SET 3 WICKER OVAL BASKETS W LIDS", "baskets"),
    ("RED RETROSPOT ROUND CAKE TINS", "baking"),
    ("SILVER OVAL SHAPE TRINKET BOX", "boxes-tins"),
    ("GLASS BEAD HOOP NECKLACE GREEN", "necklaces"),
    ("GLASS BEAD HOOP EARRINGS GREEN", "earrings"),
    ("GREEN BIRDHOUSE DECORATION", "birds"),
    ("HERB MARKER THYME", "plants"),
    ("Round snack boxes, set of 4", "lunch-bags"),
    ("Children’s Cutlery Spaceboy", "children-table"),
    ("FROSTED WHITE BASE", FALLBACK),
    ("", FALLBACK),
)


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_a_good_stands_on_the_shelf_its_name_points_to(name: str, slug: str) -> None:
    assert derive_category(name) == slug


def test_words_count_whole_and_in_singular_or_plural() -> None:
    assert derive_category("MUGS") == derive_category("MUG") == "tea-coffee"
    assert derive_category("SMUGGLER") == FALLBACK


@given(st.text(max_size=80))
def test_any_text_is_answered_with_a_known_shelf(name: str) -> None:
    assert derive_category(name) in {each.slug for each in (*FIRST, *SEASONS, *SURE, *LIKELY)} | {FALLBACK}


def test_every_shelf_is_a_category_of_the_sample_shop() -> None:
    with (SAMPLE / "categories.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["slug"] for row in csv.DictReader(lines)}

    assert {each.slug for each in (*FIRST, *SEASONS, *SURE, *LIKELY)} | {FALLBACK} <= known


def test_at_least_98_of_100_goods_of_the_sample_shop_find_a_shelf() -> None:
    trade = pq.read_table(SAMPLE / "transactions.parquet", columns=["StockCode", "Description", "UnitPrice"]).to_pylist()
    names = {row["Description"] for row in trade if row["Description"] and row["UnitPrice"] > 0 and row["StockCode"][:5].isdigit()}

    lost = sorted(name for name in names if derive_category(name) == FALLBACK)

    assert len(names) > 3_000
    assert len(lost) <= 0.02 * len(names), lost
