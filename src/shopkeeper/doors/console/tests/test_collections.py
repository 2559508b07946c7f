"""Collections and changes of many in the console: seen before they are saved, refused in words, taken back."""

import re
from typing import Any

import pytest

from shopkeeper.doors.console import many as many_at_once
from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.flows import change_many
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import CollectionId, ProductId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import CollectionDraft, CollectionKind, Named, Part
from shopkeeper.selling.catalog.tests.builders import a_brand, a_category, an_attribute
from shopkeeper.selling.pricing import public as pricing

pytestmark = pytest.mark.django_db
NEW = {"name_en": "Gifts", "name_zh": "礼物", "slug": "", "kind": "hand", "sort": "featured", "position": "1", "is_published": "on"}


def said(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def the_seen(answer: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', answer.content.decode())
    assert found, answer.content.decode()[:2000]
    return found[1]


def product_ids(*skus: str) -> list[ProductId]:
    found = catalog.goods_by_sku(skus)
    return [found[each].product_id for each in skus]


def by_hand(slug: str = "gifts", *skus: str) -> CollectionId:
    draft = CollectionDraft(slug=slug, name=Bilingual(slug.title(), "礼物"), kind=CollectionKind.HAND, is_published=True)
    made = catalog.save_collection(collection_id=None, draft=draft, actor=None, now=NOON)
    catalog.name_products(collection_id=made, part=Part.IN, product_ids=product_ids(*skus), actor=None, now=NOON)
    return made


def skus_of(shop: SmallShop) -> list[str]:
    return sorted(shop.variants)


def test_a_collection_by_hand_is_saved_at_once(shop: SmallShop, owner: Staff) -> None:
    answer = owner.post("goods-collections/new/", **NEW, starts_at="2026-03-01T09:00", ends_at="2026-04-01T09:00")

    assert answer.status_code == 302, said(answer)
    (made,) = catalog.collections()
    assert (made.slug, made.name, made.kind) == ("gifts", Bilingual("Gifts", "礼物"), CollectionKind.HAND)
    # Typed in the shop's own time, and shown again as typed.
    assert 'value="2026-03-01T09:00"' in owner.get(f"goods-collections/{made.id}/edit/").content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Goods this rule finds now 1"), ("zh-hans", "这条规则现在找到的商品 1")])
def test_a_rule_shows_what_it_finds_before_it_is_saved(shop: SmallShop, owner: Staff, language: str, words: str) -> None:
    owner.read(language)
    sku = skus_of(shop)[0]
    name = catalog.goods_by_sku([sku])[sku].name.en
    data = NEW | {"kind": "rule", "match": "all", "words": name}

    looked = owner.post("goods-collections/new/", **data)

    assert looked.status_code == 200
    assert words in said(looked)
    assert catalog.goods_by_sku([sku])[sku].name.pick(language) in said(looked)
    assert catalog.collections() == ()
    # Another rule than the one that was seen is looked at first.
    again = owner.post("goods-collections/new/", **data | {"words": "nothing", "seen": the_seen(looked)})
    assert (again.status_code, catalog.collections()) == (200, ())
    assert owner.post("goods-collections/new/", **data | {"seen": the_seen(looked)}).status_code == 302
    (made,) = catalog.collections()
    assert made.rule.conditions[0].text == name
    # What is not about the rule is saved without another look.
    changed = {**data, "name_en": "Presents", "slug": "gifts"}
    assert owner.post(f"goods-collections/{made.id}/edit/", **changed).status_code == 302


def test_every_question_of_the_rule_is_kept_and_shown_again(shop: SmallShop, owner: Staff) -> None:
    colour, shelf, brand = an_attribute("shade"), a_category("corner"), a_brand()
    data = NEW | {
        "kind": "rule", "match": "any", "categories": str(shelf), "brands": str(brand), "words": "tea", "new_days": "30", "least": "1.50",
        "most": "20", "in_stock": "on", "reduced": "on", f"answers_{colour.id}": str(colour.choices[0].id),
    }  # fmt: skip
    looked = owner.post("goods-collections/new/", **data)
    assert owner.post("goods-collections/new/", **data | {"seen": the_seen(looked)}).status_code == 302
    (made,) = catalog.collections()

    page = owner.get(f"goods-collections/{made.id}/edit/").content.decode()

    assert len(made.rule.conditions) == 8
    for value in ('value="tea"', 'value="30"', 'value="1.50"', 'value="20.00"', f'value="{shelf}" selected', f'value="{brand}" selected'):
        assert value in page, value
    assert f'value="{colour.choices[0].id}" selected' in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "rule"}, "The rule has no condition."),
        ({"kind": "rule", "least": "20", "most": "10"}, "price"),
        ({"starts_at": "2026-03-01T09:00", "ends_at": "2026-02-01T09:00"}, "Choose an end after the start"),
        ({"name_en": "", "name_zh": "", "slug": "x"}, "name"),
    ],
)
def test_what_no_collection_can_be_is_refused_in_words(shop: SmallShop, owner: Staff, wrong: dict[str, str], words: str) -> None:
    answer = owner.post("goods-collections/new/", **NEW | wrong)

    assert answer.status_code == 422
    assert words in said(answer)
    assert catalog.collections() == ()


