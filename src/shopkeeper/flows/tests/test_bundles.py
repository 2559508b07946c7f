"""A bundle is bought as one thing, and everything behind it happens to its parts."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from shopkeeper.flows import (
    audit_books,
    bundles,
    cancel_order,
    index_products,
    place_order,
    refund_order,
    sample_bundles,
    settle_payment,
    ship_order,
    sweep,
    tell_waiting,
)
from shopkeeper.flows.tests.builders import NOON, product, told
from shopkeeper.flows.tests.test_few_words_to_the_database import MOST, Heard
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.models import Variant, bundle_models
from shopkeeper.selling.catalog.shapes import NotSellable, VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import BundleInBundle, BundleIsOneThing, PartDraft
from shopkeeper.selling.catalog.shapes_options import NameTwice
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.models import Hold, Shelf
from shopkeeper.selling.inventory.shapes import BundleHasNoShelf, BundleWasStocked, OutOfStock
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import CancelReason, OrderState, RefundReason, TooMuchUnpaid
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.pricing.shapes import QuoteStale
from shopkeeper.selling.search.models import Document
from shopkeeper.selling.wishes.tests.builders import waiting

BundlePart = bundle_models.BundlePart
pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
AFTER_HOLD, LATE = NOON + timedelta(minutes=31), NOON + timedelta(minutes=46)


@pytest.fixture
def tea_time(shop):
    """The small shop, with a bundle SET of one TEA (1,250) and two CUP (999 each) for 2,900: 10 TEA and 5 CUP are there."""
    shop.bundle("SET", 2_900, TEA=1, CUP=2)
    return shop


def is_right() -> bool:
    return audit_books.run(LATER).findings == ()


# ── what a bundle is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_stock_is_what_the_parts_allow(tea_time):
    assert tea_time.available("SET") == 2

    tea_time.receive("CUP", 20)

    assert tea_time.available("SET") == 10


def test_parts_in_several_warehouses_count_together(tea_time):
    tea_time.receive("CUP", 1, warehouse=tea_time.north)

    assert tea_time.available("SET") == 3


def test_a_part_that_goes_off_sale_keeps_its_bundle_from_being_bought_and_is_named(tea_time):
    basket = tea_time.basket(SET=1)
    request = tea_time.request(basket)
    product = catalog.goods_of(tea_time.variants["CUP"]).product_id
    catalog.unpublish(product_id=product, actor=None, now=NOON)

    assert tea_time.available("SET") == 0
    assert [
        part.goods.sku for part in catalog.parts([tea_time.variants["SET"]])[tea_time.variants["SET"]] if not part.goods.is_sellable
    ] == ["CUP"]
    with pytest.raises(NotSellable) as refused:
        place_order.place_order(**request)
    assert (refused.value.field, refused.value.value) == ("parts", "CUP")


@pytest.mark.parametrize(
    ("parts", "refusal", "field"),
    [
        ([("TEA", 1)], OutOfRange, "pieces"),  # one piece is that piece
        ([("TEA", 0), ("CUP", 1)], OutOfRange, "units"),
        ([("TEA", 1_000)], OutOfRange, "units"),
        ([("TEA", 1), ("TEA", 1)], NameTwice, "parts"),
        ([("SET", 2)], BundleInBundle, "parts"),  # itself
        ([("BOX", 1), ("TEA", 1)], BundleInBundle, "parts"),  # another bundle
        ([("NONE", 2)], NotFound, "variant"),
    ],
)
def test_what_cannot_be_a_bundle_is_refused_and_nothing_changes(tea_time, parts, refusal, field):
    tea_time.variants |= {"BOX": product("BOX"), "NONE": 10**9}
    tea_time.hold("BOX", TEA=2)
    before = catalog.parts([tea_time.variants["SET"]])

    with pytest.raises(refusal) as refused:
        bundles.save_bundle(
            variant_id=tea_time.variants["SET"],
            parts=[PartDraft(tea_time.variants[sku], units) for sku, units in parts],
            actor=None,
            now=NOON,
        )

    assert refused.value.field == field
    assert catalog.parts([tea_time.variants["SET"]]) == before


def test_twenty_one_parts_are_refused(tea_time):
    many = [PartDraft(product(f"P{number}"), 1) for number in range(21)]

    with pytest.raises(OutOfRange) as refused:
        bundles.save_bundle(variant_id=tea_time.variants["SET"], parts=many, actor=None, now=NOON)

    assert (refused.value.field, refused.value.value) == ("parts", 21)


def test_a_part_of_a_bundle_does_not_become_one(tea_time):
    tea_time.variants["SPOON"] = product("SPOON")
    tea_time.variants["BOX"] = product("BOX")
    tea_time.hold("BOX", SPOON=2)

    with pytest.raises(BundleInBundle):
        tea_time.hold("SPOON", TEA=2)


def test_what_has_been_in_stock_does_not_become_a_bundle(tea_time):
    tea_time.variants["JAM"] = product("JAM")
    tea_time.receive("JAM", 1)
    inventory.adjust(variant_id=tea_time.variants["JAM"], warehouse_id=tea_time.main, units=-1, note="lost", actor=None, now=NOON)

    with pytest.raises(BundleWasStocked):
        tea_time.hold("JAM", TEA=2)

    assert catalog.parts([tea_time.variants["JAM"]]) == {}


def test_no_pieces_of_a_bundle_itself_are_booked(tea_time):
    with pytest.raises(BundleHasNoShelf):
        tea_time.receive("SET", 1)
    with pytest.raises(BundleHasNoShelf):
        inventory.count(variant_id=tea_time.variants["SET"], warehouse_id=tea_time.main, counted=1, actor=None, now=NOON)

    assert tea_time.available("SET") == 2


def test_a_bundle_is_the_only_variant_of_its_product(tea_time):
    own = catalog.product_by_id(catalog.goods_of(tea_time.variants["SET"]).product_id)
    kept = VariantDraft(id=own.variants[0].id, sku="SET")
    with pytest.raises(BundleIsOneThing):
        catalog.save_product(
            product_id=own.id, slug=own.slug, name=own.name, text=own.text, category_id=None, variants=[kept, VariantDraft(sku="SET2")],
            is_published=True, actor=None, now=NOON,
        )  # fmt: skip
    tea = catalog.product_by_id(catalog.goods_of(tea_time.variants["TEA"]).product_id)
    two = catalog.save_product(
        product_id=None, slug="two", name=tea.name, text=tea.text, category_id=None,
        variants=[VariantDraft(sku="A1"), VariantDraft(sku="A2")],
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    with pytest.raises(BundleIsOneThing):
        bundles.save_bundle(variant_id=two.variants[0].id, parts=[PartDraft(tea_time.variants["TEA"], 2)], actor=None, now=NOON)


def test_without_parts_it_is_a_single_thing_again(tea_time):
    tea_time.hold("SET")
    tea_time.receive("SET", 3)

    assert tea_time.available("SET") == 3


# ── bought ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_line_says_the_bundle_and_the_holds_say_its_parts(tea_time):
    order = tea_time.buy(SET=2, TEA=1)

    (line,) = [line for line in order.lines if line.sku == "SET"]
    assert (line.units, line.gross_minor) == (2, 5_800)
    assert [(part.sku, part.units) for part in line.parts] == [("TEA", 1), ("CUP", 2)]
    assert {held.variant_id: held.units for held in inventory.held(order.id)} == {tea_time.variants["TEA"]: 3, tea_time.variants["CUP"]: 4}
    assert (tea_time.available("TEA"), tea_time.available("CUP"), tea_time.available("SET")) == (7, 1, 0)
    assert is_right()


def test_the_price_is_spread_over_the_parts_to_the_penny(tea_time):
    (line,) = tea_time.buy(SET=1).lines

    # 1,250 and 1,998 apart; 2,900 with 483 of tax in the same proportion, by largest remainder.
    assert [(part.gross_minor, part.tax_minor) for part in line.parts] == [(1_116, 186), (1_784, 297)]
    assert sum(part.gross_minor for part in line.parts) == line.gross_minor
    assert sum(part.tax_minor for part in line.parts) == line.tax_minor


def test_single_things_have_no_parts(tea_time):
    (line,) = tea_time.buy(TEA=1).lines

    assert line.parts == ()


def test_more_bundles_than_the_parts_allow_are_refused_by_their_own_name(tea_time):
    with pytest.raises(OutOfStock) as refused:
        tea_time.buy(SET=3)

    assert [(each.sku, each.wanted, each.available) for each in refused.value.short] == [("SET", 3, 2)]
    assert (tea_time.available("CUP"), tea_time.available("TEA")) == (5, 10)


def test_bundles_and_single_pieces_that_share_a_part_are_counted_together(tea_time):
    with pytest.raises(OutOfStock) as refused:
        tea_time.buy(SET=2, CUP=2)

    # Two sets leave one cup; two cups leave one set.
    assert {each.sku: each.available for each in refused.value.short} == {"SET": 1, "CUP": 1}


def test_what_a_bundle_holds_is_agreed_to(tea_time):
    basket = tea_time.basket(SET=1)
    request = tea_time.request(basket)
    tea_time.hold("SET", TEA=1, CUP=1)

    with pytest.raises(QuoteStale):
        place_order.place_order(**request)


def test_a_bundle_that_changes_while_it_is_bought_is_refused_by_the_database(tea_time, monkeypatch):
    basket = tea_time.basket(SET=1)
    request = tea_time.request(basket)
    planned = place_order._plan

    def plan_and_change(*values):
        found = planned(*values)
        tea_time.hold("SET", TEA=1, CUP=1)
        return found

    monkeypatch.setattr(place_order, "_plan", plan_and_change)
    with pytest.raises(QuoteStale):
        place_order.place_order(**request)

    assert inventory.open_holds() == {}


def test_the_same_request_again_is_the_same_order(tea_time):
    request = tea_time.request(tea_time.basket(SET=1))

    first, again = place_order.place_order(**request), place_order.place_order(**request)

    assert first.order_id == again.order_id
    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (9, 3)


def test_an_order_keeps_what_its_bundle_held(tea_time):
    order = tea_time.buy(SET=1)
    tea_time.hold("SET", TEA=2)

    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)

    assert [(part.sku, part.units) for part in orders.order(order.id).lines[0].parts] == [("TEA", 1), ("CUP", 2)]
    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (9, 3)
    assert is_right()


def test_the_cap_on_what_is_unpaid_counts_the_pieces_of_bundles(tea_time, settings):
    settings.MOST_UNPAID_UNITS = 5

    with pytest.raises(TooMuchUnpaid) as refused:
        tea_time.buy(SET=2)

    assert (refused.value.units, refused.value.most_units) == (6, 5)
    assert inventory.open_holds() == {}
    assert tea_time.buy(SET=1).units == 1


def test_the_cap_counts_the_pieces_of_bundles_in_other_orders_that_wait_for_their_money(tea_time, settings):
    settings.MOST_UNPAID_UNITS = 7
    tea_time.buy(SET=1, method="test-slow")
    tea_time.buy(SET=1, method="test-slow")

    with pytest.raises(TooMuchUnpaid) as refused:
        tea_time.buy(TEA=2, method="test-slow")

    assert (refused.value.orders, refused.value.units, refused.value.most_units) == (3, 8, 7)
    assert tea_time.buy(TEA=1, method="test-slow").units == 1


# ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_leaves_as_its_parts(tea_time):
    order = tea_time.buy(SET=2)

    ship_order.ship(order_id=order.id, lines=[(order.lines[0].id, 1)], carrier="Royal Mail", actor=None, now=NOON)

    sent = orders.order(order.id)
    parts = {part.id: part.sku for part in sent.lines[0].parts}
    assert sent.state is OrderState.SHIPPING
    assert [(parts[each.part_id], each.units) for each in sent.shipments[0].parts] == [("TEA", 1), ("CUP", 2)]
    on_hand = {shelf.variant_id: (shelf.on_hand, shelf.held) for shelf in inventory.shelves(list(tea_time.variants.values()))}
    assert on_hand == {tea_time.variants["TEA"]: (9, 1), tea_time.variants["CUP"]: (3, 2)}
    assert is_right()


def test_a_bundle_whose_parts_lie_apart_leaves_in_two_parcels_at_once(tea_time):
    tea_time.receive("CUP", 5, warehouse=tea_time.north)
    order = tea_time.buy(SET=4)

    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)

    sent = orders.order(order.id)
    assert sent.state is OrderState.SHIPPED
    assert [sum(line.units for line in parcel.lines) for parcel in sent.shipments] == [2, 2]
    parts = {part.id: part.sku for part in sent.lines[0].parts}
    assert [[(parts[each.part_id], each.units) for each in parcel.parts] for parcel in sent.shipments] == [
        [("TEA", 4), ("CUP", 5)],
        [("CUP", 3)],
    ]
    assert tea_time.available("SET") == 1
    assert is_right()


# ── given back ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cancelled_bundle_gives_its_parts_back(tea_time):
    order = tea_time.buy(SET=2)

    cancel_order.cancel(order_id=order.id, reason=CancelReason.BUYER, actor=None, now=NOON)

    assert (tea_time.available("TEA"), tea_time.available("CUP"), tea_time.available("SET")) == (10, 5, 2)
    assert is_right()


def test_a_bundle_refunded_before_it_left_gives_its_parts_back(tea_time):
    order = tea_time.buy(SET=2)

    refund_order.refund(
        order_id=order.id, lines=[(order.lines[0].id, 1, False)], delivery=False, reason=RefundReason.CHANGED_MIND, actor=None, now=NOON
    )

    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (9, 3)
    assert is_right()


def test_a_bundle_that_comes_back_is_put_on_the_shelves_of_its_parts(tea_time):
    order = tea_time.buy(SET=1)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)

    made = refund_order.refund(
        order_id=order.id, lines=[(order.lines[0].id, 1, True)], delivery=False, reason=RefundReason.CHANGED_MIND, actor=None, now=NOON
    )

    assert made.total_minor == 2_900
    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (10, 5)
    assert is_right()


def test_an_unpaid_bundle_gives_its_parts_back_once_its_time_is_up(tea_time):
    order = tea_time.buy(SET=2, method="test-late")
    assert tea_time.available("CUP") == 1

    sweep.sweep(AFTER_HOLD)

    assert orders.order(order.id).state is OrderState.EXPIRED
    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (10, 5)


def test_late_money_for_a_bundle_takes_its_parts_again(tea_time):
    order = tea_time.buy(SET=2, method="test-late")
    sweep.sweep(AFTER_HOLD)

    settle_payment.deliver_test_webhooks(LATE)

    assert orders.order(order.id).state is OrderState.PAID
    assert (tea_time.available("TEA"), tea_time.available("CUP")) == (8, 1)
    assert audit_books.run(LATE).findings == ()


def test_the_facts_name_the_bundle_and_the_moves_its_parts(tea_time):
    order = tea_time.buy(SET=1)
    ship_order.ship(order_id=order.id, carrier="Royal Mail", actor=None, now=NOON)

    (placed,) = told("OrderPlaced")
    assert [line["sku"] for line in placed["lines"]] == ["SET"]
    sold = {(each["variant_id"], each["units"]) for each in told("StockMoved") if each["reason"] == "sold"}
    assert sold == {(tea_time.variants["TEA"], -1), (tea_time.variants["CUP"], -2)}


# ── told to the rest of the house ─────────────────────────────────────────────────────────────────────────────────────


def is_found_in_stock(shop, sku: str) -> bool:
    return bool(Document.objects.get(product_id=catalog.goods_of(shop.variants[sku]).product_id).is_in_stock)


def test_search_and_collections_know_whether_a_bundle_is_there_when_a_part_moves(tea_time):
    index_products.index_all()
    product_id = catalog.goods_of(tea_time.variants["SET"]).product_id
    assert is_found_in_stock(tea_time, "SET")
    assert product_id in inventory.in_stock()

    tea_time.buy(CUP=4)
    index_products.mark([tea_time.variants["CUP"]])

    assert not is_found_in_stock(tea_time, "SET")
    assert product_id not in inventory.in_stock()


def test_a_bundle_that_is_bought_moves_the_marks_of_its_parts_and_of_other_bundles_with_them(tea_time):
    tea_time.bundle("PAIR", 1_800, CUP=2)
    tea_time.receive("CUP", 1)
    index_products.index_all()

    order = tea_time.buy(SET=3)
    index_products.mark([line.variant_id for line in order.lines])

    assert not is_found_in_stock(tea_time, "CUP")
    assert not is_found_in_stock(tea_time, "PAIR")
    assert is_found_in_stock(tea_time, "TEA")


def test_who_waits_for_a_bundle_is_told_when_its_part_is_back(tea_time):
    inventory.adjust(variant_id=tea_time.variants["CUP"], warehouse_id=tea_time.main, units=-5, note="lost", actor=None, now=NOON)
    waiting(variant_id=tea_time.variants["SET"], now=NOON)
    assert tell_waiting.tell([tea_time.variants["CUP"]], now=LATER) == 0

    tea_time.receive("CUP", 2)

    assert tell_waiting.tell([tea_time.variants["CUP"]], now=LATER) == 1


def test_an_order_of_bundles_is_opened_in_as_many_round_trips_as_any(tea_time, monkeypatch):
    request = tea_time.request(tea_time.basket(SET=1, TEA=1))

    with Heard().listening(monkeypatch) as heard:
        place_order.place_order(**request)

    # The test itself runs in a transaction, so that savepoints are made which no purchase makes.
    asked = [said for said in heard.said if not said.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= MOST, asked
    assert heard.prepared == len(asked), asked


def test_an_order_without_bundles_asks_nothing_about_them(tea_time, monkeypatch):
    request = tea_time.request(tea_time.basket(TEA=1))

    with Heard().listening(monkeypatch) as heard:
        place_order.place_order(**request)

    assert not [said for said in heard.said if "bundles" in said]


# ── the books ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def untrigger(table: str, trigger: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def plant_pieces(order):
    models.OrderLine.objects.filter(order_id=order.id).update(pieces=F("pieces") + 1)


def plant_price(order):
    untrigger("orders_linepart", "orders_linepart_append_only")
    models.LinePart.objects.filter(line__order_id=order.id, position=1).update(gross_minor=F("gross_minor") + 1)


def plant_tax(order):
    untrigger("orders_linepart", "orders_linepart_append_only")
    models.LinePart.objects.filter(line__order_id=order.id, position=1).update(tax_minor=F("tax_minor") - 1)


def plant_parcel(order):
    models.ShipmentPart.objects.filter(shipment__order_id=order.id, units=2).update(units=1)


def plant_other_goods(order):
    """As many pieces are held as ever, of something else."""
    other = Shelf.objects.create(variant_id=product("JAM"), warehouse=Shelf.objects.first().warehouse, on_hand=9)
    one = Hold.objects.filter(order_id=order.id, open_units__gt=0).first()
    Shelf.objects.filter(id=one.shelf_id).update(held=F("held") - one.open_units)
    Shelf.objects.filter(id=other.id).update(held=one.open_units)
    Hold.objects.filter(id=one.id).update(shelf=other)


PLANTS = {
    "line_pieces_are_its_parts": plant_pieces,
    "bundle_price_is_its_parts": plant_price,
    "bundle_tax_is_its_parts": plant_tax,
    "bundles_leave_whole": plant_parcel,
    "held_goods_are_those_to_be_sent": plant_other_goods,
}
"""One violation for every check of bundles; `test_audit_books` counts them among its own."""


@pytest.mark.parametrize("check", PLANTS)
def test_a_planted_violation_is_found_and_named(tea_time, check):
    order = tea_time.buy(SET=2)
    ship_order.ship(order_id=order.id, lines=[(order.lines[0].id, 1)], carrier="Royal Mail", actor=None, now=NOON)
    assert is_right()

    PLANTS[check](orders.order(order.id))

    assert check in {finding.check for finding in audit_books.run(LATER).findings}


def test_what_a_line_was_made_of_is_never_changed(tea_time):
    tea_time.buy(SET=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        models.LinePart.objects.update(units=5)


@pytest.mark.parametrize(
    "plant",
    [
        lambda shop: BundlePart.objects.create(bundle_id=shop.variants["SET"], part_id=shop.variants["SET"], units=1, position=3),
        lambda shop: BundlePart.objects.create(bundle_id=shop.variants["TEA"], part_id=shop.variants["CUP"], units=1, position=1),
        lambda shop: BundlePart.objects.create(bundle_id=shop.variants["SET"], part_id=product("JAM"), units=1_000, position=3),
        lambda shop: BundlePart.objects.create(bundle_id=shop.variants["SET"], part_id=product("JAM"), units=1, position=21),
        lambda shop: BundlePart.objects.create(bundle_id=shop.variants["SET"], part_id=shop.variants["CUP"], units=1, position=3),
        lambda shop: Variant.objects.create(product=Variant.objects.get(id=shop.variants["SET"]).product, sku="SECOND"),
        lambda shop: Shelf.objects.create(variant_id=shop.variants["SET"], warehouse_id=shop.main, on_hand=1),
    ],
    ids=["itself", "a part becomes a bundle", "too many pieces", "a 21st part", "a part twice", "a variant beside it", "pieces of its own"],
)
def test_the_database_refuses_what_no_bundle_is(tea_time, plant):
    with pytest.raises(DatabaseError), transaction.atomic():
        plant(tea_time)


# ── the sample shop ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_shop_has_two_bundles_cheaper_than_their_parts_and_makes_them_once(shop):
    for sku, price in (("23173", 995), ("22699", 295), ("23170", 125), ("47566", 495), ("22197", 85)):
        shop.variants[sku] = product(sku)
        shop.price(sku, price)
        shop.receive(sku, 20)

    assert [sample_bundles.fill(NOON), sample_bundles.fill(LATER)] == [2, 0]

    tea = catalog.product("regency-tea-for-two").variants[0].id
    assert [(part.goods.sku, part.units) for part in catalog.parts([tea])[tea]] == [("23173", 1), ("22699", 2), ("23170", 2)]
    # 995 + 2 × 295 + 2 × 125 apart.
    assert pricing.prices([tea])[tea].amount_minor == 1_650
    assert inventory.available([tea])[tea] == 10


def test_a_sample_shop_without_those_goods_has_no_bundles(shop):
    assert sample_bundles.fill(NOON) == 0
