"""Options of products, the combinations variants stand for, and related goods. Part of the catalogue's face (`public`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shopkeeper.events import facts
from shopkeeper.events import public as events
from shopkeeper.kit.ids import AttributeId, OptionValueId, ProductId, UserId, VariantId
from shopkeeper.kit.refusals import NotFound, OutOfRange
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.audit import public as audit
from shopkeeper.selling.catalog import models, option_store, store, trait_store
from shopkeeper.selling.catalog.rules import limits
from shopkeeper.selling.catalog.rules import options as rules
from shopkeeper.selling.catalog.shapes import Product, Variant, VariantDraft
from shopkeeper.selling.catalog.shapes_options import (
    MOST_RELATED,
    Extras,
    Link,
    NameTwice,
    NewVariant,
    Option,
    OptionDraft,
    OptionValueDraft,
    RelatedToItself,
    ValueIsUsed,
)
from shopkeeper.selling.catalog.versions import noting


def options(product_ids: Sequence[ProductId]) -> dict[ProductId, tuple[Option, ...]]:
    """Return the options of these products with their values, in order; products without any are left out."""
    return option_store.options(product_ids) if product_ids else {}


def extras(product_id: ProductId) -> Extras:
    """Return what a product's page says beside its goods; nothing where there is no such product."""
    return option_store.extras(product_id)


@transaction.atomic
def save_options(*, product_id: ProductId, options: Sequence[OptionDraft], actor: UserId | None, now: datetime) -> tuple[Option, ...]:
    """Say which options a product has, with their values, and return them; what is left out goes. Variants are called by their values.

    Variants keep their values. A new option is answered by its first value, on every variant; where there were no options, by the values
    a variant's own words name. A value for which variants on sale stand cannot go. The same again changes nothing. Raises NotFound,
    OutOfRange, Malformed, NameTwice, ValueIsUsed, OptionIsUsed, CombinationUnclear, CombinationTaken.
    """
    row = store.lock_product(product_id)
    known = {each.id: each for each in trait_store.attributes()}
    drafts = rules.tidy(options, known)
    before, variants = option_store.options([product_id]).get(product_id, ()), _variants(product_id)
    if drafts == rules.tidy([_as_drafted(each) for each in before], known):
        return before
    _refuse_used(before, drafts, variants)
    with noting([product_id], actor=actor, now=now):
        option_store.save_options(product_id, drafts)
        after = option_store.options([product_id]).get(product_id, ())
        option_store.stand_for(after, rules.assign(before, after, variants))
        option_store.compose([product_id])
    _tell(row, "catalog.save_options", before=_told(before), after=_told(after), actor=actor, now=now)
    return after


def missing_variants(product_id: ProductId) -> tuple[NewVariant, ...]:
    """Return the combinations for which no variant stands, each with a SKU nobody has. Raises NotFound, TooManyCombinations."""
    product = _product(product_id)
    own = option_store.options([product_id]).get(product_id, ())
    proposed = rules.missing(own, product.variants, slug=product.slug)
    return tuple(rules.untaken(proposed, option_store.taken(rules.numbered(each.sku for each in proposed)))) if proposed else ()


@transaction.atomic
def add_variants(*, product_id: ProductId, variants: Sequence[NewVariant], actor: UserId | None, now: datetime) -> Product:
    """Add variants that stand for combinations, on sale from now on as far as they have a price; return the product.

    Raises NotFound, SkuTaken, CombinationMissing, CombinationTaken, OutOfRange (none, or more than a product may have), Malformed.
    """
    row = store.lock_product(product_id)
    if not variants:
        raise OutOfRange("variants", 0, least=1, most=limits.MOST_VARIANTS)
    new = [VariantDraft(sku=each.sku, weight_g=each.weight_g, value_ids=each.value_ids) for each in variants]
    drafts = limits.tidy_variants([*(_as_is(each) for each in _variants(product_id)), *new])
    with noting([product_id], actor=actor, now=now):
        store.save_variants(product_id, drafts)
    _tell(row, "catalog.add_variants", before=None, after={"skus": [each.sku for each in drafts[-len(new) :]]}, actor=actor, now=now)
    return _product(product_id)


