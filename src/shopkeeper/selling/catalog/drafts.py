"""Drafts of products, their way into the shop, and the versions behind. Part of the catalogue's face (`public`)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit import checks, together
from shopkeeper.kit.ids import OptionValueId, ProductId, RevisionId, UserId
from shopkeeper.kit.page import Page
from shopkeeper.kit.refusals import NotFound, OutOfRange, Refusal
from shopkeeper.ops.access import public as access
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import draft_store, models, option_store, store, trait_store, writing
from shopkeeper.selling.catalog.draft_models import ProductDesk
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import options as option_rules
from shopkeeper.selling.catalog.rules import traits as trait_rules
from shopkeeper.selling.catalog.rules import versions as rules
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.catalog.shapes_drafts import (
    Desk,
    Difference,
    DraftMoved,
    EndsBeforeItBegins,
    Kept,
    MomentPast,
    Names,
    NoDraft,
    ProductMoved,
    Step,
    Version,
    Working,
)
from shopkeeper.selling.catalog.shapes_options import Option

T = TypeVar("T")

NO_DRAFT = RevisionId(0)
"""Stands for “there was no draft” where somebody says which one they had before them."""

FARTHEST = timedelta(days=2 * 366)
"""No moment of a schedule lies farther ahead."""


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def desks(product_ids: Sequence[ProductId]) -> dict[ProductId, Desk]:
    """Return how the work on these products stands: drafts, schedules, failures; those nobody worked on are left out."""
    return draft_store.desks(product_ids) if product_ids else {}


def working(product_id: ProductId) -> Working:
    """Return what a form about a product begins with: its draft, else what is live. Raises NotFound."""
    known, present = together.read(lambda: draft_store.desks([product_id]), lambda: draft_store.live([product_id]))
    if product_id not in present:
        raise NotFound("product", product_id)
    live, is_published = present[product_id]
    desk = known.get(product_id, Desk(product_id=product_id))
    version = live
    if desk.draft_id is not None:
        version = draft_store.kept(product_id, [desk.draft_id])[desk.draft_id].version
    return Working(desk=desk, version=version, live=live, mark=rules.mark(live), is_published=is_published)


def versions(product_id: ProductId, *, number: int = 1, size: int = 25) -> Page[Kept]:
    """Return one page of a product's versions with what happened to each, newest first. Raises OutOfRange."""
    checks.whole(number, field="page", least=1, most=1_000_000)
    checks.whole(size, field="size", least=1, most=100)
    items, total = together.read(
        lambda: draft_store.history(product_id, first=(number - 1) * size, size=size), lambda: draft_store.history_length(product_id)
    )
    return Page(items=items, total=total, number=number, size=size)


def versions_by_id(product_id: ProductId, revision_ids: Sequence[RevisionId]) -> dict[RevisionId, Kept]:
    """Return these versions of a product; those that are not its own are left out."""
    return draft_store.kept(product_id, revision_ids) if revision_ids else {}


def version(product_id: ProductId, revision_id: RevisionId) -> Kept:
    """Return one version of a product. Raises NotFound, also for another product's."""
    found = draft_store.kept(product_id, [revision_id]) if 0 < revision_id < 2**31 else {}
    if revision_id not in found:
        raise NotFound("revision", revision_id)
    return found[revision_id]


def compare_versions(before: Version, after: Version, *, language: str) -> tuple[Difference, ...]:
    """Return what a later version says otherwise, field by field, with the names ids have now. Prices are in no version."""
    shelves, makers, attributes = together.read(store.categories, trait_store.brands, trait_store.attributes)
    names = Names(
        categories={each.id: each.name.pick(language) for each in shelves},
        brands={each.id: each.name.pick(language) for each in makers},
        attributes={each.id: each.name.pick(language) for each in attributes},
        choices={choice.id: choice.name.pick(language) for each in attributes for choice in each.choices},
    )
    return rules.compare(before, after, names=names, language=language)


def version_mark(version: Version) -> str:
    """Return a version's fingerprint: two with the same put the same before shoppers."""
    return rules.mark(version)


