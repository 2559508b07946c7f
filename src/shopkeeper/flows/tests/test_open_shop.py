"""Opening the sample shop: whatever moment a process dies at, the next start goes on and ends with a whole shop."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from shopkeeper.events import public as events
from shopkeeper.events.shapes import Hearer
from shopkeeper.flows import open_shop
from shopkeeper.insight.lake import public as lake
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.models import ImportOrigin, ImportRun, ImportStep
from shopkeeper.selling.catalog.models import Product
from shopkeeper.selling.customers.models import Customer
from shopkeeper.selling.inventory.models import Shelf
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.models import Order
from shopkeeper.selling.payments.models import Payment
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.models import Price
from shopkeeper.selling.search import public as search
from shopkeeper.selling.shop import public as shop

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


def test_a_sample_opened_before_more_was_kept_is_completed_from_the_shipped_file(small_sample):
    open_shop.sample(now=NOW)
    spans = imports.spans()
    ImportOrigin.objects.all().delete()
    ImportStep.objects.filter(name__in=["span", "line numbers"]).delete()
    assert open_shop.lacks_what_is_kept_now()

    assert open_shop.sample(now=NOW + timedelta(days=40)).was_known

    assert imports.spans() == spans != ()
    assert imports.origin(kind="order", code="1") is not None
    assert not open_shop.lacks_what_is_kept_now()


def test_another_samples_trade_is_left_alone(small_sample, tmp_path, monkeypatch):
    open_shop.sample(now=NOW)
    ImportStep.objects.filter(name="span").delete()
    other = tmp_path / "other.csv"
    other.write_text(TRADE.replace("12.75", "12.50"))
    monkeypatch.setattr(open_shop, "SAMPLE", other)

    assert not open_shop.lacks_what_is_kept_now()


def test_a_complete_sample_is_known_quickly_and_without_its_file(small_sample, monkeypatch, django_assert_max_num_queries):
    open_shop.sample(now=NOW)
    monkeypatch.setattr(open_shop, "SAMPLE", Path("/nowhere"))

    with django_assert_max_num_queries(3):
        assert not open_shop.lacks_what_is_kept_now()


def test_a_filled_sample_is_emptied_and_its_staff_stay(small_sample, tmp_path, settings):
    settings.LAKE_DIR = tmp_path / "lake"
    open_shop.sample(now=NOW)
    keeper = owner()
    with_lake = (Hearer("lake", lambda batch: lake.keep(batch, now=NOW), hears_history=True),)
    events.dispatch_all(dict.fromkeys(events.kinds().values(), with_lake), now=NOW)
    assert lake.span("order_paid") is not None
    filled = (Order, Payment, Product, Price, Shelf, Customer, ImportRun, ImportOrigin)
    assert [model.__name__ for model in filled if not model.objects.exists()] == []

    open_shop.empty(now=NOW)

    assert [model.__name__ for model in filled if model.objects.exists()] == []
    assert lake.span("order_paid") is None
    assert search.find("cakestand").total == 0
    assert (shop.shop().is_sample, shop.shop().currency) == (False, "CNY")
    assert get_user_model().objects.filter(id=keeper).exists()
    assert not open_shop.is_unfinished()


def test_every_room_that_sells_is_emptied():
    selling = {app.label for app in apps.get_app_configs() if app.name.startswith("shopkeeper.selling.")}

    assert selling - set(open_shop._EMPTIED) == set()


def test_the_sample_shop_sends_home_by_post_and_abroad_by_courier(small_sample):
    open_shop.open_sample(NOW)

    assert [way.code for way in pricing.delivery_options(country="GB")] == ["STANDARD", "EXPRESS"]
    assert [way.code for way in pricing.delivery_options(country="FR")] == ["ABROAD"]


def test_an_empty_shop_is_not_an_unfinished_sample():
    open_shop.empty(now=NOW)

    assert not open_shop.is_unfinished()
