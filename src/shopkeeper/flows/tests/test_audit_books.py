"""The audit finds what is planted: one violation for each check, and nothing in books that are right."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F

from shopkeeper.events.models import OutboxFact
from shopkeeper.flows import audit_books, refund_order, ship_order
from shopkeeper.flows.tests.builders import NOON
from shopkeeper.flows.tests.test_bundles import PLANTS as OF_BUNDLES
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.models import Movement, Shelf
from shopkeeper.selling.orders import models as orders
from shopkeeper.selling.orders.shapes import RefundReason
from shopkeeper.selling.payments import models as payments
from shopkeeper.selling.reviews.models import Summary as StarSums

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def order(shop):
    """An order of two things: one shipped and partly refunded, so that every table has rows."""
    made = shop.buy(TEA=2, CUP=1)
    ship_order.ship(order_id=made.id, lines=[(made.lines[0].id, 2)], carrier="Royal Mail", actor=None, now=NOON)
    refund_order.refund(
        order_id=made.id, lines=[(made.lines[0].id, 1, False)], delivery=False, reason=RefundReason.DAMAGED, actor=None, now=NOON
    )
    assert audit_books.run(LATER).findings == ()
    return made


def add_event(order, kind, amount):
    payment = payments.Payment.objects.get(order_id=order.id)
    payments.PaymentEvent.objects.create(payment=payment, kind=kind, amount_minor=amount, key="planted", reference="planted", at=NOON)


def drop_check(table, name):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def plant_refunded_above_paid(order):
    drop_check("orders_order", "orders_order_refunded")
    orders.Order.objects.filter(id=order.id).update(refunded_minor=F("paid_minor") + 1)


def plant_held_too_little(order):
    Shelf.objects.filter(held__gt=0).update(held=F("held") - 1)


def plant_refunded_above_its_price(order):
    drop_check("orders_orderline", "orders_orderline_refunded")
    orders.OrderLine.objects.filter(order_id=order.id).update(refunded_minor=F("gross_minor") + 1)


def plant_sent_above_ordered(order):
    drop_check("orders_orderline", "orders_orderline_shipped")
    orders.OrderLine.objects.filter(order_id=order.id).update(shipped_units=F("units") + 1)


def plant_broken_chain(order):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE inventory_movement DISABLE TRIGGER inventory_movement_only_grows")
    Movement.objects.filter(reason="sold").update(balance=F("balance") + 1)


def plant_money_for_the_dead(order):
    orders.Order.objects.filter(id=order.id).update(state="cancelled")
    # As if the provider had reserved more than it ever took.
    add_event(order, "authorized", 2 * order.total_minor)


def plant_an_unswept_hold(order):
    orders.Order.objects.filter(id=order.id).update(state="placed", hold_until=NOON)


def forget(kind):
    return lambda order: OutboxFact.objects.filter(kind=kind).delete()


def tell_twice(kind):
    def plant(order):
        fact = OutboxFact.objects.filter(kind=kind).latest("id")
        fact.pk = None
        fact.save()

    return plant


def rows(model, **changes):
    return lambda order: model.objects.update(**changes)


def plant_money_without_an_order(order):
    payments.Stray.objects.create(
        provider="stripe", name="pay_x", currency="GBP", state="unclaimed", kept_minor=5, first_at=NOON, last_at=NOON
    )
    stray = payments.Stray.objects.get()
    payments.StrayEvent.objects.create(stray=stray, kind="captured", amount_minor=5, key="", reference="ch_1", at=NOON)


def then(plant, change):
    def both(order):
        plant(order)
        change(order)

    return both


PACKAGE = Path(audit_books.__file__).parent.parent
SOURCES = ("flows/audit_books.py", "selling/payments/books.py", "selling/orders/books.py", "selling/inventory/store.py")
"""Where the checks are written."""

PLANTS = {
    "stock_on_hand": rows(Shelf, on_hand=F("on_hand") + 1),
    "stock_held": plant_held_too_little,
    "order_total_is_lines_and_delivery": rows(orders.OrderLine, gross_minor=F("gross_minor") + 1),
    "order_units_are_line_units": rows(orders.Order, units=F("units") + 1),
    "order_refunded_is_refunds": rows(orders.Order, refunded_minor=F("refunded_minor") - 1),
    "order_refunded_at_most_paid": plant_refunded_above_paid,
    "refund_is_its_lines": rows(orders.Refund, goods_minor=F("goods_minor") + 1, total_minor=F("total_minor") + 1),
    "line_refunded_is_refund_lines": rows(orders.OrderLine, refunded_minor=F("refunded_minor") + 1),
    "line_shipped_is_parcels": rows(orders.ShipmentLine, units=F("units") + 1),
    "payment_state_is_its_events": rows(payments.Payment, state="declined"),
    "captured_at_most_asked": lambda order: add_event(order, "captured", 1),
    "refunded_at_most_captured": lambda order: add_event(order, "refunded", order.total_minor),
    "held_is_what_is_to_be_sent": lambda order: inventory.release(order_id=order.id, reason="cancelled", now=NOON),
    "paid_less_refunds_is_what_providers_keep": rows(orders.Order, paid_minor=F("paid_minor") + 1),
    "money_in_sum": rows(orders.Order, paid_minor=F("paid_minor") + 1),
    "stock_balance": plant_broken_chain,
    "line_refunded_at_most_its_price": plant_refunded_above_its_price,
    "line_refunded_units_are_refund_lines": rows(orders.OrderLine, refunded_units=F("units")),
    "line_sent_or_dropped_at_most_ordered": plant_sent_above_ordered,
    "no_money_reserved_for_a_dead_order": plant_money_for_the_dead,
    "no_hold_beyond_its_time": plant_an_unswept_hold,
    "paid_order_is_told_once": forget("OrderPaid"),
    "refund_is_told_once": tell_twice("OrderRefunded"),
    "dispute_is_its_events": rows(payments.Payment, is_disputed=True),
    "no_money_without_an_order": plant_money_without_an_order,
    "stray_state_is_its_events": then(plant_money_without_an_order, rows(payments.Stray, state="no_money")),
    "stray_sums_are_its_events": then(plant_money_without_an_order, rows(payments.Stray, kept_minor=4)),
    "stars_are_the_reviews": lambda order: StarSums.objects.create(product_id=1, stars_5=1),
}
"""One violation for every check there is."""


def every_check(package=PACKAGE) -> set[str]:
    """Return every check the books can report, read from the text of the code itself."""
    texts = {name: (package / name).read_text() for name in SOURCES}
    said = {name for text in texts.values() for name in re.findall(r'check="(\w+)"', text)}
    stock = {f"stock_{what}" for what in re.findall(r"SELECT '(\w+)'", texts["selling/inventory/store.py"])}
    return said | stock | set(re.findall(r'Check\(\s*"(\w+)"', texts["selling/orders/books.py"]))


def test_every_check_has_a_violation_that_turns_it_red():
    assert every_check() == {*PLANTS, *OF_BUNDLES}
    assert len(every_check()) >= 33


def test_a_check_without_a_violation_would_be_missed(tmp_path):
    for name in SOURCES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((PACKAGE / name).read_text())
    books = tmp_path / "selling/orders/books.py"
    books.write_text(books.read_text() + '\nCHECKS += (Check("a_new_rule", "order", "SELECT 1, 1, 1"),)\n')

    assert every_check(tmp_path) - {*PLANTS, *OF_BUNDLES} == {"a_new_rule"}


@pytest.mark.parametrize("plant", [forget("OrderPaid"), tell_twice("OrderPaid")], ids=["not told", "told twice"])
def test_a_paid_order_is_told_neither_never_nor_twice(order, plant):
    plant(order)

    (finding,) = audit_books.run(LATER).findings

    assert (finding.check, finding.subject, finding.expected) == ("paid_order_is_told_once", f"order:{order.id}", 1)


def test_facts_older_than_the_outbox_keeps_are_not_missed(order):
    OutboxFact.objects.all().delete()

    assert audit_books.run(NOON + timedelta(days=31)).is_right


def test_the_report_is_kept_for_staff_with_what_differs(order):
    assert (audit_books.last(), audit_books.differences_found()) == (None, 0)
    rows(orders.Order, units=F("units") + 1)(order)

    made = audit_books.run_and_keep(LATER)

    assert audit_books.last() == made
    assert audit_books.differences_found() == len(made.findings) == 1


def test_the_notice_goes_with_the_next_run_that_finds_nothing(order):
    rows(orders.Order, units=F("units") + 1)(order)
    audit_books.run_and_keep(LATER)
    rows(orders.Order, units=F("units") - 1)(order)

    audit_books.run_and_keep(LATER + timedelta(hours=1))

    assert audit_books.differences_found() == 0
    assert audit_books.last().is_right


@pytest.mark.parametrize("check", PLANTS)
def test_a_planted_violation_is_found_and_named(order, check):
    PLANTS[check](order)

    found = {finding.check: finding for finding in audit_books.run(LATER).findings}

    assert check in found
    assert found[check].expected != found[check].found


def test_money_still_reserved_for_a_dead_order_is_found(shop):
    order = shop.buy(method="test-silent", TEA=1)
    add_event(order, "authorized", order.total_minor)
    payments.Payment.objects.update(state="authorized", wake_at=None)
    inventory.release(order_id=order.id, reason="cancelled", now=NOON)
    orders.Order.objects.update(state="cancelled")

    (finding,) = audit_books.run(LATER).findings

    assert (finding.check, finding.subject, finding.found) == ("no_money_reserved_for_a_dead_order", f"order:{order.id}", order.total_minor)


def test_the_report_says_what_it_looked_at(order):
    report = audit_books.run(LATER)

    assert report.looked_at == {"orders": 1, "orders_with_payments": 1, "orders_holding_stock": 1}
    assert report.sums["paid"] == order.total_minor
    assert report.sums["kept_by_orders"] == report.sums["kept_by_providers"] == order.total_minor - 1_250
    assert report.sums["under_way"] == 0


def test_money_under_way_is_shown_and_is_no_violation(shop):
    order = shop.buy(method="test-silent", TEA=1)
    add_event(order, "captured", order.total_minor)
    payments.Payment.objects.update(state="captured", wake_at=LATER)

    report = audit_books.run(NOON)

    assert report.is_right
    assert report.sums["under_way"] == order.total_minor
