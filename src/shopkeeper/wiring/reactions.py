"""Which fact is heard by whom. A reaction takes a batch of one kind of fact and must be idempotent.

Rooms are imported when they first hear something: a web process that only records facts starts without them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from shopkeeper.events import public as events
from shopkeeper.events.facts import (
    BrandSaved,
    CategorySaved,
    Fact,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
    PriceSet,
    ProductSaved,
    StockMoved,
    StockReleased,
)
from shopkeeper.events.shapes import Heard, Hearer
from shopkeeper.kit.ids import BrandId, CategoryId, OrderId, ProductId, VariantId


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


def _index_brands(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products

    index_products.index_brands(sorted({BrandId(heard.fact.brand_id) for heard in batch if isinstance(heard.fact, BrandSaved)}))


def _mark_returned(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import write_review

    write_review.mark_returned(sorted({OrderId(heard.fact.order_id) for heard in batch if isinstance(heard.fact, OrderRefunded)}))


def _mark_variants(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products

    index_products.mark(sorted({VariantId(heard.fact.variant_id) for heard in batch if isinstance(heard.fact, PriceSet | StockMoved)}))


def _mark_ordered(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products

    lines = [line for heard in batch if isinstance(heard.fact, OrderPlaced) for line in heard.fact.lines]
    index_products.mark(sorted({VariantId(line.variant_id) for line in lines}))


def _mark_released(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import index_products

    index_products.mark_of_orders(sorted({OrderId(heard.fact.order_id) for heard in batch if isinstance(heard.fact, StockReleased)}))


def _ask_for_reviews(batch: Sequence[Heard]) -> None:
    from shopkeeper.growth.messages import reactions as messages

    messages.ask_for_reviews(batch)


def _tell_waiting(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import tell_waiting

    variants = {VariantId(heard.fact.variant_id) for heard in batch if isinstance(heard.fact, StockMoved)}
    tell_waiting.tell(variants, now=_now(batch))


def _tell_waiting_for_released(batch: Sequence[Heard]) -> None:
    from shopkeeper.flows import tell_waiting

    orders = {OrderId(heard.fact.order_id) for heard in batch if isinstance(heard.fact, StockReleased)}
    tell_waiting.tell_of_orders(orders, now=_now(batch))


def _now(batch: Sequence[Heard]) -> datetime:
    # A backlog is worked off late: who waits, and who has a head start, is judged as of now and not as of the old news.
    return max(datetime.now(UTC), *(heard.occurred_at for heard in batch))


LAKE = Hearer("lake", _keep_in_lake, hears_history=True)
MAILS = Hearer("mails", _write_to_buyers)

OTHERS: dict[type[Fact], tuple[Hearer, ...]] = {
    OrderPlaced: (MAILS, Hearer("search", _mark_ordered)),
    OrderPaid: (MAILS,),
    OrderShipped: (MAILS, Hearer("review-requests", _ask_for_reviews)),
    OrderCancelled: (MAILS,),
    OrderRefunded: (MAILS, Hearer("reviews", _mark_returned)),
    ProductSaved: (Hearer("search", _index_products),),
    CategorySaved: (Hearer("search", _index_categories),),
    BrandSaved: (Hearer("search", _index_brands),),
    PriceSet: (Hearer("search", _mark_variants),),
    StockMoved: (Hearer("search", _mark_variants), Hearer("waits", _tell_waiting)),
    StockReleased: (Hearer("search", _mark_released), Hearer("waits", _tell_waiting_for_released)),
}
"""Who hears a fact beside the lake."""

REACTIONS: dict[type[Fact], tuple[Hearer, ...]] = {kind: (LAKE, *OTHERS.get(kind, ())) for kind in events.kinds().values()}
"""Every kind of fact, each with all who hear it: the lake hears everything, history too."""
