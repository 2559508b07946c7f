"""Options, size tables and related goods through the catalogue's face, on a real database."""

from dataclasses import replace

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.kit.ids import CategoryId, OptionValueId, ProductId, SizeTableId, VariantId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models, option_models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Attribute, ChoiceDraft, ChoiceIsUsed, KindIsUsed, Narrowing, SkuTaken, TraitKind, VariantDraft
from shopkeeper.selling.catalog.shapes_options import (
    CombinationMissing,
    CombinationTaken,
    CombinationUnclear,
    Link,
    LinkKind,
    NameTwice,
    Option,
    OptionDraft,
    OptionIsUsed,
    OptionValueDraft,
    RelatedToItself,
    SizeColumn,
    SizeRow,
    SizeTableIsUsed,
    ValueIsUsed,
)
from shopkeeper.selling.catalog.tests.builders import (
    COLOUR,
    NOON,
    SIZE,
    a_category,
    a_shirt,
    an_attribute,
    of_attribute,
    options_of,
    says,
    some_goods,
    tell,
)
from shopkeeper.selling.catalog.tests.test_public import facts

pytestmark = pytest.mark.django_db


def as_draft(option: Option) -> OptionDraft:
    values = tuple(
        OptionValueDraft(id=each.id, name=Bilingual() if each.choice_id else each.name, swatch=each.swatch, choice_id=each.choice_id)
        for each in option.values
    )
    return OptionDraft(id=option.id, name=option.name, attribute_id=option.attribute_id, values=values)


def variants(product_id: ProductId) -> dict[str, str]:
    return {each.sku: each.option.en for each in catalog.product_by_id(product_id).variants if each.is_sellable}


