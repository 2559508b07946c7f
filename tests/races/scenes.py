"""The scenes of the races: each prepares what many will want at once, lets them run, and says what must be so afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from shopkeeper.events import models as outbox
from shopkeeper.flows import second_person, settle_payment, sweep
from shopkeeper.flows.tests.builders import CONTACT, NOON, SmallShop
from shopkeeper.kit.ids import OrderId, UserId
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.access import public as access
from shopkeeper.ops.access.shapes import Role
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.shapes import Basket, Order, OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import PaymentState
from shopkeeper.selling.promotions import public as promotions
from shopkeeper.selling.promotions.models import Use
from shopkeeper.selling.promotions.shapes import Coupon, Draft, Kept, Limits, Percent, Used
from tests.races import acts
from tests.races.track import Answer, Call

AFTER = NOON + timedelta(hours=2)
"""When every hold has run out and every silent provider has spoken."""


@dataclass
class Round:
    """What one round needs: the calls, the rows all of them want, and what must hold of the answers."""

    calls: Sequence[Call]
    gate: str
    holds: Callable[[Sequence[Answer]], None]


@dataclass
class Stage:
    """A shop to race in; every round uses goods and buyers of its own."""

    shop: SmallShop
    rounds: int = 0
    buyers: int = 0
    promotions: int = 0
    made: int = 0
    sold: Counter[str] = field(default_factory=Counter)
    owner: UserId | None = None

    def manager(self) -> UserId:
        """Return a manager beside whom there is an owner, so that there is somebody to ask."""
        if self.owner is None:
            self.owner = _member(Role.OWNER)
            self._manager = _member(Role.MANAGER)
        return self._manager

    def request(self, basket: Basket, *, key: str = "", method: str = "test-ok") -> dict[str, object]:
        """Return a checkout by a buyer nobody else is."""
        self.buyers += 1
        contact = replace(CONTACT, email=f"racer-{self.buyers}@example.com")
        return self.shop.request(basket, key=key, method=method, contact=contact)

    def place(self, basket: Basket, **words: str) -> Call:
        return acts.place, {"request": self.request(basket, **words)}

    def order(self, *, method: str = "test-ok", **units: int) -> Order:
        """Return an order placed before the round."""
        return orders.order(OrderId(acts.place(self.request(self.shop.basket(**units), method=method))))

    def stocked(self, sku: str, units: int) -> None:
        """Leave exactly so many pieces to be had, in the main warehouse."""
        free = self.shop.available(sku)
        if free < units:
            self.shop.receive(sku, units - free)
        elif free > units:
            for shelf in inventory.shelves([self.shop.variants[sku]]):
                spare = min(shelf.on_hand - shelf.held, free - units)
                if spare:
                    acts.adjust(self.shop.variants[sku], shelf.warehouse_id, -spare, f"clear-{self.rounds}-{shelf.warehouse_id}", NOON)
                    free -= spare
        assert self.shop.available(sku) == units

    def shelf(self, sku: str) -> str:
        return f"inventory_shelf WHERE variant_id = {self.shop.variants[sku]} ORDER BY id"

    def promotion(self, limits: Limits, *, needs_code: bool = False) -> Kept:
        """Return a promotion that runs, within limits."""
        self.promotions += 1
        name = Bilingual(f"Promotion {self.promotions}", "促销")
        rule = Percent(basis_points=1_000)
        draft = Draft(code=f"P{self.promotions}", name=name, rule=rule, starts_at=NOON, needs_code=needs_code, limits=limits)
        made = promotions.save(promotion_id=None, draft=draft, actor=None, now=NOON)
        promotions.ask(promotion_id=made.id, actor=None, now=NOON)
        return promotions.approve(promotion_id=made.id, seen=1, actor=self.manager(), is_alone=False, now=NOON)

    def coupon(self, made: Kept, most_uses: int) -> int:
        """Return the id of a code that brings a promotion so many times."""
        like = Coupon(
            id=0, promotion_id=made.id, code=f"C{made.id}", customer_id=None, source="", starts_at=None, ends_at=None,
            most_uses=most_uses, uses=0,
        )  # fmt: skip
        return promotions.save_coupon(like=like, actor=None, now=NOON).id

    def order_id(self) -> OrderId:
        """Return the id of an order nobody else has."""
        self.made += 1
        return OrderId(10**6 + self.made)


Scene = Callable[[Stage, Random], Round]


def last_unit(stage: Stage, random: Random) -> Round:
    """Several want the last pieces; as many get them as there are, nobody else."""
    left = random.choice((1, 1, 2, 3))
    stage.stocked("TEA", left)
    calls = [stage.place(stage.shop.basket(TEA=1)) for _ in range(6)]

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": left, "out_of_stock": 6 - left}
        assert stage.shop.available("TEA") == 0

    return Round(calls, stage.shelf("TEA"), holds)


def one_basket_twenty_times(stage: Stage, random: Random) -> Round:
    """One basket is ordered by twenty requests at once, under one key or under many: one order."""
    stage.stocked("CUP", 60)
    basket = stage.shop.basket(CUP=2)
    request = stage.request(basket)
    keys = [f"one-{basket.id}"] * 20 if random.random() < 0.5 else [f"tab-{basket.id}-{number}" for number in range(20)]
    calls = [(acts.place, {"request": {**request, "idempotency_key": key}}) for key in keys]

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": 20}
        assert len({answer.value for answer in answers}) == 1
        assert stage.shop.available("CUP") == 58
        _is_paid(OrderId(answers[0].value))

    return Round(calls, f"orders_basket WHERE id = {basket.id}", holds)


def one_key_two_bodies(stage: Stage, random: Random) -> Round:
    """The same key comes with two different baskets: one of the bodies is an order, the other is refused."""
    stage.stocked("CUP", 40)
    baskets = [stage.shop.basket(CUP=1), stage.shop.basket(CUP=2)]
    requests = [stage.request(basket, key=f"key-of-round-{stage.rounds}") for basket in baskets]
    calls: list[Call] = [(acts.place, {"request": requests[number % 2]}) for number in range(6)]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": 3, "key_reused": 3}
        (made,) = {answer.value for answer in answers if answer.done}
        assert stage.shop.available("CUP") == 40 - orders.order(OrderId(made)).lines[0].units

    return Round(calls, f"orders_basket WHERE id IN ({baskets[0].id}, {baskets[1].id}) ORDER BY id", holds)


def pay_against_cancel_against_expiry(stage: Stage, random: Random) -> Round:
    """The bank's word, the buyer's cancellation and the end of the hold come at once: the order ends one way, with its money and goods."""
    stage.stocked("TEA", 5)
    order = stage.order(method=random.choice(("test-silent", "test-late", "test-duplicate")), TEA=2)
    late = NOON + timedelta(minutes=50)
    calls: list[Call] = [
        (acts.hear, {"body": message.body, "headers": dict(message.headers), "now": late})
        for message in payments.webhooks_of_test_provider(late)
    ]
    calls += [
        (acts.cancel, {"order_id": order.id, "key": f"end-{order.id}", "now": late}),
        (acts.finish_what_is_due, {"now": late}),
        (acts.settle, {"order_id": order.id, "now": late}),
    ]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "wrong_state"}
        _swept()
        ended = orders.order(order.id)
        (payment,) = payments.payments_of(order.id)
        if ended.state is OrderState.PAID:
            assert (ended.paid_minor, payment.balance.captured_minor, payment.balance.refunded_minor) == (order.total_minor,) * 2 + (0,)
        else:
            assert ended.state in (OrderState.CANCELLED, OrderState.EXPIRED)
            assert payment.balance.captured_minor == payment.balance.refunded_minor
            assert stage.shop.available("TEA") == 5

    return Round(calls[:8], f"orders_order WHERE id = {order.id}", holds)


def two_refunds_of_one_line(stage: Stage, random: Random) -> Round:
    """Several give the same pieces back: no more than were bought, no more money than was paid."""
    stage.stocked("TEA", 5)
    order = stage.order(TEA=random.choice((1, 2, 3)))
    line, bought = order.lines[0], order.lines[0].units
    calls: list[Call] = [
        (acts.refund, {"order_id": order.id, "line_id": line.id, "units": 1, "key": f"back-{order.id}-{number}", "now": NOON})
        for number in range(5)
    ]

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(answer.done for answer in answers) == {True: bought, False: 5 - bought}
        assert set(_words(answers)) <= {"done", "too_many_units", "nothing_to_do", "wrong_state"}
        (payment,) = payments.payments_of(order.id)
        assert payment.balance.refunded_minor == orders.order(order.id).refunded_minor == line.gross_minor

    return Round(calls, f"orders_order WHERE id = {order.id}", holds)


def refunds_that_pass_the_limit_together(stage: Stage, random: Random) -> Round:
    """Each is below what one person may give, all together are above: only as many go as stay below it, the others wait for somebody."""
    stage.stocked("TEA", 5)
    order, manager = stage.order(TEA=5), stage.manager()
    line, alone = order.lines[0], random.choice((1, 2, 3))
    piece = line.gross_minor // line.units
    second_person.save_limits(refund_over_minor=piece * alone + piece // 2, price_drop_percent=40, actor=stage.owner, now=NOON)
    words = {"order_id": order.id, "line_id": line.id, "units": 1, "now": NOON, "actor": manager}
    calls: list[Call] = [(acts.refund, {**words, "key": f"alone-{order.id}-{number}"}) for number in range(5)]

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": alone, "waiting_for_approval": 5 - alone}
        (payment,) = payments.payments_of(order.id)
        assert payment.balance.refunded_minor == orders.order(order.id).refunded_minor == piece * alone

    return Round(calls, f"orders_order WHERE id = {order.id}", holds)


def two_captures(stage: Stage, random: Random) -> Round:
    """The reserved money is taken by several, under keys of their own, and let go of by another: taken once or let go of, never both."""
    name = f"capture-{stage.rounds}"
    payment_id = payments.start(
        order_id=OrderId(900_000_000 + stage.rounds), amount_minor=2_000, currency="GBP", method="test-ok", key=name, now=NOON
    )
    payments.authorize(payment_id, NOON)
    calls: list[Call] = [(acts.capture, {"payment_id": payment_id, "key": f"{name}-{number}", "now": NOON}) for number in range(4)]
    if random.random() < 0.5:
        calls.insert(random.randrange(5), (acts.void, {"payment_id": payment_id, "key": f"{name}-void", "now": NOON}))

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "too_much", "capture_pending"}
        payment = payments.payment(payment_id)
        assert payment.balance.captured_minor + payment.balance.voided_minor == 2_000
        assert payment.balance.captured_minor in (0, 2_000)
        # An order of nobody's: the money is given back, so that the books of the whole shop still say what is true.
        if payment.state is PaymentState.CAPTURED:
            payments.refund(payment_id=payment_id, amount_minor=2_000, key=f"{name}-back", now=NOON)
        payments.rest(payment_id)

    return Round(calls, f"payments_payment WHERE id = {payment_id}", holds)


def edit_of_stock_against_reservation(stage: Stage, random: Random) -> Round:
    """Staff book pieces as lost while buyers take them: nobody is promised what is not there."""
    stage.stocked("TEA", 4)
    tea = stage.shop.variants["TEA"]
    before = sum(shelf.on_hand for shelf in inventory.shelves([tea]))
    edits: list[Call] = [
        (
            acts.adjust,
            {"variant_id": tea, "warehouse_id": stage.shop.main, "units": -2, "key": f"lost-{stage.rounds}-{number}", "now": NOON},
        )
        for number in range(2)
    ]
    calls = [*edits, *(stage.place(stage.shop.basket(TEA=1)) for _ in range(4))]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "out_of_stock", "below_held"}
        lost = sum(2 for (act, _), answer in zip(calls, answers, strict=True) if act is acts.adjust and answer.done)
        sold = sum(1 for (act, _), answer in zip(calls, answers, strict=True) if act is acts.place and answer.done)
        assert lost + sold <= 4
        assert stage.shop.available("TEA") == 4 - lost - sold
        assert sum(shelf.on_hand for shelf in inventory.shelves([tea])) == before - lost

    return Round(calls, stage.shelf("TEA"), holds)


def transfer_against_take(stage: Stage, random: Random) -> Round:
    """Goods are sent between the warehouses, both ways, while buyers take them: none is lost, none is promised twice."""
    stage.stocked("TEA", 4)
    tea, main, north = stage.shop.variants["TEA"], stage.shop.main, stage.shop.north
    before = sum(shelf.on_hand for shelf in inventory.shelves([tea]))
    ways = [(main, north), (north, main), (main, north)]
    moves: list[Call] = [
        (acts.transfer, {"variant_id": tea, "from_id": source, "to_id": target, "units": random.choice((1, 2)), "now": NOON})
        for source, target in ways
    ]
    calls = [*moves, *(stage.place(stage.shop.basket(TEA=1)) for _ in range(3))]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "out_of_stock", "below_held"}
        sold = sum(1 for (act, _), answer in zip(calls, answers, strict=True) if act is acts.place and answer.done)
        assert sold == 3
        assert stage.shop.available("TEA") == 1
        shelves = inventory.shelves([tea])
        assert sum(shelf.on_hand for shelf in shelves) == before
        assert all(0 <= shelf.held <= shelf.on_hand for shelf in shelves)

    return Round(calls, stage.shelf("TEA"), holds)


def price_change_between_quote_and_order(stage: Stage, random: Random) -> Round:
    """The price moves while buyers order at the one they saw: each order is at the price in force when it was opened, or refused."""
    stage.stocked("CUP", 40)
    cup = stage.shop.variants["CUP"]
    new_price = 900 + stage.rounds % 500
    last = outbox.OutboxFact.objects.order_by("-id").values_list("id", flat=True)[0]
    calls: list[Call] = [stage.place(stage.shop.basket(CUP=1)) for _ in range(5)]
    calls.insert(random.randrange(6), (acts.set_price, {"variant_id": cup, "amount_minor": new_price, "now": NOON}))

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "quote_stale"}
        moved = outbox.OutboxFact.objects.filter(id__gt=last, kind="PriceSet").values_list("id", flat=True)
        opened = outbox.OutboxFact.objects.filter(id__gt=last, kind="OrderPlaced").values_list("id", flat=True)
        assert len(opened) == _words(answers).count("done") - 1
        # Both are written while the price's row is locked, so their numbers stand in the order in which they happened.
        assert len(moved) == 1
        assert all(each < moved[0] for each in opened)

    return Round(calls, f"pricing_price WHERE variant_id = {cup}", holds)


def parcel_against_cancellation(stage: Stage, random: Random) -> Round:
    """Two pack the same goods while the order is cancelled and refunded: what left was paid for, what was given back did not leave."""
    stage.stocked("TEA", 5)
    order = stage.order(TEA=2)
    line = order.lines[0].id
    calls: list[Call] = [
        (acts.ship, {"order_id": order.id, "line_id": line, "units": 2, "key": f"parcel-{order.id}-{number}", "now": NOON})
        for number in range(2)
    ]
    calls += [
        (acts.cancel, {"order_id": order.id, "key": f"stop-{order.id}", "now": NOON}),
        (acts.refund, {"order_id": order.id, "line_id": line, "units": 1, "key": f"one-{order.id}", "now": NOON}),
    ]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert all(answer.done or answer.value in REFUSED_PARCEL for answer in answers), answers
        _swept()
        ended = orders.order(order.id)
        (payment,) = payments.payments_of(order.id)
        assert payment.balance.refunded_minor == ended.refunded_minor <= order.total_minor
        assert ended.lines[0].shipped_units in (0, 1, 2)
        if ended.state is OrderState.CANCELLED:
            assert ended.lines[0].shipped_units == 0
            assert ended.refunded_minor == order.total_minor
            assert stage.shop.available("TEA") == 5

    return Round(calls, f"orders_order WHERE id = {order.id}", holds)


REFUSED_PARCEL = frozenset({"wrong_state", "too_many_units", "nothing_to_do", "nothing_to_ship", "hold_gone"})


def bundles_against_single_pieces(stage: Stage, random: Random) -> Round:
    """Bundles of two cups and single cups are bought at once: no cup is sold twice, and nobody is refused one that is left over."""
    if "SET" not in stage.shop.variants:
        stage.shop.bundle("SET", 2_900, TEA=1, CUP=2)
    left = random.choice((3, 4, 5))
    stage.stocked("CUP", left)
    stage.stocked("TEA", 20)
    wanted = ["SET", "SET", "SET", "CUP", "CUP", "CUP"]
    random.shuffle(wanted)
    calls = [stage.place(stage.shop.basket(**{sku: 1})) for sku in wanted]

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "out_of_stock"}
        sold = Counter(sku for sku, answer in zip(wanted, answers, strict=True) if answer.done)
        over = left - 2 * sold["SET"] - sold["CUP"]
        assert over >= 0
        assert stage.shop.available("CUP") == over
        assert stage.shop.available("TEA") == 20 - sold["SET"]
        # Nothing comes back in between: whoever was refused would have been too late for what is left as well.
        assert over < (1 if sold["CUP"] < 3 else 2)

    return Round(calls, stage.shelf("CUP"), holds)


def drafts_due_against_people(stage: Stage, random: Random) -> Round:
    """A draft is due: several workers and two people let it go live at once. It goes live once, and the product goes off once."""
    product_id = catalog.goods_by_sku(["TEA"])["TEA"].product_id
    version = replace(catalog.working(product_id).version, name=Bilingual(f"Tea of round {stage.rounds} {random.random()}"))
    actor = stage.manager()
    kept = catalog.keep_draft(product_id=product_id, version=version, actor=actor, now=NOON)
    catalog.schedule_draft(
        product_id=product_id, revision_id=kept, go_live_at=NOON + timedelta(minutes=1), expire_at=None, actor=actor, now=NOON
    )
    told = outbox.OutboxFact.objects.filter(kind="ProductSaved").count()
    calls: list[Call] = [(acts.carry_out_drafts, {"now": AFTER})] * 4
    calls += [(acts.publish_draft, {"product_id": product_id, "revision_id": kept, "actor": actor, "now": AFTER})] * 2
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": 6}
        assert catalog.product_by_id(product_id).name == version.name
        assert [each.step.value for each in catalog.version(product_id, kept).steps] == ["kept", "scheduled", "published"]
        assert outbox.OutboxFact.objects.filter(kind="ProductSaved").count() == told + 1
        assert not catalog.desks([product_id])[product_id].has_news

    return Round(calls, f"catalog_product WHERE id = {product_id}", holds)


def the_last_uses_of_a_promotion(stage: Stage, random: Random) -> Round:
    """Orders want what is left of a promotion: uses, one buyer's, the day's, its budget, a code's. As many get it as may."""
    left = random.choice((1, 1, 2, 3))
    kind = random.choice(("uses", "uses_a_buyer", "uses_a_day", "budget_minor", "coupon"))
    limit = {} if kind == "coupon" else {kind: left * 100 + 50 if kind == "budget_minor" else left}
    made = stage.promotion(Limits(**limit), needs_code=kind == "coupon")
    coupon = stage.coupon(made, left) if kind == "coupon" else None
    others = [stage.promotion(Limits(uses=100)) for _ in range(2)]
    calls = []
    for number in range(6):
        # A second promotion before or after it, which has to stay unused where this one is refused.
        beside = random.choice(others)
        uses = [
            Used(promotion_id=made.id, version=1, amount_minor=100, coupon_id=coupon),
            Used(promotion_id=beside.id, version=1, amount_minor=7),
        ]
        random.shuffle(uses)
        buyer = "mia" if kind == "uses_a_buyer" else f"buyer-{number}"
        calls.append((acts.use, {"order_id": stage.order_id(), "uses": uses, "buyer": buyer, "now": NOON}))

    def holds(answers: Sequence[Answer]) -> None:
        assert Counter(_words(answers)) == {"done": left, "promotion_gone": 6 - left}
        assert Use.objects.filter(promotion_id=made.id).count() == left
        assert sum(promotions.promotion(each.id).uses for each in others) == left
        if kind in ("uses", "budget_minor"):
            now = promotions.promotion(made.id)
            assert (now.uses, now.spent_minor) == (left, left * 100)

    gate = f"promotions_coupon WHERE id = {coupon}" if coupon else f"promotions_promotion WHERE id = {made.id}"
    return Round(calls, gate, holds)


