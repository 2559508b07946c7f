"""The acts of a shop, each with what stood before it, how it is taken up again after a death, and what must be true in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from shopkeeper.events import public as events
from shopkeeper.events.models import OutboxFact
from shopkeeper.flows import audit_books, cancel_order, change_many, drafts, place_order, refund_order, settle_payment, ship_order, sweep
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop, told
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.models import Outgoing
from shopkeeper.growth.messages.shapes import MailKind
from shopkeeper.insight.lake import files, store
from shopkeeper.insight.lake.rules.tables import table_name
from shopkeeper.kit.ids import OrderId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.models import collection_models
from shopkeeper.selling.catalog.shapes_collections import Edit, EditKind, PriceHow, PriceStep
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.models import Order as OrderRow
from shopkeeper.selling.orders.shapes import Order, OrderState, RefundState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.adapters.fake import FakeProvider
from shopkeeper.selling.payments.adapters.provider import Ask
from shopkeeper.selling.payments.shapes import PaymentState, Webhook
from shopkeeper.selling.pricing import public as pricing
from shopkeeper.wiring.reactions import REACTIONS
from tests.crash.postbox import letters

SOON, EXPIRED, LATE = NOON + timedelta(minutes=5), NOON + timedelta(minutes=31), NOON + timedelta(minutes=46)
THE_END = NOON + timedelta(hours=6)
# Days after the last parcel its buyer is asked for a review, or found to be nobody who may be asked.
REVIEWS_ASKED = NOON + timedelta(days=15)


NO_ORDER = OrderId(0)


@dataclass
class Before:
    """What a scene begins with: the shop, the order it is about, and messages on their way."""

    shop: SmallShop
    order_id: OrderId = NO_ORDER
    request: dict[str, Any] = field(default_factory=dict)
    messages: list[Webhook] = field(default_factory=list)

    @property
    def order(self) -> Order:
        return orders.order(self.order_id)


@dataclass(frozen=True)
class Scene:
    """`again` is what the outer world does after a death (a buyer or a provider repeats itself); `holds` asserts the end."""

    prepare: Callable[[], Before]
    act: Callable[[Before], object]
    holds: Callable[[Before], None]
    again: Callable[[Before], object] | None = None


# ── recovery ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def recover() -> None:
    """Do what the worker does round after round, for hours, until nothing is left to do."""
    # What was under way when the process died is taken up when its lease runs out, sooner or later.
    for minutes in (7, 12, 20, 32, 48, 60, 120, 300):
        now = NOON + timedelta(minutes=minutes)
        assert sweep.sweep(now).failed == 0
        tell(now)
    assert sweep.sweep(THE_END) == sweep.Swept(webhooks=0, payments=0, refunds=0, expired=0, failed=0)
    messages.send_due(now=REVIEWS_ASKED)


def tell(now: datetime) -> None:
    events.dispatch_all(REACTIONS, now=now)
    messages.send_due(now=now)


def all_is_well() -> None:
    """Assert what holds after every scene: the books, every fact kept once and told once, every letter sent."""
    assert audit_books.run(THE_END).findings == ()
    backlog = events.backlog()
    assert (backlog.unheard, backlog.retrying, backlog.parked) == (0, 0, 0)
    _the_lake_has_every_fact_once()
    _every_reason_has_its_letter()


def _the_lake_has_every_fact_once() -> None:
    kinds = sorted(set(OutboxFact.objects.values_list("kind", flat=True)))
    listed = store.listings([table_name(kind) for kind in kinds])
    for kind in kinds:
        kept = [fact for path in listed[table_name(kind)].paths for fact in sorted(files.fact_ids(path))]
        rows = sum(files.row_count(path) or 0 for path in listed[table_name(kind)].paths)
        assert sorted(kept) == sorted(OutboxFact.objects.filter(kind=kind).values_list("id", flat=True)), kind
        assert rows == len(kept), kind


def _every_reason_has_its_letter() -> None:
    reasons = ("OrderPlaced", "OrderPaid", "OrderShipped", "OrderCancelled", "OrderRefunded")
    asked = Outgoing.objects.filter(kind=MailKind.REVIEW_REQUEST)
    assert Outgoing.objects.exclude(kind=MailKind.REVIEW_REQUEST).count() == OutboxFact.objects.filter(kind__in=reasons).count()
    # A buyer is asked for a review once for each order, however many parcels left.
    assert asked.count() == len({fact.entity for fact in OutboxFact.objects.filter(kind="OrderShipped")})
    assert set(Outgoing.objects.values_list("state", flat=True)) <= {"sent", "skipped"}
    sent = letters()
    assert len(sent) == Outgoing.objects.filter(state="sent").count()
    # Only the letter under way at the death may go twice; its name is the same, so that mailboxes can tell.
    assert sum(sent.values()) <= len(sent) + 1


def opened() -> SmallShop:
    """Open a small shop whose own facts were heard long ago: the scenes are about trade."""
    shop = small_shop()
    OutboxFact.objects.all().delete()
    return shop


# ── placing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _with_basket(method: str) -> Callable[[], Before]:
    def prepare() -> Before:
        shop = opened()
        return Before(shop, request=shop.request(shop.basket(TEA=2, CUP=1), key="the-only-key", method=method))

    return prepare


def _place(before: Before) -> object:
    return place_order.place_order(**before.request)


def _placed_once(before: Before) -> None:
    (summary,) = orders.list_orders()
    order = orders.order(summary.id)
    assert order.state is OrderState.PAID
    assert before.shop.payment(order.id).balance.captured_minor == order.paid_minor == order.total_minor
    assert len(told("OrderPaid")) == len(told("OrderPlaced")) == 1
    assert before.shop.available("TEA") == 8


def _placed_or_nothing(before: Before) -> None:
    """The buyer never came back: nothing, or an order that was paid, or one that expired and holds nothing."""
    found = list(orders.list_orders())
    if not found:
        assert (before.shop.available("TEA"), told("OrderPlaced")) == (10, [])
        return
    (summary,) = found
    order = orders.order(summary.id)
    assert order.state in (OrderState.PAID, OrderState.EXPIRED)
    assert before.shop.available("TEA") == (8 if order.state is OrderState.PAID else 10)
    assert len(told("OrderPaid")) == (order.state is OrderState.PAID)
    assert order.paid_minor == (order.total_minor if order.state is OrderState.PAID else 0)


# ── news of money ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _bought(method: str, **units: int) -> Before:
    shop = opened()
    return Before(shop, order_id=shop.buy(method=method, **units).id)


def _news(before: Before, at: datetime) -> Before:
    before.messages = payments.webhooks_of_test_provider(at)
    assert before.messages
    return before


def _silent() -> Before:
    return _news(_bought("test-silent", TEA=2, CUP=1), SOON)


def _duplicate() -> Before:
    before = _news(_bought("test-duplicate", TEA=2), SOON)
    assert len(before.messages) == 4
    return before


def _late() -> Before:
    before = _bought("test-late", TEA=9)
    sweep.sweep(EXPIRED)
    assert before.order.state is OrderState.EXPIRED
    return _news(before, LATE)


def _late_and_gone() -> Before:
    before = _bought("test-late", TEA=9)
    sweep.sweep(EXPIRED)
    before.shop.buy(TEA=5)
    before.messages = [
        each for each in payments.webhooks_of_test_provider(LATE) if before.shop.payment(before.order_id).name in str(each.body)
    ]
    return before


def _taken_and_gone() -> Before:
    """Money that was taken at the provider's own desk, for an order whose goods are gone."""
    before = _late_and_gone()
    payment = before.shop.payment(before.order_id)
    provider = FakeProvider()
    provider.capture(
        Ask(key="at-the-desk", payment_name=payment.name, reference="", method="test-late", amount_minor=payment.amount_minor,
            currency="GBP", at=LATE)
    )  # fmt: skip
    # The newest news first: it comes in any order.
    before.messages = [*payments.webhooks_of_test_provider(LATE), *before.messages]
    assert len(before.messages) == 2
    return before


