"""Every change to a product is written down, and in a shop that wants it a second person is asked first: around each change, here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from shopkeeper.kit.ids import ProductId, UserId
from shopkeeper.selling.catalog import draft_store
from shopkeeper.selling.catalog.rules import versions as rules
from shopkeeper.selling.catalog.shapes_drafts import SecondPersonNeeded


@contextmanager
def noting(product_ids: Sequence[ProductId], *, actor: UserId | None, now: datetime) -> Iterator[list[ProductId]]:
    """Let a change to these products happen, then write down what they say; whoever makes one appends its id to what is yielded.

    Within the caller's transaction, with the products locked. Raises SecondPersonNeeded, so that the caller's transaction undoes it, where
    shoppers would see something else than before and this shop asks for a second person; taking a product off sale needs none.
    """
    needs_two = draft_store.needs_second_person()
    known = draft_store.desks(product_ids) if product_ids else {}
    unknown = list(product_ids) if needs_two else [each for each in product_ids if each not in known]
    before = draft_store.live(unknown) if unknown else {}
    changed = list(product_ids)
    yield changed
    present = draft_store.live(changed)
    if needs_two:
        for product_id, (version, is_shown) in present.items():
            former = before.get(product_id)
            if is_shown and (former is None or not former[1] or rules.mark(former[0]) != rules.mark(version)):
                raise SecondPersonNeeded(product_id)
    draft_store.note_live(present, before=before, by=actor, now=now)
