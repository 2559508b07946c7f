"""Drafts of products at the console: kept beside the form, compared, let go live, planned, approved by another person."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shopkeeper.doors.console.tests.builders import Staff, facts_since, marks
from shopkeeper.doors.console.tests.test_options import filled, said, tea
from shopkeeper.flows import drafts
from shopkeeper.flows.draft_links import link
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.approvals.models import Approval
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.catalog.tests.builders import some_goods


def keep(staff: Staff, **changes: str) -> Any:
    """Keep a draft of the tea by its form, which says these things otherwise."""
    address = f"products/{tea()}/edit/"
    return staff.post(address, **filled(staff.get(address)) | {"keep_draft": "1"} | changes)


def send(staff: Staff, verb: str, **changes: str) -> Any:
    """Send a form about the tea as it stands, with these answers."""
    address = f"products/{tea()}/{verb}/"
    return staff.post(address, **filled(staff.get(address)) | changes)


def shown() -> str:
    return catalog.product_by_id(tea()).name.en


def page(staff: Staff, verb: str = "") -> str:
    return staff.text(f"products/{tea()}/{verb}")


# ── kept, gone on with, thrown away ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["There is a draft", "Let it go live…", "Owner Person"]), ("zh-hans", ["有一份草稿", "上架…", "Owner Person"])],
)
def test_a_draft_is_kept_beside_the_form_and_the_page_says_so(shop: SmallShop, owner: Staff, language: str, words: list[str]) -> None:
    owner.read(language)
    before, name = marks(), shown()

    assert keep(owner, name_en="Better tea").status_code == 302

    assert shown() == name
    assert facts_since(before) == ["ProductDrafted"]
    for word in words:
        assert word in page(owner)


def test_the_list_says_who_has_a_draft_and_finds_it(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea")

    assert "draft by Owner Person" in owner.text("products/")
    assert "draft by Owner Person" in owner.text("products/?state=draft")
    assert "draft by" not in owner.text("products/?state=planned")


def test_the_form_goes_on_with_the_draft(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea", sku_1="TEA-XL", sellable_1="on")

    found = filled(owner.get(f"products/{tea()}/edit/"))

    assert (found["name_en"], found["sku_1"]) == ("Better tea", "TEA-XL")
    assert "You are changing the draft of Owner Person" in page(owner, "edit/")
    assert filled(owner.get(f"products/{tea()}/describe/"))["began"] == found["began"]


def test_brand_and_attributes_are_kept_in_the_same_draft(shop: SmallShop, owner: Staff) -> None:
    brand = catalog.save_brand(brand_id=None, slug="acme", name=Bilingual("Acme"), actor=None, now=NOON)
    keep(owner, name_en="Better tea")

    assert send(owner, "describe", brand=str(brand), keep_draft="1").status_code == 302

    version = catalog.working(tea()).version
    assert (version.name.en, version.brand_id) == ("Better tea", brand)
    assert catalog.product_by_id(tea()).brand_id is None


def test_two_people_do_not_write_over_each_others_draft(shop: SmallShop, owner: Staff, manager: Staff) -> None:
    address = f"products/{tea()}/edit/"
    mine = filled(owner.get(address)) | {"name_en": "Mine", "keep_draft": "1"}
    keep(manager, name_en="Theirs")

    refused = owner.post(address, **mine)

    assert refused.status_code == 422
    assert "Somebody else kept another draft" in said(refused)
    assert catalog.working(tea()).version.name.en == "Theirs"


def test_a_new_product_kept_as_a_draft_is_not_shown(shop: SmallShop, owner: Staff) -> None:
    form = filled(owner.get("products/new/"))

    answer = owner.post("products/new/", **form | {"name_en": "Mug", "sku_0": "MUG", "is_published": "on", "keep_draft": "1"})

    assert answer.status_code == 302
    product = catalog.goods_by_sku(["MUG"])["MUG"]
    assert not catalog.product_by_id(product.product_id).is_published
    assert catalog.working(product.product_id).desk.draft_id is not None


def test_a_clerk_prepares_a_draft_and_cannot_let_it_go_live(shop: SmallShop, clerk: Staff) -> None:
    name = shown()
    assert "Draft a change" in page(clerk)

    assert send(clerk, "draft", name_en="Better tea").status_code == 302

    assert (shown(), catalog.working(tea()).version.name.en) == (name, "Better tea")
    for verb in ("edit", "go-live", "plan", "unplan"):
        assert clerk.get(f"products/{tea()}/{verb}/").status_code == 403
    assert "Let it go live…" not in page(clerk)


def test_a_draft_thrown_away_is_found_among_the_versions(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea")

    assert send(owner, "discard").status_code == 302

    assert "There is a draft" not in page(owner)
    assert "Thrown away" in page(owner, "versions/")


# ── compared and let go live ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_different_is_shown_by_signs_and_words_before_it_goes_live(shop: SmallShop, owner: Staff) -> None:
    models.Product.objects.filter(pk=tea()).update(name_en="Green tea", text_zh="下雨天喝的茶")
    keep(owner, name_en="Black tea", text_zh="下雪天喝的茶")

    told = page(owner, "go-live/")

    assert '<del><span class="sk-only-read">taken out: </span>Green</del>' in told
    assert '<ins><span class="sk-only-read">added: </span>Black</ins>' in told
    assert re.search(r"下<del>.*?雨</del><ins>.*?雪</ins>天喝的茶", told)
    assert "Prices are not part of a version." in told


def test_a_draft_goes_live(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea")
    before = marks()

    assert send(owner, "go-live").status_code == 302

    assert shown() == "Better tea"
    assert facts_since(before) == ["ProductSaved"]
    assert "There is a draft" not in page(owner)


def test_what_changed_since_it_was_looked_at_is_shown_again_first(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea")
    address = f"products/{tea()}/go-live/"
    looked_at = filled(owner.get(address))
    brand = catalog.save_brand(brand_id=None, slug="acme", name=Bilingual("Acme"), actor=None, now=NOON)
    catalog.describe(product_id=tea(), brand_id=brand, traits=(), actor=None, now=NOON)
    name = shown()

    again = owner.post(address, **looked_at)

    assert (again.status_code, shown()) == (200, name)
    assert "Acme" in again.content.decode()


def test_the_form_of_a_draft_lets_it_go_live_or_says_why_not_and_keeps_nothing_by_halves(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea")
    taken = catalog.save_product(
        product_id=None, slug="pot", name=Bilingual("Pot"), text=Bilingual(), category_id=None, variants=[VariantDraft(sku="POT")],
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    before = marks()

    refused = send(owner, "edit", sku_1="pot", sellable_1="on")

    assert refused.status_code == 422
    assert "is taken" in said(refused)
    assert marks() == before
    assert send(owner, "edit", slug=f"{taken.slug}-two").status_code == 302
    assert shown() == "Better tea"


def test_a_form_of_a_draft_does_not_take_back_unseen_what_changed_in_the_shop(shop: SmallShop, owner: Staff) -> None:
    keep(owner, text_en="Better leaves")
    for verb in ("edit", "describe"):
        address = f"products/{tea()}/{verb}/"
        looked_at = filled(owner.get(address))
        maker = catalog.save_brand(brand_id=None, slug=f"acme-{verb}", name=Bilingual(f"Acme {verb}"), actor=None, now=NOON)
        catalog.describe(product_id=tea(), brand_id=maker, traits=(), actor=None, now=NOON)

        again = owner.post(address, **looked_at)

        assert again.status_code == 200
        assert f"Acme {verb}" in again.content.decode()
        assert "changed in the shop meanwhile" in said(again)
        assert (catalog.product_by_id(tea()).brand_id, catalog.product_by_id(tea()).text.en) != (maker, "Better leaves")
        assert catalog.product_by_id(tea()).brand_id == maker
        assert owner.post(address, **looked_at | {"keep_draft": "1"}).status_code == 302

    assert send(owner, "edit").status_code == 302
    assert catalog.product_by_id(tea()).text.en == "Better leaves"


# ── planned ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def at(days: int = 1) -> datetime:
    """Return noon so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)


