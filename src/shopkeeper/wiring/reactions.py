"""Which fact is heard by whom. A reaction takes a batch of one kind of fact and must be idempotent.

Rooms are imported when they first hear something: a web process that only records facts starts without them.
"""

from collections.abc import Sequence

from shopkeeper.events import public as events
from shopkeeper.events.facts import CategorySaved, Fact, OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded, OrderShipped, ProductSaved
from shopkeeper.events.shapes import Heard, Hearer
from shopkeeper.kit.ids import CategoryId, ProductId


def _keep_in_lake(batch: Sequence[Heard]) -> None:
    from shopkeeper.insight.lake import reactions as lake

    lake.keep(batch)


def _write_to_buyers(batch: Sequence[Heard]) -> None:
    from shopkeeper.growth.messages import reactions as messages

    messages.write(batch)


def _index_products(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products

    index_products.index(sorted({ProductId(heard.fact.product_id) for heard in batch if isinstance(heard.fact, ProductSaved)}))


def _index_categories(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products
    from shopkeeper.selling.catalog import public as catalog

    for category_id in sorted({CategoryId(heard.fact.category_id) for heard in batch if isinstance(heard.fact, CategorySaved)}):
        index_products.index(catalog.listing_ids(category_id))


LAKE = Hearer("lake", _keep_in_lake, hears_history=True)
MAILS = Hearer("mails", _write_to_buyers)

OTHERS: dict[type[Fact], tuple[Hearer, ...]] = {
    OrderPlaced: (MAILS,),
    OrderPaid: (MAILS,),
    OrderShipped: (MAILS,),
    OrderCancelled: (MAILS,),
    OrderRefunded: (MAILS,),
    ProductSaved: (Hearer("search", _index_products),),
    CategorySaved: (Hearer("search", _index_categories),),
}
"""Who hears a fact beside the lake."""

REACTIONS: dict[type[Fact], tuple[Hearer, ...]] = {kind: (LAKE, *OTHERS.get(kind, ())) for kind in events.kinds().values()}
"""Every kind of fact, each with all who hear it: the lake hears everything, history too."""
