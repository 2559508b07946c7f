"""A year of a shop, played from a seed: buyers, providers, staff and sweepers do what they do, processes die in the middle, time passes.

Nothing sleeps: the clock is a number that each step moves. Everything random comes from the seed, so a year can be played again exactly.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shopkeeper.events.models import OutboxFact
from shopkeeper.flows import audit_books, cancel_order, place_order, refund_order, settle_payment, ship_order, sweep
from shopkeeper.flows.tests.builders import NOON, SmallShop, small_shop
from shopkeeper.kit.ids import OrderId, VariantId
from shopkeeper.kit.refusals import Refusal
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.orders import public as orders
from shopkeeper.selling.orders.models import Order as OrderRow
from shopkeeper.selling.orders.shapes import Order, OrderState
from shopkeeper.selling.payments import public as payments
from shopkeeper.selling.payments.shapes import Webhook
from shopkeeper.selling.pricing import public as pricing
from tests.simulator.checks import Wrong, check_nothing_waits, check_orders, check_shelves

YEAR = timedelta(days=365)
METHODS = ("test-ok", "test-ok", "test-ok", "test-silent", "test-slow", "test-duplicate", "test-late", "test-declined")
DEATHS = 0.2
"""The share of acts whose process dies in the middle."""


LATE = {"paid_less_refunds_is_what_providers_keep", "money_in_sum", "no_money_reserved_for_a_dead_order"}
"""What the books name where money is under way for longer than they wait."""


class Death(BaseException):
    """The process is gone. Not an Exception: nobody may catch it and go on."""


class Dying:
    """Lets a process die at a statement; whatever it still tries to say afterwards is not said."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left <= 0:
            raise Death
        return execute(*arguments)


@dataclass
class Told:
    """What a year came to. `digest` is the fingerprint of every fact told in it."""

    seed: int
    steps: int
    seconds: float
    acts: Counter[str]
    orders: int
    states: dict[str, int]
    deaths: int
    refused: Counter[str]
    digest: str

    def __str__(self) -> str:
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"seed {self.seed}: {self.steps} steps in {self.seconds:.0f} s ({self.steps / self.seconds:.0f} steps/s), "
            f"{self.orders} orders ({states}), {self.deaths} deaths, {sum(self.refused.values())} refusals"
        )