def _heard_and_not_settled() -> Before:
    before = _silent()
    for message in before.messages:
        payments.hear_webhook(provider="test", body=message.body, headers=message.headers, now=SOON)
    return before


def _cancelled_and_then_reserved() -> Before:
    before = _bought("test-silent", TEA=2, CUP=1)
    cancel_order.cancel(order_id=before.order_id, reason="buyer", actor=None, now=NOON)
    return _news(before, SOON)


def _hear(at: datetime) -> Callable[[Before], object]:
    def act(before: Before) -> None:
        for message in before.messages:
            settle_payment.hear_webhook(provider="test", body=message.body, headers=message.headers, now=at)

    return act


def _paid_once(before: Before) -> None:
    assert before.order.state is OrderState.PAID
    assert before.shop.payment(before.order_id).balance.captured_minor == before.order.paid_minor == before.order.total_minor
    assert len(told("OrderPaid")) == 1


def _let_go(before: Before) -> None:
    payment = before.shop.payment(before.order_id)
    assert (payment.state, payment.balance.captured_minor) == (PaymentState.VOIDED, 0)
    assert before.order.paid_minor == 0
    assert [fact["order_id"] for fact in told("OrderPaid")].count(before.order_id) == 0


def _given_back_once(before: Before) -> None:
    payment = before.shop.payment(before.order_id)
    assert payment.balance.refunded_minor == payment.balance.captured_minor == payment.amount_minor
    assert before.order.state is OrderState.EXPIRED
    assert [entry.code for entry in orders.timeline(before.order_id)].count("money_returned") == 1