def at_once(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    all_held()


def all_held() -> None:
    """Let the database look now at what it would look at when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# ── options and combinations ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_asks_its_options_and_its_variants_are_called_by_their_values() -> None:
    product_id = a_shirt()

    assert variants(product_id) == {"SHIRT": "Red, S", "SHIRT-RED-L": "Red, L", "SHIRT-BLUE-S": "Blue, S", "SHIRT-BLUE-L": "Blue, L"}
    variant = catalog.product("shirt").variants[1]
    assert catalog.goods([variant.id])[variant.id].option == Bilingual("Red, L", "红色、L")
    colour = catalog.options([product_id])[product_id][0]
    assert (colour.values[0].swatch, colour.slot, colour.name.zh) == ("#b93a2b", 1, "颜色")
    assert catalog.missing_variants(product_id) == ()
    assert len(facts("ProductSaved")) == 3
    assert audit.entries(subject=f"product:{product_id}").items[0].act == "catalog.add_variants"
    all_held()


def test_names_and_orders_change_and_every_variant_follows() -> None:
    product_id = a_shirt()
    colour, size = map(as_draft, catalog.options([product_id])[product_id])
    scarlet = replace(colour, values=(colour.values[1], replace(colour.values[0], name=Bilingual("Scarlet", "猩红"))))

    options_of(product_id, size, scarlet)

    assert set(variants(product_id).values()) == {"S, Scarlet", "L, Scarlet", "S, Blue", "L, Blue"}
    assert [each.name.en for each in catalog.options([product_id])[product_id][1].values] == ["Blue", "Scarlet"]
    all_held()


def test_a_value_goes_once_nothing_on_sale_stands_for_it_and_traded_variants_stay() -> None:
    product_id = a_shirt()
    colour, size = map(as_draft, catalog.options([product_id])[product_id])
    red_only = replace(colour, values=colour.values[:1])

    with pytest.raises(ValueIsUsed) as refused:
        options_of(product_id, red_only, size)
    assert (refused.value.value, refused.value.variants) == ("Blue", 2)

    product = catalog.product_by_id(product_id)
    keep_on_sale(product_id, [each.sku for each in product.variants if "BLUE" not in each.sku])
    options_of(product_id, red_only, size)

    assert variants(product_id) == {"SHIRT": "Red, S", "SHIRT-RED-L": "Red, L"}
    gone = [each for each in catalog.product_by_id(product_id).variants if not each.is_sellable]
    assert [(each.sku, each.option.en, each.value_ids) for each in gone] == [
        ("SHIRT-BLUE-S", "Blue, S", ()),
        ("SHIRT-BLUE-L", "Blue, L", ()),
    ]
    all_held()


def keep_on_sale(product_id: ProductId, skus: list[str]) -> None:
    product = catalog.product_by_id(product_id)
    drafts = [VariantDraft(id=each.id, sku=each.sku, is_sellable=each.sku in skus) for each in product.variants]
    catalog.save_product(
        product_id=product_id, slug=product.slug, name=product.name, text=product.text, category_id=product.category_id, variants=drafts,
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip


def test_an_option_goes_only_where_the_others_tell_variants_apart() -> None:
    product_id = a_shirt()
    colour = as_draft(catalog.options([product_id])[product_id][0])

    with pytest.raises(OptionIsUsed):
        options_of(product_id, colour)
    assert len(catalog.options([product_id])[product_id]) == 2

    keep_on_sale(product_id, ["SHIRT", "SHIRT-BLUE-S"])
    options_of(product_id, colour)
    assert variants(product_id) == {"SHIRT": "Red", "SHIRT-BLUE-S": "Blue"}
    options_of(product_id)
    assert catalog.options([product_id]) == {}
    assert variants(product_id) == {"SHIRT": "Red", "SHIRT-BLUE-S": "Blue"}
    all_held()


def test_a_third_option_takes_the_free_place_and_a_fourth_is_refused() -> None:
    product_id = a_shirt()
    colour, size = map(as_draft, catalog.options([product_id])[product_id])
    cut, fabric = (OptionDraft(name=Bilingual(name), values=(OptionValueDraft(name=Bilingual("One")),)) for name in ("Cut", "Fabric"))

    options_of(product_id, cut, colour, size)
    assert variants(product_id)["SHIRT"] == "One, Red, S"
    assert [each.slot for each in catalog.options([product_id])[product_id]] == [3, 1, 2]
    with pytest.raises(OutOfRange):
        options_of(product_id, cut, colour, size, fabric)
    all_held()


def test_words_written_before_there_were_options_name_the_values() -> None:
    product = catalog.save_product(
        product_id=None, slug="cup", name=Bilingual("Cup"), text=Bilingual(), category_id=None, is_published=True, actor=None, now=NOON,
        variants=[VariantDraft(sku="B", option=Bilingual("Blue")), VariantDraft(sku="R", option=Bilingual("", "红色"))],
    )  # fmt: skip

    options_of(product.id, COLOUR)

    assert variants(product.id) == {"B": "Blue", "R": "Red"}
    two = some_two()
    with pytest.raises(CombinationUnclear):
        options_of(two, SIZE)


def some_two() -> ProductId:
    product = catalog.save_product(
        product_id=None, slug="two", name=Bilingual("Two"), text=Bilingual(), category_id=None, is_published=True, actor=None, now=NOON,
        variants=[VariantDraft(sku="ONE", option=Bilingual("one")), VariantDraft(sku="TWO", option=Bilingual("two"))],
    )  # fmt: skip
    return product.id


def test_a_variant_saved_without_values_keeps_its_own_and_a_new_one_needs_them() -> None:
    product_id = a_shirt(COLOUR)
    product = catalog.product_by_id(product_id)
    kept = [VariantDraft(id=each.id, sku=each.sku, option=Bilingual("something else")) for each in product.variants]

    def save(*more: VariantDraft) -> None:
        catalog.save_product(
            product_id=product_id, slug="shirt", name=product.name, text=product.text, category_id=None, variants=[*kept, *more],
            is_published=True, actor=None, now=NOON,
        )  # fmt: skip

    save()
    assert variants(product_id) == {"SHIRT": "Red", "SHIRT-BLUE": "Blue"}
    same = VariantDraft(sku="NEW", value_ids=product.variants[0].value_ids)
    with pytest.raises(CombinationMissing):
        save(VariantDraft(sku="NEW"))
    with pytest.raises(CombinationTaken):
        save(same)
    with pytest.raises(NotFound):
        save(VariantDraft(sku="NEW", value_ids=(OptionValueId(10**9),)))
    save(VariantDraft(sku="OLD", is_sellable=False))
    kept = [replace(kept[0], value_ids=product.variants[1].value_ids), replace(kept[1], value_ids=product.variants[0].value_ids)]
    save()
    assert variants(product_id) == {"SHIRT": "Blue", "SHIRT-BLUE": "Red"}
    all_held()


def test_proposed_skus_are_nobody_s_and_a_taken_one_is_refused() -> None:
    some_goods("SHIRT-BLUE")
    product_id = some_goods("SHIRT").product_id
    options_of(product_id, COLOUR)

    proposed = catalog.missing_variants(product_id)

    assert [each.sku for each in proposed] == ["SHIRT-BLUE-2"]
    with pytest.raises(SkuTaken):
        catalog.add_variants(product_id=product_id, variants=[replace(proposed[0], sku="shirt-blue")], actor=None, now=NOON)
    with pytest.raises(OutOfRange):
        catalog.add_variants(product_id=product_id, variants=[], actor=None, now=NOON)
    assert variants(product_id) == {"SHIRT": "Red"}


def test_strangers_options_and_values_are_refused() -> None:
    mine, yours = a_shirt(COLOUR), some_goods("OTHER").product_id
    option = as_draft(catalog.options([mine])[mine][0])

    with pytest.raises(NotFound):
        options_of(yours, option)
    with pytest.raises(NotFound):
        options_of(yours, replace(option, id=None))
    with pytest.raises(NotFound):
        options_of(ProductId(10**9), COLOUR)
    assert catalog.options([yours]) == {}


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE catalog_variant SET value_1_id = NULL WHERE sku = 'SHIRT'",
        "UPDATE catalog_variant SET value_2_id = value_1_id WHERE sku = 'SHIRT'",
        "UPDATE catalog_productoption SET slot = 3 WHERE slot = 2",
        "INSERT INTO catalog_variant (product_id, sku, option_en, option_zh, weight_g, is_sellable, position)"
        " SELECT product_id, 'NEW', '', '', 0, true, 9 FROM catalog_variant WHERE sku = 'SHIRT'",
        "UPDATE catalog_variant SET value_2_id = (SELECT value_2_id FROM catalog_variant WHERE sku = 'SHIRT') WHERE sku = 'SHIRT-RED-L'",
        "INSERT INTO catalog_productoption (product_id, slot, name_en, name_zh, position)"
        " SELECT product_id, 3, 'Cut', '', 3 FROM catalog_productoption WHERE slot = 1",
        "UPDATE catalog_productoption SET slot = 4 WHERE slot = 2",
    ],
)
def test_the_database_refuses_a_variant_that_stands_for_no_combination_or_for_another_s(broken: str) -> None:
    a_shirt()
    all_held()

    with pytest.raises(IntegrityError), transaction.atomic():
        at_once(broken)


def test_goods_imported_to_a_product_with_options_wait_off_sale() -> None:
    product_id = a_shirt(COLOUR)

    catalog.import_goods(frame=pl.DataFrame({"sku": ["GREEN"], "slug": ["shirt"], "option_en": ["Green"]}), now=NOON)

    assert "GREEN" in {each.sku for each in catalog.product_by_id(product_id).variants}
    assert "GREEN" not in variants(product_id)
    all_held()


# ── options that stand for an attribute ───────────────────────────────────────────────────────────────────────────────


def save_colour(colour: Attribute, choices: list[ChoiceDraft]) -> None:
    catalog.save_attribute(
        attribute_id=colour.id, code="colour", name=colour.name, kind=TraitKind.CHOICE, is_filter=True, choices=choices, actor=None,
        now=NOON,
    )  # fmt: skip


def test_an_option_that_stands_for_an_attribute_is_called_as_it_is_now() -> None:
    colour = an_attribute()
    product_id = a_shirt(of_attribute(colour, "red", "blue"))
    saved = len(facts("ProductSaved"))

    choices = [ChoiceDraft(id=each.id, code=each.code, name=Bilingual(f"Deep {each.code}")) for each in colour.choices]
    save_colour(colour, choices)

    assert variants(product_id) == {"SHIRT": "Deep red", "SHIRT-BLUE": "Deep blue"}
    assert catalog.options([product_id])[product_id][0].values[0].code == "red"
    assert len(facts("ProductSaved")) == saved + 1


def test_a_choice_that_variants_stand_for_stays() -> None:
    colour = an_attribute()
    a_shirt(of_attribute(colour, "red"))
    left = [ChoiceDraft(id=each.id, code=each.code, name=each.name) for each in colour.choices if each.code != "red"]

    with pytest.raises(ChoiceIsUsed):
        save_colour(colour, left)
    with pytest.raises(KindIsUsed):
        catalog.save_attribute(attribute_id=colour.id, code="colour", name=colour.name, kind=TraitKind.TEXT, actor=None, now=NOON)


def test_shelves_count_what_variants_on_sale_stand_for_once() -> None:
    colour = an_attribute()
    shirt = a_shirt(of_attribute(colour, "red", "blue"))
    tell(shirt, says(colour, "red"))
    other = some_goods("OTHER").product_id
    tell(other, says(colour, "blue"))

    def counted() -> dict[str, int]:
        return {choice.code: choice.products for facet in catalog.facets(None) for choice in facet.choices}

    assert counted() == {"red": 1, "blue": 2}
    assert set(catalog.narrowed_ids(None, Narrowing((("colour", ("blue",)),)))) == {shirt, other}
    keep_on_sale(shirt, ["SHIRT"])
    assert counted() == {"red": 1, "blue": 1}


def test_options_of_many_take_one_query() -> None:
    ids = [some_goods(f"SKU{number}").product_id for number in range(4)]
    for each in ids:
        options_of(each, COLOUR, SIZE)

    with CaptureQueriesContext(connection) as asked:
        found = catalog.options(ids)

    assert (len(found), len(asked)) == (4, 1)


# ── size tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def a_size_table(*category_ids: CategoryId, name: str = "Shirts", size_table_id: SizeTableId | None = None) -> SizeTableId:
    return catalog.save_size_table(
        size_table_id=size_table_id, name=Bilingual(name, "衬衫"), columns=[SizeColumn(name=Bilingual("Chest", "胸围"), unit="cm")],
        rows=[SizeRow(size="S", cells=("86-90",))], category_ids=category_ids, actor=None, now=NOON,
    )  # fmt: skip


def test_a_size_table_holds_for_a_shelf_and_those_below_and_the_product_s_own_wins() -> None:
    tea = a_category("tea")
    cups = a_category("cups", parent_id=tea)
    product_id = some_goods("CUP", category_id=cups).product_id
    shelf, below, own = a_size_table(tea, name="Shelf"), a_size_table(cups, name="Below"), a_size_table(name="Own")

    def shown() -> str:
        table = catalog.extras(product_id).size_table
        return table.name.en if table else ""

    assert shown() == "Below"
    a_size_table(size_table_id=below, name="Below")
    assert shown() == "Shelf"
    catalog.choose_size_table(product_id=product_id, size_table_id=own, actor=None, now=NOON)
    assert shown() == "Own"
    assert catalog.size_table_by_id(shelf).rows == (SizeRow(size="S", cells=("86–90",)),)
    assert [each["category_id"] for each in facts("CategorySaved")][-2:] == [cups, cups]
    products = len(facts("ProductSaved"))
    a_size_table(size_table_id=own, name="Own, better")
    assert (shown(), len(facts("ProductSaved"))) == ("Own, better", products + 1)


def test_a_size_table_in_use_stays_and_one_that_is_not_goes() -> None:
    tea = a_category()
    table = a_size_table(tea)

    with pytest.raises(SizeTableIsUsed):
        catalog.remove_size_table(size_table_id=table, actor=None, now=NOON)
    a_size_table(size_table_id=table)
    catalog.remove_size_table(size_table_id=table, actor=None, now=NOON)

    assert catalog.size_tables() == ()
    with pytest.raises(NotFound):
        catalog.choose_size_table(product_id=some_goods().product_id, size_table_id=table, actor=None, now=NOON)


# ── related goods ─────────────────────────────────────────────────────────────────────────────────────────────────────


def related(product_id: ProductId, *links: Link) -> None:
    catalog.relate(product_id=product_id, links=links, actor=None, now=NOON)


def test_related_goods_stand_in_their_order_and_kind() -> None:
    tea, pot, cup = (some_goods(sku).product_id for sku in ("TEA", "POT", "CUP"))
    links = (Link(cup, LinkKind.WITH), Link(pot, LinkKind.INSTEAD))

    related(tea, *links)
    assert catalog.extras(tea).links == links
    related(tea, *reversed(links))
    assert catalog.extras(tea).links == tuple(reversed(links))
    assert catalog.extras(pot).links == ()
    assert audit.entries(subject=f"product:{tea}").items[0].act == "catalog.relate"


def test_what_cannot_be_related_is_refused_and_nothing_changes() -> None:
    tea, pot = (some_goods(sku).product_id for sku in ("TEA", "POT"))
    related(tea, Link(pot, LinkKind.WITH))

    for links, refusal in (
        ([Link(tea, LinkKind.WITH)], RelatedToItself),
        ([Link(ProductId(10**9), LinkKind.WITH)], NotFound),
        ([Link(pot, LinkKind.WITH), Link(pot, LinkKind.INSTEAD)], NameTwice),
        ([Link(pot, LinkKind.WITH)] * 13, OutOfRange),
    ):
        with pytest.raises(refusal):
            related(tea, *links)

    assert catalog.extras(tea).links == (Link(pot, LinkKind.WITH),)
    with pytest.raises(IntegrityError), transaction.atomic():
        option_models.RelatedProduct.objects.create(product_id=tea, other_id=tea, kind="with")


# ── kept pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog_productoption SET name_en = 'Shade'",
        "UPDATE catalog_optionvalue SET position = position + 1",
        "UPDATE catalog_relatedproduct SET kind = 'instead'",
        "DELETE FROM catalog_relatedproduct",
        "UPDATE catalog_sizetable SET name_en = 'Other'",
    ],
)
def test_whatever_a_product_s_page_says_beside_moves_the_mark_of_its_shelf(statement: str) -> None:
    tea = a_category()
    shirt = a_shirt()
    catalog.save_product(
        product_id=shirt, slug="shirt", name=Bilingual("Shirt"), text=Bilingual(), category_id=tea, is_published=True, actor=None, now=NOON,
        variants=[VariantDraft(id=each.id, sku=each.sku) for each in catalog.product_by_id(shirt).variants],
    )  # fmt: skip
    related(shirt, Link(some_goods("POT").product_id, LinkKind.WITH))
    a_size_table(tea)
    all_held()
    before = catalog.editions().of([tea])

    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert catalog.editions().of([tea]) > before


def test_no_variant_is_ever_deleted() -> None:
    product_id = a_shirt()
    before = set(models.Variant.objects.filter(product=product_id).values_list("pk", flat=True))
    keep_on_sale(product_id, ["SHIRT"])

    options_of(product_id)

    assert before == {VariantId(each.id) for each in catalog.product_by_id(product_id).variants}


def test_a_variant_put_on_sale_or_off_is_traced_by_its_name() -> None:
    tea = some_goods("TEA")

    found = catalog.set_on_sale(variant_id=tea.variant_id, is_sellable=False, actor=None, now=NOON)

    entry = audit.entries(subject=f"product:{tea.product_id}").items[0]
    assert [each.is_sellable for each in found.variants] == [False]
    assert (entry.act, entry.before, entry.after) == (
        "catalog.save_product", {"sku": "TEA", "is_sellable": True}, {"sku": "TEA", "is_sellable": False},
    )  # fmt: skip
    assert len(facts("ProductSaved")) == 2
    with pytest.raises(NotFound):
        catalog.set_on_sale(variant_id=VariantId(10**9), is_sellable=True, actor=None, now=NOON)