def typed(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_a_plan_is_made_in_the_shops_zone_and_taken_back(shop: SmallShop, owner: Staff) -> None:
    from shopkeeper.selling.shop import models as shops

    shops.Shop.objects.update(zone="Asia/Shanghai")
    keep(owner, name_en="Better tea")

    assert send(owner, "plan", go_live_at=typed(at(1)), expire_at=typed(at(2))).status_code == 302

    desk = catalog.desks([tea()])[tea()]
    assert (desk.go_live_at, desk.expire_at) == (at(1) - timedelta(hours=8), at(2) - timedelta(hours=8))
    assert "It goes live" in page(owner)
    assert "tea" in owner.text("products/?state=planned")
    assert send(owner, "unplan").status_code == 302
    assert catalog.desks([tea()])[tea()].go_live_at is None


@pytest.mark.parametrize(
    ("language", "said_of", "words"),
    [
        ("en", {"go_live_at": "2001-03-04T12:00"}, "is past"),
        ("zh-hans", {"go_live_at": "2001-03-04T12:00"}, "已经过去"),
        ("en", {"go_live_at": "2027-03-28T01:30"}, "does not exist: clocks are put forward"),
        ("zh-hans", {"go_live_at": "2027-03-28T01:30"}, "不存在"),
        ("en", {}, "No moment is given"),
        ("en", {"go_live_at": typed(at(2)), "expire_at": typed(at(1))}, "would go off before"),
        ("en", {"go_live_at": "tomorrow"}, ""),
    ],
)
def test_moments_that_cannot_be_are_refused_in_words(
    shop: SmallShop, owner: Staff, language: str, said_of: dict[str, str], words: str
) -> None:
    owner.read(language)
    keep(owner, name_en="Better tea")
    before = marks()

    refused = send(owner, "plan", **said_of)

    assert refused.status_code == 422
    assert words in said(refused)
    assert marks() == before


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["product that did not go live when it was due", "The SKU “POT” is taken."]),
        ("zh-hans", ["件商品到点未能上架", "货号“POT”"]),
    ],
)
def test_what_could_not_go_live_stands_on_the_first_page_with_the_remedy(
    shop: SmallShop, owner: Staff, language: str, words: list[str]
) -> None:
    keep(owner, sku_1="POT", sellable_1="on")
    send(owner, "plan", go_live_at=typed(at(1)))
    catalog.save_product(
        product_id=None, slug="pot", name=Bilingual("Pot"), text=Bilingual(), category_id=None, variants=[VariantDraft(sku="POT")],
        is_published=True, actor=None, now=NOON,
    )  # fmt: skip
    assert drafts.carry_out_due(at(3)) == 1
    owner.read(language)

    assert words[0] in owner.text("")
    assert words[1] in page(owner)
    send(owner, "unplan")
    assert words[0] not in owner.text("")


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_any_two_versions_are_compared_and_an_earlier_one_comes_back_as_a_draft(shop: SmallShop, owner: Staff) -> None:
    for name in ("One tea", "Two teas", "Three teas"):
        send(owner, "edit", name_en=name)
    three, _two, one, *_first = list(catalog.versions(tea()))

    told = page(owner, f"versions/?a={three.id}&b={one.id}")
    assert re.search(r"<del>.*?One</del>.*?<ins>.*?Three</ins>", told)
    assert told.count("Saved in the shop") >= 4

    answer = owner.post(f"products/{tea()}/again/?version={one.id}", version=str(one.id))

    assert answer.status_code == 302
    assert (shown(), catalog.working(tea()).version.name.en) == ("Three teas", "One tea")


