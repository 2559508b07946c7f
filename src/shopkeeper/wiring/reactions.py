"""Which fact is heard by whom. A reaction takes a batch of one kind of fact and must be idempotent."""

from collections.abc import Sequence

from shopkeeper.events import public as events
from shopkeeper.events.facts import Fact, OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded, OrderShipped
from shopkeeper.events.shapes import Heard, Hearer


def _keep_in_lake(batch: Sequence[Heard]) -> None:
    from shopkeeper.insight.lake import reactions as lake

    lake.keep(batch)


LAKE = Hearer("lake", _keep_in_lake, hears_history=True)

def _write_to_buyers(batch: Sequence[Heard]) -> None:
    from shopkeeper.growth.messages import reactions as messages

    messages.write(batch)


MAILS = Hearer("mails", _write_to_buyers)

OTHERS: dict[type[Fact], tuple[Hearer, ...]] = {
    OrderPlaced: (MAILS,),
    OrderPaid: (MAILS,),
    OrderShipped: (MAILS,),
    OrderCancelled: (MAILS,),
    OrderRefunded: (MAILS,),
}
"""Who else hears which fact: mails, the search index."""

REACTIONS: dict[type[Fact], tuple[Hearer, ...]] = {kind: (LAKE, *OTHERS.get(kind, ())) for kind in events.kinds().values()}
