"""Checkout: from a basket to an order whose money is certain, refused or awaited."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper.flows import audit_books, place_order, settle_payment
from shopkeeper.flows.place_order import HOLD_FOR
from shopkeeper.flows.tests.builders import ADDRESS, CONTACT, NOON, told
from shopkeeper.kit.refusals import KeyReused, Malformed, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.customers.models import Customer
from shopkeeper.selling.inventory.models import Hold
from shopkeeper.selling.inventory.shapes import OutOfStock
from shopkeeper.selling.orders import models
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import EmptyBasket, OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentRefused, PaymentState
from shopkeeper.selling.pricing.shapes import DeliveryUnavailable, QuoteStale

pytestmark = pytest.mark.django_db


def test_a_guest_orders_and_pays(shop):
    basket = shop.basket(TEA=2, CUP=1)

    placed = place_order.place_order(**shop.request(basket))

    order = orders.order(placed.order_id)
    assert (placed.state, placed.payment_state) == (OrderState.PAID, PaymentState.CAPTURED)
    assert order.number.startswith("SK-")
    assert order.total_minor == order.paid_minor == 2 * 1_250 + 999 + 395
    lines = [(line.sku, line.units, line.gross_minor, line.tax_minor) for line in order.lines]
    assert lines == [("TEA", 2, 2_500, 417), ("CUP", 1, 999, 167)]
    assert order.is_guest
    assert order.contact.email == "ann@example.com"
    assert shop.available("TEA") == 8
    assert orders.basket(basket.token).lines == ()
    assert [entry.code for entry in orders.timeline(order.id)] == ["placed", "paid"]
    assert audit_books.run(NOON).is_right


def test_a_line_is_called_by_the_option_that_was_bought(shop):
    tea = catalog.goods_of(shop.variants["TEA"])
    catalog.save_product(
        product_id=tea.product_id, slug=tea.slug, name=tea.name, text=Bilingual(), category_id=None,
        variants=[VariantDraft(id=tea.variant_id, sku="TEA", option=Bilingual("Large", "大号"))], is_published=True, actor=None, now=NOON,
    )  # fmt: skip

    (line,) = shop.buy(TEA=1).lines

    assert line.name == Bilingual("Tea of the house · Large", "本店TEA · 大号")


def test_the_news_of_an_order_name_its_lines_and_no_person(shop):
    order = shop.buy(TEA=2)

    (placed,) = told("OrderPlaced")
    (paid,) = told("OrderPaid")
    assert placed["lines"][0]["line_id"] == order.lines[0].id
    assert (placed["order_id"], placed["number"], placed["total_minor"]) == (order.id, order.number, 2_895)
    assert paid == {"order_id": order.id, "payment_id": shop.payment(order.id).id, "buyer_id": order.buyer_id, "amount_minor": 2_895}
    everything = str([row for kind in ("OrderPlaced", "OrderPaid", "StockHeld", "PaymentEventHeard") for row in told(kind)])
    assert "Ann" not in everything
    assert "example.com" not in everything


def test_a_refused_payment_frees_the_stock_and_opens_the_basket_again(shop):
    basket = shop.basket(TEA=2)

    with pytest.raises(PaymentRefused) as refused:
        place_order.place_order(**shop.request(basket, method="test-declined"))

    (order,) = orders.list_orders()
    assert refused.value.reason == "declined"
    assert order.state is OrderState.CANCELLED
    assert shop.available("TEA") == 10
    assert orders.basket(basket.token).units == 2
    assert told("OrderPaid") == []
    assert told("OrderCancelled") == [{"order_id": order.id, "reason": "payment_declined", "was_paid": False}]


def test_after_a_refused_payment_the_same_basket_can_be_paid_another_way(shop):
    basket = shop.basket(TEA=2)
    with pytest.raises(PaymentRefused):
        place_order.place_order(**shop.request(basket, method="test-declined", key="first"))

    placed = place_order.place_order(**shop.request(basket, key="second"))

    assert placed.state is OrderState.PAID
    assert shop.available("TEA") == 8


def test_repeating_a_refused_request_repeats_the_refusal_and_makes_no_order(shop):
    request = shop.request(shop.basket(TEA=2), method="test-declined")
    with pytest.raises(PaymentRefused):
        place_order.place_order(**request)

    with pytest.raises(PaymentRefused):
        place_order.place_order(**request)

    assert models.Order.objects.count() == 1


def test_a_double_click_makes_one_order(shop):
    request = shop.request(shop.basket(TEA=2))

    first = place_order.place_order(**request)
    second = place_order.place_order(**request)

    assert first == second
    assert models.Order.objects.count() == 1
    assert shop.available("TEA") == 8
    assert len(told("OrderPaid")) == 1


def test_a_second_tab_with_its_own_key_gets_the_same_order(shop):
    basket = shop.basket(TEA=2)
    request = shop.request(basket, key="tab-1")

    first = place_order.place_order(**request)
    second = place_order.place_order(**{**request, "idempotency_key": "tab-2"})

    assert first.order_id == second.order_id
    assert models.Order.objects.count() == 1


def test_a_basket_ordered_between_reading_and_opening_gives_that_order(shop, monkeypatch):
    basket = shop.basket(TEA=2)
    first = place_order.place_order(**shop.request(basket, key="tab-1"))
    request = shop.request(basket, key="tab-2")
    # What the other tab read a moment before: an open basket, and no order yet.
    monkeypatch.setattr(orders, "living_order_of", lambda token: None)
    monkeypatch.setattr(orders, "basket", lambda token: basket)

    second = place_order.place_order(**request)

    assert second.order_id == first.order_id
    assert models.Order.objects.count() == 1


def test_a_key_is_not_good_for_another_request(shop):
    place_order.place_order(**shop.request(shop.basket(TEA=1), key="k"))

    with pytest.raises(KeyReused):
        place_order.place_order(**shop.request(shop.basket(CUP=1), key="k"))

    assert models.Order.objects.count() == 1


def test_a_key_used_meanwhile_for_another_request_is_refused_by_the_database(shop, monkeypatch):
    place_order.place_order(**shop.request(shop.basket(TEA=1), key="k"))
    monkeypatch.setattr(orders, "key_answer", lambda key: None)

    with pytest.raises(KeyReused):
        place_order.place_order(**shop.request(shop.basket(CUP=1), key="k"))

    assert models.Order.objects.count() == 1


def test_a_price_that_moved_is_shown_before_anything_is_ordered(shop):
    basket = shop.basket(TEA=2)
    request = shop.request(basket)
    shop.price("TEA", 1_300)

    with pytest.raises(QuoteStale) as stale:
        place_order.place_order(**request)

    assert stale.value.fresh.total_minor == 2 * 1_300 + 395
    assert models.Order.objects.count() == 0
    assert shop.available("TEA") == 10


def test_a_price_that_moves_after_quoting_is_caught_by_the_database(shop, monkeypatch):
    request = shop.request(shop.basket(TEA=2))
    agreed = place_order._agreed_quote

    def quote_and_then_the_price_moves(*arguments):
        quote = agreed(*arguments)
        shop.price("TEA", 1_300)
        return quote

    monkeypatch.setattr(place_order, "_agreed_quote", quote_and_then_the_price_moves)

    with pytest.raises(QuoteStale) as stale:
        place_order.place_order(**request)

    assert stale.value.fresh.total_minor == 2 * 1_300 + 395
    assert models.Order.objects.count() == 0
    assert orders.basket(request["basket_token"]).units == 2
    assert shop.available("TEA") == 10


def test_out_of_stock_names_every_short_line_and_holds_nothing(shop):
    basket = shop.basket(TEA=11, CUP=6)

    with pytest.raises(OutOfStock) as refused:
        place_order.place_order(**shop.request(basket))

    assert [(line.sku, line.missing) for line in refused.value.short] == [("TEA", 1), ("CUP", 1)]
    assert models.Order.objects.count() == 0
    assert Customer.objects.count() == 0
    assert told("OrderPlaced") == []
    assert (shop.available("TEA"), shop.available("CUP")) == (10, 5)
    assert orders.basket(basket.token).units == 17


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"contact": replace(CONTACT, email="ann")}, Malformed, "email"),
        ({"contact": replace(CONTACT, name="  ")}, OutOfRange, "name"),
        ({"contact": replace(CONTACT, phone="call me")}, Malformed, "phone"),
        ({"address": replace(ADDRESS, country="XX")}, Malformed, "country"),
        ({"address": replace(ADDRESS, line1="")}, OutOfRange, "line1"),
        ({"address": replace(ADDRESS, city="Lon\x00don")}, Malformed, "city"),
        ({"address": replace(ADDRESS, postcode="9" * 21)}, OutOfRange, "postcode"),
        ({"payment_method": "gold"}, Malformed, "payment_method"),
        ({"language": "fr"}, Malformed, "language"),
        ({"idempotency_key": ""}, OutOfRange, "idempotency_key"),
        ({"idempotency_key": "k" * 101}, OutOfRange, "idempotency_key"),
        ({"delivery_option_id": 999_999}, DeliveryUnavailable, "delivery_option"),
        ({"basket_token": "nobody's"}, EmptyBasket, "basket"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(shop, changes, refusal, field):
    request = shop.request(shop.basket(TEA=1))

    with pytest.raises(refusal) as refused:
        place_order.place_order(**{**request, **changes})

    assert field in str(refused.value.field)
    assert models.Order.objects.count() == 0
    assert Customer.objects.count() == 0
    assert shop.available("TEA") == 10


def test_emoji_and_rare_characters_in_an_address_are_kept(shop):
    address = replace(ADDRESS, name="Ann 🦊 𠮷野", line1="🏡 1 High Street")

    placed = place_order.place_order(**shop.request(shop.basket(TEA=1), address=address))

    assert orders.order(placed.order_id).address == address


def test_a_silent_payment_waits_and_a_webhook_heard_twice_pays_once(shop):
    placed = place_order.place_order(**shop.request(shop.basket(TEA=2), method="test-silent"))
    assert (placed.state, placed.payment_state) == (OrderState.PLACED, PaymentState.PENDING)
    later = NOON + timedelta(minutes=3)

    (message,) = payments.webhooks_of_test_provider(later)
    for _ in range(2):
        settle_payment.hear_webhook(provider=message.provider, body=message.body, headers=message.headers, now=later)

    assert orders.order(placed.order_id).state is OrderState.PAID
    assert len(told("OrderPaid")) == 1
    assert shop.available("TEA") == 8
    assert audit_books.run(later).is_right


def test_a_lost_answer_is_found_when_the_buyer_tries_again(shop):
    request = shop.request(shop.basket(TEA=2), method="test-slow")
    assert place_order.place_order(**request).payment_state is PaymentState.PENDING

    placed = place_order.place_order(**request)

    assert placed.state is OrderState.PAID
    assert len(told("OrderPaid")) == 1


def test_webhooks_that_come_twice_for_every_step_change_nothing(shop):
    order = shop.buy(method="test-duplicate", TEA=1)

    assert settle_payment.deliver_test_webhooks(NOON) == 4

    assert len(told("OrderPaid")) == 1
    assert [fact["kind"] for fact in told("PaymentEventHeard")] == ["authorized", "captured"]
    assert orders.order(order.id).paid_minor == order.total_minor


def test_goods_are_held_for_half_an_hour_and_for_good_once_paid(shop):
    waiting = shop.buy(method="test-silent", TEA=1)
    paid = shop.buy(CUP=1)

    assert waiting.hold_until == NOON + HOLD_FOR
    assert paid.hold_until is None
    ends = dict(Hold.objects.values_list("order_id", "until"))
    assert ends == {waiting.id: NOON + HOLD_FOR, paid.id: None}


def test_a_process_that_died_before_asking_for_money_is_taken_up_by_the_next_try(shop, monkeypatch):
    request = shop.request(shop.basket(TEA=2))

    def die(*_arguments, **_named):
        raise SystemExit

    with monkeypatch.context() as crash:
        crash.setattr(payments, "start_and_authorize", die)
        with pytest.raises(SystemExit):
            place_order.place_order(**request)
    (order,) = orders.list_orders()
    assert order.state is OrderState.PLACED

    placed = place_order.place_order(**request)

    assert placed.order_id == order.id
    assert placed.state is OrderState.PAID
    assert shop.available("TEA") == 8