# ── after the money ───────────────────────────────────────────────────────────────────────────────────────────────────


def _paid() -> Before:
    return _bought("test-ok", TEA=2, CUP=1)


def _shipped() -> Before:
    before = _paid()
    _ship(before)
    return before


def _ship(before: Before) -> object:
    return ship_order.ship(order_id=before.order_id, carrier="Royal Mail", actor=None, now=NOON)


def _refund(before: Before) -> object:
    line = before.order.lines[0].id
    return refund_order.refund(order_id=before.order_id, lines=[(line, 1, True)], delivery=True, reason="damaged", actor=None, now=NOON)


def _cancel(before: Before) -> object:
    return cancel_order.cancel(order_id=before.order_id, reason="buyer", actor=None, now=NOON)


def _refunds_agree(before: Before) -> int:
    order = before.order
    given_back = before.shop.payment(order.id).balance.refunded_minor
    assert given_back == order.refunded_minor
    assert len(told("OrderRefunded")) == len(order.refunds)
    assert {refund.state for refund in order.refunds} <= {RefundState.SETTLED}
    return given_back


def _shipped_or_not(before: Before) -> None:
    is_sent = before.order.state is OrderState.SHIPPED
    assert len(told("OrderShipped")) == len(before.order.shipments) == is_sent
    assert [fact["units"] for fact in told("StockMoved") if fact["reason"] == "sold"] == ([-2, -1] if is_sent else [])


def _refunded_or_not(before: Before) -> None:
    assert _refunds_agree(before) in (0, 1_250 + 395)


def _returned_or_not(before: Before) -> None:
    given_back = _refunds_agree(before)
    assert given_back in (0, 1_250 + 395)
    assert before.shop.available("TEA") == (9 if given_back else 8)


def _cancelled_or_not(before: Before) -> None:
    is_cancelled = before.order.state is OrderState.CANCELLED
    assert _refunds_agree(before) == (before.order.total_minor if is_cancelled else 0)
    assert before.shop.available("TEA") == (10 if is_cancelled else 8)


def _unpaid_cancelled(before: Before) -> None:
    """Cancelled, and the money that came was let go of; or never cancelled, and so paid."""
    if before.order.state is OrderState.CANCELLED:
        _let_go(before)
        assert before.shop.available("TEA") == 10
    else:
        _paid_once(before)


# ── telling, and finishing what others left ───────────────────────────────────────────────────────────────────────────


def _much_to_tell() -> Before:
    before = _shipped()
    _refund(before)
    return before


def _dispatch(before: Before) -> object:
    return events.dispatch_all(REACTIONS, now=NOON + timedelta(minutes=1))


def _letters_to_send() -> Before:
    before = _much_to_tell()
    _dispatch(before)
    return before


def _send(before: Before) -> object:
    return messages.send_due(now=NOON + timedelta(minutes=2))


def _nothing_more(before: Before) -> None:
    assert (len(told("OrderPlaced")), len(told("OrderPaid")), len(told("OrderShipped")), len(told("OrderRefunded"))) == (1, 1, 1, 1)


def _all_kinds_of_unfinished_work() -> Before:
    before = _bought("test-silent", TEA=1)
    before.shop.basket()
    shop = before.shop
    place_order.open_order(**shop.request(shop.basket(CUP=1)))
    refunded = shop.buy(TEA=2)
    with mock.patch.object(payments, "refund", side_effect=SystemExit):
        for act in (_refund, _cancel):
            try:
                act(Before(shop, order_id=refunded.id))
            except SystemExit:
                continue
    return before


def _sweep(before: Before) -> object:
    return sweep.sweep(EXPIRED)


def _all_finished(before: Before) -> None:
    states = sorted(OrderRow.objects.values_list("state", flat=True))
    assert states == ["cancelled", "expired", "paid"]
    cancelled = orders.order(OrderId(OrderRow.objects.get(state="cancelled").pk))
    assert {refund.state for refund in cancelled.refunds} == {RefundState.SETTLED}
    assert before.shop.payment(cancelled.id).balance.refunded_minor == cancelled.refunded_minor == cancelled.total_minor
    assert (before.shop.available("TEA"), before.shop.available("CUP")) == (9, 5)
    _paid_for(before.order_id)


def _paid_for(order_id: OrderId) -> None:
    assert [fact["order_id"] for fact in told("OrderPaid")].count(order_id) == 1