def test_strange_versions_are_not_there(shop: SmallShop, owner: Staff) -> None:
    for address in ("again/?version=999999999", "again/?version=1e9", "preview/?version=99999"):
        assert owner.get(f"products/{tea()}/{address}").status_code == 404
    assert owner.get("products/999999999/versions/").status_code == 404
    assert "They say the same" not in page(owner, "versions/?a=99999999&b=x")


def test_without_a_draft_nothing_goes_live(shop: SmallShop, owner: Staff) -> None:
    before = marks()

    for verb in ("go-live", "discard"):
        refused = send(owner, verb)
        assert refused.status_code == 422
        assert "or there is none" in said(refused)
    assert marks() == before


# ── seen as shoppers would ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_preview_shows_the_draft_and_nobody_else_ever_sees_it(shop: SmallShop, owner: Staff) -> None:
    keep(owner, name_en="Better tea", slug="better-tea")
    lead = owner.get(f"products/{tea()}/preview/")
    visitor = Client()

    seen = visitor.get(lead["Location"])

    assert seen.status_code == 200
    assert "Better tea" in seen.content.decode()
    assert "preview of a draft" in seen.content.decode()
    assert "noindex" in seen["X-Robots-Tag"]
    assert "no-store" in seen["Cache-Control"]
    assert 'rel="canonical"' not in seen.content.decode()
    assert 'id="buy"' not in seen.content.decode()
    assert 'id="buy"' in visitor.get("/en/goods/tea/").content.decode()
    assert "Better tea" not in visitor.get("/en/goods/tea/").content.decode()
    assert visitor.get("/en/goods/better-tea/").status_code == 404
    assert models.FormerSlug.objects.count() == 0


