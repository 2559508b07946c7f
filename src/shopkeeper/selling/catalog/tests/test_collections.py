"""Collections show what was chosen, in the order chosen, and what their rule finds now."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from shopkeeper.events.models import OutboxFact
from shopkeeper.kit.ids import CollectionId, ProductId
from shopkeeper.kit.refusals import Malformed, NotFound
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import collections
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Narrowing, SlugTaken, Sort
from shopkeeper.selling.catalog.shapes_collections import (
    Collection,
    CollectionDraft,
    CollectionIsFull,
    CollectionKind,
    Condition,
    ConditionKind,
    FilledByRule,
    Match,
    Named,
    Part,
    Rule,
    RuleContradicts,
)
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, a_category, an_attribute, says, some_goods, tell

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 3, 2, tzinfo=UTC)


def a_collection(slug: str = "spring", *conditions: Condition, match: Match = Match.ALL, **more: Any) -> Collection:
    kind = CollectionKind.RULE if conditions else CollectionKind.HAND
    draft = CollectionDraft(
        slug=slug, name=Bilingual(slug.title(), "集"), kind=kind, rule=Rule(match=match, conditions=conditions), is_published=True, **more
    )
    return catalog.collection_by_id(catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON))


def goods(*skus: str, **more: Any) -> list[ProductId]:
    return [some_goods(sku, **more).product_id for sku in skus]


def put(collection: Collection, product_ids: Sequence[ProductId], part: Part = Part.IN) -> None:
    catalog.name_products(collection_id=collection.id, part=part, product_ids=product_ids, actor=None, now=NOON)


def shown(collection: Collection, sort: Sort | None = None, **more: Any) -> list[int]:
    return list(catalog.collected(collection, today=TODAY, sort=sort, **more).ids)


def test_goods_chosen_by_hand_stand_in_the_order_they_were_put_and_hidden_ones_are_left_out() -> None:
    first, second, third = goods("A", "B", "C")
    hidden = some_goods("D", is_published=False).product_id
    spring = a_collection()
    put(spring, [third, hidden, first, second])
    assert shown(spring) == [third, first, second]
    put(spring, [second, third])
    assert shown(spring) == [second, third]
    assert catalog.named_in(spring.id) == (Named(product_id=second, part=Part.IN), Named(product_id=third, part=Part.IN))


CONDITIONS = ("category", "brand", "answer", "name", "name in chinese", "new", "outside")


@pytest.fixture
def corner() -> Mapping[str, Any]:
    tea = a_category("tea")
    green = a_category("green", parent_id=tea)
    acme, colour = a_brand(), an_attribute()
    on_shelf = some_goods("LEAF", category_id=green).product_id
    made = some_goods("CUP").product_id
    tell(made, says(colour, "red", "blue"), brand_id=acme)
    named = some_goods("SALE", name=Bilingual("50% off pot", "半价壶")).product_id
    new = some_goods("NEW", now=TODAY - timedelta(days=1)).product_id
    some_goods("OLD", now=TODAY - timedelta(days=90))
    red = next(each.id for each in colour.choices if each.code == "red")
    return {
        "category": (Condition(kind=ConditionKind.CATEGORY, ids=(tea,)), on_shelf),
        "brand": (Condition(kind=ConditionKind.BRAND, ids=(acme,)), made),
        "answer": (Condition(kind=ConditionKind.ANSWER, attribute_id=colour.id, ids=(red,)), made),
        "name": (Condition(kind=ConditionKind.NAME, text="50% OFF"), named),
        "name in chinese": (Condition(kind=ConditionKind.NAME, text="半价"), named),
        "new": (Condition(kind=ConditionKind.NEW, days=2), new),
        "outside": (Condition(kind=ConditionKind.REDUCED), named),
    }


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_rule_finds_what_meets_its_condition_and_nothing_else(corner: Mapping[str, Any], case: str) -> None:
    condition, product = corner[case]
    found = shown(a_collection("by-rule", condition), outside={condition: [product]})
    if case == "new":
        # Everything but the last was put in at noon of this day.
        assert product in found
        assert len(found) == 4
    else:
        assert found == [product]


def test_all_conditions_or_any_of_them(corner: Mapping[str, Any]) -> None:
    shelf, leaf = corner["category"]
    brand, cup = corner["brand"]
    assert shown(a_collection("both", shelf, brand)) == []
    assert sorted(shown(a_collection("either", shelf, brand, match=Match.ANY))) == sorted([leaf, cup])


def test_a_wildcard_in_a_name_is_a_character_like_any_other(corner: Mapping[str, Any]) -> None:
    assert shown(a_collection("wild", Condition(kind=ConditionKind.NAME, text="%"))) == [corner["name"][1]]
    assert shown(a_collection("under", Condition(kind=ConditionKind.NAME, text="_"))) == []


def test_a_rule_follows_the_catalogue_at_once(corner: Mapping[str, Any]) -> None:
    brand, cup = corner["brand"]
    made = a_collection("made", brand)
    later = some_goods("LATER").product_id
    tell(later, brand_id=brand.ids[0])
    assert sorted(shown(made)) == sorted([cup, later])
    catalog.unpublish(product_id=cup, actor=None, now=NOON)
    assert shown(made) == [later]


def test_pinned_goods_stand_first_and_goods_left_out_are_not_shown() -> None:
    tea = a_category()
    one, two, three = goods("A", "B", "C", category_id=tea)
    stranger = some_goods("X").product_id
    made = a_collection("tea-time", Condition(kind=ConditionKind.CATEGORY, ids=(tea,)), sort=Sort.NAME)
    put(made, [three, stranger], Part.FIRST)
    put(made, [one], Part.OUT)
    assert shown(made) == [three, stranger, two]
    # Who asks for an order of their own gets it for everything.
    assert shown(made, Sort.NAME) == [two, three, stranger]


@pytest.mark.parametrize(("sort", "expected"), [(Sort.FEATURED, "CBA"), (Sort.NEWEST, "ABC"), (Sort.NAME, "BAC")])
def test_a_collection_has_an_order_of_its_own(sort: Sort, expected: str) -> None:
    tea = a_category()
    ids = {
        sku: some_goods(sku, name=Bilingual(name), rank=rank, now=NOON - timedelta(days=rank * -1), category_id=tea).product_id
        for sku, name, rank in (("A", "Mug", 3), ("B", "Bowl", 2), ("C", "Pot", 1))
    }
    made = a_collection("ordered", Condition(kind=ConditionKind.CATEGORY, ids=(tea,)), sort=sort)
    assert shown(made) == [ids[each] for each in expected]


def test_nothing_is_put_by_hand_into_what_a_rule_fills_and_nothing_is_pinned_by_hand() -> None:
    (product,) = goods("A")
    by_rule = a_collection("rule", Condition(kind=ConditionKind.NAME, text="a"))
    with pytest.raises(FilledByRule):
        put(by_rule, [product])
    with pytest.raises(Malformed):
        put(a_collection("hand"), [product], Part.FIRST)


def test_unknown_products_are_refused_and_nothing_changes() -> None:
    (product,) = goods("A")
    spring = a_collection()
    put(spring, [product])
    with pytest.raises(NotFound):
        put(spring, [ProductId(product + 1000)])
    assert shown(spring) == [product]


def test_a_collection_names_so_many_products_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "MOST_NAMED", 2)
    spring = a_collection()
    put(spring, goods("A", "B"))
    with pytest.raises(CollectionIsFull):
        put(spring, goods("C", "D", "E"))


def test_what_a_rule_names_counts_as_it_is_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "MOST_NAMED", 3)
    made = a_collection("rule", Condition(kind=ConditionKind.NAME, text="two"))
    a, b, c, d, e = goods(*"ABCDE")

    def arranged(products: list[ProductId], left_out: list[ProductId]) -> list[Named]:
        catalog.arrange_collection(collection_id=made.id, products=products, left_out=left_out, actor=None, now=NOON)
        return sorted(catalog.named_in(made.id), key=lambda each: (each.part is Part.OUT,))

    def told(products: list[ProductId], left_out: list[ProductId]) -> list[Named]:
        return [*(Named(product_id=x, part=Part.FIRST) for x in products), *(Named(product_id=x, part=Part.OUT) for x in left_out)]

    for products, left_out in (([a, b, c], []), ([d], [e, b]), ([], [a, b, c]), ([c, e], [d]), ([d], [c, e])):
        assert arranged(products, left_out) == told(products, left_out)
    with pytest.raises(CollectionIsFull):
        arranged([a, b], [c, d])
    assert arranged([d, a], [a, c]) == told([d, a], [c])


def test_a_kind_that_changes_forgets_what_was_named_for_the_other() -> None:
    (product,) = goods("A")
    spring = a_collection()
    put(spring, [product])
    draft = CollectionDraft(
        slug="spring", name=Bilingual("S"), kind=CollectionKind.RULE, is_published=True,
        rule=Rule(conditions=(Condition(kind=ConditionKind.NAME, text="nothing"),)),
    )  # fmt: skip
    catalog.save_collection(collection_id=spring.id, draft=draft, actor=None, now=NOON)
    assert catalog.named_in(spring.id) == ()
    assert shown(catalog.collection_by_id(spring.id)) == []


def test_what_was_chosen_by_hand_is_not_found_by_a_rule_that_is_tried_in_its_place() -> None:
    (product,) = goods("A")
    spring = a_collection()
    put(spring, [product])
    rule = Rule(conditions=(Condition(kind=ConditionKind.NAME, text="nothing"),))

    found = catalog.collected_by(rule, today=TODAY, outside={}, collection_id=spring.id)

    assert list(found.ids) == []


def test_a_taken_slug_an_end_before_the_start_and_a_contradiction_are_refused() -> None:
    a_collection("spring")
    with pytest.raises(SlugTaken):
        a_collection("spring")
    with pytest.raises(Malformed) as caught:
        a_collection("autumn", starts_at=NOON, ends_at=NOON)
    assert caught.value.field == "ends_at"
    with pytest.raises(RuleContradicts):
        a_collection(
            "none", Condition(kind=ConditionKind.BRAND, ids=(a_brand("a"),)), Condition(kind=ConditionKind.BRAND, ids=(a_brand("b"),))
        )
    with pytest.raises(NotFound):
        catalog.collection_by_id(CollectionId(10**9))


def test_a_collection_is_shown_between_its_moments() -> None:
    later, end = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    spring = a_collection(starts_at=later, ends_at=end)
    assert [spring.is_shown(each) for each in (NOON, later, end - timedelta(seconds=1), end)] == [False, True, True, False]
    assert [spring.turns_at(each) for each in (NOON, later, end)] == [later, end, None]


def test_saving_and_naming_leave_a_trace_and_a_fact() -> None:
    spring = a_collection()
    put(spring, goods("A"))
    assert [each.act for each in audit.entries(subject=f"collection:{spring.id}").items] == [
        "catalog.name_products",
        "catalog.save_collection",
    ]
    assert OutboxFact.objects.filter(kind="CollectionSaved", body__collection_id=spring.id).count() == 2


def test_every_change_of_a_collection_moves_the_mark_that_pages_rest_on() -> None:
    spring = a_collection()
    before = catalog.editions().of(())
    put(spring, goods("A"))
    assert catalog.editions().of(()) != before


def test_what_is_wanted_of_a_collection_is_counted_within_it() -> None:
    colour = an_attribute()
    red, blue, elsewhere = goods("R", "B", "X")
    tell(red, says(colour, "red"))
    tell(blue, says(colour, "blue"))
    tell(elsewhere, says(colour, "green"))
    (facet,) = catalog.facets_of([red, blue])
    assert [(each.code, each.products) for each in facet.choices] == [("red", 1), ("blue", 1)]
    assert catalog.narrowed_of([blue, red], Narrowing((("colour", ("red",)),))) == (red,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog_collection SET kind = 'both'",
        "UPDATE catalog_collection SET starts_at = now(), ends_at = now() - interval '1 day'",
        "UPDATE catalog_collectionproduct SET part = 'none'",
        "INSERT INTO catalog_collectionproduct (collection_id, product_id, part, position) "
        "SELECT collection_id, product_id, 'in', 9 FROM catalog_collectionproduct",
    ],
)
def test_the_database_refuses_what_no_collection_can_be(statement: str) -> None:
    put(a_collection(), goods("A"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