@dataclass
class World:
    """The shop, the clock, the dice, and the messages on their way."""

    seed: int
    steps: int
    whole_audit_every: int = 50
    now: datetime = NOON
    on_their_way: list[Webhook] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    unsent: list[dict[str, Any]] = field(default_factory=list)
    touched: set[OrderId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.shop: SmallShop = small_shop({"TEA": 25, "CUP": 8})

    def play(self) -> Told:
        """Play all steps and then until nothing is left to do. Raises AssertionError that names seed and step of whatever is wrong."""
        began = time.monotonic()
        for step in range(1, self.steps + 1):
            self._step(step)
        self._come_to_rest()
        states = Counter(OrderRow.objects.values_list("state", flat=True))
        return Told(
            seed=self.seed, steps=self.steps, seconds=time.monotonic() - began, acts=self.acts, orders=sum(states.values()),
            states=dict(states), deaths=self.deaths, refused=self.refused, digest=digest(),
        )  # fmt: skip

    def _step(self, step: int) -> None:
        self._time_passes()
        self.touched = set()
        name, act = self._drawn(step)
        self.acts[name] += 1
        self._dies_perhaps(lambda: act(self))
        try:
            check_orders(self.touched | self._some_orders(2), self.now)
            check_shelves()
            if step % self.whole_audit_every == 0:
                self._whole_audit()
        except Wrong as wrong:
            raise AssertionError(f"seed {self.seed}, step {step} ({name}) at {self.now:%Y-%m-%d %H:%M}: {wrong}") from None

    def _drawn(self, step: int) -> tuple[str, Callable[[World], None]]:
        """Return what happens next: what the dice say, and now and then what no year may be without, however short it is."""
        if step % SURE_EVERY == 0:
            return list(SURE.items())[step // SURE_EVERY % len(SURE)]
        name = self.dice.choices(list(ACTS), weights=[weight for _, weight in ACTS.values()])[0]
        return name, ACTS[name][0]

    def _dies_perhaps(self, act: Callable[[], object]) -> None:
        dies = self.dice.random() < DEATHS
        at = self.dice.randrange(1, 40)
        try:
            if dies:
                with connection.execute_wrapper(Dying(at)):
                    act()
            else:
                act()
        except Refusal as refusal:
            self.refused[type(refusal).__name__] += 1
        except Death:
            self.deaths += 1
            # A dead process leaves no connection behind.
            connection.close()

    def _time_passes(self) -> None:
        minutes = self.dice.randrange(1, 15)
        if self.dice.random() < 0.15:
            minutes += int(self.dice.expovariate(1) * YEAR / timedelta(minutes=1) / self.steps / 0.15)
        self.now += timedelta(minutes=minutes)

    def _come_to_rest(self) -> None:
        """Deliver what is on its way, and sweep until nothing is left."""
        for rounds in range(60):
            # Hours first, then days: a payment nobody wants any more is asked about for a week.
            self.now += timedelta(minutes=47) if rounds < 20 else timedelta(hours=9)
            self.on_their_way += payments.webhooks_of_test_provider(self.now)
            while self.on_their_way:
                self._hear(self.on_their_way.pop(0))
            swept = sweep.sweep(self.now)
            if rounds > 3 and self._is_quiet(swept):
                break
        try:
            if not self._is_quiet(swept):
                raise Wrong(f"never at rest: {swept}")
            self._whole_audit()
            check_orders({OrderId(found) for found in OrderRow.objects.values_list("id", flat=True)}, self.now)
            check_nothing_waits()
        except Wrong as wrong:
            raise AssertionError(f"seed {self.seed}, after the last step: {wrong}") from None

    def _is_quiet(self, swept: sweep.Swept) -> bool:
        """Return whether nothing was done, and nobody still waits to be asked again."""
        later = payments.pending(self.now + timedelta(days=2))
        return not later and (swept.webhooks, swept.payments, swept.refunds, swept.expired, swept.failed) == (0, 0, 0, 0, 0)

    def _whole_audit(self) -> None:
        if any(each.check in LATE for each in audit_books.run(self.now).findings):
            # A process died with money asked for, and nobody swept for hours: the books name that, and one sweep has to mend it.
            # What a sweeper took before it died is left alone for so long by the next one.
            self.now += orders.REFUND_RETRY
            sweep.sweep(self.now)
        findings = audit_books.run(self.now).findings
        # Nobody swept between the end of a hold and now: that is what the sweeper is for.
        unswept = [each for each in findings if each.check == "no_hold_beyond_its_time"]
        wrong = [each for each in findings if each not in unswept]
        if wrong:
            raise Wrong("; ".join(map(str, wrong[:5])))

    # ── the acts ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def order(self) -> None:
        """A guest buys. A request that died on the way is sent again now and then, under the same key."""
        if self.unsent and self.dice.random() < 0.5:
            request = self.unsent.pop(self.dice.randrange(len(self.unsent)))
        else:
            units = {sku: self.dice.randrange(1, 5) for sku in self.dice.sample(["TEA", "CUP"], self.dice.randrange(1, 3))}
            basket = self.shop.basket(**units)
            request = self.shop.request(basket, method=self.dice.choice(METHODS), key=f"key-{self.seed}-{self.acts['order']}")
        self.unsent.append(request)
        try:
            placed = place_order.place_order(**{**request, "now": self.now})
        except Refusal:
            # An answer like any other: nobody sends this request again.
            self.unsent.remove(request)
            raise
        self.touched.add(placed.order_id)
        if self.dice.random() < 0.9:
            self.unsent.remove(request)
        del self.unsent[:-5]

    def order_too_much(self) -> None:
        """A guest wants one more than there is."""
        free = sum(each.on_hand - each.held for each in inventory.shelves([self.shop.variants["CUP"]]))
        basket = self.shop.basket(CUP=free + 1)
        place_order.place_order(**{**self.shop.request(basket, key=f"much-{self.seed}-{self.acts['order too much']}"), "now": self.now})

    def order_declined(self) -> None:
        """A guest buys what just came in, and the provider declines the payment."""
        inventory.receive(variant_id=self.shop.variants["TEA"], warehouse_id=self.shop.main, units=1, actor=None, now=self.now)
        key = f"declined-{self.seed}-{self.acts['order declined']}"
        request = self.shop.request(self.shop.basket(TEA=1), method="test-declined", key=key)
        place_order.place_order(**{**request, "now": self.now})

    def post(self) -> None:
        """The provider sends what is due; some of it twice, some never."""
        for message in payments.webhooks_of_test_provider(self.now):
            copies = self.dice.choices((0, 1, 2), weights=(1, 8, 2))[0]
            self.on_their_way += [message] * copies

    def hear(self) -> None:
        """One of the messages on their way comes in, in any order."""
        self.post()
        if self.on_their_way:
            self._hear(self.on_their_way.pop(self.dice.randrange(len(self.on_their_way))))

    def _hear(self, message: Webhook) -> None:
        settle_payment.hear_webhook(provider=message.provider, body=message.body, headers=message.headers, now=self.now)

    def sweep(self) -> None:
        sweep.sweep(self.now)

    def ship(self) -> None:
        order = self._an_order(OrderState.PAID, OrderState.SHIPPING)
        if order is None:
            return
        lines = [(line.id, self.dice.randrange(1, line.units_to_ship + 1)) for line in order.lines if line.units_to_ship]
        part = lines[:1] if self.dice.random() < 0.4 else None
        ship_order.ship(order_id=order.id, carrier="Royal Mail", lines=part, actor=None, now=self.now)

    def refund(self) -> None:
        order = self._an_order(OrderState.PAID, OrderState.SHIPPING, OrderState.SHIPPED)
        if order is None:
            return
        line = self.dice.choice(order.lines)
        left = line.units - line.refunded_units
        if left:
            wish = (line.id, self.dice.randrange(1, left + 1), self.dice.random() < 0.5)
            delivery = self.dice.random() < 0.2 and not order.refunds
            refund_order.refund(order_id=order.id, lines=[wish], delivery=delivery, reason="damaged", actor=None, now=self.now)

    def cancel(self) -> None:
        order = self._an_order(OrderState.PLACED, OrderState.PAID)
        if order is not None:
            cancel_order.cancel(order_id=order.id, reason="buyer", actor=None, now=self.now)

    def receive(self) -> None:
        inventory.receive(
            variant_id=self._variant(), warehouse_id=self.dice.choice((self.shop.main, self.shop.north)), units=self.dice.randrange(5, 30),
            actor=None, now=self.now,
        )  # fmt: skip

    def count(self) -> None:
        shelf = self.dice.choice(inventory.shelves([self._variant()]))
        counted = max(shelf.held, shelf.on_hand + self.dice.randrange(-2, 3))
        inventory.count(variant_id=shelf.variant_id, warehouse_id=shelf.warehouse_id, counted=counted, actor=None, now=self.now)

    def price(self) -> None:
        amount = self.dice.randrange(500, 2_000)
        pricing.set_price(variant_id=self._variant(), amount_minor=amount, reason="test", actor=None, now=self.now)

    def _variant(self) -> VariantId:
        return self.shop.variants[self.dice.choice(["TEA", "CUP"])]

    def _an_order(self, *states: OrderState) -> Order | None:
        found = list(OrderRow.objects.filter(state__in=states).order_by("-id").values_list("id", flat=True)[:20])
        if not found:
            return None
        order = orders.order(OrderId(self.dice.choice(found)))
        self.touched.add(order.id)
        return order

    def _some_orders(self, number: int) -> set[OrderId]:
        """Return orders nobody spoke of in this step: what is done to one must leave the others alone."""
        latest = list(OrderRow.objects.order_by("-id").values_list("id", flat=True)[:30])
        return {OrderId(found) for found in self.dice.sample(latest, min(number, len(latest)))}


ACTS: dict[str, tuple[Callable[[World], None], int]] = {
    "order": (World.order, 45),
    "hear": (World.hear, 20),
    "sweep": (World.sweep, 12),
    "ship": (World.ship, 12),
    "refund": (World.refund, 9),
    "cancel": (World.cancel, 5),
    "receive": (World.receive, 5),
    "count": (World.count, 3),
    "price": (World.price, 2),
}
"""What happens, and how often."""

SURE: dict[str, Callable[[World], None]] = {"order too much": World.order_too_much, "order declined": World.order_declined}
SURE_EVERY = 25
"""What happens in every year by turns, and every how many steps."""


def digest() -> str:
    """Return the fingerprint of every fact in the outbox: kind, whom it is about, what it says, when it happened."""
    told = hashlib.sha256()
    for kind, entity, body, at in OutboxFact.objects.order_by("id").values_list("kind", "entity", "body", "occurred_at"):
        told.update(json.dumps([kind, entity, body, at.isoformat()], sort_keys=True).encode())
    return told.hexdigest()
