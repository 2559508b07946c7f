"""Every act in the console goes through its room's face: it leaves a fact and, under the name of who did it, a row in the trail."""

import ast
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

import shopkeeper
from shopkeeper.doors.console.tests.builders import Staff, acts_since, facts_since, marks, variant
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import models as catalog
from shopkeeper.selling.catalog import public as goods
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Edit, EditKind
from shopkeeper.selling.catalog.shapes_options import OptionDraft, OptionValueDraft, SizeColumn, SizeRow
from shopkeeper.selling.catalog.tests.builders import a_brand, an_attribute
from shopkeeper.selling.content import models as content
from shopkeeper.selling.customers import models as customers
from shopkeeper.selling.customers import public as people
from shopkeeper.selling.customers.tests.builders import a_group_and_two_alike
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.pricing import models as pricing
from shopkeeper.selling.pricing import public as prices
from shopkeeper.selling.shop import public as shops

Made = tuple[str, dict[str, Any]]


def product(shop: SmallShop) -> Made:
    data = {"name_en": "Lamp", "name_zh": "灯", "slug": "", "sku_0": "LAMP", "weight_0": "120", "sellable_0": "on", "is_published": "on"}
    return "products/new/", data


def changed_product(shop: SmallShop) -> Made:
    found = catalog.Variant.objects.get(sku="TEA")
    data = {
        "name_en": "Green tea 🍵",
        "name_zh": "绿茶",
        "slug": "tea",
        "sku_0": "TEA",
        "sellable_0": "on",
        "sku_1": "TEA-L",
        "option_en_1": "Large",
    }
    return f"products/{found.product_id}/edit/", data


def category(shop: SmallShop) -> Made:
    return "categories/new/", {"name_en": "Kitchen", "name_zh": "厨房", "slug": "", "position": "1"}


def brand(shop: SmallShop) -> Made:
    return "brands/new/", {"name_en": "Acme", "name_zh": "极峰", "slug": ""}


def attribute(shop: SmallShop) -> Made:
    data = {"name_en": "Colour", "name_zh": "颜色", "kind": "choice", "is_filter": "on", "position": "1"}
    answers = {"answer_en_0": "Red", "answer_zh_0": "红", "swatch_0": "#b3352b", "answer_en_2": "Blue", "answer_zh_2": "蓝"}
    return "attributes/new/", data | answers


def described(shop: SmallShop) -> Made:
    shade, acme = an_attribute("shade"), a_brand("best")
    product_id = catalog.Variant.objects.get(sku="TEA").product_id
    return f"products/{product_id}/describe/", {"brand": str(acme), f"trait_{shade.id}": [str(shade.choices[0].id)]}


def options(shop: SmallShop) -> Made:
    product_id = catalog.Variant.objects.get(sku="CUP").product_id
    data = {"name_en_0": "Size", "name_zh_0": "规格", "more_0": "Small | 小\nLarge | 大 | #b3352b"}
    return f"products/{product_id}/options/", data


def missing_variants(shop: SmallShop) -> Made:
    product_id = ProductId(catalog.Variant.objects.get(sku="CUP").product_id)
    values = tuple(OptionValueDraft(name=Bilingual(name)) for name in ("Small", "Large"))
    goods.save_options(product_id=product_id, options=[OptionDraft(name=Bilingual("Size"), values=values)], actor=None, now=NOON)
    (large,) = goods.missing_variants(product_id)
    return f"products/{product_id}/variants/", {f"sku_{large.value_ids[0]}": "CUP-LARGE", "weight_g": "500"}


def related(shop: SmallShop) -> Made:
    other = goods.product_by_id(ProductId(catalog.Variant.objects.get(sku="CUP").product_id))
    return f"products/{catalog.Variant.objects.get(sku='TEA').product_id}/relate/", {"goes_with": f"{other.slug}  whatever", "instead": ""}


