"""What staff may write of options, for which values variants stand, which combinations are missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.kit.ids import AttributeId, ChoiceId, OptionId, OptionValueId, ProductId, VariantId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog.rules import options as rules
from shopkeeper.selling.catalog.shapes import Attribute, AttributeChoice, TraitKind, Variant
from shopkeeper.selling.catalog.shapes_options import (
    CombinationTaken,
    CombinationUnclear,
    NameTwice,
    NewVariant,
    Option,
    OptionDraft,
    OptionIsUsed,
    OptionValue,
    OptionValueDraft,
    TooManyCombinations,
)

RED = AttributeChoice(id=ChoiceId(1), code="red", name=Bilingual("Red", "红色"), swatch="#ff0000")
COLOURS = {
    AttributeId(7): Attribute(
        id=AttributeId(7), code="colour", name=Bilingual("Colour", "颜色"), kind=TraitKind.CHOICE, unit="", is_filter=True, position=0,
        choices=(RED,),
    ),
}  # fmt: skip


def draft(name: str, *values: str, attribute: int | None = None) -> OptionDraft:
    drafts = tuple(OptionValueDraft(name=Bilingual(each)) for each in values)
    return OptionDraft(name=Bilingual(name), attribute_id=None if attribute is None else AttributeId(attribute), values=drafts)


def option(number: int, *values: str) -> Option:
    """An option whose values have the ids 10·number, 10·number + 1, …"""
    found = tuple(OptionValue(id=OptionValueId(10 * number + place), name=Bilingual(each)) for place, each in enumerate(values))
    return Option(id=OptionId(number), slot=number, name=Bilingual(f"Option {number}"), attribute_id=None, values=found)


def variant(number: int, *values: int, sku: str = "", text: str = "", is_sellable: bool = True) -> Variant:
    return Variant(
        id=VariantId(number), product_id=ProductId(1), sku=sku or f"SKU{number}", option=Bilingual(text), weight_g=5,
        is_sellable=is_sellable, value_ids=tuple(OptionValueId(each) for each in values),
    )  # fmt: skip


COLOUR, SIZE = option(1, "Red", "Blue"), option(2, "Small", "Large")


@pytest.mark.parametrize(
    ("drafts", "refusal"),
    [
        ([draft(str(number), "x") for number in range(4)], OutOfRange),
        ([draft("", "x")], OutOfRange),
        ([draft("Colour")], OutOfRange),
        ([draft("Colour", *map(str, range(61)))], OutOfRange),
        ([draft("Colour", "Red", "")], OutOfRange),
        ([draft("Colour", "Red", "red")], NameTwice),
        ([draft("Colour", "Red"), draft("colour", "S")], NameTwice),
        ([draft("A", "x", attribute=7), draft("B", "x", attribute=7)], NameTwice),
        ([draft("Colour", "x", attribute=8)], NotFound),
        ([OptionDraft(name=Bilingual("A"), values=(OptionValueDraft(choice_id=ChoiceId(1)),))], NotFound),
        ([OptionDraft(name=Bilingual("A"), values=(OptionValueDraft(name=Bilingual("x"), swatch="red"),))], Malformed),
        ([draft(each, each * 50) for each in "abc"], OutOfRange),
    ],
)
def test_what_cannot_be_an_option_is_refused(drafts: list[OptionDraft], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.tidy(drafts, COLOURS)


def test_an_option_is_called_as_its_attribute_and_its_values_as_the_choices() -> None:
    found = rules.tidy([OptionDraft(attribute_id=AttributeId(7), values=(OptionValueDraft(choice_id=ChoiceId(1)),))], COLOURS)

    assert (found[0].name, found[0].values[0].name) == (Bilingual("Colour", "颜色"), Bilingual())


def test_a_variant_is_called_by_its_values_in_the_order_of_the_options() -> None:
    colour = replace(COLOUR, values=(replace(COLOUR.values[0], name=Bilingual("Red", "红色")),))

    assert rules.called([SIZE, colour], (OptionValueId(10), OptionValueId(21))) == Bilingual("Large, Red", "Large、红色")


def test_the_only_variant_stands_for_the_first_values_and_others_for_what_their_words_name() -> None:
    assert rules.assign((), (COLOUR, SIZE), [variant(1)]) == {1: (10, 20)}
    named = [variant(1, text="Large, blue"), variant(2, text="red / small"), variant(3, text="old", is_sellable=False)]
    assert rules.assign((), (COLOUR, SIZE), named) == {1: (11, 21), 2: (10, 20), 3: ()}


def test_variants_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(CombinationUnclear):
        rules.assign((), (COLOUR,), [variant(1, text="Red"), variant(2, text="Green")])
    with pytest.raises(CombinationTaken):
        rules.assign((), (COLOUR,), [variant(1, text="Red"), variant(2, text="red")])
    with pytest.raises(OptionIsUsed):
        rules.assign((COLOUR, SIZE), (COLOUR,), [variant(1, 10, 20), variant(2, 10, 21)])


def test_an_option_goes_where_the_others_still_tell_variants_apart() -> None:
    before = [variant(1, 10, 20), variant(2, 11, 20), variant(3, 10, 21, is_sellable=False)]

    assert rules.assign((COLOUR, SIZE), (COLOUR,), before) == {1: (10,), 2: (11,), 3: ()}
    assert rules.assign((COLOUR, SIZE), (), before) == {1: (), 2: (), 3: ()}


def test_a_new_option_is_answered_by_its_first_value_on_every_variant() -> None:
    assert rules.assign((COLOUR,), (SIZE, COLOUR), [variant(1, 10), variant(2, 11)]) == {1: (20, 10), 2: (20, 11)}


def test_a_variant_off_sale_stands_for_nothing_once_its_value_went() -> None:
    smaller = replace(COLOUR, values=COLOUR.values[:1])

    assert rules.assign((COLOUR,), (smaller,), [variant(1, 10), variant(2, 11, is_sellable=False)]) == {1: (10,), 2: ()}


def test_missing_combinations_are_proposed_with_skus_made_from_values() -> None:
    held = [variant(1, 10, 20, sku="TEE-RED-SMALL"), variant(2, 11, 21, is_sellable=False)]

    found = rules.missing((COLOUR, SIZE), held, slug="tee-shirt")

    assert [(each.value_ids, each.sku, each.option.en) for each in found] == [
        ((10, 21), "TEE-RED-LARGE", "Red, Large"),
        ((11, 20), "TEE-BLUE-SMALL", "Blue, Small"),
    ]
    assert rules.missing((), held, slug="x") == []


def test_values_in_chinese_alone_are_numbered_in_skus_and_long_names_fit() -> None:
    chinese = replace(COLOUR, values=(replace(COLOUR.values[0], name=Bilingual("", "红")), COLOUR.values[1]))

    assert [each.sku for each in rules.missing((chinese,), [], slug="a" * 80)] == ["A" * 38 + "-1", "A" * 35 + "-BLUE"]


def test_too_many_combinations_are_refused_with_their_number() -> None:
    many = [option(number, *map(str, range(size))) for number, size in ((1, 10), (2, 7), (3, 3))]

    with pytest.raises(TooManyCombinations) as refused:
        rules.missing(many, [], slug="x")
    assert (refused.value.value, refused.value.most) == (210, 200)


def test_a_proposal_gives_way_to_skus_that_are_taken() -> None:
    proposed = [NewVariant(value_ids=(), sku=each) for each in ("TEE-RED", "TEE-RED", "TEE-BLUE")]

    assert [each.sku for each in rules.untaken(proposed, ["tee-red"])] == ["TEE-RED-2", "TEE-RED-3", "TEE-BLUE"]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.data())
def test_held_and_missing_combinations_are_all_of_them_once(sizes: list[int], data: st.DataObject) -> None:
    options = [option(number, *(f"v{place}" for place in range(size))) for number, size in enumerate(sizes, 1)]
    every = [each.value_ids for each in rules.missing(options, [], slug="x")]
    held = data.draw(st.lists(st.sampled_from(every), unique=True))

    found = rules.missing(options, [variant(number, *values) for number, values in enumerate(held)], slug="x")

    assert sorted([*held, *(each.value_ids for each in found)]) == sorted(every)
    assert len({each.sku for each in found}) == len(found)
    assert all(rules.is_whole(options, each.value_ids) for each in found)
