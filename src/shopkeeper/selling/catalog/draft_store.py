"""Every query about drafts, versions and their steps: many products at once, each question one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wagtail.models import Revision

from shopkeeper.kit import together
from shopkeeper.kit.ids import ProductId, RevisionId, UserId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.selling.catalog import models, option_store, store, trait_store
from shopkeeper.selling.catalog.draft_models import DraftStep, ProductDesk, ProductRule
from shopkeeper.selling.catalog.rules import versions as rules
from shopkeeper.selling.catalog.shapes import Product, Trait, TraitDraft
from shopkeeper.selling.catalog.shapes_drafts import Desk, Failure, Happened, Kept, Step, Version, VersionVariant
from shopkeeper.selling.catalog.shapes_options import Option, OptionDraft, OptionValueDraft

# ── what is live now, as versions ─────────────────────────────────────────────────────────────────────────────────────


def live(product_ids: Sequence[ProductId]) -> dict[ProductId, tuple[Version, bool]]:
    """Return what these products say now, and whether shoppers see them; unknown ids are left out."""
    known: dict[ProductId, Product]
    known, options, traits = together.read(
        lambda: store.products(product_ids), lambda: option_store.options(product_ids), lambda: trait_store.traits(product_ids)
    )
    return {
        product_id: (_version(each, options.get(product_id, ()), traits.get(product_id, ())), each.is_published)
        for product_id, each in known.items()
    }


def _version(product: Product, options: Sequence[Option], traits: Sequence[Trait]) -> Version:
    drafts = tuple(
        OptionDraft(
            id=option.id,
            name=option.name,
            attribute_id=option.attribute_id,
            values=tuple(
                OptionValueDraft(id=each.id, name=each.name, swatch=each.swatch, choice_id=each.choice_id) for each in option.values
            ),
        )
        for option in options
    )
    places = rules.places(drafts)
    return Version(
        slug=product.slug,
        name=product.name,
        text=product.text,
        category_id=product.category_id,
        brand_id=product.brand_id,
        photo_url=product.photo_url,
        options=drafts,
        variants=tuple(
            VersionVariant(
                id=each.id,
                sku=each.sku,
                option=each.option,
                weight_g=each.weight_g,
                is_sellable=each.is_sellable,
                stands=tuple(sorted(places[value] for value in each.value_ids)),
            )
            for each in product.variants
        ),
        traits=tuple(
            TraitDraft(
                attribute_id=each.attribute_id, choice_ids=tuple(choice.id for choice in each.choices), number=each.number, text=each.text
            )
            for each in traits
        ),
    )


# ── desks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def desks(product_ids: Sequence[ProductId]) -> dict[ProductId, Desk]:
    """Return how the work on these products stands; those nobody ever worked on are left out: one query."""
    rows = ProductDesk.objects.filter(product__in=list(product_ids)).select_related("latest_revision")
    return {ProductId(row.product_id): desk(row) for row in rows}


def desk(row: ProductDesk) -> Desk:
    """Return a desk's row as it crosses the face."""
    draft = row.latest_revision if row.has_unpublished_changes else None
    return Desk(
        product_id=ProductId(row.product_id),
        draft_id=None if draft is None else RevisionId(draft.pk),
        draft_by=None if draft is None else user(draft.user_id),
        draft_at=None if draft is None else draft.created_at,
        due_id=None if row.due_revision_id is None else RevisionId(row.due_revision_id),
        go_live_at=row.go_live_at,
        expire_at=row.expire_at,
        scheduled_by=user(row.scheduled_by_id),
        failure=None if row.failure is None or row.failed_at is None else Failure(at=row.failed_at, **row.failure),
        live_id=None if row.live_revision_id is None else RevisionId(row.live_revision_id),
    )


def user(number: int | None) -> UserId | None:
    """Return a person's id, None for nobody."""
    return None if number is None else UserId(number)


def lock(product_id: ProductId) -> ProductDesk:
    """Return a product's desk, locked, made where there is none. The product's own row is locked by whoever calls, first."""
    row = _locked([product_id]).get(product_id)
    return row or ProductDesk.objects.create(product_id=product_id, live=False)


def _locked(product_ids: Iterable[ProductId]) -> dict[ProductId, ProductDesk]:
    rows = ProductDesk.objects.select_for_update(of=("self",)).filter(product__in=list(product_ids)).order_by("product")
    return {ProductId(row.product_id): row for row in rows.select_related("latest_revision", "live_revision")}


def failed() -> int:
    """Return how many products did not go live, or off, when they should have, and nobody has seen to it."""
    return ProductDesk.objects.filter(failed_at__isnull=False).count()


def due(now: datetime) -> list[ProductId]:
    """Return the products of which something is due, the earliest first."""
    live_now = ProductDesk.objects.filter(go_live_at__lte=now).order_by("go_live_at", "pk").values_list("product_id", flat=True)
    off_now = ProductDesk.objects.filter(expire_at__lte=now).order_by("expire_at", "pk").values_list("product_id", flat=True)
    return [ProductId(each) for each in dict.fromkeys([*live_now, *off_now])]


def free_product(product_id: ProductId) -> bool:
    """Lock a product that nobody else holds, and return whether that succeeded."""
    return models.Product.objects.select_for_update(skip_locked=True).filter(pk=product_id).exists()


# ── versions and their steps ──────────────────────────────────────────────────────────────────────────────────────────


