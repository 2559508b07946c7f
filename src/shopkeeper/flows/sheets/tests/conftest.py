import pytest

from shopkeeper.flows.tests.builders import SmallShop, small_shop


@pytest.fixture
def shop(db: None) -> SmallShop:
    return small_shop()