def test_goods_are_arranged_line_by_line(shop: SmallShop, owner: Staff) -> None:
    first, second = (catalog.goods_by_sku([each])[each].slug for each in skus_of(shop)[:2])
    gifts = by_hand("gifts", *skus_of(shop)[:1])
    page = owner.get(f"goods-collections/{gifts}/arrange/")
    assert first in said(page)

    answer = owner.post(f"goods-collections/{gifts}/arrange/", lines=f"{second}  whatever it is called\n\n{first}\n{second}")

    assert answer.status_code == 302, said(answer)
    ids = catalog.ids_by_slug([first, second])
    assert catalog.named_in(gifts) == (Named(product_id=ids[second], part=Part.IN), Named(product_id=ids[first], part=Part.IN))
    strange = owner.post(f"goods-collections/{gifts}/arrange/", lines=f"{first}\nno-such-thing")
    assert strange.status_code == 422
    assert "no-such-thing" in said(strange)
    assert len(catalog.named_in(gifts)) == 2


def many(skus: list[str]) -> str:
    return "products/many/?rows=" + ",".join(str(each) for each in product_ids(*skus))


def test_ticked_products_lead_to_the_page_that_changes_many(shop: SmallShop, owner: Staff) -> None:
    ids = product_ids(*skus_of(shop)[:2])
    answer = owner.post("products/", bulk="many", row=[str(each) for each in ids])

    assert answer.status_code == 302
    assert answer["Location"].endswith("products/many/?rows=" + ",".join(map(str, ids)))
    assert "/products/many/?q=tea&amp;all=1" in owner.get("products/?q=tea&p=1").content.decode()


def test_a_change_of_many_is_seen_done_and_taken_back(shop: SmallShop, owner: Staff) -> None:
    skus = skus_of(shop)[:2]
    data = {"kind": "unpublish", "reason": "end of season"}

    looked = owner.post(many(skus), **data)

    assert (looked.status_code, "Will change 2" in said(looked)) == (200, True), said(looked)
    assert "In the shop → Not shown" in said(looked)
    assert all(each.is_published for each in catalog.products(product_ids(*skus)).values())
    assert owner.post(many(skus), **data, seen=the_seen(looked)).status_code == 302
    assert not any(each.is_published for each in catalog.products(product_ids(*skus)).values())
    (edit,) = models.collection_models.BulkEdit.objects.all()
    assert "end of season" in said(owner.get("edits/"))
    assert owner.post(f"edits/{edit.pk}/undo/").status_code == 302
    assert all(each.is_published for each in catalog.products(product_ids(*skus)).values())
    again = owner.post(f"edits/{edit.pk}/undo/")
    assert (again.status_code, "cannot be taken back" in said(again)) == (422, True)


def test_all_that_the_list_shows_can_be_changed(shop: SmallShop, owner: Staff) -> None:
    gifts = by_hand("gifts", *skus_of(shop))
    keep = catalog.goods_by_sku(skus_of(shop)[:1])[skus_of(shop)[0]]
    address = f"products/many/?all=1&q={keep.sku}"
    data = {"kind": "drop", "collection": str(gifts), "reason": "sold elsewhere"}
    looked = owner.post(address, **data)
    assert owner.post(address, **data, seen=the_seen(looked)).status_code == 302
    assert keep.product_id not in {each.product_id for each in catalog.named_in(gifts)}
    # The list of products can be narrowed down to a collection.
    listed = said(owner.get(f"products/?collection={gifts}"))
    assert keep.name.en not in listed.split("Available")[-1]


