"""Lists: found, narrowed, ordered, taken away as files, in a bounded number of queries however long they are."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopkeeper.doors.console.rooms import DESKS
from shopkeeper.doors.console.tests.builders import Staff, steered
from shopkeeper.doors.console.tests.test_statements import bill
from shopkeeper.flows import ask_order, place_order, ship_order
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.growth.links.tests.builders import a_link
from shopkeeper.growth.messages import models as mail_rows
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.kit.ids import CustomerId, LineId, OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import joined
from shopkeeper.ops.approvals import public as approvals
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Edit, EditKind
from shopkeeper.selling.catalog.shapes_options import SizeColumn, SizeRow
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute
from shopkeeper.selling.content.tests.builders import a_look
from shopkeeper.selling.customers import public as customers
from shopkeeper.selling.customers.tests.builders import a_group_and_two_alike
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import InvoiceKind, InvoiceWish, Order, Particulars
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.selling.reviews import public as reviews
from shopkeeper.selling.reviews.shapes import BoughtLine, ReviewDraft, Said
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.wishes import public as wishes
from shopkeeper.selling.wishes.shapes import browser_owner

MOST_QUERIES = 26
"""Signing in, the menu's counts, the count, the rows, and one query for each other room the list asks."""

NAMES = [desk.listing.name for desk in DESKS]


def a_little_trade(shop: SmallShop) -> None:
    mailed(shop.buy(TEA=1))
    a_bounce()
    a_brand()
    an_attribute()
    a_size_table()
    a_group_and_two_alike()
    a_provider()
    catalog.save_category(category_id=None, slug="kitchen", name=Bilingual("Kitchen", "厨房"), actor=None, now=NOON)
    payments.reconcile_statement(provider="alipay", file_name="bill.csv", data=bill(), actor=None, now=NOON)
    steered()
    spoken_of(shop)
    asked_for(shop)
    collected(shop)
    a_link()
    a_look()
    wishes.add(owner=browser_owner("somebody"), variant_id=shop.variants["TEA"], now=NOON)
    approvals.ask(act="backup.restore", subject="backup:monday", values={"point": "monday"}, actor=None, key=None, now=NOON)


def a_bounce() -> None:
    """Have a mail that came back."""
    sent = mail_rows.Outgoing.objects.latest("id")
    mail_rows.Bounce.objects.create(
        event="e", message_id=sent.pk, order_id=sent.order_id, reader="r" * 64, kind="permanent", status="5.1.1", source="http",
        happened_at=NOON, heard_at=NOON,
    )  # fmt: skip


def a_provider() -> None:
    """Have somebody else vouch for customers."""
    customers.save_provider(
        code="lantern",
        name=Bilingual("Lantern", "灯笼"),
        issuer="https://id.example.com",
        client_id="shop",
        secret="s",
        actor=None,
        now=NOON,
    )


def a_size_table() -> None:
    """Have measures by size."""
    catalog.save_size_table(
        size_table_id=None, name=Bilingual("Shirts", "衬衫"), columns=[SizeColumn(name=Bilingual("Chest", "胸围"), unit="cm")],
        rows=[SizeRow(size="S", cells=("86",))], category_ids=[], actor=None, now=NOON,
    )  # fmt: skip


def collected(shop: SmallShop) -> None:
    """Have a collection, and something done to many products."""
    draft = CollectionDraft(slug="gifts", name=Bilingual("Gifts", "礼物"), kind=CollectionKind.HAND)
    gifts = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    edit = Edit(kind=EditKind.COLLECT, target=gifts)
    catalog.edit_products(product_ids=[product], edit=edit, reason="for the season", actor=None, now=NOON)


def spoken_of(shop: SmallShop) -> None:
    """Have goods reviewed, asked about, and the question answered by a buyer."""
    product = catalog.goods_of(shop.variants["TEA"]).product_id
    said = Said(shown_name="Ann", text="Good?", language="en")
    line = BoughtLine(line_id=LineId(1), order_id=OrderId(1), product_id=product, buyer_id=CustomerId(1))
    reviews.write(line=line, draft=ReviewDraft(shown_name="Ann", stars=4, title="Good", text="", language="en"), now=NOON)
    asked = reviews.ask(product_id=product, said=said, now=NOON)
    reviews.decide_question(question_id=asked.id, state="shown", actor=None, now=NOON)
    reviews.reply(question_id=asked.id, line_id=LineId(1), product_id=product, said=said, now=NOON)