# ── keeping and throwing away ─────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def keep_draft(
    *, product_id: ProductId, version: Version, actor: UserId | None, now: datetime, began_with: RevisionId | None = None
) -> RevisionId:
    """Keep a draft of a product in place of the one before, and return its version; shoppers see nothing of it.

    `began_with` is the draft that whoever writes had before them, NO_DRAFT where there was none; None: it does not matter. The same draft
    again changes nothing. Raises NotFound, DraftMoved, OutOfRange, Malformed, SkuTaken, NameTwice.
    """
    store.lock_product(product_id)
    tidy = _tidy(product_id, version)
    row = _desk(product_id, now)
    draft = row.latest_revision if row.has_unpublished_changes else None
    present = None if draft is None else RevisionId(draft.pk)
    if began_with is not None and began_with != (present or NO_DRAFT):
        raise DraftMoved(product_id)
    if draft is not None and present is not None and rules.written(tidy) == draft.content:
        return present
    made = draft_store.add(row, tidy, step=Step.KEPT, by=actor, now=now)
    row.latest_revision, row.has_unpublished_changes = made, True
    row.save(update_fields=["latest_revision", "has_unpublished_changes"])
    _trace("catalog.keep_draft", product_id, {"revision_id": made.pk}, actor, now)
    events.record(facts.ProductDrafted(product_id=product_id, revision_id=made.pk), at=now)
    return RevisionId(made.pk)


def _desk(product_id: ProductId, now: datetime) -> ProductDesk:
    """Return a product's desk, locked, on which what is live is written down; the product's own row is locked before."""
    row = draft_store.lock(product_id)
    if row.live_revision_id is None:
        draft_store.note_live(draft_store.live([product_id]), before={}, by=None, now=now)
        row = draft_store.lock(product_id)
    return row


def _tidy(product_id: ProductId, version: Version) -> Version:
    """Return a draft whose texts are tidy and whose parts fit each other. Whether names are free is decided when it goes live."""
    _refuse_strangers(product_id, version)
    row = models.Product()
    writing.write_texts(row, version.slug, version.name, version.text)
    row.photo_url = limits.photo(version.photo_url)
    known: dict[Any, Any] = {each.id: each for each in trait_store.attributes()}
    options = tuple(option_rules.tidy(version.options, known)) if version.options else ()
    called = {(o, v): each.name for o, option in enumerate(version.options) for v, each in enumerate(option.values)}
    variants = limits.tidy_variants(
        [VariantDraft(id=each.id, sku=each.sku, option=each.option, weight_g=each.weight_g) for each in version.variants]
    )
    _refuse_strange_places(version, options)
    return replace(
        version,
        slug=row.slug,
        name=replace(version.name, en=row.name_en, zh=row.name_zh),
        text=replace(version.text, en=row.text_en, zh=row.text_zh),
        photo_url=row.photo_url,
        # What an attribute's choice is called stays with the version, so that it can be read when the choice is gone.
        options=tuple(
            replace(
                option,
                values=tuple(
                    each if each.choice_id is None else replace(each, name=called[o, v], swatch="") for v, each in enumerate(option.values)
                ),
            )
            for o, option in enumerate(options)
        ),
        variants=tuple(
            replace(each, sku=tidy.sku, option=tidy.option, weight_g=tidy.weight_g)
            for each, tidy in zip(version.variants, variants, strict=True)
        ),
        traits=tuple(trait_rules.tidy_traits(version.traits, known)),
    )


def _refuse_strangers(product_id: ProductId, version: Version) -> None:
    if version.category_id is not None and not models.Category.objects.filter(pk=version.category_id).exists():
        raise NotFound("category", version.category_id)
    if version.brand_id is not None and not models.Brand.objects.filter(pk=version.brand_id).exists():
        raise NotFound("brand", version.brand_id)
    own = set(models.Variant.objects.filter(product=product_id).values_list("pk", flat=True))
    for each in version.variants:
        if each.id is not None and each.id not in own:
            raise NotFound("variant", each.id)


def _refuse_strange_places(version: Version, options: Sequence[Any]) -> None:
    for variant in version.variants:
        for option, value in variant.stands:
            if not (0 <= option < len(options) and 0 <= value < len(options[option].values)):
                raise NotFound("value", f"{option}.{value}")


