"""Opening the sample shop: whatever moment a process dies at, the next start goes on and ends with a whole shop."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopkeeper.flows import open_shop
from shopkeeper.ops.imports import public as imports
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.search import public as search

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2011, 9, 30, 20, tzinfo=UTC)
TRADE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,22423,REGENCY CAKESTAND 3 TIER,2,2011-09-29 08:26:00,12.75,17850,United Kingdom
"""


class PowerCut(Exception):
    pass


def cut(**step):
    raise PowerCut


@pytest.fixture
def small_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trade.csv"
    path.write_text(TRADE)
    monkeypatch.setattr(open_shop, "SAMPLE", path)


def test_an_opened_sample_shop_is_finished(small_sample):
    assert open_shop.sample(now=NOW).holds

    assert not open_shop.is_unfinished()


@pytest.mark.parametrize("last_deed", ["begin", "finish_step", "finish"])
def test_an_opening_that_was_cut_off_is_known_and_goes_on(small_sample, monkeypatch, last_deed):
    with monkeypatch.context() as power:
        power.setattr(imports, last_deed, cut)
        with pytest.raises(PowerCut):
            open_shop.sample(now=NOW)
    assert open_shop.is_unfinished()

    assert open_shop.sample(now=NOW).holds

    assert not open_shop.is_unfinished()
    assert orders.by_number("1").total_minor == 2_550
    assert search.find("cakestand").total == 1


def test_the_sample_shop_sends_home_by_post_and_abroad_by_courier(small_sample):
    open_shop.open_sample(NOW)

    assert [way.code for way in pricing.delivery_options(country="GB")] == ["STANDARD", "EXPRESS"]
    assert [way.code for way in pricing.delivery_options(country="FR")] == ["ABROAD"]


def test_an_empty_shop_is_not_an_unfinished_sample():
    open_shop.empty(now=NOW)

    assert not open_shop.is_unfinished()
