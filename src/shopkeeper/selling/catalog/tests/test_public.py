"""The catalogue's face, on a real database."""

import json
from datetime import timedelta

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.ids import ProductId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access.tests.builders import owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import CategoryTooDeep, SkuTaken, SlugTaken, Sort, VariantDraft
from shopkeeper.selling.catalog.tests.builders import NOON, a_category, some_goods

pytestmark = pytest.mark.django_db


def facts(kind: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM events_outbox WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def save(product_id: ProductId | None = None, **changes: object) -> object:
    fields = {
        "slug": "teapot",
        "name": Bilingual("Teapot", "茶壶"),
        "text": Bilingual("", ""),
        "category_id": None,
        "variants": [VariantDraft(sku="POT")],
        "is_published": True,
        "actor": None,
        "now": NOON,
    }
    return catalog.save_product(product_id=product_id, **(fields | changes))  # type: ignore[arg-type]


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_is_found_by_slug_in_both_languages() -> None:
    goods = some_goods("TEA")

    product = catalog.product("tea")

    assert product.id == goods.product_id
    assert product.name == Bilingual("Tea for two", "双人茶")
    assert [variant.sku for variant in product.variants] == ["TEA"]


def test_an_unpublished_product_is_not_found_in_the_shop_but_by_id() -> None:
    goods = some_goods("TEA", is_published=False)

    with pytest.raises(NotFound):
        catalog.product("tea")
    assert catalog.product_by_id(goods.product_id).slug == "tea"
    assert catalog.listing().total == 0
    assert not catalog.goods([goods.variant_id])[goods.variant_id].is_sellable


def test_unknown_things_are_refused_or_left_out() -> None:
    with pytest.raises(NotFound):
        catalog.product("nothing")
    with pytest.raises(NotFound):
        catalog.product_by_id(ProductId(10**9))
    with pytest.raises(NotFound):
        catalog.category("nothing")
    assert catalog.goods([VariantId(10**9)]) == {}
    assert catalog.products([]) == {}


def test_goods_are_found_by_sku_in_capital_and_small_letters() -> None:
    goods = some_goods("85123A")

    found = catalog.goods_by_sku(["85123a", "85123A", "nothing"])

    assert found == {"85123a": goods, "85123A": goods}


def test_a_shelf_shows_its_own_goods_and_those_of_the_shelves_below() -> None:
    drinks = a_category("drinks")
    tea = a_category("tea", parent_id=drinks)
    some_goods("POT", category_id=tea, rank=2)
    some_goods("CUP", category_id=drinks, rank=1)
    some_goods("BAG", rank=3)

    assert [product.slug for product in catalog.listing(category_id=drinks)] == ["cup", "pot"]
    assert [product.slug for product in catalog.listing(category_id=tea)] == ["pot"]
    assert {each.slug: each.products for each in catalog.categories()} == {"drinks": 2, "tea": 1}
    assert len(catalog.listing_ids()) == 3
    assert catalog.listing_ids(drinks) == tuple(product.id for product in catalog.listing(category_id=drinks))


def test_a_list_is_ordered_and_paged() -> None:
    for place, sku in enumerate(["CUP", "ANT", "BAG"]):
        some_goods(sku, rank=place + 1, now=NOON + timedelta(days=place))

    assert [product.slug for product in catalog.listing(sort=Sort.FEATURED)] == ["cup", "ant", "bag"]
    assert [product.slug for product in catalog.listing(sort=Sort.NEWEST)] == ["bag", "ant", "cup"]
    assert [product.slug for product in catalog.listing(sort=Sort.NAME)] == ["ant", "bag", "cup"]
    second = catalog.listing(number=2, size=2)
    assert ([product.slug for product in second], second.total, second.pages) == (["bag"], 3, 2)


@pytest.mark.parametrize(("number", "size"), [(0, 24), (-1, 24), (1, 0), (1, 201)])
def test_a_page_that_cannot_be_is_refused(number: int, size: int) -> None:
    with pytest.raises(OutOfRange):
        catalog.listing(number=number, size=size)


def test_an_order_by_price_is_not_made_here() -> None:
    with pytest.raises(Malformed):
        catalog.listing(sort=Sort.PRICE_UP)


def test_a_list_of_a_hundred_goods_takes_as_many_queries_as_a_list_of_one() -> None:
    some_goods("G0")
    with CaptureQueriesContext(connection) as one:
        catalog.listing(size=200)
    for number in range(1, 30):
        some_goods(f"G{number}", rank=number)

    with CaptureQueriesContext(connection) as many:
        page = catalog.listing(size=200)

    assert len(page) == 30
    assert len(many) == len(one) <= 3


# ── staff commands ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_a_product_leaves_a_fact_and_an_audit_row() -> None:
    staff = owner()

    product = save(actor=staff)
    save(product.id, name=Bilingual("Big teapot", "大茶壶"), variants=[VariantDraft(id=product.variants[0].id, sku="POT")], actor=staff)

    assert facts("ProductSaved") == [{"product_id": product.id, "is_published": True}] * 2
    trail = audit.entries(subject=f"product:{product.id}").items
    assert [entry.act for entry in trail] == ["catalog.save_product"] * 2
    assert trail[0].before["name_en"] == "Teapot"
    assert trail[0].after["name_en"] == "Big teapot"


def test_publishing_twice_tells_once() -> None:
    goods = some_goods("TEA", is_published=False)

    for _ in range(2):
        catalog.publish(product_id=goods.product_id, actor=None, now=NOON)
    catalog.unpublish(product_id=goods.product_id, actor=None, now=NOON)

    assert [fact["is_published"] for fact in facts("ProductSaved")] == [False, True, False]


def test_a_slug_or_sku_that_is_taken_is_refused_and_nothing_changes() -> None:
    save()

    with pytest.raises(SlugTaken) as slug:
        save(variants=[VariantDraft(sku="OTHER")])
    with pytest.raises(SkuTaken) as sku:
        save(slug="other", variants=[VariantDraft(sku="pot")])
    with pytest.raises(SkuTaken):
        save(slug="other", variants=[VariantDraft(sku="A"), VariantDraft(sku="a")])

    assert (slug.value.field, slug.value.value) == ("slug", "teapot")
    assert (sku.value.field, sku.value.value) == ("sku", "pot")
    assert models.Product.objects.count() == models.Variant.objects.count() == len(facts("ProductSaved")) == 1


def test_the_database_itself_refuses_a_second_sku_in_other_letters() -> None:
    product = save()

    with pytest.raises(IntegrityError, match="catalog_variant_sku"), transaction.atomic():
        models.Variant.objects.create(product_id=product.id, sku="Pot")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("slug", {"slug": "Tea Pot!"}),
        ("slug", {"slug": "a" * 81}),
        ("slug", {"slug": ""}),
        ("name_en", {"name": Bilingual("", "")}),
        ("name_en", {"name": Bilingual("x" * 201, "")}),
        ("name_zh", {"name": Bilingual("x", "茶" * 201)}),
        ("name_en", {"name": Bilingual("nul\x00", "")}),
        ("text_en", {"text": Bilingual("x" * 10_001, "")}),
        ("sku", {"variants": [VariantDraft(sku="")]}),
        ("sku", {"variants": [VariantDraft(sku="two words")]}),
        ("sku", {"variants": [VariantDraft(sku="x" * 41)]}),
        ("weight_g", {"variants": [VariantDraft(sku="A", weight_g=-1)]}),
        ("variants", {"variants": []}),
        ("rank", {"rank": 0}),
        ("photo_url", {"photo_url": "https://elsewhere.example/pot.jpg"}),
        ("photo_url", {"photo_url": "//elsewhere.example/pot.jpg"}),
        ("category", {"category_id": 10**9}),
    ],
)
def test_wrong_input_is_refused_by_field_and_changes_nothing(field: str, changes: dict[str, object]) -> None:
    with pytest.raises((OutOfRange, Malformed, NotFound)) as refusal:
        save(**changes)

    assert refusal.value.field == field
    assert models.Product.objects.count() == 0
    assert facts("ProductSaved") == []


