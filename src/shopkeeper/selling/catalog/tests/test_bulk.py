"""Many products changed at once: looked at before, done whole, told once each, undone within a day where nobody changed them since."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shopkeeper.events.models import OutboxFact
from shopkeeper.kit.ids import ProductId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import bulk, collection_models, models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import TraitKind
from shopkeeper.selling.catalog.shapes_collections import (
    CollectionDraft,
    CollectionIsFull,
    CollectionKind,
    Condition,
    ConditionKind,
    Edit,
    EditKind,
    EditTooOld,
    FilledByRule,
    Part,
    Preview,
    Rule,
    RunState,
    TooManyAtOnce,
    Undone,
)
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, a_category, an_attribute, says, some_goods, tell

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


def goods(*skus: str, **more: Any) -> list[ProductId]:
    return [some_goods(sku, **more).product_id for sku in skus]


def a_collection(slug: str = "gifts", *conditions: Condition) -> int:
    kind = CollectionKind.RULE if conditions else CollectionKind.HAND
    draft = CollectionDraft(slug=slug, name=Bilingual(slug), kind=kind, rule=Rule(conditions=conditions))
    return catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)


def do(edit: Edit, product_ids: Sequence[ProductId]) -> tuple[int, Preview]:
    return catalog.edit_products(product_ids=product_ids, edit=edit, reason="spring cleaning", actor=None, now=NOON)


def undo(edit_id: int) -> Undone:
    return catalog.undo_edit(edit_id=edit_id, actor=None, now=LATER)


def _wishes() -> dict[EditKind, Callable[[], Edit]]:
    return {
        EditKind.PUBLISH: lambda: Edit(kind=EditKind.PUBLISH),
        EditKind.UNPUBLISH: lambda: Edit(kind=EditKind.UNPUBLISH),
        EditKind.CATEGORY: lambda: Edit(kind=EditKind.CATEGORY, target=a_category("new-shelf")),
        EditKind.BRAND: lambda: Edit(kind=EditKind.BRAND, target=a_brand("new-brand")),
        EditKind.ANSWER: lambda: _answer("blue"),
        EditKind.NO_ANSWER: lambda: Edit(kind=EditKind.NO_ANSWER, target=_colour().id),
        EditKind.COLLECT: lambda: Edit(kind=EditKind.COLLECT, target=a_collection()),
        EditKind.DROP: lambda: Edit(kind=EditKind.DROP, target=_filled()),
        EditKind.WEIGHT: lambda: Edit(kind=EditKind.WEIGHT, weight_g=250),
    }


def _colour() -> Any:
    return next(each for each in catalog.attributes() if each.code == "colour")


def _answer(code: str) -> Edit:
    colour = _colour()
    return Edit(kind=EditKind.ANSWER, target=colour.id, choice_ids=tuple(each.id for each in colour.choices if each.code == code))


def _filled() -> int:
    made = a_collection("filled")
    ids = list(catalog.listing_ids())
    catalog.name_products(collection_id=made, part=Part.IN, product_ids=ids, actor=None, now=NOON)  # type: ignore[arg-type]
    return made


def looks(product_ids: Sequence[ProductId]) -> Any:
    """Return all that edits may change of these products."""
    named = collection_models.CollectionProduct.objects.order_by("collection", "product").values_list("collection", "product", "position")
    return catalog.products(product_ids), catalog.traits(product_ids), list(named)


@pytest.mark.parametrize("kind", [each for each in EditKind if each is not EditKind.PRICE])
def test_every_edit_is_looked_at_done_and_undone(kind: EditKind) -> None:
    colour = an_attribute()
    shop = goods("A", "B", "C", is_published=kind is not EditKind.PUBLISH)
    for each in shop:
        tell(each, says(colour, "red", "green"), brand_id=None)
    edit = _wishes()[kind]()
    before = looks(shop)

    seen = catalog.preview_edit(product_ids=shop, edit=edit)
    assert looks(shop) == before, "a look changes nothing"
    edit_id, done = do(edit, shop)

    assert (seen.changed, done.changed, [each.product_id for each in seen.first]) == (3, 3, shop)
    assert looks(shop) != before
    assert catalog.preview_edit(product_ids=shop, edit=edit).same == 3
    assert undo(edit_id) == Undone(set_back=3, left=0)
    assert looks(shop) == before


def test_what_each_edit_does() -> None:
    colour = an_attribute()
    one, two = goods("A", "B")
    tell(one, says(colour, "red"))
    shelf, brand, gifts = a_category("shelf"), a_brand("b"), a_collection()
    for edit in (
        Edit(kind=EditKind.UNPUBLISH),
        Edit(kind=EditKind.CATEGORY, target=shelf),
        Edit(kind=EditKind.BRAND, target=brand),
        _answer("blue"),
        Edit(kind=EditKind.COLLECT, target=gifts),
        Edit(kind=EditKind.WEIGHT, weight_g=120),
    ):
        do(edit, [two, one])
    found = catalog.products([one, two])
    assert {(each.is_published, each.category_id, each.brand_id, each.variants[0].weight_g) for each in found.values()} == {
        (False, shelf, brand, 120)
    }
    assert [[choice.code for choice in said[0].choices] for said in catalog.traits([one, two]).values()] == [["blue"], ["blue"]]
    assert [each.product_id for each in catalog.named_in(gifts)] == [two, one]  # type: ignore[arg-type]
    do(Edit(kind=EditKind.CATEGORY, target=None), [one])
    assert catalog.product_by_id(one).category_id is None


def test_what_is_so_already_is_left_alone_and_strangers_are_named() -> None:
    one, two = goods("A", "B")
    catalog.unpublish(product_id=two, actor=None, now=NOON)
    _id, done = do(Edit(kind=EditKind.UNPUBLISH), [one, two, ProductId(two + 1000)])
    assert (done.changed, done.same, done.refused) == (1, 1, ((ProductId(two + 1000), "not_found"),))


def test_an_edit_leaves_one_trace_with_its_reason_and_one_fact_for_each_product() -> None:
    shop = goods("A", "B", "C")
    OutboxFact.objects.all().delete()
    edit_id, _done = do(Edit(kind=EditKind.UNPUBLISH), shop)
    (entry,) = audit.entries(subject=f"bulk_edit:{edit_id}").items
    assert entry.act == "catalog.edit_products"
    assert entry.after is not None
    assert (entry.after["reason"], entry.after["products"]) == ("spring cleaning", 3)
    told = OutboxFact.objects.filter(kind="ProductSaved").values_list("body__product_id", "body__is_published")
    assert sorted(told) == [(each, False) for each in sorted(shop)]


def test_only_what_nobody_changed_since_is_set_back() -> None:
    one, two = goods("A", "B")
    edit_id, _done = do(Edit(kind=EditKind.UNPUBLISH), [one, two])
    catalog.publish(product_id=two, actor=None, now=LATER)
    # Something else about a product is not what the edit changed.
    tell(one, brand_id=a_brand())
    assert undo(edit_id) == Undone(set_back=1, left=1)
    assert dict(catalog.run_counts(edit_id)) == {"back": 1, "left": 1, "odd": 0}
    assert [each.is_published for each in catalog.products([one, two]).values()] == [True, True]


def test_only_the_last_edit_is_undone_once_and_within_a_day() -> None:
    shop = goods("A", "B")
    first, _done = do(Edit(kind=EditKind.UNPUBLISH), shop)
    second, _done = do(Edit(kind=EditKind.WEIGHT, weight_g=5), shop)
    with pytest.raises(EditTooOld):
        undo(first)
    undo(second)
    with pytest.raises(EditTooOld):
        undo(second)
    with pytest.raises(EditTooOld):
        catalog.undo_edit(edit_id=first, actor=None, now=NOON + bulk.UNDO_FOR + timedelta(seconds=1))
    assert undo(first).set_back == 2
    with pytest.raises(NotFound):
        undo(10**9)


@pytest.mark.parametrize("kind", [EditKind.COLLECT, EditKind.DROP])
def test_the_collection_is_held_before_its_goods_as_by_whoever_names_them(kind: EditKind) -> None:
    shop = goods("A")
    edit = Edit(kind=kind, target=_filled() if kind is EditKind.DROP else a_collection())
    with CaptureQueriesContext(connection) as doing:
        edit_id, _done = do(edit, shop)
    with CaptureQueriesContext(connection) as undoing:
        undo(edit_id)
    for asked in (doing, undoing):
        held = [each["sql"] for each in asked.captured_queries if "FOR UPDATE" in (each["sql"] or "")]
        tables = [each.split(" FROM ")[1].split('"')[1] for each in held]
        assert tables.index("catalog_collection") < tables.index("catalog_product")


def test_nothing_is_set_back_into_a_collection_that_a_rule_fills_now_or_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = goods("A", "B")
    made = _filled()
    edit_id, _done = do(Edit(kind=EditKind.DROP, target=made), shop)
    with monkeypatch.context() as smaller:
        smaller.setattr(bulk, "MOST_NAMED", 1)
        with pytest.raises(CollectionIsFull):
            undo(edit_id)
    rule = Rule(conditions=(Condition(kind=ConditionKind.NAME, text="a"),))
    draft = CollectionDraft(slug="filled", name=Bilingual("filled"), kind=CollectionKind.RULE, rule=rule)
    catalog.save_collection(collection_id=made, draft=draft, actor=None, now=NOON)  # type: ignore[arg-type]
    catalog.name_products(collection_id=made, part=Part.OUT, product_ids=[shop[0]], actor=None, now=NOON)  # type: ignore[arg-type]

    with pytest.raises(FilledByRule):
        undo(edit_id)

    assert [(each.product_id, each.part) for each in catalog.named_in(made)] == [(shop[0], Part.OUT)]  # type: ignore[arg-type]


def test_what_an_undo_would_say_of_things_that_are_gone_is_left() -> None:
    colour = an_attribute()
    one, two = goods("A", "B")
    tell(one, says(colour, "red"), brand_id=(brand := a_brand()))
    tell(two, says(colour, "green"))
    answers, _done = do(Edit(kind=EditKind.NO_ANSWER, target=colour.id), [one, two])
    models.AttributeChoice.objects.filter(attribute=colour.id, code="red").delete()

    assert undo(answers) == Undone(set_back=1, left=1)

    brands, _done = do(Edit(kind=EditKind.BRAND), [one])
    models.Brand.objects.filter(pk=brand).delete()
    assert undo(brands) == Undone(set_back=0, left=1)


def test_what_stood_before_is_forgotten_when_it_cannot_be_undone_any_more() -> None:
    shop = goods("A")
    do(Edit(kind=EditKind.UNPUBLISH), shop)
    catalog.edit_products(product_ids=shop, edit=Edit(kind=EditKind.PUBLISH), reason="back", actor=None, now=NOON + timedelta(days=2))
    assert collection_models.BulkEditRow.objects.count() == 1


@pytest.mark.parametrize(
    ("edit", "refusal"),
    [
        (Edit(kind=EditKind.CATEGORY, target=10**9), NotFound),
        (Edit(kind=EditKind.BRAND, target=10**9), NotFound),
        (Edit(kind=EditKind.ANSWER, target=10**9, choice_ids=(1,)), NotFound),
        (Edit(kind=EditKind.NO_ANSWER, target=10**9), NotFound),
        (Edit(kind=EditKind.COLLECT, target=10**9), NotFound),
        (Edit(kind=EditKind.WEIGHT, weight_g=-1), OutOfRange),
    ],
)
def test_an_edit_about_what_is_not_there_is_refused(edit: Edit, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        do(edit, goods("A"))
    assert not collection_models.BulkEdit.objects.exists()


def test_edits_that_cannot_be_are_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = goods("A", "B", "C")
    width = catalog.save_attribute(attribute_id=None, code="width", name=Bilingual("Width"), kind=TraitKind.NUMBER, actor=None, now=NOON)
    with pytest.raises(Malformed):
        do(Edit(kind=EditKind.ANSWER, target=width, choice_ids=(1,)), shop)
    with pytest.raises(FilledByRule):
        do(Edit(kind=EditKind.COLLECT, target=a_collection("rule", Condition(kind=ConditionKind.NAME, text="a"))), shop)
    with pytest.raises(Malformed):
        do(Edit(kind=EditKind.PUBLISH), [])
    with pytest.raises(OutOfRange):
        catalog.edit_products(product_ids=shop, edit=Edit(kind=EditKind.UNPUBLISH), reason=" ", actor=None, now=NOON)
    gifts = a_collection()
    monkeypatch.setattr(bulk, "MOST_NAMED", 2)
    with pytest.raises(CollectionIsFull):
        do(Edit(kind=EditKind.COLLECT, target=gifts), shop)
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    with pytest.raises(TooManyAtOnce):
        do(Edit(kind=EditKind.UNPUBLISH), shop)
    assert all(each.is_published for each in catalog.products(shop).values())
    assert catalog.named_in(gifts) == ()  # type: ignore[arg-type]


def test_statements_grow_with_the_chunks_not_with_the_products(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = goods("A", "B"), goods(*(f"M{number}" for number in range(12)))

    def asked(shop: Sequence[ProductId]) -> int:
        with CaptureQueriesContext(connection) as statements:
            do(Edit(kind=EditKind.UNPUBLISH), shop)
        return len(statements)

    assert asked(few) == asked(many)


def test_in_a_large_edit_one_product_that_is_refused_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, gifts = goods("A", "B", "C", "D"), a_collection()
    monkeypatch.setattr(bulk, "MOST_NAMED", 3)
    run = catalog.begin_run(product_ids=shop, edit=Edit(kind=EditKind.COLLECT, target=gifts), reason="spring", actor=None, now=NOON)

    catalog.change_some(run.id, size=4, now=NOON)
    catalog.finish_run(run.id, now=NOON)

    assert [each.product_id for each in catalog.named_in(gifts)] == shop[:3]  # type: ignore[arg-type]
    assert dict(catalog.run_counts(run.id)) == {"done": 3, "refused": 1, "odd": 0}
    assert dict(catalog.run_refusals(run.id)) == {"collection_is_full": 1}
    assert (catalog.edit_run(run.id).state, catalog.edit_run(run.id).worked) == (RunState.DONE, 4)


def test_slices_worked_off_more_often_than_there_are_products_do_each_once() -> None:
    shop = goods("A", "B", "C")
    run = catalog.begin_run(product_ids=shop, edit=Edit(kind=EditKind.UNPUBLISH), reason="spring", actor=None, now=NOON)

    for _ in range(4):
        catalog.change_some(run.id, size=2, now=NOON)

    assert (catalog.edit_run(run.id).worked, catalog.edit_run(run.id).changed) == (3, 3)
    assert catalog.products_due(run.id, size=1) == ()


def test_rows_of_an_edit_under_way_are_not_forgotten() -> None:
    shop = goods("A", "B")
    run = catalog.begin_run(product_ids=shop[:1], edit=Edit(kind=EditKind.UNPUBLISH), reason="spring", actor=None, now=NOON)

    much_later = NOON + timedelta(days=3)
    catalog.edit_products(product_ids=shop[1:], edit=Edit(kind=EditKind.UNPUBLISH), reason="later", actor=None, now=much_later)

    assert catalog.products_due(run.id, size=5) == tuple(shop[:1])


def test_prices_are_not_the_catalogue_s_own() -> None:
    shop = goods("A")

    with pytest.raises(Malformed):
        catalog.preview_edit(product_ids=shop, edit=Edit(kind=EditKind.PRICE))
    with pytest.raises(Malformed):
        do(Edit(kind=EditKind.PRICE), shop)


def test_what_is_so_already_is_counted_too_and_edits_are_told_the_latest_first() -> None:
    a, b = goods("A", "B")
    catalog.unpublish(product_id=b, actor=None, now=NOON)

    first, _done = do(Edit(kind=EditKind.UNPUBLISH), [a, b])
    second, _done = do(Edit(kind=EditKind.UNPUBLISH), [a])

    assert dict(catalog.run_counts(first)) == {"done": 1, "same": 1, "odd": 0}
    assert dict(catalog.run_counts(second)) == {"same": 1, "odd": 0}
    assert [each.id for each in catalog.edit_runs()] == [second, first]
    assert ([each.id for each in catalog.edit_runs(number=2, size=1)], catalog.edit_runs().total) == ([first], 2)
    with pytest.raises(OutOfRange):
        catalog.edit_runs(size=0)


# ── a second person ───────────────────────────────────────────────────────────────────────────────────────────────────


def alone_refused(edit: Edit, product_ids: Sequence[ProductId]) -> list[ProductId]:
    """Return the products that an edit refuses to change without a second person, each tried by itself and set back."""
    found = []
    for each in product_ids:
        try:
            with transaction.atomic():
                do(edit, [each])
                transaction.set_rollback(True)
        except SecondPersonNeeded:
            found.append(each)
    return found


@pytest.mark.parametrize("kind", [each for each in EditKind if each is not EditKind.PRICE])
def test_a_look_refuses_what_needs_a_second_person_and_the_edit_does_the_rest_of_it(kind: EditKind) -> None:
    colour = an_attribute()
    shown, hidden = goods("A", "B"), goods("C", "D", is_published=False)
    shop = [*shown, *hidden]
    for each in shop:
        tell(each, says(colour, "red", "green"))
    edit = _wishes()[kind]()
    catalog.save_products_need_two(is_needed=True)
    barred = {EditKind.PUBLISH: hidden, EditKind.UNPUBLISH: [], EditKind.COLLECT: [], EditKind.DROP: []}.get(kind, shown)
    already = {EditKind.PUBLISH: shown, EditKind.UNPUBLISH: hidden, EditKind.DROP: hidden}.get(kind, [])
    free = [each for each in shop if each not in [*barred, *already]]
    before = looks(shop)

    seen = catalog.preview_edit(product_ids=shop, edit=edit)

    assert seen.refused == tuple((each, SecondPersonNeeded.code) for each in barred)
    assert ([each.product_id for each in seen.first], seen.changed, seen.same) == (free, len(free), len(already))
    assert alone_refused(edit, shop) == barred
    assert looks(shop) == before
    run = catalog.begin_run(product_ids=shop, edit=edit, reason="spring", actor=None, now=NOON)
    catalog.change_some(run.id, size=4, now=NOON)
    counts = catalog.run_counts(run.id)
    assert (counts.get("done", 0), counts.get("same", 0), counts.get("refused", 0)) == (len(free), len(already), len(barred))


def test_an_answer_taken_for_what_a_rule_read_needs_no_second_person() -> None:
    colour = an_attribute()
    (tea,) = goods("A")
    tell(tea, says(colour, "blue"))
    models.AttributeValue.objects.update(is_derived=True)
    catalog.save_products_need_two(is_needed=True)

    seen = catalog.preview_edit(product_ids=[tea], edit=_answer("blue"))

    assert (seen.changed, seen.refused) == (1, ())
    assert do(_answer("blue"), [tea])[1].changed == 1
    assert not models.AttributeValue.objects.get().is_derived