def uses_given_back_while_others_want_them(stage: Stage, random: Random) -> Round:
    """Cancelled orders give back what they used, twice over, while others want it: the counts are those of the uses that stand."""
    made = stage.promotion(Limits(uses=3, budget_minor=300))
    old = [stage.order_id() for _ in range(3)]
    for each in old:
        acts.use(each, [Used(promotion_id=made.id, version=1, amount_minor=100)], "old", NOON)
    given = random.randrange(1, 4)
    calls: list[Call] = [(acts.give_back, {"order_id": each, "now": NOON}) for each in old[:given] for _ in range(2)]
    uses = [Used(promotion_id=made.id, version=1, amount_minor=100)]
    calls += [
        (acts.use, {"order_id": stage.order_id(), "uses": uses, "buyer": f"b{number}", "now": NOON}) for number in range(8 - len(calls))
    ]
    random.shuffle(calls)

    def holds(answers: Sequence[Answer]) -> None:
        assert set(_words(answers)) <= {"done", "promotion_gone"}
        back = sum(answer.value for (act, _), answer in zip(calls, answers, strict=True) if act is acts.give_back)
        assert back == given
        standing = Use.objects.filter(promotion_id=made.id, given_back_at=None).count()
        now = promotions.promotion(made.id)
        assert (now.uses, now.spent_minor) == (standing, standing * 100)
        assert standing <= 3

    return Round(calls, f"promotions_promotion WHERE id = {made.id}", holds)