def test_characters_of_four_bytes_are_fine() -> None:
    product = save(name=Bilingual("Teapot 🫖", "𠮷茶壶"))

    assert product.name == Bilingual("Teapot 🫖", "𠮷茶壶")


def test_a_variant_left_out_goes_off_sale_but_stays() -> None:
    product = save(variants=[VariantDraft(sku="RED"), VariantDraft(sku="BLUE")])
    red = product.variants[0]

    after = save(product.id, variants=[VariantDraft(id=red.id, sku="RED")])

    assert {variant.sku: variant.is_sellable for variant in after.variants} == {"RED": True, "BLUE": False}


def test_a_stranger_s_variant_cannot_be_taken_over() -> None:
    other = some_goods("TEA")
    product = save()

    with pytest.raises(NotFound):
        save(product.id, variants=[VariantDraft(id=other.variant_id, sku="TEA")])

    assert catalog.goods([other.variant_id])[other.variant_id].product_id == other.product_id


def test_a_shelf_chosen_by_staff_is_no_longer_derived() -> None:
    tea = a_category("tea")
    frame = pl.DataFrame(
        {"sku": ["POT"], "slug": ["teapot"], "name_en": ["Teapot"], "category_slug": ["tea"], "is_category_derived": [True]}
    )
    catalog.import_goods(frame=frame, now=NOON)
    product = catalog.product("teapot")
    drafts = [VariantDraft(id=product.variants[0].id, sku="POT")]

    same = save(product.id, category_id=tea, variants=drafts)
    moved = save(product.id, category_id=a_category("pots"), variants=drafts)

    assert (same.is_category_derived, moved.is_category_derived) == (True, False)