def test_a_link_to_a_preview_is_short_lived_and_for_staff_with_the_right(shop: SmallShop, owner: Staff, monkeypatch: Any) -> None:
    keep(owner, name_en="Better tea")
    revision = catalog.working(tea()).desk.draft_id or RevisionId(0)
    good = link(tea(), revision, UserId(owner.id))
    stranger = access.register_shopper(email="sam@example.org", password="seven grey herons", name="Sam", language="en", now=NOON)

    changed, nowhere = good[:-1] + ("a" if good[-1] != "a" else "b"), link(ProductId(9**9), revision, UserId(owner.id))
    for token in (link(tea(), revision, stranger), changed, "x", nowhere):
        assert Client().get(f"/en/preview/{token}/").status_code == 404
    assert Client().get(f"/en/preview/{good}/").status_code == 200
    monkeypatch.setattr("shopkeeper.flows.draft_links.GOOD_FOR_S", -1)
    assert Client().get(f"/en/preview/{good}/").status_code == 404


# ── a second person ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_needed(shop: SmallShop, owner: Staff, manager: Staff) -> None:
    found = filled(owner.get("settings/limits/"))
    assert owner.post("settings/limits/", **found | {"products_need_two": "on"}).status_code == 302
    assert catalog.products_need_two()


def test_a_change_waits_for_a_second_person_who_sees_what_is_different(two_needed: None, owner: Staff, manager: Staff) -> None:
    name = shown()
    assert send(manager, "edit", name_en="Better tea").status_code == 302
    asked = Approval.objects.get()
    assert (asked.act, asked.state, shown()) == ("catalog.publish_draft", "waiting", name)
    assert manager.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 422

    told = owner.text(f"approvals/{asked.pk}/")
    assert "Better" in told
    assert "<ins>" in told
    assert owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 302

    assert shown() == "Better tea"
    assert Approval.objects.get().state == "done"


def test_a_second_person_refuses_with_a_reason_and_the_draft_stays(two_needed: None, owner: Staff, manager: Staff) -> None:
    send(manager, "edit", name_en="Better tea")
    asked = Approval.objects.get()

    assert owner.post(f"approvals/{asked.pk}/refuse/", seen=asked.digest, note="Better than what?").status_code == 302

    assert "Better than what?" in manager.text(f"approvals/{asked.pk}/")
    assert catalog.working(tea()).version.name.en == "Better tea"
    assert shown() != "Better tea"


def test_what_changed_underneath_makes_a_request_stale(two_needed: None, owner: Staff, manager: Staff) -> None:
    send(manager, "edit", name_en="Better tea")
    asked = Approval.objects.get()
    catalog.unpublish(product_id=tea(), actor=None, now=NOON)
    models.Product.objects.filter(pk=tea()).update(slug="other")

    refused = owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)

    assert refused.status_code == 422
    assert Approval.objects.get().state == "stale"
    assert shown() != "Better tea"


def test_a_further_draft_makes_a_request_stale(two_needed: None, owner: Staff, manager: Staff) -> None:
    send(manager, "edit", name_en="Better tea")
    asked = Approval.objects.get()
    keep(manager, name_en="Best tea")

    assert owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 422
    assert Approval.objects.get().state == "stale"


def test_a_plan_waits_for_a_second_person_too(two_needed: None, owner: Staff, manager: Staff) -> None:
    keep(manager, name_en="Better tea")
    send(manager, "plan", go_live_at=typed(at(1)))
    asked = Approval.objects.get()
    assert catalog.desks([tea()])[tea()].go_live_at is None

    owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)

    assert catalog.desks([tea()])[tea()].go_live_at == at(1)
    assert drafts.carry_out_due(at(2)) == 1
    assert shown() == "Better tea"