@transaction.atomic
def discard_draft(*, product_id: ProductId, actor: UserId | None, now: datetime) -> None:
    """Throw a product's draft away; it stays in the history. Another version's plan stays.

    Where the draft itself is planned its plan goes with it, so that only whoever may let it go live throws it away.
    Raises NotFound, NoDraft, NotAllowed.
    """
    store.lock_product(product_id)
    row = _desk(product_id, now)
    if not row.has_unpublished_changes:
        raise NoDraft(product_id)
    thrown = _known(row.latest_revision_id)
    if row.due_revision_id == thrown:
        access.require(actor, "catalog.publish_draft")
        _clear_schedule(row)
    draft_store.note(row, thrown, Step.DISCARDED, by=actor, now=now)
    row.has_unpublished_changes, row.latest_revision = False, row.live_revision
    _forget_failure(row)
    row.save()
    _trace("catalog.discard_draft", product_id, {"revision_id": thrown}, actor, now)


@transaction.atomic
def draft_again(*, product_id: ProductId, revision_id: RevisionId, actor: UserId | None, now: datetime) -> RevisionId:
    """Make an earlier version the draft, and return the new version. Raises NotFound, and what `keep_draft` raises."""
    earlier = version(product_id, revision_id).version
    live = draft_store.live([product_id])[product_id][0]
    return keep_draft(product_id=product_id, version=rules.at_home(earlier, live), actor=actor, now=now)


# ── into the shop ─────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def publish_draft(
    *, product_id: ProductId, revision_id: RevisionId, actor: UserId | None, now: datetime, seen: str | None = None
) -> RevisionId:
    """Let shoppers see a product's draft, the product shown from now on, and return its version; one that is live already stays.

    `seen` is the fingerprint of what was live when whoever decides looked. Raises NotFound, NoDraft where it is not the draft any more,
    ProductMoved, and what saving a product raises.
    """
    store.lock_product(product_id)
    row = _desk(product_id, now)
    if row.live_revision_id == revision_id and not row.has_unpublished_changes:
        return revision_id
    if not row.has_unpublished_changes or row.latest_revision_id != revision_id:
        raise NoDraft(product_id)
    _refuse_moved(product_id, seen)
    carry_out(row, row.latest_revision, actor=actor, now=now)
    return revision_id


def carry_out(row: ProductDesk, revision: Any, *, actor: UserId | None, now: datetime) -> None:
    """Put a version before shoppers: goods, history, trace and news together. In the caller's transaction; Wagtail's own way comes here."""
    product_id = ProductId(row.product_id)
    product = store.lock_product(product_id)
    before = writing.fields(product)
    found = rules.read(revision.content)
    _write(product, found, now)
    row.publish_row(revision, now)
    draft_store.note(row, revision.pk, Step.PUBLISHED, by=actor, now=now)
    after = writing.fields(product) | {"skus": [each.sku for each in found.variants], "revision_id": revision.pk}
    audit.record(actor=actor, act="catalog.publish_draft", subject=f"product:{product_id}", before=before, after=after, at=now)
    events.record(facts.ProductSaved(product_id=product_id, is_published=True), at=now)


def _write(row: models.Product, found: Version, now: datetime) -> None:
    product_id = ProductId(row.pk)
    writing.write_texts(row, found.slug, found.name, found.text)
    writing.write_extras(row, None, found.photo_url, None)
    writing.write_shelf(row, found.category_id)
    if found.brand_id is not None and found.brand_id != row.brand_id:
        trait_store.lock_brand(found.brand_id)
    row.brand_id, row.is_published, row.changed_at = found.brand_id, True, now
    store.save_product(row)
    attributes: dict[Any, Any] = {each.id: each for each in trait_store.attributes()}
    own = _write_options(product_id, found, attributes)
    store.save_variants(product_id, limits.tidy_variants([_variant(each, own) for each in found.variants]))
    trait_store.save_traits(product_id, trait_rules.tidy_traits(found.traits, attributes))


def _write_options(product_id: ProductId, found: Version, attributes: Any) -> tuple[Option, ...]:
    """Write a version's options where they are not the product's own already, and return the product's."""
    live = draft_store.live([product_id])[product_id][0]
    asked = replace(found, variants=(), traits=(), slug="", name=live.name, text=live.text)
    present = replace(live, variants=(), traits=(), slug="")
    same = rules.mark(replace(asked, category_id=None, brand_id=None, photo_url="")) == rules.mark(
        replace(present, category_id=None, brand_id=None, photo_url="")
    )
    if not same:
        # Every variant answers the new options when it is saved next; until then none stands for anything.
        models.Variant.objects.filter(product=product_id).update(is_sellable=False, value_1=None, value_2=None, value_3=None)
        option_store.save_options(product_id, option_rules.tidy(found.options, attributes))
    return option_store.options([product_id]).get(product_id, ())