def test_more_than_are_changed_at_once_is_said_and_nothing_is_done(shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_at_once, "MOST", 0)
    address = "products/many/?all=1"

    assert "narrow the list down" in said(owner.get(address))
    answer = owner.post(address, kind="unpublish", reason="all of it")

    assert (answer.status_code, "narrow the list down" in said(answer)) == (422, True)
    assert not models.collection_models.BulkEdit.objects.exists()
    assert owner.post("products/many/", kind="unpublish", reason="none of them").status_code == 422


@pytest.mark.parametrize("kind", ["category", "brand", "answer", "no_answer", "collect", "drop", "weight", "price"])
def test_a_change_without_the_answer_it_needs_is_refused(shop: SmallShop, owner: Staff, kind: str) -> None:
    answer = owner.post(many(skus_of(shop)[:1]), kind=kind, reason="because")

    assert answer.status_code == 422
    assert not models.collection_models.BulkEdit.objects.exists()


def test_what_the_chosen_act_does_not_ask_for_is_not_read(shop: SmallShop, owner: Staff) -> None:
    tea = shop.variants["TEA"]
    weight = catalog.goods_of(tea).weight_g
    unasked = {"weight": "heavy", "percent": "-1", "amount": "1.001", "how": "set", "rounding": "3", "collection": "999", "answers": "9:9"}
    data = {"kind": "unpublish", "reason": "end of season", **unasked}

    looked = owner.post(many(["TEA"]), **data)

    assert (looked.status_code, "In the shop → Not shown" in said(looked)) == (200, True), said(looked)
    assert owner.post(many(["TEA"]), **data, seen=the_seen(looked)).status_code == 302
    assert not any(each.is_published for each in catalog.products(product_ids("TEA")).values())
    assert catalog.goods_of(tea).weight_g == weight
    assert pricing.prices([tea])[tea].amount_minor == 1_250


def test_an_amount_that_is_set_is_not_rounded_by_what_was_not_asked(shop: SmallShop, owner: Staff) -> None:
    looked = owner.post(many(["TEA"]), kind="price", how="set", amount="11.11", rounding="50", percent="x", reason="spring")

    assert "£12.50 → £11.11" in said(looked), said(looked)


def test_every_kind_of_change_is_told_before_it_is_done(shop: SmallShop, owner: Staff) -> None:
    colour, shelf, brand, gifts = an_attribute("shade"), a_category("corner"), a_brand(), by_hand()
    answers = {
        "category": {"category": str(shelf)}, "brand": {"brand": str(brand)}, "collect": {"collection": str(gifts)},
        "answer": {"answers": f"{colour.id}:{colour.choices[0].id}"}, "weight": {"weight": "77"},
        "no_answer": {"attribute": str(colour.id)}, "price": {"how": "up_percent", "percent": "10", "rounding": "5"},
    }  # fmt: skip
    told = {
        "category": "→ Corner", "brand": "→ Acme", "collect": "not in it → in it", "answer": "– → Red", "weight": "→ 77 g",
        "no_answer": "Red → –", "price": "£9.99 → £11.00",
    }  # fmt: skip
    for kind, answer in answers.items():
        data = {"kind": kind, "reason": "because", **answer}
        looked = owner.post(many(skus_of(shop)[:1]), **data)
        assert told[kind] in said(looked), (kind, said(looked))
        assert owner.post(many(skus_of(shop)[:1]), **data, seen=the_seen(looked)).status_code == 302


@pytest.mark.parametrize(
    ("answers", "told", "wanted"),
    [
        ({"how": "set", "amount": "11.11"}, "£12.50 → £11.11", 1_111),
        ({"how": "down_percent", "percent": "2.5", "rounding": "10"}, "£12.50 → £12.20", 1_220),
        ({"how": "up", "amount": "0.26", "rounding": "50"}, "£12.50 → £13.00", 1_300),
        ({"how": "down", "amount": "0.26"}, "£12.50 → £12.24", 1_224),
    ],
)
def test_prices_are_seen_changed_and_taken_back(shop: SmallShop, owner: Staff, answers: dict[str, str], told: str, wanted: int) -> None:
    data, address, tea = {"kind": "price", "reason": "spring", **answers}, many(["TEA"]), shop.variants["TEA"]

    looked = owner.post(address, **data)
    assert told in said(looked), said(looked)
    assert owner.post(address, **data, seen=the_seen(looked)).status_code == 302

    assert pricing.prices([tea])[tea].amount_minor == wanted
    (edit,) = models.collection_models.BulkEdit.objects.all()
    assert owner.post(f"edits/{edit.pk}/undo/").status_code == 302
    assert pricing.prices([tea])[tea].amount_minor == 1_250


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "set"},
        {"how": "up_percent"},
        {"how": "up_percent", "percent": "0"},
        {"how": "up_percent", "percent": "1001"},
        {"how": "up", "amount": "1.001"},
        {"how": "up", "amount": "1.00", "rounding": "3"},
        {"how": "halve", "amount": "1.00"},
        {"how": "set", "amount": "1.00", "price_list": "999999"},
    ],
)
def test_prices_without_a_usable_answer_are_refused(shop: SmallShop, owner: Staff, wrong: dict[str, str]) -> None:
    answer = owner.post(many(["TEA"]), kind="price", reason="because", **wrong)

    assert answer.status_code == 422
    assert not models.collection_models.BulkEdit.objects.exists()


