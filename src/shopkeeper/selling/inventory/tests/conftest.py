"""Two goods that every test of stock may ask for."""

import pytest

from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.catalog.tests.builders import some_goods


@pytest.fixture
def tea() -> Goods:
    return some_goods("TEA")


@pytest.fixture
def pot() -> Goods:
    return some_goods("POT")
