"""Staff read what buyers ask, accept, refuse and close it by right, with trail and news; invoices, carriers, arrangement, delivery note."""

from typing import Any

import pytest

from shopkeeper.doors.console.orders import ship_whole
from shopkeeper.doors.console.tests.builders import Staff, acts_since, facts_since, marks
from shopkeeper.doors.console.tests.test_queries import MOST, cost
from shopkeeper.flows import ask_order, place_order, ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Arrangement, CancelAsked, InvoiceKind, InvoiceWish, Order, Particulars, Request, RequestState


def asked(shop: SmallShop) -> tuple[Order, Request]:
    """Have a buyer ask to send back what came."""
    order = shop.buy(TEA=2)
    ship_order.ship(order_id=order.id, carrier="DHL", actor=None, now=NOON)
    lines = [(order.lines[0].id, 1)]
    return order, ask_order.ask(order_id=order.id, kind="return", reason="faulty", note="It <leaks>.", wishes=lines, now=NOON)


def a_gift(shop: SmallShop) -> Order:
    """Have a gift bought whose invoice goes to a company."""
    basket = shop.basket(TEA=1)
    wish = InvoiceWish(kind=InvoiceKind.COMPANY, title="Lee & Daughters", tax_number="GB434031494", email="books@example.com")
    added = Particulars(is_gift=True, gift_note="Happy birthday!", invoice=wish)
    orders.save_particulars(token=basket.token, value=added, country="GB", now=NOON)
    return orders.order(place_order.place_order(**shop.request(basket)).order_id)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("request of a buyer", "Waits for an answer", "it does not work")), ("zh-hans", ("个买家申请", "待答复", "不能正常使用"))],
)
def test_a_request_waits_on_today_and_stands_in_its_list(owner: Staff, shop: SmallShop, language: str, words: tuple[str, ...]) -> None:
    order, made = asked(shop)
    owner.read(language)

    today, listed, page = owner.text(""), owner.text("buyer-requests/?state=waiting"), owner.text(f"buyer-requests/{made.id}/")

    assert words[0] in today
    assert "buyer-requests/?state=waiting" in today
    for text in (listed, page):
        assert all(word in text for word in (*words[1:], order.number))
    assert "It &lt;leaks&gt;." in page


def test_accepting_tells_the_buyer_and_leads_to_the_refund(owner: Staff, shop: SmallShop) -> None:
    order, made = asked(shop)
    before = marks()

    owner.post(f"buyer-requests/{made.id}/accept/", answer="Send it back.")

    found = orders.request(made.id)
    assert (found.state, found.answer) == (RequestState.ACCEPTED, "Send it back.")
    assert acts_since(before, owner) == ["orders.decide_request"]
    assert facts_since(before) == ["OrderRequestDecided"]
    assert f"/orders/{order.id}/refund/" in owner.text(f"buyer-requests/{made.id}/")
    owner.post(f"buyer-requests/{made.id}/close/")
    assert orders.request(made.id).state is RequestState.DONE


def test_refusing_needs_words_for_the_buyer(owner: Staff, shop: SmallShop) -> None:
    _order, made = asked(shop)
    before = marks()

    owner.post(f"buyer-requests/{made.id}/refuse/", answer="")
    assert marks() == before
    owner.post(f"buyer-requests/{made.id}/refuse/", answer="It was used for a year.")

    assert orders.request(made.id).state is RequestState.REFUSED
    assert "It was used for a year." in owner.text(f"buyer-requests/{made.id}/")
    # Decided once: whoever comes second is told, and nothing changes.
    before = marks()
    owner.post(f"buyer-requests/{made.id}/accept/", answer="")
    assert marks() == before


def test_the_order_page_names_its_requests_gift_and_invoice(owner: Staff, shop: SmallShop) -> None:
    order, made = asked(shop)
    gift = a_gift(shop)

    assert f"/buyer-requests/{made.id}/" in owner.text(f"orders/{order.id}/")
    page = owner.text(f"orders/{gift.id}/")
    assert all(word in page for word in ("Happy birthday!", "Lee &amp; Daughters", "434031494", "books@example.com"))


def test_invoices_that_buyers_asked_for_are_listed(owner: Staff, shop: SmallShop) -> None:
    gift = a_gift(shop)
    shop.buy(TEA=1)

    listed = owner.text("invoices-asked/")

    assert gift.number in listed
    assert "Lee &amp; Daughters" in listed
    assert listed.count("sk-ref") <= 2


def test_a_delivery_note_of_a_gift_tells_no_prices_and_another_does(owner: Staff, shop: SmallShop) -> None:
    gift, plain = a_gift(shop), shop.buy(TEA=1)

    slip = owner.text(f"orders/{gift.id}/slip/")

    assert "Happy birthday!" in slip
    assert "12.50" not in slip
    assert "12.50" in owner.text(f"orders/{plain.id}/slip/")
    assert owner.get("orders/999999/slip/").status_code == 404


def test_checkout_and_returns_are_arranged_with_a_trace(owner: Staff, shop: SmallShop) -> None:
    before = marks()

    owner.post("buyer-requests/arrange/", is_in_steps="on", return_address="1 Back Lane", return_days="30")

    assert orders.arrangement() == Arrangement(is_in_steps=True, return_address="1 Back Lane", return_days=30)
    assert acts_since(before, owner) == ["orders.arrange"]
    before = marks()
    owner.post("buyer-requests/arrange/", return_address="", return_days="366")
    assert marks() == before