SCENES: dict[str, tuple[Scene, int]] = {
    "last unit": (last_unit, 6),
    "one basket twenty times": (one_basket_twenty_times, 20),
    "one key, two bodies": (one_key_two_bodies, 6),
    "pay against cancel against expiry": (pay_against_cancel_against_expiry, 4),
    "two refunds of one line": (two_refunds_of_one_line, 5),
    "refunds that pass the limit together": (refunds_that_pass_the_limit_together, 5),
    "two captures": (two_captures, 4),
    "edit of stock against reservation": (edit_of_stock_against_reservation, 6),
    "transfer against take": (transfer_against_take, 6),
    "price change between quote and order": (price_change_between_quote_and_order, 6),
    "parcel against cancellation": (parcel_against_cancellation, 4),
    "bundles against single pieces": (bundles_against_single_pieces, 6),
    "drafts due against people": (drafts_due_against_people, 6),
    "the last uses of a promotion": (the_last_uses_of_a_promotion, 6),
    "uses given back while others want them": (uses_given_back_while_others_want_them, 8),
}
"""Each scene with the fewest attempts a round of it makes."""


def _member(role: Role) -> UserId:
    made = access.invite(email=f"{role}@example.org", role=role, actor=None, now=NOON)
    return access.accept(token=made.token, name=role.value, password="seven grey herons 7", now=NOON)


def _words(answers: Sequence[Answer]) -> list[str]:
    return ["done" if answer.done else answer.value for answer in answers]


def _is_paid(order_id: OrderId) -> None:
    order = orders.order(order_id)
    (payment,) = payments.payments_of(order_id)
    assert order.state is OrderState.PAID
    assert order.total_minor == order.paid_minor == payment.balance.captured_minor


def _swept() -> None:
    """Let everything come to its end: silent providers speak, holds run out, refunds are paid."""
    for minutes in (55, 90, 130):
        settle_payment.deliver_test_webhooks(NOON + timedelta(minutes=minutes))
        assert sweep.sweep(NOON + timedelta(minutes=minutes)).failed == 0
