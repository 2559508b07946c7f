"""Trade taken over in sets: whole, once, told as history, and never more given back than was bought."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.selling.catalog.tests.builders import some_goods
from shopkeeper.selling.customers.tests import builders as customers
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import OrderState

pytestmark = pytest.mark.django_db

DAY = datetime(2011, 3, 1, 10, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def trade():
    """Two orders: A1 of 3 teas and, as a line of its own, 1 more tea; A2 of 1 tea."""
    tea, buyer = some_goods("TEA"), customers.guest().id
    common = {
        "channel": "web", "buyer_id": buyer, "is_guest": True, "country": "FR", "language": "en", "currency": "GBP", "tax_mode": "included",
    }  # fmt: skip
    order_rows = pl.DataFrame(
        [
            {"number": "A1", **common, "placed_at": DAY, "goods_minor": 1_000, "discount_minor": 0, "tax_minor": 167, "delivery_minor": 0,
             "total_minor": 1_000, "units": 4},
            {"number": "A2", **common, "placed_at": DAY + timedelta(1), "goods_minor": 250, "discount_minor": 0, "tax_minor": 42,
             "delivery_minor": 0, "total_minor": 250, "units": 1},
        ]
    )  # fmt: skip
    line_rows = pl.DataFrame(
        [
            {"number": number, "position": position, "variant_id": tea.variant_id, "product_id": tea.product_id, "category_id": None,
             "sku": "TEA", "name_en": 'Tea, "best"', "name_zh": "", "units": units, "unit_minor": 250, "goods_minor": units * 250,
             "discount_minor": 0, "tax_basis_points": 2_000, "tax_minor": units * 250 // 6, "gross_minor": units * 250}
            for number, position, units in [("A1", 1, 3), ("A1", 2, 1), ("A2", 1, 1)]
        ],
        schema_overrides={"category_id": pl.Int64},
    )  # fmt: skip
    return order_rows, line_rows


def told(kind):
    return list(OutboxFact.objects.filter(kind=kind).order_by("id"))


def refund_rows(order_id, code="C1"):
    schema = {"made_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame(
        [{"external_code": code, "order_id": order_id, "reason": "other", "made_at": DAY + timedelta(2), "delivery_minor": 0}],
        schema_overrides=schema,
    )


def refund_line(line_id, units, code="C1"):
    return pl.DataFrame([{"external_code": code, "line_id": line_id, "units": units, "gross_minor": units * 250, "tax_minor": 0}])


def test_orders_come_over_whole_paid_and_shipped(trade):
    ids = orders.import_history(orders=trade[0], lines=trade[1])

    order = orders.by_number("A1")
    assert (order.state, order.is_imported, order.paid_minor, order.placed_at) == (OrderState.SHIPPED, True, 1_000, DAY)
    assert [(line.units, line.shipped_units, line.gross_minor, line.name.en) for line in order.lines] == [
        (3, 3, 750, 'Tea, "best"'),
        (1, 1, 250, 'Tea, "best"'),
    ]
    assert (order.address.country, order.contact.name) == ("FR", "")
    assert sorted(ids.select("number", "position").rows()) == [("A1", 1), ("A1", 2), ("A2", 1)]
    assert orders.audit() == []


def test_they_are_told_as_history_with_their_own_dates(trade):
    orders.import_history(orders=trade[0], lines=trade[1])

    first, second = told("OrderPlaced")
    assert (first.origin, first.occurred_at, first.body["number"], len(first.body["lines"])) == ("import", DAY, "A1", 2)
    assert second.occurred_at == DAY + timedelta(1)
    assert first.body["lines"][0]["line_id"] == orders.by_number("A1").lines[0].id


def test_a_second_time_changes_nothing_and_finds_the_same(trade):
    first = orders.import_history(orders=trade[0], lines=trade[1])

    second = orders.import_history(orders=trade[0], lines=trade[1])

    assert first.sort("line_id").equals(second.sort("line_id"))
    assert models.OrderLine.objects.count() == 3
    assert len(told("OrderPlaced")) == 2


def test_refunds_come_over_once_and_count_on_their_lines(trade):
    orders.import_history(orders=trade[0], lines=trade[1])
    order = orders.by_number("A1")

    for _ in range(2):
        orders.import_refunds(refunds=refund_rows(order.id), lines=refund_line(order.lines[0].id, 2))

    after = orders.by_number("A1")
    assert (after.refunded_minor, after.lines[0].refunded_units, after.lines[0].refunded_minor) == (500, 2, 500)
    (fact,) = told("OrderRefunded")
    assert (fact.body["total_minor"], fact.body["lines"][0]["units"], fact.occurred_at) == (500, 2, DAY + timedelta(2))
    assert orders.audit() == []


def test_more_than_was_bought_cannot_come_back(trade):
    orders.import_history(orders=trade[0], lines=trade[1])
    order = orders.by_number("A1")

    with pytest.raises(IntegrityError), transaction.atomic():
        orders.import_refunds(refunds=refund_rows(order.id), lines=refund_line(order.lines[1].id, 2))

    assert orders.by_number("A1").refunded_minor == 0
    assert told("OrderRefunded") == []


def test_credit_notes_and_adjustments_come_over_once(trade):
    tea, buyer = some_goods("CUP"), customers.guest().id
    notes = pl.DataFrame([{"number": "C9", "buyer_id": buyer, "country": "FR", "issued_at": DAY}])
    lines = pl.DataFrame(
        [{"number": "C9", "variant_id": tea.variant_id, "product_id": tea.product_id, "category_id": None, "sku": "CUP", "units": 2,
          "gross_minor": 700, "tax_minor": 0}],
        schema_overrides={"category_id": pl.Int64},
    )  # fmt: skip
    booked = pl.DataFrame(
        [{"external_code": "P1", "order_id": None, "buyer_id": buyer, "country": "FR", "kind": "postage", "amount_minor": -150,
          "booked_at": DAY}],
        schema_overrides={"order_id": pl.Int64},
    )  # fmt: skip

    assert [orders.import_credit_notes(notes=notes, lines=lines) for _ in range(2)] == [1, 0]
    assert [orders.import_adjustments(adjustments=booked) for _ in range(2)] == [1, 0]

    assert models.CreditNote.objects.get().total_minor == 700
    assert models.Adjustment.objects.get().amount_minor == -150
    assert [fact.body["total_minor"] for fact in told("CreditNoteIssued")] == [700]
    assert [fact.body["kind"] for fact in told("AdjustmentBooked")] == ["postage"]