def test_a_carrier_has_one_page_and_a_bad_address_is_refused(owner: Staff, shop: SmallShop) -> None:
    owner.client.post("/console/carriers/new/", {"carrier": "DHL", "address": "https://example.com/{number}"})
    owner.client.post("/console/carriers/new/", {"carrier": "dhl", "address": "https://example.com/?n={number}"})
    owner.client.post("/console/carriers/new/", {"carrier": "SF", "address": "http://example.com/{number}"})

    assert [(each.carrier, each.address) for each in orders.carrier_links()] == [("dhl", "https://example.com/?n={number}")]
    assert "example.com" in owner.text("carriers/")


@pytest.mark.parametrize("name", ["buyer-requests", "invoices-asked", "carriers"])
def test_a_list_costs_few_statements(owner: Staff, shop: SmallShop, name: str) -> None:
    asked(shop)
    a_gift(shop)

    assert cost(owner, f"{name}/") <= MOST


def test_a_request_and_its_order_cost_few_statements(owner: Staff, shop: SmallShop) -> None:
    order, made = asked(shop)

    assert cost(owner, f"buyer-requests/{made.id}/") <= MOST
    assert cost(owner, f"orders/{order.id}/") <= MOST


def cancel_asked(shop: SmallShop) -> tuple[Order, Request]:
    """Have a buyer ask to cancel what has not left yet of an order of three."""
    order = shop.buy(TEA=3)
    ship_order.ship(order_id=order.id, carrier="DHL", lines=[(order.lines[0].id, 1)], actor=None, now=NOON)
    return order, ask_order.ask(order_id=order.id, kind="cancel", reason="changed_mind", wishes=None, now=NOON)


def left(order: Order) -> int:
    return sum(line.units_to_ship for line in orders.order(order.id).lines)


@pytest.mark.parametrize(
    ("language", "warned", "again"),
    [("en", "The buyer asks to cancel: request", "Ship all the same"), ("zh-hans", "买家申请取消：", "仍然发货")],
)
def test_shipping_an_order_whose_buyer_asks_to_cancel_is_asked_once_more_and_then_done(
    owner: Staff, shop: SmallShop, language: str, warned: str, again: str
) -> None:
    order, made = cancel_asked(shop)
    owner.read(language)
    address, sent = f"orders/{order.id}/ship/", {"carrier": "DHL", f"units_{order.lines[0].id}": "2"}
    before = marks()

    shown, held = owner.text(address), owner.post(address, **sent)

    for page in (shown, held.content.decode()):
        assert warned in page
        assert f"/console/buyer-requests/{made.id}/" in page
    assert again not in shown
    assert (held.status_code, again in held.content.decode()) == (200, True)
    assert f'name="known" value="{made.id}"' in held.content.decode()
    assert marks() == before
    assert owner.post(address, **sent, known=str(made.id)).status_code == 302
    assert left(order) == 0


def test_a_warning_that_was_read_about_another_request_does_not_count(owner: Staff, shop: SmallShop) -> None:
    order, made = cancel_asked(shop)

    held = owner.post(f"orders/{order.id}/ship/", carrier="DHL", known=str(made.id + 1), **{f"units_{order.lines[0].id}": "2"})

    assert (held.status_code, left(order)) == (200, 2)


@pytest.mark.parametrize(("language", "said"), [("en", "asks to cancel (request"), ("zh-hans", "申请取消")])
def test_a_request_that_comes_while_the_form_is_sent_is_told_and_nothing_leaves(
    owner: Staff, shop: SmallShop, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    order, real = shop.buy(TEA=3), ship_order.ship
    real(order_id=order.id, carrier="DHL", lines=[(order.lines[0].id, 1)], actor=None, now=NOON)
    owner.read(language)
    address, sent = f"orders/{order.id}/ship/", {"carrier": "DHL", f"units_{order.lines[0].id}": "2"}

    def late(**given: Any) -> Any:
        ask_order.ask(order_id=order.id, kind="cancel", reason="changed_mind", wishes=None, now=NOON)
        return real(**given)

    with monkeypatch.context() as planted:
        planted.setattr(ship_order, "ship", late)
        told = owner.post(address, **sent)

    assert said in told.content.decode()
    assert left(order) == 2
    (made,) = orders.requests_of(order.id)
    assert f'name="known" value="{made.id}"' in owner.post(address, **sent).content.decode()
    assert owner.post(address, **sent, known=str(made.id)).status_code == 302


def test_an_order_nobody_asks_to_cancel_ships_at_once(owner: Staff, shop: SmallShop) -> None:
    order, made = cancel_asked(shop)
    orders.withdraw_request(order_id=order.id, request_id=made.id, now=NOON)

    assert "asks to cancel" not in owner.text(f"orders/{order.id}/ship/")
    assert owner.post(f"orders/{order.id}/ship/", carrier="DHL", **{f"units_{order.lines[0].id}": "2"}).status_code == 302


def test_many_at_once_leave_such_an_order_out_and_say_why(owner: Staff, shop: SmallShop) -> None:
    held, _made = cancel_asked(shop)
    other = shop.buy(TEA=1)

    with pytest.raises(CancelAsked) as refused:
        ship_whole(held.id, owner.id, NOON)
    ship_whole(other.id, owner.id, NOON)

    assert (refused.value.field, refused.value.number) == ("request", held.number)
    assert [left(each) for each in (held, other)] == [2, 0]