def add(row: ProductDesk, version: Version, *, step: Step, by: UserId | None, now: datetime) -> Revision:
    """Write a version of a product down, with its first step, and return its row."""
    (made,) = add_many([(row, version, now)], step=step, by=by)
    return made


def add_many(found: Sequence[tuple[ProductDesk, Version, datetime]], *, step: Step, by: UserId | None) -> list[Revision]:
    """Write versions of several products down, each with its first step, and return their rows in order."""
    if not found:
        return []
    kind = ProductDesk.get_base_content_type()
    made = Revision.objects.bulk_create(
        Revision(
            content_type=kind, base_content_type=kind, object_id=str(row.pk), created_at=at, user_id=by, object_str=str(row),
            content=rules.written(version),
        )
        for row, version, at in found
    )  # fmt: skip
    DraftStep.objects.bulk_create(
        DraftStep(desk=row, revision=revision, step=step.value, by_id=by, at=at)
        for (row, _version, at), revision in zip(found, made, strict=True)
    )
    return list(made)


def note(row: ProductDesk, revision_id: RevisionId, step: Step, *, by: UserId | None, now: datetime) -> None:
    """Write down what happened to a version."""
    DraftStep.objects.create(desk=row, revision_id=revision_id, step=step.value, by_id=by, at=now)


def revision(row: ProductDesk, revision_id: RevisionId) -> Revision:
    """Return a version's row of this desk. Raises NotFound, also for another product's."""
    if not DraftStep.objects.filter(desk=row, revision=revision_id).exists():
        raise NotFound("revision", revision_id)
    return Revision.objects.get(pk=revision_id)


def kept(product_id: ProductId, revision_ids: Sequence[RevisionId]) -> dict[RevisionId, Kept]:
    """Return these versions of a product with their steps; strange ones are left out: one query."""
    steps = DraftStep.objects.filter(desk__product=product_id, revision__in=list(revision_ids)).order_by("id").select_related("revision")
    return _grouped(product_id, steps)


def history(product_id: ProductId, *, first: int, size: int) -> tuple[Kept, ...]:
    """Return a product's versions with their steps, newest first: one query."""
    own = DraftStep.objects.filter(desk__product=product_id, step__in=[Step.KEPT.value, Step.LIVE.value])
    some = own.order_by("-revision").values("revision")[first : first + size]
    steps = DraftStep.objects.filter(revision__in=some).order_by("id").select_related("revision")
    return tuple(sorted(_grouped(product_id, steps).values(), key=lambda each: each.id, reverse=True))


def history_length(product_id: ProductId) -> int:
    """Return how many versions a product has."""
    return DraftStep.objects.filter(desk__product=product_id, step__in=[Step.KEPT.value, Step.LIVE.value]).count()


def _grouped(product_id: ProductId, steps: Iterable[DraftStep]) -> dict[RevisionId, Kept]:
    rows: dict[RevisionId, Any] = {}
    happened: defaultdict[RevisionId, list[Happened]] = defaultdict(list)
    for each in steps:
        rows[RevisionId(each.revision_id)] = each.revision
        happened[RevisionId(each.revision_id)].append(Happened(step=Step(each.step), by=user(each.by_id), at=each.at))
    return {
        number: Kept(
            id=number, product_id=product_id, version=rules.read(row.content), by=user(row.user_id), at=row.created_at,
            steps=tuple(happened[number]),
        )
        for number, row in rows.items()
    }  # fmt: skip


def note_live(
    present: Mapping[ProductId, tuple[Version, bool]], *, before: Mapping[ProductId, tuple[Version, bool]], by: UserId | None, now: datetime
) -> None:
    """Write down what these products say now, where that is not what their history says last.

    `before` is what those said that have no history yet: that is written down first, as nobody's.
    """
    rows = _locked(present)
    new = [ProductDesk(product_id=each, live=False) for each in present if each not in rows]
    made = {ProductId(row.product_id): row for row in ProductDesk.objects.bulk_create(new)}
    begun = [each for each in made if each in before]
    for product_id, version in zip(
        begun, add_many([(made[each], before[each][0], now) for each in begun], step=Step.LIVE, by=None), strict=True
    ):
        made[product_id].live_revision = version
    rows |= made
    changed = [each for each, row in rows.items() if _is_news(row, present[each][0])]
    added = add_many([(rows[each], present[each][0], now) for each in changed], step=Step.LIVE, by=by)
    for product_id, version in zip(changed, added, strict=True):
        rows[product_id].live_revision = version
    for product_id, row in rows.items():
        row.live = present[product_id][1]
        if not row.has_unpublished_changes:
            row.latest_revision = row.live_revision
    ProductDesk.objects.bulk_update(rows.values(), ["live", "live_revision", "latest_revision"], batch_size=1_000)


def _is_news(row: ProductDesk, version: Version) -> bool:
    return row.live_revision is None or rules.mark(rules.read(row.live_revision.content)) != rules.mark(version)


# ── whether a second person is needed ─────────────────────────────────────────────────────────────────────────────────


def needs_second_person() -> bool:
    """Return whether changes to what shoppers see need a second person."""
    return ProductRule.objects.filter(needs_second_person=True).exists()


def save_rule(needs: bool) -> None:
    """Write down whether changes to what shoppers see need a second person."""
    ProductRule.objects.update_or_create(pk=1, defaults={"needs_second_person": needs})
