from typing import Any

import pytest

from shopkeeper.doors.console.tests.builders import Staff, open_texts
from shopkeeper.flows.tests.builders import SmallShop, small_shop
from shopkeeper.ops.access.shapes import Role


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Any) -> SmallShop:
    settings.LAKE_DIR = tmp_path / "lake"
    made = small_shop()
    open_texts()
    return made


@pytest.fixture
def owner(shop: SmallShop) -> Staff:
    return Staff(Role.OWNER)


@pytest.fixture
def manager(shop: SmallShop) -> Staff:
    return Staff(Role.MANAGER)


@pytest.fixture
def clerk(shop: SmallShop) -> Staff:
    return Staff(Role.CLERK)
