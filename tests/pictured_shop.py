"""What the guide's pictures show: a shop somebody works in. `make pictures GUIDE=1` runs it in a sample shop; it prints what is where."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model

from shopkeeper.flows import ask_order, draft_links, join, sheets
from shopkeeper.flows import page_audit as audit
from shopkeeper.growth.links import public as links
from shopkeeper.growth.links.shapes import LinkDraft
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.imports.shapes import SheetKind
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Condition, ConditionKind, Rule
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import models as orders_tables
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import public as pricing

BAG = "lunch-bag-red-retrospot-20725"
COLOURS = (("Red", "红色", "#b93a2b"), ("Blue", "蓝色", "#2b5fb9"), ("Sand", "沙色", "#d9c7a0"))
SIZES = (("Small", "小号"), ("Large", "大号"))
people = get_user_model()
MEMBER = "mia@example.com"
now = datetime.now(UTC)
found: dict[str, object] = {}


def a_product_with_options_and_a_draft() -> None:
    product = catalog.product(BAG)
    colours = tuple(OptionValueDraft(name=Bilingual(en, zh), swatch=swatch) for en, zh, swatch in COLOURS)
    sizes = tuple(OptionValueDraft(name=Bilingual(en, zh)) for en, zh in SIZES)
    options = [OptionDraft(name=Bilingual("Colour", "颜色"), values=colours), OptionDraft(name=Bilingual("Size", "尺寸"), values=sizes)]
    catalog.save_options(product_id=product.id, actor=None, now=now, options=options)
    made = catalog.add_variants(product_id=product.id, variants=catalog.missing_variants(product.id), actor=None, now=now)
    (place, *_) = inventory.warehouses()
    for number, variant in enumerate(made.variants[1:]):
        pricing.set_price(variant_id=variant.id, amount_minor=165 + 40 * (number % 2), reason="new", actor=None, now=now)
        if number != 2:
            inventory.receive(variant_id=variant.id, warehouse_id=place.id, units=6 + number, actor=None, now=now)
    version = catalog.working(product.id).version
    text = Bilingual(
        "A lunch bag with a wipe-clean lining, now in three colours. Keeps cool for four hours.",
        "内衬一擦即净的午餐袋，现有三种颜色，可保冷四小时。",
    )
    name = Bilingual("Lunch Bag, Retrospot", "复古圆点午餐袋")
    catalog.keep_draft(product_id=product.id, version=replace(version, text=text, name=name), actor=None, now=now)
    found["product"] = product.id


def a_collection_that_fills_itself() -> None:
    condition = Condition(kind=ConditionKind.PRICE, most_minor=500)
    hearts = Condition(kind=ConditionKind.NAME, text="heart")
    draft = CollectionDraft(
        slug="small-hearts", name=Bilingual("Hearts under five pounds", "五镑以下的爱心小物"), kind=CollectionKind.RULE,
        intro=Bilingual("Small things with a heart on them.", "带爱心的小物件。"), rule=Rule(conditions=(hearts, condition)),
        is_published=True, is_in_menu=True,
    )  # fmt: skip
    found["collection"] = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=now)


def a_file_with_columns_to_choose() -> None:
    head, rows = (
        "SKU,Title,Price,Remark",
        ("20725,Lunch Bag Red Retrospot,1.65,", "22423,Regency Cakestand,12.75,new", "NOPE-1,Unknown,abc,"),
    )
    sheet = sheets.bring(kind=SheetKind.PRICES, file_name="prices.csv", content="\n".join((head, *rows)).encode(), actor=None, now=now)
    found["sheet"] = sheet.id


def a_request_of_a_buyer(number: str) -> None:
    order = orders.order(OrderId(orders_tables.Order.objects.get(number=number).id))
    line = order.lines[0]
    asked = ask_order.ask(
        order_id=order.id, kind="return", reason="damaged", note="One foot is chipped.", wishes=[(line.id, 1)], now=now,
    )  # fmt: skip
    found["order"], found["request"] = order.id, asked.id


def a_link_that_was_followed() -> None:
    draft = LinkDraft(address="/shelves/bags/", source="newsletter", medium="mail", campaign="autumn", note="Second letter of November")
    made = links.make_link(code="autumn-bags", draft=draft, actor=None, now=now)
    for back in range(14):
        day = (now - timedelta(days=back)).date()
        for _ in range((back * 7) % 11 + 2):
            links.follow(code="autumn-bags", language="en", subject="", is_counted=True, day=day, now=now)
    found["link"] = made.id


def a_link_to_the_draft() -> None:
    owner = people.objects.filter(is_superuser=True).first() or people.objects.order_by("id").first()
    assert owner is not None
    product = catalog.product(BAG)
    found["preview"] = draft_links.link(product.id, catalog.desks([product.id])[product.id].draft_id, owner.pk)


def a_member() -> None:
    join.register(email=MEMBER, password="a quiet shop on the corner", name="Mia Example", language="en", now=now)
    found["member"] = MEMBER


def pages_looked_at() -> None:
    found["looked_at"] = audit.round_of_the_night(now=now, most=30).pages


a_product_with_options_and_a_draft()
a_collection_that_fills_itself()
a_file_with_columns_to_choose()
a_request_of_a_buyer(os.environ["PICTURED_ORDER"])
a_link_that_was_followed()
a_link_to_the_draft()
a_member()
pages_looked_at()
print("PICTURED " + json.dumps(found))
