"""Drafts, versions and their way into the shop through the catalogue's face, on a real database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import Revision

from shopkeeper.events import public as events
from shopkeeper.kit.ids import BrandId, CategoryId, ProductId, RevisionId, UserId, VariantId
from shopkeeper.kit.refusals import NotAllowed, NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.ops.access.tests.builders import owner as an_owner
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.draft_models import DraftStep, ProductDesk
from shopkeeper.selling.catalog.drafts import NO_DRAFT
from shopkeeper.selling.catalog.shapes import SkuTaken, SlugTaken, VariantDraft
from shopkeeper.selling.catalog.shapes_bundles import PartDraft
from shopkeeper.selling.catalog.shapes_collections import Edit, EditKind
from shopkeeper.selling.catalog.shapes_drafts import (
    DraftMoved,
    EndsBeforeItBegins,
    MomentPast,
    NoDraft,
    ProductMoved,
    SecondPersonNeeded,
    Step,
    Version,
    VersionVariant,
)
from shopkeeper.selling.catalog.shapes_options import CombinationTaken, OptionValueDraft
from shopkeeper.selling.catalog.tests.builders import NOON, a_brand, a_category, a_shirt, an_attribute, says, some_goods, tell
from shopkeeper.selling.catalog.tests.test_public import facts

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def owner() -> UserId:
    """Return the one owner, made when first asked for."""
    known = [each.id for each in access.staff() if each.role == Role.OWNER]
    return min(known) if known else an_owner()


def draft(product_id: ProductId, **changes: Any) -> RevisionId:
    """Keep a draft that says these things otherwise."""
    version = replace(catalog.working(product_id).version, **changes)
    return catalog.keep_draft(product_id=product_id, version=version, actor=owner(), now=NOON)


def publish(product_id: ProductId, revision_id: RevisionId, now: datetime = NOON, **more: Any) -> None:
    catalog.publish_draft(product_id=product_id, revision_id=revision_id, actor=owner(), now=now, **more)


def plan(product_id: ProductId, revision_id: RevisionId | None, at: datetime | None = LATER, until: datetime | None = None) -> None:
    catalog.schedule_draft(product_id=product_id, revision_id=revision_id, go_live_at=at, expire_at=until, actor=owner(), now=NOON)


def steps(product_id: ProductId) -> list[list[str]]:
    """Return what happened to each version, the newest version first."""
    return [[each.step.value for each in kept.steps] for kept in catalog.versions(product_id)]


def shown() -> str:
    return models.Product.objects.get().name_en


@pytest.fixture
def tea() -> ProductId:
    return some_goods("TEA").product_id


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_and_shoppers_see_nothing_of_it(tea: ProductId) -> None:
    before, marks, saved = catalog.product_by_id(tea), catalog.editions(), len(facts("ProductSaved"))

    kept = draft(tea, name=Bilingual("Better tea", "更好的茶"), variants=(VersionVariant(sku="NEW"),))

    assert catalog.product_by_id(tea) == before
    assert (catalog.editions(), len(facts("ProductSaved"))) == (marks, saved)
    assert facts("ProductDrafted") == [{"product_id": tea, "revision_id": kept}]
    found = catalog.working(tea)
    assert found.version.name == Bilingual("Better tea", "更好的茶")
    assert (found.desk.draft_id, found.desk.draft_by, found.desk.draft_at) == (kept, owner(), NOON)
    assert audit.entries(subject=f"product:{tea}").items[0].act == "catalog.keep_draft"


def test_everything_a_draft_says_is_read_back_as_it_was_written(tea: ProductId) -> None:
    colour, brand, shelf = an_attribute(), a_brand(), a_category("cups")
    tell(tea, says(colour, "red", "blue"))
    wanted = Version(
        slug="cup", name=Bilingual("Cup", "杯子"), text=Bilingual("Holds tea.\n\nAlways.", "盛茶。"), category_id=shelf, brand_id=brand,
        photo_url="/media/cup.jpg",
        variants=(
            VersionVariant(id=catalog.product_by_id(tea).variants[0].id, sku="TEA", weight_g=120),
            VersionVariant(sku="CUP-2", option=Bilingual("Two", "两只"), is_sellable=False),
        ),
        traits=catalog.working(tea).version.traits,
    )  # fmt: skip

    catalog.keep_draft(product_id=tea, version=wanted, actor=None, now=NOON)

    assert catalog.working(tea).version == wanted


def test_the_same_draft_again_keeps_one_version(tea: ProductId) -> None:
    first = draft(tea, slug="tea-two")

    assert draft(tea) == first
    assert len(facts("ProductDrafted")) == 1


def test_a_draft_somebody_else_kept_meanwhile_is_not_lost(tea: ProductId) -> None:
    first = draft(tea, slug="tea-two")
    version = catalog.working(tea).version

    for began in (NO_DRAFT, RevisionId(first + 99)):
        with pytest.raises(DraftMoved):
            catalog.keep_draft(product_id=tea, version=replace(version, slug="other"), actor=None, now=NOON, began_with=began)
    catalog.keep_draft(product_id=tea, version=replace(version, slug="third"), actor=None, now=NOON, began_with=first)

    assert catalog.working(tea).version.slug == "third"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("slug", {"slug": "Two Words"}),
        ("name_en", {"name": Bilingual()}),
        ("text_zh", {"text": Bilingual("", "茶" * 10_001)}),
        ("category", {"category_id": CategoryId(10**9)}),
        ("brand", {"brand_id": BrandId(10**9)}),
        ("photo_url", {"photo_url": "https://elsewhere.example/a.jpg"}),
        ("variants", {"variants": ()}),
        ("sku", {"variants": (VersionVariant(sku="A"), VersionVariant(sku="a"))}),
        ("variant", {"variants": (VersionVariant(id=VariantId(10**9), sku="A"),)}),
        ("value", {"variants": (VersionVariant(sku="A", stands=((0, 0),)),)}),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_field_and_nothing_is_kept(field: str, changes: dict[str, Any], tea: ProductId) -> None:
    with pytest.raises((OutOfRange, NotFound, SkuTaken, Exception)) as refusal:
        draft(tea, **changes)

    assert refusal.value.field == field
    assert catalog.working(tea).desk.draft_id is None
    assert facts("ProductDrafted") == []


def test_a_draft_thrown_away_stays_in_the_history(tea: ProductId) -> None:
    draft(tea, slug="tea-two")

    catalog.discard_draft(product_id=tea, actor=owner(), now=NOON)

    assert catalog.working(tea).desk.draft_id is None
    assert catalog.working(tea).version.slug == "tea"
    assert steps(tea) == [["kept", "discarded"], ["live"]]
    with pytest.raises(NoDraft):
        catalog.discard_draft(product_id=tea, actor=owner(), now=NOON)


# ── going live ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_goes_live_whole(tea: ProductId) -> None:
    colour, brand, shelf = an_attribute(), a_brand(), a_category("cups")
    old = catalog.product_by_id(tea).variants[0]
    kept = draft(
        tea, slug="cup", name=Bilingual("Cup", "杯子"), category_id=shelf, brand_id=brand, traits=(says(colour, "red"),),
        variants=(VersionVariant(sku="CUP-2", weight_g=90),),
    )  # fmt: skip

    publish(tea, kept, LATER)

    found = catalog.product_by_id(tea)
    assert (found.slug, found.name.zh, found.category_id, found.brand_id) == ("cup", "杯子", shelf, brand)
    assert {each.sku: each.is_sellable for each in found.variants} == {"CUP-2": True, old.sku: False}
    assert [each.code for each in catalog.traits([tea])[tea][0].choices] == ["red"]
    desk = catalog.desks([tea])[tea]
    assert (desk.draft_id, desk.live_id, desk.has_news) == (None, kept, False)
    assert steps(tea) == [["kept", "published"], ["live"]]
    assert facts("ProductSaved")[-1] == {"product_id": tea, "is_published": True}
    assert audit.entries(subject=f"product:{tea}").items[0].act == "catalog.publish_draft"
    assert ProductDesk.objects.get().last_published_at == LATER


def test_a_hidden_product_is_shown_when_its_draft_goes_live() -> None:
    hidden = some_goods("TEA", is_published=False).product_id

    publish(hidden, draft(hidden, slug="tea-two"))

    assert catalog.product("tea-two").is_published


def test_options_and_their_variants_go_live_together() -> None:
    shirt = a_shirt()
    version = catalog.working(shirt).version
    colour, size = version.options
    green = OptionValueDraft(name=Bilingual("Green", "绿色"))
    options = (replace(colour, values=(colour.values[0], green)), size)
    red = [each for each in version.variants if each.stands[0] == (0, 0)]
    new = VersionVariant(sku="SHIRT-GREEN-L", stands=((0, 1), (1, 1)))

    publish(shirt, draft(shirt, options=options, variants=(*red, new)))

    found = catalog.product_by_id(shirt)
    on_sale = {each.sku: each.option.en for each in found.variants if each.is_sellable}
    assert on_sale == {**{each.sku: each.option.en for each in red}, "SHIRT-GREEN-L": "Green, L"}
    assert [value.name.en for value in catalog.options([shirt])[shirt][0].values] == ["Red", "Green"]


def test_two_variants_of_one_combination_do_not_go_live_and_nothing_changes() -> None:
    shirt = a_shirt()
    before = catalog.product_by_id(shirt)
    version = catalog.working(shirt).version
    kept = draft(shirt, variants=tuple(replace(each, stands=((0, 0), (1, 0))) for each in version.variants))

    with pytest.raises(CombinationTaken):
        publish(shirt, kept)

    assert catalog.product_by_id(shirt) == before
    assert catalog.working(shirt).desk.draft_id == kept


def test_a_taken_sku_or_web_name_keeps_a_draft_from_going_live_and_says_so_before(tea: ProductId) -> None:
    kept = draft(tea, variants=(VersionVariant(sku="POT"),))
    assert catalog.draft_problem(product_id=tea, revision_id=kept, now=NOON) is None
    some_goods("POT")

    problem = catalog.draft_problem(product_id=tea, revision_id=kept, now=NOON)
    with pytest.raises(SkuTaken):
        publish(tea, kept)
    with pytest.raises(SlugTaken):
        publish(tea, draft(tea, slug="pot", variants=(VersionVariant(sku="TEA-9"),)))

    assert isinstance(problem, SkuTaken)
    assert [each.sku for each in catalog.product_by_id(tea).variants] == ["TEA"]


def test_what_changed_since_it_was_looked_at_is_not_taken_back_unseen(tea: ProductId) -> None:
    kept = draft(tea, name=Bilingual("Better", ""))
    seen = catalog.working(tea).mark
    catalog.describe(product_id=tea, brand_id=a_brand(), traits=(), actor=None, now=NOON)

    with pytest.raises(ProductMoved):
        publish(tea, kept, seen=seen)

    assert shown() == "Tea for two"


def test_only_the_draft_itself_goes_live_and_once(tea: ProductId) -> None:
    first = draft(tea, slug="one")
    second = draft(tea, slug="two")

    with pytest.raises(NoDraft):
        publish(tea, first)
    publish(tea, second)
    publish(tea, second)

    assert len(facts("ProductSaved")) == 2  # made, and published once
    assert steps(tea)[0] == ["kept", "published"]


def test_a_news_that_cannot_be_told_leaves_everything_as_it_was(tea: ProductId, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = draft(tea, name=Bilingual("Better", ""))
    revision = Revision.objects.get(pk=kept)

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("no news today")

    monkeypatch.setattr(events, "record", broken)
    for way in (lambda: publish(tea, kept), revision.publish):
        with pytest.raises(RuntimeError), transaction.atomic():
            way()
        assert shown() == "Tea for two"
        assert catalog.working(tea).desk.draft_id == kept
        assert not DraftStep.objects.filter(step="published").exists()


def test_wagtails_own_way_of_publishing_tells_and_traces_as_well(tea: ProductId) -> None:
    kept = draft(tea, name=Bilingual("Better", ""))
    told = len(facts("ProductSaved"))

    Revision.objects.get(pk=kept).publish()

    assert shown() == "Better"
    assert len(facts("ProductSaved")) == told + 1
    assert audit.entries(subject=f"product:{tea}").items[0].act == "catalog.publish_draft"


# ── by schedule ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_goes_live_and_off_again_once(tea: ProductId) -> None:
    kept = draft(tea, name=Bilingual("Better", ""))
    plan(tea, kept, LATER, LATER + timedelta(days=1))

    assert catalog.drafts_due(NOON) == []
    assert catalog.drafts_due(LATER) == [tea]
    assert [catalog.carry_out_due(product_id=tea, now=LATER) for _ in range(2)] == [True, False]
    assert (shown(), catalog.product_by_id(tea).is_published) == ("Better", True)
    assert catalog.drafts_due(LATER) == []

    over = LATER + timedelta(days=1)
    assert [catalog.carry_out_due(product_id=tea, now=over) for _ in range(2)] == [True, False]
    assert not catalog.product_by_id(tea).is_published
    assert [each["is_published"] for each in facts("ProductSaved")] == [True, True, False]
    assert steps(tea)[0] == ["kept", "scheduled", "published"]
    assert audit.entries(subject=f"product:{tea}").items[0].actor == owner()


@pytest.mark.parametrize(
    ("at", "until", "refusal"),
    [
        (NOON, None, MomentPast),
        (NOON - timedelta(minutes=1), None, MomentPast),
        (None, NOON, MomentPast),
        (LATER, LATER, EndsBeforeItBegins),
        (LATER, LATER - timedelta(minutes=1), EndsBeforeItBegins),
        (NOON + timedelta(days=800), None, OutOfRange),
    ],
)
def test_moments_that_cannot_be_are_refused(at: datetime | None, until: datetime | None, refusal: type[Exception], tea: ProductId) -> None:
    kept = draft(tea, slug="tea-two")

    with pytest.raises(refusal):
        plan(tea, kept, at, until)

    assert catalog.desks([tea])[tea].go_live_at is None


def test_a_draft_that_could_not_go_live_now_is_not_scheduled(tea: ProductId) -> None:
    some_goods("POT")
    kept = draft(tea, variants=(VersionVariant(sku="pot"),))

    with pytest.raises(SkuTaken):
        plan(tea, kept)


def test_a_sku_taken_meanwhile_is_told_and_not_tried_again(tea: ProductId) -> None:
    kept = draft(tea, variants=(VersionVariant(sku="POT"),))
    plan(tea, kept)
    some_goods("POT")

    assert catalog.carry_out_due(product_id=tea, now=LATER)

    desk = catalog.desks([tea])[tea]
    assert desk.failure is not None
    assert (desk.failure.code, desk.failure.value, desk.failure.at) == ("sku_taken", "POT", LATER)
    assert (desk.draft_id, desk.go_live_at, catalog.drafts_failed()) == (kept, None, 1)
    assert catalog.drafts_due(LATER) == []
    assert steps(tea)[0] == ["kept", "scheduled", "failed"]
    assert audit.entries(subject=f"product:{tea}").items[0].act == "catalog.draft_failed"
    catalog.unschedule_draft(product_id=tea, actor=None, now=LATER)
    assert catalog.drafts_failed() == 0


def test_a_change_made_after_scheduling_is_not_taken_back_unseen(tea: ProductId) -> None:
    plan(tea, draft(tea, name=Bilingual("Better", "")))
    catalog.describe(product_id=tea, brand_id=a_brand(), traits=(), actor=None, now=NOON)

    catalog.carry_out_due(product_id=tea, now=LATER)

    failure = catalog.desks([tea])[tea].failure
    assert failure is not None
    assert failure.code == "product_moved"
    assert shown() == "Tea for two"


def test_what_was_scheduled_goes_live_though_a_further_draft_is_kept(tea: ProductId) -> None:
    plan(tea, draft(tea, name=Bilingual("Spring tea", "")))
    further = draft(tea, name=Bilingual("Summer tea", ""))

    catalog.carry_out_due(product_id=tea, now=LATER)

    assert shown() == "Spring tea"
    assert catalog.desks([tea])[tea].draft_id == further


def test_what_was_scheduled_leaves_no_draft_behind_where_a_further_one_was_thrown_away(tea: ProductId) -> None:
    publish(tea, draft(tea, name=Bilingual("Autumn tea", "")))
    planned = draft(tea, name=Bilingual("Spring tea", ""))
    plan(tea, planned)
    draft(tea, name=Bilingual("Summer tea", ""))
    catalog.discard_draft(product_id=tea, actor=owner(), now=NOON)

    assert catalog.carry_out_due(product_id=tea, now=LATER)

    desk = catalog.desks([tea])[tea]
    assert (desk.draft_id, desk.live_id, shown()) == (None, planned, "Spring tea")
    assert catalog.working(tea).version.name.en == "Spring tea"


def test_a_draft_that_is_planned_is_thrown_away_only_by_who_may_let_it_go_live(tea: ProductId) -> None:
    planned = draft(tea, name=Bilingual("Spring tea", ""))
    plan(tea, planned)
    invited = access.invite(email="clerk@example.org", role=Role.CLERK, actor=None, now=NOON)
    clerk = access.accept(token=invited.token, name="Clerk", password="seven grey herons 7", now=NOON)

    with pytest.raises(NotAllowed):
        catalog.discard_draft(product_id=tea, actor=clerk, now=NOON)
    desk = catalog.desks([tea])[tea]
    assert (desk.draft_id, desk.due_id) == (planned, planned)

    catalog.discard_draft(product_id=tea, actor=owner(), now=NOON)
    desk = catalog.desks([tea])[tea]
    assert (desk.draft_id, desk.due_id, desk.go_live_at) == (None, None, None)


def test_a_plan_taken_back_does_not_happen(tea: ProductId) -> None:
    plan(tea, draft(tea, name=Bilingual("Better", "")), LATER, LATER + timedelta(days=1))

    catalog.unschedule_draft(product_id=tea, actor=None, now=NOON)

    assert catalog.drafts_due(LATER + timedelta(days=9)) == []
    assert Revision.objects.filter(approved_go_live_at__isnull=False).count() == 0
    assert catalog.desks([tea])[tea].draft_id is not None


def test_wagtails_own_schedule_goes_through_the_room_as_well(tea: ProductId) -> None:
    kept = draft(tea, name=Bilingual("Better", ""))
    plan(tea, kept)
    Revision.objects.filter(pk=kept).update(approved_go_live_at=timezone.now() - timedelta(minutes=1))

    call_command("publish_scheduled")

    assert shown() == "Better"
    assert catalog.desks([tea])[tea].go_live_at is None
    ProductDesk.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert not catalog.product_by_id(tea).is_published
    assert facts("ProductSaved")[-1]["is_published"] is False


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_saved_version_stands_in_the_history_with_who_and_when(tea: ProductId) -> None:
    staff = owner()
    product = catalog.product_by_id(tea)
    variants = [VariantDraft(id=product.variants[0].id, sku="TEA")]
    for name in ("Black tea", "Black tea", "Green tea"):
        catalog.save_product(
            product_id=tea, slug="tea", name=Bilingual(name, ""), text=product.text, category_id=None, variants=variants,
            is_published=True, actor=staff, now=LATER,
        )  # fmt: skip
    catalog.describe(product_id=tea, brand_id=a_brand(), traits=(), actor=staff, now=LATER)

    kept = list(catalog.versions(tea))

    assert [each.version.name.en for each in kept] == ["Green tea", "Green tea", "Black tea", "Tea for two"]
    assert [(each.by, each.at) for each in kept] == [(staff, LATER)] * 3 + [(None, NOON)]
    assert all(each.steps[0].step is Step.LIVE for each in kept)


def test_many_changed_at_once_stand_in_the_history_too(tea: ProductId) -> None:
    other = some_goods("POT").product_id
    brand = a_brand()

    catalog.edit_products(
        product_ids=[tea, other], edit=Edit(kind=EditKind.BRAND, target=brand), reason="house brand", actor=owner(), now=LATER
    )

    assert [catalog.versions(each).items[0].version.brand_id for each in (tea, other)] == [brand, brand]
    assert [catalog.versions(each).items[0].by for each in (tea, other)] == [owner()] * 2


def test_what_was_there_before_history_began_is_its_first_version() -> None:
    import polars as pl

    catalog.import_goods(frame=pl.DataFrame({"sku": ["OLD"], "slug": ["old"], "name_en": ["Old thing"]}), now=NOON)
    product_id = catalog.goods_by_sku(["OLD"])["OLD"].product_id

    catalog.describe(product_id=product_id, brand_id=a_brand(), traits=(), actor=owner(), now=LATER)

    newest, first = catalog.versions(product_id)
    assert (first.by, first.version.brand_id) == (None, None)
    assert newest.by == owner()


def test_an_earlier_version_comes_back_as_a_draft() -> None:
    shirt = a_shirt()
    first = catalog.versions(shirt).items[0]
    version = first.version
    small = replace(version.options[1], values=version.options[1].values[:1])
    publish(
        shirt,
        draft(
            shirt,
            name=Bilingual("One size", ""),
            options=(version.options[0], small),
            variants=tuple(each for each in version.variants if each.stands[1] == (1, 0)),
        ),
    )

    again = catalog.draft_again(product_id=shirt, revision_id=first.id, actor=owner(), now=LATER)
    assert catalog.product_by_id(shirt).name.en == "One size"
    publish(shirt, again)

    found = catalog.product_by_id(shirt)
    assert found.name.en == "Shirt for two"
    assert sorted(each.option.en for each in found.variants if each.is_sellable) == ["Blue, L", "Blue, S", "Red, L", "Red, S"]


def test_a_version_of_another_product_is_not_found(tea: ProductId) -> None:
    other = some_goods("POT").product_id
    strange = draft(other, slug="pot-two")

    with pytest.raises(NotFound):
        catalog.version(tea, strange)
    with pytest.raises(NoDraft):
        publish(tea, strange)


def test_reading_a_history_takes_as_many_statements_however_long_it_is(tea: ProductId, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        draft(tea, slug=f"tea-{number}")

    with django_assert_max_num_queries(2):
        page = catalog.versions(tea, size=25)

    assert (len(page.items), page.total) == (25, 31)


# ── what the database itself holds ────────────────────────────────────────────────────────────────────────────────────


def test_steps_are_never_changed_and_a_version_goes_live_once(tea: ProductId) -> None:
    kept = draft(tea, slug="tea-two")
    publish(tea, kept)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        DraftStep.objects.update(step="live")
    with pytest.raises(IntegrityError, match="published_once"), transaction.atomic():
        DraftStep.objects.create(desk=ProductDesk.objects.get(), revision_id=kept, step="published", at=NOON)


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("due_has_version", {"go_live_at": LATER}),
        ("ends_after_it_begins", {"go_live_at": LATER, "expire_at": NOON, "due": True}),
        ("draft_is_kept", {"has_unpublished_changes": True, "latest_revision": None}),
        ("failure_has_time", {"failed_at": NOON}),
    ],
)
def test_a_desk_that_contradicts_itself_is_refused_by_the_database(name: str, planted: dict[str, Any], tea: ProductId) -> None:
    desk = ProductDesk.objects.get()
    if planted.pop("due", False):
        planted["due_revision"] = desk.live_revision

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProductDesk.objects.update(**planted)


def test_a_shop_that_is_emptied_forgets_its_versions(tea: ProductId) -> None:
    draft(tea, slug="tea-two")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE catalog_productdesk, catalog_draftstep")

    assert Revision.objects.filter(content_type=ProductDesk.get_content_type()).count() == 0


# ── a second person ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_a_second_person_is_needed_no_way_goes_round_them(tea: ProductId) -> None:
    hidden = some_goods("POT", is_published=False)
    product, brand = catalog.product_by_id(tea), a_brand()
    catalog.save_products_need_two(is_needed=True)
    variants = [VariantDraft(id=product.variants[0].id, sku="TEA")]
    common: dict[str, Any] = {"text": product.text, "category_id": None, "actor": owner(), "now": NOON}

    ways = [
        lambda: catalog.save_product(
            product_id=tea, slug="tea", name=Bilingual("Better", ""), variants=variants, is_published=True, **common
        ),
        lambda: some_goods("NEW"),
        lambda: catalog.publish(product_id=hidden.product_id, actor=owner(), now=NOON),
        lambda: catalog.describe(product_id=tea, brand_id=brand, traits=(), actor=owner(), now=NOON),
        a_shirt,
        lambda: catalog.edit_products(product_ids=[tea], edit=Edit(kind=EditKind.BRAND, target=brand), reason="x", actor=owner(), now=NOON),
        lambda: catalog.edit_products(
            product_ids=[hidden.product_id], edit=Edit(kind=EditKind.PUBLISH), reason="x", actor=owner(), now=NOON
        ),
    ]
    for way in ways:
        with pytest.raises(SecondPersonNeeded), transaction.atomic():
            way()

    assert catalog.product_by_id(tea) == product
    assert not catalog.product_by_id(hidden.product_id).is_published


def test_what_a_bundle_holds_is_not_changed_round_the_second_person(tea: ProductId) -> None:
    cup, kit = some_goods("CUP").variant_id, some_goods("SET")
    parts = [PartDraft(cup, 2)]
    catalog.save_bundle(variant_id=kit.variant_id, parts=parts, actor=owner(), now=NOON)
    catalog.save_products_need_two(is_needed=True)

    with pytest.raises(SecondPersonNeeded):
        catalog.save_bundle(variant_id=kit.variant_id, parts=[PartDraft(cup, 3)], actor=owner(), now=NOON)
    assert [each.units for each in catalog.parts([kit.variant_id])[kit.variant_id]] == [2]
    catalog.save_bundle(variant_id=kit.variant_id, parts=parts, actor=owner(), now=NOON)

    catalog.unpublish(product_id=kit.product_id, actor=owner(), now=NOON)
    saved = catalog.save_bundle(variant_id=kit.variant_id, parts=[PartDraft(cup, 3)], actor=owner(), now=NOON)
    assert [each.units for each in saved] == [3]


def test_what_shoppers_do_not_see_needs_no_second_person(tea: ProductId) -> None:
    hidden = some_goods("POT", is_published=False).product_id
    catalog.save_products_need_two(is_needed=True)

    catalog.describe(product_id=hidden, brand_id=a_brand(), traits=(), actor=None, now=NOON)
    catalog.unpublish(product_id=tea, actor=None, now=NOON)
    some_goods("NEW", is_published=False)

    assert not catalog.product_by_id(tea).is_published
