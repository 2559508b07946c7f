"""What happened to a member, read live from the rooms where it happened: orders, requests, reviews and questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopkeeper.kit import together
from shopkeeper.kit.ids import CustomerId, OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Happening
from shopkeeper.selling.reviews import public as reviews

MOST = 50
NO_NAME = Bilingual("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that happened: about an order (`number`, and its link's `token`) or about goods (`name`, and their page's `slug`)."""

    at: datetime
    code: str
    number: str = ""
    token: str = ""
    name: Bilingual = NO_NAME
    slug: str = ""
    values: Mapping[str, str | int]
    is_new: bool


def news(customer_id: CustomerId) -> tuple[Item, ...]:
    """Return what happened to a member, the newest first: two statements."""
    happened, said, until = together.read(
        lambda: orders.news(customer_id, limit=MOST),
        lambda: reviews.told_to(customer_id, limit=MOST),
        lambda: orders.news_read_until(customer_id),
    )
    goods = catalog.products(sorted({each.product_id for each in said})) if said else {}
    found = [
        Item(
            at=each.at, code=each.code, number=each.number, token=each.token, values=each.values,
            is_new=not each.is_seen and (until is None or each.at > until),
        )
        for each in happened
    ]  # fmt: skip
    for each in said:
        product = goods.get(each.product_id)
        if product is not None:
            is_new = until is None or each.at > until
            found.append(Item(at=each.at, code=each.code, name=product.name, slug=product.slug, values={}, is_new=is_new))
    return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:MOST])


def mark_read(*, customer_id: CustomerId, until: datetime) -> None:
    """Remember that a member has read all that happened until then."""
    orders.mark_news_read(customer_id=customer_id, until=until)


def seen_on_its_page(order_id: OrderId, happened: Sequence[Happening], *, before: datetime | None) -> int:
    """Remember that somebody reads on an order's own page what happened to it, and return how much of it was new there.

    `before` is up to when it had been read. Nothing is written where nothing is new.
    """
    fresh = [each.at for each in happened if orders.is_told(each.code) and (before is None or each.at > before)]
    if fresh:
        orders.mark_news_seen(order_id=order_id, until=max(fresh))
    return len(fresh)
