"""Facts and hearers for tests of the events room."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shopkeeper.events.facts import Fact, OrderPaid, OrderPlaced, OrderShipped
from shopkeeper.events.shapes import Heard, Hearer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def placed(order_id: int) -> OrderPlaced:
    return OrderPlaced(
        order_id=order_id, number=f"A{order_id}", channel="web", buyer_id=1, is_guest=False, country="GB", currency="GBP", lines=(),
        delivery_minor=0, delivery_tax_minor=0, total_minor=100,
    )  # fmt: skip


def paid(order_id: int, amount_minor: int = 100) -> OrderPaid:
    return OrderPaid(order_id=order_id, payment_id=order_id, buyer_id=1, amount_minor=amount_minor)


def shipped(order_id: int) -> OrderShipped:
    return OrderShipped(order_id=order_id, shipment_id=order_id, warehouse_id=1, carrier="post", lines=(), is_complete=True)


class Listener:
    """A hearer that remembers what it heard, batch by batch, and fails for the orders named in `fails_for`."""

    def __init__(self, name: str, *, fails_for: Sequence[int] = ()) -> None:
        self.name = name
        self.fails_for = set(fails_for)
        self.batches: list[list[Heard]] = []

    def __call__(self, batch: Sequence[Heard]) -> None:
        for heard in batch:
            if heard.fact.order_id in self.fails_for:
                raise RuntimeError(f"cannot take order {heard.fact.order_id} of ada@example.org")
        self.batches.append(list(batch))

    @property
    def heard(self) -> list[tuple[str, int]]:
        return [(type(heard.fact).__name__, heard.fact.order_id) for batch in self.batches for heard in batch]


def listening(*listeners: Listener, kinds: Sequence[type[Fact]] = (OrderPlaced, OrderPaid, OrderShipped), history: bool = False):
    return {kind: [Hearer(listener.name, listener, hears_history=history) for listener in listeners] for kind in kinds}
