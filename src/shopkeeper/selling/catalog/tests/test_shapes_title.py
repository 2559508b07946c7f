"""What people call a variant, on every page and paper."""

import pytest

from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.shapes import title

MUG = Bilingual("Walker Mug", "行者杯")


@pytest.mark.parametrize(
    ("name", "option", "called"),
    [
        (MUG, Bilingual("Large, Blue", "大号、蓝色"), Bilingual("Walker Mug · Large, Blue", "行者杯 · 大号、蓝色")),
        (MUG, Bilingual(), MUG),
        (MUG, Bilingual("Large"), Bilingual("Walker Mug · Large", "行者杯 · Large")),
        (Bilingual("Walker Mug"), Bilingual("Large", "大号"), Bilingual("Walker Mug · Large")),
    ],
)
def test_a_variant_is_called_by_its_product_and_its_option(name: Bilingual, option: Bilingual, called: Bilingual) -> None:
    assert title(name, option) == called


def test_the_longest_names_fit_into_an_order() -> None:
    assert len(title(Bilingual("n" * 200), Bilingual("o" * 120)).en) == 300