def test_many_products_are_changed_in_the_background_and_the_page_tells_how_far_it_is(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_many, "SMALL", 1)
    monkeypatch.setattr(change_many, "AT_ONCE", 1)
    skus = skus_of(shop)[:2]
    data = {"kind": "unpublish", "reason": "end of season"}
    looked = owner.post(many(skus), **data)
    assert "In the background" in said(looked)

    begun = owner.post(many(skus), **data, seen=the_seen(looked))
    (edit,) = models.collection_models.BulkEdit.objects.all()
    page = f"edits/{edit.pk}/"
    assert begun["Location"].endswith(page)
    catalog.change_some(edit.pk, size=1, now=NOON)
    half = owner.get(page).content.decode()
    assert '<progress max="2" value="1"' in half
    assert "data-under-way" in half
    assert owner.post(f"{page}undo/").status_code == 422
    owner.post(f"{page}stop/")
    stopped = owner.get(page).content.decode()

    assert "<progress" not in stopped
    assert "Not reached" in stopped
    assert change_many.work_all(NOON) == 0
    assert sorted(each.is_published for each in catalog.products(product_ids(*skus)).values()) == [False, True]
    assert owner.post(f"{page}undo/").status_code == 302
    assert all(each.is_published for each in catalog.products(product_ids(*skus)).values())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "those in the shop are not changed together"), ("zh-hans", "在售商品不能批量修改")],
)
def test_few_that_need_a_second_person_are_refused_at_the_look_and_the_page_says_so(
    shop: SmallShop, owner: Staff, language: str, words: str
) -> None:
    catalog.save_products_need_two(is_needed=True)
    owner.read(language)

    looked = owner.post(many(["TEA", "CUP"]), kind="brand", brand=str(a_brand()), reason="spring")

    assert (looked.status_code, words in said(looked)) == (422, True), said(looked)
    assert 'name="seen" value=""' in looked.content.decode()
    assert not models.collection_models.BulkEdit.objects.exists()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Will change 1", "Stay: need a second person 1", "Change each on its own page, as a draft")),
        ("zh-hans", ("将改变 1", "不改动：须由另一个人批准 1", "请在各自的商品页上以草稿修改")),
    ],
)
def test_of_many_those_that_need_a_second_person_are_told_at_the_look_and_stay(
    shop: SmallShop, owner: Staff, monkeypatch: pytest.MonkeyPatch, language: str, told: tuple[str, ...]
) -> None:
    monkeypatch.setattr(change_many, "SMALL", 1)
    catalog.unpublish(product_id=product_ids("CUP")[0], actor=None, now=NOON)
    catalog.save_products_need_two(is_needed=True)
    owner.read(language)
    brand = a_brand()
    data = {"kind": "brand", "brand": str(brand), "reason": "spring"}

    looked = owner.post(many(["TEA", "CUP"]), **data)

    for words in told:
        assert words in said(looked), said(looked)
    owner.post(many(["TEA", "CUP"]), **data, seen=the_seen(looked))
    change_many.work_all(NOON)
    tea, cup = product_ids("TEA", "CUP")
    assert {key: each.brand_id for key, each in catalog.products([tea, cup]).items()} == {tea: None, cup: brand}


def test_a_change_that_is_not_there_is_said(shop: SmallShop, owner: Staff) -> None:
    for address in ("edits/999999/", "edits/999999/stop/", "edits/999999/undo/"):
        assert owner.get(address).status_code == 404, address


def test_a_clerk_may_neither_change_many_nor_collections(shop: SmallShop, clerk: Staff) -> None:
    gifts = by_hand()
    for address in ("products/many/?rows=1", "goods-collections/new/", f"goods-collections/{gifts}/arrange/"):
        assert clerk.get(address).status_code in (302, 403), address
    assert "Change many" not in clerk.get("products/").content.decode()
