"""Brands, attributes, what is said of goods by them, and shelves narrowed down by it, on a real database."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.kit.ids import AttributeId, BrandId, CategoryId, ChoiceId, ProductId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import (
    Attribute,
    ChoiceDraft,
    ChoiceIsUsed,
    CodeTaken,
    Facet,
    KindIsUsed,
    Narrowing,
    SlugTaken,
    Sort,
    TraitDraft,
    TraitKind,
)
from shopkeeper.selling.catalog.tests.builders import COLOURS, NOON, a_brand, a_category, an_attribute, says, some_goods, tell

pytestmark = pytest.mark.django_db


def change(attribute: Attribute, **changes: object) -> AttributeId:
    fields: dict[str, object] = {
        "code": attribute.code, "name": attribute.name, "kind": attribute.kind, "unit": attribute.unit, "is_filter": attribute.is_filter,
        "choices": [ChoiceDraft(id=each.id, code=each.code, name=each.name, swatch=each.swatch) for each in attribute.choices],
    }  # fmt: skip
    return catalog.save_attribute(attribute_id=attribute.id, actor=None, now=NOON, **(fields | changes))  # type: ignore[arg-type]


def wants(**asked: Sequence[str]) -> Narrowing:
    return catalog.narrowing(asked)


def shown(facets: Sequence[Facet]) -> dict[str, dict[str, int]]:
    return {facet.code: {choice.code: choice.products for choice in facet.choices} for facet in facets}


# ── brands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_brand_counts_the_goods_that_are_shown() -> None:
    brand = a_brand()
    tell(some_goods("TEA").product_id, brand_id=brand)
    tell(some_goods("POT", is_published=False).product_id, brand_id=brand)

    assert [(each.slug, each.products) for each in catalog.brands()] == [("acme", 1)]
    assert catalog.product("tea").brand_id == brand


def test_two_brands_never_share_a_web_name_and_a_stranger_is_not_found() -> None:
    first = a_brand()

    with pytest.raises(SlugTaken):
        a_brand()
    with pytest.raises(NotFound):
        catalog.brand_by_id(BrandId(first + 1))
    with pytest.raises(NotFound):
        tell(some_goods("TEA").product_id, brand_id=BrandId(first + 1))
    assert catalog.product("tea").brand_id is None


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_attribute_keeps_its_answers_in_order_and_codes_may_change_places() -> None:
    colour = an_attribute()
    first, second, third = colour.choices

    change(
        colour,
        choices=[
            ChoiceDraft(id=third.id, code="blue", name=third.name, swatch="#0000FF"),
            ChoiceDraft(id=first.id, code="green", name=first.name),
            ChoiceDraft(id=second.id, code="red", name=second.name),
            ChoiceDraft(code="grey", name=Bilingual("Grey", "灰")),
        ],
    )

    now = catalog.attribute_by_id(colour.id)
    assert [(each.code, each.swatch) for each in now.choices] == [("blue", "#0000ff"), ("green", ""), ("red", ""), ("grey", "")]
    assert [each.id for each in now.choices[:3]] == [third.id, first.id, second.id]


def test_an_answer_that_describes_goods_is_not_taken_away() -> None:
    colour = an_attribute()
    tell(some_goods("TEA").product_id, says(colour, "red"))
    without_red = [ChoiceDraft(id=each.id, code=each.code, name=each.name) for each in colour.choices if each.code != "red"]

    with pytest.raises(ChoiceIsUsed) as refused:
        change(colour, choices=without_red)

    assert (refused.value.value, refused.value.products) == ("red", 1)
    assert catalog.attribute_by_id(colour.id) == colour
    change(
        colour,
        choices=[each for each in without_red if each.code != "blue"]
        + [ChoiceDraft(id=colour.choices[0].id, code="red", name=Bilingual("Red"))],
    )
    assert [each.code for each in catalog.attribute_by_id(colour.id).choices] == ["green", "red"]


def test_what_an_attribute_says_stays_of_its_kind_while_goods_are_described_by_it() -> None:
    colour = an_attribute(is_filter=False)
    goods = some_goods("TEA")
    tell(goods.product_id, says(colour, "red"))

    with pytest.raises(KindIsUsed) as refused:
        change(colour, kind=TraitKind.TEXT, choices=())

    assert refused.value.products == 1
    tell(goods.product_id)
    change(colour, kind=TraitKind.TEXT, choices=())
    assert catalog.attribute_by_id(colour.id).kind is TraitKind.TEXT


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "brand"}, CodeTaken),
        ({"code": "page"}, CodeTaken),
        ({"code": "Two words"}, Malformed),
        ({"name": Bilingual()}, OutOfRange),
        ({"kind": TraitKind.NUMBER, "choices": ()}, Malformed),
        ({"kind": TraitKind.NUMBER, "is_filter": False}, OutOfRange),
        ({"choices": ()}, OutOfRange),
        ({"choices": [ChoiceDraft(code="red", name=Bilingual("Red")), ChoiceDraft(code="red", name=Bilingual("Also red"))]}, CodeTaken),
        ({"choices": [ChoiceDraft(code="red", name=Bilingual("Red"), swatch="crimson")]}, Malformed),
        ({"choices": [ChoiceDraft(id=ChoiceId(10**9), code="red", name=Bilingual("Red"))]}, NotFound),
        ({"unit": "x" * 21}, OutOfRange),
    ],
)
def test_an_attribute_that_cannot_be_is_refused_and_nothing_changes(changes: dict[str, object], refusal: type[Exception]) -> None:
    colour = an_attribute()

    with pytest.raises(refusal):
        change(colour, **changes)

    assert catalog.attributes() == (colour,)


def test_another_attribute_has_the_code() -> None:
    an_attribute()

    with pytest.raises(CodeTaken):
        an_attribute()


# ── what is said of goods ─────────────────────────────────────────────────────────────────────────────────────────────


def test_goods_are_described_by_choices_numbers_and_words_and_told_in_the_attributes_order() -> None:
    colour = an_attribute()
    width = catalog.save_attribute(
        attribute_id=None, code="width", name=Bilingual("Width", "宽"), kind=TraitKind.NUMBER, unit="cm", position=-1, actor=None, now=NOON
    )
    care = catalog.save_attribute(
        attribute_id=None, code="care", name=Bilingual("Care", "保养"), kind=TraitKind.TEXT, position=9, actor=None, now=NOON
    )
    goods = some_goods("TEA")

    tell(
        goods.product_id,
        TraitDraft(attribute_id=care, text=Bilingual("Wash by hand.", "手洗。")),
        says(colour, "blue", "red"),
        TraitDraft(attribute_id=width, number=Decimal("12.50")),
    )

    said = catalog.traits([goods.product_id])[goods.product_id]
    assert [each.code for each in said] == ["width", "colour", "care"]
    assert (said[0].number, said[0].unit) == (Decimal("12.5"), "cm")
    assert [each.code for each in said[1].choices] == ["red", "blue"]
    assert said[2].text == Bilingual("Wash by hand.", "手洗。")


def test_describing_again_takes_the_place_of_what_was_said_and_leaves_a_trace() -> None:
    colour = an_attribute()
    goods = some_goods("TEA")
    tell(goods.product_id, says(colour, "red", "blue"))
    former = set(models.AttributeValue.objects.filter(choice__code="blue").values_list("pk", flat=True))

    tell(goods.product_id, says(colour, "blue", "green"))

    assert [each.code for each in catalog.traits([goods.product_id])[goods.product_id][0].choices] == ["green", "blue"]
    assert set(models.AttributeValue.objects.filter(choice__code="blue").values_list("pk", flat=True)) == former
    last = audit.entries(subject=f"product:{goods.product_id}").items[0]
    assert (last.before["traits"], last.after["traits"]) == (["colour: red, blue"], ["colour: green, blue"])
    tell(goods.product_id)
    assert catalog.traits([goods.product_id]) == {}


@pytest.mark.parametrize("wrong", ["another kind", "a stranger's answer", "no such attribute", "too large"])
def test_what_cannot_be_said_is_refused_and_nothing_changes(wrong: str) -> None:
    colour, size = an_attribute(), an_attribute("form", ("round", "square"))
    width = catalog.save_attribute(attribute_id=None, code="width", name=Bilingual("Width"), kind=TraitKind.NUMBER, actor=None, now=NOON)
    goods = some_goods("TEA")
    tell(goods.product_id, says(colour, "red"))
    draft = {
        "another kind": TraitDraft(attribute_id=colour.id, number=Decimal(1)),
        "a stranger's answer": TraitDraft(attribute_id=colour.id, choice_ids=(size.choices[0].id,)),
        "no such attribute": TraitDraft(attribute_id=AttributeId(10**9), number=Decimal(1)),
        "too large": TraitDraft(attribute_id=width, number=Decimal("1e12")),
    }[wrong]

    with pytest.raises((Malformed, NotFound, OutOfRange)):
        tell(goods.product_id, draft)

    assert [each.code for each in catalog.traits([goods.product_id])[goods.product_id][0].choices] == ["red"]


def test_a_row_says_one_thing() -> None:
    colour = an_attribute()
    goods = some_goods("TEA")

    for wrong in ({}, {"choice_id": colour.choices[0].id, "number": 1}, {"number": 1, "text_en": "one"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.AttributeValue.objects.create(product_id=goods.product_id, attribute_id=colour.id, **wrong)


def test_traits_of_many_take_one_query() -> None:
    colour = an_attribute()
    ids = [some_goods(f"SKU{number}").product_id for number in range(5)]
    for each in ids:
        tell(each, says(colour, "red"))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = catalog.traits(ids)

    assert (len(found), len(asked)) == (5, 1)


# ── a shelf narrowed down ─────────────────────────────────────────────────────────────────────────────────────────────


def a_shelf() -> tuple[CategoryId, dict[str, ProductId]]:
    """A shelf and one below it: RED and BLUE of wood, GREEN of glass, one of no colour at all; another shelf beside it."""
    colour, material = an_attribute(), an_attribute("material", ("wood", "glass"))
    brand, tea = a_brand(), a_category("tea")
    pots = a_category("pots", parent_id=tea)
    made = {
        "RED": some_goods("RED", category_id=tea, rank=3).product_id,
        "BLUE": some_goods("BLUE", category_id=pots, rank=2).product_id,
        "GREEN": some_goods("GREEN", category_id=pots, rank=1).product_id,
        "PLAIN": some_goods("PLAIN", category_id=tea, rank=4).product_id,
        "ELSEWHERE": some_goods("ELSEWHERE", category_id=a_category("toys")).product_id,
        "HIDDEN": some_goods("HIDDEN", category_id=tea, is_published=False).product_id,
    }
    tell(made["RED"], says(colour, "red"), says(material, "wood"), brand_id=brand)
    tell(made["BLUE"], says(colour, "blue"), says(material, "wood"))
    tell(made["GREEN"], says(colour, "green"), says(material, "glass"), brand_id=brand)
    tell(made["ELSEWHERE"], says(colour, "red"), says(material, "glass"))
    tell(made["HIDDEN"], says(colour, "red"))
    return tea, made


def test_a_shelf_is_asked_only_questions_that_part_its_goods() -> None:
    tea, _made = a_shelf()

    found = catalog.facets(tea, Narrowing())

    assert shown(found) == {"colour": {"red": 1, "green": 1, "blue": 1}, "material": {"wood": 2, "glass": 1}}
    assert shown(catalog.facets(None, Narrowing()))["colour"] == {"red": 2, "green": 1, "blue": 1}


def test_answers_of_one_question_add_up_and_questions_narrow_down() -> None:
    tea, made = a_shelf()

    assert catalog.narrowed_ids(tea, wants(colour=["red", "blue"])) == (made["BLUE"], made["RED"])
    assert catalog.narrowed_ids(tea, wants(colour=["red", "blue", "green"], material=["wood"])) == (made["BLUE"], made["RED"])
    assert catalog.narrowed_ids(tea, wants(brand=["acme"])) == (made["GREEN"], made["RED"])
    assert catalog.narrowed_ids(tea, wants(brand=["acme"], material=["glass"], colour=["red"])) == ()
    assert catalog.narrowed_ids(tea, wants(brand=["acme"]), Sort.NAME) == (made["GREEN"], made["RED"])


def test_an_answer_tells_what_would_be_left_with_it() -> None:
    tea, _made = a_shelf()

    found = shown(catalog.facets(tea, wants(colour=["red"])))

    # Another colour adds to the red ones; a material narrows the red ones down.
    assert found["colour"] == {"red": 1, "green": 1, "blue": 1}
    assert found["material"] == {"wood": 1, "glass": 0}
    assert shown(catalog.facets(tea, wants(colour=["red"], material=["glass"])))["colour"] == {"red": 0, "green": 1, "blue": 0}


def test_what_an_old_address_asks_and_nobody_answers_any_more_is_passed_over() -> None:
    a_shelf()

    assert wants(colour=["red", "mauve", "red"], form=["round"], q=["x"]) == Narrowing((("colour", ("red",)),))
    assert not wants(colour=["mauve"])


def test_only_choices_that_are_filters_narrow_a_shelf_down() -> None:
    tea, made = a_shelf()
    hidden = an_attribute("season", ("winter", "summer"), is_filter=False)
    tell(made["PLAIN"], says(hidden, "winter"))
    tell(made["RED"], says(hidden, "summer"))

    assert "season" not in shown(catalog.facets(tea, Narrowing()))
    assert not wants(season=["winter"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_counts_are_those_of_looking_at_every_product(data: st.DataObject) -> None:
    with transaction.atomic():
        colour, material = an_attribute(), an_attribute("material", ("wood", "glass"))
        goods: dict[ProductId, dict[str, set[str]]] = {}
        for number in range(data.draw(st.integers(1, 6))):
            held = {
                "colour": data.draw(st.sets(st.sampled_from(COLOURS))),
                "material": data.draw(st.sets(st.sampled_from(["wood", "glass"]))),
            }
            product_id = some_goods(f"SKU{number}").product_id
            tell(product_id, says(colour, *held["colour"]), says(material, *held["material"]))
            goods[product_id] = held
        asked = {
            "colour": data.draw(st.lists(st.sampled_from(COLOURS))),
            "material": data.draw(st.lists(st.sampled_from(["wood", "glass"]))),
        }

        found = {name: dict(answers) for name, answers in shown(catalog.facets(None, wants(**asked))).items()}
        ids = set(catalog.narrowed_ids(None, wants(**asked)))

        def meets(held: dict[str, set[str]], but: str = "") -> bool:
            return all(not answers or name == but or held[name] & set(answers) for name, answers in asked.items())

        if any(asked.values()):
            assert ids == {each for each, held in goods.items() if meets(held)}
        for name, answers in found.items():
            for answer, products in answers.items():
                assert products == sum(answer in held[name] and meets(held, but=name) for held in goods.values())
        transaction.set_rollback(True)


# ── kept pages, and by the thousand ───────────────────────────────────────────────────────────────────────────────────


def test_whatever_is_said_of_goods_moves_the_mark_of_their_shelf() -> None:
    tea, made = a_shelf()
    colour = catalog.attributes()[0]
    before = catalog.editions()

    tell(made["RED"], says(colour, "blue"))
    described = catalog.editions()
    catalog.save_brand(brand_id=None, slug="other", name=Bilingual("Other"), actor=None, now=NOON)
    branded = catalog.editions()
    change(colour, name=Bilingual("Shade", "色调"))

    assert before.of([tea]) < described.of([tea])
    assert described.of([]) < branded.of([]) < catalog.editions().of([])
    for statement in ("UPDATE catalog_attributevalue SET is_derived = true", "DELETE FROM catalog_attributevalue"):
        former = catalog.editions().of([tea])
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert catalog.editions().of([tea]) > former


def test_what_a_rule_read_from_names_is_marked_and_what_staff_said_stays() -> None:
    colour = an_attribute()
    staff, new = some_goods("TEA").product_id, some_goods("POT").product_id
    tell(staff, says(colour, "red"))
    frame = pl.DataFrame({
        "product_id": [staff, new, new, new],
        "attribute": ["colour", "colour", "colour", "mood"],
        "choice": ["blue", "blue", "mauve", "gay"],
    })  # fmt: skip

    assert catalog.import_traits(frame=frame) == 1
    assert catalog.import_traits(frame=frame) == 0

    said = catalog.traits([staff, new])
    assert [(each.code, said[staff][0].is_derived) for each in said[staff][0].choices] == [("red", False)]
    assert [(each.code, said[new][0].is_derived) for each in said[new][0].choices] == [("blue", True)]
    tell(new, says(colour, "blue", "red"))
    assert catalog.traits([new])[new][0].choices[0].code == "red"