def asked_for(shop: SmallShop) -> None:
    """Have goods sent and asked back, an invoice asked for, and a carrier's page known."""
    basket = shop.basket(TEA=1)
    wish = InvoiceWish(kind=InvoiceKind.PERSONAL, title="Bob Lee", email="bob@example.com")
    orders.save_particulars(token=basket.token, value=Particulars(invoice=wish), country="GB", now=NOON)
    order_id = place_order.place_order(**shop.request(basket)).order_id
    ship_order.ship(order_id=order_id, carrier="DHL", actor=None, now=NOON)
    ask_order.ask(order_id=order_id, kind="return", reason="faulty", wishes=None, now=NOON)
    orders.save_carrier_link(carrier="DHL", address="https://example.com/{number}", actor=joined("carrier@example.org"), now=NOON)


def mailed(order: Order) -> None:
    messages.order_mail(kind=MailKind.PLACED, order_id=order.id, key=f"placed-{order.id}", now=NOON)


def more_goods(shop: SmallShop, count: int) -> None:
    for index in range(count):
        found = catalog.save_product(
            product_id=None, slug=f"more-{index}", name=Bilingual(f"More {index}", ""), text=Bilingual(), category_id=None,
            variants=[VariantDraft(sku=f"M{index}")], is_published=True, actor=None, now=NOON,
        )  # fmt: skip
        shop.variants[f"M{index}"] = found.variants[0].id
        shop.price(f"M{index}", 100 + index)
        shop.receive(f"M{index}", 3)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", NAMES)
def test_a_list_opens_in_both_languages(shop: SmallShop, owner: Staff, name: str, language: str) -> None:
    a_little_trade(shop)
    owner.read(language)

    page = owner.get(f"{name}/")

    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()
    assert '<table class="sk-table sk-list">' in page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_longer_list_asks_no_more_questions(shop: SmallShop, owner: Staff, name: str) -> None:
    a_little_trade(shop)
    owner.get(f"{name}/")
    short = asked(owner, f"{name}/")

    more_goods(shop, 6)
    for _again in range(3):
        mailed(shop.buy(TEA=1, M1=1))

    longer = asked(owner, f"{name}/")
    assert len(longer) <= len(short), [each for each in longer if each not in short]
    assert len(short) <= MOST_QUERIES


def queries(owner: Staff, address: str) -> int:
    return len(asked(owner, address))