def _variant(each: Any, own: Sequence[Option]) -> VariantDraft:
    answers: list[OptionValueId] = [own[option].values[value].id for option, value in each.stands]
    return VariantDraft(
        id=each.id, sku=each.sku, option=each.option, weight_g=each.weight_g, is_sellable=each.is_sellable, value_ids=tuple(answers)
    )


def draft_problem(*, product_id: ProductId, revision_id: RevisionId, now: datetime) -> Refusal | None:
    """Return why a version could not go live now, None where it could; nothing is changed."""
    try:
        with transaction.atomic():
            _write(store.lock_product(product_id), version(product_id, revision_id).version, now)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal
    return None


@transaction.atomic
def as_if_live(*, product_id: ProductId, revision_id: RevisionId, look: Callable[[str], T], now: datetime) -> T:
    """Return what `look` makes of the shop as it would be if a version were live, by the product's web name; then all is as before.

    Raises what keeps the version from going live.
    """
    product = store.lock_product(product_id)
    found = version(product_id, revision_id).version
    _write(product, found, now)
    seen = look(found.slug)
    transaction.set_rollback(True)
    return seen


def _refuse_moved(product_id: ProductId, seen: str | None) -> None:
    if seen is not None and rules.mark(draft_store.live([product_id])[product_id][0]) != seen:
        raise ProductMoved(product_id)


# ── by schedule ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def schedule_draft(
    *,
    product_id: ProductId,
    revision_id: RevisionId | None,
    go_live_at: datetime | None,
    expire_at: datetime | None,
    actor: UserId | None,
    now: datetime,
    seen: str | None = None,
) -> Desk:
    """Let a product's draft go live at a moment, or the product go off at one, or both, in place of what was planned; return its desk.

    Raises NotFound, NoDraft, MomentPast, EndsBeforeItBegins, OutOfRange (more than two years ahead), ProductMoved, and what would keep the
    draft from going live already now.
    """
    store.lock_product(product_id)
    row = _desk(product_id, now)
    _check_moments(go_live_at, expire_at, now)
    _refuse_moved(product_id, seen)
    if go_live_at is not None:
        if revision_id is None or not row.has_unpublished_changes or row.latest_revision_id != revision_id:
            raise NoDraft(product_id)
        problem = draft_problem(product_id=product_id, revision_id=revision_id, now=now)
        if problem is not None:
            raise problem
    before = _planned(row)
    _clear_schedule(row)
    if go_live_at is not None:
        row.due_revision_id, row.go_live_at = revision_id, go_live_at
        row.held_against = rules.mark(draft_store.live([product_id])[product_id][0])
        # Wagtail's own mark of a version that waits for its moment.
        row.revisions.filter(pk=revision_id).update(approved_go_live_at=go_live_at)
    row.expire_at, row.scheduled_by_id = expire_at, actor
    _forget_failure(row)
    row.save()
    draft_store.note(row, _about(row), Step.SCHEDULED, by=actor, now=now)
    audit.record(actor=actor, act="catalog.schedule_draft", subject=f"product:{product_id}", before=before, after=_planned(row), at=now)
    return draft_store.desks([product_id])[product_id]


def _about(row: ProductDesk) -> RevisionId:
    """Return the version that a plan is about: the one that is due, else the live one."""
    return _known(row.due_revision_id or row.live_revision_id)


def _known(number: int | None) -> RevisionId:
    # A desk that was opened has a live version, one with changes a draft.
    assert number is not None
    return RevisionId(number)


def _check_moments(go_live_at: datetime | None, expire_at: datetime | None, now: datetime) -> None:
    for field, moment in (("go_live_at", go_live_at), ("expire_at", expire_at)):
        if moment is not None and moment <= now:
            raise MomentPast(field, moment)
        if moment is not None and moment > now + FARTHEST:
            raise OutOfRange(field, moment.isoformat(), least=now.date(), most=(now + FARTHEST).date())
    if go_live_at is not None and expire_at is not None and expire_at <= go_live_at:
        raise EndsBeforeItBegins(expire_at)


