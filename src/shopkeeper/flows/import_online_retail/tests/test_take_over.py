import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from shopkeeper.events import public as events
from shopkeeper.events.shapes import Hearer
from shopkeeper.flows import import_online_retail as flow
from shopkeeper.flows import open_shop
from shopkeeper.flows.import_online_retail import WrongCurrency, load
from shopkeeper.insight.lake import public as lake
from shopkeeper.insight.metrics import public as metrics
from shopkeeper.insight.metrics.shapes import Against, Gap, Missing, Period, Value
from shopkeeper.ops.imports import public as imports
from shopkeeper.ops.imports.models import ImportOrigin, ImportReject, ImportStep
from shopkeeper.ops.imports.shapes import Span
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.models import Adjustment, CreditNote, Order, OrderLine, Refund
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.search import public as search

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2011, 1, 1, 12, tzinfo=UTC)
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = (
    "1,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-20 08:26:00,2.55,17850,United Kingdom",
    "1,22423,REGENCY CAKESTAND 3 TIER,2,2010-12-20 08:26:00,12.75,17850,United Kingdom",
    "1,POST,POSTAGE,1,2010-12-20 08:26:00,3.95,17850,United Kingdom",
    "2,22423,REGENCY CAKESTAND 3 TIER,1,2010-12-21 09:00:00,10.95,,France",
    "2,22423,REGENCY CAKESTAND 3 TIER,1,2010-12-21 09:00:00,10.95,,France",
    "C3,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-2,2010-12-22 09:00:00,2.55,17850,United Kingdom",
    "C4,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-2,2010-12-22 09:00:00,2.55,99999,Germany",
    "A5,B,Adjust bad debt,1,2010-12-23 10:00:00,-20.00,,United Kingdom",
    "6,PADS,PADS TO MATCH ALL CUSHIONS,1,2010-12-24 10:00:00,0.001,13952,United Kingdom",
)


@pytest.fixture
def shop():
    open_shop.open_sample(NOW)


