"""Prices from a file: every one is a new row of the price history, and what needs a second person is put before one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from shopkeeper.flows import second_person, set_price
from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.refusals import ChangedSince, OtherCurrency, WaitsForSecond
from shopkeeper.flows.sheets.rows import Desk, Ids, Outcome, Wish
from shopkeeper.flows.sheets.stock import sku_of, variants_of
from shopkeeper.kit import checks, money
from shopkeeper.kit.ids import PriceListId, VariantId
from shopkeeper.kit.money import MOST_MINOR
from shopkeeper.kit.refusals import Malformed, NotFound, Refusal
from shopkeeper.ops.approvals.shapes import WaitingForApproval
from shopkeeper.ops.imports.shapes import Line, LineState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods
from shopkeeper.selling.pricing import public as pricing


class Prices:
    """One row is one thing in one price list; without a list, the default one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.lists = {each.code.upper(): each for each in pricing.price_lists()}
        self.default = pricing.default_price_list()
        self.goods: Mapping[str, Goods] = {}
        self.present: dict[tuple[VariantId, PriceListId], int] = {}

    def key(self, wish: Wish) -> str:
        """Return SKU and price list."""
        return f"{wish.get('sku').upper()}\x00{self._code(wish)}" if wish.get("sku") else ""

    def _code(self, wish: Wish) -> str:
        return wish.get("price_list").upper() or self.default.code.upper()

    def begin(self, wishes: Sequence[Wish]) -> None:
        """Read goods and prices of all rows."""
        self.goods = catalog.goods_by_sku([wish.get("sku") for wish in wishes if wish.get("sku")])
        variants = sorted({each.variant_id for each in self.goods.values()})
        wanted = {self.lists[code].id for wish in wishes if (code := self._code(wish)) in self.lists}
        self.present = {
            (variant, listed): tag.amount_minor
            for listed in wanted
            for variant, tag in pricing.prices(variants, price_list_id=listed).items()
        }

    def _place(self, wish: Wish) -> tuple[VariantId, PriceListId]:
        sku = sku_of(wish)
        if sku not in self.goods:
            raise NotFound("sku", checks.shown(sku))
        code = self._code(wish)
        if code not in self.lists:
            raise Malformed("price_list", checks.shown(wish.get("price_list")), expected="choice")
        return self.goods[sku].variant_id, self.lists[code].id

    def hold(self, wishes: Sequence[Wish]) -> None:
        """Let nobody else set these prices: by rising numbers, as whoever sets many does."""
        places = set()
        for wish in wishes:
            with suppress(Refusal):
                places.add(self._place(wish))
        self._hold(places)

    def hold_written(self, lines: Sequence[Line]) -> None:
        """Let nobody else set the prices of these rows."""
        self._hold({_place_of(each) for each in lines})

    def _hold(self, places: Iterable[tuple[VariantId, PriceListId]]) -> None:
        for variant, listed in sorted(places):
            pricing.lock_price(variant, price_list_id=listed, now=self.desk.now)

    def compare(self, wish: Wish) -> Outcome:
        """Return how the price differs from the one that stands; an empty cell leaves it."""
        place, cell = self._place(wish), wish.get("price")
        named = wish.get("currency").upper()
        if named and named != self.desk.currency:
            raise OtherCurrency("currency", checks.shown(named), self.desk.currency)
        present = self.present.get(place)
        if not cell or (wish.is_cleared("price") and present is None):
            return Outcome(state=LineState.UNCHANGED, subject=place[0])
        wanted = None if wish.is_cleared("price") else values.amount(cell, self.desk.currency)
        if wanted is not None:
            checks.whole(wanted, field="amount", least=1, most=MOST_MINOR)
        if wanted == present:
            return Outcome(state=LineState.UNCHANGED, subject=place[0])
        state = LineState.NEW if present is None else LineState.CHANGED
        return Outcome(state=state, subject=place[0], changes={"price": (present, wanted), "price_list": (place[1], place[1])})

    def ask(self, wish: Wish, outcome: Outcome) -> Refusal | None:
        """Put a price before a second person where it falls too far for one; a price withdrawn needs nobody."""
        amount = outcome.changes["price"][1]
        return None if amount is None else self._asked(self._place(wish), amount, wish.get("reason") or self.desk.note)

    def _asked(self, place: tuple[VariantId, PriceListId], amount: int, reason: str) -> Refusal | None:
        wished = {"variant_id": place[0], "price_list_id": place[1], "amount_minor": amount, "reason": checks.line(reason, field="reason")}
        frozen = set_price.frozen(wished, self.desk.now)
        if not set_price.why(frozen):
            return None
        subject, actor = f"variant:{place[0]}", self.desk.actor
        if self.desk.is_trial:
            has_others = second_person.others(act=set_price.ACT, actor=actor)
            return WaitsForSecond(field="price", value=amount, approval_id=0) if has_others else None
        try:
            if actor is None:
                second_person.require_on_machine(act=set_price.ACT, subject=subject, values=frozen, now=self.desk.now)
            else:
                second_person.ask(act=set_price.ACT, subject=subject, values=frozen, actor=actor, key=None, now=self.desk.now)
        except WaitingForApproval as waits:
            return WaitsForSecond(field="price", value=amount, approval_id=waits.approval.id)
        except Refusal as refusal:
            return refusal
        return None

    def write(self, wish: Wish, outcome: Outcome) -> int | None:
        """Set or withdraw the price."""
        place = self._place(wish)
        self._set(place, outcome.changes["price"][1], wish.get("reason") or self.desk.note)
        return place[0]

    def _set(self, place: tuple[VariantId, PriceListId], amount: int | None, reason: str) -> None:
        said = {"variant_id": place[0], "price_list_id": place[1], "reason": reason, "actor": self.desk.actor, "now": self.desk.now}
        if amount is None:
            pricing.withdraw_price(**said)  # type: ignore[arg-type]
            self.present.pop(place, None)
        else:
            pricing.set_price(amount_minor=amount, **said)  # type: ignore[arg-type]
            self.present[place] = amount

    def undo(self, line: Line) -> None:
        """Set the price there was before, as a new row of its history."""
        place, before = self._undoing(line)
        self._set(place, before, self.desk.note)

    def ask_undo(self, line: Line) -> Refusal | None:
        """Put the price there was before in front of a second person, where it lies so far below; None where it need not be."""
        try:
            place, before = self._undoing(line)
        except ChangedSince as changed:
            return changed
        return None if before is None else self._asked(place, before, self.desk.note)

    def _undoing(self, line: Line) -> tuple[tuple[VariantId, PriceListId], int | None]:
        before, brought = line.changes["price"]
        place = _place_of(line)
        tag = pricing.prices([place[0]], price_list_id=place[1]).get(place[0])
        if (tag.amount_minor if tag else None) != brought:
            raise ChangedSince(field="price", value=tag.amount_minor if tag else None)
        return place, before

    def everything(self, ids: Ids | None) -> Iterator[tuple[Mapping[str, str], ...]]:
        """Yield every thing in the default list, also without a price, and in every other list where it has one."""
        for part in variants_of(ids, self.desk.language):
            variants = [variant for variant, _sku, _called in part]
            found = [(each, pricing.prices(variants, price_list_id=each.id)) for each in self.lists.values()]
            yield tuple(
                {
                    "sku": sku, "called": called, "price_list": each.code, "currency": self.desk.currency,
                    "price": self._shown(tag.amount_minor if tag else None),
                    "reference": self._shown(tag.reference_minor if tag else None),
                }
                for variant, sku, called in part
                for each, tags in found
                if (tag := tags.get(variant)) is not None or each.is_default
            )  # fmt: skip

    def _shown(self, minor: int | None) -> str:
        return "" if minor is None else str(money.to_decimal(minor, self.desk.currency))


def _place_of(line: Line) -> tuple[VariantId, PriceListId]:
    return VariantId(line.subject or 0), PriceListId(line.changes["price_list"][0])