@transaction.atomic
def unschedule_draft(*, product_id: ProductId, actor: UserId | None, now: datetime) -> None:
    """Let nothing happen to a product by itself any more, and put aside what failed; the draft stays. Raises NotFound."""
    store.lock_product(product_id)
    row = _desk(product_id, now)
    if row.go_live_at is None and row.expire_at is None and row.failure is None:
        return
    before, about = _planned(row), _about(row)
    _clear_schedule(row)
    row.expire_at = None
    _forget_failure(row)
    row.save()
    draft_store.note(row, about, Step.UNSCHEDULED, by=actor, now=now)
    audit.record(actor=actor, act="catalog.schedule_draft", subject=f"product:{product_id}", before=before, after=_planned(row), at=now)


def drafts_due(now: datetime) -> list[ProductId]:
    """Return the products of which something is due, the earliest first."""
    return draft_store.due(now)


@transaction.atomic
def carry_out_due(*, product_id: ProductId, now: datetime) -> bool:
    """Do what is due of one product, once, and return whether anything was: however many do this at once, however often one dies.

    What cannot be done is written down with its reason and is not tried again by itself.
    """
    # Somebody who just changes the product is not waited for: a minute later is soon enough.
    if not draft_store.free_product(product_id):
        return False
    row = draft_store.lock(product_id)
    if row.go_live_at is not None and row.go_live_at <= now:
        _go_live(row, now)
        return True
    if row.expire_at is not None and row.expire_at <= now:
        take_off(row, is_expired=True, actor=draft_store.user(row.scheduled_by_id), now=now)
        return True
    return False


def _go_live(row: ProductDesk, now: datetime) -> None:
    product_id, actor = ProductId(row.product_id), draft_store.user(row.scheduled_by_id)
    revision: Any = row.due_revision
    try:
        with transaction.atomic():
            if rules.mark(draft_store.live([product_id])[product_id][0]) != row.held_against:
                raise ProductMoved(product_id)
            carry_out(row, revision, actor=actor, now=now)
    except Refusal as refusal:
        _clear_schedule(row)
        row.failure = {"code": refusal.code, "field": refusal.field or "", "value": str(refusal.value or "")[:200]}
        row.failed_at = now
        row.save()
        draft_store.note(row, revision.pk, Step.FAILED, by=None, now=now)
        after = {"revision_id": revision.pk, "refusal": refusal.code}
        audit.record(actor=None, act="catalog.draft_failed", subject=f"product:{product_id}", before=None, after=after, at=now)


def take_off(row: ProductDesk, *, is_expired: bool, actor: UserId | None, now: datetime) -> None:
    """Take a desk's product out of the shop. In the caller's transaction; Wagtail's own way comes here."""
    product = store.lock_product(ProductId(row.product_id))
    ProductDesk.objects.filter(pk=row.pk).update(expire_at=None, expired=is_expired, live=False)
    if not product.is_published:
        return
    store.set_published(product, False, now)
    states = {"before": {"is_published": True}, "after": {"is_published": False}}
    audit.record(actor=actor, act="catalog.unpublish", subject=f"product:{product.pk}", at=now, **states)
    events.record(facts.ProductSaved(product_id=product.pk, is_published=False), at=now)


def _clear_schedule(row: ProductDesk) -> None:
    row.due_revision, row.go_live_at, row.held_against = None, None, ""
    row.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)


def _forget_failure(row: ProductDesk) -> None:
    row.failure, row.failed_at = None, None


def _planned(row: ProductDesk) -> dict[str, object]:
    moments = {"go_live_at": row.go_live_at, "expire_at": row.expire_at}
    return {"revision_id": row.due_revision_id} | {name: each.isoformat() if each else None for name, each in moments.items()}


def drafts_failed() -> int:
    """Return how many products did not go live when they should have, and nobody has seen to it."""
    return draft_store.failed()


# ── the shop's rule ───────────────────────────────────────────────────────────────────────────────────────────────────


def products_need_two() -> bool:
    """Return whether changes to what shoppers see of products need a second person."""
    return draft_store.needs_second_person()


def save_products_need_two(*, is_needed: bool) -> None:
    """Write down whether changes to what shoppers see of products need a second person; whoever calls checks the right and traces it."""
    draft_store.save_rule(is_needed)


def _trace(act: str, product_id: ProductId, after: dict[str, object], actor: UserId | None, now: datetime) -> None:
    audit.record(actor=actor, act=act, subject=f"product:{product_id}", before=None, after=after, at=now)