def file(folder: Path, *rows: str, name: str = "trade.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Order, OrderLine, Refund, CreditNote, Adjustment)}


def test_trade_lands_in_the_books_to_the_penny(shop, tmp_path):
    result = flow.run(file(tmp_path, *ROWS), now=NOW)

    assert result.holds
    assert (result.rows, result.accepted, result.rejected) == (9, 9, 0)
    assert result.sales_minor == 1530 + 2550 + 1095 + 1095 + 0
    assert (result.refunds_minor, result.credit_notes_minor) == (510, 510)
    assert result.adjustments_minor == 395 - 2000
    assert (result.cancellations, result.cancellations_found, result.below_a_minor) == (2, 1, 1)
    order = orders.by_number("1")
    assert (order.total_minor, order.refunded_minor, order.is_guest, order.state) == (4080, 510, False, "shipped")
    assert orders.by_number("2").is_guest
    assert len(orders.by_number("2").lines) == 2
    assert [payment.balance.refunded_minor for payment in payments.payments_of(order.id)] == [510]
    assert orders.audit() == []
    assert payments.audit() == []
    assert inventory.audit() == []


def test_derived_goods_have_names_prices_shelves_and_say_that_they_are_derived(shop, tmp_path):
    flow.run(file(tmp_path, *ROWS), now=NOW)

    stand = catalog.goods_by_sku(["22423"])["22423"]
    product = catalog.product(stand.slug)
    assert stand.name.zh == "摄政风三层蛋糕架"
    assert product.is_category_derived
    assert pricing.prices([stand.variant_id])[stand.variant_id].amount_minor == 1095
    assert inventory.available([stand.variant_id])[stand.variant_id] == load.derive.LEAST_STOCK + 1


def test_goods_taken_over_are_found_by_their_name_in_both_languages(shop, tmp_path):
    flow.run(file(tmp_path, *ROWS), now=NOW)

    stand = catalog.goods_by_sku(["22423"])["22423"]
    assert list(search.find("cakestand").items) == [stand.product_id]
    assert list(search.find("蛋糕架").items) == [stand.product_id]


def test_a_second_run_changes_nothing_and_reports_the_same(shop, tmp_path):
    first = flow.run(file(tmp_path, *ROWS), now=NOW)
    before = counted()

    again = flow.run(file(tmp_path, *ROWS, name="same_content_other_name.csv"), now=NOW)

    assert again == first
    assert (first.was_known, again.was_known) == (False, True)
    assert counted() == before


def as_an_older_version_left_it() -> None:
    ImportOrigin.objects.all().delete()
    ImportStep.objects.filter(name__in=["span", "line numbers"]).delete()


def test_a_file_taken_over_before_more_was_kept_is_completed_by_the_next_run(shop, tmp_path):
    path = file(tmp_path, *ROWS)
    first = flow.run(path, now=NOW)
    spans, origins = imports.spans(), list(ImportOrigin.objects.order_by("id").values_list("kind", "code", "lines"))
    before = counted()
    as_an_older_version_left_it()

    again = [flow.run(path, now=NOW) for _ in range(2)]

    assert again == [first, first]
    assert all(result.was_known for result in again)
    assert imports.spans() == spans != ()
    assert list(ImportOrigin.objects.order_by("id").values_list("kind", "code", "lines")) == origins != []
    assert counted() == before


def test_a_known_file_read_at_other_times_completes_nothing(shop, tmp_path):
    path = file(tmp_path, *ROWS)
    flow.run(path, now=NOW)
    as_an_older_version_left_it()

    moved = flow.run(path, now=NOW, shift=timedelta(weeks=52))
    cut = flow.run(path, now=NOW, until=datetime(2010, 12, 21, tzinfo=UTC))

    assert moved.was_known
    assert cut.was_known
    assert imports.spans() == ()
    assert not ImportOrigin.objects.exists()


def test_every_line_of_the_file_is_known_by_the_files_hash_and_its_number(shop, tmp_path):
    path = file(tmp_path, *ROWS)
    flow.run(path, now=NOW)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    found = {kind: imports.origin(kind=kind, code=code) for kind, code in [("order", "2"), ("refund", "C3/1"), ("credit note", "C4")]}

    assert {each.digest for each in found.values()} == {digest}
    order = orders.by_number("2")
    rows = path.read_text().splitlines()
    for line, number in zip(order.lines, found["order"].lines, strict=True):
        assert rows[number - 1].split(",")[:2] == ["2", line.sku]
    assert [rows[number - 1].split(",")[0] for number in (*found["refund"].lines, *found["credit note"].lines)] == ["C3", "C4"]
    assert sorted(chain.from_iterable(origin.lines for origin in ImportOrigin.objects.all())) == list(range(2, 11))
    assert imports.origin(kind="order", code="3 of nobody") is None


def test_a_line_that_became_nothing_fails_the_reconciliation(shop, tmp_path, monkeypatch):
    all_of_it = load.origins
    monkeypatch.setattr(load, "origins", lambda trade: list(all_of_it(trade))[1:])

    result = flow.run(file(tmp_path, *ROWS), now=NOW)

    assert not result.holds
    assert result.accepted < result.rows


@pytest.mark.parametrize("steps_done", range(10))
def test_an_interrupted_run_resumes_at_the_step_it_had_not_finished(shop, tmp_path, monkeypatch, steps_done):
    path = file(tmp_path, *ROWS)
    finish, done = imports.finish_step, []

    class PowerCut(Exception):
        pass

    def cut(**step):
        if len(done) == steps_done:
            raise PowerCut
        done.append(step["name"])
        finish(**step)

    monkeypatch.setattr(imports, "finish_step", cut)
    with pytest.raises(PowerCut):
        flow.run(path, now=NOW)
    monkeypatch.undo()

    result = flow.run(path, now=NOW)

    assert result.holds
    assert counted() == {"Order": 3, "OrderLine": 5, "Refund": 1, "CreditNote": 1, "Adjustment": 2}


def test_the_time_the_file_speaks_of_is_kept_once_all_of_it_is_in_the_books(shop, tmp_path):
    odd = "7,22423,REGENCY,two,1999-12-21 09:00:00,10.95,,France"

    flow.run(file(tmp_path, *ROWS, odd), now=NOW)

    assert imports.spans() == (Span(datetime(2010, 12, 20, 8, 26, tzinfo=UTC), datetime(2010, 12, 24, 10, tzinfo=UTC)),)


def test_a_file_that_is_cut_speaks_of_the_time_up_to_the_cut(shop, tmp_path):
    noon = datetime(2010, 12, 22, 12, tzinfo=UTC)

    flow.run(file(tmp_path, *ROWS), now=NOW, until=noon)

    assert [span.last_at for span in imports.spans()] == [noon]


def test_years_between_the_trade_taken_over_and_the_shop_are_no_data(tmp_path, settings):
    settings.LAKE_DIR = tmp_path / "lake"
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    open_shop.open_sample(now)
    flow.run(file(tmp_path, *ROWS), now=now)
    with_lake = (Hearer("lake", lambda batch: lake.keep(batch, now=now), hears_history=True),)
    events.dispatch_all(dict.fromkeys(events.kinds().values(), with_lake), now=now)
    today = Period(date(2026, 11, 22), date(2026, 11, 22))

    found = metrics.figures(metrics=["gmv"], period=today, compare=[Against.LAST_YEAR])["gmv"]
    christmas = metrics.figures(metrics=["gmv"], period=Period(date(2010, 12, 20), date(2010, 12, 24)), compare=[])["gmv"]

    assert found.value == Value(0)
    assert found.compared[0].value == Value(None, Missing.BETWEEN_DATA, Gap(date(2010, 12, 25), date(2026, 11, 21)))
    assert christmas.value == Value(1530 + 2550 + 1095 + 1095)


def test_broken_lines_go_to_a_file_and_the_rest_is_taken(shop, tmp_path):
    broken = "7,22423,REGENCY,two,2010-12-21 09:00:00,10.95,,France"

    result = flow.run(file(tmp_path, *ROWS, broken), now=NOW, rejects_to=tmp_path / "out" / "rejects.csv")

    assert result.holds
    assert (result.rows, result.accepted, result.rejected) == (10, 9, 1)
    assert (tmp_path / "out" / "rejects.csv").read_text().splitlines()[1].startswith("11,Quantity is not a whole number,")
    assert list(ImportReject.objects.values_list("line", "reason")) == [(11, "Quantity is not a whole number")]


def test_an_order_that_another_file_brought_with_other_lines_is_told_and_fails_the_reconciliation(shop, tmp_path):
    flow.run(file(tmp_path, ROWS[0]), now=NOW)

    result = flow.run(file(tmp_path, ROWS[0], ROWS[1], name="more.csv"), now=NOW)

    assert not result.holds
    assert result.difference_micro == 25_500_000


def test_a_shop_with_another_currency_is_refused_and_nothing_is_taken(tmp_path):
    open_shop.empty(now=NOW)

    with pytest.raises(WrongCurrency):
        flow.run(file(tmp_path, *ROWS), now=NOW)

    assert counted() == {"Order": 0, "OrderLine": 0, "Refund": 0, "CreditNote": 0, "Adjustment": 0}