def test_a_new_product_waits_hidden_for_a_second_person(two_needed: None, owner: Staff, manager: Staff) -> None:
    form = filled(manager.get("products/new/"))
    manager.post("products/new/", **form | {"name_en": "Mug", "sku_0": "MUG", "is_published": "on"})
    product_id = catalog.goods_by_sku(["MUG"])["MUG"].product_id
    assert not catalog.product_by_id(product_id).is_published

    asked = Approval.objects.get()
    owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)

    assert catalog.product_by_id(product_id).is_published


def test_a_product_rewritten_while_it_was_hidden_is_shown_whole_to_the_second_person(
    two_needed: None, owner: Staff, manager: Staff
) -> None:
    catalog.unpublish(product_id=tea(), actor=None, now=NOON)
    assert send(manager, "edit", name_en="Quite another thing").status_code == 302
    assert send(manager, "edit", is_published="on").status_code == 302
    asked = Approval.objects.get()

    told = owner.text(f"approvals/{asked.pk}/")
    assert "Quite" in told.split("What is different", 1)[1].split("What exactly")[0]
    assert "not in the shop" in told
    owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest)

    assert catalog.product_by_id(tea()).is_published
    assert "Quite" in owner.text(f"approvals/{asked.pk}/").split("What is different", 1)[1].split("What exactly")[0]


def test_a_bundle_that_waits_hidden_says_what_it_holds_and_is_asked_anew_where_that_changes(
    two_needed: None, owner: Staff, manager: Staff
) -> None:
    kit, cup = some_goods("KIT", is_published=False), some_goods("CUP-9", is_published=False).variant_id
    catalog.save_bundle(variant_id=kit.variant_id, parts=[PartDraft(cup, 2)], actor=None, now=NOON)
    address = f"products/{kit.product_id}/edit/"
    manager.post(address, **filled(manager.get(address)) | {"is_published": "on"})
    asked = Approval.objects.get()

    assert "2 × CUP-9" in owner.text(f"approvals/{asked.pk}/")
    catalog.save_bundle(variant_id=kit.variant_id, parts=[PartDraft(cup, 3)], actor=None, now=NOON)
    assert owner.post(f"approvals/{asked.pk}/approve/", seen=asked.digest).status_code == 422
    assert Approval.objects.get().state == "stale"


@pytest.mark.parametrize(
    ("language", "asks", "alone"),
    [("en", "Ask a second person", ("Let it go live", "Let it go live now")), ("zh-hans", "请另一个人批准", ("上架", "现在上架"))],
)
def test_a_button_says_beforehand_that_a_second_person_is_asked(
    shop: SmallShop, owner: Staff, language: str, asks: str, alone: tuple[str, str]
) -> None:
    keep(owner, name_en="Better tea")
    owner.read(language)
    forms = ("edit/", "describe/", "go-live/")

    assert [submits(owner, each) for each in forms] == [alone[0], alone[0], alone[1]]
    catalog.save_products_need_two(is_needed=True)

    assert [submits(owner, each) for each in forms] == [asks, asks, asks]


def submits(staff: Staff, verb: str) -> str:
    """Return what stands on the button that sends a form about the tea."""
    found = re.search(r'<button class="sk-btn sk-btn--seal"[^>]*>([^<]*)</button>', page(staff, verb))
    assert found, page(staff, verb)
    return found[1]


def test_many_at_once_does_not_go_round_the_second_person(two_needed: None, owner: Staff) -> None:
    catalog.unpublish(product_id=tea(), actor=None, now=NOON)

    owner.post("products/", bulk="publish", rows=[str(tea())])

    assert not catalog.product_by_id(tea()).is_published


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["", "versions/", "go-live/", "plan/", "edit/"])
def test_pages_about_drafts_take_few_statements(shop: SmallShop, owner: Staff, verb: str, django_assert_max_num_queries: Any) -> None:
    keep(owner, name_en="Better tea")
    page(owner, verb)

    with django_assert_max_num_queries(12):
        page(owner, verb)