@transaction.atomic
def set_on_sale(*, variant_id: VariantId, is_sellable: bool, actor: UserId | None, now: datetime) -> Product:
    """Put a variant on sale, or take it off, and return its product; one that is so already stays untouched.

    Raises NotFound, CombinationMissing, CombinationTaken, SecondPersonNeeded.
    """
    goods = store.goods([variant_id]).get(variant_id)
    if goods is None:
        raise NotFound("variant", variant_id)
    # Held before it is read: what somebody else saves meanwhile would be written over.
    row = store.lock_product(goods.product_id)
    found = _product(goods.product_id)
    variant = next(each for each in found.variants if each.id == variant_id)
    if variant.is_sellable == is_sellable:
        return found
    drafts = [replace(_as_is(each), is_sellable=is_sellable) if each is variant else _as_is(each) for each in found.variants]
    with noting([found.id], actor=actor, now=now):
        store.save_variants(found.id, drafts)
    before, after = ({"sku": variant.sku, "is_sellable": each} for each in (variant.is_sellable, is_sellable))
    _tell(row, "catalog.save_product", before=before, after=after, actor=actor, now=now)
    return _product(found.id)


@transaction.atomic
def relate(*, product_id: ProductId, links: Sequence[Link], actor: UserId | None, now: datetime) -> None:
    """Say which goods go with a product and which can stand in its place, in their order, in place of what was said.

    The same again changes nothing. Raises NotFound, RelatedToItself, NameTwice for goods named twice, OutOfRange for too many.
    """
    row = store.lock_product(product_id)
    if len(links) > MOST_RELATED:
        raise OutOfRange("links", len(links), least=0, most=MOST_RELATED)
    others = store.products([each.product_id for each in links])
    seen: set[ProductId] = set()
    for each in links:
        if each.product_id == product_id:
            raise RelatedToItself("A product does not go with itself", field="links", value=product_id)
        if each.product_id not in others:
            raise NotFound("product", each.product_id)
        if each.product_id in seen:
            raise NameTwice(others[each.product_id].name.pick("en"), field="links")
        seen.add(each.product_id)
    former = option_store.links(product_id)
    if tuple(links) == former:
        return
    slugs = {number: each.slug for number, each in (others | store.products([each.product_id for each in former])).items()}
    option_store.save_links(product_id, links)
    _tell(row, "catalog.relate", before=_linked(former, slugs), after=_linked(links, slugs), actor=actor, now=now)


def follow_attribute(attribute_id: AttributeId, now: datetime) -> None:
    """Let variants be called as an attribute's choices are called now; for a caller in its own transaction."""
    found = option_store.products_by_attribute(attribute_id)
    if not found:
        return
    option_store.compose(found)
    for product_id, each in store.products(found).items():
        events.record(facts.ProductSaved(product_id=product_id, is_published=each.is_published), at=now)


def _product(product_id: ProductId) -> Product:
    found = store.products([product_id]).get(product_id)
    if found is None:
        raise NotFound("product", product_id)
    return found


def _variants(product_id: ProductId) -> tuple[Variant, ...]:
    return _product(product_id).variants


def _as_is(variant: Variant) -> VariantDraft:
    return VariantDraft(
        id=variant.id, sku=variant.sku, option=variant.option, weight_g=variant.weight_g, is_sellable=variant.is_sellable,
        value_ids=variant.value_ids,
    )  # fmt: skip


def _as_drafted(option: Option) -> OptionDraft:
    """Return an option as it would be saved again."""
    values = tuple(OptionValueDraft(id=each.id, name=each.name, swatch=each.swatch, choice_id=each.choice_id) for each in option.values)
    return OptionDraft(id=option.id, name=option.name, attribute_id=option.attribute_id, values=values)


def _refuse_used(before: Sequence[Option], drafts: Sequence[OptionDraft], variants: Sequence[Variant]) -> None:
    """Refuse that a value goes, its option staying, while variants on sale stand for it."""
    kept = {each.id: {value.id for value in each.values} for each in drafts if each.id is not None}
    for option in before:
        for value in option.values:
            users = _on_sale(variants, value.id)
            if option.id in kept and value.id not in kept[option.id] and users:
                raise ValueIsUsed(value.name.en or value.name.zh, users)


def _on_sale(variants: Sequence[Variant], value_id: OptionValueId) -> int:
    return sum(each.is_sellable and value_id in each.value_ids for each in variants)


def _tell(
    row: models.Product, act: str, *, before: dict[str, object] | None, after: dict[str, object], actor: UserId | None, now: datetime
) -> None:
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    audit.record(actor=actor, act=act, subject=f"product:{row.pk}", before=before, after=after, at=now)
    events.record(facts.ProductSaved(product_id=row.pk, is_published=row.is_published), at=now)


def _told(options: Sequence[Option]) -> dict[str, object]:
    return {"options": [f"{_word(each.name)}: {', '.join(_word(value.name) for value in each.values)}" for each in options]}


def _word(name: Bilingual) -> str:
    return name.pick("en")


def _linked(links: Sequence[Link], slugs: Mapping[ProductId, str]) -> dict[str, object]:
    return {"links": [f"{each.kind.value}: {slugs[each.product_id]}" for each in links]}