def _planned() -> Before:
    """A draft of one product and the end of another are due."""
    shop = opened()
    tea, cup = (catalog.goods_by_sku([sku])[sku].product_id for sku in ("TEA", "CUP"))
    version = replace(catalog.working(tea).version, name=Bilingual("Better tea", "更好的茶"))
    kept = catalog.keep_draft(product_id=tea, version=version, actor=None, now=NOON)
    for product_id, revision_id, begins, ends in ((tea, kept, SOON, None), (cup, None, None, SOON)):
        catalog.schedule_draft(product_id=product_id, revision_id=revision_id, go_live_at=begins, expire_at=ends, actor=None, now=NOON)
    return Before(shop)


def _carry_out_drafts(before: Before) -> object:
    return drafts.carry_out_due(SOON)


def _live_and_off_once(before: Before) -> None:
    tea, cup = (catalog.goods_by_sku([sku])[sku].product_id for sku in ("TEA", "CUP"))
    assert catalog.product_by_id(tea).name.en == "Better tea"
    assert not catalog.product_by_id(cup).is_published
    # In any order: what met a dead database is done again after the other.
    assert {(fact["product_id"], fact["is_published"]) for fact in told("ProductSaved")} == {(tea, True), (cup, False)}
    assert len(told("ProductSaved")) == 2
    assert [each.step.value for each in catalog.versions(tea).items[0].steps] == ["kept", "scheduled", "published"]
    assert catalog.drafts_due(THE_END) == []


def _many_to_change() -> Before:
    """All goods get dearer, one of them in each slice."""
    shop = opened()
    goods = [catalog.goods_by_sku([sku])[sku].product_id for sku in ("TEA", "CUP")]
    step = PriceStep(how=PriceHow.PERCENT, value=1_000, price_list_id=pricing.default_price_list().id)
    catalog.begin_run(product_ids=goods, edit=Edit(kind=EditKind.PRICE, price=step), reason="spring", actor=None, now=NOON)
    return Before(shop)


def _change_many(before: Before) -> object:
    with mock.patch.object(change_many, "AT_ONCE", 1):
        return change_many.work_all(SOON)


def _dearer_once(before: Before) -> None:
    (run,) = collection_models.BulkEdit.objects.all()
    assert (run.state, run.worked, run.products) == ("done", 2, 2)
    tags = pricing.prices(list(before.shop.variants.values()))
    assert sorted(each.amount_minor for each in tags.values()) == [1_099, 1_375]
    assert {len(pricing.price_history(each)) for each in before.shop.variants.values()} == {2}
    assert len(told("PriceSet")) == 2
    assert catalog.runs_under_way() == ()


SCENES: dict[str, Scene] = {
    "place_order": Scene(_with_basket("test-ok"), _place, _placed_once, again=_place),
    "place_order, the buyer gone": Scene(_with_basket("test-ok"), _place, _placed_or_nothing),
    "place_order, provider slow": Scene(_with_basket("test-slow"), _place, _placed_once, again=_place),
    "settle, silent provider": Scene(_silent, _hear(SOON), _paid_once, again=_hear(SOON)),
    "settle, duplicate news": Scene(_duplicate, _hear(SOON), _paid_once, again=_hear(SOON)),
    "settle, late news": Scene(_late, _hear(LATE), _paid_once, again=_hear(LATE)),
    "settle, let go": Scene(_late_and_gone, _hear(LATE), _let_go, again=_hear(LATE)),
    "settle, give back": Scene(_taken_and_gone, _hear(LATE), _given_back_once, again=_hear(LATE)),
    "settle, capture": Scene(_heard_and_not_settled, lambda before: settle_payment.settle(order_id=before.order_id, now=SOON), _paid_once),
    "settle, cancelled before": Scene(_cancelled_and_then_reserved, _hear(SOON), _let_go, again=_hear(SOON)),
    "ship": Scene(_paid, _ship, _shipped_or_not),
    "refund": Scene(_paid, _refund, _refunded_or_not),
    "refund of what came back": Scene(_shipped, _refund, _returned_or_not),
    "cancel": Scene(_paid, _cancel, _cancelled_or_not),
    "cancel before the money": Scene(lambda: _bought("test-silent", TEA=2), _cancel, _unpaid_cancelled),
    "dispatch": Scene(_much_to_tell, _dispatch, _nothing_more),
    "send letters": Scene(_letters_to_send, _send, _nothing_more),
    "sweep, the news lost": Scene(_silent, lambda _: sweep.sweep(SOON), _paid_once),
    "sweep": Scene(_all_kinds_of_unfinished_work, _sweep, _all_finished),
    "many products changed": Scene(_many_to_change, _change_many, _dearer_once, again=_change_many),
    "drafts that are due": Scene(_planned, _carry_out_drafts, _live_and_off_once, again=_carry_out_drafts),
}
