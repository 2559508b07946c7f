"""The book currency can be changed until the first order, by an owner, and never after."""

import pytest

from shopkeeper.flows import shop_settings
from shopkeeper.flows.tests.builders import NOON, told
from shopkeeper.kit.refusals import NotAllowed
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import joined, owner
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import CurrencyFixed

pytestmark = pytest.mark.django_db


def test_before_the_first_order_an_owner_may_change_the_currency(shop):
    changed = shop_settings.change_currency(currency="eur", actor=owner(), now=NOON)

    assert changed.currency == shops.shop().currency == "EUR"
    assert told("ShopSaved")[-1]["fields"] == ["currency"]


def test_with_an_order_the_currency_stays(shop):
    boss = owner()
    shop.buy(TEA=1)

    with pytest.raises(CurrencyFixed) as refused:
        shop_settings.change_currency(currency="EUR", actor=boss, now=NOON)

    assert (refused.value.field, refused.value.value) == ("currency", "GBP")
    assert shops.shop().currency == "GBP"
    assert shop_settings.change_currency(currency="GBP", actor=boss, now=NOON).currency == "GBP"


def test_a_manager_may_not_change_it(shop):
    manager = joined("manager@example.org", Role.MANAGER)

    with pytest.raises(NotAllowed):
        shop_settings.change_currency(currency="EUR", actor=manager, now=NOON)

    assert shops.shop().currency == "GBP"
