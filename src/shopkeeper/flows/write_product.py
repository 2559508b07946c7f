"""A product made, priced from the first, or changed, as the console's form does it; sent twice under one idempotency key, made once."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from shopkeeper.flows import set_price
from shopkeeper.kit.ids import OptionValueId, ProductId, UserId, VariantId
from shopkeeper.kit.refusals import NotFound
from shopkeeper.ops.access import public as access
from shopkeeper.ops.requests import public as requests
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Product, VariantDraft
from shopkeeper.selling.catalog.shapes_drafts import Version, VersionVariant
from shopkeeper.selling.catalog.shapes_options import Option


@dataclass(frozen=True, slots=True)
class FirstPrice:
    """What a new variant costs from now on, in the minor unit of the shop's currency, and why."""

    amount_minor: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """All of a new product: what is said of it, the price of each variant by its place (None: none yet), and whether it is shown."""

    said: Version
    prices: tuple[FirstPrice | None, ...]
    is_shown: bool


def make(*, new: NewProduct, actor: UserId, now: datetime, key: str | None = None) -> ProductId:
    """Make a product with its options, brand, attributes and prices, all or nothing, and return its id; repeating the key makes no other.

    Raises NotAllowed where prices, options or a description are said by somebody who may not, SlugTaken, SkuTaken, CombinationMissing,
    CombinationTaken, NameTwice, NotFound, OutOfRange, Malformed, KeyReused; SecondPersonNeeded where it is to be shown in a shop that
    asks for one.
    """
    answer = requests.once(
        key=key, asker=requests.STAFF, act="catalog.save_product", asked=json.loads(json.dumps(asdict(new), default=str)),
        work=lambda: {"id": _make(new, actor, now)}, now=now,
    )  # fmt: skip
    return ProductId(int(answer["id"]))


def _make(new: NewProduct, actor: UserId, now: datetime) -> ProductId:
    said = new.said
    _require(new, actor)
    if said.options:
        made = _with_options(new, actor, now)
    else:
        made = _save(None, said, _drafts(said.variants, ()), is_shown=new.is_shown, actor=actor, now=now)
    if said.brand_id is not None or said.traits:
        catalog.describe(product_id=made.id, brand_id=said.brand_id, traits=said.traits, actor=actor, now=now)
    for variant, price in zip(made.variants, new.prices, strict=True):
        if price is not None:
            # Nothing can be far below the first price there is: nobody else is asked.
            set_price.set_price(variant_id=variant.id, amount_minor=price.amount_minor, reason=price.reason, actor=actor, now=now)
    return made.id


def _require(new: NewProduct, actor: UserId) -> None:
    if any(new.prices):
        access.require(actor, "pricing.set_price")
    if new.said.options:
        access.require(actor, "catalog.save_options")
    if new.said.brand_id is not None or new.said.traits:
        access.require(actor, "catalog.describe")


def _with_options(new: NewProduct, actor: UserId, now: datetime) -> Product:
    """Make a product whose variants stand for values: these have ids only when the product is there."""
    said = new.said
    # Off sale a variant may stand for nothing yet.
    bare = [VariantDraft(sku=each.sku, option=each.option, weight_g=each.weight_g, is_sellable=False) for each in said.variants]
    made = _save(None, said, bare, is_shown=False, actor=actor, now=now)
    own = catalog.save_options(product_id=made.id, options=said.options, actor=actor, now=now)
    ids = [each.id for each in made.variants]
    return _save(made.id, said, _drafts(said.variants, own, ids), is_shown=new.is_shown, actor=actor, now=now)


@transaction.atomic
def change(*, product_id: ProductId, said: Version, is_shown: bool, actor: UserId, now: datetime) -> None:
    """Change a product's texts, shelf and variants, and whether it is shown; where it is so already nothing is written.

    Options, brand and attributes stay as they are. Raises as `catalog.save_product`, and SecondPersonNeeded.
    """
    # Held before it is read: what somebody else saves meanwhile would be taken for what was there.
    catalog.lock_products([product_id])
    before, own = catalog.working(product_id), catalog.options([product_id]).get(product_id, ())
    with transaction.atomic():
        _save(product_id, said, _drafts(said.variants, own), is_shown=is_shown, actor=actor, now=now)
        after = catalog.working(product_id)
        if (after.live, after.is_published) == (before.live, before.is_published):
            transaction.set_rollback(True)


def _save(
    product_id: ProductId | None, said: Version, variants: Sequence[VariantDraft], *, is_shown: bool, actor: UserId, now: datetime
) -> Product:
    return catalog.save_product(
        product_id=product_id, slug=said.slug, name=said.name, text=said.text, category_id=said.category_id, variants=variants,
        is_published=is_shown, photo_url=said.photo_url, actor=actor, now=now,
    )  # fmt: skip


def _drafts(variants: Sequence[VersionVariant], own: Sequence[Option], ids: Sequence[VariantId] = ()) -> list[VariantDraft]:
    """Return variants as a product's own options answer them; `ids` are those of variants made just now."""
    return [
        VariantDraft(
            id=ids[place] if ids else each.id, sku=each.sku, option=each.option, weight_g=each.weight_g, is_sellable=each.is_sellable,
            value_ids=_values(each, own),
        )
        for place, each in enumerate(variants)
    ]  # fmt: skip


def _values(variant: VersionVariant, own: Sequence[Option]) -> tuple[OptionValueId, ...]:
    found = []
    for option, value in variant.stands:
        if not (0 <= option < len(own) and 0 <= value < len(own[option].values)):
            raise NotFound("value", f"{option}.{value}")
        found.append(own[option].values[value].id)
    return tuple(found)
