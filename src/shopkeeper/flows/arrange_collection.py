"""The goods a collection names, all its parts said at once: chosen by hand, or put first and left out where a rule fills it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shopkeeper.kit.ids import CollectionId, ProductId, UserId
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes_collections import CollectionKind, Part


@transaction.atomic
def arrange(
    *, collection_id: CollectionId, products: Sequence[ProductId], left_out: Sequence[ProductId], actor: UserId | None, now: datetime
) -> None:
    """Name these products in a collection in their order, and leave those out, in place of what was; the same again changes nothing.

    What is named in both stands first. Raises NotFound, CollectionIsFull; Malformed where somebody fills the collection by hand and
    leaves goods out.
    """
    chosen = list(dict.fromkeys(products))
    out = [each for each in dict.fromkeys(left_out) if each not in set(chosen)]
    if catalog.collection_by_id(collection_id).kind is CollectionKind.RULE:
        wanted = {Part.OUT: out, Part.FIRST: chosen}
    else:
        wanted = {Part.IN: chosen} | ({Part.OUT: out} if out else {})
    named = catalog.named_in(collection_id)
    present = {part: [each.product_id for each in named if each.part is part] for part in wanted}
    if present == wanted:
        return
    for part, product_ids in wanted.items():
        catalog.name_products(collection_id=collection_id, part=part, product_ids=product_ids, actor=actor, now=now)
