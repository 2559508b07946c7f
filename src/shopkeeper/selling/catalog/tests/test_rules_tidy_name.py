"""Names read well: the cases a shopper would stumble over, and what holds for every name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.selling.catalog.rules.tidy_name import tidy_name

CASES = (
    ("SET OF 3 CAKE TINS PANTRY DESIGN ", "Set of 3 Cake Tins Pantry Design"),
    ("WHITE HANGING HEART T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"),
    ("FOLKART CHRISTMAS TREE T-LIGHT HOLD", "Folkart Christmas Tree T-Light Holder"),
    ("RED WOOLLY HOTTIE WHITE HEART.", "Red Woolly Hottie White Heart"),
    ("SET/6 RED SPOTTY PAPER PLATES", "Set of 6 Red Spotty Paper Plates"),
    ("S/4 CACTI CANDLES", "Set of 4 Cacti Candles"),
    ("SET 12 COLOUR PENCILS SPACEBOY ", "Set of 12 Colour Pencils Spaceboy"),
    ("DIAMANTE HAIR GRIP PACK/2 CRYSTAL", "Diamante Hair Grip Pack of 2 Crystal"),
    ("3D HEARTS  HONEYCOMB PAPER GARLAND", "3D Hearts Honeycomb Paper Garland"),
    ("FAIRY CAKES NOTEBOOK A7 SIZE", "Fairy Cakes Notebook A7 Size"),
    ("SILVER M.O.P ORBIT BRACELET", "Silver M.O.P Orbit Bracelet"),
    ("SMOKEY GREY COLOUR D.O.F. GLASS", "Smokey Grey Colour D.O.F. Glass"),
    ("JUMBO BAG 50'S CHRISTMAS ", "Jumbo Bag 50s Christmas"),
    ("PINK/WHITE CHRISTMAS TREE 60CM", "Pink/White Christmas Tree 60 cm"),
    ("BAG 250g SWIRLY MARBLES", "Bag 250 g Swirly Marbles"),
    ("CHILDRENS CUTLERY POLKADOT PINK", "Children’s Cutlery Polka Dot Pink"),
    ("DOCTOR'S BAG SOFT TOY", "Doctor’s Bag Soft Toy"),
    ("KEY FOB , FRONT  DOOR ", "Key Fob, Front Door"),
    ("FEATHER PEN,LIGHT PINK", "Feather Pen, Light Pink"),
    ("CHARLIE+LOLA RED HOT WATER BOTTLE ", "Charlie + Lola Red Hot Water Bottle"),
    ('LETTER "W" BLING KEY RING', "Letter “W” Bling Key Ring"),
    ('LETTER "A" BLING KEY RING', "Letter “A” Bling Key Ring"),
    ('RECORD FRAME 7" SINGLE SIZE ', 'Record Frame 7" Single Size'),
    ("DROP EARRINGS W FLOWER & LEAF", "Drop Earrings with Flower & Leaf"),
    ("DOORMAT KEEP CALM AND COME IN", "Doormat Keep Calm and Come In"),
    ("FUSCHIA FLOWER PURSE WITH BEADS", "Fuchsia Flower Purse with Beads"),
    ("PINK B'FLY C/COVER W BOBBLES", "Pink Butterfly Cushion Cover with Bobbles"),
    ("REGENCY CAKESTAND 3 TIER", "Regency Cake Stand 3 Tier"),
    ("  ", ""),
)


@pytest.mark.parametrize(("source", "name"), CASES)
def test_a_source_description_becomes_a_readable_name(source: str, name: str) -> None:
    assert tidy_name(source) == name


@given(st.text(alphabet=st.sampled_from("ABWTS059 .,'\"/+-&‘’“”é"), max_size=40))
def test_tidying_twice_is_tidying_once(source: str) -> None:
    once = tidy_name(source)

    assert tidy_name(once) == once


@given(st.text(max_size=60))
def test_no_name_has_outer_or_double_spaces(source: str) -> None:
    name = tidy_name(source)

    assert name == " ".join(name.split())
