"""What the doors, which know nothing of each other, must agree on."""

from shopkeeper.doors.api import values
from shopkeeper.doors.storefront import basket


def test_the_shop_and_the_interface_allow_a_basket_as_many_lines() -> None:
    assert basket.MOST_LINES == values.MOST_LINES == 100