def asked(owner: Staff, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        assert owner.get(address).status_code == 200
    return [each["sql"] for each in seen]


def test_orders_are_found_by_number_name_and_mail_address(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    found = f'/console/orders/{order.id}/"'

    for typed in (order.number, order.number.lower(), "ann sho", "ANN@example", "Ann Shopper"):
        assert found in owner.text(f"orders/?q={typed}"), typed
    for typed in ("nobody", "🍵", "%00", "x" * 5000, "'; drop table"):
        page = owner.get("orders/?q=" + typed)
        assert page.status_code == 200
        assert found not in page.content.decode() or typed == "%00"


def test_filters_narrow_and_wrong_days_are_refused_beside_the_field(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)
    found = f'/console/orders/{order.id}/"'

    assert found in owner.text("orders/?state=to_ship&country=GB&placed_from=2026-11-20&placed_to=2026-11-20")
    assert found not in owner.text("orders/?state=shipped")
    assert found not in owner.text("orders/?placed_from=2026-11-21")
    assert found not in owner.text("orders/?placed_to=2026-11-19")
    for wrong in ("2026-02-30", "yesterday", "1999-12-31", "99999-01-01", "🍵"):
        answer = owner.get(f"orders/?placed_from={wrong}")
        assert answer.status_code == 400
        assert wrong in answer.content.decode()
    swapped = owner.get("orders/?placed_from=2026-11-21&placed_to=2026-11-20")
    assert swapped.status_code == 400
    assert "swap them" in swapped.content.decode()
    assert owner.get("orders/?state=nonsense").status_code == 400


def test_a_day_is_the_shops_day(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)  # 20 November, noon in London: the 21st, one o'clock in the morning, in Auckland

    shops.save(actor=None, now=NOON, zone="Pacific/Auckland")

    assert f"/console/orders/{order.id}/" in owner.text("orders/?placed_from=2026-11-21")


def test_the_order_of_a_list_follows_its_heads_and_nothing_else(shop: SmallShop, owner: Staff) -> None:
    more_goods(shop, 3)

    cheap, dear = owner.text("prices/?order=amount_minor"), owner.text("prices/?order=-amount_minor")

    assert cheap.index("More 0") < cheap.index("Tea of the house")
    assert dear.index("Tea of the house") < dear.index("More 0")
    assert 'aria-sort="ascending"' in cheap
    assert owner.get("prices/?order=variant__product__password").status_code == 200


def test_an_orders_page_asks_no_more_questions_for_more_figures(shop: SmallShop, owner: Staff) -> None:
    one, many = shop.buy(TEA=1), shop.buy(TEA=1, CUP=1)
    owner.get(f"orders/{one.id}/")

    assert queries(owner, f"orders/{many.id}/") <= queries(owner, f"orders/{one.id}/") <= 40


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_exactly_the_rows_shown(shop: SmallShop, owner: Staff, name: str) -> None:
    a_little_trade(shop)

    rows = as_csv(owner, f"{name}/?export=csv")
    book = openpyxl.load_workbook(io.BytesIO(owner.get(f"{name}/?export=xlsx").getvalue())).active
    sheet: Any = list(book.iter_rows(values_only=True)) if book else []

    shown = owner.get(f"{name}/").context["page"].paginator.count
    assert len(rows) - 1 == len(sheet) - 1 == shown
    assert list(sheet[0]) == rows[0]


def test_a_narrowed_list_is_a_narrowed_file(shop: SmallShop, owner: Staff) -> None:
    shop.buy(TEA=1)

    assert len(as_csv(owner, "orders/?export=csv&q=nobody")) == 1
    assert len(as_csv(owner, "orders/?export=csv&q=ann")) == 2
    assert owner.get("orders/?export=csv&placed_from=nonsense").status_code == 400
    assert owner.get("orders/?export=exe").status_code == 404


@pytest.mark.parametrize("mark", ["=", "＝"])
def test_money_in_a_file_is_a_number_and_a_text_is_never_a_formula(shop: SmallShop, owner: Staff, mark: str) -> None:
    owner.post("products/new/", name_en=f"{mark}HYPERLINK(1)", slug="evil", sku_0="EVIL", sellable_0="on")
    shop.buy(TEA=1)

    totals = [row[as_csv(owner, "orders/?export=csv")[0].index("Total")] for row in as_csv(owner, "orders/?export=csv")[1:]]
    names = [cell for row in as_csv(owner, "products/?export=csv") for cell in row]

    assert totals == ["16.45"]
    assert f"'{mark}HYPERLINK(1)" in names
    assert f"{mark}HYPERLINK(1)" not in names


@pytest.mark.parametrize("name", ["orders", "payments", "prices", "products", "delivery"])
def test_a_file_with_amounts_names_their_currency(shop: SmallShop, owner: Staff, name: str) -> None:
    a_little_trade(shop)

    head, *rows = as_csv(owner, f"{name}/?export=csv")
    book = openpyxl.load_workbook(io.BytesIO(owner.get(f"{name}/?export=xlsx").getvalue())).active
    sheet: Any = list(book.iter_rows(values_only=True)) if book else []

    assert head[-1] == sheet[0][-1] == "Currency"
    assert {row[-1] for row in rows} == {row[-1] for row in sheet[1:]} == {"GBP"}


def test_a_file_without_amounts_names_no_currency(shop: SmallShop, owner: Staff) -> None:
    assert "Currency" not in as_csv(owner, "stock/?export=csv")[0]


def test_a_number_in_a_list_does_not_break(shop: SmallShop, owner: Staff) -> None:
    order = shop.buy(TEA=1)

    assert f'<span class="sk-ref">{order.number}</span>' in owner.text("orders/")
    assert f'<span class="sk-ref">{order.number}</span>' in owner.text("")


def test_pages_of_a_list_hold_fifty_rows(shop: SmallShop, owner: Staff) -> None:
    more_goods(shop, 52)

    first, second = owner.get("products/").context, owner.get("products/?p=2").context

    assert (len(first["lines"]), len(second["lines"])) == (50, 4)
    assert owner.get("products/?p=99").status_code == 200
    assert owner.get("products/?p=x").status_code == 200


@pytest.mark.parametrize(("days", "shown"), [((3, 3), "3"), ((2, 3), "2–3")])
def test_days_of_delivery_are_one_number_where_the_least_is_the_most(
    shop: SmallShop, owner: Staff, days: tuple[int, int], shown: str
) -> None:
    pricing.save_delivery_option(
        delivery_option_id=shop.delivery_id, code="STANDARD", name=Bilingual("Standard delivery"), carrier="Royal Mail", price_minor=395,
        free_from_minor=None, days=days, countries=("GB",), position=1, is_active=True, actor=None, now=NOON,
    )  # fmt: skip

    (row,) = owner.get("delivery/").context["lines"]

    assert [str(cell.html) for cell in row.cells if cell.label == "Days"] == [shown]


def test_a_product_shows_its_price_and_what_can_be_sold(shop: SmallShop, owner: Staff) -> None:
    shop.buy(TEA=3)

    (row,) = [line for line in owner.get("products/?q=TEA").context["lines"] if "Tea" in line.title]

    assert [str(cell.html) for cell in row.cells][4:6] == ["£12.50", "7"]


def as_csv(owner: Staff, address: str) -> list[list[str]]:
    answer = owner.get(address)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