def bundle(shop: SmallShop) -> Made:
    saved = goods.save_product(
        product_id=None, slug="set", name=Bilingual("Tea set"), text=Bilingual(), category_id=None, variants=[VariantDraft(sku="SET")],
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    return f"products/{saved.id}/bundle/", {"parts": "1 × TEA  whatever\n2 x cup"}


def size_table(shop: SmallShop) -> Made:
    category_id = goods.save_category(category_id=None, slug="shirts", name=Bilingual("Shirts"), actor=None, now=NOON)
    data = {"name_en": "Shirts", "columns": "Chest | 胸围 | cm\nFit", "rows": "S | 86–90 | close\nM | 96 |"}
    return "size-tables/new/", data | {"categories": [str(category_id)]}


def chosen_size_table(shop: SmallShop) -> Made:
    product_id = catalog.Variant.objects.get(sku="TEA").product_id
    table = goods.save_size_table(
        size_table_id=None, name=Bilingual("Tins"), columns=[SizeColumn(name=Bilingual("Width"))], rows=[SizeRow(size="S", cells=("1",))],
        category_ids=[], actor=None, now=NOON,
    )  # fmt: skip
    return f"products/{product_id}/sizes/", {"size_table": str(table)}


def collection(shop: SmallShop) -> Made:
    data = {"name_en": "Gifts", "name_zh": "礼物", "slug": "", "kind": "hand", "sort": "featured", "position": "1"}
    return "goods-collections/new/", data


def arranged(shop: SmallShop) -> Made:
    draft = CollectionDraft(slug="spring", name=Bilingual("Spring"), kind=CollectionKind.HAND)
    spring = goods.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    return f"goods-collections/{spring}/arrange/", {"lines": goods.goods_by_sku(["TEA"])["TEA"].slug}


def many_changed(shop: SmallShop) -> Made:
    product_id = ProductId(catalog.Variant.objects.get(sku="TEA").product_id)
    edit = Edit(kind=EditKind.WEIGHT, weight_g=5)
    seen = hashlib.sha256(f"{edit} {[product_id]}".encode()).hexdigest()[:16]
    return f"products/many/?rows={product_id}", {"kind": "weight", "weight": "5", "reason": "weighed", "seen": seen}


def many_taken_back(shop: SmallShop) -> Made:
    product_id = ProductId(catalog.Variant.objects.get(sku="TEA").product_id)
    edit = Edit(kind=EditKind.WEIGHT, weight_g=5)
    edit_id, _done = goods.edit_products(product_ids=[product_id], edit=edit, reason="weighed", actor=None, now=timezone.now())
    return f"edits/{edit_id}/undo/", {}


def price(shop: SmallShop) -> Made:
    return f"prices/{variant(shop)}/set/", {"price_list": str(prices.default_price_list().id), "amount": "13.05", "reason": "dearer leaves"}


def withdrawn_price(shop: SmallShop) -> Made:
    return f"prices/{variant(shop)}/withdraw/", {"price_list": str(prices.default_price_list().id), "reason": "recalled"}


def price_list(shop: SmallShop) -> Made:
    return "price-lists/new/", {"code": "trade", "name_en": "Trade", "tax_mode": "added"}


def tax(shop: SmallShop) -> Made:
    return "taxes/new/", {"country": "FR", "percent": "20.5"}


def delivery(shop: SmallShop) -> Made:
    data = {
        "code": "express",
        "name_en": "Express",
        "price": "9.90",
        "days_least": "1",
        "days_most": "2",
        "countries": "gb, ie",
        "position": "2",
    }
    return "delivery/new/", data | {"is_active": "on"}


def received(shop: SmallShop) -> Made:
    return f"stock/{variant(shop)}/receive/", {"warehouse": str(shop.main), "units": "7", "note": "note 12"}


def adjusted(shop: SmallShop) -> Made:
    return f"stock/{variant(shop)}/adjust/", {"warehouse": str(shop.main), "units": "-2", "note": "broken"}


def counted(shop: SmallShop) -> Made:
    return f"stock/{variant(shop)}/count/", {"warehouse": str(shop.main), "units": "9"}


def moved(shop: SmallShop) -> Made:
    return f"stock/{variant(shop)}/transfer/", {"warehouse": str(shop.main), "to_warehouse": str(shop.north), "units": "3"}


def warehouse(shop: SmallShop) -> Made:
    return "warehouses/new/", {"code": "SOUTH", "name_en": "South", "country": "GB", "priority": "30", "is_active": "on"}


def customer(shop: SmallShop) -> Made:
    shop.buy(TEA=1)
    data = {"name_": "Ann B", "phone": "", "language": "zh-hans", "country": "GB"}
    return f"customers/{customers.Customer.objects.get().pk}/edit/", data


def group(shop: SmallShop) -> Made:
    return "customer-groups/new/", {"name_en": "Friends", "name_zh": "朋友", "note": "Come every week"}


def merged(shop: SmallShop) -> Made:
    _group, one, two = a_group_and_two_alike("2")
    return f"customers/{one.id}/merge/", {"merged_id": str(two.id), "reason": "Same person", "seen": str(two.id)}


def parted(shop: SmallShop) -> Made:
    _group, one, two = a_group_and_two_alike("3")
    made = people.merge(customer_id=one.id, merged_id=two.id, reason="Same person", actor=_somebody(), now=NOON)
    return f"customers/{one.id}/part/", {"merge": str(made.id), "reason": "Two people"}


def _somebody() -> UserId:
    return UserId(get_user_model().objects.order_by("pk").values_list("pk", flat=True)[0])


def company(shop: SmallShop) -> Made:
    _group, one, _two = a_group_and_two_alike("4")
    data = {"company": "Win Ltd", "country": "GB", "tax_number": "980780684", "billing_email": "books@example.org"}
    return f"customers/{one.id}/company/", data


def consent(shop: SmallShop) -> Made:
    _group, one, _two = a_group_and_two_alike("5")
    return f"customers/{one.id}/consent/", {"given": ["marketing.post"]}


def text(shop: SmallShop) -> Made:
    row = content.ShopText.objects.get(kind="terms")
    return f"texts/{row.pk}/publish/", {"title_en": "Terms", "title_zh": "条款", "body_en": "Be kind.", "body_zh": "与人为善。"}


def settings(shop: SmallShop) -> Made:
    known = shops.shop()
    data = {"seen_version": str(known.version), "name_en": "New name", "country": "GB", "zone": "Asia/Shanghai", "language": "en"}
    return "settings/change/", data


def currency(shop: SmallShop) -> Made:
    return "settings/currency/", {"currency": "EUR"}


def shipped(shop: SmallShop) -> Made:
    return f"orders/{shop.buy(TEA=2).id}/ship/", {"carrier": "Royal Mail", "tracking_number": "RM1", **_units(1, 2)}


def cancelled(shop: SmallShop) -> Made:
    return f"orders/{shop.buy(TEA=2).id}/cancel/", {"reason": "buyer"}


def refunded(shop: SmallShop) -> Made:
    return f"orders/{shop.buy(TEA=2).id}/refund/", {"reason": "goodwill", "delivery": "on", "sum": "1645", **_units(1, 1)}


def invited(shop: SmallShop) -> Made:
    return "staff/invite/", {"email": "new@example.com", "role": "clerk", "language": "en"}


def _units(_lines: int, units: int) -> dict[str, str]:
    (line,) = orders.order(orders.list_orders().items[0].id).lines
    return {f"units_{line.id}": str(units)}


CASES: list[tuple[Callable[[SmallShop], Made], str, str]] = [
    (product, "ProductSaved", "catalog.save_product"),
    (changed_product, "ProductSaved", "catalog.save_product"),
    (category, "CategorySaved", "catalog.save_category"),
    (brand, "BrandSaved", "catalog.save_brand"),
    (attribute, "AttributeSaved", "catalog.save_attribute"),
    (described, "ProductSaved", "catalog.describe"),
    (options, "ProductSaved", "catalog.save_options"),
    (missing_variants, "ProductSaved", "catalog.add_variants"),
    (related, "ProductSaved", "catalog.relate"),
    (bundle, "ProductSaved", "catalog.save_bundle"),
    (size_table, "CategorySaved", "catalog.save_size_table"),
    (chosen_size_table, "ProductSaved", "catalog.choose_size_table"),
    (collection, "CollectionSaved", "catalog.save_collection"),
    (arranged, "CollectionSaved", "catalog.name_products"),
    (many_changed, "ProductSaved", "catalog.edit_products"),
    (many_taken_back, "ProductSaved", "catalog.undo_edit"),
    (price, "PriceSet", "pricing.set_price"),
    (price_list, "PriceListSaved", "pricing.save_price_list"),
    (tax, "TaxRateSaved", "pricing.save_tax_rate"),
    (delivery, "DeliveryOptionSaved", "pricing.save_delivery_option"),
    (received, "StockMoved", "inventory.receive"),
    (adjusted, "StockMoved", "inventory.adjust"),
    (counted, "StockMoved", "inventory.count"),
    (moved, "StockMoved", "inventory.transfer"),
    (warehouse, "WarehouseSaved", "inventory.save_warehouse"),
    (customer, "CustomerSaved", "customers.save"),
    (group, "CustomerGroupSaved", "customers.save_group"),
    (merged, "CustomersMerged", "customers.merge"),
    (parted, "CustomersParted", "customers.part"),
    (company, "CustomerSaved", "customers.save_business"),
    (consent, "ConsentRecorded", "customers.consent"),
    (text, "ShopTextPublished", "content.publish"),
    (settings, "ShopSaved", "shop.save"),
    (currency, "ShopSaved", "shop.change_currency"),
    (shipped, "OrderShipped", "orders.ship"),
    (cancelled, "OrderCancelled", "orders.cancel"),
    (refunded, "OrderRefunded", "orders.refund"),
    (invited, "StaffInvited", "staff.invite"),
]


@pytest.mark.parametrize(("made", "fact", "act"), CASES, ids=[case[0].__name__ for case in CASES])
def test_an_act_leaves_its_fact_and_its_row(shop: SmallShop, owner: Staff, made: Callable[[SmallShop], Made], fact: str, act: str) -> None:
    address, data = made(shop)
    before = marks()

    answer = owner.post(address, **data)

    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert fact in facts_since(before)
    assert act in acts_since(before, owner)


def test_withdrawing_a_price_leaves_its_row_and_no_price(shop: SmallShop, owner: Staff) -> None:
    address, data = withdrawn_price(shop)
    before = marks()

    assert owner.post(address, **data).status_code == 302

    assert "pricing.withdraw_price" in acts_since(before, owner)
    assert prices.prices([shop.variants["TEA"]]) == {}


def test_what_was_typed_is_what_is_saved(shop: SmallShop, owner: Staff) -> None:
    owner.post(*[price(shop)[0]], **price(shop)[1])
    owner.post(moved(shop)[0], **moved(shop)[1])
    owner.post(changed_product(shop)[0], **changed_product(shop)[1])

    assert prices.prices([shop.variants["TEA"]])[shop.variants["TEA"]].amount_minor == 1305
    assert {each.warehouse_id: each.on_hand for each in inventory.shelves([shop.variants["TEA"]])} == {shop.main: 7, shop.north: 3}
    assert catalog.Product.objects.get(slug="tea").name_en == "Green tea 🍵"
    assert sorted(catalog.Variant.objects.filter(product__slug="tea").values_list("sku", flat=True)) == ["TEA", "TEA-L"]


def test_publishing_many_products_at_once_asks_first_and_tells_of_each(shop: SmallShop, owner: Staff) -> None:
    rows = list(catalog.Product.objects.values_list("pk", flat=True))
    before = marks()

    asked = owner.post("products/", bulk="unpublish", row=rows)
    assert asked.status_code == 200
    assert marks() == before
    owner.post("products/", bulk="unpublish", row=rows, sure="1")

    assert facts_since(before) == ["ProductSaved"] * 2
    assert not catalog.Product.objects.filter(is_published=True).exists()


def test_shipping_many_orders_ships_those_that_can_be_and_names_those_that_cannot(shop: SmallShop, owner: Staff) -> None:
    good, gone = shop.buy(TEA=1), shop.buy(CUP=1)
    owner.post(f"orders/{gone.id}/cancel/", reason="buyer")
    before = marks()

    answer = owner.client.post("/console/orders/", {"bulk": "ship", "row": [good.id, gone.id], "sure": "1"}, follow=True)

    assert facts_since(before).count("OrderShipped") == 1
    assert orders.order(good.id).state.value == "shipped"
    assert orders.order(gone.id).state.value == "cancelled"
    assert str(gone.id) in answer.content.decode()


def test_a_role_changes_and_an_access_ends(shop: SmallShop, owner: Staff, clerk: Staff) -> None:
    before = marks()

    owner.post(f"staff/{clerk.id}/role/", role="manager")
    assert access.role_of(clerk.id) is Role.MANAGER
    owner.post(f"staff/{clerk.id}/deactivate/")
    assert clerk.get("").status_code == 302
    owner.post(f"staff/{clerk.id}/reactivate/")

    assert acts_since(before, owner) == ["staff.change_role", "staff.deactivate", "staff.reactivate"]
    assert facts_since(before) == ["StaffRoleChanged"] * 3


def test_the_last_owner_cannot_give_the_role_up(owner: Staff) -> None:
    answer = owner.post(f"staff/{owner.id}/role/", role="clerk")

    assert answer.status_code == 422
    assert access.role_of(owner.id) is Role.OWNER


def test_an_older_settings_form_does_not_overwrite_a_newer_one(shop: SmallShop, owner: Staff) -> None:
    address, data = settings(shop)
    owner.post(address, **data)

    late = owner.post(address, **data | {"name_en": "Too late"})

    assert late.status_code == 422
    assert shops.shop().name.en == "New name"


def test_changing_a_rate_keeps_its_country(shop: SmallShop, owner: Staff) -> None:
    row = (
        pricing.TaxRate.objects.get(country="GB")
        if pricing.TaxRate.objects.filter(country="GB").exists()
        else pricing.TaxRate.objects.first()
    )
    assert row is not None

    owner.post(f"taxes/{row.pk}/edit/", country="XX", percent="17.5")

    row.refresh_from_db()
    assert row.basis_points == 1750
    assert not pricing.TaxRate.objects.filter(country="XX").exists()


# ── no console page writes a table itself ─────────────────────────────────────────────────────────────────────────────

WRITES = {"save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "execute"}
OWN = {("doors/console/gate.py", "save")}
"""The reader's own language and light: Wagtail's profile, which belongs to no room."""


def writes_in(source: str) -> set[str]:
    """Return the names of calls in a source that write to a table past any face."""
    whole = ast.parse(source)
    modules = {name for node in ast.walk(whole) if isinstance(node, ast.ImportFrom) for name in _modules_of(node)}
    calls = (node.func for node in ast.walk(whole) if isinstance(node, ast.Call))
    return {call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in WRITES and not _through_a_face(call, modules)}


def _modules_of(node: ast.ImportFrom) -> set[str]:
    """Return the names under which rooms and flows come in, as modules: classes, and rows among them, begin with a capital."""
    is_ours = (node.module or "").startswith("shopkeeper.")
    return {each.asname or each.name for each in node.names if is_ours and (each.asname or each.name).islower()}


def _through_a_face(call: ast.Attribute, modules: set[str]) -> bool:
    # A form of ours has no row of its own: what it saves, it saves through the faces it calls.
    return isinstance(call.value, ast.Name) and call.value.id in {"shop", "query", "found", "self", *modules}


def test_no_console_page_writes_past_a_face() -> None:
    package = Path(shopkeeper.__file__).parent
    pages = [*package.glob("*/*/console.py"), *package.glob("*/console.py"), *package.glob("doors/console/*.py")]

    found = {(path.relative_to(package).as_posix(), name) for path in pages for name in writes_in(path.read_text())}

    assert len(pages) > 25
    assert found - OWN == set()


@pytest.mark.parametrize(
    "planted",
    [
        "Price.objects.create(x=1)",
        "from shopkeeper.a.models import Price; Price.save(row)",
        "row.save()",
        "rows.update(a=1)",
        "cursor.execute('x')",
        "row.delete()",
    ],
)
def test_a_planted_write_is_found(planted: str) -> None:
    assert writes_in(f"def run(row, rows, cursor):\n    {planted}\n")
