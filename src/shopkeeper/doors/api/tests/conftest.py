import pytest

from shopkeeper.doors.api.tests.builders import Caller, api_shop
from shopkeeper.flows.tests.builders import SmallShop


@pytest.fixture
def shop(db: None) -> SmallShop:
    return api_shop()


@pytest.fixture
def caller() -> Caller:
    return Caller()