def test_shelves_are_two_levels_deep_and_no_deeper() -> None:
    top = a_category("top")
    below = a_category("below", parent_id=top)

    with pytest.raises(CategoryTooDeep):
        a_category("deep", parent_id=below)
    with pytest.raises(CategoryTooDeep):
        catalog.save_category(category_id=top, slug="top", name=Bilingual("Top"), parent_id=a_category("other"), actor=None, now=NOON)
    with pytest.raises(CategoryTooDeep):
        catalog.save_category(category_id=below, slug="below", name=Bilingual("B"), parent_id=below, actor=None, now=NOON)
    with pytest.raises(SlugTaken):
        a_category("top")


def test_the_database_itself_refuses_a_negative_weight() -> None:
    goods = some_goods("TEA")

    with pytest.raises(IntegrityError, match="catalog_variant_weight"), transaction.atomic():
        models.Variant.objects.filter(pk=goods.variant_id).update(weight_g=-1)


def test_the_database_itself_refuses_a_shelf_on_itself() -> None:
    top = a_category("top")

    with pytest.raises(IntegrityError, match="not_its_own_parent"), transaction.atomic():
        models.Category.objects.filter(pk=top).update(parent_id=top)


# ── intake ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_intake_adds_what_is_new_and_a_second_run_changes_nothing() -> None:
    catalog.import_categories(
        frame=pl.DataFrame({"slug": ["cups", "tea"], "name_en": ["Cups", "Tea"], "parent": ["tea", None], "is_derived": [True, True]})
    )
    frame = pl.DataFrame(
        {
            "sku": ["85123A", "85123a", "22423"],
            "slug": ["heart", "heart", "cake-stand"],
            "name_en": ["Heart", "Heart again", 'Stand, "3 tier"'],
            "name_zh": ["心", None, ""],
            "category_slug": ["cups", "cups", None],
            "rank": [1, 1, 2],
        }
    )

    first = catalog.import_goods(frame=frame, now=NOON)
    rows = list(models.Product.objects.order_by("id").values())
    save(
        ProductId(first["product_id"][2]),
        slug="cake-stand",
        name=Bilingual("Edited"),
        variants=[VariantDraft(id=first["variant_id"][2], sku="22423")],
    )
    second = catalog.import_goods(frame=frame, now=NOON + timedelta(days=1))

    assert first.equals(second)
    assert first["sku"].to_list() == ["85123A", "85123a", "22423"]
    assert first["variant_id"][0] == first["variant_id"][1]
    assert models.Variant.objects.count() == 2
    assert sorted(row["name_en"] for row in rows) == ["Heart", 'Stand, "3 tier"']
    assert catalog.product("cake-stand").name.en == "Edited"
    assert [each.parent_id is None for each in catalog.categories()].count(True) == 1


def test_an_intake_with_an_unknown_shelf_or_without_a_key_is_refused() -> None:
    with pytest.raises(Malformed) as shelf:
        catalog.import_goods(frame=pl.DataFrame({"sku": ["A"], "slug": ["a"], "category_slug": ["nowhere"]}), now=NOON)
    with pytest.raises(Malformed):
        catalog.import_goods(frame=pl.DataFrame({"sku": ["A"]}), now=NOON)
    with pytest.raises(OutOfRange):
        catalog.import_goods(frame=pl.DataFrame({"sku": ["A"], "slug": ["a"], "name_en": ["x" * 201]}), now=NOON)

    assert shelf.value.value == "nowhere"
    assert models.Product.objects.count() == 0


def test_four_thousand_goods_come_in_within_a_few_statements() -> None:
    number = 4_000
    frame = pl.DataFrame({"sku": [f"S{n}" for n in range(number)], "slug": [f"s{n}" for n in range(number)], "name_en": ["Thing"] * number})

    with CaptureQueriesContext(connection) as queries:
        taken = catalog.import_goods(frame=frame, now=NOON)

    assert taken["variant_id"].n_unique() == number
    assert len(queries) < 15
